"""A4 papers that were handed out, once more: which there are of somebody, and one of them as a copy.

A kiosk keeps nothing of an A4 paper. Of a certificate central has the register; of a record that a kiosk printed from
the answer in hand, central is told that it came out, of whose record (by the department's token), how the books stood,
and the digest of what was printed. The copy is made anew from the books as they stood then. If they say something else
of that day now, there is no copy: a paper that was corrected since is not handed out once more.
"""

from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, ClassVar, Final

import msgspec

from kiosk_app.contract.common import Aware, Name, OrderNumber
from kiosk_app.contract.social import Insurance, Record

PAPERS: Final = "papers"
"""The stream."""
Year = Annotated[int, msgspec.Meta(ge=0, le=2999)]


class PaperKind(StrEnum):
    """What came out: a sealed certificate, the whole record, or one year of one insurance."""

    CERTIFICATE = "certificate"
    RECORD = "record"
    HISTORY = "history"


class RecordPrinted(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="record.printed/1", tag_field="schema"
):
    """Stream ``papers``: the record of ``token``, or one year of one insurance of it, came out under ``reference``.

    ``books``: the moment of the books (:class:`Record`'s ``at``); ``digest``: :func:`printed_digest`.
    """

    reference: OrderNumber
    token: Name
    insurance: Insurance | None = None
    year: Year = 0
    books: Aware
    digest: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    at: Aware


def printed_part(record: Record, insurance: Insurance | None, year: int) -> Record:
    """Of a record, what stands on the paper: everything, or one year of one insurance."""
    if insurance is None:
        return record
    months = [month for month in record.months if (month.insurance, month.period // 100) == (insurance, year)]
    return msgspec.structs.replace(record, standings=[], account=[], months=months)


def printed_digest(part: Record) -> str:
    """Hex SHA-256 of what a paper says, whenever it was asked."""
    return sha256(msgspec.json.encode(msgspec.structs.replace(part, at=None))).hexdigest()


class AskPapers(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /papers/mine``: of the person with this number, as their card says it. Answered with :class:`Papers`."""

    path: ClassVar[str] = "/papers/mine"

    number: Annotated[str, msgspec.Meta(min_length=15, max_length=18)]

    def __repr__(self) -> str:
        return "AskPapers(...)"


class IssuedPaper(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. ``number``: the certificate's code or the record's reference, as printed.

    ``refused`` is empty, or why there is no copy: ``revoked``.
    """

    number: str
    what: PaperKind
    at: Aware
    insurance: Insurance | None = None
    year: int = 0
    refused: str = ""


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, newest first: what can be had again. ``away``: the department cannot be asked for records now."""

    papers: list[IssuedPaper]
    away: bool = False


class AskCopy(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /papers/copy``: this paper of this person once more. Answered with a :class:`Copy`.

    ``request``: the kiosk's own id; the same again is the same number. Refused with ``unknown-paper`` (somebody
    else's too), ``revoked``, ``expired``, ``books-changed``, ``request-differs``.
    """

    path: ClassVar[str] = "/papers/copy"

    request: Name
    number: Annotated[str, msgspec.Meta(min_length=15, max_length=18)]
    paper: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]

    def __repr__(self) -> str:
        return "AskCopy(...)"


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``n``: the how-manieth copy this is, counted for all machines; ``printed_at``, ``site``: the first.

    Of a certificate the sealed ``pdf``, marked; of a record what was printed: the kiosk puts it on paper and marks it.
    """

    n: int
    at: Aware
    printed_at: Aware
    site: str
    pdf: bytes = b""
    record: Record | None = None
    insurance: Insurance | None = None
    year: int = 0
    valid_until: date | None = None

    def __repr__(self) -> str:
        return f"Copy({self.n})"
