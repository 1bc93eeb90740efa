"""The store is full, dies, or cannot be opened: money is not taken first, everything else goes on and says so.

What neither takes money nor writes down anything that must not be lost goes on: a photo, a look at one's record.
"""

import asyncio

import pytest

from kiosk_app.devices import TerminalNotice
from kiosk_app.errors import DiskFull, Left, StoreCorrupt, TillClosed, WrongKey
from kiosk_app.health import SERVICES, menu
from kiosk_app.money.amounts import Fen
from kiosk_app.money.means import Notice
from kiosk_app.ports import Entry
from kiosk_app.views import Attract, Chosen, Leave, Marked, Menu, Sorry
from tests.stand import Stand, story, story_from_the_dark, story_without_booth


def why_shut(stand: Stand, service: str = "traffic_fines") -> str:
    """Why the menu would not have it begun; empty when it is open."""
    closed = next(item.closed for item in menu(stand.machine.parts()) if item.key == service)
    return closed.id if closed else ""


async def till_shut(stand: Stand, *, within: float = 120.0) -> None:
    """Until nothing that takes money can be begun, for the store's sake."""
    await stand.until(lambda: why_shut(stand) == "menu.closed.store", within=within)


@story_without_booth
async def test_a_full_disk_closes_the_till_and_nothing_is_asked_of_the_terminal(stand: Stand) -> None:
    await stand.person.begins()
    choose = await stand.person.shows_card()
    stand.fill_disk()
    stand.person.touches(Marked(choose.marked))
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "menu.closed.store"
    assert stand.card_terminal.stage == ""
    assert stand.books_here.entries() == []
    stand.person.touches(Chosen("other"))
    menu = await stand.person.sees(Menu)
    assert menu.items[0].closed is not None
    assert menu.items[0].closed.id == "menu.closed.store"
    assert "store DiskFull" in stand.heartbeat().issues


@story_without_booth
async def test_a_disk_that_has_room_again_opens_the_machine_by_itself(stand: Stand) -> None:
    stand.fill_disk()
    await till_shut(stand)
    await asyncio.sleep(100)
    assert why_shut(stand) == "menu.closed.store"
    stand.fill_disk(full=False)
    await stand.until(lambda: not why_shut(stand), within=70)


@story_without_booth
@pytest.mark.parametrize(
    ("state", "title", "stands"),
    [
        ("intended", "error.store", 0),
        ("requested", "error.store", 0),
        ("approved", "pay.trouble.requested", 0),
        ("fulfilled", "pay.trouble.reversed", 0),
    ],
)
async def test_a_store_that_dies_before_the_report_is_written_gives_the_money_back(
    stand: Stand, state: str, title: str, stands: int
) -> None:
    stand.books_here.before[state] = stand.kill_store
    await stand.person.comes_to_pay()
    stand.card_terminal.insert("sample")
    if stands or state in {"approved", "fulfilled"}:
        await stand.person.types_pin()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == title
    assert len(stand.standing()) == stands
    if title.startswith("pay."):
        assert len(stand.slips()) == 1
    stand.person.touches(Leave())
    await till_shut(stand)
    assert "store StoreCorrupt" in stand.heartbeat().issues
    await asyncio.sleep(600)  # the machine goes on saying so

    await stand.stop()
    await stand.start()
    await stand.person.sees(Attract)
    assert stand.states()[-1] in {"abandoned", "declined", "reversed"} if stand.books_here.entries() else True
    assert stand.standing() == []


@story_without_booth
@pytest.mark.parametrize("state", ["completed", "settled", "printed"])
async def test_a_store_that_dies_after_the_report_is_written_keeps_no_proof_back(stand: Stand, state: str) -> None:
    stand.books_here.before[state] = stand.kill_store
    done = await stand.person.pays_a_fine()
    assert done.title.id == "done.title.paid"
    assert len(stand.slips()) == 1
    stand.person.takes_everything()
    stand.person.touches(Leave())
    await till_shut(stand)
    await asyncio.sleep(60)
    await stand.stop()
    await stand.start()
    await stand.person.sees(Attract)
    await stand.until(lambda: stand.states()[-1] == "settled", within=60)
    assert stand.books().held == stand.standing()[0].amount


