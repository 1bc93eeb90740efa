"""A new endorsement, as a story; then each thing that may go wrong, as a short one named after it.

Real are service, custody, till, store, drivers, simulators and central; before the camera is a scene
(:mod:`tests.faces`).
After every story the card is where its record says, and money is delivered, returned or a case.
"""

import asyncio

import pytest

from central.departments.exit_entry.tables import case as cases
from central.departments.exit_entry.tables import holder as holders
from hardware.protocols.endorser import Position
from kiosk_app.contract.exit_entry import CaseState
from kiosk_app.custody_table import OVER, Place
from kiosk_app.views import (
    ChooseMany,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    Leave,
    Marked,
    PlaceCard,
    Printing,
    Sorry,
)
from tests.faces import Someone
from tests.stand import Stand, story
from tests.traveller import HK_ONCE, MO_ONCE, Traveller, at_rest
from tests.worlds.founding import MORNING


@story
async def test_a_citizen_gets_a_new_endorsement(stand: Stand) -> None:
    traveller = Traveller(stand)
    began = asyncio.get_running_loop().time()
    await traveller.inserts()
    await traveller.agrees()
    await traveller.chooses(HK_ONCE)
    await traveller.pays()

    await traveller.person.sees(Printing)
    done = await traveller.person.sees(Done, "endorsement.done.title")
    assert done.amount == 1500
    await traveller.takes()
    await stand.until(lambda: traveller.places()[-1] == "returned")
    stand.card_terminal.remove_card()
    assert asyncio.get_running_loop().time() - began < 180

    assert any("香港 个人旅游(G) 一次" in line for line in traveller.back)
    assert traveller.case() is CaseState.PRINTED
    assert stand.states()[-1] == "settled"
    assert traveller.places() == ["awaited", "inside", "inside", "printing", "inside", "returning", "returned"]
    assert "智能签注受理回执" in stand.slips()[0]
    stand.person.touches(Leave())
    await at_rest(traveller)


@story
async def test_two_endorsements_are_one_approval_one_payment_and_one_print(stand: Stand) -> None:
    traveller = Traveller(stand, "zhang")
    await traveller.comes_to_pay(HK_ONCE, MO_ONCE)  # the one for Hong Kong takes an unused one's place
    await traveller.pays()
    done = await stand.person.sees(Done, "endorsement.done.title")
    assert done.amount == 3000
    await traveller.takes()
    assert [line[:2] for line in traveller.back if line[:2] in {"香港", "澳门"}] == ["香港", "澳门"]
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert len(stand.permit_unit.body.jobs) == 1


@story
async def test_keeping_the_unused_endorsement_goes_back_to_the_options(stand: Stand) -> None:
    traveller = Traveller(stand, "zhang")
    await traveller.inserts()
    await traveller.agrees()
    await stand.person.sees(ChooseMany, "endorsement.destination.title")
    stand.person.touches(Marked(("HK",)))
    await stand.person.sees(ChooseOne, "endorsement.purpose.title")
    stand.person.touches(Chosen("G"))
    await stand.person.sees(ChooseOne, "endorsement.option.title")
    stand.person.touches(Chosen(HK_ONCE))
    await stand.person.sees(Consent, "endorsement.replace.title")
    stand.person.touches(Chosen("keep"))
    await stand.person.sees(ChooseOne, "endorsement.purpose.title")
    stand.person.touches(Leave())
    await traveller.takes()
    await at_rest(traveller)
    assert stand.books_here.entries(kind="payment") == []


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("official", "refused.counter"),
        ("soldier", "refused.counter"),
        ("exit_ban", "refused.counter"),
        ("child", "refused.under-age"),
        ("lost", "refused.permit-invalid"),
        ("wang_expired", "refused.permit-expired"),
    ],
)
@story
async def test_who_cannot_be_served_gets_the_card_back_and_is_told_where_to_go(
    stand: Stand, card: str, code: str
) -> None:
    traveller = Traveller(stand, stand.has_card(card))
    await traveller.inserts()
    take = await stand.person.sees(Done, "permit.take.title")
    assert [warning.id for warning in take.warnings] == [code]
    await traveller.takes()
    await stand.person.sees(Sorry, code)
    stand.person.touches(Leave())
    await at_rest(traveller)


