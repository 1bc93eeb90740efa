"""The day's end: the terminal's batch is closed, and its totals are laid beside ours (``architecture.md`` section 5).

Rules (``domain.md`` 8.7). Once in a local day, at a quiet hour, never while money moves or a payment is open at
the terminal. The intention is journaled first: a close whose answer is lost may have taken the totals with it, so
an empty answer after such a one is *unknown*, not a difference. Ours are the card payments that were completed since
the last close and not given back since. Payments by code are no terminal's: they are counted beside it, from the report
that was put into the outbox, and central lays its orders beside them. What differs is a case for a person, never
corrected by us.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time

import structlog

from kiosk_app.contract import DayClosed
from kiosk_app.devices import CardTerminal, DayTotals
from kiosk_app.errors import DeviceError, StoreError
from kiosk_app.local_time import LOCAL, wait_until
from kiosk_app.money.amounts import Fen
from kiosk_app.money.payment import KIND, STREAM, State, from_entry
from kiosk_app.money.receipts import CARD, CODE
from kiosk_app.money.till import Till
from kiosk_app.ports import Clock, Entry, Journal

log = structlog.get_logger()

DAY = "day"
AGAIN = 60.0
"""Seconds until another look when the hour has come and the machine is busy."""
UNBALANCED = frozenset({"differs", "unknown"})
"""States of a closed day that a person must look at."""
NOTHING = DayTotals(0, Fen(0))


@dataclass(frozen=True)
class Closed:
    """One day: ours beside the terminal's; None: the terminal's answer was lost. ``codes``: payments by code."""

    day: str
    ours: DayTotals
    terminal: DayTotals | None
    codes: DayTotals = NOTHING

    @property
    def agrees(self) -> bool:
        """Whether both columns of the cards say the same."""
        return self.ours == self.terminal


def own_totals(entries: Iterable[Entry]) -> DayTotals:
    """Payments that stand at the terminal, of the journal's payment entries since its last close."""
    return _totals(entries, CARD, State.COMPLETED, State.REVERSED)


def code_totals(entries: Iterable[Entry]) -> DayTotals:
    """Payments by code that were reported to central and stand, of the same entries."""
    return _totals(entries, CODE, State.FULFILLED, State.REVERSING)


def _totals(entries: Iterable[Entry], means: str, begins: State, ends: State) -> DayTotals:
    standing: dict[str, Fen] = {}
    for entry in entries:
        if entry.state == begins and (payment := from_entry(entry)).means == means:
            standing[entry.reference] = payment.amount
        elif entry.state == ends:
            standing.pop(entry.reference, None)
    return DayTotals(len(standing), Fen(sum(standing.values())))


class DayEnd:
    """Closes the day at ``hour`` (local); :meth:`close` does it now, if it may. ``quiet``: nobody is at the machine."""

    def __init__(
        self,
        journal: Journal,
        till: Till,
        terminal: CardTerminal,
        clock: Clock,
        *,
        hour: time,
        quiet: Callable[[], bool],
    ) -> None:
        self._journal, self._till, self._terminal, self._clock = journal, till, terminal, clock
        self._hour, self._quiet = hour, quiet

    async def run(self) -> None:
        """Close every day until cancelled."""
        pause = wait_until(self._clock.now(), self._hour)
        while True:
            await asyncio.sleep(pause)
            pause = wait_until(self._clock.now(), self._hour) if await self.close() else AGAIN

    async def close(self) -> Closed | None:
        """Close the batch if nobody pays and everything is settled with the terminal; None if it must wait."""
        if self._till.moving or self._till.why_closed(CARD) or not self._quiet():
            return None
        async with self._till.lock:
            self._till.paused = "menu.closed.day_end"  # whoever comes now is told at once, and does not wait
            try:
                return await self._close()
            except (DeviceError, StoreError) as error:
                log.warning("day not closed", error=type(error).__name__, detail=error.detail)
                return None
            finally:
                self._till.paused = ""

    async def _close(self) -> Closed:
        day = f"{self._clock.now().astimezone(LOCAL):%Y-%m-%d}"
        days = self._journal.entries(kind=DAY)
        tried = bool(days) and days[-1].state == "intended"
        last = next((entry.seq for entry in reversed(days) if entry.state != "intended"), 0)
        ours = own_totals(self._journal.entries(kind=KIND, after=last))
        if not tried:  # a terminal that refuses for weeks must not fill the journal
            self._journal.append(day, DAY, "intended")
        theirs = await self._terminal.end_of_day()
        codes = code_totals(self._journal.entries(kind=KIND, after=last))  # settlement went on meanwhile
        closed = Closed(day, ours, None if tried and theirs == NOTHING != ours else theirs, codes)
        self._write(closed)
        return closed

    def _write(self, closed: Closed) -> None:
        state = "unknown" if closed.terminal is None else "agrees" if closed.agrees else "differs"
        theirs = closed.terminal or NOTHING
        report = DayClosed(
            day=datetime.fromisoformat(closed.day).date(),
            kiosk_count=closed.ours.count,
            kiosk_amount=closed.ours.amount,
            terminal_count=theirs.count,
            terminal_amount=theirs.amount,
            known=closed.terminal is not None,
            code_count=closed.codes.count,
            code_amount=closed.codes.amount,
        )
        columns = {"ours": closed.ours, "terminal": theirs, "codes": closed.codes}
        body = {name: [totals.count, totals.amount] for name, totals in columns.items()}
        self._journal.append(closed.day, DAY, state, body, reports=[(STREAM, report)])
