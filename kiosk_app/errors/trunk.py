"""The root of all errors, and what ends a fault."""

from enum import StrEnum
from typing import ClassVar


class FaultKind(StrEnum):
    """What ends a fault: time, a repair, or a hand.

    ``TRANSIENT``: it ends by itself, the driver keeps trying; an alarm may wait. ``PERMANENT``: it stays until
    something is repaired or replaced. ``USER``: whoever stands there mends it without tools: the citizen lays the card
    down again, the staff refill paper or free a jam.
    """

    TRANSIENT = "transient"
    PERMANENT = "permanent"
    USER = "user"


class KioskError(Exception):
    """The root. ``detail`` is for the log: never personal data."""

    citizen: ClassVar[str] = "error.unknown"
    operator: ClassVar[str] = "Read the log of the kiosk at this time."

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


def is_drawn(kind: type) -> bool:
    """Whether ``kind`` is of the tree itself: written in this package, and not a driver's refinement elsewhere."""
    return issubclass(kind, KioskError) and kind.__module__.startswith(f"{__package__}.")


def drawn_below(kind: type[KioskError]) -> list[type[KioskError]]:
    """The classes of the tree just below ``kind``; none means that it is a leaf."""
    return [child for child in kind.__subclasses__() if is_drawn(child)]
