"""Bank-card terminals on the table, one kit for every make: driver, simulator and the wire between, on virtual time.

A make says how its hands differ; what a payment is, who took what and what is left over is asked of both alike.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from hardware.channel import Channel, ChannelClosed, Opener, memory_pair
from hardware.drivers.card_terminal import CardTerminal as Zvt
from hardware.drivers.card_terminal_umsips import CardTerminalUmsips
from hardware.simulators.base import Simulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from kiosk_app.devices import CardReceipt, CardTerminal, DeviceState, TerminalSays
from kiosk_app.money.amounts import Fen
from kiosk_app.money.payment import Payment, State, what_happened
from tests import virtual

PRICE = Fen(20_000)
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Table:
    """One make of terminal, connected; ``restart`` is the kiosk's power going and coming back."""

    make: ClassVar[str]
    stages: ClassVar[tuple[str, ...]]
    """Where the wire may break during a payment."""
    at_bank: ClassVar[str]
    """The stage in which the bank thinks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[TerminalSays] = []
        self.simulator = self._simulator()
        self.driver: CardTerminal
        self._running: asyncio.Task[None] | None = None
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def sim(self) -> Any:
        """The simulator with all of its hands."""
        return self.simulator

    def _simulator(self) -> Simulator:
        raise NotImplementedError

    def wired(self, opener: Opener) -> CardTerminal:
        """A driver on this wire."""
        raise NotImplementedError

    async def opener(self) -> Channel:
        """A new wire to the simulator."""
        if not self.simulator.plugged:
            raise ChannelClosed("unplugged")
        near, far = memory_pair()
        serving = asyncio.create_task(self.simulator.serve(far))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        return near

    # --- the kiosk ---

    async def start(self) -> None:
        self.driver = self.wired(self.opener)
        self._running = asyncio.create_task(self.driver.run())
        await self.online()

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    async def restart(self) -> None:
        await self.stop()
        await asyncio.sleep(1)
        await self.start()

    async def online(self) -> None:
        await self.wait(lambda: self.driver.condition.state is DeviceState.ONLINE)

    async def wait(self, ready: Callable[[], object], *, seconds: float = 400) -> None:
        async with asyncio.timeout(seconds):
            while not ready():  # noqa: ASYNC110 - a person looking
                await asyncio.sleep(0.01)

    async def until(self, stage: str) -> None:
        await self.wait(lambda: self.sim.working and self.sim.stage == stage)

    # --- somebody pays ---

    def pay(self, amount: Fen = PRICE) -> "asyncio.Task[CardReceipt]":
        return asyncio.create_task(self.driver.pay(amount, self.told.append))

    async def pays(self, amount: Fen = PRICE, *, card: str = "sample") -> "asyncio.Task[CardReceipt]":
        """Card and PIN; the bank has not answered yet."""
        paying = self.pay(amount)
        await self.card_and_pin(card)
        return paying

    async def card_and_pin(self, card: str = "sample") -> None:
        """What somebody does who pays."""
        await self.until("card")
        self.sim.insert(card)
        await self.until("pin")
        self.sim.type_pin()

    async def approved(self, amount: Fen = PRICE) -> CardReceipt:
        return await (await self.pays(amount))

    async def told_last(self) -> CardReceipt | None:
        """``last``, asked as settlement does: again, until the terminal says."""
        for _ in range(60):
            said = await outcome(self.driver.last())
            if not isinstance(said, Exception):
                return said  # type: ignore[no-any-return]
            await asyncio.sleep(1)
        raise AssertionError(f"it never says: {said!r}")

    # --- the bank ---

    @property
    def taken(self) -> int:
        """Fen of payments that stand."""
        return sum(b.amount for b in self.sim.ledger.bookings if (b.kind, b.state) == ("payment", "booked"))

    def conserved(self) -> None:
        """Every reversal names a payment that no other names, and of the same amount."""
        bookings = self.sim.ledger.bookings
        undone = [b for b in bookings if b.kind == "reversal"]
        assert len({b.original for b in undone}) == len(undone)
        for booking in undone:
            original = bookings[booking.original - 1]
            assert (original.kind, original.state, original.amount) == ("payment", "reversed", booking.amount)
        assert sum(b.state == "reversed" for b in bookings) == len(undone)


class ZvtTable(Table):
    """A terminal of its own, over TCP."""

    make = "zvt"
    stages = ("accepted", "card", "pin", "host", "decided", "told")
    at_bank = "host"

    def _simulator(self) -> Simulator:
        return CardTerminalSimulator(now=lambda: NOW, when_abandoned="keep")

    def wired(self, opener: Opener) -> CardTerminal:
        return Zvt(opener)


class UmsTable(Table):
    """The UnionPay library behind its host."""

    make = "umsips"
    stages = ("card", "pin", "host", "sent", "decided")
    at_bank = "sent"

    def _simulator(self) -> Simulator:
        return UmsTerminalSimulator(now=lambda: NOW)

    def wired(self, opener: Opener) -> CardTerminal:
        return CardTerminalUmsips(opener, self.folder / "unionpay", now=lambda: NOW, random=Random(1))


MAKES: tuple[type[Table], ...] = (ZvtTable, UmsTable)


@asynccontextmanager
async def table(make: type[Table]) -> AsyncIterator[Table]:
    """A connected table; in the end the money must be right."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        made = make(Path(folder))
        await made.start()
        try:
            yield made
            made.conserved()
        finally:
            await made.stop()


def story(make: type[Table], tell: Callable[[Any], Awaitable[None]]) -> None:
    """Tell it on virtual time; a task whose failure nobody read fails it."""
    unread: list[str] = []

    async def whole() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, what: unread.append(f"{what}"))
        async with asyncio.timeout(20_000), table(make) as made:
            await tell(made)

    virtual.run(whole())
    assert not unread, "\n".join(unread)


def judged(before: CardReceipt | None, last: CardReceipt | None, amount: Fen = PRICE) -> State:
    """What settlement makes of ``last`` after a payment whose answer was lost."""
    payment = Payment("1", amount, State.UNKNOWN, before=before.trace if before else None)
    return what_happened(payment, last)


async def outcome(awaitable: Awaitable[Any]) -> Any:
    """The result, or the error instead of raising it."""
    try:
        return await awaitable
    except Exception as error:
        return error
