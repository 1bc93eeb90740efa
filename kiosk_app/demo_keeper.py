"""Keeps the kiosk running in the demo, as systemd does in the field (``Restart=always``, with a growing pause).

The bench is the mains switch: its orders ``kill`` and ``start`` arrive here, because only the keeper knows the
process; how the kiosk is goes back to the bench after every change.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from kiosk_app.demo_children import Child

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0
LIVED_LONG = 20.0


class Keeper:
    """``launch`` starts the kiosk; ``bench`` hears how it is. ``starts`` counts; ``begun``: the first was."""

    def __init__(self, launch: Callable[[], Awaitable[Child]], bench: Child) -> None:
        self._launch, self._bench = launch, bench
        self._kiosk: Child | None = None
        self._now = asyncio.Event()
        self.begun = asyncio.Event()
        self.starts = 0

    async def run(self) -> None:
        """Start it again and again; cancelling stops it for good."""
        pause = FIRST_PAUSE
        loop = asyncio.get_running_loop()
        while True:
            begun = loop.time()
            status = await self._once()
            pause = FIRST_PAUSE if loop.time() - begun > LIVED_LONG else min(pause * 2, LONGEST_PAUSE)
            self._tell({"running": False, "exit": status, "starts": self.starts})
            try:
                async with asyncio.timeout(pause):
                    await self._now.wait()
            except TimeoutError:
                pass

    async def _once(self) -> int:
        """One life of the kiosk; its exit status."""
        self._now.clear()
        kiosk = self._kiosk = await self._launch()
        self.starts += 1
        self.begun.set()
        self._tell({"running": True, "pid": kiosk.pid, "starts": self.starts})
        try:
            return await kiosk.process.wait()
        finally:
            self._kiosk = None
            await kiosk.stop()

    async def obey(self) -> None:
        """Follow the bench's orders until it ends."""
        orders = self._bench.process.stdout
        while orders is not None and (line := await orders.readline()):
            order = json.loads(line).get("kiosk")
            if order == "kill" and self._kiosk is not None:
                self._kiosk.kill()
            elif order == "start":
                self._now.set()

    def _tell(self, words: dict[str, Any]) -> None:
        if self._bench.process.stdin is not None:
            self._bench.process.stdin.write(json.dumps(words).encode() + b"\n")
