"""How the exit-entry department reads its own tables: a permit's holder, endorsements, cases."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.departments.exit_entry.rules import Person, stands
from central.departments.exit_entry.tables import case as cases
from central.departments.exit_entry.tables import endorsement as endorsements
from central.departments.exit_entry.tables import holder as holders
from central.departments.exit_entry.tables import job as jobs
from central.departments.exit_entry.tables import registration as registrations
from central.departments.exit_entry.tables import retained as kept
from central.problems import Refused
from central.tables import kiosk as kiosks
from kiosk_app.contract.cases import MyCase
from kiosk_app.contract.exit_entry import ApprovedItem, Case, CaseState, Endorsement, PermitKey, RetainedCard

MOST_CASES: Final = 20
"""So many cases a query shows."""
OPEN_OUTCOMES: Final = frozenset({"", "unknown"})
"""Of a job: it may still have printed."""


@dataclass(frozen=True)
class Record:
    """A permit with everything that bears on what its holder may have. ``history``: all that were not replaced."""

    token: str
    name: str
    portrait: bytes
    person: Person
    history: list[Endorsement]

    def standing(self, today: date) -> list[Endorsement]:
        """What stands on the card."""
        return [one for one in self.history if stands(one, today)]


def record(connection: sa.Connection, permit: PermitKey, endorsed: int) -> Record:
    """The permit that says exactly this. Raises Refused: who knows only the number learns nothing."""
    fields = (holders.c[name] == getattr(permit, name) for name in ("kind", "number", "expiry", "birth"))
    row = connection.execute(sa.select(holders).where(*fields)).one_or_none()
    if row is None:
        raise Refused(404, "unknown-permit", "no permit says this")
    registered = connection.execute(sa.select(registrations).where(registrations.c.holder == row.token))
    person = Person(
        kind=row.kind,
        expiry=row.expiry,
        birth=row.birth,
        household=row.household,
        residence=row.residence,
        barred=row.barred,
        lost=row.lost,
        endorsed=max(row.endorsed, endorsed),
        registered={(one.destination, one.purpose): one.until for one in registered},
    )
    return Record(row.token, row.name, row.portrait, person, _history(connection, row.token))


def _history(connection: sa.Connection, token: str) -> list[Endorsement]:
    mine = sa.select(endorsements).where(endorsements.c.holder == token, ~endorsements.c.replaced)
    names = Endorsement.__struct_fields__
    rows = connection.execute(mine.order_by(endorsements.c.issued_on, endorsements.c.number))
    return [Endorsement(**{name: getattr(row, name) for name in names}) for row in rows]


def cases_of(connection: sa.Connection, token: str) -> list[sa.Row[Any]]:
    """The holder's cases, newest first."""
    mine = sa.select(cases).where(cases.c.holder == token)
    return list(connection.execute(mine.order_by(cases.c.n.desc())))


def my_cases(connection: sa.Connection, number: str, now: datetime) -> list[MyCase]:
    """What the holders with this identity number applied for, newest first."""
    mine = sa.select(cases).join(holders, holders.c.token == cases.c.holder).where(holders.c.id_number == number)
    rows = connection.execute(mine.order_by(cases.c.n.desc()).limit(MOST_CASES)).all() if number else []
    return [
        MyCase(
            number=row.approval,
            what="endorsement",
            state=_state(connection, row, now).value,
            at=row.since,
            reference=row.reference,
            amount=row.fee,
        )
        for row in rows
    ]


def items_of(row: sa.Row[Any]) -> list[ApprovedItem]:
    """What a case approved."""
    return msgspec.json.decode(row.items, type=list[ApprovedItem])


def replaces_of(row: sa.Row[Any]) -> list[str]:
    """Numbers of the endorsements that a case takes the place of."""
    return msgspec.json.decode(row.replaces, type=list[str])


def endorsement_of(item: ApprovedItem) -> Endorsement:
    """An approved one as it stands on the card once it is printed."""
    return Endorsement(
        number=item.number,
        destination=item.destination,
        purpose=item.purpose,
        entries=item.entries,
        left=item.entries,
        stay=item.stay,
        issued_on=item.starts,
        valid_until=item.valid_until,
        weekly=item.weekly,
    )


def open_job(connection: sa.Connection, approval: str) -> sa.Row[Any] | None:
    """The job that holds the right to print, as far as anybody knows."""
    mine = (jobs.c.approval == approval) & jobs.c.outcome.in_(OPEN_OUTCOMES) & (jobs.c.endorsed >= 0)
    return connection.execute(sa.select(jobs).where(mine).order_by(jobs.c.until.desc()).limit(1)).one_or_none()


def shown(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> Case:
    """A case as a kiosk may see it: nothing says whose it is."""
    return Case(
        approval=row.approval,
        state=_state(connection, row, now),
        at=row.since,
        items=items_of(row),
        fee=row.fee,
        reference=row.reference,
        spoiled=row.spoiled,
    )


def _state(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> CaseState:
    """The stored state; time makes LAPSED of an approval, an open job PRINTING of what was paid."""
    if row.state == CaseState.APPROVED and now > row.pay_until:
        return CaseState.LAPSED
    if row.state == CaseState.PAID and open_job(connection, row.approval) is not None:
        return CaseState.PRINTING
    return CaseState(row.state)


def move(connection: sa.Connection, row: sa.Row[Any], now: datetime, **values: object) -> None:
    """Change a case; ``since`` is when its state did."""
    since = {"since": now} if values.get("state", row.state) != row.state else {}
    connection.execute(cases.update().where(cases.c.n == row.n).values(values | since))


def in_boxes(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[RetainedCard]:
    """Cards that lie in machines, newest first, with where that is."""
    joined = sa.select(kept, kiosks.c.site).join(kiosks, kiosks.c.id == kept.c.kiosk)
    rows = connection.execute(joined.where(which, kept.c.released_by == "").order_by(kept.c.at.desc()))
    return [RetainedCard(site=row.site, slip=row.slip, at=row.at) for row in rows]
