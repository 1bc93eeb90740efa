"""The service halls of the reference platform: which machine serves, how long centres make one wait, appointments.

Rules. A machine serves if it was heard of within two heartbeats and a half and says so itself. A slot has as many
places as the centre has counters; a place is given in the same commit in which it is counted. The number of an
appointment is drawn, so that nobody cancels another's by counting.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import cos, hypot, radians
from secrets import randbelow
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from central.db import kiosk as kiosks
from central.db import presence
from central.departments.hall.tables import appointment as appointments
from central.departments.hall.tables import centre as centres
from central.departments.hall.tables import place as places
from central.departments.rules import CHINA
from central.problems import Refused, Unavailable
from central.registry import Kiosk
from kiosk_app.contract import Heartbeat
from kiosk_app.contract.hall import (
    NUMBER_DIGITS,
    Appointment,
    AskPlaces,
    AskSlots,
    Book,
    Cancel,
    Centre,
    OtherMachine,
    Places,
    Slot,
    Slots,
)

LATE: Final = timedelta(seconds=150)
STEP, AHEAD, NOTICE = timedelta(minutes=30), 7, timedelta(hours=1)
"""Length of a slot, days that can be booked, and how soon the first may begin."""
METRES: Final = 111_195.0
"""Of one degree of latitude."""


class Halls:
    """The adapter. ``available`` False answers "not now"."""

    def __init__(self) -> None:
        self.available = True

    def places(self, connection: sa.Connection, kiosk: Kiosk, _ask: AskPlaces, now: datetime) -> Places:
        """Other machines that serve, and all centres; the nearest first."""
        self._be_available()
        spots = {row.name: row for row in connection.execute(sa.select(places))}
        mine = spots.get(kiosk.site)
        found = [_centre(row, spots, mine, now) for row in connection.execute(sa.select(centres))]
        return Places(
            centres=sorted(found, key=_by_distance),
            machines=sorted(_machines(connection, kiosk, spots, mine, now), key=_by_distance),
            as_of=now,
        )

    def slots(self, connection: sa.Connection, _kiosk: Kiosk, ask: AskSlots, now: datetime) -> Slots:
        """What is free."""
        self._be_available()
        row = _known(connection, ask.centre)
        taken = _taken(connection, ask.centre)
        free = [(at, row.counters - taken.get(at, 0)) for at in _times(row, now)]
        return Slots(slots=[Slot(starts=at, left=left) for at, left in free if left > 0])

    def book(self, connection: sa.Connection, kiosk: Kiosk, ask: Book, now: datetime) -> Appointment:
        """A place at this time. Raises Refused."""
        self._be_available()
        row = _known(connection, ask.centre)
        mine = (appointments.c.kiosk == kiosk.id, appointments.c.request == ask.request)
        again = connection.execute(sa.select(appointments).where(*mine)).one_or_none()
        if again is not None:
            if (again.centre, again.business, again.starts) != (ask.centre, ask.business, ask.starts):
                raise Refused(409, "request-differs", "another appointment was asked for under this request")
            return _shown(connection, again)
        if ask.starts not in set(_times(row, now)):
            raise Refused(409, "slot-gone", "nobody can be booked at this time")
        if _taken(connection, ask.centre).get(ask.starts, 0) >= row.counters:
            raise Refused(409, "slot-full", "the last place has just been taken")
        values = msgspec.structs.asdict(ask) | {"kiosk": kiosk.id, "number": _number(), "cancelled_at": None}
        connection.execute(appointments.insert().values(values))
        return _shown(connection, connection.execute(sa.select(appointments).where(*mine)).one())

    def cancel(self, connection: sa.Connection, _kiosk: Kiosk, ask: Cancel, now: datetime) -> Appointment:
        """Give the place back. Raises Refused."""
        self._be_available()
        this = appointments.c.number == ask.number
        row = connection.execute(sa.select(appointments).where(this)).one_or_none()
        if row is None:
            raise Refused(404, "unknown-appointment", "no appointment has this number")
        if row.cancelled_at is None:
            if row.starts <= now:
                raise Refused(409, "appointment-over", "its time has come")
            connection.execute(appointments.update().where(this).values(cancelled_at=now))
        return _shown(connection, connection.execute(sa.select(appointments).where(this)).one())

    def _be_available(self) -> None:
        if not self.available:
            raise Unavailable("halls")


def _known(connection: sa.Connection, id: str) -> sa.Row[Any]:
    row = connection.execute(sa.select(centres).where(centres.c.id == id)).one_or_none()
    if row is None:
        raise Refused(404, "unknown-centre", "no such centre")
    return row


def _number() -> str:
    return f"{randbelow(10**NUMBER_DIGITS):0{NUMBER_DIGITS}d}"


def _times(row: sa.Row[Any], now: datetime) -> Iterator[datetime]:
    """Every slot's beginning that can still be booked."""
    first = now.astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    for ahead in range(AHEAD):
        day = first + timedelta(days=ahead)
        if day.isoweekday() > row.days:
            continue
        at, end = (day.replace(hour=int(text[:2]), minute=int(text[3:])) for text in (row.opens, row.closes))
        while at + STEP <= end:
            if at >= now + NOTICE:
                yield at
            at += STEP


