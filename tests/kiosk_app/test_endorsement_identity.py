"""Whose permit it is, and who stands there: every way to show it, and what central hears of each."""

import msgspec
import pytest
import sqlalchemy as sa

from central.catalogue import SHIPPED, read
from central.departments.exit_entry import faults
from central.departments.exit_entry.samples import SAMPLES
from central.departments.exit_entry.tables import holder as holders
from central.tables import event as events
from hardware.simulators.samples import CARDS
from kiosk_app.contract import Event
from kiosk_app.contract.exit_entry import CaseState, IdentityChecked
from kiosk_app.errors import CameraCovered, FaceVisitLost
from kiosk_app.views import (
    Attract,
    Back,
    ChooseMany,
    Chosen,
    Consent,
    Done,
    Leave,
    LivePortrait,
    Menu,
    PlaceCard,
    Sorry,
)
from tests.faces import Someone
from tests.stand import Stand, story, story_from_the_dark, story_without_booth
from tests.traveller import HK_ONCE, Traveller, at_rest


def checks(stand: Stand) -> list[tuple[str, str]]:
    """Way and result of every check that central has heard of, oldest first."""
    with stand.engine.connect() as central:
        rows = central.execute(sa.select(events.c.raw).where(events.c.stream == "audit").order_by(events.c.seq)).all()
    told = [msgspec.json.decode(row.raw, type=Event) for row in rows]
    found = [event.body["check"] for event in told if event.schema == IdentityChecked.__struct_config__.tag]
    return [(check["way"], check["result"]) for check in found]


async def declines(stand: Stand) -> None:
    await stand.person.sees(Consent, "consent.title")
    stand.person.touches(Chosen("decline"))


async def to_the_end(traveller: Traveller) -> None:
    """From the choice to the card in hand."""
    await traveller.chooses(HK_ONCE)
    await traveller.pays()
    await traveller.person.sees(Done, "endorsement.done.title")
    await traveller.takes()
    traveller.stand.card_terminal.remove_card()
    traveller.stand.id_card_reader.lift()
    traveller.person.touches(Leave())
    await at_rest(traveller)
    assert traveller.case() is CaseState.PRINTED


async def goes_to_the_counter(traveller: Traveller, why: str) -> None:
    """The card first, then the words; nothing is paid."""
    await traveller.person.sees(Done, "permit.take.title")
    await traveller.takes()
    assert (await traveller.person.sees(Sorry, "counter.title")).detail.id == why
    traveller.stand.id_card_reader.lift()
    traveller.person.touches(Leave())
    await at_rest(traveller)
    assert traveller.stand.books_here.entries(kind="payment") == []


