"""Papers for a case at a counter: what is lacking, one photographed page after the other, and the hand-in.

A page counts for nothing before the hand-in names it by its digest: what the citizen looked at is what arrives, or
nothing does. Every message may be said again, since an answer may be lost: the same page is kept once, and the same
hand-in has the same answer. Who asks says whose the case is, by the number that the card says.
"""

from datetime import date
from typing import Annotated, ClassVar, Final

import msgspec

from kiosk_app.contract.common import Aware, Name, OrderNumber

MOST_PAGE: Final = 700_000
"""Bytes of one page's file; encoded in a message it is still smaller than what central's listener takes."""
MOST_PAGES: Final = 20
"""Pages of one paper."""
LEAST_SIDE, MOST_SIDE, MOST_PIXELS = 400, 6000, 16_000_000
"""Pixels of a page: below it nothing can be read, above it no document camera made it."""

IdNumber = Annotated[str, msgspec.Meta(min_length=15, max_length=18)]
Digest = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
PageNumber = Annotated[int, msgspec.Meta(ge=1, le=MOST_PAGES)]


class AskLacking(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /counter/lacking``: answered with :class:`Lacking`, empty for who has no such case."""

    path: ClassVar[str] = "/counter/lacking"

    number: IdNumber


class LackingPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that is asked for: ``key`` within its case, its name, and how many pages it may have."""

    key: Name
    name: str
    name_en: str
    pages: PageNumber


class LackingCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case and the papers that are still to come, to the end of ``until``. ``centre``: whose counter it is."""

    case: Name
    title: str
    title_en: str
    centre: str
    centre_en: str
    until: date
    papers: list[LackingPaper]


class Lacking(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``kept_days``: so long pictures stay after the case was decided."""

    cases: list[LackingCase]
    kept_days: int


class SendPage(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /counter/page``: one page of ``paper``. Answered with :class:`PageKept`.

    ``request``: of this hand-in. ``digest``: SHA-256 of ``picture``, which is a JPEG. The same page again is kept once;
    another picture in its place is CentralRefused ``page-differs``. Else ``no-page`` (no JPEG, or none that a document
    camera makes), ``unknown-case``, ``case-closed``, ``paper-not-wanted``.
    """

    path: ClassVar[str] = "/counter/page"

    request: OrderNumber
    number: IdNumber
    case: Name
    paper: Name
    page: PageNumber
    digest: Digest
    picture: Annotated[bytes, msgspec.Meta(min_length=1, max_length=MOST_PAGE)]


class PageKept(msgspec.Struct, frozen=True, kw_only=True):
    """It is there, and waits for the hand-in."""

    digest: Digest


class SentPaper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper as it was sent: the digests of its pages in their order."""

    paper: Name
    digests: Annotated[list[Digest], msgspec.Meta(min_length=1, max_length=MOST_PAGES)]


class HandIn(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /counter/hand-in``: these papers are whole. Answered with :class:`HandedIn`, the same to the same request.

    Else ``pages-missing`` (a page that is named is not there), ``unknown-case``, ``case-closed``, ``paper-not-wanted``.
    """

    path: ClassVar[str] = "/counter/hand-in"

    request: OrderNumber
    number: IdNumber
    case: Name
    papers: Annotated[list[SentPaper], msgspec.Meta(min_length=1, max_length=MOST_PAGES)]


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Received under ``receipt``; ``missing``: what the case still lacks."""

    receipt: Name
    at: Aware
    pages: int
    missing: list[LackingPaper]
