"""What every simulator has: the far end of a wire, hands, faults and a state that one can look at.

Rules. A simulator speaks the same codec as the driver and never learns that the driver is ours. A *hand* does
what a person's hand does (lay a card down, pull it, press a key, refill, pull the plug); a *fault* is what
devices do by themselves (freeze, garble, slow down). Hands and faults are plain methods decorated with
:func:`hand`; the web bench, scripts and tests call the same ones. All waiting is ``asyncio.sleep`` on the loop,
all chance comes from ``self.random``, so that the worlds can run a simulator on a virtual clock from a seed.
"""

import asyncio
import inspect
import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from hardware.channel import Channel, ChannelClosed

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class OneOf:
    """The values that a hand's parameter may have: ``at: Annotated[str, OneOf(("feed", "exit"))]``."""

    choices: tuple[str, ...]


def hand(label: str) -> Callable[[Method], Method]:
    """Mark a method as a hand or fault that the bench offers. Its parameters are str or int."""

    def mark(method: Method) -> Method:
        method.__dict__["hand"] = label
        return method

    return mark


def hands_of(thing: object) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every hand of ``thing`` by method name: its label and the names of its parameters."""
    return {
        name: (method.hand, tuple(inspect.signature(method).parameters))
        for name, method in inspect.getmembers(thing, callable)
        if hasattr(method, "hand")
    }


class Simulator:
    """Base of all simulators. ``role`` as in the configuration."""

    role = ""

    def __init__(self, *, seed: int = 0) -> None:
        self.random = random.Random(seed)  # noqa: S311 - chance of a simulated world, not of a key
        self.frozen = False
        self.garbled = 0
        self.noisy = 0
        self.delay = 0.0
        self.plugged = True
        self._lines: dict[Channel, asyncio.Task[None]] = {}
        self._plug_listeners: list[Callable[[bool], Awaitable[None]]] = []
        self._thaw = asyncio.Event()
        self._thaw.set()

    # --- to override ---

    async def talk(self, channel: Channel) -> None:
        """Answer the driver on ``channel`` until it closes. Write through :meth:`answer`."""
        raise NotImplementedError

    def state(self) -> Mapping[str, Any]:
        """What one can see of the device, and which faults it has now, as JSON: for the bench page."""
        return {
            "plugged": self.plugged,
            "frozen": self.frozen,
            "garbled": self.garbled,
            "noisy": self.noisy,
            "delay_ms": round(self.delay * 1000),
        }

    # --- shared ---

    async def serve(self, channel: Channel) -> None:
        """One connection, from plug to unplug. The plug ends it even in the middle of an answer, or frozen."""
        if self.plugged:
            talk = asyncio.create_task(self._talk(channel), name=f"simulated {self.role}")
            self._lines[channel] = talk
            try:
                await asyncio.wait([talk])
            finally:
                talk.cancel()
                del self._lines[channel]
                await channel.close()
            if not talk.cancelled():
                talk.result()
        else:
            await channel.close()

    async def _talk(self, channel: Channel) -> None:
        with suppress(ChannelClosed):
            await self.talk(channel)

    async def answer(self, channel: Channel, data: bytes) -> None:
        """Send ``data`` to the driver, with the present faults: frozen, slow, noise before it, a byte flipped."""
        await self._thaw.wait()
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.noisy:
            self.noisy -= 1
            data = self.random.randbytes(self.random.randint(1, 16)) + data
        if self.garbled and data:
            self.garbled -= 1
            at = self.random.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ (1 + self.random.randrange(255))]) + data[at + 1 :]
        await channel.write(data)

    def on_plug(self, listener: Callable[[bool], Awaitable[None]]) -> None:
        """Call ``listener`` with False when unplugged and True when plugged in: the wire it hangs on."""
        self._plug_listeners.append(listener)

    def hands(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Every hand by method name: its label and the names of its parameters."""
        return hands_of(self)

    @hand("unplug")
    async def unplug(self) -> None:
        """Pull the plug: every line is cut, and none is taken until plugged in again."""
        self.plugged = False
        for line, talk in list(self._lines.items()):
            talk.cancel()
            await line.close()
        for listener in self._plug_listeners:
            await listener(False)

    @hand("plug in")
    async def plug_in(self) -> None:
        """Put the plug back."""
        self.plugged = True
        for listener in self._plug_listeners:
            await listener(True)

    @hand("freeze")
    def freeze(self) -> None:
        """Say nothing any more, though the line stays."""
        self.frozen = True
        self._thaw.clear()

    @hand("thaw")
    def thaw(self) -> None:
        """Go on."""
        self.frozen = False
        self._thaw.set()

    @hand("corrupt answers")
    def corrupt(self, count: int = 1) -> None:
        """Flip one byte in each of the next ``count`` answers."""
        self.garbled = int(count)

    @hand("noise on the line")
    def noise(self, count: int = 1) -> None:
        """Put a few stray bytes before each of the next ``count`` answers."""
        self.noisy = int(count)

    @hand("slow down")
    def slow_down(self, milliseconds: int = 1000) -> None:
        """Wait before each answer; 0 is normal again."""
        self.delay = int(milliseconds) / 1000
