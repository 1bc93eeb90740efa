"""The cable between kiosk and central: a plain TCP relay with hands.

It passes bytes and knows nothing of them, so the mutual TLS between the two ends goes through untouched. A cut
cable resets what was connected and everything that comes after, at once, as a kernel does that lost its route;
the port itself stays taken, so that nobody else can answer in its place. ``slow`` holds every piece back.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from hardware.simulators.base import hand, hands_of

PIECE = 65536


class Relay:
    """Bench role ``network``. Use :func:`relay` to open one."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._whole = True
        self._pause = 0.0
        self._passed = 0
        self._lines: set[asyncio.Task[None]] = set()

    def hands(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """What a person can do to the cable."""
        return hands_of(self)

    def state(self) -> Mapping[str, Any]:
        """Whether it is whole, how slow it is, what passes through it."""
        return {
            "connected": self._whole,
            "pause_ms": round(self._pause * 1000),
            "lines": len(self._lines),
            "passed_bytes": self._passed,
        }

    @hand("cut the network")
    def cut(self) -> None:
        """Cut the cable; nothing gets through until it is restored."""
        self._whole = False
        for line in self._lines:
            line.cancel()

    @hand("restore the network")
    def restore(self) -> None:
        """Whole again, and at full speed."""
        self._whole = True
        self._pause = 0.0

    @hand("slow network")
    def slow(self, milliseconds: int = 2000) -> None:
        """Hold every piece back for so long; 0 is normal again."""
        self._pause = max(0, milliseconds) / 1000

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the kiosk, from start to end."""
        task = asyncio.ensure_future(self._join(reader, writer))
        self._lines.add(task)
        task.add_done_callback(self._lines.discard)
        await asyncio.wait([task])

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far: asyncio.StreamWriter | None = None
        try:
            if self._whole:
                far_reader, far = await asyncio.open_connection(*self._target)
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass(reader, far))
                    both.create_task(self._pass(far_reader, writer))
        except* OSError:
            pass
        finally:
            for end in (writer, far):
                if end is not None:
                    end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE):
            if self._pause:
                await asyncio.sleep(self._pause)
            self._passed += len(data)
            writer.write(data)
            await writer.drain()
        await writer.drain()
        with suppress(OSError):
            writer.write_eof()


@asynccontextmanager
async def relay(host: str, port: int, *, listen: int = 0) -> AsyncIterator[tuple[Relay, int]]:
    """A cable to ``host:port`` from a loopback port: the relay and that port."""
    cable = Relay(host, port)
    server = await asyncio.start_server(cable.accept, "127.0.0.1", listen)
    try:
        yield cable, int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        cable.cut()
        await server.wait_closed()
