"""The far end of a wire on which a device speaks unasked: a scanner, a keypad, a jack.

What is said goes to whoever has the line open; nobody being there costs nothing, as with the real thing. A frozen
device says nothing, and what happened to it meanwhile is not said later.
"""

import asyncio
from contextlib import suppress

from hardware.channel import Channel, ChannelClosed
from hardware.simulators.base import Simulator

UNREAD = 0.5
"""Seconds after which a line that nobody reads loses what was said."""


class UnaskedSimulator(Simulator):
    """Says things by :meth:`say`; what is said to it means nothing."""

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self._listeners: set[Channel] = set()

    async def talk(self, channel: Channel) -> None:
        self._listeners.add(channel)
        try:
            while await channel.read():
                pass
        finally:
            self._listeners.discard(channel)

    async def say(self, data: bytes) -> None:
        """Say it on every line, with the present faults."""
        if self.frozen:
            return
        for channel in list(self._listeners):
            with suppress(ChannelClosed, TimeoutError):
                async with asyncio.timeout(UNREAD + self.delay):
                    await self.answer(channel, data)
