"""The catalogue: what central signs and every kiosk keeps, so that rules and fees are data with a known author.

A document is JSON of :class:`Catalogue`; its signature covers :func:`signed_bytes`, which begin with the purpose, so
that a signature made for anything else fits nothing here. Versions only grow. Sections are independent of each other:
a kiosk ignores those that it does not know, and of those that it knows and cannot read (:func:`read_document`) it
closes what goes by them and nothing else.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Final, Literal

import msgspec

from kiosk_app.contract import decode
from kiosk_app.contract.common import Amount, Aware, Dated, Name, Word
from kiosk_app.contract.exit_entry import PermitLetters
from kiosk_app.contract.guide import Guide
from kiosk_app.contract.house import House
from kiosk_app.contract.services import Offers
from kiosk_app.contract.social import CardAct, Grade

PURPOSE: Final = "kiosk-catalogue"
PURPOSE_OID: Final = "2.25.24093563698063214787495457278255716546"
"""Extended key usage of the certificate that may sign catalogues, and nothing else (an arc that needs no registry)."""
MOST_DOCUMENT: Final = 500_000
"""Bytes of a document: its answer must fit into what a kiosk reads."""

Months = Annotated[int, msgspec.Meta(ge=1, le=120)]
Days = Annotated[int, msgspec.Meta(ge=0, le=4000)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class AskCatalogue(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /catalogue``: answered with a :class:`CatalogueReply`. ``have`` 0: none."""

    path: ClassVar[str] = "/catalogue"

    have: Version


class SignedCatalogue(msgspec.Struct, frozen=True, kw_only=True):
    """A document (bytes as they were signed), its signature (hex, ECDSA P-256) and the signer's certificates (PEM)."""

    document: Annotated[bytes, msgspec.Meta(max_length=MOST_DOCUMENT)]
    signature: Annotated[str, msgspec.Meta(max_length=200)]
    chain: Annotated[str, msgspec.Meta(max_length=20_000)]


class CatalogueReply(msgspec.Struct, frozen=True, kw_only=True):
    """The newest ``version``, and the document if the kiosk has not got it."""

    version: int
    signed: SignedCatalogue | None = None


def signed_bytes(document: bytes) -> bytes:
    """What the signature covers."""
    return PURPOSE.encode() + b"/1\n" + document


# --- the section of exit-entry -----------------------------------------------------------------------------------


class OptionRule(Dated, frozen=True, kw_only=True):
    """One thing that can be had: purpose x entries x validity, and who may have it (``domain.md`` 4.2, 4.3).

    ``areas``: beginnings of the division code of household or residence permit; none: wherever they live.
    ``registered``: only who has the purpose registered at the department; the first time is for the counter.
    ``wait_days`` after the last one of this destination and purpose was issued. ``weekly``: one entry a week.
    """

    id: Name
    permit: PermitLetters
    destination: Name
    purpose: Name
    months: Months
    entries: Annotated[int, msgspec.Meta(ge=0, le=99)]
    stay: Days
    weekly: bool = False
    areas: list[Name] = msgspec.field(default_factory=list)
    registered: bool = False
    wait_days: Days = 0


class FeeRule(Dated, frozen=True, kw_only=True):
    """What one destination costs, in fen, by entries and validity (``domain.md`` 4.1); the first row that fits holds.

    ``upto_months`` counts its end in, ``below_months`` does not; neither: whatever the validity.
    """

    permit: PermitLetters
    entries: Annotated[int, msgspec.Meta(ge=0, le=99)]
    fen: Amount
    upto_months: Months | None = None
    below_months: Months | None = None


class ExitRules(msgspec.Struct, frozen=True, kw_only=True):
    """Rules and fees of exit-entry.

    ``least_age``: younger ones go to the counter with a guardian. ``least_days``: a shorter validity is not sold.
    ``pay_minutes``: how long an approval can be paid. ``print_seconds``: how long a right to print can be begun;
    ``print_takes``: how long a print that was begun may last. ``ways``: identity checks that suffice.
    """

    options: list[OptionRule]
    fees: list[FeeRule]
    purposes: dict[Name, Name]
    destinations: dict[Name, Name]
    issuer: Name
    least_age: int
    most_endorsed: int
    least_days: Days
    pay_minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)]
    print_seconds: Annotated[int, msgspec.Meta(ge=10, le=3600)]
    print_takes: Annotated[int, msgspec.Meta(ge=10, le=3600)]
    ways: list[Name]

    def fee(self, permit: str, entries: int, starts: date, ends: date) -> int:
        """Fen for one endorsement valid from ``starts`` to ``ends``. Raises NoFee if no row fits."""
        for rule in self.fees:
            if rule.permit == permit and rule.entries == entries and rule.holds(starts) and _fits(rule, starts, ends):
                return rule.fen
        raise NoFee


class NoFee(LookupError):
    """The catalogue has no fee for this: it cannot be sold."""


