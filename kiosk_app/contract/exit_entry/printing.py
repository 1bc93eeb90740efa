"""The right to print, and what became of the card."""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Aware, Name, Word
from kiosk_app.contract.exit_entry.permit import Endorsed, PermitKey


class AskPrint(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /exit-entry/print``: the right to print an approval onto this card, now. Answered with a PrintRight.

    ``job`` is the permit unit's id of the print, made by the kiosk: asking again with it repeats the right.
    ``endorsed`` is what the card itself says; it is the witness of a print that nobody reported.
    ``paying`` is the reference of the payment that this machine is still making, and holds while it prints.

    Refused with ``unknown-approval`` (or of another permit), ``not-paid``, ``given-back``, ``already-printed``,
    ``not-settled`` (who took the money has not said yet that it stays: it may still go back by itself),
    ``printing-elsewhere`` (another job holds the right, or the card bears a print whose report is not here yet),
    ``job-used`` (it has an outcome: take a new one), and Holder's codes with hyphens.
    """

    path: ClassVar[str] = "/exit-entry/print"

    approval: Name
    permit: PermitKey
    job: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    endorsed: Endorsed
    paying: Annotated[str, msgspec.Meta(max_length=40)] = ""


class PrintRight(msgspec.Struct, frozen=True, kw_only=True):
    """Only this kiosk may *begin* to print ``lines``, the whole back, as ``job``: within ``seconds`` of asking."""

    approval: str
    job: str
    seconds: int
    lines: list[str]


class PrintResult(StrEnum):
    """What became of a job (``devices.EndorsementOutcome``). ``UNKNOWN``: another event of this job follows."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    SPOILED = "spoiled"
    UNKNOWN = "unknown"


class EndorsementPrinted(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="endorsement.printed/1", tag_field="schema"
):
    """Stream ``pay``: the outcome of a job, on the machine that sends it. ``reason`` is the unit's key."""

    reference: Name
    approval: Name
    job: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    outcome: PrintResult
    reason: Word = ""


class PermitRetained(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="permit.retained/1", tag_field="schema"
):
    """Stream ``audit``: a card is in this machine's box. ``slip`` is the number on the slip that the citizen got.

    ``token`` and ``approval`` as far as they are known. ``reason``: ``forgotten``, ``invalid``, ``spoiled``.
    """

    slip: Name
    token: Word = ""
    approval: Word = ""
    reason: Word
    at: Aware
