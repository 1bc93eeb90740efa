"""A permit unit, its driver and the line between them, on virtual time over memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from hardware.channel import Channel, ChannelClosed, MemoryChannel, memory_pair
from hardware.drivers.permit_unit import PermitUnit
from hardware.simulators.permit_unit import PermitUnitSimulator
from kiosk_app.devices import DeviceState, EndorsementPrint, EndorsementResult, Permit
from tests import virtual

TODAY = date(2026, 7, 1)
LINES = ("香港 个人旅游(G) 一次", "逗留不超过7天", "有效期至 2027.07.01", "签发地 广东江门 样本")
NEW = EndorsementPrint("7f-0001", LINES)


@dataclass
class Desk:
    sim: PermitUnitSimulator
    opener: Callable[[], Coroutine[Any, Any, Channel]]
    unit: PermitUnit
    wire: list[tuple[str, bytes]]
    lines: list[MemoryChannel]
    told: list[int] = field(default_factory=list)

    async def take_in(self, card: str = "zhang") -> Permit:
        waiting = asyncio.create_task(self.unit.wait_permit())
        await self.shutter()
        self.sim.insert(card)
        return await waiting

    async def shutter(self) -> None:
        while not self.sim.body.shutter:  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep(0.1)

    async def until(self, state: DeviceState) -> None:
        while self.unit.condition.state is not state:  # noqa: ASYNC110 - virtual time costs nothing
            await asyncio.sleep(0.1)

    def printing(self, job: EndorsementPrint = NEW) -> "asyncio.Task[EndorsementResult]":
        return asyncio.create_task(self.unit.print(job, self.told.append))

    def cut_line(self) -> None:
        self.lines[-1].cut()


@asynccontextmanager
async def desk(spoil: Callable[[MemoryChannel, MemoryChannel], object] | None = None) -> AsyncIterator[Desk]:
    sim = PermitUnitSimulator(seed=1)
    lines: list[MemoryChannel] = []
    wire: list[tuple[str, bytes]] = []
    serving: set[asyncio.Task[None]] = set()

    async def opener() -> Channel:
        if not sim.plugged:
            raise ChannelClosed("no such device")
        near, far = memory_pair()
        lines.append(near)
        if spoil is not None:
            spoil(near, far)
        task = asyncio.create_task(sim.serve(far))
        serving.add(task)
        task.add_done_callback(serving.discard)
        return near

    unit = new_driver(opener, wire)
    async with running(unit):
        try:
            yield Desk(sim, opener, unit, wire, lines)
        finally:
            await sim.unplug()
            sim.body.cut_power()


def new_driver(opener: Callable[[], Coroutine[Any, Any, Channel]], wire: list[tuple[str, bytes]]) -> PermitUnit:
    sessions = count(0x5E550001 + len(wire))
    return PermitUnit(
        opener,
        trace=lambda way, data: wire.append((way, data)),
        today=lambda: TODAY,
        new_session=lambda: next(sessions),
    )


@asynccontextmanager
async def running(unit: PermitUnit) -> AsyncIterator[None]:
    task = asyncio.create_task(unit.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def story(tell: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(1200), desk() as prepared:
            await tell(prepared)

    virtual.run(whole())
