"""How a simulator gets onto the real wire: a pseudo-terminal under a stable name, or a TCP port on loopback.

``async with PtyWire(simulator, path):`` and ``async with TcpWire(simulator, host, port):`` put it there. The
wire follows the simulator's plug: unplugged, the name (or the port) is gone, as it is when somebody pulls a USB
adapter; plugged in again, it is back under the same name with a new line behind it.
"""

import asyncio
import os
import tty
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.channel import Channel, FdChannel, StreamChannel
from hardware.simulators.base import Simulator


class Wire:
    """What both share: the wire is up while it is entered and the simulator is plugged in."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._entered = self._is_up = False
        self._serving: dict[asyncio.Task[None], Channel] = {}
        simulator.on_plug(self._follow)

    async def __aenter__(self) -> Self:
        self._entered = True
        await self._follow(self.simulator.plugged)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered = False
        await self._follow(False)

    async def up(self) -> None:
        """Be reachable."""
        raise NotImplementedError

    async def down(self) -> None:
        """Be unreachable; lines are cut by :meth:`_follow`."""
        raise NotImplementedError

    async def _follow(self, plugged: bool) -> None:
        wanted = plugged and self._entered
        if wanted and not self._is_up:
            await self.up()
        elif self._is_up and not wanted:
            await self.down()
            serving = dict(self._serving)
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)
            for channel in serving.values():  # one that was cancelled before it began
                await channel.close()
        self._is_up = wanted

    def _serve(self, channel: Channel) -> None:
        task = asyncio.create_task(self.simulator.serve(channel), name=f"wire {self.simulator.role}")
        self._serving[task] = channel
        task.add_done_callback(self._serving.pop)


class PtyWire(Wire):
    """A serial line: ``link_path`` points to the pseudo-terminal of the moment.

    The simulator keeps the driver's side open too, so that a driver may come and go as on a real port.
    """

    def __init__(self, simulator: Simulator, link_path: Path) -> None:
        super().__init__(simulator)
        self.link_path = link_path

    async def up(self) -> None:
        near, far = os.openpty()
        tty.setraw(far)  # or the terminal would echo what the simulator says

        def release() -> None:
            os.close(near)
            os.close(far)

        name = self.link_path.with_name(self.link_path.name + ".new")
        name.unlink(missing_ok=True)
        name.symlink_to(os.ttyname(far))
        name.replace(self.link_path)
        self._serve(FdChannel(near, release))

    async def down(self) -> None:
        self.link_path.unlink(missing_ok=True)


class TcpWire(Wire):
    """A TCP port. ``port`` 0 takes a free one at first and keeps it afterwards."""

    def __init__(self, simulator: Simulator, host: str, port: int) -> None:
        super().__init__(simulator)
        self.host, self.port = host, port
        self._server: asyncio.Server | None = None

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serve(StreamChannel(reader, writer))

    async def down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
