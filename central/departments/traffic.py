"""The traffic police of the reference platform: decisions, and what is paid of them, in our database.

Rules. A payment is accepted as a whole or refused as a whole. What is due counts to the moment the citizen paid
(``paid_at``), however late the report comes, and to what the screen may have shown shortly before: a payment at
one minute past midnight is not refused for the new day's late fee. One person's number never shows another's
business.
"""

from collections.abc import Sequence, Set
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa

from central.departments import Judgement
from central.departments.rules import (
    WrongCheckError,
    china_day,
    decision_base,
    is_id_number,
    late_fee,
    pay_by,
)
from central.departments.traffic_tables import decision as decisions_
from central.departments.traffic_tables import vehicle as vehicles
from central.problems import Refused, Unavailable
from kiosk_app.contract import AskDecisions, Decision, Decisions, FinesPaid, PaidItem
from kiosk_app.contract.cases import MyCase

VISIT: Final = timedelta(minutes=15)
"""How long an amount shown on the screen is good."""
MOST_CASES: Final = 20
"""So many payments a query shows."""
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A clock before this is broken, and day arithmetic on it may be impossible."""


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

    def mine(self, connection: sa.Connection, number: str, now: datetime) -> list[MyCase]:
        """Keep :class:`central.departments.KeepsCases`: what was paid. What is open is shown where it can be paid."""
        del now
        self._be_available()
        paid = (decisions_.c.id_number == number) & (decisions_.c.voucher != "")
        rows = connection.execute(sa.select(decisions_).where(paid).order_by(decisions_.c.voucher.desc()))
        return [_case(voucher, list(mine)) for voucher, mine in groupby(rows, key=lambda row: row.voucher)][:MOST_CASES]

    # --- payments ---

    def accept(self, connection: sa.Connection, kiosk: str, paid: FinesPaid, serial: int, now: datetime) -> Judgement:
        """Keep :class:`central.departments.Department`."""
        del kiosk  # a decision may be paid anywhere
        self._be_available()
        if code := self._objection(connection, paid, now):
            return Judgement(False, code)
        voucher = f"{china_day(now):%y%m%d}{serial:06d}"
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

    def undo(self, connection: sa.Connection, kiosk: str, paid: FinesPaid, voucher: str, now: datetime) -> None:
        """Keep :class:`central.departments.Department`."""
        del kiosk, paid, now
        self._be_available()
        connection.execute(decisions_.update().where(decisions_.c.voucher == voucher).values(voucher=""))

    def _be_available(self) -> None:
        if not self.available:
            raise Unavailable("traffic police")


_SHOWN = (
    "number", "at", "place", "plate", "plate_kind", "code", "what", "what_en", "points", "fine", "unit"
)  # fmt: skip


def _case(voucher: str, rows: list[sa.Row[Any]]) -> MyCase:
    """Everything that one payment paid."""
    return MyCase(
        number=voucher,
        what="fines",
        state="accepted",
        at=max(row.at for row in rows),
        title=rows[0].what,
        title_en=rows[0].what_en,
        lines=[line for row in rows for line in (f"决定书 {row.number}", row.what)],
    )


def _why_not(row: sa.Row[Any]) -> str:
    """Why this cannot be paid here."""
    if row.voucher:
        return "paid"
    if row.decided_on is None:
        return "not_handled"
    return "licence_measures" if row.licence_measures else ""


def _numbers(paid: FinesPaid) -> list[str]:
    return [item.number for item in paid.items]
