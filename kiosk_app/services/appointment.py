"""An appointment at a counter, or an end to one: the centre, the day, the time; a slip with the number.

Nobody is identified: who has the number has the appointment. Central counts the places; the same request again is the
same appointment, and a wait without an answer leads to the counter, not to a second one.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, cast

from kiosk_app.contract.guide import Said
from kiosk_app.contract.hall import (
    BUSINESS,
    NUMBER_DIGITS,
    Appointment,
    AskPlaces,
    AskSlots,
    Book,
    Cancel,
    Centre,
    Places,
    Slots,
)
from kiosk_app.desk import Desk
from kiosk_app.local_time import LOCAL
from kiosk_app.papers.appointment import appointment_slip
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.counter import request_now, to_counter
from kiosk_app.services.steps.deliver import Papers, deliver
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.shown import both, long_day, queue, short_time, weekday
from kiosk_app.views import Choice, ChooseOne, Done, EnterNumber, Steps, Text, text

STEPS = tuple(text(f"appointment.step.{name}") for name in ("what", "where", "when", "number"))
WHAT, WHERE, WHEN, NUMBER = (Steps(STEPS, at) for at in range(4))
CANCEL = "cancel"
Business = Literal["social", "border", "road", "other"]


async def make_appointment(desk: Desk) -> bool:
    """The whole procedure; True if the citizen wants another service afterwards."""
    keys = (*BUSINESS, CANCEL)
    rows = tuple(Choice(key=key, name=text(f"appointment.for.{key}")) for key in keys)
    what = await one_of(desk, ChooseOne(title=text("appointment.title"), rows=rows, steps=WHAT))
    if what is None:
        return True
    return await cancel(desk) if what == CANCEL else await book(desk, cast(Business, what))


async def book(desk: Desk, business: Business) -> bool:
    """Where, when, and the number."""
    places = await look_up(desk, AskPlaces(), Places, WHAT)
    centre = await _where(desk, places.centres) if places is not None else None
    if centre is None:
        return True
    slots = await look_up(desk, AskSlots(centre=centre), Slots, WHERE)
    starts = await _when(desk, [slot.starts for slot in slots.slots]) if slots is not None else None
    if starts is None:
        return True
    asked = Book(request=request_now(desk, "appointment"), centre=centre, business=business, starts=starts)
    made = await look_up(desk, asked, Appointment, WHEN, detail=text("look_up.again"))
    if made is None:  # nobody knows whether it arrived
        return await to_counter(desk, text("counter.unsent"), WHEN, reference=asked.request)
    return await _proof(desk, made)


async def _where(desk: Desk, centres: Sequence[Centre]) -> str | None:
    rows = tuple(
        Choice(key=one.id, title=one.name, title_en=one.name_en, lines=(text("plain", words=one.address), queue(one)))
        for one in centres
    )
    return await one_of(desk, ChooseOne(title=text("appointment.where"), rows=rows, steps=WHERE))


async def _when(desk: Desk, times: Sequence[datetime]) -> datetime | None:
    """First the day, then the time; "back" at the time leads to the days."""
    days = dict.fromkeys(f"{at.astimezone(LOCAL):%Y-%m-%d}" for at in times)
    while True:
        rows = tuple(Choice(key=day, name=_named(day)) for day in days)
        empty = None if rows else text("appointment.full")
        day = await one_of(desk, ChooseOne(title=text("appointment.day"), subtitle=empty, rows=rows, steps=WHEN))
        if day is None:
            return None
        of_day = {short_time(at): at for at in times if f"{at.astimezone(LOCAL):%Y-%m-%d}" == day}
        rows = tuple(Choice(key=hour, title=hour, title_en=hour) for hour in of_day)
        hour = await one_of(desk, ChooseOne(title=text("appointment.time", day=_named(day)), rows=rows, steps=WHEN))
        if hour is not None:
            return of_day[hour]


def _named(day: str) -> Text:
    on = date.fromisoformat(day)
    return text("appointment.on", day=long_day(on), weekday=weekday(on.isoweekday()))


async def cancel(desk: Desk) -> bool:
    """By its number."""
    view = EnterNumber(
        title=text("appointment.cancel.title"),
        hint=text("appointment.cancel.hint"),
        lengths=(NUMBER_DIGITS,),
        steps=WHAT,
    )
    number = await typed(desk, view)
    if number is None:
        return True
    ended = await look_up(desk, Cancel(number=number), Appointment, WHAT, detail=text("look_up.again"))
    if ended is None:  # nor here
        return await to_counter(desk, text("counter.unsent"), WHAT)
    return await _proof(desk, ended)


async def _proof(desk: Desk, made: Appointment) -> bool:
    view = Done(
        title=text("appointment.cancelled" if made.cancelled else "appointment.made"),
        facts=(
            text("appointment.when", day=long_day(made.starts.astimezone(LOCAL).date()), time=short_time(made.starts)),
            both(Said(zh=made.centre, en=made.centre_en)),
            text("plain", words=made.address),
            text("appointment.number", number=made.number),
        ),
        steps=NUMBER,
    )
    slip = appointment_slip(made, site=desk.site.name, hotline=desk.site.hotline)
    return await deliver(desk, view, Papers(made.number, slip), NUMBER)
