"""What became of something that was said, for whoever said it: by their card, or by its number and what they left.

Rules. A matter that was made with a card is found by that card and by nothing else; one with a telephone number by its
number and the last four digits; one of nobody by its number, and its answer, which nobody is named in, is for whoever
has the slip. Somebody else's and one that never was are one answer. Four digits can be tried out: so often, and no
more in a matter's whole life.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.departments.rules import china_day
from central.feedback import feedback
from central.messages import decode
from central.problems import Refused
from kiosk_app.contract.feedback import AskMatter, Matter, is_whose

GUESSES: Final = 10


def of_holder(connection: sa.Connection, number: str, kept: timedelta) -> list[Matter]:
    """What was said with the card of this number on the reader, the newest first."""
    rows = connection.execute(sa.select(feedback).where(feedback.c.whose != "").order_by(feedback.c.at.desc()))
    return [_matter(row, kept) for row in rows if is_whose(row.whose, number)]


def answer(store: Store, clock: Clock, body: bytes, kept: timedelta) -> Matter:
    """The matter with this number, for who knows what was left with it, as long as it can be read. Raises Refused."""
    ask = decode(body, AskMatter)
    matter = _matter(store.commit(lambda connection: _known(connection, ask)) or _unknown(), kept)
    over = matter.state == "settled" and matter.until is not None and matter.until < china_day(clock.now())
    return _matter(_unknown(), kept) if over else matter


def _known(connection: sa.Connection, ask: AskMatter) -> sa.Row[Any] | None:
    """None for a wrong ending, which is counted: an exception would undo the count. Raises Refused."""
    rows = connection.execute(sa.select(feedback).where(feedback.c.reference == ask.reference)).all()
    if len(rows) != 1 or rows[0].whose:
        return None
    [row] = rows
    if not row.ending:  # nothing was left, or it is wiped: there is nothing to guess, nor to be asked for
        return row
    if row.wrong >= GUESSES:
        raise Refused(429, "guessed-out", "not told by its number any more")
    if row.ending == ask.ending:
        return row
    if ask.ending:
        same = feedback.c.reference == ask.reference
        connection.execute(feedback.update().where(same).values(wrong=feedback.c.wrong + 1))
    return None


def _unknown() -> sa.Row[Any]:
    raise Refused(404, "unknown-matter", "nothing is known under this number")


def _matter(row: sa.Row[Any], kept: timedelta) -> Matter:
    over = row.settled_at is not None
    return Matter(
        reference=row.reference,
        kind=row.kind,
        topic=row.topic,
        at=row.at,
        state=_state(row.owner, row.settled_at),
        answer=row.answer,
        settled_at=row.settled_at,
        until=china_day(row.settled_at + kept) if over else None,
    )


def _state(owner: str, settled_at: datetime | None) -> str:
    if settled_at is None:
        return "taken" if owner else "received"
    return "settled" if owner else "ended"
