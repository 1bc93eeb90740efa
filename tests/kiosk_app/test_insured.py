"""Who is insured: either card, both compared, and a reader that is broken leaves the other."""

import asyncio

from hardware.simulators.chip_card import sample
from kiosk_app.views import Back, Menu, PlaceCard, Sorry, Table, text
from tests.social import begins, shows
from tests.stand import Stand, story


@story
async def test_the_identity_card_says_who_it_is(stand: Stand) -> None:
    page = await shows(stand, "rights_record", "zhang", Table)
    assert dict(page.title.args) == {"name": "张**"}


@story
async def test_so_does_the_social_security_card(stand: Stand) -> None:
    place = await begins(stand, "rights_record")
    assert place.title == text("insured.title.either")
    stand.chip_card_reader.insert("zhang")
    assert dict((await stand.person.sees(Table)).title.args) == {"name": "张**"}


@story
async def test_both_cards_of_one_person_are_one_person(stand: Stand) -> None:
    stand.chip_card_reader.insert("zhang")
    assert (await shows(stand, "rights_record", "zhang", Table)).rows


@story
async def test_two_cards_of_two_persons_identify_nobody(stand: Stand) -> None:
    await begins(stand, "rights_record")
    stand.chip_card_reader.insert("wang")
    stand.id_card_reader.lay("zhang")
    again = await stand.person.sees(PlaceCard)
    assert again.problem == text("error.cards_differ")
    stand.chip_card_reader.remove()
    stand.id_card_reader.lift()
    await asyncio.sleep(2)
    stand.id_card_reader.lay("zhang")
    await stand.person.sees(Table)


@story
async def test_a_bank_card_in_the_slot_is_no_second_card(stand: Stand) -> None:
    stand.chip_card_reader.insert("bank card")
    await begins(stand, "rights_record")
    await stand.until(lambda: getattr(stand.glass.view, "problem", None) == text("error.chip_card_refused"))
    stand.id_card_reader.lay("zhang")
    await stand.person.sees(Table)


@story
async def test_a_reader_that_dies_leaves_the_other_one(stand: Stand) -> None:
    await begins(stand, "rights_record")
    await stand.id_card_reader.unplug()
    await asyncio.sleep(5)
    stand.chip_card_reader.insert("zhang")
    await stand.person.sees(Table)


@story
async def test_with_a_dead_reader_only_the_other_card_is_asked_for(stand: Stand) -> None:
    await stand.id_card_reader.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("id_card_reader"))
    place = await begins(stand, "rights_record")
    assert (place.title, place.slot) == (text("insured.title.chip"), "chip_card_reader")


@story
async def test_without_any_reader_the_menu_says_so_before_anybody_begins(stand: Stand) -> None:
    await stand.id_card_reader.unplug()
    await stand.chip_card_reader.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("id_card_reader"))
    await stand.until(lambda: not stand.machine.parts().serves("chip_card_reader"))
    menu = await stand.person.comes()
    closed = {item.key: item.closed for item in menu.items}
    assert closed["rights_record"] == text("menu.closed.device", device=text("device.id_card_reader"))


@story
async def test_a_card_whose_number_cannot_be_true_is_refused(stand: Stand) -> None:
    await begins(stand, "rights_record")
    stand.chip_card_reader.put(sample("wrong way round"))
    await stand.until(lambda: getattr(stand.glass.view, "problem", None) == text("error.chip_card_not_read"))


@story
async def test_somebody_who_is_not_insured_is_sent_to_the_counter(stand: Stand) -> None:
    sorry = await shows(stand, "rights_record", "foreigner_2023", Sorry)
    assert sorry.title == text("refused.unknown-insured")


@story
async def test_back_from_the_card_is_the_menu(stand: Stand) -> None:
    await begins(stand, "rights_record")
    stand.person.touches(Back())
    await stand.person.sees(Menu)
