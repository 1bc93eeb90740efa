"""Messages of the exit-entry department: a permit's holder, an application, the right to print, what became of it.

A permit is named by what its line says (``domain.md`` 4.6), always in a body, never in a URL, and never in an event:
those carry the approval, or the holder's ``token``, which means nothing outside central. Destinations are ``HK``,
``MO`` and ``TW``; a purpose is its letter (4.2); ``entries`` 0 is "multiple"; days and dates are China's.
"""

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, ClassVar, Literal

import msgspec

from kiosk_app.contract.common import Amount, Aware, Name, Paid, Word

MOST_LINES, LONGEST_LINE = 16, 96
"""What fits on a card's back: lines, and bytes of one in UTF-8."""

PermitLetters = Literal["CS", "CD"]
Few = msgspec.Meta(min_length=1, max_length=8)
Numbers = Annotated[list[Name], msgspec.Meta(max_length=32)]
Endorsed = Annotated[int, msgspec.Meta(ge=0, le=255)]


class PermitKey(msgspec.Struct, frozen=True, kw_only=True):
    """A permit as its line names it: ``CS`` for Hong Kong and Macau, ``CD`` for Taiwan."""

    kind: PermitLetters
    number: Annotated[str, msgspec.Meta(pattern=r"\A[CL][0-9A-HJ-NP-Z][0-9]{7}\Z")]
    expiry: date
    birth: date


# --- who is it, and what may they have ---------------------------------------------------------------------------


class AskHolder(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /exit-entry/holder``. Answered with a :class:`Holder`.

    ``endorsed``: how often the card was printed, as it says itself. A permit that central does not know exactly so
    is CentralRefused ``unknown-permit``.
    """

    path: ClassVar[str] = "/exit-entry/holder"

    permit: PermitKey
    endorsed: Endorsed = 0


class Endorsement(msgspec.Struct, frozen=True, kw_only=True):
    """One that is valid and stands on the card; ``left`` entries of ``entries`` are unused. ``stay`` 0: as approved."""

    number: str
    destination: str
    purpose: str
    entries: int
    left: int
    stay: int
    issued_on: date
    valid_until: date
    weekly: bool = False


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One option of the catalogue for this person, from today; ``fee`` in fen.

    ``shortened``: it ends before its usual end, because permit or registration does. ``replaces``: numbers of valid
    endorsements that it would take the place of; the citizen is asked. ``refused`` is empty when it can be had here,
    else why not: ``not_open_here`` (household), ``not_registered`` (first time: counter), ``waiting_time`` (from
    ``earliest``), ``permit_expiring``, ``registration_ending``, ``crowded`` (no room on the card).
    """

    id: str
    destination: str
    purpose: str
    months: int
    entries: int
    stay: int
    weekly: bool = False
    fee: int
    starts: date
    valid_until: date
    shortened: bool = False
    replaces: list[str] = []
    refused: str = ""
    earliest: date | None = None


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``refused`` is empty, or why this person cannot be served here; then there is nothing else.

    ``counter`` (please go to the counter: no more is said, whatever the reason), ``under_age`` (with a guardian, at
    the counter), ``permit_expired``, ``permit_invalid`` (reported lost or replaced), ``permit_full`` (255 times).
    ``portrait`` is the document's picture as JPEG, for one comparison in memory; empty if central holds none.
    ``catalogue`` is the version of the rules that were applied. ``unfinished``: paid and not printed yet.
    ``owner``: :func:`owner_of`, with which an identity card is compared; the full name itself stays at central.
    """

    token: str
    name: str
    refused: str = ""
    portrait: bytes = b""
    endorsements: list[Endorsement] = []
    offers: list[Offer] = []
    unfinished: list["Case"] = []
    catalogue: int = 0
    owner: str = ""


def owner_of(token: str, name: str) -> str:
    """Whose permit it is, so that only who reads the name elsewhere can tell: SHA-256 of both, in hex."""
    return sha256(f"{token} {name.strip()}".encode()).hexdigest()


# --- the identity check ------------------------------------------------------------------------------------------


class Sameness(StrEnum):
    """What a comparison with the document said; ``STAFF``: a person decides."""

    SAME = "same"
    STAFF = "staff"
    NOT_SAME = "not_same"


class IdentityCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it was found that this is the holder: no picture, no embedding, nothing that could be compared again.

    ``way``: ``face``; ``id_card``, the holder's own, or ``attendant``, for who declined it; ``declined`` when there was
    neither. ``score`` and ``threshold`` are those of the face; ``versions`` names algorithms and models.
    """

    way: Name
    result: Sameness
    at: Aware
    score: float = 0.0
    threshold: float = 0.0
    device: Word = ""
    versions: Annotated[dict[Name, Word], msgspec.Meta(max_length=16)] = {}


class IdentityChecked(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="identity.checked/1", tag_field="schema"
):
    """Stream ``audit``: a check was made, whatever came of it. ``token`` is the holder's, ``request`` the visit's."""

    token: Name
    request: Name
    check: IdentityCheck


# --- the application ---------------------------------------------------------------------------------------------


class Apply(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /exit-entry/apply``: these offers, in one approval and one payment. Answered with an :class:`Approval`.

    ``request`` is the kiosk's own id of the visit: the same again is the same approval, another content under it is
    CentralRefused ``request-differs``. ``replaces``: what the citizen agreed to lose. ``fee``: what was shown, from
    the signed catalogue of version ``catalogue``.

    Refused with: Holder's codes; an Offer's; ``not-offered``, ``two-of-a-kind``, ``replacement-not-agreed``,
    ``fee-changed``, ``identity-not-checked``, ``unfinished-case`` (print what was paid first). Codes of Holder and
    Offer come with hyphens here.
    """

    path: ClassVar[str] = "/exit-entry/apply"

    request: Name
    permit: PermitKey
    offers: Annotated[list[Name], Few]
    replaces: Numbers = []
    fee: Amount
    catalogue: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    check: IdentityCheck
    endorsed: Endorsed = 0


class ApprovedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One endorsement that was approved; ``fee`` in fen. ``number`` is the department's."""

    number: str
    offer: str
    destination: str
    purpose: str
    entries: int
    stay: int
    weekly: bool = False
    fee: int
    starts: date
    valid_until: date


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: can be paid until ``pay_until``. ``lines`` are the whole back after printing, for a preview."""

    approval: str
    pay_until: Aware
    fee: int
    items: list[ApprovedItem]
    lines: list[str]
    catalogue: int


class EndorsementFee(msgspec.Struct, frozen=True, kw_only=True):
    """One approved endorsement of a payment, in fen."""

    number: Name
    fee: Amount


class EndorsementsPaid(Paid, frozen=True, kw_only=True, tag="endorsements.paid/1", tag_field="schema"):
    """Stream ``pay``: this approval is paid. Central answers with a :class:`Verdict`.

    Refused with ``unknown-approval``, ``approval-lapsed``, ``already-paid``, ``amount-changed``, and what holds for
    every payment (``not-paid``, ``given-back``, ``reference-reused``).
    """

    approval: Name
    items: Annotated[list[EndorsementFee], Few]


# --- printing ----------------------------------------------------------------------------------------------------


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


# --- progress ----------------------------------------------------------------------------------------------------


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