@story
async def test_central_hears_of_a_face_that_was_the_same(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await traveller.agrees()
    await to_the_end(traveller)
    assert checks(stand) == [("face", "same")]


@story
async def test_the_identity_card_does_it_for_who_declines_the_face_check(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await declines(stand)
    await stand.person.sees(PlaceCard, "identify.title")
    stand.id_card_reader.lay("li")
    await to_the_end(traveller)
    assert checks(stand) == [("id_card", "same")]
    assert not any(isinstance(view, LivePortrait) for _, view in stand.glass.seen)


@story
async def test_another_persons_identity_card_does_not(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await declines(stand)
    await stand.person.sees(PlaceCard, "identify.title")
    stand.id_card_reader.lay("zhang")
    await goes_to_the_counter(traveller, "counter.not_holder")
    assert checks(stand) == [("id_card", "not_same")]


@story
async def test_an_identity_card_of_another_kind_is_for_staff_to_decide(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await declines(stand)
    await stand.person.sees(PlaceCard, "identify.title")
    stand.id_card_reader.lay("chan")
    await goes_to_the_counter(traveller, "counter.card_unfit")
    assert checks(stand) == [("id_card", "staff")]


@story
async def test_who_has_no_identity_card_here_goes_to_the_counter(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await declines(stand)
    await stand.person.sees(PlaceCard, "identify.title")
    stand.person.touches(Chosen("other"))
    await goes_to_the_counter(traveller, "counter.no_card")
    assert checks(stand) == [("declined", "staff")]
    assert "没有身份证" in stand.slips()[0]


@story
async def test_back_from_the_identity_card_asks_for_consent_again(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await declines(stand)
    await stand.person.sees(PlaceCard, "identify.title")
    stand.person.touches(Back())
    await traveller.agrees()
    await to_the_end(traveller)
    assert checks(stand) == [("face", "same")]


@story_without_booth
async def test_without_a_camera_the_menu_says_so_first_and_the_identity_card_does_it(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await stand.until(lambda: stand.heartbeat().services["endorsement"] == "open")
    traveller = Traveller(stand)
    await traveller.inserts()
    assert any("menu.note.no_face" in {note.id for note in view.notes} for _, view in stand.glass.seen
               if isinstance(view, Menu))  # fmt: skip
    await stand.person.sees(PlaceCard, "identify.title")
    stand.id_card_reader.lay("li")
    await to_the_end(traveller)
    assert checks(stand) == [("id_card", "same")]
    assert not any(isinstance(view, Consent) for _, view in stand.glass.seen)  # nothing was asked that cannot be done


@story
async def test_without_a_reader_who_declines_is_sent_to_the_counter(stand: Stand) -> None:
    await stand.id_card_reader.unplug()
    traveller = Traveller(stand)
    await traveller.inserts()
    await declines(stand)
    await goes_to_the_counter(traveller, "counter.declined")
    assert checks(stand) == [("declined", "staff")]


@story
async def test_central_hears_of_a_face_that_was_not_the_same(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    stand.scene.enter(Someone("zhang"))
    await traveller.agrees()
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("counter"))
    await goes_to_the_counter(traveller, "counter.not_same")
    assert checks(stand) == [("face", "not_same")]


@story
async def test_staff_decides_on_a_face_that_is_nearly_the_same(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    stand.analyst.distance = 0.55
    await traveller.agrees()
    await goes_to_the_counter(traveller, "counter.staff")
    assert checks(stand) == [("face", "staff")]


@story
async def test_a_camera_that_fails_in_the_middle_leaves_the_identity_card(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.person.sees(Consent, "consent.title")
    stand.person.touches(Chosen("agree"))
    await stand.person.sees(LivePortrait)
    stand.scene.covered = CameraCovered("camera")
    await stand.person.sees(PlaceCard, "identify.title")
    stand.id_card_reader.lay("li")
    await to_the_end(traveller)
    assert checks(stand) == [("face", "staff"), ("id_card", "same")]


@story
async def test_who_cannot_make_the_gestures_has_the_identity_card(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.person.sees(Consent, "consent.title")
    stand.person.touches(Chosen("agree"))
    await stand.person.sees(Sorry, "face.failed.too_slow")
    stand.person.touches(Chosen("counter"))
    await stand.person.sees(PlaceCard, "identify.title")
    stand.id_card_reader.lay("li")
    await to_the_end(traveller)
    assert checks(stand) == [("face", "staff"), ("id_card", "same")]


@story
async def test_without_a_picture_at_central_no_face_is_asked_for(stand: Stand) -> None:
    with stand.engine.begin() as central:
        central.execute(holders.update().values(portrait=b""))
    traveller = Traveller(stand)
    await traveller.inserts()
    await stand.person.sees(PlaceCard, "identify.title")
    stand.id_card_reader.lay("li")
    await to_the_end(traveller)
    assert checks(stand) == [("id_card", "same")]


@story
async def test_a_way_that_the_rules_do_not_name_is_not_offered(stand: Stand) -> None:
    rules = read(SHIPPED, faults)
    stand.front.catalogue.publish(msgspec.structs.replace(rules, ways=["face"]))
    traveller = Traveller(stand)
    await traveller.inserts()
    await declines(stand)
    await goes_to_the_counter(traveller, "counter.declined")


@story
async def test_a_face_host_that_ends_in_the_middle_lets_the_check_begin_again(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.inserts()
    analyst = stand.analyst
    analyst.breaks.append(FaceVisitLost("face_analyst"))
    await traveller.agrees()
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("again"))
    await stand.person.sees(LivePortrait)
    await traveller.obeys()
    await to_the_end(traveller)
    assert not analyst.holds


# --- the identity card first ---


@story_from_the_dark
async def test_card_first_reads_the_identity_card_before_the_permit(stand: Stand) -> None:
    traveller = await comes_with_card_first(stand, "li")
    await traveller.puts_in()
    await declines(stand)  # it was read already: it is not asked for again
    await stand.person.sees(ChooseMany, "endorsement.destination.title")
    views = [type(view).__name__ for _, view in stand.glass.seen if isinstance(view, PlaceCard)]
    assert len(views) == 2  # one for the identity card, one for the permit
    stand.person.touches(Leave())
    await traveller.takes()
    stand.id_card_reader.lift()
    await at_rest(traveller)
    assert checks(stand) == [("id_card", "same")]


@story_from_the_dark
async def test_card_first_refuses_another_persons_permit(stand: Stand) -> None:
    traveller = await comes_with_card_first(stand, "zhang")
    await traveller.puts_in()
    take = await stand.person.sees(Done, "permit.take.title")
    assert [warning.id for warning in take.warnings] == ["refused.not-the-holder"]
    await traveller.takes()
    stand.id_card_reader.lift()
    await stand.person.sees(Sorry, "refused.not-the-holder")
    stand.person.touches(Leave())
    await at_rest(traveller)


@story_from_the_dark
async def test_card_first_without_one_goes_to_the_counter_before_a_permit_is_taken(stand: Stand) -> None:
    traveller = await comes_with_card_first(stand, "")
    assert (await stand.person.sees(Sorry, "counter.title")).detail.id == "counter.no_card"
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert stand.books_here.entries(kind="permit") == []


async def comes_with_card_first(stand: Stand, card: str) -> Traveller:
    """Up to the identity card, on a machine that wants it first; "": there is none."""
    stand.card_first = True
    await stand.start()
    traveller = Traveller(stand)
    await stand.person.comes()
    await stand.until(lambda: traveller.is_open("endorsement"))
    stand.person.touches(Chosen("endorsement"))
    await stand.person.sees(PlaceCard, "identify.title")
    if card:
        stand.id_card_reader.lay(card)
    else:
        stand.person.touches(Chosen("other"))
    return traveller


@pytest.mark.parametrize("key", ["li", "zhang"])
def test_sample_permits_and_identity_cards_are_of_the_same_people(key: str) -> None:
    assert (SAMPLES[key].name, SAMPLES[key].birth) == (CARDS[key].text.name, CARDS[key].text.birth)
