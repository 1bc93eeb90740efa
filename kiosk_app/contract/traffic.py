"""Traffic fines: what the department decided, and what was paid of it."""

from datetime import date, datetime
from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Amount, Paid


class AskDecisions(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /traffic/decisions``: by ID number or decision number (15 or 16 digits), in the body, never in a URL."""

    path: ClassVar[str] = "/traffic/decisions"

    id_number: str = ""
    number: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A penalty decision, or a camera record that is not handled yet; amounts in fen as of ``asked_at``.

    ``refused`` is empty when it can be paid here; else why not: ``not_handled``, ``licence_measures``, ``paid``.
    ``number`` has 16 digits (15 + check). ``at`` is when it happened; ``pay_by`` the last day without late fee.
    """

    number: str
    at: datetime
    place: str
    plate: str
    plate_kind: str
    code: str
    what: str
    what_en: str
    points: int
    fine: int
    late_fee: int
    pay_by: date | None = None
    refused: str = ""
    unit: str = ""

    @property
    def due(self) -> int:
        """Fine and late fee, in fen."""
        return self.fine + self.late_fee


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """The answer; empty when there are none. An unknown decision number is CentralRefused ``unknown-decision``."""

    decisions: list[Decision]
    asked_at: datetime


class PaidItem(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of a payment, amounts in fen."""

    number: str
    fine: Amount
    late_fee: Amount


class FinesPaid(Paid, frozen=True, kw_only=True, tag="fines.paid/1", tag_field="schema"):
    """Stream ``pay``: these decisions are paid by this payment. Central answers with a :class:`Verdict`.

    ``items`` are (decision number, fine, late fee) in fen as shown to the citizen; their sum is ``amount``. Late fees
    count to the day of ``paid_at``.
    """

    items: Annotated[list[PaidItem], msgspec.Meta(min_length=1, max_length=100)]
