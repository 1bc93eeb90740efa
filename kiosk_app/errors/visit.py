"""The visit is over: not a fault, and nobody has to act."""

from kiosk_app.errors.trunk import KioskError


class VisitEnded(KioskError):
    """The visit is over; whatever moves money must still finish."""

    citizen = "error.visit_ended"
    operator = "Nothing to do."


class Left(VisitEnded):
    """The citizen touched "leave"."""


class WalkedAway(VisitEnded):
    """Nobody answered the countdown."""
