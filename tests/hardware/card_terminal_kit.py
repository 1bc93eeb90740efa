"""A card terminal on the table: the driver, a simulated terminal and the cable between them, on virtual time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Literal

from hardware.channel import Channel, ChannelClosed, memory_pair
from hardware.drivers.card_terminal import CardTerminal
from hardware.simulators.card_terminal import CardTerminalSimulator
from kiosk_app.devices import CardReceipt, DeviceState, TerminalNotice
from kiosk_app.money.amounts import Fen

PRICE = Fen(20_000)
Hook = Callable[[bytes], Sequence[bytes]]


class Table:
    """``to_terminal`` and ``to_kiosk`` are hooks of the cable, ``stale`` waits on it for whoever opens it."""

    def __init__(self, *, framing: Literal["tcp", "serial"] = "tcp", **simulator: Any) -> None:
        self.sim = CardTerminalSimulator(framing=framing, now=lambda: datetime(2026, 3, 2, tzinfo=UTC), **simulator)
        self.trace: list[tuple[str, bytes]] = []
        self.to_terminal: Hook = lambda data: [data]
        self.to_kiosk: Hook = lambda data: [data]
        self.stale = b""
        self.told: list[TerminalNotice] = []
        self._serving: set[asyncio.Task[None]] = set()
        self.driver = CardTerminal(self._open, framing=framing, trace=lambda way, data: self.trace.append((way, data)))

    async def _open(self) -> Channel:
        if not self.sim.plugged:
            raise ChannelClosed("unplugged")
        near, far = memory_pair()
        near.hook = lambda data: self.to_terminal(data)  # noqa: PLW0108 - a test may change it later
        far.hook = lambda data: self.to_kiosk(data)  # noqa: PLW0108
        await far.write(self.stale)
        self.stale = b""
        serving = asyncio.create_task(self.sim.serve(far))
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        return near

    def pay(self, amount: Fen = PRICE) -> "asyncio.Task[CardReceipt]":
        return asyncio.create_task(self.driver.pay(amount, self.told.append))

    async def approved(self, amount: Fen = PRICE) -> CardReceipt:
        paying = self.pay(amount)
        await self.until("card")
        self.sim.tap()
        return await paying

    async def pay_with_pin(self, pin: str = "123456") -> "asyncio.Task[CardReceipt]":
        paying = self.pay()
        await self.until("card")
        self.sim.insert()
        await self.until("pin")
        self.sim.type_pin(pin)
        return paying

    async def until(self, stage: str, *, seconds: float = 200) -> None:
        await self.wait(lambda: self.sim.working and self.sim.stage == stage, seconds=seconds)

    async def online(self) -> None:
        await self.wait(lambda: self.driver.condition.state is DeviceState.ONLINE)

    async def wait(self, ready: Callable[[], bool], *, seconds: float = 200) -> None:
        async with asyncio.timeout(seconds):
            while not ready():  # noqa: ASYNC110 - a person looking at a display
                await asyncio.sleep(0.01)

    def sent(self, control: str) -> int:
        """How often the kiosk sent an APDU with this control field."""
        return sum(way == ">" and data.hex().startswith(control) for way, data in self.trace)


@asynccontextmanager
async def table(**parameters: Any) -> AsyncIterator[Table]:
    """A connected table; everything is cleared away afterwards."""
    made = Table(**parameters)
    running = asyncio.create_task(made.driver.run())
    try:
        await made.online()
        yield made
    finally:
        running.cancel()
        await asyncio.wait([running])


async def outcome(awaitable: Awaitable[Any]) -> BaseException | Any:
    """The result, or the error instead of raising it."""
    try:
        return await awaitable
    except Exception as error:
        return error
