"""How social security reads its own tables: whose card it is, and everything that was paid."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from central.departments.rules import china_day, masked_name
from central.departments.social import rules
from central.departments.social.tables import injury as injury_
from central.departments.social.tables import month as months
from central.departments.social.tables import pension as pension_
from central.departments.social.tables import person as persons
from central.departments.social.tables import unemployment as unemployment_
from central.problems import Refused
from kiosk_app.contract.catalogue import SocialRules, months_after
from kiosk_app.contract.social import (
    CardState,
    Injury,
    Insurance,
    InsuredKey,
    InsuredState,
    Month,
    PensionPayment,
    Record,
    Standing,
    Unemployment,
)

ONESELF: Final = "个人缴费"
"""The employer of who has none."""
MOST_PAYMENTS: Final = 120
"""So many months of pension an answer shows."""


@dataclass(frozen=True)
class Insured:
    """A person as the department knows them."""

    token: str
    number: str
    name: str
    way: str
    card: str
    card_state: str
    lost_on: date | None
    living_on: date | None
    portrait: bytes

    def state(self, law: SocialRules, today: date) -> CardState:
        """Their card's, today."""
        return rules.card_state(self.card_state, self.lost_on, law, today)


def find(connection: sa.Connection, key: InsuredKey) -> Insured:
    """The person with this number and, if a card was shown, this card. Raises Refused."""
    found = _one(connection, persons.c.number == key.number)
    if found is None:
        raise Refused(404, "unknown-insured", "nobody insured has this number")
    if key.card and key.card != found.card:
        raise Refused(409, "card-differs", "this person has another card")
    return found


def of_token(connection: sa.Connection, token: str) -> Insured | None:
    """The person whom an event is about."""
    return _one(connection, persons.c.token == token)


def token_of(connection: sa.Connection, number: str) -> str:
    """What stands for the person with this number; "" for a stranger."""
    found = _one(connection, persons.c.number == number)
    return "" if found is None else found.token


def _one(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Insured | None:
    names = Insured.__dataclass_fields__
    row = connection.execute(sa.select(*(persons.c[name] for name in names)).where(which)).one_or_none()
    return None if row is None else Insured(**row._mapping)


# --- the record ---


def standings(connection: sa.Connection, found: Insured, at: datetime) -> list[Standing]:
    """How somebody's insurances stand, or stood."""
    rows, today = _rows(connection, found, at), china_day(at)
    return [_standing(found, insurance, rows, today) for insurance in Insurance]


def _rows(connection: sa.Connection, found: Insured, at: datetime) -> list[sa.Row[Any]]:
    booked = months.c.booked_at.is_(None) | (months.c.booked_at <= at)
    mine = sa.select(months).where(months.c.person == found.token, booked)
    return list(connection.execute(mine.order_by(months.c.period, months.c.insurance, months.c.employer)))


def record(connection: sa.Connection, found: Insured, law: SocialRules, at: datetime) -> Record:
    """Everything that was paid for somebody, and how their insurances stand, as it was in the books at that moment."""
    rows, today = _rows(connection, found, at), china_day(at)
    account = [(row.period, row.account) for row in rows if row.insurance == Insurance.PENSION]
    return Record(
        token=found.token,
        name=masked_name(found.name),
        standings=[_standing(found, insurance, rows, today) for insurance in Insurance],
        months=[
            Month(
                period=row.period,
                insurance=Insurance(row.insurance),
                employer=row.employer,
                base=row.base,
                own=row.own,
                employers=row.employers,
            )
            for row in rows
        ],
        account=rules.account(account, law.account_interest, today),
        as_of=today,
        at=at,
    )


def _standing(found: Insured, insurance: Insurance, rows: list[sa.Row[Any]], today: date) -> Standing:
    """Paying: this month or the last one is there; a pensioner's have ended."""
    periods = sorted({row.period for row in rows if row.insurance == insurance})
    last = months_after(today.replace(day=1), -1)
    paying = bool(periods) and periods[-1] >= last.year * 100 + last.month
    state = InsuredState.PAYING if paying else InsuredState.PAUSED
    if found.way == "pensioner":
        state = InsuredState.ENDED
    return Standing(insurance=insurance, state=state, months=len(periods), since=periods[0] if periods else 0)


# --- what is paid out ---


def pensions(connection: sa.Connection, found: Insured) -> list[PensionPayment]:
    """The newest first."""
    mine = sa.select(pension_).where(pension_.c.person == found.token)
    rows = connection.execute(mine.order_by(pension_.c.period.desc()).limit(MOST_PAYMENTS))
    names = PensionPayment.__struct_fields__
    return [PensionPayment(**{name: getattr(row, name) for name in names}) for row in rows]


def unemployment(connection: sa.Connection, found: Insured) -> list[Unemployment]:
    """The newest first."""
    mine = sa.select(unemployment_).where(unemployment_.c.person == found.token)
    return [
        Unemployment(
            since=row.since,
            months=row.months,
            left=row.left,
            monthly=row.monthly,
            state="paid" if row.left else "over",
        )
        for row in connection.execute(mine.order_by(unemployment_.c.since.desc()))
    ]


def injuries(connection: sa.Connection, found: Insured) -> list[Injury]:
    """The newest first."""
    mine = sa.select(injury_).where(injury_.c.person == found.token).order_by(injury_.c.on.desc())
    names = Injury.__struct_fields__
    return [Injury(**{name: getattr(row, name) for name in names}) for row in connection.execute(mine)]
