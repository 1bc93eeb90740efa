"""Where else one is served, how long one waits, an appointment by number; all of it closed while central is away."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from central.departments.hall.tables import appointment as appointments
from central.registry import revoke
from central.tables import kiosk as kiosks
from central.tables import presence
from kiosk_app.contract import Problem
from kiosk_app.contract.hall import Appointment, AskSlots, Book, Cancel, Slots
from kiosk_app.services.steps.shown import long_day
from kiosk_app.views import Back, ChooseOne, Chosen, Done, EnterNumber, Menu, Sorry, Table, Typed, text
from provisioning.device_key import DeviceKey
from tests.stand import Stand, story
from tests.worlds.world import KIOSK, SITE

OTHER, FAR = "another-machine", "far-machine"


def another(stand: Stand, kiosk: str, site: str, *, state: str = "open", ago: float = 0.0) -> None:
    """Another machine of the fleet said this of itself so many seconds ago."""
    stand.front.register(kiosk, DeviceKey.from_number(len(kiosk)).public_pem, site=site)
    beat = msgspec.structs.replace(stand.heartbeat(), state=state)
    row = {"kiosk": kiosk, "seq": 1, "report": msgspec.json.encode(beat)}
    with stand.front.store.write() as central:
        central.execute(presence.insert().values(row | {"seen_at": stand.clock.now() - timedelta(seconds=ago)}))


async def begins(stand: Stand, service: str) -> None:
    await stand.until(lambda: stand.machine.reporting.online)
    await stand.person.comes()
    stand.person.touches(Chosen(service))


def central_of(stand: Stand, ask: object, kind: type[object]) -> object:
    status, body = stand.front.post(KIOSK, ask.path, msgspec.json.encode(ask))  # type: ignore[attr-defined] # a question
    return msgspec.json.decode(body, type=kind if status == 200 else Problem)


# --- where else ---


@story
async def test_the_nearest_comes_first_with_its_queue_and_what_is_shut_says_so(stand: Stand) -> None:
    with stand.front.store.write() as central:
        central.execute(kiosks.update().values(site=SITE.name))
    await begins(stand, "places")
    page = await stand.person.sees(Table)
    assert [row.cells[1] for row in page.rows] == [text("places.km", km=km) for km in ("0.6", "0.9", "15.1")]
    assert page.rows[0].cells[2] == text("places.queue", count=19, minutes=76)
    stand.person.touches(Back())
    await stand.person.sees(Menu)
    stand.shift_clock(timedelta(hours=12))
    stand.person.touches(Chosen("places"))
    page = await stand.person.sees(Table)
    assert page.rows[0].cells[2] == text("places.shut", opens="09:00", closes="17:00")


@story
async def test_only_machines_that_serve_and_were_heard_of_lately_are_named(stand: Stand) -> None:
    another(stand, OTHER, "样本白沙街政务服务中心")
    another(stand, "closed", "样本环市街政务服务中心", state="closed")
    another(stand, "silent-one", "样本环市街政务服务中心", ago=200)
    another(stand, FAR, "somewhere unknown")
    another(stand, "a-revoked-one", "样本环市街政务服务中心")
    with stand.front.store.write() as central:
        assert revoke(central, "a-revoked-one", stand.clock.now())
    await begins(stand, "places")
    await stand.person.sees(Table)
    stand.person.touches(Chosen("machines"))
    page = await stand.person.sees(Table)
    assert [row.cells[0] for row in page.rows] == ["样本白沙街政务服务中心", "somewhere unknown"]
    assert page.rows[1].cells[1] == text("places.unknown")


# --- an appointment ---


async def books(stand: Stand, centre: str = "huanshi") -> Done:
    await stand.person.sees(ChooseOne, "appointment.title")
    stand.person.touches(Chosen("social"))
    await stand.person.sees(ChooseOne, "appointment.where")
    stand.person.touches(Chosen(centre))
    days = await stand.person.sees(ChooseOne, "appointment.day")
    stand.person.touches(Chosen(days.rows[0].key))
    hours = await stand.person.sees(ChooseOne, "appointment.time")
    stand.person.touches(Chosen(hours.rows[0].key))
    return await stand.person.sees(Done)


def numbers(stand: Stand) -> list[str]:
    with stand.front.store.read() as central:
        return [row.number for row in central.execute(appointments.select()) if row.cancelled_at is None]


@story
async def test_an_appointment_is_made_printed_and_cancelled_by_its_number(stand: Stand) -> None:
    await begins(stand, "appointment")
    done = await books(stand)
    [number] = numbers(stand)
    assert done.facts[0] == text(
        "appointment.when", day=long_day(date(2026, 11, 23)), time="10:30"
    )  # an hour and more from nine o'clock
    assert done.facts[-1] == text("appointment.number", number=number)
    [slip] = stand.slips()
    assert number in slip
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("appointment"))
    await stand.person.sees(ChooseOne, "appointment.title")
    stand.person.touches(Chosen("cancel"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed(number))
    ended = await stand.person.sees(Done)
    assert ended.title == text("appointment.cancelled")
    assert numbers(stand) == []


@story
async def test_a_lost_answer_makes_no_second_appointment(stand: Stand) -> None:
    await begins(stand, "appointment")
    stand.network.lose_next = Book.path
    booking = asyncio.create_task(books(stand))
    await stand.until(lambda: isinstance(stand.glass.view, Sorry), within=60)
    assert len(numbers(stand)) == 1
    stand.person.touches(Chosen("again"))
    await booking
    assert len(numbers(stand)) == 1


@story
async def test_who_gives_up_on_a_lost_answer_has_a_slip_for_the_counter(stand: Stand) -> None:
    await begins(stand, "appointment")
    stand.network.lose_next = Book.path
    booking = asyncio.create_task(books(stand))
    await stand.until(lambda: isinstance(stand.glass.view, Sorry), within=60)
    booking.cancel()
    stand.person.touches(Back())
    sorry = await stand.person.sees(Sorry, "counter.title")
    assert sorry.detail == text("counter.unsent")
    assert len(stand.slips()) == 1


@story
async def test_who_gives_up_on_cancelling_is_told_that_nobody_knows(stand: Stand) -> None:
    await begins(stand, "appointment")
    await stand.person.sees(ChooseOne, "appointment.title")
    stand.person.touches(Chosen("cancel"))
    await stand.person.sees(EnterNumber)
    stand.network.lose_next = Cancel.path
    stand.person.touches(Typed("000000000000"))
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("back"))
    sorry = await stand.person.sees(Sorry, "counter.title")
    assert sorry.detail == text("counter.unsent")


@story
async def test_a_number_that_nobody_has_cancels_nothing(stand: Stand) -> None:
    await begins(stand, "appointment")
    await stand.person.sees(ChooseOne, "appointment.title")
    stand.person.touches(Chosen("cancel"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed("000000000000"))
    sorry = await stand.person.sees(Sorry)
    assert sorry.title == text("refused.unknown-appointment")


@story
async def test_a_slot_has_as_many_places_as_counters_and_is_gone_when_it_comes(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.reporting.online)
    slots = central_of(stand, AskSlots(centre="baisha"), Slots)
    assert isinstance(slots, Slots)
    first = slots.slots[0]
    assert first.left == 2

    def book(request: str) -> object:
        ask = Book(request=request, centre="baisha", business="road", starts=first.starts)
        return central_of(stand, ask, Appointment)

    one, again, two, three = (book(request) for request in ("1", "1", "2", "3"))
    assert one == again != two
    differs = central_of(stand, Book(request="1", centre="xinhui", business="road", starts=first.starts), Appointment)
    assert isinstance(differs, Problem)
    assert differs.type == "request-differs"
    assert isinstance(three, Problem)
    assert three.type == "slot-full"
    now_first = central_of(stand, AskSlots(centre="baisha"), Slots)
    assert isinstance(now_first, Slots)
    assert now_first.slots[0].starts > first.starts
    assert isinstance(one, Appointment)
    assert isinstance(two, Appointment)
    central_of(stand, Cancel(number=two.number), Appointment)
    assert isinstance(book("5"), Appointment)  # the place that was given back
    stand.shift_clock(timedelta(days=1))
    over = central_of(stand, Cancel(number=one.number), Appointment)
    assert isinstance(over, Problem)
    assert over.type == "appointment-over"
    gone = book("4")
    assert isinstance(gone, Problem)
    assert gone.type == "slot-gone"


# --- central away ---


@pytest.mark.parametrize("service", ["places", "appointment"])
@story
async def test_it_is_closed_before_the_citizen_begins_while_central_is_away(stand: Stand, service: str) -> None:
    await stand.until(lambda: stand.machine.reporting.online)
    await stand.person.comes()
    stand.network.up = False
    stand.machine.reporting.changed()
    await stand.until(lambda: not stand.machine.reporting.online)
    assert isinstance(stand.glass.view, Menu)
    assert {item.key: item.closed for item in stand.glass.view.items}[service] == text("menu.closed.central")


@story
async def test_a_department_that_is_silent_is_told_and_can_be_asked_again(stand: Stand) -> None:
    stand.front.halls.available = False
    await begins(stand, "places")
    await stand.person.sees(Sorry)
    stand.front.halls.available = True
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Table)
