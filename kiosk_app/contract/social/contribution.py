"""What a person may pay themselves, and what was paid."""

from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Name, Paid
from kiosk_app.contract.social.person import InsuredAnswer, InsuredQuestion


class AskDues(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /social/dues``: what this person may pay here now. Answered with :class:`Dues`."""

    path: ClassVar[str] = "/social/dues"


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

    Refused with ``unknown-insured``, ``already-paid``, ``amount-changed``, ``not-payable`` (Due's reasons), and what
    holds for every payment.
    """

    token: Name
    scheme: Name
    period: Annotated[int, msgspec.Meta(ge=1900, le=299_912)]
    grade: Name
