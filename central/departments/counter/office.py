"""Cases at the counters of service centres: which papers they lack, and taking photographed ones in.

Rules. A case is only spoken of to who shows the card it belongs to; for everybody else it does not exist. Pages come
one by one and count for nothing; the hand-in names every page by its digest, and in its commit the papers have arrived.
A decided case and a term that is over take nothing any more, also half-way.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.departments.counter.pages import KEPT, Seal, forget_unfinished
from central.departments.counter.tables import case as cases
from central.departments.counter.tables import hand_in as hand_ins
from central.departments.counter.tables import page as pages
from central.departments.counter.tables import wanted
from central.departments.rules import china_day
from central.problems import Refused, Unavailable
from kiosk_app.contract.case_papers import (
    AskLacking,
    HandedIn,
    HandIn,
    Lacking,
    LackingCase,
    LackingPaper,
    PageKept,
    SendPage,
)
from kiosk_app.contract.cases import MyCase

MOST_CASES: Final = 20


class Counters:
    """The adapter. ``available`` False answers "not now"."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self.available = True

    # --- what is asked ---

    def mine(self, connection: sa.Connection, number: str, _now: datetime) -> list[MyCase]:
        """As a department that keeps cases (:class:`central.departments.KeepsCases`)."""
        self._be_available()
        rows = sa.select(cases).where(cases.c.id_number == number).order_by(cases.c.opened_at.desc())
        return [_my_case(connection, row) for row in connection.execute(rows.limit(MOST_CASES))]

    def lacking(self, connection: sa.Connection, ask: AskLacking, now: datetime) -> Lacking:
        """Open cases of this person that lack something."""
        self._be_available()
        open_ = (cases.c.id_number == ask.number, cases.c.decided_at.is_(None), cases.c.until >= china_day(now))
        rows = connection.execute(sa.select(cases).where(*open_).order_by(cases.c.until, cases.c.number))
        found = [_lacking_case(row, papers) for row in rows.all() if (papers := still_wanted(connection, row.number))]
        return Lacking(cases=found, kept_days=KEPT.days)

    # --- what comes in ---

    def keep_page(self, connection: sa.Connection, kiosk: str, ask: SendPage, now: datetime) -> PageKept:
        """A page that waits for its hand-in. Raises Refused."""
        self._be_available()
        case = _open_case(connection, ask.case, ask.number, now)
        paper = _wanted_now(connection, case.number, ask.paper)
        if ask.page > paper.pages:
            raise Refused(409, "too-many-pages", "the paper may not have so many pages")
        hand_in = _begun(connection, kiosk, ask, now)
        place = (pages.c.hand_in == hand_in, pages.c.paper == ask.paper, pages.c.page == ask.page)
        there = connection.execute(sa.select(pages.c.digest).where(*place)).scalar_one_or_none()
        if there not in {None, ask.digest}:
            raise Refused(409, "page-differs", "another picture was sent in this place")
        if there is None:
            sealed = self._seal.close(ask.picture, hand_in, ask.paper, ask.page)
            values = {"hand_in": hand_in, "paper": ask.paper, "page": ask.page, "digest": ask.digest, "sealed": sealed}
            connection.execute(pages.insert().values(values))
        return PageKept(digest=ask.digest)

    def hand_in(self, connection: sa.Connection, kiosk: str, ask: HandIn, now: datetime) -> HandedIn:
        """These papers have arrived, all of them or none. Raises Refused."""
        self._be_available()
        row = _of_request(connection, kiosk, ask.request)
        if row is not None and row.answer is not None:
            _of_person(connection, row.case, ask.number)
            return msgspec.json.decode(row.answer, type=HandedIn)
        case = _open_case(connection, ask.case, ask.number, now)
        named = {(sent.paper, at): digest for sent in ask.papers for at, digest in enumerate(sent.digests, 1)}
        for sent in ask.papers:
            _wanted_now(connection, case.number, sent.paper)
        if row is None or row.case != case.number or not _all_there(connection, row.n, ask, named):
            raise Refused(409, "pages-missing", "a page that is named is not here")
        return _arrived(connection, row.n, case.number, named, now)

    def _be_available(self) -> None:
        if not self.available:
            raise Unavailable("counters")


def receipt_number(n: int, at: datetime) -> str:
    """As the slip and the counter's page say it."""
    return f"P{china_day(at):%y%m%d}{n:06d}"


