"""What a person may pay themselves, and what was paid."""

from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Name, Paid
from kiosk_app.contract.social.person import InsuredAnswer, InsuredKey, InsuredQuestion


class AskDues(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /social/dues``: what this person may pay here now. Answered with :class:`Dues`."""

    path: ClassVar[str] = "/social/dues"


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


class Dues(InsuredAnswer, frozen=True, kw_only=True):
    """The answer. ``catalogue``: the version of the rules that were applied."""

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
