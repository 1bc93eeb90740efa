"""The book of payments that kiosks reported, whatever was bought: one line per reference, with its one answer.

Rules. A payment is accepted as a whole or refused as a whole, by the department that sold. The same reference gets
the same answer; another report under it is ``reference-reused``. A payment that was given back pays nothing, in
whichever order kiosk and central learn of it: its department takes the effect back, or never has one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.departments import Department, Judgement
from central.tables import payment as payments
from kiosk_app.contract import PaymentMoved, Purchase

GIVEN_BACK: Final = frozenset({"reversed", "refund due", "refunded"})
"""States in which the money is, or must be, with the citizen again: the payment pays nothing."""

SETTLED: Final = "settled"
"""The state in which a payment is over, and the money is ours."""

Seller = Callable[[Purchase], Department[Any]]
"""The department that a report of a payment is for."""

_PAYMENT: Final = sa.select(payments).where(
    payments.c.kiosk == sa.bindparam("kiosk"), payments.c.reference == sa.bindparam("reference")
)


def accept(connection: sa.Connection, kiosk: str, paid: Purchase, seller: Seller, now: datetime) -> Judgement:
    """The answer to a report. Raises Unavailable, leaving nothing behind."""
    report = msgspec.json.encode(paid)
    known = _payment(connection, kiosk, paid.reference)
    if known is not None:
        return _repeat(known, report)
    row = {"kiosk": kiosk, "reference": paid.reference, "amount": paid.amount, "paid": report, "at": now, "state": ""}
    with connection.begin_nested():  # the batch may go on without this one
        key = connection.execute(payments.insert().values(row | _said(Judgement(False)))).inserted_primary_key
        serial = key[0] if key else 0
        said = seller(paid).accept(connection, kiosk, paid, serial, now)
        connection.execute(payments.update().where(payments.c.n == serial).values(_said(said)))
    return said


def moved(connection: sa.Connection, kiosk: str, moved: PaymentMoved, seller: Seller, now: datetime) -> None:
    """A payment reached a state; one that is given back pays nothing. Raises Unavailable."""
    row = _payment(connection, kiosk, moved.reference)
    if row is not None:
        if row.accepted and moved.state in GIVEN_BACK and row.state not in GIVEN_BACK:
            paid = purchase(row.paid)
            seller(paid).undo(connection, kiosk, paid, row.voucher, now)
        connection.execute(payments.update().where(payments.c.n == row.n).values(state=moved.state))
    elif moved.state in GIVEN_BACK:  # the report never came, and must not be accepted if it still does
        connection.execute(
            payments.insert().values(
                kiosk=kiosk,
                reference=moved.reference,
                amount=moved.amount,
                at=now,
                state=moved.state,
                **_said(Judgement(False, "given-back")),
            )
        )


def stays(connection: sa.Connection, kiosk: str, reference: str) -> bool:
    """Whether the kiosk has said that this payment stays. Until then it may still go back: by a reversal under way, or
    by the terminal itself, which gives back what was never delivered while the kiosk is dead."""
    row = _payment(connection, kiosk, reference)
    return row is not None and row.state == SETTLED


def purchase(report: bytes) -> Purchase:
    """A report as it is kept."""
    paid: Purchase = msgspec.json.decode(report, type=Purchase)
    return paid


def of_voucher(connection: sa.Connection, voucher: str) -> Purchase | None:
    """The accepted report that got this voucher, unless its money went back."""
    which = (payments.c.voucher == voucher) & payments.c.accepted & payments.c.state.not_in(GIVEN_BACK)
    row = connection.execute(sa.select(payments).where(which)).one_or_none() if voucher else None
    return purchase(row.paid) if row is not None else None


def _said(said: Judgement) -> dict[str, Any]:
    return {"accepted": said.accepted, "code": said.code, "voucher": said.voucher}


def _payment(connection: sa.Connection, kiosk: str, reference: str) -> sa.Row[Any] | None:
    return connection.execute(_PAYMENT, {"kiosk": kiosk, "reference": reference}).one_or_none()


def _repeat(row: sa.Row[Any], report: bytes) -> Judgement:
    """The answer to a reference that is known: what was said, unless the money went back or the report differs."""
    if row.state in GIVEN_BACK:
        return Judgement(False, "given-back")
    if row.paid != report:
        return Judgement(False, "reference-reused")
    return Judgement(row.accepted, row.code, row.voucher)
