"""A complaint with a number: queued where it is given, central has it, and the telephone number stands nowhere else."""

import msgspec
import pytest

from central import console, feedback
from kiosk_app.views import (
    Attract,
    Back,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    EnterNumber,
    Leave,
    Menu,
    Sorry,
    Typed,
    text,
)
from tests.stand import Stand, story

PHONE = "13900001234"


async def begins(stand: Stand) -> None:
    menu = await stand.person.comes()
    [item] = [item for item in menu.items if item.key == "complaint"]
    assert item.closed is None
    stand.person.touches(Chosen("complaint"))


async def complains(stand: Stand, *, phone: str = "", kind: str = "complaint", topic: str = "waiting") -> Done:
    """From the kind to the number."""
    await stand.person.sees(ChooseOne, "complaint.kind.title")
    stand.person.touches(Chosen(kind))
    await stand.person.sees(ChooseOne, "complaint.topic.title")
    stand.person.touches(Chosen(topic))
    await stand.person.sees(Consent, "complaint.call.title")
    stand.person.touches(Chosen("call" if phone else "silent"))
    if phone:
        await stand.person.sees(EnterNumber, "complaint.phone.title")
        stand.person.touches(Typed(phone))
    return await stand.person.sees(Done, f"complaint.done.{kind}")


def said(stand: Stand) -> list[feedback.FeedbackLine]:
    with stand.front.store.read() as central:
        return feedback.lines(central)


def kept_at_central(stand: Stand) -> str:
    with stand.front.store.read() as central:
        tables = [central.exec_driver_sql(f"SELECT * FROM {table}") for table in ("event", "feedback")]
        return str([tuple(row) for rows in tables for row in rows])  # a Row itself would print itself shortened


def number_on(done: Done) -> str:
    return str(dict(done.facts[0].args)["number"])


@story
async def test_a_complaint_has_a_number_on_paper_and_at_central_and_is_called_back(stand: Stand) -> None:
    await begins(stand)
    done = await complains(stand, phone=PHONE)
    assert done.facts[1] == text("complaint.fact.call")
    [slip] = stand.slips()
    assert number_on(done) in slip
    assert "留有回访电话" in slip
    await stand.until(lambda: said(stand))
    [line] = said(stand)
    assert (line.reference, line.kind, line.topic, line.call) == (
        number_on(done), "complaint", "waiting", "139******34",
    )  # fmt: skip
    page = console.page(stand.front)
    assert line.reference in page
    assert PHONE not in page
    assert feedback.call_back(stand.front.store, line.reference, "1207") == PHONE
    feedback.settle(stand.front.store, stand.front.clock, line.reference, "1207")
    [line] = said(stand)
    assert (line.call, line.owner, line.settled_at is None) == ("", "1207", False)


@story
async def test_a_number_that_is_settled_is_not_left_in_the_event_that_brought_it(stand: Stand) -> None:
    await begins(stand)
    await complains(stand, phone=PHONE)
    stand.person.touches(Leave())
    await begins(stand)
    await complains(stand, phone="13900009999")
    await stand.until(lambda: len(said(stand)) == 2)
    assert PHONE in kept_at_central(stand)
    feedback.settle(stand.front.store, stand.front.clock, said(stand)[0].reference, "1207")
    assert PHONE not in kept_at_central(stand)
    assert "13900009999" in kept_at_central(stand)  # that one is still to be called


@story
async def test_a_store_that_dies_at_the_last_question_gives_no_number(stand: Stand) -> None:
    await begins(stand)
    await stand.person.sees(ChooseOne, "complaint.kind.title")
    stand.person.touches(Chosen("complaint"))
    await stand.person.sees(ChooseOne, "complaint.topic.title")
    stand.person.touches(Chosen("staff"))
    await stand.person.sees(Consent)
    stand.kill_store()
    stand.person.touches(Chosen("silent"))
    await stand.person.sees(Sorry)
    assert stand.slips() == []
    assert said(stand) == []


@story
async def test_a_telephone_number_stands_in_no_log_no_journal_and_on_no_paper(stand: Stand) -> None:
    await begins(stand)
    await complains(stand, phone=PHONE)
    await stand.until(lambda: said(stand))
    assert stand.logs
    assert PHONE not in str(stand.logs)
    assert PHONE not in "".join(stand.slips())
    assert PHONE not in str(stand.books_here.entries())
    assert all(PHONE.encode() not in file.read_bytes() for file in stand.folder.rglob("*") if file.is_file())
    assert PHONE.encode() not in msgspec.json.encode(stand.heartbeat())


@story
async def test_it_is_kept_while_central_is_away_and_sent_once_by_itself(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().guide)
    await stand.person.sees(Attract)
    stand.network.up = False
    stand.machine.reporting.changed()
    closed = await stand.person.sees(Sorry, "sorry.title.closed")
    assert closed.actions == (("begin", text("sorry.action.hall")),)
    stand.person.touches(Chosen("begin"))
    menu = await stand.person.sees(Menu)
    assert {item.key for item in menu.items if item.closed is None} == {"guide", "complaint", "reprint"}
    stand.person.touches(Chosen("complaint"))
    done = await complains(stand, kind="praise", topic="staff")
    assert done.facts[1:] == (text("complaint.fact.no_call"), text("complaint.fact.queued"))
    assert said(stand) == []
    stand.network.up = True
    await stand.until(lambda: said(stand), within=1000)
    [line] = said(stand)
    assert (line.kind, line.topic, line.call, line.reference) == ("praise", "staff", "", number_on(done))


@story
async def test_a_power_cut_after_the_number_was_given_loses_nothing(stand: Stand) -> None:
    await begins(stand)
    stand.network.up = False
    done = await complains(stand)
    await stand.power_cut()
    stand.network.up = True
    await stand.start()
    await stand.until(lambda: said(stand), within=1000)
    assert [line.reference for line in said(stand)] == [number_on(done)]


@story
async def test_a_store_in_trouble_closes_it_before_the_citizen_begins(stand: Stand) -> None:
    await stand.person.comes()
    stand.fill_disk()
    stand.machine.session.changed()
    menu = await stand.person.sees(Menu)
    assert {item.key: item.closed for item in menu.items}["complaint"] == text("menu.closed.store")


@story
async def test_back_leads_one_question_back_and_nothing_is_kept(stand: Stand) -> None:
    await begins(stand)
    await stand.person.sees(ChooseOne, "complaint.kind.title")
    stand.person.touches(Chosen("suggestion"))
    await stand.person.sees(ChooseOne, "complaint.topic.title")
    stand.person.touches(Chosen("rules"))
    await stand.person.sees(Consent)
    stand.person.touches(Chosen("call"))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Back())
    await stand.person.sees(Consent)
    stand.person.touches(Leave())
    await stand.until(lambda: stand.glass.forgotten == 1)
    assert said(stand) == []
    assert stand.slips() == []


@pytest.mark.parametrize("digits", ["1390000", "75012345", "07501234567"])
@story
async def test_a_landline_can_be_called_back_too(stand: Stand, digits: str) -> None:
    await begins(stand)
    await complains(stand, phone=digits)
    await stand.until(lambda: said(stand))
    assert feedback.call_back(stand.front.store, said(stand)[0].reference, "1207") == digits