@story
async def test_who_declines_and_has_no_identity_card_gets_the_counters_slip_and_the_card(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.person.sees(Consent)
    stand.person.touches(Chosen("decline"))
    await stand.person.sees(PlaceCard, "identify.title")
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Done, "permit.take.title")
    await traveller.takes()
    await stand.person.sees(Sorry, "counter.title")
    assert "请到窗口办理" in stand.slips()[0]
    stand.person.touches(Leave())
    await at_rest(traveller)


@story
async def test_somebody_elses_permit_is_not_endorsed(stand: Stand) -> None:
    traveller = Traveller(stand)
    stand.scene.enter(Someone("another"))
    await traveller.inserts()
    agreeing = asyncio.create_task(traveller.agrees())
    while not isinstance(stand.glass.view, Sorry) or stand.glass.view.title.id != "counter.title":
        await asyncio.sleep(0.1)
        view = stand.glass.view
        stand.permit_unit.take()
        if isinstance(view, Sorry) and stand.glass.listens and view.title.id.startswith("face.failed"):
            stand.person.touches(Chosen("counter"))
    agreeing.cancel()
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert stand.books_here.entries(kind="payment") == []


# --- trouble after the payment ---


async def trouble(traveller: Traveller) -> Sorry:
    """The card comes out first, then the citizen hears where the money is."""
    await traveller.takes()
    sorry = await traveller.person.sees(Sorry)
    traveller.person.touches(Leave())
    await at_rest(traveller)
    return sorry


