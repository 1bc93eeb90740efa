"""The card: activated, reported lost, found again, a new PIN that nobody sees."""

import gc
from datetime import date
from typing import Any

import pytest

from kiosk_app.contract.social import CardState, ChangeCard
from kiosk_app.services.steps.shown import long_day
from kiosk_app.views import Back, ChooseOne, Chosen, Consent, Done, EnterNumber, Menu, Sorry, Typed, text
from tests.kiosk_app.test_living_verification import obeying
from tests.social import department, is_held, shows
from tests.stand import Stand, story

PIN, OTHER, WEAK = "739164", "739165", "111111"


async def chooses(stand: Stand, who: str, act: str) -> ChooseOne:
    """Show the card's owner, choose what is to be done."""
    choose = await shows(stand, "social_card", who, ChooseOne)
    stand.person.touches(Chosen(act))
    return choose


async def is_found(stand: Stand, who: str, kind: type[Any], title: str = "") -> Any:
    """Agree to the face check and pass it; what comes then."""
    await stand.person.sees(Consent, "consent.title")
    stand.person.touches(Chosen("agree"))
    async with obeying(stand, who):
        return await stand.person.sees(kind, title)


async def types(stand: Stand, *pins: str) -> None:
    for pin in pins:
        view = await stand.person.sees(EnterNumber)
        assert (view.secret, view.value, view.lengths) == (True, "", (6,))
        stand.person.touches(Typed(pin))


@story
async def test_a_lost_card_is_reported_at_once_and_the_slip_says_until_when(stand: Stand) -> None:
    choose = await chooses(stand, "zhang", "report_loss")
    assert choose.title == text("social_card.state.active", ending="0001")
    assert [row.key for row in choose.rows] == ["report_loss", "reset_pin"]
    sure = await stand.person.sees(Consent, "social_card.loss.title")
    assert [key for key, _, _ in sure.ways] == ["keep", "report"]
    stand.person.touches(Chosen("report"))
    done = await stand.person.sees(Done, "social_card.done.report_loss")
    assert done.facts[0] == text("social_card.lapses", date=long_day(date(2026, 12, 8)))
    assert "2026-12-08" in stand.slips()[0]
    assert department(stand, "zhang").card_state == CardState.LOST
    assert is_held(stand, "zhang")


@story
async def test_who_is_not_sure_keeps_the_card(stand: Stand) -> None:
    await chooses(stand, "zhang", "report_loss")
    await stand.person.sees(Consent)
    stand.person.touches(Chosen("keep"))
    await stand.person.sees(Menu)
    assert department(stand, "zhang").card_state == CardState.ACTIVE


@story
async def test_a_card_that_was_found_works_again_for_its_holder(stand: Stand) -> None:
    choose = await chooses(stand, "chan", "lift_loss")
    assert [row.key for row in choose.rows] == ["lift_loss"]
    await is_found(stand, "chan", Done, "social_card.done.lift_loss")
    assert department(stand, "chan").card_state == CardState.ACTIVE


@story
async def test_a_new_card_is_activated(stand: Stand) -> None:
    await chooses(stand, "zhao", "activate")
    await is_found(stand, "zhao", Done, "social_card.done.activate")
    assert department(stand, "zhao").card_state == CardState.ACTIVE


def remembers(what: str) -> bool:
    """Whether anything in which a PIN travels is still in memory with this one."""
    gc.collect()
    travelling = [one for one in gc.get_objects() if isinstance(one, Typed | ChangeCard)]
    return any(what == (one.value if isinstance(one, Typed) else one.pin) for one in travelling)


@story
async def test_a_new_pin_is_typed_twice_and_is_left_nowhere(stand: Stand) -> None:
    await chooses(stand, "zhang", "reset_pin")
    await is_found(stand, "zhang", EnterNumber, "social_card.pin.title")
    stand.person.touches(Typed(PIN))
    await stand.person.sees(EnterNumber, "social_card.pin.again")
    stand.person.touches(Typed(PIN))
    await stand.person.sees(Done, "social_card.done.reset_pin")
    assert len(department(stand, "zhang").pin) == 80
    said = "".join(stand.slips()) + repr(stand.glass.seen) + repr(stand.logs) + repr(stand.books_here.entries())
    assert PIN not in said
    await stand.person.goes()
    for file in stand.folder.rglob("*"):
        assert not file.is_file() or PIN.encode() not in file.read_bytes()
    assert not remembers(PIN)


@story
async def test_two_that_differ_and_one_that_is_weak_are_asked_for_again(stand: Stand) -> None:
    await chooses(stand, "zhang", "reset_pin")
    await is_found(stand, "zhang", EnterNumber, "social_card.pin.title")
    stand.person.touches(Typed(PIN))
    await types(stand, OTHER)
    again = await stand.person.sees(EnterNumber, "social_card.pin.title")
    assert again.problem == text("social_card.pin.differ")
    stand.person.touches(Typed(WEAK))
    await types(stand, WEAK)
    again = await stand.person.sees(EnterNumber, "social_card.pin.title")
    assert again.problem == text("social_card.pin.weak")
    stand.person.touches(Typed(PIN))
    await types(stand, PIN)
    await stand.person.sees(Done, "social_card.done.reset_pin")


