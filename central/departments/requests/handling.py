"""What people do with requests that are cases, and what is forgotten of them.

Rules. The operators' page shows number, service and state, and nothing that was answered. Who does it asks for the
answers by name, and has the case then. When it is done its digits (a telephone, an account) are wiped, and later
everything else, and whose it was. What nobody does stays to be done, since it may be paid for, but its digits are wiped
after as long as an open matter's (``central/periods.py``), of which operators are told before; counts stay, or nobody
could do it any more. What was looked at and never paid for is no case: it is deleted after :data:`KEPT`, when no report
of a payment can come any more.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.clock import Clock
from central.db import Store
from central.departments.requests.office import ACCEPTED, DONE, GIVEN_BACK, OPENED
from central.departments.requests.tables import request as requests
from central.problems import Refused

KEPT: Final = timedelta(days=40)
"""Longer than a kiosk keeps what central has not acknowledged to it (``offline_cache/retention.py``: 35)."""
SHOWN: Final = 50
WIPED: Final = "*"
COUNT: Final = 4
"""Digits of the largest count (``HowMany``); no telephone and no account is as short."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One request as operators see it."""

    number: str
    service: str
    state: str
    amount: int
    owner: str
    filed_at: datetime
    kiosk: str


def lines(connection: sa.Connection) -> list[Line]:
    """Those to be done first, the oldest of them first; of the others the newest."""
    cases = sa.select(requests).where(requests.c.number != "")
    to_do = connection.execute(cases.where(requests.c.state == ACCEPTED).order_by(requests.c.n))
    over = cases.where(requests.c.state != ACCEPTED).order_by(requests.c.n.desc()).limit(SHOWN)
    fields = Line.__struct_fields__
    return [Line(**{name: getattr(row, name) for name in fields}) for row in [*to_do, *connection.execute(over)]]


def take(store: Store, number: str, by: str) -> list[str]:
    """What was answered, for ``by``, whose it is from now on. Raises Refused."""
    with store.write() as connection:
        row = _open(connection, number)
        connection.execute(requests.update().where(requests.c.n == row.n).values(owner=by))
    answers = msgspec.json.decode(row.answers, type=dict[str, str])
    person = [f"holder: {row.holder}"] if row.holder else []
    return [f"service: {row.service}", *person, *(f"{name}: {said}" for name, said in answers.items())]


def finish(store: Store, clock: Clock, number: str, by: str) -> None:
    """It was done. Raises Refused."""
    with store.write() as connection:
        row = _open(connection, number)
        done = {"state": DONE, "owner": by, "done_at": clock.now(), "answers": _without_digits(row.answers)}
        connection.execute(requests.update().where(requests.c.n == row.n).values(done))


def forget(connection: sa.Connection, now: datetime, *, done_before: datetime, filed_before: datetime) -> int:
    """Delete what was never paid for, and the person in what was given back or is done; how many rows. Each night.

    Of what nobody did, and was filed before ``filed_before``, the digits go.
    """
    named = (requests.c.answers != b"{}") | (requests.c.holder != "")
    old = requests.c.opened_at < now - KEPT
    back = (requests.c.state == GIVEN_BACK) & old
    done = (requests.c.state == DONE) & (requests.c.done_at < done_before)
    gone = connection.execute(requests.delete().where(old, requests.c.state == OPENED)).rowcount
    over = requests.update().where(named, back | done).values(answers=b"{}", holder="")
    for row in waiting(connection, filed_before):
        wiped = {"answers": _without_digits(row.answers, longer_than=COUNT)}
        connection.execute(requests.update().where(requests.c.n == row.n).values(wiped))
    return gone + connection.execute(over).rowcount


def waiting(connection: sa.Connection, before: datetime) -> list[sa.Row[Any]]:
    """What was filed before then, nobody has done, and still has somebody's digits in it."""
    filed = (requests.c.state == ACCEPTED, requests.c.filed_at < before)
    rows = connection.execute(sa.select(requests).where(*filed)).all()
    return [row for row in rows if _without_digits(row.answers, longer_than=COUNT) != row.answers]


def _without_digits(answers: bytes, longer_than: int = 0) -> bytes:
    """Days and choices are of the case; digits may be somebody's."""
    kept = msgspec.json.decode(answers, type=dict[str, str])
    return msgspec.json.encode(
        {k: WIPED if said.isdigit() and len(said) > longer_than else said for k, said in kept.items()}
    )


def _open(connection: sa.Connection, number: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(requests).where(requests.c.number == number)).one_or_none() if number else None
    if row is None:
        raise Refused(404, "unknown-request", "no request has this number")
    if row.state != ACCEPTED:
        raise Refused(409, "over", f"it is {row.state}")
    return row
