"""What became of a complaint, at a machine: by the card that was laid, or by its number."""

import pytest

from central import feedback
from hardware.simulators.samples import CARDS
from kiosk_app.views import (
    Back,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    EnterNumber,
    Menu,
    PlaceCard,
    Sorry,
    Table,
    Typed,
    text,
)
from tests.social import begins, shows
from tests.stand import Stand, story

ZHANG = CARDS["zhang"].text
PHONE, ANSWER = "13900001234", "您好，取号机已修好，欢迎再来。"


async def says(stand: Stand, way: str) -> str:
    """Complain, leave nothing, a number or a card, and go; the number of it."""
    menu = await stand.person.comes()
    assert "complaint" in {item.key for item in menu.items}
    stand.person.touches(Chosen("complaint"))
    await stand.person.sees(ChooseOne, "complaint.kind.title")
    stand.person.touches(Chosen("complaint"))
    await stand.person.sees(ChooseOne, "complaint.topic.title")
    stand.person.touches(Chosen("machine"))
    await stand.person.sees(Consent, "complaint.call.title")
    stand.person.touches(Chosen(way))
    if way == "call":
        await stand.person.sees(EnterNumber)
        stand.person.touches(Typed(PHONE))
    if way == "card":
        await stand.person.sees(PlaceCard)
        stand.id_card_reader.lay("zhang")
    done = await stand.person.sees(Done, "complaint.done.complaint")
    await stand.person.goes()
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    return str(dict(done.facts[0].args)["number"])


def answered(stand: Stand, number: str) -> None:
    feedback.settle(stand.front.store, stand.front.clock, number, "1207", ANSWER)


async def types(stand: Stand, number: str, ending: str = "") -> None:
    await begins(stand, "my_cases")
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber, "matter.number.title")
    stand.person.touches(Typed(number))
    await stand.person.sees(ChooseOne, "matter.left.title")
    stand.person.touches(Chosen("phone" if ending else "nothing"))
    if ending:
        await stand.person.sees(EnterNumber, "matter.ending.title")
        stand.person.touches(Typed(ending))


def cells(page: Table) -> dict[str, object]:
    return {row.cells[0].id: row.cells[1] for row in page.rows if not isinstance(row.cells[0], str)}


@story
async def test_who_laid_a_card_finds_the_answer_in_the_list_of_everything(stand: Stand) -> None:
    number = await says(stand, "card")
    page = await shows(stand, "my_cases", "zhang", Table)
    [row] = [row for row in page.rows if row.key == number]
    assert row.cells[1] == text("matter.state.received")
    assert page.facts == (text("matter.touch"),)
    await stand.person.goes()
    answered(stand, number)
    page = await shows(stand, "my_cases", "zhang", Table)
    assert {row.key: row.cells[1] for row in page.rows}[number] == text("matter.state.settled")
    stand.person.touches(Chosen(number))
    told = cells(await stand.person.sees(Table, "matter.title"))
    assert told["matter.row.answer"] == text("plain", words=ANSWER)
    assert told["matter.row.number"] == number


@story
async def test_nobody_elses_card_shows_it_and_no_number_opens_it(stand: Stand) -> None:
    number = await says(stand, "card")
    page = await shows(stand, "my_cases", "wang", Table)
    assert page.rows == ()
    await stand.person.goes()
    await types(stand, number)
    sorry = await stand.person.sees(Sorry)
    assert text("refused.unknown-matter") in (sorry.title, sorry.detail)


@story
async def test_the_number_and_the_last_digits_of_the_telephone_open_the_answer(stand: Stand) -> None:
    number = await says(stand, "call")
    answered(stand, number)
    await types(stand, number, PHONE[-4:])
    told = cells(await stand.person.sees(Table, "matter.title"))
    assert told["matter.row.answer"] == text("plain", words=ANSWER)
    assert told["matter.row.state"] == text("matter.state.settled")


@story
async def test_wrong_digits_open_nothing(stand: Stand) -> None:
    number = await says(stand, "call")
    await types(stand, number, "0000")
    sorry = await stand.person.sees(Sorry)
    assert text("refused.unknown-matter") in (sorry.title, sorry.detail)


@story
async def test_who_left_nothing_needs_the_number_only(stand: Stand) -> None:
    number = await says(stand, "silent")
    await types(stand, number)
    told = cells(await stand.person.sees(Table, "matter.title"))
    assert told["matter.row.state"] == text("matter.state.received")
    assert "matter.row.answer" not in told


@story
async def test_a_matter_that_nobody_settled_in_time_is_told_as_such(stand: Stand) -> None:
    number = await says(stand, "silent")
    with stand.front.store.write() as central:
        now = stand.front.clock.now()
        assert feedback.end_open(central, now.replace(year=now.year + 1), now) == 1
    await types(stand, number)
    told = cells(await stand.person.sees(Table, "matter.title"))
    assert told["matter.row.answer"] == text("matter.answer.ended")


@story
async def test_settled_without_a_written_answer_says_so(stand: Stand) -> None:
    number = await says(stand, "silent")
    feedback.settle(stand.front.store, stand.front.clock, number, "1207")
    await types(stand, number)
    told = cells(await stand.person.sees(Table, "matter.title"))
    assert told["matter.row.answer"] == text("matter.answer.none")


@story
async def test_a_broken_card_reader_leaves_the_other_ways(stand: Stand) -> None:
    await stand.id_card_reader.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("id_card_reader"))
    await stand.person.comes()
    stand.person.touches(Chosen("complaint"))
    await stand.person.sees(ChooseOne)
    stand.person.touches(Chosen("complaint"))
    await stand.person.sees(ChooseOne, "complaint.topic.title")
    stand.person.touches(Chosen("machine"))
    view = await stand.person.sees(Consent)
    assert [key for key, _, _ in view.ways] == ["silent", "call"]


@pytest.mark.parametrize(("way", "words"), [("silent", "输入编号"), ("call", "电话后四位"), ("card", "刷本人身份证")])
@story
async def test_the_slip_says_with_what_the_answer_is_read(stand: Stand, way: str, words: str) -> None:
    await says(stand, way)
    assert words in stand.slips()[-1]


@story
async def test_of_a_card_that_was_laid_nothing_stays_but_a_digest(stand: Stand) -> None:
    await says(stand, "card")
    canaries = (ZHANG.name, ZHANG.number, ZHANG.address)
    with stand.front.store.read() as central:
        tables = [central.exec_driver_sql(f"SELECT * FROM {table}") for table in ("event", "feedback")]
        kept = str([tuple(row) for rows in tables for row in rows])
    here = stand.store.read(
        lambda db: str([db.execute(f"SELECT * FROM {table}").fetchall() for table in ("journal", "outbox", "proof")])
    )
    for words in (kept, here, str(stand.logs), "".join(stand.slips())):
        assert not [canary for canary in canaries if canary in words]


@story
async def test_back_leads_to_the_menu(stand: Stand) -> None:
    await begins(stand, "my_cases")
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber, "matter.number.title")
    stand.person.touches(Typed("9" * 20))
    await stand.person.sees(ChooseOne, "matter.left.title")
    stand.person.touches(Back())
    await stand.person.sees(Menu)
