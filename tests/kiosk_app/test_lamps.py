"""The lamp at the slot blinks where the citizen must act, and nowhere else."""

import asyncio
from typing import get_args

import pytest

from kiosk_app.devices import Slot
from kiosk_app.fitted import ROLES
from kiosk_app.lamps import TAKEN_FROM, slots_of
from kiosk_app.money.amounts import Fen
from kiosk_app.views import Attract, ChooseMany, Done, IdleWarning, Marked, Pay, PlaceCard, Sorry, View, Working, text
from tests.stand import Stand, story_from_the_dark


def pay(title: str) -> Pay:
    return Pay(title=text(f"pay.title.{title}"), amount=Fen(100), purpose=text("pay.purpose"), reference="")


@pytest.mark.parametrize(
    ("view", "slots"),
    [
        (Attract(), set()),
        (PlaceCard(title=text("identify.title")), {"id_card_reader"}),
        (PlaceCard(title=text("identify.title"), slot="permit_unit"), {"permit_unit"}),
        (pay("preparing"), set()),
        (pay("insert_card"), {"card_terminal"}),
        (pay("enter_pin"), {"card_terminal"}),
        (pay("wrong_pin"), {"card_terminal"}),
        (pay("bank"), set()),
        (pay("remove_card"), {"card_terminal"}),
        (pay("approved"), set()),
        (pay("reversing"), set()),
        (Done(title=text("x"), take=("card", "receipt")), {"id_card_reader", "receipt_printer"}),
        (Done(title=text("x"), take=("permit", "chip_card")), {"permit_unit", "chip_card_reader"}),
        (Done(title=text("x"), take=("bank_card",)), {"card_terminal"}),
        (Done(title=text("x"), papers=("document_printer",)), {"document_printer"}),
        (Done(title=text("x"), take=("umbrella",)), set()),
        (Working(title=text("x"), waits_for=text("y")), set()),
        (Sorry(title=text("x"), detail=text("y")), set()),
    ],
)  # fmt: skip
def test_each_view_lights_the_slots_it_talks_of(view: View, slots: set[str]) -> None:
    assert slots_of(view) == slots


@story_from_the_dark
async def test_under_an_idle_warning_the_question_and_its_lamp_stand(stand: Stand) -> None:
    stand.fitted = {"cabinet"}
    await stand.start()
    await stand.person.sees(Attract)
    screen = stand.machine.desk.screen
    screen.put(PlaceCard(title=text("identify.title"), slot="card_terminal"))
    screen.put(IdleWarning(seconds=15))
    await stand.until(lambda: stand.lit() == ["card_terminal"], within=2)
    screen.forget()
    await stand.until(lambda: stand.lit() == [], within=2)


@story_from_the_dark
async def test_the_lamps_lead_through_a_visit(stand: Stand) -> None:
    stand.fitted = {"cabinet"}
    await stand.start()
    person = stand.person
    await person.begins()
    await person.sees(PlaceCard)
    await stand.until(lambda: stand.lit() == ["id_card_reader"], within=2)
    stand.id_card_reader.lay("zhang")
    await stand.until(lambda: stand.lit() == [], within=5)
    choosing = await person.sees(ChooseMany)
    person.touches(Marked(choosing.marked[:1]))
    await person.inserts_card()
    assert stand.lit() == ["card_terminal"]
    await person.types_pin()
    await person.sees(Done)
    await stand.until(lambda: {"id_card_reader", "receipt_printer"} <= set(stand.lit()), within=5)
    stand.receipt_printer.take_paper()
    stand.card_terminal.remove_card()
    await stand.until(lambda: stand.lit() == ["id_card_reader"], within=5)
    await person.goes()
    await stand.until(lambda: stand.lit() == [], within=5)


@story_from_the_dark
async def test_a_printer_that_cannot_see_the_slip_being_taken_blinks_while_the_proof_shows(stand: Stand) -> None:
    stand.fitted, stand.presenter = {"cabinet"}, False
    await stand.start()
    await stand.person.pays_a_fine()
    stand.person.takes_everything()
    await stand.until(lambda: stand.lit() == ["receipt_printer"], within=5)
    await stand.person.goes()
    await stand.until(lambda: stand.lit() == [], within=5)


@story_from_the_dark
async def test_a_board_that_was_away_shows_what_is_true_when_it_is_back(stand: Stand) -> None:
    stand.fitted = {"cabinet"}
    await stand.start()
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    await stand.until(lambda: stand.lit() == ["id_card_reader"], within=2)
    await stand.cabinet.unplug()
    await asyncio.sleep(10)
    assert stand.lit() == []
    await stand.cabinet.plug_in()
    await stand.until(lambda: stand.lit() == ["id_card_reader"], within=10)


def test_every_slot_that_a_view_can_name_may_have_a_lamp() -> None:
    slots = set(get_args(Slot))
    assert {*TAKEN_FROM.values(), "id_card_reader", "card_terminal"} <= slots <= set(ROLES)
