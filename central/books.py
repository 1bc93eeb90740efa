"""Central's books: what became of every payment and every event. For the day's end, a demo and the invariants.

A fen is *held* (accepted and not given back), *owed* (a person must refund it) or neither; never both. Orders are
what was to be paid by code, as their providers see it; ``cases`` are those that a person must look at.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from central.departments.counter.desk import CaseLine
from central.departments.counter.desk import lines as counter_lines
from central.departments.exit_entry.desk import Record, records
from central.departments.exit_entry.records import in_boxes
from central.ledger import GIVEN_BACK, purchase
from central.payments.reconcile import Case, cases
from central.tables import day as days
from central.tables import event as events
from central.tables import fork as forks
from central.tables import order as orders
from central.tables import payment as payments
from kiosk_app.contract import ContributionPaid, DayClosed, EndorsementsPaid, Purchase, ServicePaid
from kiosk_app.contract.exit_entry import RetainedCard


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One payment as central knows it; amounts in fen. ``channel`` and ``transaction``: of one by code.

    ``numbers`` are what was paid for: decisions, or endorsements of ``approval``.
    """

    kiosk: str
    reference: str
    channel: str = ""
    transaction: str = ""
    amount: int
    accepted: bool
    code: str
    voucher: str
    numbers: list[str]
    approval: str = ""
    state: str
    held: bool
    reversed: bool
    refund_due: bool


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One order; ``reported`` is what its kiosk last said became of the payment."""

    kiosk: str
    reference: str
    channel: str
    amount: int
    state: str
    word: str
    transaction: str
    reported: str
    refunded_by: str


class DayLine(msgspec.Struct, frozen=True, kw_only=True):
    """One day's end: the kiosk's columns as it sent them, and central's own (count, fen) for payments by code."""

    kiosk: str
    closed: DayClosed
    orders: tuple[int, int]

    @property
    def cards_agree(self) -> bool:
        """Kiosk and terminal say the same."""
        said = self.closed
        return said.known and (said.kiosk_count, said.kiosk_amount) == (said.terminal_count, said.terminal_amount)

    @property
    def codes_agree(self) -> bool:
        """Kiosk and central say the same."""
        return (self.closed.code_count, self.closed.code_amount) == self.orders


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
    orders: list[OrderLine] = []
    days: list[DayLine] = []
    cases: list[Case] = []
    exit_entry: list[Record] = []
    boxes: list[RetainedCard] = []
    counter: list[CaseLine] = []

    def line(self, reference: str) -> Line | None:
        """The payment with this reference."""
        return next((line for line in self.payments if line.reference == reference), None)


def books(connection: sa.Connection, now: datetime) -> Books:
    """Read the books in one consistent view."""
    made = [_order(row) for row in connection.execute(sa.select(orders).order_by(orders.c.created_at))]
    by_code = {(line.kiosk, line.reference): line for line in made}
    lines = [_line(row, by_code) for row in connection.execute(sa.select(payments).order_by(payments.c.n))]
    return Books(
        held=sum(line.amount for line in lines if line.held),
        owed=sum(line.amount for line in lines if line.refund_due),
        payments=lines,
        streams=_streams(connection),
        orders=made,
        days=[_day(row) for row in connection.execute(sa.select(days).order_by(days.c.n))],
        cases=cases(connection, now),
        exit_entry=records(connection, now),
        boxes=in_boxes(connection, sa.true()),
        counter=counter_lines(connection),
    )


def _line(row: sa.Row[Any], by_code: Mapping[tuple[str, str], OrderLine]) -> Line:
    paid: Purchase | None = purchase(row.paid) if row.paid else None
    order = by_code.get((row.kiosk, row.reference))
    return Line(
        kiosk=row.kiosk,
        reference=row.reference,
        channel=order.channel if order else "",
        transaction=order.transaction if order else "",
        amount=row.amount,
        accepted=row.accepted,
        code=row.code,
        voucher=row.voucher,
        numbers=_numbers(paid),
        approval=paid.approval if isinstance(paid, EndorsementsPaid) else "",
        state=row.state,
        held=row.accepted and row.state not in GIVEN_BACK,
        reversed=row.state == "reversed",
        refund_due=row.state == "refund due",
    )


def _numbers(paid: Purchase | None) -> list[str]:
    """What was paid for, by the department's numbers: nothing that says whose it is."""
    if paid is None:
        return []
    if isinstance(paid, ContributionPaid):
        return [f"{paid.scheme} {paid.period} {paid.grade}"]
    if isinstance(paid, ServicePaid):
        return [f"{paid.service} {paid.token}"]
    return [item.number for item in paid.items]


def _order(row: sa.Row[Any]) -> OrderLine:
    return OrderLine(**{name: getattr(row, name) for name in OrderLine.__struct_fields__})


def _day(row: sa.Row[Any]) -> DayLine:
    closed = msgspec.json.decode(row.closed, type=DayClosed)
    return DayLine(kiosk=row.kiosk, closed=closed, orders=(row.order_count, row.order_amount))


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
