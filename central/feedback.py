"""What citizens said of the service: complaints with a number, which a person answers, and scores without a person.

Rules. Feedback is kept once per number, whatever the wire repeats. A telephone number is shown whole only to who asks
for it by name to call back; the operators' page has it masked. When the matter is settled it is wiped, also from the
event that brought it: that event's signature then proves nothing any more, but its digest still links the chain.
A score is one more in the count of its machine, day and worth: there is no row for one visit.
"""

from datetime import date, datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from central.clock import Clock
from central.db import Store, Utc, metadata
from central.db import event as events
from central.departments.rules import china_day
from central.problems import Refused
from kiosk_app.contract import Event, FeedbackGiven
from kiosk_app.contract.feedback import FEEDBACK

SHOWN: Final = 50

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
    sa.Column("settled_at", Utc),
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
    """One matter as operators see it; ``call``: the masked number, if there is one to call."""

    kiosk: str
    reference: str
    kind: str
    topic: str
    call: str
    at: datetime
    owner: str
    settled_at: datetime | None


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
    fields = {name: getattr(row, name) for name in FeedbackLine.__struct_fields__ if name != "call"}
    return FeedbackLine(**fields, call=masked(row.phone))


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


def settle(store: Store, clock: Clock, reference: str, by: str) -> None:
    """It was answered: nobody needs the number any more. Raises Refused."""
    with store.write() as connection:
        _forget_number(connection, _open(connection, reference))
        done = {"owner": by, "settled_at": clock.now(), "phone": ""}
        connection.execute(feedback.update().where(feedback.c.reference == reference).values(done))


def _forget_number(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """The event is kept as it came, and the number came in it."""
    of_kiosk = (events.c.kiosk == row.kiosk) & (events.c.stream == FEEDBACK)
    brought = of_kiosk & (sa.func.instr(events.c.raw, row.reference.encode()) > 0)
    for kept in connection.execute(sa.select(events.c.seq, events.c.raw).where(brought)).all():
        event = msgspec.json.decode(kept.raw, type=Event)
        body = {name: value for name, value in event.body.items() if name != "phone"}
        raw = msgspec.json.encode(msgspec.structs.replace(event, body=body))
        connection.execute(events.update().where(of_kiosk, events.c.seq == kept.seq).values(raw=raw))


def _open(connection: sa.Connection, reference: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(feedback).where(feedback.c.reference == reference)).one_or_none()
    if row is None:
        raise Refused(404, "unknown-reference", "nothing was said under this number")
    if row.settled_at is not None:
        raise Refused(409, "settled", f"settled by {row.owner}")
    return row
