"""A proof once more: whose it is, what is needed to have it, and that it is never another original."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hardware.simulators.samples import CARDS
from kiosk_app.contract.cases import MyCase
from kiosk_app.devices import Slip
from kiosk_app.errors import StoreError
from kiosk_app.money.amounts import Fen
from kiosk_app.ports import KeptProof
from kiosk_app.views import (
    Attract,
    ChooseMany,
    ChooseOne,
    Chosen,
    Done,
    EnterNumber,
    Marked,
    Menu,
    PlaceCard,
    Sorry,
    Typed,
    text,
)
from offline_cache.proofs import KEEP, SqlProofs
from tests.social import begins
from tests.stand import Stand, story, story_from_the_dark

MARK = "本机第 1 次补打"


async def has_paid(stand: Stand, *, by_number: bool = False) -> str:
    """Somebody pays a fine, takes everything and goes; the reference of their slip."""
    if by_number:
        await stand.person.begins()
        await stand.person.sees(PlaceCard)
        stand.person.touches(Chosen("other"))
        await stand.person.sees(EnterNumber)
        await pays_this(stand, "440703100000018")
    else:
        await stand.person.pays_a_fine()
    reference: str = stand.books_here.entries(kind="payment")[-1].reference
    await stand.until(lambda: stand.states(reference)[-1] == "settled")
    await stand.person.goes()
    return reference


async def pays_this(stand: Stand, number: str) -> None:
    stand.person.touches(Typed(number))
    shown = await stand.person.sees(ChooseMany)
    stand.person.touches(Marked(shown.marked))
    await stand.person.pays()
    await stand.person.sees(Done)


async def lists(stand: Stand, who: str = "zhang") -> ChooseOne:
    """Lay the card down; what can be printed again."""
    await begins(stand, "reprint")
    stand.id_card_reader.lay(who)
    return await stand.person.sees(ChooseOne)


async def types_number(stand: Stand, reference: str) -> None:
    await begins(stand, "reprint")
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber, "reprint.number.title")
    stand.person.touches(Typed(reference))


async def types_sum(stand: Stand, fen: int) -> None:
    await stand.person.sees(EnterNumber, "reprint.sum.title")
    stand.person.touches(Typed(str(fen)))


def paid(stand: Stand, reference: str) -> Fen:
    return Fen(stand.books_here.entries(reference=reference, kind="payment")[-1].body["amount"])


def marks(stand: Stand, reference: str) -> list[Any]:
    return [entry.body["number"] for entry in stand.books_here.entries(reference=reference, kind="reprint")]


@story
async def test_a_lost_proof_is_printed_again_for_its_holder_and_marked(stand: Stand) -> None:
    reference = await has_paid(stand)
    [original] = stand.slips()
    page = await lists(stand)
    assert page.rows[0].key == reference
    assert page.rows[0].amount == paid(stand, reference)
    stand.person.touches(Chosen(reference))
    done = await stand.person.sees(Done, "reprint.done.printed")
    assert done.facts[0] == text("reprint.done.marked", number=1)
    again = stand.slips()[-1]
    assert again.startswith("补打件")
    assert MARK in again
    assert "目前状态 已缴费" in again
    assert again.endswith(original)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)


@story
async def test_no_two_papers_have_the_same_number_and_every_one_is_in_the_journal(stand: Stand) -> None:
    reference = await has_paid(stand)
    await lists(stand)
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Done)
    stand.receipt_printer.paper_out_next()
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Done, "reprint.done.failed")
    stand.receipt_printer.refill()
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Done, "reprint.done.printed")
    assert "本机第 3 次补打" in stand.slips()[-1]
    assert marks(stand, reference) == [1, 2, 3]


@story
async def test_a_second_slip_of_the_same_visit_is_no_original_either(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.person.touches(Chosen("again"))
    await stand.until(lambda: len(stand.slips()) == 2)
    first, second = stand.slips()
    assert MARK not in first
    assert MARK in second


@story
async def test_a_store_that_dies_in_the_visit_does_not_keep_the_second_slip_back(stand: Stand) -> None:
    await stand.person.pays_a_fine()
    stand.kill_store()
    stand.person.touches(Chosen("again"))
    await stand.until(lambda: len(stand.slips()) == 2)
    second = stand.slips()[-1]
    assert second.startswith("补打件")
    assert "本机第" not in second
    await stand.person.sees(Done)


@story
async def test_a_slip_that_never_came_out_is_an_original_when_it_does(stand: Stand) -> None:
    stand.receipt_printer.paper_out_next()
    await stand.person.pays_a_fine()
    stand.receipt_printer.refill()
    await stand.until(lambda: "again" in dict(getattr(stand.glass.view, "actions", ())))
    stand.person.touches(Chosen("again"))
    await stand.until(lambda: len(stand.slips()) == 1)
    assert "补打" not in stand.slips()[0]


# --- whose it is -----------------------------------------------------------------------------------------------


@story
async def test_nobody_gets_the_proof_of_somebody_else(stand: Stand) -> None:
    await has_paid(stand)
    await begins(stand, "reprint")
    stand.id_card_reader.lay("wang")
    sorry = await stand.person.sees(Sorry, "reprint.none.title")
    assert sorry.detail == text("reprint.none.detail")
    assert len(stand.slips()) == 1


@story
async def test_the_number_of_a_slip_with_a_name_behind_it_needs_its_holders_card(stand: Stand) -> None:
    reference = await has_paid(stand)
    assert SqlProofs(stand.store).of_nobody(reference) is None
    await types_number(stand, reference)
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("wang")
    await stand.person.sees(Sorry, "reprint.none.title")
    assert len(stand.slips()) == 1


@story
async def test_the_holder_finds_one_slip_by_its_number_also_without_central(stand: Stand) -> None:
    reference = await has_paid(stand)
    stand.network.up = False
    await types_number(stand, reference)
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("zhang")
    page = await stand.person.sees(ChooseOne)
    assert [row.key for row in page.rows] == [reference]
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Done, "reprint.done.printed")


@story
async def test_a_slip_of_nobody_needs_its_number_and_its_sum(stand: Stand) -> None:
    reference = await has_paid(stand, by_number=True)
    await types_number(stand, reference)
    await types_sum(stand, 1)
    again = await stand.person.sees(EnterNumber, "reprint.sum.title")
    assert again.problem == text("reprint.sum.wrong")
    stand.person.touches(Typed(str(paid(stand, reference))))
    await stand.person.sees(Done, "reprint.done.printed")
    assert MARK in stand.slips()[-1]


@story
async def test_who_guesses_at_a_sum_is_sent_to_a_counter(stand: Stand) -> None:
    reference = await has_paid(stand, by_number=True)
    await types_number(stand, reference)
    for guess in (1, 2, 3):
        await types_sum(stand, guess)
    sorry = await stand.person.sees(Sorry, "reprint.none.title")
    assert sorry.detail == text("reprint.sum.over")
    assert len(stand.slips()) == 1


@story
async def test_whose_a_proof_is_cannot_be_read_from_the_store(stand: Stand) -> None:
    await has_paid(stand)
    rows = stand.store.read(lambda connection: connection.execute("SELECT * FROM proof").fetchall())
    [(_, _, whose, body)] = rows
    card = CARDS["zhang"].text
    for said in (card.number.encode(), card.name.encode()):
        assert said not in whose
        assert said not in body


@story
async def test_of_several_proofs_the_number_of_one_brings_that_one(stand: Stand) -> None:
    reference = await has_paid(stand)
    shelf, holder = SqlProofs(stand.store), CARDS["zhang"].text.number
    [proof] = shelf.of_holder(holder)
    shelf.keep(replace(proof, reference="90000000000000000001"), holder)
    rows = stand.store.read(lambda connection: connection.execute("SELECT whose FROM proof").fetchall())
    assert len({whose for (whose,) in rows}) == 2  # nor can it be seen that both are of one person
    await types_number(stand, reference)
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("zhang")
    page = await stand.person.sees(ChooseOne)
    assert [row.key for row in page.rows] == [reference]


@story
async def test_of_what_never_came_to_be_there_is_no_proof(stand: Stand) -> None:
    def mine(*_: object) -> list[MyCase]:
        return [
            MyCase(number=f"A-{state}", what="living", state=state, at=stand.clock.now())
            for state in ("done", "applied", "approved", "lapsed", "given_back")
        ]

    stand.front.social.mine = mine  # type: ignore[method-assign,assignment] # a department with a history
    page = await lists(stand)
    assert [row.key for row in page.rows] == ["A-done"]


@story
async def test_a_disk_that_is_full_keeps_what_is_left_for_money_and_not_for_proofs(stand: Stand) -> None:
    await stand.person.comes()
    stand.fill_disk()
    proof = KeptProof("90000000000000000001", stand.clock.now(), "cases.what.fines", Fen(1), Slip(()))
    with pytest.raises(StoreError):
        SqlProofs(stand.store).keep(proof, "")
    assert SqlProofs(stand.store).of_nobody(proof.reference) is None


# --- central and time ------------------------------------------------------------------------------------------


@story
async def test_without_central_the_list_says_what_it_leaves_out(stand: Stand) -> None:
    reference = await has_paid(stand)
    stand.network.up = False
    await stand.person.sees(Sorry, "sorry.title.closed", within=200)
    stand.person.touches(Chosen("begin"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("reprint"))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lay("zhang")
    page = await stand.person.sees(ChooseOne)
    assert page.subtitle == text("reprint.only_here")
    assert [row.key for row in page.rows] == [reference]


@story
async def test_what_the_shelf_has_forgotten_comes_from_the_department(stand: Stand) -> None:
    reference = await has_paid(stand)
    stand.store.transact(lambda connection: connection.execute("DELETE FROM proof"))
    page = await lists(stand)
    assert page.subtitle == text("reprint.choose.subtitle")
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Done, "reprint.done.printed")
    assert "按业务部门记录出具" in stand.slips()[-1]
    assert reference in stand.slips()[-1]


@story
async def test_a_department_that_is_away_is_named(stand: Stand) -> None:
    await has_paid(stand)
    stand.front.traffic.available = False  # type: ignore[attr-defined] # the reference platform's own adapter
    page = await lists(stand)
    assert page.subtitle == text("cases.away.traffic")


@story
async def test_proofs_are_forgotten_and_the_journal_still_says_where_the_money_is(stand: Stand) -> None:
    reference = await has_paid(stand)
    stand.shift_clock(KEEP + timedelta(days=1))
    stand.cleaned.append(stand._clean())
    assert stand.cleaned[-1].proofs == 1
    await types_number(stand, reference)
    await types_sum(stand, paid(stand, reference))
    await stand.person.sees(Done, "reprint.done.printed")
    slip = stand.slips()[-1]
    assert MARK in slip
    assert "缴费情况" in slip
    assert "决定书" not in slip


@story
async def test_a_proof_of_a_clock_that_was_ahead_is_forgotten_in_time_too(stand: Stand) -> None:
    await has_paid(stand)
    stand.store.transact(lambda connection: connection.execute("UPDATE proof SET at = '2999' || substr(at, 5)"))
    assert stand._clean().proofs == 0
    stand.shift_clock(KEEP + timedelta(days=1))
    assert stand._clean().proofs == 1


@story
async def test_a_central_that_refuses_the_question_does_not_keep_back_what_is_here(stand: Stand) -> None:
    reference = await has_paid(stand)
    del stand.front._handlers["/cases/mine"]  # an older central
    page = await lists(stand)
    assert [row.key for row in page.rows] == [reference]
    assert page.subtitle == text("reprint.only_here")


@story
async def test_a_central_that_knows_of_no_a4_papers_tells_of_the_cases_all_the_same(stand: Stand) -> None:
    reference = await has_paid(stand)
    stand.store.transact(lambda connection: connection.execute("DELETE FROM proof"))
    del stand.front._handlers["/papers/mine"]  # an older central
    page = await lists(stand)
    assert [row.key for row in page.rows] == [reference]
    assert page.subtitle == text("reprint.no_a4")


@story
async def test_a_sum_is_not_guessed_by_beginning_again(stand: Stand) -> None:
    reference = await has_paid(stand, by_number=True)
    await types_number(stand, reference)
    for guess in (1, 2, 3):
        await types_sum(stand, guess)
    await stand.person.sees(Sorry, "reprint.none.title")
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("reprint"))
    await stand.person.sees(PlaceCard)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber, "reprint.number.title")
    stand.person.touches(Typed(reference))
    sorry = await stand.person.sees(Sorry, "reprint.none.title")
    assert sorry.detail == text("reprint.sum.over")


@story
async def test_a_proof_whose_money_went_back_says_so(stand: Stand) -> None:
    stand.network.lose_next = "/tx/batch"
    reference = await has_paid(stand)
    stand.books_here.append(reference, "payment", "refund due", stand.books_here.entries(reference=reference)[1].body)
    await lists(stand)
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Done, "reprint.done.printed")
    assert "待人工退款" in stand.slips()[-1]
    assert "决定书" not in stand.slips()[-1]


# --- parts that are missing --------------------------------------------------------------------------------------


@story
async def test_without_a_receipt_printer_the_menu_says_so_before_anybody_begins(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await stand.receipt_printer.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("receipt_printer"))
    menu = await stand.person.comes()
    [item] = [item for item in menu.items if item.key == "reprint"]
    assert item.closed == text("menu.closed.device", device=text("device.receipt_printer"))


@story
async def test_without_a_card_reader_a_slip_of_nobody_can_still_be_had(stand: Stand) -> None:
    reference = await has_paid(stand, by_number=True)
    await stand.id_card_reader.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("id_card_reader"))
    await stand.person.comes()
    stand.person.touches(Chosen("reprint"))
    await stand.person.sees(EnterNumber, "reprint.number.title")
    stand.person.touches(Typed(reference))
    await types_sum(stand, paid(stand, reference))
    await stand.person.sees(Done, "reprint.done.printed")


@story
async def test_without_a_card_reader_a_slip_with_a_name_is_not_given_away(stand: Stand) -> None:
    reference = await has_paid(stand)
    await stand.id_card_reader.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("id_card_reader"))
    await stand.person.comes()
    stand.person.touches(Chosen("reprint"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed(reference))
    sorry = await stand.person.sees(Sorry, "reprint.none.title")
    assert sorry.detail == text("reprint.needs_card")


@story
async def test_where_nothing_can_be_counted_the_menu_says_so_before_anybody_begins(stand: Stand) -> None:
    await stand.person.comes()
    stand.fill_disk()
    stand.machine.session.changed()
    menu = await stand.person.sees(Menu)
    assert {item.key: item.closed for item in menu.items}["reprint"] == text("menu.closed.store")


@story
async def test_what_cannot_be_counted_is_not_printed(stand: Stand) -> None:
    reference = await has_paid(stand)
    await lists(stand)
    stand.kill_store()
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Sorry)
    assert len(stand.slips()) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@story_from_the_dark
async def test_a_cut_around_the_number_uses_it_up_and_repeats_none(stand: Stand, when: str) -> None:
    await stand.start()
    reference = await has_paid(stand)
    await lists(stand)
    stand.cut_power_at("numbered", when=when)
    stand.person.touches(Chosen(reference))
    await stand.dark()
    stand.id_card_reader.lift()
    await stand.start()
    await lists(stand)
    stand.person.touches(Chosen(reference))
    await stand.person.sees(Done, "reprint.done.printed")
    assert marks(stand, reference) == ([1] if when == "before" else [1, 2])
