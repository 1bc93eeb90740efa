"""Ids that sort by time (UUIDv7, RFC 9562 5.7), from an injected clock and randomness so that a world repeats."""

from random import Random
from uuid import UUID

from kiosk_app.ports import Clock, NewId


def uuid7(clock: Clock, random: Random) -> NewId:
    """A maker of UUIDv7 texts: 48 bits of milliseconds, then version, variant and 74 random bits."""

    def make() -> str:
        milliseconds = int(clock.now().timestamp() * 1000)
        value = (milliseconds << 80) | random.getrandbits(76)
        value = value & ~(0xF << 76) | (0x7 << 76)
        value = value & ~(0x3 << 62) | (0x2 << 62)
        return str(UUID(int=value))

    return make
