"""A driver and its simulator joined in memory, for devices that speak unasked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from hardware.channel import Channel, ChannelClosed, MemoryChannel, memory_pair
from hardware.simulators.base import Simulator
from kiosk_app.devices import Device


def opener_to(
    simulator: Simulator, spoil: Callable[[MemoryChannel], object] = lambda _: None
) -> Callable[[], Awaitable[Channel]]:
    """Opens a line to ``simulator``; ``spoil`` gets the simulator's end of it."""
    served: set[asyncio.Task[None]] = set()

    async def opener() -> Channel:
        if not simulator.plugged:
            raise ChannelClosed("no such device")
        near, far = memory_pair()
        spoil(far)
        task = asyncio.create_task(simulator.serve(far))
        served.add(task)
        task.add_done_callback(served.discard)
        return near

    return opener


@asynccontextmanager
async def running(device: Device, simulator: Simulator) -> AsyncIterator[None]:
    """The device's own life, connected at first if its simulator is plugged in."""
    life = asyncio.create_task(device.run())
    await asyncio.sleep(0.1)
    try:
        yield
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life
        await simulator.unplug()


async def until(true: Callable[[], bool]) -> None:
    """Until it is so, on the real clock; whoever calls has a deadline."""
    while not true():  # noqa: ASYNC110 - a device's state is a value, and it is not ours to change that for a test
        await asyncio.sleep(0.02)
