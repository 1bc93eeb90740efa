"""Messages of social security, and of medical insurance, which is another office: an insured person's records and acts.

A person is named by the number on their card, always in a body, never in a URL, and never in an event: those carry the
department's ``token``, which means nothing outside central. Names leave the department masked; whoever stands at the
machine has the whole one on the card. Amounts are fen; a period is the number YYYYMM, a year YYYY, both China's.
A person whom the department does not know, or knows with another card, is CentralRefused ``unknown-insured``,
``card-differs`` or ``card-lost`` (the card that was shown is reported lost).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Aware, Name, Paid
from kiosk_app.contract.exit_entry import IdentityCheck


class Insurance(StrEnum):
    """The five, as ``aae140`` names them (``domain.md`` 6.2: 110, 310, 210, 410, 510)."""

    PENSION = "pension"
    MEDICAL = "medical"
    UNEMPLOYMENT = "unemployment"
    INJURY = "injury"
    MATERNITY = "maternity"


class InsuredState(StrEnum):
    """``aac008``: paying (1), paused (2), ended (4)."""

    PAYING = "paying"
    PAUSED = "paused"
    ENDED = "ended"


class InsuredKey(msgspec.Struct, frozen=True, kw_only=True):
    """Who it is: 社会保障号码 (the identity number), and the card's own number if a social-security card was shown."""

    number: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Z]{15,18}\Z")]
    card: Annotated[str, msgspec.Meta(max_length=9)] = ""

    def __repr__(self) -> str:
        return "InsuredKey(...)"


# --- the rights record -------------------------------------------------------------------------------------------


class AskRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/record``. Answered with a :class:`Record`."""

    path: ClassVar[str] = "/social/record"

    person: InsuredKey


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One insurance as it stands: ``months`` paid in all, since ``since``; 0 if there was never a month."""

    insurance: Insurance
    state: InsuredState
    months: int
    since: int = 0


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """One month of one insurance: whose employee, on which base, and what each paid."""

    period: int
    insurance: Insurance
    employer: str
    base: int
    own: int
    employers: int


class AccountYear(msgspec.Struct, frozen=True, kw_only=True):
    """The personal pension account in one year: carried over, paid in, interest; ``after`` is their sum."""

    year: int
    before: int
    paid: int
    interest: int
    months: int
    after: int


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: everything that was paid, oldest month first. ``as_of``: the day of the books; ``at``: their moment.

    What is printed from it is reported with ``at`` (:mod:`kiosk_app.contract.papers`); a central without it: None.
    """

    token: str
    name: str
    standings: list[Standing]
    months: list[Month]
    account: list[AccountYear]
    as_of: date
    at: Aware | None = None


# --- pension payments, medical account, benefits -----------------------------------------------------------------


class AskPensions(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/pensions``. Answered with :class:`Pensions`."""

    path: ClassVar[str] = "/social/pensions"

    person: InsuredKey


class PensionPayment(msgspec.Struct, frozen=True, kw_only=True):
    """One month's pension; ``bank`` are the last four digits of the account it went to."""

    period: int
    basic: int
    account: int
    additions: int
    bank: str
    paid_on: date

    @property
    def total(self) -> int:
        """In fen."""
        return self.basic + self.account + self.additions


