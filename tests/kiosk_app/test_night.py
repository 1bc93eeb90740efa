"""What the machine does by itself at night: it closes the terminal's batch and deletes what is old enough."""

import asyncio
from datetime import datetime, timedelta

from kiosk_app.local_time import LOCAL
from kiosk_app.money.day import DAY
from offline_cache.retention import EVENTS
from tests.stand import Stand, story_from_the_dark


def _set_clock(stand: Stand, local: str) -> None:
    there = datetime.fromisoformat(local).replace(tzinfo=LOCAL)
    stand.shift_clock(there - stand.clock.now())


def _days(stand: Stand) -> list[str]:
    return [entry.state for entry in stand.books_here.entries(kind=DAY)]


@story_from_the_dark
async def test_the_day_is_closed_at_its_hour(stand: Stand) -> None:
    _set_clock(stand, "2027-03-01T23:20")
    await stand.start()
    await stand.person.pays_a_fine()
    await stand.person.goes()
    await stand.until(lambda: _days(stand) == ["intended", "agrees"], within=900)


@story_from_the_dark
async def test_a_day_that_differs_is_named_to_central_until_one_agrees(stand: Stand) -> None:
    _set_clock(stand, "2027-03-01T23:20")
    await stand.start()
    await stand.person.pays_a_fine()
    await stand.person.goes()
    stand.card_terminal.ledger.book("payment", 999, "622000EEEEEE0017")  # somebody took money at the terminal itself
    await stand.until(lambda: _days(stand)[-1:] == ["differs"], within=900)
    await stand.until(lambda: "day differs 2027-03-01" in stand.heartbeat().issues)


@story_from_the_dark
async def test_reports_that_central_has_had_for_long_leave_the_store_at_night(stand: Stand) -> None:
    _set_clock(stand, "2027-03-01T12:00")
    await stand.start()
    await stand.person.pays_a_fine()
    await stand.person.goes()
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    await stand.stop()
    stand.shift_clock(EVENTS + timedelta(days=1, hours=14, minutes=50))
    await stand.start()
    await stand.until(lambda: stand.cleaned, within=1200)
    [deleted] = stand.cleaned
    assert deleted.events
    assert deleted.wiped
    assert stand.states()[-1] == "settled"  # the journal stays for years


@story_from_the_dark
async def test_nothing_is_deleted_under_the_hands_of_a_citizen(stand: Stand) -> None:
    _set_clock(stand, "2027-03-01T02:59:30")
    await stand.start()
    await stand.person.begins()
    await asyncio.sleep(40)
    assert stand.machine.session.visiting
    assert not stand.cleaned
    await stand.until(lambda: stand.cleaned, within=600)
    assert not stand.machine.session.visiting