@story_without_booth
async def test_a_store_that_dies_before_a_refused_report_is_undone_still_gives_back(stand: Stand) -> None:
    stand.books_here.before["reversing"] = stand.kill_store
    await stand.person.begins()
    choose = await stand.person.shows_card()
    stand.pay_at_counter()
    stand.person.touches(Marked(choose.marked))
    await stand.person.pays()
    await stand.person.sees(Sorry, "pay.trouble.reversed")
    assert stand.standing() == []
    await stand.stop()
    await stand.start()
    await stand.person.sees(Attract)
    assert stand.states()[-3:] == ["fulfilled", "reversing", "reversed"]
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    assert stand.books().held == 0


@story_without_booth
async def test_a_store_that_dies_while_a_lost_answer_is_undone_gives_back_by_the_receipt_number(stand: Stand) -> None:
    stand.card_terminal.lose_next_answer()
    stand.books_here.before["fulfilled"] = stand.kill_store
    await stand.person.comes_to_pay()
    await stand.person.pays()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.trouble.reversed"
    assert stand.standing() == []


@story_without_booth
async def test_a_store_that_dies_with_the_terminals_answer_leaves_the_citizen_a_slip(stand: Stand) -> None:
    stand.card_terminal.lose_next_answer()
    stand.books_here.before["unknown"] = stand.kill_store
    await stand.person.comes_to_pay()
    await stand.person.pays()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.trouble.requested"
    assert len(stand.slips()) == 1
    assert stand.machine.till.open_payments[0].reference in stand.slips()[0]


@story_without_booth
async def test_a_store_that_dies_as_a_cancelled_payment_is_undone_still_gives_back(stand: Stand) -> None:
    await stand.person.sees(Attract)
    cancel = asyncio.Event()
    stand.books_here.after["approved"] = cancel.set
    stand.books_here.before["reversing"] = stand.kill_store

    def told(_: str, notice: Notice | None) -> None:
        if notice is TerminalNotice.INSERT_CARD:
            stand.card_terminal.tap("sample")

    with pytest.raises(Left):
        async with stand.machine.till.charge(Fen(100), told, cancel):
            pass
    assert stand.standing() == []


@story_without_booth
async def test_a_page_found_damaged_at_the_days_end_does_not_stop_the_machine(stand: Stand) -> None:
    await stand.person.sees(Attract)

    def damaged(**_: object) -> list[Entry]:
        raise StoreCorrupt("a page")

    stand.books_here.entries = damaged  # type: ignore[attr-defined] # found by reading, not by looking at the file
    assert await stand.machine._day_end.close() is None
    stand.alive()


@story_from_the_dark
@pytest.mark.parametrize("error", [WrongKey("x"), StoreCorrupt("x"), DiskFull("x")])
async def test_without_a_store_the_machine_runs_takes_nothing_and_names_it(stand: Stand, error: StoreCorrupt) -> None:
    stand.fitted.clear()
    await stand.start(store_error=error)
    await till_shut(stand)
    with pytest.raises(TillClosed):
        async with stand.machine.till.charge(Fen(1), lambda *_: None, asyncio.Event()):
            pass
    await asyncio.sleep(120)
    beat = stand.heartbeat()
    assert beat.issues == [f"store {type(error).__name__}"]
    assert {key for key, why in beat.services.items() if why == "menu.closed.store"} == {
        service.key for service in SERVICES if service.pays or service.stores or service.holds
    }
    assert stand.machine.reporting.online
    assert stand.card_terminal.stage == ""


@story_without_booth
async def test_a_store_that_dies_at_night_leaves_a_machine_that_says_so(stand: Stand) -> None:
    await stand.person.sees(Attract)
    stand.kill_store()
    await till_shut(stand, within=70)
    await asyncio.sleep(1200)
    stand.alive()
    assert stand.machine.reporting.online


@story
async def test_a_photo_is_made_without_a_store(stand: Stand) -> None:
    await stand.person.sees(Attract)
    stand.kill_store()
    await stand.until(lambda: stand.heartbeat().services["traffic_fines"] == "menu.closed.store")
    assert stand.heartbeat().services["id_photo"] == "open"
