"""Ids that sort by time: UUIDv7 (RFC 9562 5.7), and the references that citizens read (``docs/decisions/0007``).

Clock and randomness are injected, so that a world repeats.
"""

from random import Random
from uuid import UUID

from kiosk_app.local_time import LOCAL
from kiosk_app.ports import Clock, Journal, NewId


def uuid7(clock: Clock, random: Random) -> NewId:
    """A maker of UUIDv7 texts: 48 bits of milliseconds, then version, variant and 74 random bits."""

    def make() -> str:
        milliseconds = int(clock.now().timestamp() * 1000)
        value = (milliseconds << 80) | random.getrandbits(76)
        value = value & ~(0xF << 76) | (0x7 << 76)
        value = value & ~(0x3 << 62) | (0x2 << 62)
        return str(UUID(int=value))

    return make


def new_reference(machine: str, clock: Clock, journal: Journal) -> str:
    """Machine (eight digits), local day and second: twenty digits that the journal has never had. Raises StoreError."""
    reference = this_second(machine, clock)
    while journal.entries(reference=reference):  # the clock was set back
        reference = str(int(reference) + 1)
    return reference


def this_second(machine: str, clock: Clock) -> str:
    """The twenty digits of now, whoever had them before."""
    return f"{machine}{clock.now().astimezone(LOCAL):%y%m%d%H%M%S}"
