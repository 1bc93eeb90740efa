"""Somebody walks off with the permit inside, at whatever view: it is kept, with a record, a slip, a word to central."""

from collections.abc import Awaitable, Callable

import pytest

from kiosk_app.views import (
    Attract,
    ChooseMany,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    LivePortrait,
    Marked,
    Pay,
    PayWay,
    PlaceCard,
    Sorry,
    View,
)
from tests.faces import Someone
from tests.stand import WRONG_PIN, Stand, story
from tests.traveller import HK_ONCE, Traveller, at_rest

Way = Callable[[Traveller], Awaitable[View]]


async def at_consent(traveller: Traveller) -> View:
    await traveller.inserts()
    return await traveller.person.sees(Consent)


async def before_the_camera(traveller: Traveller) -> View:
    await at_consent(traveller)
    traveller.person.touches(Chosen("agree"))
    view = await traveller.person.sees(LivePortrait)
    traveller.stand.scene.enter()
    return view


async def at_the_identity_card(traveller: Traveller) -> View:
    await at_consent(traveller)
    traveller.person.touches(Chosen("decline"))
    return await traveller.person.sees(PlaceCard)


async def at_destinations(traveller: Traveller) -> View:
    await traveller.inserts()
    await traveller.agrees()
    return await traveller.person.sees(ChooseMany, "endorsement.destination.title")


async def at_purposes(traveller: Traveller) -> View:
    await at_destinations(traveller)
    traveller.person.touches(Marked(("HK",)))
    return await traveller.person.sees(ChooseOne, "endorsement.purpose.title")


async def at_options(traveller: Traveller) -> View:
    await at_purposes(traveller)
    traveller.person.touches(Chosen("G"))
    return await traveller.person.sees(ChooseOne, "endorsement.option.title")


async def at_what_is_replaced(traveller: Traveller) -> View:
    await at_options(traveller)
    traveller.person.touches(Chosen(HK_ONCE))
    return await traveller.person.sees(Consent, "endorsement.replace.title")


async def at_the_last_look(traveller: Traveller) -> View:
    await at_what_is_replaced(traveller)
    traveller.person.touches(Chosen("replace"))
    return await traveller.person.sees(ChooseMany, "endorsement.confirm.title")


async def at_the_ways_to_pay(traveller: Traveller) -> View:
    await traveller.stand.codes_are_offered()
    await at_the_last_look(traveller)
    traveller.person.touches(Marked((HK_ONCE,)))
    return await traveller.person.sees(PayWay)


async def at_the_terminal(traveller: Traveller) -> View:
    await at_the_last_look(traveller)
    traveller.person.touches(Marked((HK_ONCE,)))
    return await traveller.person.sees(Pay, "pay.title.insert_card")


async def after_a_declined_card(traveller: Traveller) -> View:
    await at_the_terminal(traveller)
    stand = traveller.stand
    stand.card_terminal.insert("sample")
    for title in ("enter_pin", "wrong_pin", "wrong_pin"):
        await stand.person.sees(Pay, f"pay.title.{title}")
        stand.card_terminal.type_pin(WRONG_PIN)
    view = await stand.person.sees(Sorry)
    stand.card_terminal.remove_card()
    return view


WAYS: list[Way] = [
    at_consent,
    before_the_camera,
    at_the_identity_card,
    at_destinations,
    at_purposes,
    at_options,
    at_what_is_replaced,
    at_the_last_look,
    at_the_ways_to_pay,
    at_the_terminal,
    after_a_declined_card,
]


@pytest.mark.parametrize("way", WAYS)
@story
async def test_whoever_walks_off_finds_out_where_the_permit_is(stand: Stand, way: Way) -> None:
    traveller = Traveller(stand, "zhang")
    await way(traveller)
    took_out = len(stand.glass.seen)
    await stand.until(lambda: traveller.places()[-1] == "retained", within=600)
    await stand.until(lambda: isinstance(stand.glass.view, Attract), within=120)
    assert any(isinstance(view, Done) and view.take == ("permit",) for _, view in stand.glass.seen[took_out:])
    assert any(isinstance(view, Sorry) and view.title.id == "permit.kept.title" for _, view in stand.glass.seen)
    [slip] = [slip for slip in stand.slips() if "您的证件已由本机保管" in slip]
    assert "张" not in slip
    assert stand.standing() == []
    await at_rest(traveller)
    [box] = stand.books().boxes
    assert box.slip in slip
    stand.scene.enter(Someone("li"))
    await Traveller(stand).inserts()  # the machine goes on
    await stand.person.sees(Consent)


@story
async def test_a_permit_that_is_pulled_while_it_is_drawn_in_leaves_the_visit_unharmed(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.until(lambda: stand.permit_unit.body.reachable)
    stand.permit_unit.pull()
    await stand.until(lambda: stand.permit_unit.body.shutter)  # the same view, the slot is open again
    assert isinstance(stand.glass.view, PlaceCard)
    stand.permit_unit.insert("li")
    await stand.person.sees(Consent)
    stand.permit_unit.remove_by_staff()  # whoever has the key
    stand.person.touches(Chosen("agree"))
    await stand.person.sees(LivePortrait)
    await traveller.obeys()
    await traveller.chooses(HK_ONCE)
    await traveller.pays()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.trouble.reversed"
    assert stand.standing() == []


@story
async def test_the_next_citizen_after_a_power_cut_is_asked_to_leave_a_card_that_is_not_theirs_to_its_owner(
    stand: Stand,
) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.person.sees(Consent)
    await stand.power_cut()
    await stand.start()
    out = await stand.person.sees(Done, "permit.out.title")
    assert out.take == ("permit",)
    assert not out.facts
    await stand.until(lambda: stand.machine.desk.custody is not None and bool(stand.machine.desk.custody.retained()))
    await stand.person.comes()