class Pensions(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, newest first; empty for who receives none. ``living_until``: till when they are known to be alive."""

    token: str
    name: str
    payments: list[PensionPayment]
    living_until: date | None = None


class AskMedical(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /medical/account``: the medical insurance's own office. Answered with a :class:`MedicalAccount`."""

    path: ClassVar[str] = "/medical/account"

    person: InsuredKey


class MedicalMove(msgspec.Struct, frozen=True, kw_only=True):
    """One movement, ``amount`` signed. ``kind``: ``paid_in``, ``pharmacy``, ``clinic``, ``hospital``, ``interest``."""

    on: date
    kind: str
    place: str
    amount: int
    balance: int


class MedicalAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, newest first."""

    name: str
    balance: int
    moves: list[MedicalMove]
    as_of: date


class AskBenefits(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/benefits``. Answered with :class:`Benefits`."""

    path: ClassVar[str] = "/social/benefits"

    person: InsuredKey


class Unemployment(msgspec.Struct, frozen=True, kw_only=True):
    """Unemployment pay: granted for ``months`` from ``since``, ``left`` of them to come. ``state``: paid or over."""

    since: int
    months: int
    left: int
    monthly: int
    state: str


class Injury(msgspec.Struct, frozen=True, kw_only=True):
    """An injury at work. ``state``: ``applied``, ``recognised``, ``assessed``, ``closed``; ``grade``: 1-10, or 0."""

    number: str
    on: date
    employer: str
    state: str
    grade: int = 0


class Benefits(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, newest first."""

    token: str
    name: str
    unemployment: list[Unemployment]
    injuries: list[Injury]


# --- living verification -----------------------------------------------------------------------------------------


class AskLiving(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/living``. Answered with :class:`Living`."""

    path: ClassVar[str] = "/social/living"

    person: InsuredKey


class Living(msgspec.Struct, frozen=True, kw_only=True):
    """When this pensioner was last known to be alive, and ``until`` when that is good.

    ``refused`` is empty, or why nothing is to be done here: ``not_pensioner``, ``not_due`` (good for long yet). Only
    if it is empty there is a ``portrait`` (JPEG) for one comparison in memory; empty also if central holds none.
    """

    token: str
    name: str
    last: date | None = None
    until: date | None = None
    refused: str = ""
    portrait: bytes = b""


class ConfirmLiving(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/confirm-living``: a check found that this is the living person. Answered with an :class:`Act`.

    ``request``: the kiosk's own id of the visit; the same again is the same answer. Refused with Living's codes (with
    hyphens), ``identity-not-checked``, ``request-differs``.
    """

    path: ClassVar[str] = "/social/confirm-living"

    request: Name
    person: InsuredKey
    check: IdentityCheck


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What the department did: its ``number`` for the slip, when, and until when it holds (None: for good)."""

    number: str
    at: Aware
    until: date | None = None


# --- the card ----------------------------------------------------------------------------------------------------


class CardState(StrEnum):
    """Of a social-security card. ``LOST``: reported, and the report lapses by itself after some days."""

    NOT_ACTIVATED = "not_activated"
    ACTIVE = "active"
    LOST = "lost"


class CardAct(StrEnum):
    """What can be done about a card here."""

    ACTIVATE = "activate"
    REPORT_LOSS = "report_loss"
    LIFT_LOSS = "lift_loss"
    RESET_PIN = "reset_pin"


class AskCard(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/card``. Answered with a :class:`SocialCard`; a lost card may be shown here."""

    path: ClassVar[str] = "/social/card"

    person: InsuredKey


class SocialCard(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``ending``: the last four of the card's number. ``may``: what can be done now.

    ``checked``: those of it that need an identity check; ``portrait`` (JPEG) is for that, empty if there is none.
    ``pin_digits``: how long a new PIN is. ``lapses_on``: when a report of loss ends by itself.
    """

    token: str
    name: str
    state: CardState
    ending: str
    may: list[CardAct]
    checked: list[CardAct]
    portrait: bytes = b""
    pin_digits: int = 6
    lapses_on: date | None = None


class ChangeCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``POST /social/change-card``. Answered with an :class:`Act`.

    ``pin``: the new one, for RESET_PIN only; it is in this message and nowhere else. Refused with ``not-now`` (the
    card is in another state), ``identity-not-checked``, ``weak-pin``, ``request-differs``.
    """

    path: ClassVar[str] = "/social/change-card"

    request: Name
    person: InsuredKey
    act: CardAct
    check: IdentityCheck | None = None
    pin: Annotated[str, msgspec.Meta(pattern=r"\A([0-9]{4,12})?\Z")] = ""

    def __repr__(self) -> str:
        return f"ChangeCard({self.act})"


# --- contributions -----------------------------------------------------------------------------------------------


class AskDues(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/dues``: what this person may pay here now. Answered with :class:`Dues`."""

    path: ClassVar[str] = "/social/dues"

    person: InsuredKey


class AskFamilyDues(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/family-dues``: what ``payer`` may pay here for the person with this number. Answered with Dues.

    Only schemes that are open for families; ``refused`` is ``paid`` or ``not_for_family``. Refused with
    ``unknown-insured``, ``too-many-people``, and what holds for the payer.
    """

    path: ClassVar[str] = "/social/family-dues"

    payer: InsuredKey
    number: Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Z]{15,18}\Z")]

    def __repr__(self) -> str:
        return "AskFamilyDues(...)"


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """One that can be chosen. ``fen``: what it costs for the period; ``base``: what that is counted from, or 0."""

    grade: str
    fen: int
    base: int = 0


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One scheme for one period (YYYY or YYYYMM).

    ``refused`` is empty, or why it cannot be paid here: ``paid`` (it is), ``employed`` (the employer pays),
    ``pensioner``, ``not_joined`` (join at the counter first).
    """

    scheme: str
    title: str
    title_en: str
    period: int
    grades: list[Grade]
    refused: str = ""


class Dues(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``catalogue``: the version of the rules that were applied."""

    token: str
    name: str
    dues: list[Due]
    catalogue: int


class ContributionPaid(Paid, frozen=True, kw_only=True, tag="contribution.paid/1", tag_field="schema"):
    """Stream ``pay``: this grade of this scheme is paid for this period. Central answers with a Verdict.

    ``payer``: the token of who paid it, if that is somebody else of the family.

    Refused with ``unknown-insured``, ``already-paid``, ``amount-changed``, ``not-payable`` (Due's reasons), and what
    holds for every payment.
    """

    token: Name
    scheme: Name
    period: Annotated[int, msgspec.Meta(ge=1900, le=299_912)]
    grade: Name
    payer: Annotated[str, msgspec.Meta(max_length=64)] = ""
