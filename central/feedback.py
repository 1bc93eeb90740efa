"""What citizens said of the service: complaints with a number, which a person answers, and scores without a person.

Rules. Feedback is kept once per number, whatever the wire repeats. A telephone number is shown whole only to who asks
for it by name to call back; the operators' page has it masked. When the matter is settled it is wiped, also from the
event that brought it: that event's signature then proves nothing any more, but its digest still links the chain. Its
last four digits stay with the answer, for whoever left it to read that answer by, and go with it; so does the digest of
a card. What nobody settles ends after its time, and is wiped likewise (:mod:`central.periods`).
A score is one more in the count of its machine, day and worth: there is no row for one visit.
"""

import re
import unicodedata
from collections.abc import Set
from datetime import date, datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from central.clock import Clock
from central.db import Store, Utc, metadata
from central.departments.rules import china_day
from central.problems import Refused
from central.wiping import wipe, wipe_aside
from kiosk_app.contract import FeedbackGiven
from kiosk_app.contract.feedback import FEEDBACK

SHOWN: Final = 50
LONGEST: Final = 300
"""Characters of an answer: what one page of a kiosk shows."""
_NAMES_SOMEBODY: Final = re.compile(
    r"(?<![0-9])(?:1[0-9]{2}[ -]?[0-9]{4}[ -]?[0-9]{4}|[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx])(?![0-9])"
)
"""A mobile telephone or identity number, as people group them, which an answer that others may read has no need of."""

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("reference", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("topic", sa.String, nullable=False),
    sa.Column("phone", sa.String, nullable=False),  # "" for none, and when it is settled
    sa.Column("at", Utc, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("owner", sa.String, nullable=False),  # who asked for the number to call, and later who settled it
    sa.Column("settled_at", Utc),  # with an owner: by them; without: nobody did in time
    sa.Column("whose", sa.String, nullable=False),  # salted digest of a card's number; "" for none
    sa.Column("ending", sa.String, nullable=False),  # the last four of the telephone number; "" for none
    sa.Column("answer", sa.String, nullable=False),  # what the citizen may read
    sa.Column("wrong", sa.Integer, nullable=False),  # endings that were wrong, in its whole life
)

rating = sa.Table(
    "rating",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),  # China's, of its arrival
    sa.Column("score", sa.Integer, primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)


class FeedbackLine(msgspec.Struct, frozen=True, kw_only=True):
    """One matter as operators see it; ``call``: the masked number, if there is one to call.

    ``reader``: how whoever said it can read an answer: ``card``, ``phone`` (by its last digits), ``number`` alone.
    """

    kiosk: str
    reference: str
    kind: str
    topic: str
    call: str
    at: datetime
    owner: str
    settled_at: datetime | None
    answer: str
    reader: str


class RatingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One machine's scores: how often each of 1 to 5 was given."""

    kiosk: str
    counts: list[int]

    @property
    def mean(self) -> float:
        """Of all visits that were rated."""
        return sum(score * count for score, count in enumerate(self.counts, 1)) / max(1, sum(self.counts))


# --- what comes in ---


def given(connection: sa.Connection, kiosk: str, told: FeedbackGiven, now: datetime) -> None:
    """Keep it, once."""
    row = msgspec.structs.asdict(told) | {"kiosk": kiosk, "received_at": now, "owner": "", "settled_at": None}
    row |= {"ending": told.phone[-4:], "answer": "", "wrong": 0}
    connection.execute(insert(feedback).values(row).on_conflict_do_nothing())


def rated(connection: sa.Connection, kiosk: str, score: int, now: datetime) -> None:
    """One more."""
    row = insert(rating).values(kiosk=kiosk, day=china_day(now), score=score, count=1)
    key = [rating.c.kiosk, rating.c.day, rating.c.score]
    connection.execute(row.on_conflict_do_update(index_elements=key, set_={"count": rating.c.count + 1}))


# --- what operators see ---


def lines(connection: sa.Connection) -> list[FeedbackLine]:
    """Open matters first, the oldest of them first; of the settled ones the newest."""
    rows = sa.select(feedback)
    open_ = connection.execute(rows.where(feedback.c.settled_at.is_(None)).order_by(feedback.c.at))
    settled = rows.where(feedback.c.settled_at.is_not(None)).order_by(feedback.c.settled_at.desc()).limit(SHOWN)
    return [_line(row) for row in [*open_, *connection.execute(settled)]]


def _line(row: sa.Row[Any]) -> FeedbackLine:
    fields = {name: getattr(row, name) for name in FeedbackLine.__struct_fields__ if name not in {"call", "reader"}}
    reader = "card" if row.whose else "phone" if row.ending else "number"
    return FeedbackLine(**fields, call=masked(row.phone), reader=reader)


def masked(phone: str) -> str:
    """``138****5678``: who calls knows which it is, and nobody else can."""
    return f"{phone[:3]}{'*' * (len(phone) - 5)}{phone[-2:]}" if phone else ""


def scores(connection: sa.Connection, since: date) -> list[RatingLine]:
    """Each machine's scores from this day on."""
    counted: dict[str, list[int]] = {}
    for row in connection.execute(sa.select(rating).where(rating.c.day >= since).order_by(rating.c.kiosk)):
        counted.setdefault(row.kiosk, [0] * 5)[row.score - 1] += row.count
    return [RatingLine(kiosk=kiosk, counts=counts) for kiosk, counts in counted.items()]


# --- what operators do ---


def call_back(store: Store, reference: str, by: str) -> str:
    """The telephone number of a matter, for ``by``, whose it is from now on. Raises Refused."""
    with store.write() as connection:
        row = _open(connection, reference)
        if not row.phone:
            raise Refused(409, "no-number", "no number was left: whoever gave it may call with theirs")
        connection.execute(feedback.update().where(feedback.c.reference == reference).values(owner=by))
    return str(row.phone)


def settle(store: Store, clock: Clock, reference: str, by: str, answer: str = "") -> None:
    """It was answered, perhaps in writing: nobody needs the number any more. Raises Refused."""
    answer = " ".join(answer.split())
    if len(answer) > LONGEST or _NAMES_SOMEBODY.search(unicodedata.normalize("NFKC", answer)):
        raise Refused(422, "bad-answer", f"at most {LONGEST} characters, and no telephone or identity number")
    with store.write() as connection:
        row = _open(connection, reference)
        _forget_in_event(connection, row, {"phone"})
        done = {"owner": by, "settled_at": clock.now(), "phone": "", "answer": answer}
        connection.execute(feedback.update().where(feedback.c.reference == reference).values(done))


# --- what time does ---


def ending(connection: sa.Connection, before: datetime) -> list[str]:
    """Open matters that were received before this moment: their numbers, the oldest first."""
    old = feedback.c.settled_at.is_(None) & (feedback.c.received_at < before)
    rows = connection.execute(sa.select(feedback.c.reference).where(old).order_by(feedback.c.received_at))
    return [str(reference) for reference in rows.scalars()]


def end_open(connection: sa.Connection, before: datetime, now: datetime) -> int:
    """Wipe what nobody settled in time; how many. That it was not settled stays to be read by its number.

    What was set aside is no matter, and names somebody all the same.
    """
    wipe_aside(connection, FEEDBACK, before)
    over = feedback.c.settled_at.is_(None) & (feedback.c.received_at < before)
    rows = connection.execute(sa.select(feedback).where(over)).all()
    for row in rows:
        _forget_in_event(connection, row, {"phone", "whose"})
        mine = (feedback.c.kiosk == row.kiosk) & (feedback.c.reference == row.reference)
        wiped = {"phone": "", "whose": "", "ending": "", "owner": "", "settled_at": now}
        connection.execute(feedback.update().where(mine).values(wiped))
    return len(rows)


def forget_answers(connection: sa.Connection, before: datetime) -> int:
    """Wipe answers that were there to be read long enough, and by what they were found; how many matters."""
    old = (feedback.c.settled_at < before) & (
        (feedback.c.whose != "") | (feedback.c.ending != "") | (feedback.c.answer != "")
    )
    rows = connection.execute(sa.select(feedback).where(old)).all()
    for row in rows:
        _forget_in_event(connection, row, {"whose"})
        mine = (feedback.c.kiosk == row.kiosk) & (feedback.c.reference == row.reference)
        connection.execute(feedback.update().where(mine).values(whose="", ending="", answer=""))
    return len(rows)


def _forget_in_event(connection: sa.Connection, row: sa.Row[Any], names: Set[str]) -> None:
    """The event is kept as it came, and these came in it."""
    wipe(connection, row.kiosk, FEEDBACK, {row.reference}, names)


def _open(connection: sa.Connection, reference: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(feedback).where(feedback.c.reference == reference)).one_or_none()
    if row is None:
        raise Refused(404, "unknown-reference", "nothing was said under this number")
    if row.settled_at is not None:
        raise Refused(409, "settled", f"settled by {row.owner}")
    return row
