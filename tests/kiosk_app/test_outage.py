"""Mains fail under a whole machine: nothing new is paid, what is under way finishes, and it stops in time by itself."""

import asyncio

import pytest

from kiosk_app.power import Power
from kiosk_app.views import Attract, ChooseMany, Chosen, Done, Marked, Pay, Sorry
from tests.stand import PARKING, Stand, story, story_from_the_dark

BOOTED = 70.0
"""Seconds after which the grace of the boot is over (``power.Limits.grace``)."""


async def on_a_ups(stand: Stand) -> None:
    stand.fitted = {"ups"}
    await stand.start()
    await stand.person.sees(Attract)
    await asyncio.sleep(BOOTED)


def battery_ends(stand: Stand) -> None:
    stand.ups.drain(15)
    stand.ups.fail_mains()


def closed_for_power(stand: Stand) -> bool:
    view = stand.glass.view
    return isinstance(view, Sorry) and view.detail.id == "menu.closed.power"


@story_from_the_dark
async def test_mains_that_fail_close_the_till_at_once_and_mains_that_hold_open_it(stand: Stand) -> None:
    await on_a_ups(stand)
    stand.ups.fail_mains()
    await stand.until(lambda: closed_for_power(stand), within=5)
    assert stand.machine.till.why_closed() == "menu.closed.power"
    stand.ups.return_mains()
    await asyncio.sleep(25)
    assert closed_for_power(stand)
    await stand.until(lambda: isinstance(stand.glass.view, Attract), within=15)


@story_from_the_dark
async def test_a_payment_under_way_when_mains_fail_is_finished_with_its_receipt(stand: Stand) -> None:
    await on_a_ups(stand)
    await stand.person.comes_to_pay(PARKING)
    await stand.person.inserts_card()
    stand.ups.fail_mains()
    await asyncio.sleep(5)
    await stand.person.types_pin()
    await stand.person.sees(Done)
    assert stand.states()[-1] == "settled"
    assert len(stand.slips()) == 1
    assert stand.ended is None


@story_from_the_dark
async def test_who_comes_to_pay_on_the_battery_is_told_why_not(stand: Stand) -> None:
    await on_a_ups(stand)
    await stand.person.begins()
    choosing = await stand.person.shows_card()
    stand.ups.fail_mains()
    await asyncio.sleep(5)
    stand.person.touches(Marked(choosing.marked[:1]))
    await stand.person.sees(Sorry, "menu.closed.power")
    assert stand.books_here.entries(kind="payment") == []


@story_from_the_dark
async def test_the_battery_ends_while_somebody_chooses_and_they_are_led_out_in_seconds(stand: Stand) -> None:
    await on_a_ups(stand)
    await stand.person.begins()
    await stand.person.shows_card()
    stand.id_card_reader.lift()
    forgotten = stand.glass.forgotten
    battery_ends(stand)
    await stand.until(lambda: stand.ended, within=15)
    assert stand.ended is Power.SHUT_DOWN
    assert stand.glass.forgotten == forgotten + 1
    assert isinstance(stand.glass.view, Sorry)
    assert stand.glass.view.title.id == "closed.power"


@story_from_the_dark
async def test_the_battery_ends_while_nobody_is_there(stand: Stand) -> None:
    await on_a_ups(stand)
    battery_ends(stand)
    await stand.until(lambda: stand.ended is Power.SHUT_DOWN, within=15)


@story_from_the_dark
async def test_the_battery_ends_at_the_pin_and_the_payment_still_comes_to_its_end(stand: Stand) -> None:
    await on_a_ups(stand)
    await stand.person.comes_to_pay(PARKING)
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    battery_ends(stand)
    await asyncio.sleep(12)
    assert stand.machine.session.closed
    assert stand.ended is None
    stand.card_terminal.type_pin()
    await stand.person.sees(Done)
    stand.person.takes_everything()
    await stand.until(lambda: stand.ended is Power.SHUT_DOWN, within=100)
    assert stand.states()[-1] == "settled"
    assert len(stand.slips()) == 1


@story_from_the_dark
async def test_the_battery_ends_before_a_card_is_in_and_the_payment_is_called_off(stand: Stand) -> None:
    await on_a_ups(stand)
    await stand.person.comes_to_pay(PARKING)
    await stand.person.sees(Pay, "pay.title.insert_card")
    stand.id_card_reader.lift()
    battery_ends(stand)
    await stand.until(lambda: stand.ended is Power.SHUT_DOWN, within=40)
    assert stand.states()[-1] in {"declined", "abandoned"}
    assert stand.standing() == []


@story_from_the_dark
async def test_whoever_does_nothing_at_the_terminal_does_not_keep_the_machine_until_the_battery_is_empty(
    stand: Stand,
) -> None:
    await on_a_ups(stand)
    await stand.person.comes_to_pay(PARKING)
    await stand.person.inserts_card()
    await stand.person.sees(Pay, "pay.title.enter_pin")
    battery_ends(stand)
    began = asyncio.get_running_loop().time()
    await stand.until(lambda: stand.ended is Power.SHUT_DOWN, within=130)
    assert asyncio.get_running_loop().time() - began < 130


@story_from_the_dark
async def test_a_touch_on_the_proof_while_it_closes_ends_the_visit(stand: Stand) -> None:
    await on_a_ups(stand)
    await stand.person.pays_a_fine()
    battery_ends(stand)
    await stand.until(lambda: stand.machine.session.closed, within=15)
    assert isinstance(stand.glass.view, Done)
    stand.person.takes_everything()
    stand.person.touches(Chosen("document"))
    await stand.until(lambda: stand.ended is Power.SHUT_DOWN, within=10)
    assert stand.document_printer.papers == []


@story_from_the_dark
async def test_a_ups_that_never_speaks_keeps_the_till_closed_for_the_grace_only(stand: Stand) -> None:
    stand.fitted = {"ups"}
    stand.ups.lose_ups()
    await stand.start()
    await stand.until(lambda: closed_for_power(stand), within=30)
    await asyncio.sleep(30)
    assert closed_for_power(stand)
    await stand.until(lambda: isinstance(stand.glass.view, Attract), within=60)


@story
async def test_a_machine_without_a_ups_takes_mains_for_granted(stand: Stand) -> None:
    await stand.person.sees(Attract)
    assert stand.machine.till.why_closed() == ""


@story_from_the_dark
@pytest.mark.parametrize("view", [Attract, ChooseMany])
async def test_after_the_shut_down_the_machine_starts_again_when_power_is_back(stand: Stand, view: type) -> None:
    await on_a_ups(stand)
    if view is ChooseMany:
        await stand.person.begins()
        await stand.person.shows_card()
        stand.id_card_reader.lift()
    battery_ends(stand)
    await stand.until(lambda: stand.ended, within=15)
    await stand.stop()
    stand.ups.renew_battery()
    stand.ups.return_mains()
    await stand.start()
    await stand.person.sees(Attract)
    await stand.person.pays_a_fine()