# --- the section of social security ------------------------------------------------------------------------------


class GradeRule(Dated, frozen=True, kw_only=True):
    """One grade of a scheme: what it costs for one period, in fen; ``base`` what that is counted from (0: nothing)."""

    scheme: Name
    grade: Name
    fen: Annotated[int, msgspec.Meta(ge=1, le=10**8)]
    base: Amount = 0


class SchemeRule(msgspec.Struct, frozen=True, kw_only=True):
    """What can be paid by oneself: by the ``year`` or the ``month``, by people who are insured in this ``way``.

    ``insurance``: where the months count, for schemes by the month. ``family``: somebody else may pay it.
    """

    id: Name
    title: Name
    title_en: Name
    period: Literal["year", "month"]
    way: Literal["flexible", "resident"]
    insurance: Word = ""
    family: bool = False


class SocialRules(msgspec.Struct, frozen=True, kw_only=True):
    """Rules of social security (``domain.md`` 6.1, 6.3).

    ``loss_days``: after so many a report of loss lapses by itself. ``living_months``: how long a living verification
    is good; ``living_early_days``: so long before its end it can be renewed. ``checked_acts``: what is done about a
    card only after an identity check, in one of ``ways``. ``account_interest``: per year, in ten-thousandths.
    """

    schemes: list[SchemeRule]
    grades: list[GradeRule]
    loss_days: Days
    living_months: Months
    living_early_days: Days
    checked_acts: list[CardAct]
    ways: list[Name]
    pin_digits: Annotated[int, msgspec.Meta(ge=4, le=12)]
    account_interest: dict[str, Annotated[int, msgspec.Meta(ge=0, le=2000)]]

    def of_scheme(self, scheme: str, on: date) -> list[Grade]:
        """The grades of a scheme that can be chosen on this day, in the order of the file."""
        rows = (row for row in self.grades if row.scheme == scheme and row.holds(on))
        return [Grade(grade=row.grade, fen=row.fen, base=row.base) for row in rows]

    def price(self, scheme: str, grade: str, on: date) -> int:
        """Fen for one period of this grade on this day. Raises NoFee."""
        for found in self.of_scheme(scheme, on):
            if found.grade == grade:
                return found.fen
        raise NoFee


def _fits(rule: FeeRule, starts: date, ends: date) -> bool:
    if rule.upto_months is not None:
        return ends <= months_after(starts, rule.upto_months)
    return rule.below_months is None or ends < months_after(starts, rule.below_months)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The document. ``issued_at``: when central signed it. A section that was never published is None.

    ``unread``: sections that this release could not read (:func:`read_document`); nobody writes it.
    """

    purpose: str
    version: Version
    issued_at: Aware
    exit_entry: ExitRules
    social: SocialRules | None = None
    guide: Guide | None = None
    offers: Offers | None = None
    house: House | None = None
    unread: list[str] = []

    def fees(self, section: str, today: date) -> list[int]:
        """Everything that a section charges today, in fen, for whoever asks what it may cost."""
        if section == "exit_entry":
            return [rule.fen for rule in self.exit_entry.fees if rule.holds(today)]
        rows = self.social.grades if section == "social" and self.social is not None else []
        return [rule.fen for rule in rows if rule.holds(today)]


SECTIONS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "exit_entry": ExitRules,
    "social": SocialRules,
    "guide": Guide,
    "offers": Offers,
    "house": House,
}
NOTHING_SOLD: Final = ExitRules(
    options=[], fees=[], purposes={}, destinations={}, issuer="-", least_age=0, most_endorsed=0, least_days=0,
    pay_minutes=1, print_seconds=10, print_takes=10, ways=[],
)  # fmt: skip
"""In place of rules of exit-entry that cannot be read: nothing has a fee, no way suffices."""


class _Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What must be readable for a document to be one."""

    purpose: str
    version: Version
    issued_at: Aware
    exit_entry: msgspec.Raw


def read_document(document: bytes) -> Catalogue:
    """The document as far as this release can read it. Raises msgspec.DecodeError if it is none.

    Later releases may write a section in a way that this one does not know. Then that section is ``unread`` and the
    others are in use: a new price must reach a machine also when something else in its document is ahead of it.
    """
    try:
        return msgspec.structs.replace(decode(document, Catalogue), unread=[])
    except msgspec.ValidationError:
        head = decode(document, _Envelope)
    parts = decode(document, dict[str, msgspec.Raw])
    read: dict[str, msgspec.Struct] = {}
    unread = []
    for name, kind in SECTIONS.items():
        try:
            if name in parts and bytes(parts[name]) != b"null":
                read[name] = decode(bytes(parts[name]), kind)
        except msgspec.DecodeError:
            unread.append(name)
    fields = {"exit_entry": NOTHING_SOLD} | read
    return Catalogue(purpose=head.purpose, version=head.version, issued_at=head.issued_at, unread=unread, **fields)  # type: ignore[arg-type] # each of its kind
