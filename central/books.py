"""Central's books: what became of every payment and every event. For the day's end, a demo and the invariants.

A fen is *held* (accepted and not given back), *owed* (a person must refund it) or neither; never both.
"""

from typing import Any

import msgspec
import sqlalchemy as sa

from central.db import event as events
from central.db import fork as forks
from central.db import payment as payments
from central.departments.traffic import GIVEN_BACK
from kiosk_app.contract import FinesPaid


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as central knows it; amounts in fen."""

    kiosk: str
    reference: str
    amount: int
    accepted: bool
    code: str
    voucher: str
    numbers: list[str]
    state: str
    held: bool
    reversed: bool
    refund_due: bool


class StreamLine(msgspec.Struct, frozen=True, kw_only=True):
    """One stream: ``events`` equals ``head`` as long as none is missing or doubled."""

    kiosk: str
    stream: str
    head: int
    events: int
    quarantined: int
    forks: int


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """All lines and their sums."""

    held: int
    owed: int
    payments: list[Line]
    streams: list[StreamLine]

    def line(self, reference: str) -> Line | None:
        """The payment with this reference."""
        return next((line for line in self.payments if line.reference == reference), None)


def books(connection: sa.Connection) -> Books:
    """Read the books in one consistent view."""
    lines = [_line(row) for row in connection.execute(sa.select(payments).order_by(payments.c.n))]
    return Books(
        held=sum(line.amount for line in lines if line.held),
        owed=sum(line.amount for line in lines if line.refund_due),
        payments=lines,
        streams=_streams(connection),
    )


def _line(row: sa.Row[Any]) -> Line:
    paid = msgspec.json.decode(row.paid, type=FinesPaid) if row.paid else None
    return Line(
        kiosk=row.kiosk,
        reference=row.reference,
        amount=row.amount,
        accepted=row.accepted,
        code=row.code,
        voucher=row.voucher,
        numbers=[item.number for item in paid.items] if paid else [],
        state=row.state,
        held=row.accepted and row.state not in GIVEN_BACK,
        reversed=row.state == "reversed",
        refund_due=row.state == "refund due",
    )


def _streams(connection: sa.Connection) -> list[StreamLine]:
    aside = dict[tuple[str, str], int]()
    for row in connection.execute(
        sa.select(forks.c.kiosk, forks.c.stream, sa.func.count().label("n")).group_by(forks.c.kiosk, forks.c.stream)
    ):
        aside[row.kiosk, row.stream] = row.n
    rows = connection.execute(
        sa.select(
            events.c.kiosk,
            events.c.stream,
            sa.func.max(events.c.seq).label("head"),
            sa.func.count().label("events"),
            sa.func.count().filter(events.c.quarantine != "").label("quarantined"),
        ).group_by(events.c.kiosk, events.c.stream)
    )
    return [StreamLine(**row._mapping, forks=aside.get((row.kiosk, row.stream), 0)) for row in rows]
