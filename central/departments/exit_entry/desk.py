"""What the department's people see and do: every case, and those that wait for one of them.

Rules. A case is theirs when something paid for is not on its card after a visit's time, when a back is spoiled, or
when something was reported that must not be. Money follows the kiosk's own books (``kiosk books``); here it is only
said what to do about the card. Whoever works on a case has a name; a number of a permit is shown masked.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.departments.exit_entry import printing
from central.departments.exit_entry.records import shown
from central.departments.exit_entry.tables import case as cases
from central.departments.exit_entry.tables import holder as holders
from central.departments.exit_entry.tables import retained as kept
from central.problems import Refused
from kiosk_app.contract.exit_entry import CaseState

GRACE: Final = timedelta(minutes=10)
"""A visit: so long after the payment nobody wonders where the print is."""
SHOWN: Final = 200
ADVICE: Final = {
    "spoiled": "The back is gone: print it at any machine or here, before the holder travels.",
    "not-printed": "Paid and not on the card: the holder can put it into any machine; or print here, then `finish`.",
    "printing-silent": "A machine holds the right and is silent: see it first; its card may be printed.",
    "printed-without-right": "A machine printed without being allowed to: look at the card and the machine.",
    "printed-after-all": "A print that was given up has come out: compare card and record.",
    "printed-and-given-back": "On the card, and the money is back: call the holder.",
}


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One case as the department lists it; ``why`` is empty while nobody has to do anything."""

    approval: str
    permit: str
    state: str
    at: datetime
    kiosk: str
    reference: str
    offers: list[str]
    fee: int
    spoiled: bool
    why: str
    advice: str
    owner: str


def records(connection: sa.Connection, now: datetime) -> list[Record]:
    """The newest cases, and all that need somebody."""
    joined = sa.select(cases, holders.c.number.label("permit")).join(holders, holders.c.token == cases.c.holder)
    open_ = (cases.c.state == CaseState.PAID) | cases.c.spoiled | (cases.c.trouble != "")
    newest = sa.select(cases.c.n).order_by(cases.c.n.desc()).limit(SHOWN)
    rows = connection.execute(joined.where(open_ | cases.c.n.in_(newest)).order_by(cases.c.n))
    return [_record(connection, row, now) for row in rows]


def _record(connection: sa.Connection, row: sa.Row[Any], now: datetime) -> Record:
    case = shown(connection, row, now)
    why = _why(row, case.state, now)
    return Record(
        approval=row.approval,
        permit=masked(row.permit),
        state=case.state,
        at=row.since,
        kiosk=row.kiosk,
        reference=row.reference,
        offers=[item.offer for item in case.items],
        fee=row.fee,
        spoiled=row.spoiled,
        why=why,
        advice=ADVICE.get(why, ""),
        owner=row.owner,
    )


def _why(row: sa.Row[Any], state: CaseState, now: datetime) -> str:
    if row.trouble:
        return str(row.trouble)
    if row.spoiled:
        return "spoiled"
    if row.state != CaseState.PAID or now - row.since < GRACE:
        return ""
    return "printing-silent" if state is CaseState.PRINTING else "not-printed"


def masked(permit: str) -> str:
    """A permit's number that its owner recognises."""
    return f"{permit[:2]}*****{permit[-2:]}"


# --- a person ---


def take(store: Store, approval: str, by: str) -> None:
    """``by`` works on this case now. Raises Refused."""
    with store.write() as connection:
        connection.execute(cases.update().where(cases.c.n == _of(connection, approval, by).n).values(owner=by))


def finish(store: Store, clock: Clock, approval: str, by: str) -> None:
    """The counter has printed what was paid, or has dealt with what must not be. Raises Refused."""
    with store.write() as connection:
        row, now = _of(connection, approval, by), clock.now()
        if row.state != CaseState.PAID and not row.trouble and not row.spoiled:
            raise Refused(409, "no-case", "nobody has to do anything about it")
        printing.by_hand(connection, row, by, now)


def hand_out(store: Store, slip: str, by: str) -> None:
    """A card from a machine's box was given to its holder. Raises Refused."""
    lying = (kept.c.slip == slip) & (kept.c.released_by == "")
    with store.write() as connection:
        if not by or connection.execute(kept.update().where(lying).values(released_by=by)).rowcount != 1:
            raise Refused(404, "no-card", "no card with this slip lies in a box, or nobody says who handed it out")


def _of(connection: sa.Connection, approval: str, by: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(cases).where(cases.c.approval == approval)).one_or_none()
    if row is None or not by:
        raise Refused(404, "no-case", "no such approval, or nobody says who decides")
    return row
