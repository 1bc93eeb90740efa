"""What kiosks report of payments by code, laid beside the orders; part of the transaction that stores the event.

Rules. Nothing counts as paid by code without a paid order of that reference, kiosk and amount. What a kiosk last
said of a payment stands in the order's ``reported``: ``fulfilled`` when its report was accepted, ``refused`` when
not, else the state it named. A day's end gets central's own column at once, from the orders reported and not given
back since the last one; because the stream is in order, both columns speak of the same payments.
"""

from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.tables import day as days
from central.tables import order as orders
from kiosk_app.contract import DayClosed, OrderState, Paid, PaymentMoved

FULFILLED: Final = frozenset({"fulfilled", "settled"})
ACCOUNTED: Final = FULFILLED | {"refunded"}
"""What a kiosk says of money that stays with the provider: it was delivered, or a person handed it out."""
REFUSED: Final = "refused"


def objection(connection: sa.Connection, kiosk: str, paid: Paid) -> str:
    """Why this report must be refused whatever its department thinks; ``""`` if there is no reason here."""
    row = connection.execute(_of(kiosk, paid.reference)).one_or_none()
    if row is None:
        return "not-paid" if paid.means == "code" else ""
    if row.state == OrderState.REFUNDED or row.refund_wanted_at is not None:
        return "given-back"
    return "" if row.state == OrderState.PAID and row.amount == paid.amount else "not-paid"


def judged(connection: sa.Connection, kiosk: str, paid: Paid, *, accepted: bool) -> None:
    """The department decided about what this payment paid for."""
    _note(connection, kiosk, paid.reference, "fulfilled" if accepted else REFUSED)


def moved(connection: sa.Connection, kiosk: str, told: PaymentMoved) -> None:
    """A payment reached a state at the kiosk."""
    _note(connection, kiosk, told.reference, told.state)


def _note(connection: sa.Connection, kiosk: str, reference: str, word: str) -> None:
    mine = (orders.c.kiosk == kiosk) & (orders.c.reference == reference)
    connection.execute(orders.update().where(mine).values(reported=word))


def day_closed(connection: sa.Connection, kiosk: str, closed: DayClosed, now: datetime) -> None:
    """Keep a day's end with central's column, and remember which orders it counted."""
    new = (orders.c.kiosk == kiosk) & orders.c.day.is_(None) & orders.c.reported.in_(FULFILLED)
    standing = new & (orders.c.state == OrderState.PAID)
    count, amount = connection.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(orders.c.amount), 0)).where(standing)
    ).one()
    row = {"kiosk": kiosk, "at": now, "closed": msgspec.json.encode(closed)}
    key = connection.execute(days.insert().values(row | {"order_count": count, "order_amount": amount}))
    n = key.inserted_primary_key
    connection.execute(orders.update().where(new).values(day=n[0] if n else None))


def _of(kiosk: str, reference: str) -> sa.Select[Any]:
    return sa.select(orders).where(orders.c.kiosk == kiosk, orders.c.reference == reference)