def _taken(connection: sa.Connection, centre: str) -> dict[datetime, int]:
    count = sa.func.count().label("count")
    held = sa.select(appointments.c.starts, count).where(
        appointments.c.centre == centre, appointments.c.cancelled_at.is_(None)
    )
    return {row.starts: row.count for row in connection.execute(held.group_by(appointments.c.starts))}  # type: ignore[misc] # a column, not tuple.count


def _shown(connection: sa.Connection, row: sa.Row[Any]) -> Appointment:
    centre = _known(connection, row.centre)
    spot = connection.execute(sa.select(places).where(places.c.name == centre.name)).one_or_none()
    return Appointment(
        number=row.number,
        centre=centre.name,
        centre_en=centre.name_en,
        address=spot.address if spot else "",
        business=row.business,
        starts=row.starts,
        cancelled=row.cancelled_at is not None,
    )


def _centre(row: sa.Row[Any], spots: dict[str, Any], mine: Any, now: datetime) -> Centre:
    local, spot = now.astimezone(CHINA), spots.get(row.name)
    return Centre(
        id=row.id,
        name=row.name,
        name_en=row.name_en,
        address=spot.address if spot else "",
        metres=_metres(mine, spot),
        opens=row.opens,
        closes=row.closes,
        open=local.isoweekday() <= row.days and row.opens <= f"{local:%H:%M}" < row.closes,
        waiting=row.waiting,
        minutes=-(-row.waiting * row.minutes_each // row.counters),
    )


def _machines(
    connection: sa.Connection, asks: Kiosk, spots: dict[str, Any], mine: Any, now: datetime
) -> Iterator[OtherMachine]:
    there = sa.select(kiosks.c.site, presence.c.report).join(presence, presence.c.kiosk == kiosks.c.id)
    heard = there.where(kiosks.c.id != asks.id, kiosks.c.revoked_at.is_(None), presence.c.seen_at >= now - LATE)
    for row in connection.execute(heard):
        beat = msgspec.json.decode(row.report, type=Heartbeat)
        services = sum(why == "open" for why in beat.services.values())
        if beat.state != "closed" and services:
            spot = spots.get(row.site)
            address = spot.address if spot else ""
            yield OtherMachine(site=row.site, address=address, metres=_metres(mine, spot), services=services)


def _metres(one: Any, other: Any) -> int | None:
    if one is None or other is None:
        return None
    north, east = other.lat - one.lat, (other.lon - one.lon) * cos(radians(one.lat))
    return round(METRES * hypot(north, east))


def _by_distance(found: Centre | OtherMachine) -> tuple[bool, int]:
    return found.metres is None, found.metres or 0
