"""Paying traffic fines, from the citizen's side of the glass."""

import asyncio
from dataclasses import replace

import pytest

from hardware.simulators.samples import CARDS, SampleCard
from kiosk_app.views import (
    Attract,
    Back,
    ChooseMany,
    Chosen,
    Done,
    EnterNumber,
    Leave,
    Marked,
    Menu,
    Pay,
    PlaceCard,
    Sorry,
    Typed,
    Working,
    text,
)
from tests.stand import CAMERA, MARKING, PARKING, SIGN, WRONG_LANE, Stand, story


@story
async def test_a_citizen_pays_a_fine_by_card(stand: Stand) -> None:
    person = stand.person
    await person.sees(Attract)
    person.touches(Chosen("begin"))
    menu = await person.sees(Menu)
    assert [item.closed for item in menu.items if item.key == "traffic_fines"] == [None]
    person.touches(Chosen("traffic_fines"))

    await person.sees(PlaceCard)
    stand.id_card_reader.lay("zhang")
    open_ = await person.sees(ChooseMany, "fines.choose.title")
    assert dict(open_.title.args) == {"name": "张**", "count": 4}
    person.touches(Marked((PARKING,)))

    await person.sees(Pay, "pay.title.insert_card")
    stand.card_terminal.insert("sample")
    pay = await person.sees(Pay, "pay.title.enter_pin")
    assert (pay.amount, pay.cancellable) == (20000, False)
    stand.card_terminal.type_pin("123456")
    await person.sees(Pay, "pay.title.bank")
    await person.sees(Pay, "pay.title.remove_card")
    stand.card_terminal.remove_card()

    done = await person.sees(Done, "done.title.paid")
    assert done.amount == 20000
    assert [fact.id for fact in done.facts] == ["done.fact.decision", "done.fact.reference", "done.fact.reported"]
    assert set(done.take) == {"card", "receipt", "bank_card"}
    assert done.warnings == ()
    stand.receipt_printer.take_paper()
    stand.id_card_reader.lift()
    person.touches(Leave())
    await person.sees(Attract)

    assert stand.states() == ["intended", "requested", "approved", "fulfilled", "completed", "settled"]
    assert [booking.amount for booking in stand.standing()] == [20000]
    assert stand.books().held == 20000
    [slip] = stand.slips()
    assert PARKING in slip
    assert pay.reference in slip
    assert stand.glass.forgotten == 1


@pytest.mark.parametrize("card", CARDS)
@story
async def test_every_card_of_the_family_is_answered_by_the_department(stand: Stand, card: str) -> None:
    await stand.person.begins()
    await stand.person.shows_card(card)


@story
async def test_a_card_whose_number_cannot_be_true_is_refused_and_another_one_is_taken(stand: Stand) -> None:
    zhang = CARDS["zhang"].text
    forged = replace(zhang, number=zhang.number[:6] + "1900" + zhang.number[10:])
    stand.id_card_reader.cards = {**CARDS, "forged": SampleCard(forged)}
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("forged")
    await stand.until(lambda: getattr(stand.glass.view, "problem", None) == text("error.card_refused"))
    stand.id_card_reader.lift()
    await asyncio.sleep(2)
    stand.id_card_reader.lay("zhang")
    await stand.person.sees(ChooseMany)


@story
async def test_a_card_that_is_tapped_needs_no_pin_for_a_small_amount(stand: Stand) -> None:
    await stand.person.comes_to_pay(WRONG_LANE)
    await stand.person.sees(Pay, "pay.title.insert_card")
    stand.card_terminal.tap("sample")
    done = await stand.person.sees(Done)
    assert done.amount == 10000


async def _types(stand: Stand, number: str) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed(number))


@story
async def test_a_decision_is_paid_by_its_16_digits_without_any_card(stand: Stand) -> None:
    await _types(stand, PARKING)
    choose = await stand.person.sees(ChooseMany, "fines.choose.title_number")
    assert [row.key for row in choose.rows] == [PARKING]
    stand.person.touches(Marked((PARKING,)))
    await stand.person.pays()
    done = await stand.person.sees(Done)
    assert done.take == ("receipt", "bank_card")
    await stand.until(lambda: stand.states()[-1] == "settled")


@story
async def test_15_digits_are_completed_by_the_department(stand: Stand) -> None:
    await _types(stand, PARKING[:15])
    choose = await stand.person.sees(ChooseMany)
    assert [row.key for row in choose.rows] == [PARKING]
    assert choose.rows[0].lines[0] == text("done.fact.decision", number=PARKING)  # to compare with the paper


