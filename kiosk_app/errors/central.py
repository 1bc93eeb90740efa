"""Central did not do what was asked: not now, or never."""

from typing import ClassVar

from kiosk_app.errors.trunk import KioskError


class CentralError(KioskError):
    """Central did not do what was asked."""


class CentralUnreachable(CentralError):
    """No answer, a server fault, or "later": the request may be repeated.

    ``retry_after``: in how many seconds, if central says.
    """

    citizen = "error.central_unreachable"
    operator = "Check the kiosk's network; reports wait in the outbox and leave by themselves."

    def __init__(self, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class CentralRefused(CentralError):
    """A final no. ``code`` is the stable problem type of the answer (fleet contract 21)."""

    citizen = "error.central_refused"
    operator = "Read the code; the request will not be repeated."
    said: ClassVar[frozenset[str]] = frozenset(
        {
            *("already-paid", "amount-changed", "unknown-decision", "not-payable", "given-back"),
            *("department-unavailable", "counter", "under-age", "permit-expired", "permit-invalid", "permit-full"),
            *("not-the-holder", "unknown-permit", "unfinished-case", "approval-lapsed"),
            *(
                "printing-elsewhere",
                "not-settled",
                "already-printed",
                "not-open-here",
                "not-registered",
                "waiting-time",
            ),
            *("permit-expiring", "registration-ending", "crowded", "fee-changed", "identity-not-checked"),
            *("unknown-insured", "card-differs", "card-lost", "no-medical-account", "not-now", "unprintable-name"),
            *("slot-full", "slot-gone", "unknown-appointment", "appointment-over"),
        }
    )
    """Codes that have a sentence of their own, ``refused.<code>``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code

    @property
    def sentence(self) -> str:
        """The citizen's text id for this code."""
        return f"refused.{self.code}" if self.code in self.said else self.citizen
