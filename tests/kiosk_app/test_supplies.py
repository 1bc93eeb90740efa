"""Supplies: what was seen of them, and when they will be empty."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import DiskFull
from kiosk_app.ports import Seen
from kiosk_app.supplies import forecast, forecasts, seen_in
from kiosk_app.views import Attract
from offline_cache.observations import KEEP, SqlObservations
from offline_cache.store import open_store
from tests.stand import Stand, story

DAWN = datetime(2026, 11, 1, tzinfo=UTC)


def at(day: float) -> datetime:
    return DAWN + timedelta(days=day)


def levels(*story: tuple[float, int]) -> list[Seen]:
    return [Seen(at(day), "ok", level) for day, level in story]


def words(*story: tuple[float, str]) -> list[Seen]:
    return [Seen(at(day), word, None) for day, word in story]


@pytest.mark.parametrize(
    ("why", "history", "empty"),
    [
        ("nothing is known of it", [], None),
        ("ten a day", levels((0, 100), (5, 50)), 10),
        ("refilled between", levels((0, 100), (4, 60), (4.1, 100), (8, 62)), 8 + 62 * 8 / 78),
        ("a day is needed", levels((0, 100), (0.9, 50)), None),
        ("and a tenth of a filling", levels((0, 100), (9, 91)), None),
        ("not used at all", levels((0, 80), (29, 80)), None),
        ("only the last month counts", levels((0, 100), (40, 60), (45, 50), (50, 40)), 50 + 40 * 10 / 20),
        ("empty is not forecast any more", [*levels((0, 100)), Seen(at(9), "out", 0)], None),
        ("low lasted three days before", words((0, "low"), (3, "out"), (4, "ok"), (20, "low")), 23),
        ("and four, once", words((0, "low"), (3, "out"), (4, "ok"), (9, "low"), (13, "out"), (20, "low")), 23.5),
        ("a box fills up", words((0, "low"), (2, "full"), (3, "ok"), (9, "low")), 11),
        ("low for the first time", words((0, "low")), None),
        ("refilled while low says nothing", words((0, "low"), (1, "ok"), (5, "low")), None),
        ("well again", words((0, "low"), (3, "out"), (4, "ok")), None),
    ],
)
def test_when_it_will_be_empty(why: str, history: list[Seen], empty: float | None) -> None:
    found = forecast(history)
    assert (found is None) == (empty is None), why
    if found is not None and empty is not None:
        assert abs(found - at(empty)) < timedelta(minutes=1), why


def test_what_is_no_supply_is_not_one() -> None:
    condition = Condition(
        DeviceState.ONLINE, "", {"paper": "ok", "card": "inside", "door front": "open", "retained": "3"}, {"toner": 63}
    )
    assert {name: (seen.word, seen.level) for name, seen in seen_in(condition, DAWN).items()} == {
        "paper": ("ok", None),
        "toner": ("", 63),
    }


def test_what_can_be_said_is_said_by_supply() -> None:
    kept = {"document_printer toner": levels((0, 100), (5, 50)), "receipt_printer paper": words((0, "low"))}
    assert forecasts(kept) == {"document_printer toner": at(10)}


# --- kept ------------------------------------------------------------------------------------------------------


def test_what_was_seen_is_there_after_a_restart_for_a_year(tmp_path: Path) -> None:
    first, later = Seen(DAWN, "ok", 80), Seen(DAWN + KEEP, "low", None)
    with open_store(tmp_path / "store", bytes(32), ballast=4096, reserve=0) as store:
        kept = SqlObservations(store)
        kept.note("a b", first)
        kept.note("c d", first)
        kept.note("a b", later)
    with open_store(tmp_path / "store", bytes(32), ballast=4096, reserve=0) as store:
        assert SqlObservations(store).histories() == {"a b": [first, later], "c d": [first]}
        SqlObservations(store).note("a b", Seen(DAWN + KEEP + timedelta(seconds=1), "out", 0))
        assert SqlObservations(store).histories()["a b"][0] == later


def test_a_full_disk_keeps_its_last_room_for_money(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", bytes(32), ballast=4096, reserve=0) as store:
        store._ballast.reserve = 1 << 60
        ballast = tmp_path / "store.ballast"
        before = ballast.stat().st_size
        with pytest.raises(DiskFull):
            SqlObservations(store).note("a b", Seen(DAWN, "ok", 80))
        assert ballast.stat().st_size == before


@story
async def test_the_heartbeat_tells_levels_and_when_they_end_also_after_a_restart(stand: Stand) -> None:
    await stand.person.sees(Attract)
    for day in range(4):
        stand.document_printer.set_toner(100 - 10 * day)
        await asyncio.sleep(10)
        stand.document_printer.set_toner(99 - 10 * day)  # a point is not worth a row
        await asyncio.sleep(10)
        stand.shift_clock(timedelta(days=1))
    printer = stand.heartbeat().devices["document_printer"]
    assert (printer.levels, printer.supplies["toner"]) == ({"paper": 100, "toner": 69}, "ok")
    left = printer.empty_at["toner"] - stand.clock.now()
    assert timedelta(days=7) < left < timedelta(days=12)
    assert "paper" not in printer.empty_at
    await stand.stop()
    await stand.start()
    await stand.person.sees(Attract)
    assert stand.heartbeat().devices["document_printer"].empty_at.keys() == {"toner"}
    await asyncio.sleep(20)
    assert len(SqlObservations(stand.store).histories()["document_printer toner"]) == 4  # a restart is no news


@story
async def test_a_roll_that_was_low_before_tells_when_the_next_one_ends(stand: Stand) -> None:
    await stand.person.sees(Attract)

    async def after(days: float) -> None:
        await asyncio.sleep(5)
        stand.shift_clock(timedelta(days=days))

    stand.receipt_printer.near_end()
    await after(3)
    stand.receipt_printer.paper_out()
    await after(1)
    stand.receipt_printer.refill()
    await after(9)
    stand.receipt_printer.near_end()
    await asyncio.sleep(5)
    [end] = stand.heartbeat().devices["receipt_printer"].empty_at.values()
    assert timedelta(days=2.9) < end - stand.clock.now() < timedelta(days=3.1)