@story
async def test_back_from_the_second_pin_is_the_first_and_from_there_the_menu(stand: Stand) -> None:
    await chooses(stand, "zhang", "reset_pin")
    await is_found(stand, "zhang", EnterNumber, "social_card.pin.title")
    stand.person.touches(Typed(PIN))
    await stand.person.sees(EnterNumber, "social_card.pin.again")
    stand.person.touches(Back())
    again = await stand.person.sees(EnterNumber, "social_card.pin.title")
    assert again.problem is None
    stand.person.touches(Back())
    await stand.person.sees(Menu)
    assert department(stand, "zhang").pin == b""


@story
async def test_who_is_not_the_holder_gets_no_new_pin(stand: Stand) -> None:
    await chooses(stand, "zhang", "reset_pin")
    await stand.person.sees(Consent)
    stand.person.touches(Chosen("agree"))
    async with obeying(stand, "li"):
        await stand.person.sees(Sorry, "face.failed.not_same")
        stand.person.touches(Chosen("counter"))
        await stand.person.sees(Sorry, "counter.title")
    assert department(stand, "zhang").pin == b""


@story
async def test_who_declines_goes_to_the_counter(stand: Stand) -> None:
    await chooses(stand, "zhao", "activate")
    await stand.person.sees(Consent)
    stand.person.touches(Chosen("decline"))
    await stand.person.sees(Sorry, "counter.title")
    assert department(stand, "zhao").card_state == CardState.NOT_ACTIVATED


@story
async def test_who_has_no_card_is_told_where_to_get_one(stand: Stand) -> None:
    with stand.engine.begin() as central:
        central.exec_driver_sql("UPDATE social_person SET card = '' WHERE token = 'insured-lin'")
    choose = await shows(stand, "social_card", "lin", ChooseOne)
    assert (choose.title, choose.rows) == (text("social_card.none"), ())


@story
async def test_a_report_whose_answer_was_lost_is_sent_again_and_counts_once(stand: Stand) -> None:
    await chooses(stand, "zhang", "report_loss")
    await stand.person.sees(Consent)
    stand.network.lose_next = "/social/change-card"
    stand.person.touches(Chosen("report"))
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Done, "social_card.done.report_loss")
    with stand.engine.connect() as central:
        assert len(central.exec_driver_sql("SELECT * FROM social_act").all()) == 1


@story
async def test_who_gives_up_on_a_new_pin_without_an_answer_has_a_slip_and_the_pin_is_left_nowhere(stand: Stand) -> None:
    await chooses(stand, "zhang", "reset_pin")
    await is_found(stand, "zhang", EnterNumber, "social_card.pin.title")
    stand.person.touches(Typed(PIN))
    await stand.person.sees(EnterNumber, "social_card.pin.again")
    stand.network.lose_next = "/social/change-card"
    stand.person.touches(Typed(PIN))
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("back"))
    sorry = await stand.person.sees(Sorry, "counter.title")
    assert sorry.detail == text("counter.unsent")
    [slip] = stand.slips()
    assert PIN not in slip + repr(stand.glass.seen) + repr(stand.logs) + repr(stand.books_here.entries())
    await stand.person.goes()
    assert not remembers(PIN)


@story
async def test_who_walks_away_between_the_two_pins_leaves_neither_a_change_nor_the_first(stand: Stand) -> None:
    before = department(stand, "zhang").pin
    await chooses(stand, "zhang", "reset_pin")
    await is_found(stand, "zhang", EnterNumber, "social_card.pin.title")
    stand.person.touches(Typed(PIN))
    await stand.person.sees(EnterNumber, "social_card.pin.again")
    await stand.until(lambda: stand.glass.forgotten == 1, within=600)
    assert department(stand, "zhang").pin == before
    assert PIN not in repr(stand.glass.seen) + repr(stand.logs) + repr(stand.books_here.entries())
    assert not remembers(PIN)


@story
async def test_a_card_that_changed_meanwhile_is_not_changed_blindly(stand: Stand) -> None:
    await chooses(stand, "zhang", "report_loss")
    await stand.person.sees(Consent)
    with stand.engine.begin() as central:
        central.exec_driver_sql("UPDATE social_person SET card_state = 'not_activated' WHERE token = 'insured-zhang'")
        central.exec_driver_sql("UPDATE social_person SET card = '' WHERE token = 'insured-zhang'")
    stand.person.touches(Chosen("report"))
    sorry = await stand.person.sees(Sorry)
    assert sorry.title == text("refused.not-now")


@pytest.mark.parametrize("act", ["activate", "reset_pin"])
@story
async def test_without_a_camera_what_needs_a_face_says_so_and_a_loss_can_be_reported(stand: Stand, act: str) -> None:
    object.__setattr__(stand.machine.desk, "booth", None)
    who = "zhao" if act == "activate" else "zhang"
    choose = await shows(stand, "social_card", who, ChooseOne)
    refused = {row.key: row.refused for row in choose.rows}
    assert refused[act] == text("social_card.no_booth")
    assert refused["report_loss"] is None
    stand.person.touches(Chosen(act))
    assert await stand.person.sees(ChooseOne) == choose
