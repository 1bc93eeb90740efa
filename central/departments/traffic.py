"""The traffic police of the reference platform: decisions, payments and the department's books, in our database.

Rules. A payment is accepted as a whole or refused as a whole. What is due counts to the moment the citizen paid
(``paid_at``), however late the report comes, and to what the screen may have shown shortly before: a payment at
one minute past midnight is not refused for the new day's late fee. A payment that was given back pays nothing,
in whichever order kiosk and central learn of it. One person's number never shows another's business.
"""

from collections.abc import Sequence, Set
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.db import decision as decisions_
from central.db import payment as payments
from central.db import vehicle as vehicles
from central.departments import Judgement
from central.departments.rules import (
    WrongCheckError,
    china_day,
    decision_base,
    is_id_number,
    late_fee,
    pay_by,
)
from central.problems import Refused, Unavailable
from kiosk_app.contract import AskDecisions, Decision, Decisions, FinesPaid, PaidItem, PaymentMoved

GIVEN_BACK: Final = frozenset({"reversed", "refund due", "refunded"})
"""States in which the money is, or must be, with the citizen again: the payment pays nothing."""
VISIT: Final = timedelta(minutes=15)
"""How long an amount shown on the screen is good."""
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A clock before this is broken, and day arithmetic on it may be impossible."""


_PAYMENT: Final = sa.select(payments).where(
    payments.c.kiosk == sa.bindparam("kiosk"), payments.c.reference == sa.bindparam("reference")
)


class Traffic:
    """The adapter. ``available`` False answers "not now", as a department's own outage does."""

    def __init__(self, days_off: Set[date] = frozenset()) -> None:
        self.days_off = days_off
        self.available = True

    # --- questions ---

    def decisions(self, connection: sa.Connection, ask: AskDecisions, now: datetime) -> Decisions:
        """Keep :class:`central.departments.TrafficPolice`."""
        self._be_available()
        if bool(ask.id_number) == bool(ask.number):
            raise Refused(422, "bad-question", "either an ID number or a decision number")
        rows = self._of_person(connection, ask.id_number) if ask.id_number else self._numbered(connection, ask.number)
        return Decisions(decisions=[self._shown(row, now) for row in rows], asked_at=now)

    def _of_person(self, connection: sa.Connection, id_number: str) -> Sequence[sa.Row[Any]]:
        """Open decisions of the person, and records of their vehicles that nobody has handled yet."""
        if not is_id_number(id_number):
            raise Refused(422, "bad-id-number", "not a valid ID number")
        mine = sa.exists().where(
            vehicles.c.owner == id_number,
            vehicles.c.plate == decisions_.c.plate,
            vehicles.c.plate_kind == decisions_.c.plate_kind,
        )
        unhandled = decisions_.c.decided_on.is_(None) & (decisions_.c.id_number == "") & mine
        open_ = (decisions_.c.id_number == id_number) & (decisions_.c.voucher == "")
        return connection.execute(
            sa.select(decisions_).where(open_ | unhandled).order_by(decisions_.c.at, decisions_.c.base)
        ).all()

    def _numbered(self, connection: sa.Connection, number: str) -> Sequence[sa.Row[Any]]:
        try:
            base = decision_base(number)
        except WrongCheckError:
            raise Refused(422, "wrong-check", "the check digit does not fit") from None
        except ValueError:
            raise Refused(422, "bad-number", "a decision number has 15 or 16 digits") from None
        row = connection.execute(sa.select(decisions_).where(decisions_.c.base == base)).one_or_none()
        if row is None or not row.number.startswith(number):
            raise Refused(404, "unknown-decision", "no decision has this number")
        return [row]

    def _shown(self, row: sa.Row[Any], now: datetime) -> Decision:
        fields = {name: getattr(row, name) for name in _SHOWN}
        last = pay_by(row.decided_on, self.days_off) if row.decided_on else None
        return Decision(
            **fields,
            late_fee=late_fee(row.fine, last, china_day(now)) if last and not row.voucher else 0,
            pay_by=last,
            refused=_why_not(row),
        )

    # --- payments ---

    def accept(self, connection: sa.Connection, kiosk: str, paid: FinesPaid, now: datetime) -> Judgement:
        """Keep :class:`central.departments.TrafficPolice`."""
        self._be_available()
        report = msgspec.json.encode(paid)
        known = _payment(connection, kiosk, paid.reference)
        if known is not None:
            return _repeat(known, report)
        code = self._objection(connection, paid, now)
        row = {"kiosk": kiosk, "reference": paid.reference, "amount": paid.amount, "paid": report, "at": now}
        n = connection.execute(
            payments.insert().values(row | {"accepted": not code, "code": code, "voucher": "", "state": ""})
        ).inserted_primary_key
        if code or n is None:
            return Judgement(False, code)
        voucher = f"{china_day(now):%y%m%d}{n[0]:06d}"
        connection.execute(payments.update().where(payments.c.n == n[0]).values(voucher=voucher))
        connection.execute(decisions_.update().where(decisions_.c.number.in_(_numbers(paid))).values(voucher=voucher))
        return Judgement(True, voucher=voucher)

    def _objection(self, connection: sa.Connection, paid: FinesPaid, now: datetime) -> str:
        """Why the payment as a whole is refused, or ``""``."""
        rows = {
            row.number: row
            for row in connection.execute(sa.select(decisions_).where(decisions_.c.number.in_(_numbers(paid))))
        }
        codes = [self._objection_to(rows.get(item.number), item, min(paid.paid_at, now)) for item in paid.items]
        total = sum(item.fine + item.late_fee for item in paid.items)
        whole = len(rows) == len(paid.items) and total == paid.amount
        return next(filter(None, codes), "" if whole and codes else "amount-changed")

    def _objection_to(self, row: sa.Row[Any] | None, item: PaidItem, paid_at: datetime) -> str:
        if row is None:
            return "unknown-decision"
        if row.voucher:
            return "already-paid"
        if _why_not(row):
            return "not-payable"
        last = pay_by(row.decided_on, self.days_off)
        at = max(paid_at, EARLIEST)
        dues = {late_fee(row.fine, last, china_day(shown)) for shown in (at, at - VISIT)}
        return "" if item.fine == row.fine and item.late_fee in dues else "amount-changed"

    def moved(self, connection: sa.Connection, kiosk: str, moved: PaymentMoved, now: datetime) -> None:
        """Keep :class:`central.departments.TrafficPolice`."""
        self._be_available()
        row = _payment(connection, kiosk, moved.reference)
        if row is not None:
            connection.execute(payments.update().where(payments.c.n == row.n).values(state=moved.state))
        elif moved.state in GIVEN_BACK:  # the report never came, and must not be accepted if it still does
            connection.execute(
                payments.insert().values(
                    kiosk=kiosk,
                    reference=moved.reference,
                    amount=moved.amount,
                    at=now,
                    accepted=False,
                    code="given-back",
                    voucher="",
                    state=moved.state,
                )
            )
        if row is not None and row.voucher and moved.state in GIVEN_BACK:
            connection.execute(decisions_.update().where(decisions_.c.voucher == row.voucher).values(voucher=""))

    def _be_available(self) -> None:
        if not self.available:
            raise Unavailable("traffic police")


_SHOWN = (
    "number", "at", "place", "plate", "plate_kind", "code", "what", "what_en", "points", "fine", "unit"
)  # fmt: skip


def _why_not(row: sa.Row[Any]) -> str:
    """Why this cannot be paid here."""
    if row.voucher:
        return "paid"
    if row.decided_on is None:
        return "not_handled"
    return "licence_measures" if row.licence_measures else ""


def _numbers(paid: FinesPaid) -> list[str]:
    return [item.number for item in paid.items]


def _payment(connection: sa.Connection, kiosk: str, reference: str) -> sa.Row[Any] | None:
    return connection.execute(_PAYMENT, {"kiosk": kiosk, "reference": reference}).one_or_none()


def _repeat(row: sa.Row[Any], report: bytes) -> Judgement:
    """The answer to a reference that is known: what was said, unless the money went back or the report differs."""
    if row.state in GIVEN_BACK:
        return Judgement(False, "given-back")
    if row.paid != report:
        return Judgement(False, "reference-reused")
    return Judgement(row.accepted, row.code, row.voucher)