@story
async def test_a_wrong_number_is_asked_again_with_a_sentence_and_what_was_typed(stand: Stand) -> None:
    wrong = PARKING[:15] + str((int(PARKING[15]) + 1) % 10)
    await _types(stand, wrong)
    again = await stand.person.sees(EnterNumber)
    assert again.problem is not None
    assert (again.problem.id, again.value) == ("fines.number.wrong_check", wrong)
    stand.person.touches(Typed("440703999999999"))
    again = await stand.person.sees(EnterNumber)
    assert again.problem is not None
    assert again.problem.id == "fines.number.unknown"
    stand.person.touches(Typed(PARKING))
    await stand.person.sees(ChooseMany)


@story
async def test_back_from_the_number_is_the_card_again_and_back_from_the_card_the_menu(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Back())
    await stand.person.sees(PlaceCard)
    stand.person.touches(Back())
    await stand.person.sees(Menu)


@story
async def test_who_has_nothing_open_is_told_so(stand: Stand) -> None:
    await stand.person.begins()
    view = await stand.person.shows_card("foreigner_2023")
    assert (view.title.id, view.rows, view.marked) == ("fines.choose.none", (), ())
    stand.person.touches(Leave())
    await stand.person.sees(Attract)


@story
async def test_a_camera_record_is_shown_with_the_reason_and_cannot_be_paid(stand: Stand) -> None:
    await stand.person.begins()
    choose = await stand.person.shows_card("zhang")
    reasons = {row.key: row.refused.id for row in choose.rows if row.refused}
    assert reasons[CAMERA] == "fines.refused.not_handled"
    assert CAMERA not in choose.marked
    stand.person.touches(Marked((CAMERA,)))
    again = await stand.person.sees(ChooseMany)
    assert again == choose
    assert stand.standing() == []


@story
async def test_only_what_was_marked_is_paid(stand: Stand) -> None:
    await stand.person.comes_to_pay(PARKING, WRONG_LANE)
    pay = await stand.person.sees(Pay, "pay.title.insert_card")
    assert pay.amount == 20000 + 10000
    stand.card_terminal.insert("sample")
    await stand.person.types_pin()
    await stand.person.sees(Done)
    await stand.person.goes()
    await stand.person.begins()
    left = await stand.person.shows_card("zhang")
    assert set(left.marked) == {MARKING, SIGN}


