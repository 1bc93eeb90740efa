"""The night, and the cases it leaves: orders whose money nobody has accounted for. A case belongs to a person.

The night asks each provider what became of every order that may still change, and closes those that nobody can be
waiting for. It gives nothing back. Cases are not kept but read from the orders and the kiosks' heartbeats whenever
somebody looks, so that one goes by itself when its report arrives after all. Rule: while a kiosk may still hold the
report (its outbox is not empty, it names the payment, or it is silent), a paid order is waited for, and after a day
shown as what it is; whoever gives such money back without having seen the machine may pay twice.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.payments import ProviderRefused, ProviderSilent
from central.payments.orders import NO_REFUND, Orders
from central.payments.reported import ACCOUNTED, FULFILLED
from central.problems import Refused
from central.tables import order as orders
from central.tables import presence
from kiosk_app.contract import Heartbeat, OrderState

GRACE: Final = timedelta(minutes=10)
"""A visit: so long after the money came, nobody wonders where its report is."""
LONG: Final = timedelta(days=1)
OVER: Final = timedelta(hours=1)
"""After an order's life: nobody stands at the machine any more."""
LEFT_OUT: Final = "left out:"
"""So begins the issue that stands for those for which a heartbeat had no room: any payment may be among them."""
LATE: Final = timedelta(days=8)
"""So long a closed order is looked at, for money that came late. (Orders live 7 days at most: ``domain.md`` 8.8.)"""

ADVICE: Final = {
    "unreported": "The kiosk knows of nothing. Unless its store was set aside since: give it back with `refund`.",
    "kiosk-silent": "Find the kiosk first: it may still hold the report. If it is lost: `refund --kiosk-lost`.",
    "kiosk-holds-it": "The kiosk has the payment and cannot end it: see its issues.",
    "refund-due": "The kiosk could not give it back: `refund`, or `refund --by-hand`; its case there closes by itself.",
    "refund-stuck": "Asked for and not confirmed: look at the provider's merchant pages; or `refund --by-hand`.",
    "disputed": "The provider names another amount: compare with its merchant pages; then `refund --by-hand`.",
    "accepted-without-money": "Given back, and the department still counts it as paid: ask the department.",
}
REFUNDABLE: Final = frozenset({"unreported", "refund-due", "refund-stuck"})


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One order that a person must look at, and why; amount in fen."""

    reference: str
    kiosk: str
    channel: str
    amount: int
    why: str
    since: datetime
    advice: str


# --- the cases ---


def cases(connection: sa.Connection, now: datetime) -> list[Case]:
    """Every open case, oldest first."""
    kept = orders.c.reported.in_(ACCOUNTED)
    open_ = (orders.c.state == OrderState.DISPUTED) | ((orders.c.state == OrderState.PAID) & ~kept)
    odd = (orders.c.state == OrderState.REFUNDED) & orders.c.reported.in_(FULFILLED)
    joined = sa.select(orders, presence.c.seen_at, presence.c.report).join(
        presence, presence.c.kiosk == orders.c.kiosk, isouter=True
    )
    rows = connection.execute(joined.where(open_ | odd).order_by(orders.c.paid_at))
    return [case for row in rows for case in _case(row, now)]


def _case(row: sa.Row[Any], now: datetime) -> Iterator[Case]:
    since = row.paid_at or row.created_at
    if now - since > GRACE and (why := _why(row, now, now - since)):
        yield Case(
            reference=row.reference,
            kiosk=row.kiosk,
            channel=row.channel,
            amount=row.amount,
            why=why,
            since=since,
            advice=ADVICE[why],
        )


def _why(row: sa.Row[Any], now: datetime, age: timedelta) -> str:
    """Why a person must look at this order now; ``""`` while it is only waited for."""
    if row.state != OrderState.PAID:
        return "disputed" if row.state == OrderState.DISPUTED else "accepted-without-money"
    if row.reported == "refund due":
        return "refund-due"
    if row.refund_wanted_at is not None:
        return "refund-stuck" if row.word == NO_REFUND or now - row.refund_wanted_at > LONG else ""
    holds = _holder(row)
    return "unreported" if not holds else holds if age > LONG else ""


def _holder(row: sa.Row[Any]) -> str:
    """How the kiosk may still hold the report of this payment; ``""`` if it has said that it holds none."""
    beat = msgspec.json.decode(row.report, type=Heartbeat) if row.report else None
    if beat is None or row.seen_at - row.paid_at < GRACE:  # not heard of since the visit
        return "kiosk-silent"
    named = any(row.reference in issue or issue.startswith(LEFT_OUT) for issue in beat.issues)
    return "kiosk-holds-it" if beat.outbox.count or named else ""


# --- the night ---


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """How many orders were looked at, how many are another than before, and for how many the provider was silent."""

    looked: int
    changed: int
    silent: int


def reconcile(store: Store, desk: Orders, clock: Clock) -> Night:
    """Look at every order that may still change. Blocks; may be repeated at any time."""
    looked = changed = silent = 0
    for row in _unsure(store, clock.now()):
        looked += 1
        try:
            after = desk.shut(desk.refresh(row))
            after = desk.refresh(after)  # closed is believed when it was said twice
        except (ProviderSilent, ProviderRefused):
            silent += 1
            continue
        changed += after.state != row.state
    return Night(looked=looked, changed=changed, silent=silent)


def _unsure(store: Store, now: datetime) -> list[sa.Row[Any]]:
    """Waiting and past their life; paid; and closed ones that money may still reach."""
    waiting = (orders.c.state == OrderState.WAITING) & (orders.c.expires_at < now - OVER)
    recent = orders.c.created_at > now - LATE
    others = orders.c.state.in_([OrderState.CLOSED, OrderState.PAID]) & recent & (orders.c.channel != "")
    with store.read() as connection:
        return list(connection.execute(sa.select(orders).where(waiting | others).order_by(orders.c.created_at)))


# --- a person ---


def refund(
    store: Store,
    desk: Orders,
    clock: Clock,
    reference: str,
    *,
    by: str,
    kiosk_lost: bool = False,
    by_hand: bool = False,
) -> bool:
    """A person gives a case's money back: True when it must be handed out, False when its provider returns it.

    ``by_hand``: if the provider says no. Raises Refused when it is no such case, ProviderSilent.
    """
    with store.read() as connection:
        open_ = {case.reference: case for case in cases(connection, clock.now())}
    case, row = open_.get(reference), desk.find(reference)
    if case is None or row is None or not by:
        raise Refused(404, "no-case", "no open case has this reference, or nobody says who decides")
    lost = kiosk_lost and case.why in {"kiosk-silent", "kiosk-holds-it"}
    if case.why not in REFUNDABLE and not lost and not (by_hand and case.why == "disputed"):
        raise Refused(409, case.why, case.advice)
    try:
        desk.give_back(row, by=by)
    except Refused as no:
        if not by_hand or no.code not in {"refund-refused", "disputed"}:
            raise
    except ProviderSilent:  # it may have done it; one that has no contract with us any more cannot
        if not by_hand or row.channel in desk.channels:
            raise
    else:
        return False
    desk.hand_out(reference, by)
    return True