def still_wanted(connection: sa.Connection, case: str) -> list[LackingPaper]:
    """What a case lacks, in the order in which it is asked for."""
    rows = sa.select(wanted).where(wanted.c.case == case, wanted.c.handed_in.is_(None)).order_by(wanted.c.place)
    return [
        LackingPaper(key=row.key, name=row.name, name_en=row.name_en, pages=row.pages)
        for row in connection.execute(rows)
    ]


def _my_case(connection: sa.Connection, row: sa.Row[Any]) -> MyCase:
    came = sa.select(sa.func.max(hand_ins.c.received_at)).where(hand_ins.c.case == row.number)
    received = connection.execute(came).scalar_one()
    state = "decided" if row.decided_at else "lacking" if still_wanted(connection, row.number) else "received"
    at = row.decided_at or received or row.opened_at
    return MyCase(number=row.number, what="counter", state=state, at=at, title=row.title, title_en=row.title_en)


def _lacking_case(row: sa.Row[Any], papers: list[LackingPaper]) -> LackingCase:
    return LackingCase(
        case=row.number,
        title=row.title,
        title_en=row.title_en,
        centre=row.centre,
        centre_en=row.centre_en,
        until=row.until,
        papers=papers,
    )


def _of_person(connection: sa.Connection, case: str, number: str) -> sa.Row[Any]:
    this = (cases.c.number == case, cases.c.id_number == number)
    row = connection.execute(sa.select(cases).where(*this)).one_or_none()
    if row is None:  # also when it is somebody else's
        raise Refused(404, "unknown-case", "no such case of this person")
    return row


def _open_case(connection: sa.Connection, case: str, number: str, now: datetime) -> sa.Row[Any]:
    row = _of_person(connection, case, number)
    if row.decided_at is not None:
        raise Refused(409, "case-closed", "the case was decided meanwhile")
    if row.until < china_day(now):
        raise Refused(409, "term-over", "papers were taken until yesterday or before")
    return row


def _wanted_now(connection: sa.Connection, case: str, key: str) -> LackingPaper:
    paper = next((one for one in still_wanted(connection, case) if one.key == key), None)
    if paper is None:
        raise Refused(409, "paper-not-wanted", "the case does not lack this paper")
    return paper


def _of_request(connection: sa.Connection, kiosk: str, request: str) -> sa.Row[Any] | None:
    this = (hand_ins.c.kiosk == kiosk, hand_ins.c.request == request)
    return connection.execute(sa.select(hand_ins).where(*this)).one_or_none()


def _begun(connection: sa.Connection, kiosk: str, ask: SendPage, now: datetime) -> int:
    """The number of the hand-in to which the page belongs; the first page begins it."""
    row = _of_request(connection, kiosk, ask.request)
    if row is None:
        forget_unfinished(connection, kiosk)
        values = {"kiosk": kiosk, "request": ask.request, "case": ask.case, "begun_at": now, "pages": 0}
        connection.execute(hand_ins.insert().values(values))
        row = _of_request(connection, kiosk, ask.request)
    assert row is not None  # it was just written
    if row.case != ask.case or row.answer is not None:
        raise Refused(409, "request-differs", "something else was handed in under this request")
    return int(row.n)


def _all_there(connection: sa.Connection, n: int, ask: HandIn, named: dict[tuple[str, int], str]) -> bool:
    """Every page that is named, once, as it was named."""
    rows = connection.execute(sa.select(pages.c.paper, pages.c.page, pages.c.digest).where(pages.c.hand_in == n))
    there = {(row.paper, row.page): row.digest for row in rows}
    once = len(named) == sum(len(sent.digests) for sent in ask.papers)
    return once and all(there.get(place) == digest for place, digest in named.items())


def _arrived(
    connection: sa.Connection, n: int, case: str, named: dict[tuple[str, int], str], now: datetime
) -> HandedIn:
    """The moment at which the papers are at the counter. Pages that nobody named go."""
    of_it = sa.tuple_(pages.c.paper, pages.c.page)
    connection.execute(pages.delete().where(pages.c.hand_in == n, of_it.not_in(list(named))))
    papers = {paper for paper, _ in named}
    arrived = (wanted.c.case == case, wanted.c.key.in_(papers))
    connection.execute(wanted.update().where(*arrived).values(handed_in=n))
    missing = still_wanted(connection, case)
    answer = HandedIn(receipt=receipt_number(n, now), at=now, pages=len(named), missing=missing)
    done = {"received_at": now, "pages": len(named), "answer": msgspec.json.encode(answer)}
    connection.execute(hand_ins.update().where(hand_ins.c.n == n).values(done))
    return answer