@story
async def test_jam_after_payment(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    stand.permit_unit.jam("print")
    await traveller.pays()
    await stand.until(lambda: stand.permit_unit.body.place is Position.JAMMED)
    sorry = await stand.person.sees(Sorry, "permit.stuck.title")
    assert sorry.facts[0].id == "permit.kept.number"
    await stand.person.sees(Sorry, "pay.trouble.reversed")
    stand.person.touches(Leave())
    assert stand.states()[-1] == "reversed"
    assert stand.standing() == []
    assert traveller.case() is CaseState.GIVEN_BACK
    assert any("您的证件仍在机器中" in slip for slip in stand.slips())
    assert any(issue.startswith("permit") for issue in stand.heartbeat().issues)

    stand.permit_unit.clear_jam()  # somebody frees it: it is offered, and goes home
    await traveller.takes()
    await at_rest(traveller)
    assert traveller.places()[-1] == "returned"


@story
async def test_head_broken_before_the_erasing_leaves_the_old_back(stand: Stand) -> None:
    traveller = Traveller(stand)
    before = traveller.back
    await traveller.comes_to_pay()
    stand.permit_unit.break_head()
    await traveller.pays()
    sorry = await trouble(traveller)
    assert sorry.title.id == "pay.trouble.reversed"
    assert sorry.detail.id in {"error.endorsement_not_printed", "error.device_fault"}
    assert (stand.states()[-1], stand.standing()) == ("reversed", [])
    assert traveller.back == before


async def while_printing(traveller: Traveller, lines: int = 1) -> None:
    """Until so many lines are on the card."""
    body = traveller.stand.permit_unit.body
    await traveller.stand.until(
        lambda: body.card is not None and len(body.card.back) >= lines and body.card.endorsed > 1
    )


@story
async def test_spoiled_back_is_mended_by_a_second_print(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await traveller.pays()
    await while_printing(traveller)
    await stand.permit_unit.cut_power()  # the unit's own plug, not the kiosk's
    await asyncio.sleep(3)
    await stand.permit_unit.plug_in()
    await stand.person.sees(Done, "endorsement.done.title")
    await traveller.takes()
    assert any("香港 个人旅游(G) 一次" in line for line in traveller.back)
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert traveller.case() is CaseState.PRINTED
    assert len(stand.permit_unit.body.jobs) == 2


@story
async def test_spoiled_and_not_mended_gives_money_and_card_back_and_prints_the_rest_next_time(stand: Stand) -> None:
    traveller = Traveller(stand, "zhang")
    await traveller.comes_to_pay(MO_ONCE)
    await traveller.pays()
    await while_printing(traveller)
    stand.permit_unit.break_head()
    sorry = await trouble(traveller)
    assert (sorry.title.id, sorry.detail.id) == ("pay.trouble.reversed", "error.permit_spoiled")
    assert (stand.states()[-1], traveller.case()) == ("reversed", CaseState.GIVEN_BACK)

    stand.permit_unit.mend_head()  # the back is gone; whoever puts the card in again gets the others printed
    await traveller.inserts()
    await stand.person.sees(Done, "endorsement.mended.title")
    await traveller.takes()
    assert any("香港" in line for line in traveller.back)
    assert not any("澳门" in line for line in traveller.back)
    stand.person.touches(Leave())
    await at_rest(traveller)


@story
async def test_permit_gone_when_it_is_to_be_printed(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    stand.permit_unit.remove_by_staff()
    await traveller.pays()
    sorry = await stand.person.sees(Sorry, "pay.trouble.reversed")
    assert sorry.detail.id == "error.permit_gone"
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert stand.standing() == []


@story
async def test_central_refuses_the_payment(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await stand.person.inserts_card()
    with stand.engine.begin() as connection:  # it took the citizen too long
        connection.execute(cases.update().values(pay_until=MORNING))
    await stand.person.types_pin()
    sorry = await trouble(traveller)
    assert sorry.title.id == "pay.trouble.reversed"
    assert (stand.standing(), stand.permit_unit.body.jobs) == ([], {})


@story
async def test_central_refuses_the_approval(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await traveller.agrees()
    choosing = asyncio.create_task(traveller.chooses(HK_ONCE))
    await stand.until(lambda: isinstance(stand.glass.view, ChooseOne))
    with stand.engine.begin() as connection:
        connection.execute(holders.update().values(lost=True))
    await choosing
    take = await stand.person.sees(Done, "permit.take.title")
    assert take.warnings[0].id == "refused.permit-invalid"
    sorry = await trouble(traveller)
    assert sorry.title.id == "refused.permit-invalid"
    assert stand.books_here.entries(kind="payment") == []


@story
async def test_central_silent_after_the_payment_prints_nothing_and_gives_it_back(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await stand.person.inserts_card()
    stand.network.up = False
    await stand.person.types_pin()
    sorry = await stand_trouble_offline(traveller)
    assert sorry.detail.id == "error.central_unreachable"
    assert (stand.standing(), stand.permit_unit.body.jobs) == ([], {})
    stand.network.up = True
    await at_rest(traveller)
    assert traveller.case() in {CaseState.GIVEN_BACK, CaseState.APPROVED}


async def stand_trouble_offline(traveller: Traveller) -> Sorry:
    """The same while nothing can be reported."""
    await traveller.takes()
    sorry = await traveller.person.sees(Sorry)
    traveller.person.touches(Leave())
    return sorry


@story
async def test_line_lost_while_printing_and_back_in_time(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await traveller.pays()
    await while_printing(traveller)
    await stand.permit_unit.unplug()
    await asyncio.sleep(5)
    await stand.permit_unit.plug_in()
    await stand.person.sees(Done, "endorsement.done.title")
    await traveller.takes()
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert len(stand.permit_unit.body.jobs) == 1


@story
async def test_line_lost_for_good_leaves_the_case_open_and_says_so(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await traveller.pays()
    await while_printing(traveller)
    await stand.permit_unit.unplug()
    await stand.person.sees(Done, "endorsement.doubt.title", within=200)
    assert "签注尚未确认打印" in stand.slips()[-1]
    stand.person.touches(Leave())
    await stand.person.sees(Sorry, "permit.stuck.title")
    assert stand.states()[-1] == "settled"

    await asyncio.sleep(60)
    await stand.permit_unit.plug_in()  # the unit remembers: it was printed, and its citizen is still there
    await traveller.takes()
    await at_rest(traveller)
    assert traveller.case() is CaseState.PRINTED


# --- the citizen is gone ---


@pytest.mark.parametrize("step", ["consent", "choose", "pay"])
@story
async def test_citizen_gone_and_the_card_is_kept_with_a_slip(stand: Stand, step: str) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    if step != "consent":
        await traveller.agrees()
    if step == "pay":
        await traveller.chooses(HK_ONCE)
    await stand.until(lambda: len(stand.permit_unit.body.box) == 1, within=400)
    await stand.until(lambda: traveller.places()[-1] == "retained")
    await stand.until(lambda: any("您的证件已由本机保管" in slip for slip in stand.slips()))
    assert stand.standing() == []
    [kept] = [issue for issue in stand.heartbeat().issues if issue.startswith("permit retained")]
    await at_rest(traveller)
    assert kept.split()[-1] in stand.slips()[-1].replace(" ", "")


@story
async def test_citizen_gone_after_the_print(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await traveller.pays()
    await stand.person.sees(Done, "endorsement.done.title")
    await stand.until(lambda: traveller.places()[-1] == "retained", within=200)
    assert (traveller.case(), stand.states()[-1]) == (CaseState.PRINTED, "settled")
    await at_rest(traveller)


@story
async def test_retain_box_full_leaves_the_card_at_the_exit_and_asks_for_it(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    stand.permit_unit.fill_box()
    box = list(stand.permit_unit.body.box)
    await stand.person.sees(Sorry, "permit.stuck.title", within=400)
    await asyncio.sleep(60)
    assert stand.permit_unit.body.place is Position.EXIT
    assert isinstance(stand.glass.view, Done)  # asked for, though nobody is served
    stand.permit_unit.take()
    await stand.until(lambda: traveller.places()[-1] == "returned")
    assert stand.permit_unit.body.box == box


@story
async def test_a_box_that_is_full_takes_no_card_in(stand: Stand) -> None:
    stand.permit_unit.fill_box()
    await stand.person.comes()
    await stand.until(lambda: stand.heartbeat().services["endorsement"] == "menu.closed.permit_box")


@story
async def test_permit_pulled_while_it_comes_out(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.person.sees(Consent)
    stand.person.touches(Leave())
    await stand.until(lambda: stand.permit_unit.body.reachable)
    stand.permit_unit.pull()
    await at_rest(traveller)
    assert (traveller.places()[-1], traveller.has_it()) == ("returned", True)


@story
async def test_a_card_that_is_no_permit_comes_out_and_another_one_may_follow(stand: Stand) -> None:
    traveller = Traveller(stand)
    traveller.card = "bank_card"
    await traveller.inserts()
    await traveller.takes()
    again = await stand.person.sees(PlaceCard)
    assert again.problem is not None
    traveller.card = "li"
    await stand.until(lambda: stand.permit_unit.body.shutter)
    stand.permit_unit.insert("li")
    await stand.person.sees(Consent)
    stand.person.touches(Leave())
    await traveller.takes()
    await at_rest(traveller)


# --- power cuts ---


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("state", [place.value for place in Place if place not in OVER | {Place.HANDED_OVER}])
@story
async def test_power_cut_around_every_move_of_the_card(stand: Stand, state: str, when: str) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay() if state == "printing" else await traveller.inserts_but_no_more(state, when)
    if state == "printing":
        stand.cut_power_at(state, when=when)
        await traveller.pays()
    await stand.dark()
    await stand.start()
    if stand.permit_unit.body.card is not None:
        await stand.until(lambda: stand.permit_unit.body.card is None, within=300)
    await at_rest(traveller)
    assert stand.standing() == [] or traveller.case() is CaseState.PRINTED


@story
async def test_power_cut_while_printing_settles_by_what_was_printed(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await traveller.pays()
    await while_printing(traveller)
    await stand.power_cut()
    await asyncio.sleep(90)  # the head finishes alone
    await stand.start()
    await traveller.takes()  # before a screen is shown
    await at_rest(traveller)
    assert traveller.case() is CaseState.PRINTED
    assert stand.states()[-1] == "settled"
    assert len(stand.permit_unit.body.jobs) == 1


@story
async def test_power_cut_long_ago_keeps_the_card_for_its_owner(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.person.sees(Consent)
    await stand.power_cut()
    await asyncio.sleep(3600)
    await stand.start()
    await stand.until(lambda: len(stand.permit_unit.body.box) == 1, within=100)
    await stand.until(lambda: any("您的证件已由本机保管" in slip for slip in stand.slips()))
    await at_rest(traveller)
