"""The permit unit: takes a travel permit, reads its line, prints its back, returns or retains it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from kiosk_app.devices.base import Device


class PermitMedia(StrEnum):
    """Where the permit is (XFS media position). ``RETAINED``: the path is free, the last card is in the box."""

    NONE = "none"
    ENTRY = "entry"
    INSIDE = "inside"
    PRINTING = "printing"
    EXIT = "exit"
    RETAINED = "retained"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class PermitKind(StrEnum):
    """The electronic travel permits with a rewritable back, by the letters that open their line (4.6)."""

    HONG_KONG_MACAU = "CS"
    TAIWAN = "CD"


@dataclass(frozen=True)
class Permit:
    """What the line on the back says, every check digit verified. ``endorsed``: times printed, of 255."""

    kind: PermitKind
    number: str
    expiry: date
    birth: date
    mrz: str
    endorsed: int = 0


@dataclass(frozen=True)
class EndorsementPrint:
    """Everything that is to stand on the back, and the id under which the unit remembers the job.

    At most 16 lines of 96 bytes in UTF-8; the id has at most 40 ASCII characters.
    """

    job: str
    lines: tuple[str, ...]


class EndorsementOutcome(StrEnum):
    """What became of a job. ``SPOILED``: the old back is gone and the new one is not whole; a new job may mend it."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    SPOILED = "spoiled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class EndorsementResult:
    """The outcome and, unless printed, why: a stable key such as ``head``, ``jam_print``, ``power``."""

    outcome: EndorsementOutcome
    reason: str = ""


class RetainReason(StrEnum):
    """Why a card is kept. The slip that tells the citizen where to fetch it is the caller's duty."""

    FORGOTTEN = "forgotten"
    INVALID = "invalid"
    SPOILED = "spoiled"


class PermitUnit(Device, Protocol):
    """Takes a travel permit, reads its line, prints its back, returns or retains it. One operation at a time.

    A card moves only because a method says so: a new connection asks where it is and leaves it there. What any
    method says of the position, the unit said after the last connect; a lost line is waited for, not guessed at.
    """

    async def wait_permit(self) -> Permit:
        """Open the shutter, take a card, read its line. Cancelled, it closes the shutter and puts a card out.

        Raises PermitNotRead or PermitRefused (the card is on its way out: call give_back), PermitInTheWay (a card
        of before is there: give_back or retain first), PermitJam, DeviceOffline, DeviceFault.
        """

    async def print(self, job: EndorsementPrint, told: Callable[[int], None]) -> EndorsementResult:
        """Print the permit that was read last, followed to the end; ``told`` gets percent. Never raises midway.

        Asking again with the same id never prints twice: it tells what became of the job. Cancelling does not
        stop the head. Raises only while nothing was printed: PermitGone, PermitFull, PermitJam, DeviceOffline,
        DeviceFault.
        """

    async def outcome(self, job: str) -> EndorsementResult:
        """What became of a job, by the unit's own memory (it survives power loss); never prints.

        NOT_PRINTED if the unit never got it. Raises DeviceOffline, DeviceFault.
        """

    async def give_back(self, within: float = 30.0) -> PermitMedia:
        """Put the card out and wait until it is taken: NONE. EXIT if it still waits there after ``within`` seconds.

        RETAINED if there is none to give because it was kept. Raises PermitJam, DeviceOffline, DeviceFault.
        """

    async def retain(self, reason: RetainReason) -> PermitMedia:
        """Put the card into the box: RETAINED. NONE if the citizen was quicker.

        Raises RetainBoxFull (the card stays where it is), PermitJam, DeviceOffline, DeviceFault.
        """

    async def position(self) -> PermitMedia:
        """Where the card is now; UNKNOWN only while there is no line."""
