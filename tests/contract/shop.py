"""A till on a terminal, with the power switch in between: every durable write of either may be the last.

Real are journal and outbox in the encrypted file, till, settlement, driver and simulator. Central is not there, so a
payment that was delivered ends *completed*. ``Power`` (of the worlds) counts the entries of the journal and, where a
terminal keeps a book of its own, the changes of its files too.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from hardware.channel import Channel, ChannelClosed
from hardware.drivers.card_terminal_umsips_book import Book
from kiosk_app.devices import CardTerminal
from kiosk_app.errors import ReversalStuck
from kiosk_app.ids import uuid7
from kiosk_app.money.payment import TAKEN, Payment, State
from kiosk_app.money.till import Till
from offline_cache.journal import SqlJournal
from offline_cache.outbox import SqlOutbox
from offline_cache.store import open_store
from tests.contract.terminals import MEMORY, PRICE, Table, outcome
from tests.worlds.power import Crash, FragileJournal, Power, PowerCut
from tests.worlds.things import WorldClock
from tests.worlds.world import KEY, KIOSK, STORE_KEY

Hand = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
STANDS = TAKEN - {State.REVERSING, State.APPROVED}
"""States in which the terminal must have the money, once nothing is open there."""


class Shop:
    """One machine over several lives. ``table`` is its terminal, which lives on."""

    def __init__(self, table: Table, folder: Path) -> None:
        self.table, self.folder = table, folder
        self.till: Till
        self.driver: CardTerminal
        self.power: Power
        self.entries = 0

    @asynccontextmanager
    async def life(self, crash: Crash | None = None) -> AsyncIterator[Power]:
        """From power on to power off; ends early, and quietly, when the power fails."""
        power = Power(crash)
        with (
            open_store(self.folder / "store", STORE_KEY, ballast=4096, reserve=0) as store,
            pytest.MonkeyPatch.context() as patch,
        ):
            _watch(Book, power, patch)
            clock = WorldClock()
            ids = uuid7(clock, Random(1))
            outbox = SqlOutbox(
                store,
                kiosk=KIOSK,
                boot_id=ids(),
                sign=KEY.sign,
                clock=clock,
                mono=lambda: asyncio.get_running_loop().time(),
                clock_quality=lambda: "ntp",
                new_id=ids,
            )
            journal = FragileJournal(SqlJournal(store, outbox, clock), power, asyncio.Event())
            self.power, self.driver = power, self.table.wired(self._wire(power))
            self.till = Till(journal, outbox, self.driver, clock, machine="44070399")
            tasks = [asyncio.create_task(self.driver.run()), asyncio.create_task(self.till.settlement.run())]
            try:
                yield power
            finally:
                power.cut()
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
                for task in tasks:
                    if not task.cancelled():
                        task.exception()
                self.entries = power.entries

    def _wire(self, power: Power) -> Callable[[], Any]:
        async def opener() -> Channel:
            if not power.on:
                raise ChannelClosed("no power")
            channel = await self.table.opener()
            power.wires.append(channel)  # type: ignore[arg-type] # it is one in memory
            return channel

        return opener

    async def sells(
        self,
        power: Power,
        *,
        delivers: bool = True,
        hand: Callable[[asyncio.Event], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """One citizen, from the charge to its end; errors of payments are theirs. ``hand`` gets their cancel."""
        cancel = asyncio.Event()
        failing: asyncio.Task[Any] = asyncio.create_task(power.failed.wait())
        doing = [failing, asyncio.create_task(self.table.card_and_pin())]
        if hand is not None:
            doing.append(asyncio.create_task(hand(cancel)))
        selling = asyncio.create_task(self._charge(cancel, delivers=delivers))
        await asyncio.wait({selling, failing}, return_when=asyncio.FIRST_COMPLETED)
        for task in (selling, *doing):
            task.cancel()
            with suppress(asyncio.CancelledError, PowerCut, Exception):
                await task

    async def _charge(self, cancel: asyncio.Event, *, delivers: bool) -> None:
        async with self.till.charge(PRICE, lambda _reference, _notice: None, cancel):
            if not delivers:
                raise RuntimeError("the goods cannot be delivered")

    async def settled(self) -> list[Payment]:
        """Wait until nothing is open at the terminal; the payments that are left."""

        def busy() -> list[Payment]:
            over = {State.COMPLETED, State.REFUND_DUE}
            return [payment for payment in self.till.open_payments if payment.state not in over]

        await self.table.wait(lambda: not busy() or not self.power.on, seconds=3000)
        return self.till.open_payments

    async def opens(self) -> int:
        """Wait until money can be taken; fen of delivered payments that a reversal hit, as the terminal confesses.

        A terminal that has used up its reversals, or whose reversal hit the payment before, waits for a person.
        """
        await self.table.wait(lambda: self.till.why_closed() == "" or self._stuck(), seconds=3000)
        if not self._stuck():
            return 0
        error = await outcome(self.driver.last())
        assert isinstance(error, ReversalStuck)
        await self.driver.reverse(0)
        await self.table.wait(lambda: self.till.why_closed() == "", seconds=3000)
        hit = [self.table.sim.ledger.bookings[int(n) - 1] for n in re.findall(r"undid trace (\d+)", error.detail)]
        assert all(booking.state == "reversed" for booking in hit)
        return sum(booking.amount for booking in hit)

    def _stuck(self) -> bool:
        return self.driver.condition.reason == ReversalStuck.reason

    def agrees(self, *, confessed: int = 0) -> None:
        """What the kiosk believes to have is what the bank booked, or the difference is known."""
        ours = sum(payment.amount for payment in self.till.open_payments if payment.state in STANDS)
        assert ours == self.table.taken + confessed, [payment.state for payment in self.till.open_payments]
        self.table.conserved()


def _watch(book: type[Book], power: Power, patch: pytest.MonkeyPatch) -> None:
    """Let every change of a terminal's files count as an entry."""
    for name in ("_replace", "_delete"):
        real = getattr(book, name)

        def fragile(self: Book, *given: Any, real: Callable[..., None] = real) -> None:
            power.entries += 1
            power.check("before")
            real(self, *given)
            power.check("after")

        patch.setattr(book, name, fragile)


@asynccontextmanager
async def shop(make: type[Table]) -> AsyncIterator[Shop]:
    """A shop in an empty folder."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Shop(make(Path(folder)), Path(folder))
