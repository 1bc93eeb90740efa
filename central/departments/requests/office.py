"""The adapter for services that are data: looks at a request before money moves, judges the payment, knows the cases.

Rules. Everything is decided by the signed catalogue: a request by the version the kiosk names, if the service is in the
newest one as it is there; a payment by the version by which the kiosk took it. A service that has closed since is still
given to whoever was at the machine (:data:`VISIT`), and a day that was today still is. Nothing personal is in what is
paid for: a token stands for it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.departments import Judgement
from central.departments.requests.tables import request as requests
from central.departments.rules import CHINA, china_day, is_id_number
from central.problems import Refused, Unavailable
from kiosk_app.contract.cases import MyCase
from kiosk_app.contract.catalogue import Catalogue
from kiosk_app.contract.requests import AskRequest, Requested, ServicePaid
from kiosk_app.contract.services import After, DataService, allowed, fee_of
from kiosk_app.contract.services_check import readable

VISIT: Final = timedelta(minutes=15)
"""How long what was shown on the screen is good."""
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=CHINA)
"""A clock before this is broken, and arithmetic on it may be impossible."""
MOST_CASES: Final = 20
OPENED, ACCEPTED, DONE, GIVEN_BACK = "opened", "accepted", "done", "given_back"
Current = Callable[[sa.Connection], Catalogue]
At = Callable[[sa.Connection, int], Catalogue | None]


class Requests:
    """``available`` False answers "not now". ``current`` reads the newest catalogue, ``at`` the one of a version."""

    def __init__(self, current: Current, at: At) -> None:
        self._current, self._at = current, at
        self.available = True

    def request(self, connection: sa.Connection, kiosk: str, ask: AskRequest, now: datetime) -> Requested:
        """Look at it; one that costs nothing is a case from now on. Raises Refused, Unavailable."""
        self._be_available()
        mine = (requests.c.kiosk == kiosk) & (requests.c.request == ask.request)
        row = connection.execute(sa.select(requests).where(mine)).one_or_none()
        if row is not None:
            return _again(row, ask)
        newest = self._current(connection)
        service = service_of(newest, ask.service)
        if service is None:
            raise Refused(404, "unknown-service", "this service is not offered")
        if service_of(self._at(connection, ask.catalogue), ask.service) != service:
            return Requested(catalogue=newest.version, changed=True)
        _check(newest, service, ask, now)
        amount, n = fee_of(service, ask.answers), _next(connection)
        values = {
            "n": n, "kiosk": kiosk, "request": ask.request, "token": token_hex(16), "service": ask.service,
            "catalogue": ask.catalogue, "answers": msgspec.json.encode(ask.answers), "holder": ask.holder,
            "amount": amount, "state": OPENED, "number": "", "opened_at": now, "owner": "",
        }  # fmt: skip
        if not amount:
            values |= {"state": ACCEPTED, "number": number_of(n, now), "filed_at": now}
        connection.execute(requests.insert().values(values))
        return _reply(connection.execute(sa.select(requests).where(mine)).one())

    def accept(self, connection: sa.Connection, kiosk: str, paid: ServicePaid, serial: int, now: datetime) -> Judgement:
        """Keep :class:`central.departments.Department`."""
        del serial  # a case has the number of its request
        self._be_available()
        which = (requests.c.token == paid.token) & (requests.c.kiosk == kiosk)
        row = connection.execute(sa.select(requests).where(which)).one_or_none()
        if row is None:
            return Judgement(False, "unknown-request")
        if code := self._objection(connection, row, paid, now):
            return Judgement(False, code)
        number = number_of(row.n, now)
        filed = {"state": ACCEPTED, "number": number, "filed_at": now}
        connection.execute(requests.update().where(which).values(filed))
        return Judgement(True, voucher=number)

    def undo(self, connection: sa.Connection, kiosk: str, paid: ServicePaid, voucher: str, now: datetime) -> None:
        """Keep :class:`central.departments.Department`: the money went back, and nothing is done for it."""
        del now
        self._be_available()
        which = (requests.c.token == paid.token) & (requests.c.kiosk == kiosk) & (requests.c.number == voucher)
        connection.execute(requests.update().where(which).values(state=GIVEN_BACK))

    def mine(self, connection: sa.Connection, number: str, now: datetime) -> list[MyCase]:
        """Keep :class:`central.departments.KeepsCases`."""
        del now
        self._be_available()
        there = sa.select(requests).where(requests.c.holder == number, requests.c.state.in_((ACCEPTED, DONE)))
        rows = connection.execute(there.order_by(requests.c.n.desc()).limit(MOST_CASES))
        return [_case(row, service_of(self._at(connection, row.catalogue), row.service)) for row in rows]

    def _objection(self, connection: sa.Connection, row: sa.Row[Any], paid: ServicePaid, now: datetime) -> str:
        """Why the payment is refused, or ``""``."""
        if row.state != OPENED:
            return "given-back" if row.state == GIVEN_BACK else "already-paid"
        rules = self._at(connection, paid.catalogue)
        service = service_of(rules, paid.service)
        if rules is None or service is None or paid.service != row.service:
            return "unknown-service"
        answers = msgspec.json.decode(row.answers, type=dict[str, str])
        if not _is_allowed(service, answers, row.opened_at):
            return "answer-not-allowed"
        if paid.catalogue < row.catalogue or fee_of(service, answers) != paid.amount:
            return "amount-changed"
        at = max(min(paid.paid_at, now), EARLIEST)
        late = at - row.opened_at > VISIT  # else it was given out a moment ago
        return "service-closed" if late and _is_closed(rules, paid.service, at) else ""

    def _be_available(self) -> None:
        if not self.available:
            raise Unavailable("requests")


def service_of(rules: Catalogue | None, id: str) -> DataService | None:
    """The service of this id in this version, if it is there and this release can serve it."""
    services, _ = readable(rules.offers if rules is not None else None)
    return next((one for one in services if one.id == id), None)


def number_of(n: int, at: datetime) -> str:
    """The number of a case, as its slip says it."""
    return f"D{china_day(at):%y%m%d}{n:06d}"


def _check(rules: Catalogue, service: DataService, ask: AskRequest, now: datetime) -> None:
    if _is_closed(rules, service.id, now):
        raise Refused(409, "service-closed", "it is not served now")
    if service.identify != bool(ask.holder):
        raise Refused(422, "card-needed", "who asks for it must be known, or need not be")
    if ask.holder and not is_id_number(ask.holder):
        raise Refused(422, "bad-id-number", "not a valid ID number")
    if not _is_allowed(service, ask.answers, now):
        raise Refused(422, "answer-not-allowed", "this is not what can be answered")


def _is_allowed(service: DataService, answers: dict[str, str], at: datetime) -> bool:
    """Today, or yesterday for who began before midnight."""
    return any(allowed(service, answers, china_day(shown)) for shown in (at, at - VISIT))


def _is_closed(rules: Catalogue, service: str, at: datetime) -> bool:
    """Also when whoever stands at the machine now began."""
    return all(_is_shut(rules, service, shown) for shown in (at, at - VISIT))


def _is_shut(rules: Catalogue, service: str, at: datetime) -> bool:
    wall = at.astimezone(CHINA).replace(tzinfo=None)
    return rules.house is not None and rules.house.shut(service, wall) is not None


def _next(connection: sa.Connection) -> int:
    return (connection.execute(sa.select(sa.func.max(requests.c.n))).scalar() or 0) + 1


def _again(row: sa.Row[Any], ask: AskRequest) -> Requested:
    """The same answer to the same request, whatever holds by now."""
    same = (row.service, msgspec.json.decode(row.answers), row.holder) == (ask.service, ask.answers, ask.holder)
    if not same:
        raise Refused(409, "request-differs", "something else was asked for under this request")
    return _reply(row)


def _reply(row: sa.Row[Any]) -> Requested:
    return Requested(catalogue=row.catalogue, token=row.token, amount=row.amount, number=row.number)


def _case(row: sa.Row[Any], service: DataService | None) -> MyCase:
    title, english = (service.title.zh, service.title.en) if service else (row.service, row.service)
    return MyCase(
        number=row.number,
        what="service",
        state=row.state,
        at=row.filed_at,
        title=title,
        title_en=english,
        lines=_ready(service.after) if service is not None and service.after is not None else [],
        amount=row.amount,
    )


def _ready(after: After) -> list[str]:
    """When and where it is fetched, for a slip."""
    when = (f"{after.days} 个工作日后", f"After {after.days} working days") if after.days else ("现在", "Now")
    return [f"{when[0]}到{after.where.zh}领取", f"{when[1]} at {after.where.en}"]
