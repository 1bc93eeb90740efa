"""The day's end: two columns that agree, or a case; and never a close in the middle of a payment."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time
from pathlib import Path

import pytest

from kiosk_app.contract import DayClosed, body_of
from kiosk_app.devices import DayTotals
from kiosk_app.errors import TillClosed
from kiosk_app.local_time import LOCAL, wait_until
from kiosk_app.money.amounts import Fen
from kiosk_app.money.day import DAY, DayEnd, code_totals, own_totals
from kiosk_app.money.payment import KIND
from kiosk_app.money.till import Till
from kiosk_app.ports import Entry
from tests.hardware.card_terminal_kit import Table, table
from tests.offline_cache.books import NOON, Books, opened
from tests.virtual import run

MIDDAY = NOON


def entry(seq: int, reference: str, state: str, amount: int = 20_000, **body: str) -> Entry:
    return Entry(seq, MIDDAY, reference, KIND, state, {"amount": amount, **body})


class TestOurColumn:
    def test_it_counts_what_the_terminal_completed(self) -> None:
        assert own_totals([entry(1, "A", "approved"), entry(2, "A", "completed"), entry(3, "B", "completed", 50)]) == (
            DayTotals(2, Fen(20_050))
        )

    def test_what_was_given_back_later_does_not_count(self) -> None:
        walked = [entry(1, "A", "completed"), entry(2, "A", "reversing"), entry(3, "A", "reversed")]
        assert own_totals(walked) == DayTotals(0, Fen(0))

    def test_a_payment_that_never_completed_does_not_count(self) -> None:
        assert own_totals([entry(1, "A", "approved"), entry(2, "A", "fulfilled")]) == DayTotals(0, Fen(0))


class TestTheColumnOfCodes:
    def test_it_counts_what_was_reported_and_the_cards_column_does_not(self) -> None:
        walked = [entry(1, "A", "fulfilled", means="code"), entry(2, "A", "completed", means="code")]
        assert code_totals(walked) == DayTotals(1, Fen(20_000))
        assert own_totals(walked) == DayTotals(0, Fen(0))

    def test_cards_are_not_in_it(self) -> None:
        assert code_totals([entry(1, "A", "fulfilled"), entry(2, "A", "completed")]) == DayTotals(0, Fen(0))

    def test_what_is_being_given_back_does_not_count(self) -> None:
        walked = [entry(1, "A", "fulfilled", means="code"), entry(2, "A", "reversing", means="code")]
        assert code_totals(walked) == DayTotals(0, Fen(0))


class TestTheHour:
    @pytest.mark.parametrize(
        ("now", "seconds"),
        [("12:00", 41_400), ("23:29", 60), ("23:30", 86_400), ("23:31", 86_340)],
    )
    def test_it_is_waited_for_in_local_time(self, now: str, seconds: float) -> None:
        local = datetime.fromisoformat(f"2026-11-23T{now}").replace(tzinfo=LOCAL)
        assert wait_until(local, time(23, 30)) == seconds


class Counter:
    """A till with a simulated terminal and a journal, at the end of a day."""

    def __init__(self, books: Books, desk: Table) -> None:
        self.books, self.desk, self.quiet = books, desk, True
        self.till = Till(books.journal, books.outbox, desk.driver, books.clock, machine="44070399")
        self.day = DayEnd(
            books.journal, self.till, desk.driver, books.clock, hour=time(23, 30), quiet=lambda: self.quiet
        )

    async def pay(self, amount: int) -> None:
        self.books.clock.go(seconds=60)
        tapping = asyncio.create_task(self._tap())
        async with self.till.charge(Fen(amount), lambda *_: None, asyncio.Event()):
            pass
        await tapping

    async def _tap(self) -> None:
        await self.desk.until("card")
        self.desk.sim.tap()

    def reported(self) -> list[DayClosed]:
        bodies = [body_of(event) for event in self.books.outbox.pending(200)]
        return [body for body in bodies if isinstance(body, DayClosed)]

    def days(self) -> list[str]:
        return [entry.state for entry in self.books.journal.entries(kind=DAY)]


def at_the_counter(tmp_path: Path, story: Callable[[Counter], Awaitable[None]]) -> None:
    async def live() -> None:
        with opened(tmp_path / "store") as books:
            async with table() as desk:
                await desk.online()
                await story(Counter(books, desk))

    run(live())


def test_both_columns_agree_and_central_hears_of_it(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        await counter.pay(20_000)
        await counter.pay(5_000)
        closed = await counter.day.close()
        assert closed is not None
        assert closed.agrees
        assert closed.ours == DayTotals(2, Fen(25_000))
        (report,) = counter.reported()
        assert (report.kiosk_amount, report.terminal_amount, report.known) == (25_000, 25_000, True)
        assert counter.days() == ["intended", "agrees"]

    at_the_counter(tmp_path, story)


def test_the_next_day_begins_at_nothing(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        await counter.pay(20_000)
        await counter.day.close()
        await counter.pay(700)
        closed = await counter.day.close()
        assert closed is not None
        assert (closed.ours, closed.agrees) == (DayTotals(1, Fen(700)), True)

    at_the_counter(tmp_path, story)


def test_a_payment_that_somebody_booked_at_the_terminal_is_a_difference(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        await counter.pay(20_000)
        counter.desk.sim.ledger.book("payment", 999, "622000EEEEEE0017")
        closed = await counter.day.close()
        assert closed is not None
        assert not closed.agrees
        assert counter.days()[-1] == "differs"

    at_the_counter(tmp_path, story)


def test_a_lost_answer_is_unknown_and_not_a_difference(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        await counter.pay(20_000)
        counter.books.journal.append("2026-03-02", DAY, "intended")  # asked, and the plug was pulled
        counter.desk.sim.close_day()
        closed = await counter.day.close()
        assert closed is not None
        assert closed.terminal is None
        assert counter.days()[-1] == "unknown"
        assert counter.reported()[0].known is False

    at_the_counter(tmp_path, story)


def test_a_close_that_never_reached_the_terminal_is_simply_done_later(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        await counter.pay(20_000)
        counter.books.journal.append("2026-03-02", DAY, "intended")
        closed = await counter.day.close()
        assert closed is not None
        assert closed.agrees

    at_the_counter(tmp_path, story)


def test_the_day_is_not_closed_without_a_terminal(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        await counter.desk.sim.unplug()
        await counter.desk.wait(lambda: not counter.desk.driver.condition.serves)
        assert await counter.day.close() is None
        assert counter.days() == []

    at_the_counter(tmp_path, story)


def test_the_day_is_not_closed_while_somebody_pays(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        paying = asyncio.create_task(counter.pay(20_000))
        await counter.desk.wait(lambda: counter.till.moving)
        assert await counter.day.close() is None
        await paying
        assert await counter.day.close() is not None

    at_the_counter(tmp_path, story)


def test_the_day_is_not_closed_while_somebody_stands_at_the_machine(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        counter.quiet = False
        assert await counter.day.close() is None
        assert counter.days() == []

    at_the_counter(tmp_path, story)


def test_whoever_comes_during_the_close_is_told_at_once(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        counter.desk.sim.slow_down(2000)
        closing = asyncio.create_task(counter.day.close())
        await counter.desk.wait(lambda: counter.till.moving)
        with pytest.raises(TillClosed) as told:
            await counter.pay(20_000)
        assert told.value.why == "menu.closed.day_end"
        await closing
        assert counter.till.why_closed() == ""

    at_the_counter(tmp_path, story)


def test_a_terminal_that_cannot_close_its_day_does_not_fill_the_journal(tmp_path: Path) -> None:
    async def story(counter: Counter) -> None:
        for _ in range(5):
            counter.desk.sim.busy(500)
            assert await counter.day.close() is None
        assert counter.days() == ["intended"]

    at_the_counter(tmp_path, story)
