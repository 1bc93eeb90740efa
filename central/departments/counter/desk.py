"""What the counter's staff sees and does: that papers arrived, opening them, asking for one again, deciding the case.

Rules. The operators' page says that papers are there and shows none. Who opens them gives a name, which is kept with
the time: no picture is seen by nobody in particular. A paper that cannot be used is lacking again, and its pages are
wiped at once.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.departments.counter.office import receipt_number
from central.departments.counter.pages import Seal
from central.departments.counter.tables import case as cases
from central.departments.counter.tables import hand_in as hand_ins
from central.departments.counter.tables import opened, wanted
from central.departments.counter.tables import page as pages
from central.problems import Refused

SHOWN: Final = 50


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One case as operators see it: how many of its papers are there, in how many pages.

    ``receipts``: each with the number under which the machine asked, which is on a slip for the counter.
    """

    case: str
    title: str
    centre: str
    asked: int
    there: int
    pages: int
    receipts: list[tuple[str, str]]
    received_at: datetime | None
    owner: str
    decided_at: datetime | None


class Desk:
    """The counter, from behind. Every call raises Refused."""

    def __init__(self, store: Store, clock: Clock, seal: Seal) -> None:
        self._store, self._clock, self._seal = store, clock, seal

    def open(self, case: str, by: str, folder: Path) -> list[Path]:
        """Write the pages of a case into ``folder`` for ``by``, whose case it is from now on; all of them or none."""
        with self._store.write() as connection:
            _known(connection, case)
            rows = list(connection.execute(_pages_of(case)))
            if not rows:
                raise Refused(404, "no-papers", "no papers are here for this case")
            names = [f"{row.place:02d}-{row.page:02d}.jpg" for row in rows]
            files = [self._seal.open(row.sealed, row.hand_in, row.paper, row.page) for row in rows]
            opened_by = {"case": case, "by": by, "at": self._clock.now(), "pages": len(rows)}
            connection.execute(opened.insert().values(opened_by))
            connection.execute(cases.update().where(cases.c.number == case).values(owner=by))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return [_written(folder / name, data) for name, data in zip(names, files, strict=True)]

    def send_back(self, case: str, paper: str, by: str) -> None:
        """A paper cannot be used: it is lacking again."""
        with self._store.write() as connection:
            _open(connection, case)
            this = (wanted.c.case == case, wanted.c.key == paper, wanted.c.handed_in.is_not(None))
            hand_in = connection.execute(sa.select(wanted.c.handed_in).where(*this)).scalar_one_or_none()
            if hand_in is None:
                raise Refused(404, "no-papers", "this paper has not come")
            connection.execute(pages.delete().where(pages.c.hand_in == hand_in, pages.c.paper == paper))
            connection.execute(wanted.update().where(*this).values(handed_in=None))
            connection.execute(cases.update().where(cases.c.number == case).values(owner=by))

    def decide(self, case: str, by: str) -> None:
        """The case is over: nothing is taken any more, and the term of its pictures begins."""
        with self._store.write() as connection:
            _open(connection, case)
            done = {"decided_at": self._clock.now(), "owner": by}
            connection.execute(cases.update().where(cases.c.number == case).values(done))


def _written(path: Path, data: bytes) -> Path:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    return path


def lines(connection: sa.Connection) -> list[CaseLine]:
    """Cases to look at first (all papers are there), then those that lack something, then decided ones."""
    found = [_line(connection, row) for row in connection.execute(sa.select(cases)).all()]
    found.sort(key=lambda line: (line.decided_at is not None, line.there < line.asked, line.case))
    return found[:SHOWN]


def _pages_of(case: str) -> sa.Select[Any]:
    of_case = (hand_ins.c.case == case, hand_ins.c.received_at.is_not(None))
    papers = (wanted.c.case == case) & (wanted.c.key == pages.c.paper)
    joined = pages.join(hand_ins, hand_ins.c.n == pages.c.hand_in).join(wanted, papers)
    return sa.select(pages, wanted.c.place).select_from(joined).where(*of_case).order_by(wanted.c.place, pages.c.page)


def _known(connection: sa.Connection, case: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(cases).where(cases.c.number == case)).one_or_none()
    if row is None:
        raise Refused(404, "unknown-case", "no such case")
    return row


def _open(connection: sa.Connection, case: str) -> None:
    row = _known(connection, case)
    if row.decided_at is not None:
        raise Refused(409, "case-closed", f"decided by {row.owner}")


def _line(connection: sa.Connection, row: sa.Row[Any]) -> CaseLine:
    asked = connection.execute(sa.select(wanted.c.handed_in).where(wanted.c.case == row.number)).scalars().all()
    received = (hand_ins.c.case == row.number, hand_ins.c.received_at.is_not(None))
    came = connection.execute(sa.select(hand_ins).where(*received).order_by(hand_ins.c.n)).all()
    return CaseLine(
        case=row.number,
        title=row.title,
        centre=row.centre,
        asked=len(asked),
        there=sum(one is not None for one in asked),
        pages=connection.execute(sa.select(sa.func.count()).select_from(_pages_of(row.number).subquery())).scalar_one(),
        receipts=[(receipt_number(one.n, one.received_at), one.request) for one in came],
        received_at=came[-1].received_at if came else None,
        owner=row.owner,
        decided_at=row.decided_at,
    )
