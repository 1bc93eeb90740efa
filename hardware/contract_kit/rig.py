"""The rig: one device on the table, the driver that is tested, and hands.

Rules. :meth:`Rig.driver` builds a new driver each time and does not run it. A hand does what a person's hand does and
returns when it is done; a hand that this rig does not have is left as it is here, and skips the case that needs it.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn, Self

import pytest

from hardware.channel import Channel, ChannelClosed, Opener, memory_pair
from hardware.simulators.base import Simulator


def cannot(what: str) -> NoReturn:
    """End the case: this rig has no hand for ``what``."""
    pytest.skip(f"this rig cannot {what}")


class Rig:
    """Override :meth:`driver`, and every hand that there is. Seconds are the longest that may pass.

    ``patience``: from plugging in until it serves; ``notice``: from a pulled plug, or a frozen device, until the
    condition says so; ``answer``: until a command ends whose device is gone. ``cycles``: how often what is to be done
    again and again is done. ``looks``: how long a case looks on while the device is not to be served by; as long as
    ``notice``, unless the rig's driver goes wrong sooner if it goes wrong: when its longest question is overdue.
    """

    real_time = False
    patience = 30.0
    notice = 15.0
    answer = 60.0
    longest = 7200.0
    cycles = 5

    @property
    def looks(self) -> float:
        return self.notice

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the device off the table."""

    def driver(self) -> Any:
        """A new driver for the device on the table."""
        raise NotImplementedError

    async def unplug(self) -> None:
        """Pull the plug: the line is gone at once."""
        cannot("pull the plug")

    async def plug_in(self) -> None:
        """Put it back."""
        cannot("put the plug back")

    async def freeze(self) -> None:
        """The device says nothing any more, though the line stays."""
        cannot("freeze the device")

    async def thaw(self) -> None:
        """It goes on."""
        cannot("thaw the device")

    async def disturb(self) -> None:
        """Noise on the line: a few of the next answers are spoilt."""
        cannot("disturb the line")


class SimulatedRig(Rig):
    """A simulator on the table, and its plug."""

    simulator: Simulator

    async def unplug(self) -> None:
        await self.simulator.unplug()

    async def plug_in(self) -> None:
        await self.simulator.plug_in()

    async def freeze(self) -> None:
        self.simulator.freeze()

    async def thaw(self) -> None:
        self.simulator.thaw()


class OnTheTable(SimulatedRig):
    """A simulator and a driver joined by a cable in memory, on virtual time."""

    def __init__(self, simulator: Simulator, build: Callable[[Opener], Any]) -> None:
        self.simulator = simulator
        self._build = build
        self._serving: set[asyncio.Task[None]] = set()

    def driver(self) -> Any:
        return self._build(self._open)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.simulator.unplug()
        if self._serving:
            await asyncio.wait(self._serving)

    async def _open(self) -> Channel:
        if not self.simulator.plugged:
            raise ChannelClosed("unplugged")
        near, far = memory_pair()
        serving = asyncio.create_task(self.simulator.serve(far), name="on the table")
        self._serving.add(serving)
        serving.add_done_callback(self._serving.discard)
        return near

    async def disturb(self) -> None:
        self.simulator.noise(2)
        self.simulator.corrupt(1)
