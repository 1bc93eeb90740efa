"""How far an endorsement is, as a story; then each thing that may go wrong, as a short one named after it."""

from kiosk_app.contract.exit_entry import CaseState
from kiosk_app.errors import CentralUnreachable
from kiosk_app.views import Back, ChooseOne, Chosen, Done, EnterNumber, Leave, PlaceCard, Sorry, Typed, text
from tests.kiosk_app.test_endorsement import while_printing
from tests.stand import Stand, story
from tests.traveller import Traveller, at_rest


@story
async def test_paid_and_not_printed_is_printed_free_of_charge_when_the_card_is_put_in(stand: Stand) -> None:
    traveller = Traveller(stand)
    await lost_in_the_middle(traveller)
    await stand.permit_unit.plug_in()
    stand.permit_unit.mend_head()
    await traveller.takes()
    await at_rest(traveller)
    assert traveller.case() is CaseState.PAID
    await traveller.inserts("progress")
    rows = (await stand.person.sees(ChooseOne, "progress.title")).rows
    stand.person.touches(Chosen(next(row.key for row in rows if row.refused is None)))
    await stand.person.sees(Done, "endorsement.owed.title")
    await traveller.takes()
    assert any("香港 个人旅游(G) 一次" in line for line in traveller.back)
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert (traveller.case(), len(stand.standing())) == (CaseState.PRINTED, 1)


async def lost_in_the_middle(traveller: Traveller) -> None:
    """The line goes, the head breaks meanwhile, the citizen is told that it stays open."""
    stand = traveller.stand
    await traveller.comes_to_pay()
    await traveller.pays()
    await while_printing(traveller)
    await stand.permit_unit.unplug()
    stand.permit_unit.break_head()
    await stand.person.sees(Done, "endorsement.doubt.title", within=200)
    stand.person.touches(Leave())
    await stand.person.sees(Sorry, "permit.stuck.title")


@story
async def test_progress_by_the_number_on_a_slip_says_the_state_and_no_name(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await traveller.pays()
    done = await stand.person.sees(Done, "endorsement.done.title")
    reference = dict(done.facts[-1].args)["reference"]
    await traveller.takes()
    stand.person.touches(Chosen("other"))
    await stand.until(lambda: traveller.is_open("progress"))
    stand.person.touches(Chosen("progress"))
    await stand.person.sees(PlaceCard)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed(str(reference)))
    view = await stand.person.sees(ChooseOne, "progress.title")
    assert [(row.refused.id, row.done) for row in view.rows if row.refused] == [("progress.state.printed", True)]
    assert "李" not in repr(view)
    stand.person.touches(Back())
    await at_rest(traveller)


@story
async def test_who_has_nothing_going_on_is_told_so_and_has_the_permit_back(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts("progress")
    assert (await stand.person.sees(ChooseOne)).title == text("progress.none")
    stand.person.touches(Back())
    await traveller.takes()
    await at_rest(traveller)


@story
async def test_a_number_that_nobody_has_shows_nothing(stand: Stand) -> None:
    await begins_by_number(Traveller(stand), "4" * 20)
    assert (await stand.person.sees(ChooseOne)).title == text("progress.none")


@story
async def test_central_gone_before_the_look_up_gives_the_permit_back_and_says_so(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts("progress")
    stand.network.up = False
    await gets_nothing_but_the_permit(traveller)


@story
async def test_a_department_that_does_not_answer_gives_the_permit_back_and_says_so(stand: Stand) -> None:
    traveller = Traveller(stand)
    stand.exit_entry.available = False
    await traveller.inserts("progress")
    await gets_nothing_but_the_permit(traveller)


async def gets_nothing_but_the_permit(traveller: Traveller) -> None:
    """First the card, then the sentence."""
    await traveller.takes()
    assert (await traveller.person.sees(Sorry)).title == text(CentralUnreachable.citizen)
    assert traveller.has_it()


async def begins_by_number(traveller: Traveller, number: str) -> None:
    """Choose the service, and type a number in the permit's place."""
    await traveller.person.comes()
    await traveller.stand.until(lambda: traveller.is_open("progress"))
    traveller.person.touches(Chosen("progress"))
    await traveller.person.sees(PlaceCard)
    traveller.person.touches(Chosen("other"))
    await traveller.person.sees(EnterNumber)
    traveller.person.touches(Typed(number))