@story
async def test_back_from_the_choice_is_the_card_again(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.shows_card("zhang")
    stand.person.touches(Back())
    lift = await stand.person.sees(PlaceCard)
    lift = await stand.person.sees(PlaceCard)
    assert lift.problem is not None
    stand.id_card_reader.lift()
    await asyncio.sleep(2)
    stand.id_card_reader.lay("li")
    await stand.person.sees(ChooseMany)


@story
async def test_a_card_lifted_too_early_asks_to_lay_it_again(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("zhang")
    await stand.until(lambda: stand.id_card_reader._step.name == "SELECT")
    stand.id_card_reader.lift()
    again = await stand.person.sees(PlaceCard)
    assert again.problem is not None
    assert again.problem.id == "error.card_not_read"
    stand.id_card_reader.lay("zhang")
    await stand.person.sees(ChooseMany)


@story
async def test_a_card_that_is_no_identity_card_is_refused_with_a_sentence(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay_foreign_card()
    again = await stand.person.sees(PlaceCard)
    assert again.problem is not None
    assert again.problem.id == "error.card_refused"


@story
async def test_with_a_dead_reader_the_number_is_asked_at_once_and_the_menu_says_so(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await stand.id_card_reader.unplug()
    await stand.until(lambda: not stand.machine.parts().conditions["id_card_reader"].serves)
    stand.person.touches(Chosen("begin"))
    menu = await stand.person.sees(Menu)
    assert [note.id for note in menu.notes] == ["menu.note.no_id_reader"]
    stand.person.touches(Chosen("traffic_fines"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Back())
    await stand.person.sees(Menu)


@story
async def test_a_reader_that_dies_while_the_card_is_awaited_leads_to_the_number(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    await stand.id_card_reader.unplug()
    await stand.person.sees(EnterNumber)


@story
async def test_central_gone_before_the_look_up_is_said_and_nothing_is_taken(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.network.up = False
    stand.id_card_reader.lay("zhang")
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "error.central_unreachable"
    stand.person.touches(Chosen("back"))
    menu = await stand.person.sees(Menu)
    assert stand.books_here.entries() == []
    await stand.until(lambda: not stand.machine.reporting.online)
    menu = await stand.person.sees(Menu)
    assert menu.items[0].closed is not None
    assert menu.items[0].closed.id == "menu.closed.central"


@story
async def test_when_the_network_is_back_one_touch_asks_again_and_nothing_is_typed_twice(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.sees(PlaceCard)
    stand.network.up = False
    stand.id_card_reader.lay("zhang")
    await stand.person.sees(Sorry)
    stand.network.up = True
    stand.person.touches(Chosen("again"))
    assert (await stand.person.sees(ChooseMany)).rows


# --- papers ----------------------------------------------------------------------------------------------------


@story
async def test_a_receipt_printer_dead_before_the_payment_does_not_stop_it(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await stand.receipt_printer.unplug()
    await stand.until(lambda: not stand.machine.parts().conditions["receipt_printer"].serves)
    done = await stand.person.pays_a_fine()
    assert done.title.id == "done.title.paid_no_receipt"
    assert [warning.id for warning in done.warnings] == ["done.warning.receipt_failed"]
    assert [key for key, _ in done.actions] == ["document", "other"]
    assert stand.papers_of() == ["intended", "failed"]
    await stand.person.goes()
    assert stand.states()[-1] == "settled"


@story
async def test_a_receipt_printer_that_dies_after_the_payment_leaves_the_proof_on_the_screen(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    await stand.receipt_printer.unplug()
    await stand.until(lambda: not stand.machine.parts().conditions["receipt_printer"].serves)
    stand.id_card_reader.lift()
    stand.card_terminal.remove_card()
    await stand.until(lambda: getattr(stand.glass.view, "take", None) == ())
    assert isinstance(stand.glass.view, Done)
    stand.person.touches(Leave())
    await stand.person.sees(Attract)


@story
async def test_a_receipt_printer_that_falls_silent_after_the_payment_leaves_the_proof_on_the_screen(
    stand: Stand,
) -> None:
    await stand.person.pays_a_fine()
    stand.receipt_printer.freeze()
    stand.id_card_reader.lift()
    stand.card_terminal.remove_card()
    await stand.until(lambda: getattr(stand.glass.view, "take", None) == ())
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)


@story
async def test_paper_that_ends_in_the_slip_is_said_and_the_slip_is_printed_again_after_a_refill(stand: Stand) -> None:
    stand.receipt_printer.paper_out_next()
    done = await stand.person.pays_a_fine()
    assert [warning.id for warning in done.warnings] == ["done.warning.receipt_failed"]
    stand.receipt_printer.refill()
    await stand.until(lambda: stand.machine.parts().conditions["receipt_printer"].serves)
    await stand.until(lambda: "again" in dict(getattr(stand.glass.view, "actions", ())))
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Working, "work.printing_receipt")
    done = await stand.person.sees(Done)
    assert (done.title.id, done.warnings) == ("done.title.paid", ())
    assert stand.papers_of() == ["intended", "failed", "intended", "printed"]


@story
async def test_the_voucher_is_printed_on_request(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.person.touches(Chosen("document"))
    await stand.person.sees(Working, "work.printing_document")
    done = await stand.person.sees(Done)
    assert done.warnings == (), "paper that came out is named once, among what is to be taken"
    assert "document_printer" in done.papers
    assert len(stand.document_printer.papers) == 1
    assert stand.papers_of("document") == ["intended", "printed"]


@story
async def test_the_voucher_is_made_beside_the_loop_that_the_screen_lives_on(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.person.touches(Chosen("document"))
    await stand.person.sees(Working, "work.printing_document")
    await stand.person.sees(Done)
    assert stand.made_aside == stand.document_printer.papers


@story
async def test_a_voucher_nobody_confirms_is_called_sent(stand: Stand) -> None:
    stand.document_printer.confirms = False
    await stand.person.pays_a_fine()
    stand.person.touches(Chosen("document"))
    done = await stand.person.sees(Done)
    assert [warning.id for warning in done.warnings] == ["done.warning.document_sent"]
    assert stand.papers_of("document") == ["intended", "sent"]


@story
async def test_a_voucher_that_jams_is_said_and_the_receipt_can_still_be_printed(stand: Stand) -> None:
    stand.document_printer.jam_next()
    await stand.person.pays_a_fine()
    stand.person.touches(Chosen("document"))
    done = await stand.person.sees(Done)
    assert [warning.id for warning in done.warnings] == ["done.warning.document_failed"]
    assert [key for key, _ in done.actions] == ["again", "other"]
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Done)
    assert len(stand.slips()) == 2


@story
async def test_another_service_goes_back_to_the_menu_without_forgetting_the_language(stand: Stand) -> None:
    stand.glass.language = "en"
    await stand.person.pays_a_fine()
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    assert (stand.glass.language, stand.glass.forgotten) == ("en", 0)


@story
async def test_the_last_view_is_shown_as_long_as_the_configuration_says(stand: Stand) -> None:
    done = await stand.person.pays_a_fine()
    assert done.seconds == stand.patience.done
