"""How far an application is, and where a card is that was kept."""

from enum import StrEnum
from typing import ClassVar

import msgspec

from kiosk_app.contract.common import Aware, Word
from kiosk_app.contract.exit_entry.application import ApprovedItem
from kiosk_app.contract.exit_entry.permit import PermitKey


class CaseState(StrEnum):
    """How far an application is. ``PAID`` is "paid, not printed": it can be printed wherever the card is put in.

    ``PRINTING``: a kiosk holds the right. ``LAPSED``: approved and never paid. ``GIVEN_BACK``: so is the money.
    """

    APPLIED = "applied"
    APPROVED = "approved"
    PAID = "paid"
    PRINTING = "printing"
    PRINTED = "printed"
    LAPSED = "lapsed"
    GIVEN_BACK = "given_back"


class AskProgress(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /exit-entry/progress``: either by permit, or by a number from a slip (reference, approval, slip).

    Nothing found is an empty answer; only a permit that is unknown is CentralRefused ``unknown-permit``.
    """

    path: ClassVar[str] = "/exit-entry/progress"

    permit: PermitKey | None = None
    number: Word = ""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One application. ``approval`` is also the ticket with which printing is resumed (:class:`AskPrint`).

    ``spoiled``: the card's old back is gone, so printing it anew is urgent. Nothing in it says whose it is.
    """

    approval: str
    state: CaseState
    at: Aware
    items: list[ApprovedItem]
    fee: int
    reference: str = ""
    spoiled: bool = False


class RetainedCard(msgspec.Struct, frozen=True, kw_only=True):
    """A card that lies in the box of the machine at ``site`` since ``at``, to be fetched with ``slip``."""

    site: str
    slip: str
    at: Aware


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, newest first."""

    cases: list[Case]
    retained: list[RetainedCard] = []
