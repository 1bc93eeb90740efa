"""What somebody has done with social security: contributions that they paid, and acts (a verification, the card)."""

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from central.departments.rules import china_day, masked_name
from central.departments.social.tables import act as acts
from central.departments.social.tables import contribution as contributions
from central.departments.social.tables import person as persons
from kiosk_app.contract.cases import MyCase
from kiosk_app.contract.catalogue import SocialRules

MOST_CASES: Final = 20
"""So many of each a query shows."""
UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""A contribution has no time of its own here: central's book of payments does, and says it."""


def number_of(n: int, at: datetime) -> str:
    """The number of an act, as its slip says it."""
    return f"R{china_day(at):%y%m%d}{n:06d}"


def mine(connection: sa.Connection, number: str, law: SocialRules) -> list[MyCase]:
    """Of the person with this number; nothing of who is not insured."""
    token = connection.execute(sa.select(persons.c.token).where(persons.c.number == number)).scalar_one_or_none()
    if token is None:
        return []
    mine = (contributions.c.person == token) | (contributions.c.payer == token)
    paid = sa.select(contributions).where(mine).order_by(contributions.c.voucher.desc())
    done = sa.select(acts).where(acts.c.person == token).order_by(acts.c.n.desc())
    return [
        *(_contribution(connection, row, law, token) for row in connection.execute(paid.limit(MOST_CASES)).all()),
        *(_act(row) for row in connection.execute(done.limit(MOST_CASES))),
    ]


def _contribution(connection: sa.Connection, row: sa.Row[Any], law: SocialRules, mine: str) -> MyCase:
    """To who paid it for somebody else, with whose it is."""
    scheme = next((one for one in law.schemes if one.id == row.scheme), None)
    period = f"{row.period // 100}-{row.period % 100:02d}" if row.period > 9999 else str(row.period)
    title, title_en = (scheme.title, scheme.title_en) if scheme else (row.scheme, row.scheme)
    whom = []
    if row.payer == mine:
        name = connection.execute(sa.select(persons.c.name).where(persons.c.token == row.person)).scalar_one()
        whom = [f"参保人 Insured {masked_name(name)}"]
        title, title_en = f"{title}（{masked_name(name)}）", f"{title_en} ({masked_name(name)})"
    return MyCase(
        number=row.voucher,
        what="contribution",
        state="accepted",
        at=UNDATED,
        title=title,
        title_en=title_en,
        lines=[title, f"所属期 Period {period}", *whom],
        amount=row.amount,
    )


def _act(row: sa.Row[Any]) -> MyCase:
    lines = [f"有效期至 Good until {row.until.isoformat()}"] if row.until else []
    return MyCase(number=number_of(row.n, row.at), what=row.what, state="done", at=row.at, lines=lines)
