"""One visit: the idle warning, walking away, forgetting, and a machine that is never silent."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from kiosk_app.desk import Desk
from kiosk_app.errors import DeviceFault
from kiosk_app.views import (
    Attract,
    Back,
    ChooseMany,
    Chosen,
    Done,
    IdleWarning,
    Leave,
    Menu,
    PlaceCard,
    Sorry,
    View,
    text,
)
from tests.stand import Stand, story, story_from_the_dark


def _now() -> float:
    return asyncio.get_running_loop().time()


@story
async def test_who_walks_away_is_warned_and_then_forgotten(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.shows_card()
    stand.id_card_reader.lift()
    began = _now()
    warning = await stand.person.sees(IdleWarning)
    assert warning.seconds == stand.patience.countdown
    assert _now() - began == pytest.approx(stand.patience.idle, abs=0.1)
    await stand.person.sees(Attract)
    assert _now() - began == pytest.approx(stand.patience.idle + stand.patience.countdown, abs=0.2)
    assert stand.glass.forgotten == 1


@story
async def test_more_time_is_given_as_often_as_it_is_wanted(stand: Stand) -> None:
    await stand.person.comes()
    for _ in range(5):
        await stand.person.sees(IdleWarning)
        stand.person.touches(Chosen("more_time"))
        await stand.person.sees(Menu)
    assert stand.glass.forgotten == 0


@story
async def test_leaving_at_the_warning_ends_the_visit_at_once(stand: Stand) -> None:
    await stand.person.comes()
    await stand.person.sees(IdleWarning)
    began = _now()
    stand.person.touches(Leave())
    await stand.person.sees(Attract)
    assert _now() - began < 0.1


@story
async def test_scrolling_is_not_idling(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.shows_card()
    for _ in range(10):
        await asyncio.sleep(stand.patience.idle - 1)
        stand.person.touches(None)
    assert not [view for _, view in stand.glass.seen if isinstance(view, IdleWarning)]
    await stand.person.sees(IdleWarning, within=stand.patience.idle + 1)


@story
async def test_nobody_is_timed_out_while_the_terminal_works_for_three_minutes(stand: Stand) -> None:
    stand.card_terminal.timings = type(stand.card_terminal.timings)(host=170.0)
    await stand.person.comes_to_pay()
    await stand.person.pays()
    began = _now()
    await stand.person.sees(Done, within=200)
    assert _now() - began > 170
    assert not [view for _, view in stand.glass.seen if isinstance(view, IdleWarning)]
    assert stand.states()[:3] == ["intended", "requested", "approved"]


@story
async def test_a_card_nobody_lays_down_ends_the_visit(stand: Stand) -> None:
    await stand.person.begins()
    place = await stand.person.sees(PlaceCard)
    assert place.seconds == stand.patience.card
    await stand.person.sees(Attract, within=stand.patience.card + 1)


@story
async def test_the_next_person_begins_in_the_first_language(stand: Stand) -> None:
    await stand.person.comes()
    stand.glass.language = "en"
    stand.person.touches(Leave())
    await stand.person.sees(Attract)
    assert stand.glass.language == "zh_CN"


@story
async def test_a_forgotten_identity_card_is_shown_until_it_is_taken(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.receipt_printer.take_paper()
    stand.person.touches(Leave())
    reminder = await stand.person.sees(Done, "done.title.take_card")
    assert (reminder.take, reminder.warnings[0].id) == (("card",), "done.warning.card_left")
    await asyncio.sleep(10)
    assert isinstance(stand.glass.view, Done)
    stand.id_card_reader.lift()
    await stand.person.sees(Attract, within=5)


@story
async def test_a_forgotten_card_does_not_keep_the_machine_from_the_next_person_for_ever(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.person.touches(Leave())
    await stand.person.sees(Done, "done.title.take_card")
    await stand.person.sees(Attract, within=stand.patience.take_card + 20)


@story
@pytest.mark.parametrize("walks", [True, False])
async def test_a_card_forgotten_before_paying_is_shown_too(stand: Stand, *, walks: bool) -> None:
    await stand.person.begins()
    await stand.person.shows_card()
    if not walks:
        stand.person.touches(Leave())
    await stand.person.sees(Done, "done.title.take_card")
    stand.id_card_reader.lift()
    await stand.person.sees(Attract, within=5)


@story
async def test_a_forgotten_card_identifies_nobody_else(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.shows_card()
    await stand.person.sees(Attract, within=200)
    await stand.person.begins()
    again = await stand.person.sees(PlaceCard)
    again = await stand.person.sees(PlaceCard)
    assert again.problem is not None
    assert not isinstance(stand.glass.view, ChooseMany)


def _service(stand: Stand, work: Callable[[Desk], Awaitable[bool]]) -> None:
    stand.machine.session._services = {"traffic_fines": work}


@story
async def test_a_bug_in_a_service_is_a_sentence_and_the_machine_goes_on(stand: Stand) -> None:
    async def broken(_: Desk) -> bool:
        raise ValueError("张样本 440703199003070013")

    _service(stand, broken)
    await stand.person.begins()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "error.unknown"
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    stand.person.touches(Leave())
    await stand.person.sees(Attract)
    [bug] = [line for line in stand.logs if line["event"] == "bug"]
    assert (bug["error"], bug["service"]) == ("ValueError", "traffic_fines")
    assert "test_session.py" in bug["at"]
    assert "440703199003070013" not in str(stand.logs)


@story
async def test_a_fault_of_a_device_is_a_sentence_with_the_telephone(stand: Stand) -> None:
    async def faulty(_: Desk) -> bool:
        raise DeviceFault("id_card_reader", "60")

    _service(stand, faulty)
    await stand.person.begins()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "error.device_fault"
    assert dict(sorry.facts[0].args) == {"phone": stand.site.hotline}


@story
async def test_more_time_shows_a_bad_news_again_and_does_not_end_the_visit(stand: Stand) -> None:
    async def faulty(_: Desk) -> bool:
        raise DeviceFault("id_card_reader", "60")

    _service(stand, faulty)
    await stand.person.begins()
    first = await stand.person.sees(Sorry)
    await stand.person.sees(IdleWarning)
    stand.person.touches(Chosen("more_time"))
    assert await stand.person.sees(Sorry) == first
    assert stand.glass.forgotten == 0


@story
async def test_the_menu_closes_and_opens_while_somebody_looks_at_it(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().guide)
    await stand.person.comes()
    await stand.card_terminal.unplug()
    closed = await stand.person.sees(Menu)
    assert closed.items[0].closed is not None
    assert closed.items[0].closed.id == "menu.closed.card_terminal"
    stand.person.touches(Chosen("traffic_fines"))
    await stand.person.sees(Menu)
    await stand.card_terminal.plug_in()
    opened = await stand.person.sees(Menu)
    assert opened.items[0].closed is None


@story_from_the_dark
async def test_a_closed_machine_names_the_next_service_points(stand: Stand) -> None:
    stand.site = replace(stand.site, nearest=("样本街政务服务中心 300 m",))
    await stand.start()
    await stand.card_terminal.unplug()
    closed = await stand.person.sees(Sorry, "sorry.title.closed")
    assert closed.cards[0] == (text("sorry.nearest.title"), (text("plain", words="样本街政务服务中心 300 m"),))


@story
async def test_a_closed_machine_says_why_and_where_to_go_and_opens_by_itself(stand: Stand) -> None:
    await stand.person.sees(Attract)
    for device in (stand.permit_unit, stand.document_printer, stand.id_card_reader, stand.chip_card_reader):
        await device.unplug()
    await stand.card_terminal.unplug()
    closed = await stand.person.sees(Sorry)
    assert (closed.title.id, closed.detail.id) == ("sorry.title.closed", "menu.closed.card_terminal")
    assert (closed.leave, closed.actions) == (False, (("begin", text("sorry.action.hall")),))  # words are left
    assert closed.cards[-1][0].id == "sorry.help.title"
    await stand.card_terminal.plug_in()
    await stand.person.sees(Attract, within=30)


@story
async def test_a_receipt_printer_that_is_gone_closes_printing_and_not_paying(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await stand.receipt_printer.unplug()
    await stand.until(lambda: stand.heartbeat().devices["receipt_printer"].state == "offline")
    menu = await stand.person.comes()
    assert menu.items[0].closed is None
    assert [note.id for note in menu.notes] == ["menu.note.no_receipt"]
    assert stand.heartbeat().state == "limited"


@story_from_the_dark
async def test_a_payment_left_open_is_settled_before_the_first_invitation(stand: Stand) -> None:
    await stand.start()
    stand.cut_power_at("approved")
    await stand.person.comes_to_pay()
    stand.card_terminal.insert("sample")
    typing = asyncio.create_task(stand.person.types_pin())
    await stand.dark()
    typing.cancel()
    await asyncio.sleep(60)
    await stand.start()
    await stand.person.sees(Attract)
    kinds = [(type(view), _detail(view)) for _, view in stand.glass.seen]
    assert kinds[:3] == [(Sorry, "sorry.detail.starting"), (Sorry, "sorry.detail.settling"), (Attract, "")]
    assert stand.states() == ["intended", "requested", "approved", "reversing", "reversed"]
    await stand.until(lambda: len(stand.slips()) == 1)


def _detail(view: View) -> str:
    return view.detail.id if isinstance(view, Sorry) else ""


@story_from_the_dark
async def test_a_device_that_never_answers_does_not_keep_the_machine_closed(stand: Stand) -> None:
    stand.document_printer.freeze()
    await stand.start()
    await stand.person.sees(Attract, within=20)


@story
async def test_a_machine_told_to_stop_stops_wherever_the_citizen_is(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.person.touches(Chosen("other"))
    await asyncio.sleep(0)
    began = _now()
    await stand.stop()
    assert _now() - began < 6


@story
async def test_a_hundred_visits_leave_nothing_behind_in_memory(stand: Stand) -> None:
    async def visit() -> None:
        stand.glass.seen[:-1] = []
        stand.person.screen_is_new()
        stand.logs.clear()
        await stand.person.comes()
        stand.person.touches(Chosen("traffic_fines"))
        await stand.person.sees(PlaceCard)
        stand.person.touches(Leave())

    async def count() -> int:
        for _ in range(20):
            await visit()
        await asyncio.sleep(1)
        gc.collect()
        return len(gc.get_objects())

    first = await count()
    later = [await count() for _ in range(4)]
    assert later[-1] - first < 200


@story
async def test_a_bank_card_left_in_the_terminal_is_shown_until_it_is_taken(stand: Stand) -> None:
    def taken() -> tuple[str, ...]:
        view = stand.glass.seen[-1][1]
        return view.take if isinstance(view, Done) else ()

    await stand.person.pays_a_fine()
    await stand.until(lambda: "bank_card" in taken())
    stand.card_terminal.remove_card()
    await stand.until(lambda: "bank_card" not in taken())


@story
async def test_a_family_of_services_is_one_page_and_back_leads_home(stand: Stand) -> None:
    home = await stand.person.comes()
    assert {item.family for item in home.items} == {"social", "border", "road", "hall"}
    stand.person.touches(Chosen("social"))
    page = await stand.person.sees(Menu)
    assert page.family == "social"
    assert page.items == tuple(item for item in home.items if item.family == "social")
    stand.person.touches(Back())
    assert await stand.person.sees(Menu) == home
    stand.person.touches(Chosen("social"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("rights_record"))
    await stand.person.sees(PlaceCard)


@story
async def test_what_closes_while_a_family_is_shown_closes_on_its_page(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().catalogue)  # a contribution waits for its prices
    await stand.person.comes()
    stand.person.touches(Chosen("social"))
    await stand.person.sees(Menu)
    await stand.document_printer.unplug()
    page = await stand.person.sees(Menu)
    assert page.family == "social"
    assert {item.key for item in page.items if item.closed} == {"insured_certificate", "file_transfer"}
