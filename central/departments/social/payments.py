"""Contributions that were paid by oneself, as social security accepts them.

Rules. A contribution is accepted at the price of the signed catalogue at the moment of payment, or shortly before: what
the screen showed at one minute to midnight is still good. Once per scheme and period; one that is given back never was,
nor the month that it stood for.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from central.departments import Judgement
from central.departments.rules import china_day
from central.departments.social import records, rules
from central.departments.social.records import Insured
from central.departments.social.tables import contribution as contributions
from central.departments.social.tables import month as months
from kiosk_app.contract.catalogue import NoFee, SchemeRule, SocialRules
from kiosk_app.contract.social import ContributionPaid

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A clock before this is broken, and day arithmetic on it may be impossible."""
VISIT: Final = timedelta(minutes=15)
"""How long an amount shown on the screen is good."""
OF_ACCOUNT: Final = 40
"""Per cent of a flexible contribution that go to the personal account: 8 of 20 (``domain.md`` 6.3)."""


def accept(
    connection: sa.Connection, paid: ContributionPaid, law: SocialRules, serial: int, now: datetime
) -> Judgement:
    """Accept or refuse the payment as a whole."""
    found = records.of_token(connection, paid.token)
    if found is None:
        return Judgement(False, "unknown-insured")
    at = max(min(paid.paid_at, now), EARLIEST)
    days = {china_day(shown) for shown in (at, at - VISIT)}
    if code := _objection(connection, found, paid, law, days):
        return Judgement(False, code)
    voucher = f"S{china_day(now):%y%m%d}{serial:06d}"
    row = {name: getattr(paid, name) for name in ("scheme", "period", "grade", "amount", "payer")}
    connection.execute(contributions.insert().values(voucher=voucher, person=found.token, **row))
    scheme = next(one for one in law.schemes if one.id == paid.scheme)
    if scheme.insurance:
        month = _month(found, paid, scheme, law, max(days))
        connection.execute(months.insert().values(month | {"booked_at": now}))
    return Judgement(True, voucher=voucher)


def undo(connection: sa.Connection, paid: ContributionPaid, law: SocialRules, voucher: str) -> None:
    """The money went back: neither contribution nor month is there any more."""
    connection.execute(contributions.delete().where(contributions.c.voucher == voucher))
    insurance = next((one.insurance for one in law.schemes if one.id == paid.scheme), "")
    mine = (months.c.person == paid.token) & (months.c.employer == records.ONESELF) & (months.c.insurance == insurance)
    connection.execute(months.delete().where(mine, months.c.period == paid.period))


def paid_by(connection: sa.Connection, token: str) -> list[tuple[str, int]]:
    """Which schemes this person has paid, and for which period."""
    mine = sa.select(contributions.c.scheme, contributions.c.period).where(contributions.c.person == token)
    return [(row.scheme, row.period) for row in connection.execute(mine)]


def _objection(
    connection: sa.Connection, found: Insured, paid: ContributionPaid, law: SocialRules, days: set[date]
) -> str:
    """Why the payment is refused, or ``""``."""
    there = paid_by(connection, found.token)
    if paid.payer and not _of_family(connection, found, paid, law):
        return "not-payable"
    if (paid.scheme, paid.period) in there:
        return "already-paid"
    open_ = {(due.scheme, due.period): due.refused for day in days for due in rules.dues(found.way, there, law, day)}
    if open_.get((paid.scheme, paid.period), "unknown"):
        return "not-payable"
    prices = set()
    for day in days:
        try:
            prices.add(law.price(paid.scheme, paid.grade, day))
        except NoFee:
            continue
    return "" if paid.amount in prices else "amount-changed"


def _of_family(connection: sa.Connection, found: Insured, paid: ContributionPaid, law: SocialRules) -> bool:
    """Whether this payer may pay this for somebody else."""
    payer = records.of_token(connection, paid.payer)
    scheme = next((one for one in law.schemes if one.id == paid.scheme), None)
    return payer is not None and payer.token != found.token and scheme is not None and scheme.family


def _month(found: Insured, paid: ContributionPaid, scheme: SchemeRule, law: SocialRules, day: date) -> dict[str, Any]:
    base = next((one.base for one in law.of_scheme(scheme.id, day) if one.grade == paid.grade), 0)
    return {
        "person": found.token,
        "period": paid.period,
        "insurance": scheme.insurance,
        "employer": records.ONESELF,
        "base": base,
        "own": paid.amount,
        "employers": 0,
        "account": paid.amount * OF_ACCOUNT // 100,
    }
