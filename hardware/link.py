"""One codec over one channel: send, receive with a deadline, reconnect with back-off, trace the wire.

Rules. A link has one owner at a time (:meth:`Link.turn` is the device's queue). A lost line or a late answer is
DeviceOffline and nothing else. On every connect ``greet`` asks the device what is true before anybody is
served. It never gives up: the pause doubles from 0.25 s to 15 s. Frames nobody waits for are dropped with the
next :meth:`Link.turn`, so that a late answer to an old question is never taken for the answer to a new one
(one that is still on its way then is the driver's to recognise, or to end with :meth:`Link.lose`). A device that
talks without end costs its own line, neither memory nor anybody else's time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from typing import Generic, Protocol, TypeVar

from hardware.channel import Channel, ChannelClosed, Opener
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline, KioskError

Frame = TypeVar("Frame")
Trace = Callable[[str, bytes], None]
"""Gets ``">"`` or ``"<"`` and the bytes."""

TAP: ContextVar[Trace | None] = ContextVar("tap", default=None)
"""Hears every byte, and ``"+"`` and ``"-"`` when a line comes and goes, of each link that is run while it is set.

What a technician records with (:mod:`hardware.recording`). It comes through the context so that no driver, ours or
an outsider's, has to know about it; bytes of a tap hold personal data, and a kiosk that serves citizens never sets it.
"""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0
MOST_FRAMES = 2000
"""Frames that nobody has asked for; no device says so much between two questions."""


class Codec(Protocol[Frame]):
    """Bytes in, frames out; survives noise and any split (a new one for every connection)."""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by ``data``."""


class Link(Generic[Frame]):
    """The line to one device."""

    def __init__(
        self, role: str, opener: Opener, codec: Callable[[], Codec[Frame]], *, trace: Trace | None = None
    ) -> None:
        self.role = role
        self._opener, self._new_codec, self._trace = opener, codec, trace
        self._tap: Trace | None = None
        self._channel: Channel | None = None
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._pump: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a line now."""
        return self._channel is not None

    @asynccontextmanager
    async def turn(self, *, within: float = 5.0) -> AsyncIterator[None]:
        """The device for oneself. Raises DeviceOffline when another command keeps it for ``within`` seconds."""
        try:
            async with asyncio.timeout(within):
                await self._turn.acquire()
        except TimeoutError as error:
            raise DeviceOffline(self.role, "busy") from error
        try:
            self.drop()
            yield
        finally:
            self._turn.release()

    def drop(self) -> None:
        """Forget frames that came unasked."""
        while not self._frames.empty():
            self._frames.get_nowait()

    async def send(self, data: bytes, *, within: float = 10.0) -> None:
        """Put bytes on the wire. Raises DeviceOffline, also when the device does not take them ``within`` seconds."""
        channel = self._channel
        if channel is None:
            raise DeviceOffline(self.role, "not connected")
        self._hear(">", data)
        try:
            async with asyncio.timeout(within):
                await channel.write(data)
        except ChannelClosed as error:
            raise DeviceOffline(self.role, str(error)) from error
        except TimeoutError as error:
            self.lose()  # half a frame is out
            raise DeviceOffline(self.role, f"takes nothing for {within:g} s") from error

    async def receive(self, deadline: float) -> Frame:
        """The next frame. Raises DeviceOffline after ``deadline`` seconds or when the line is lost."""
        frames = self._frames
        if self._channel is None and frames.empty():
            raise DeviceOffline(self.role, "not connected")
        try:
            async with asyncio.timeout(deadline):
                frame = await frames.get()
        except TimeoutError as error:
            raise DeviceOffline(self.role, f"no answer within {deadline:g} s") from error
        if frame is None:
            frames.put_nowait(None)  # for whoever else waits
            raise DeviceOffline(self.role, "line lost")
        return frame

    def lose(self) -> None:
        """Give the line up (the device talks nonsense): it is closed and opened again."""
        if self._pump is not None:
            self._pump.cancel()

    async def run(self, greet: Callable[[], Awaitable[None]], gone: Callable[[DeviceError], None]) -> None:
        """Keep the line. ``greet`` after every connect; ``gone`` whenever there is no working line."""
        self._tap = TAP.get()
        pause = FIRST_PAUSE
        while True:
            try:
                channel = await self._opener()
            except ChannelClosed as error:
                gone(DeviceOffline(self.role, str(error)))
            else:
                if await self._serve(channel, greet, gone):
                    pause = FIRST_PAUSE
            if (task := asyncio.current_task()) is not None and task.cancelling():  # a greeting's error hid it
                raise asyncio.CancelledError
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _serve(
        self, channel: Channel, greet: Callable[[], Awaitable[None]], gone: Callable[[DeviceError], None]
    ) -> bool:
        """One connection from greeting to loss; True if the greeting succeeded."""
        self._frames = asyncio.Queue()
        self._channel = channel
        if self._tap is not None:
            self._tap("+", b"")
        self._pump = pump = asyncio.create_task(self._read(channel), name=f"read {self.role}")
        pump.add_done_callback(partial(self._ended, channel))
        greeted = False
        try:
            try:
                await greet()
                greeted = True
                await asyncio.wait([pump])
                gone(DeviceOffline(self.role, "line lost"))
            except DeviceError as error:
                gone(error)
            except KioskError as error:  # nobody has asked for anything yet: what it refuses is nonsense
                gone(DeviceFault(self.role, f"greeted with {type(error).__name__}: {error}"))
            except Exception as error:  # as with a codec: a bug of a driver is reported, and costs its device only
                self._report("driver", error)
                gone(DeviceFault(self.role, f"the driver failed with {type(error).__name__}: {error}"))
            if self._tap is not None:  # not when we are cancelled: then nothing was lost
                self._tap("-", b"")
        finally:
            pump.cancel()
            self._hang_up(channel)
            await channel.close()
        return greeted

    async def _read(self, channel: Channel) -> None:
        codec = self._new_codec()
        while data := await channel.read():
            self._hear("<", data)
            for frame in codec.feed(data):
                self._frames.put_nowait(frame)
            if self._frames.qsize() > MOST_FRAMES:
                return
            await asyncio.sleep(0)  # a channel that always has bytes would never let anybody else run

    def _hear(self, way: str, data: bytes) -> None:
        if self._trace is not None:
            self._trace(way, data)
        if self._tap is not None:
            self._tap(way, data)

    def _ended(self, channel: Channel, pump: "asyncio.Task[None]") -> None:
        """Reading ended. A codec that fails is a bug: it is reported, and costs this line but not the machine."""
        self._hang_up(channel)
        if not pump.cancelled() and (error := pump.exception()) is not None:
            self._report("codec", error)

    def _report(self, what: str, error: BaseException) -> None:
        report = {"message": f"the {what} of {self.role} failed", "exception": error}
        asyncio.get_running_loop().call_exception_handler(report)

    def _hang_up(self, channel: Channel) -> None:
        """From now on there is no line: whoever waits for a frame learns it at once, also while greeting."""
        if self._channel is channel:
            self._channel = None
            self._frames.put_nowait(None)


class Watched:
    """The condition of a device and who listens to it: the shared half of every driver."""

    role: str

    def __init__(self, role: str) -> None:
        self.role = role
        self._condition = Condition(DeviceState.STARTING)
        self._listeners: list[Callable[[Condition], None]] = []

    @property
    def capabilities(self) -> frozenset[str]:
        """What the device can do: nothing in particular, unless its driver says."""
        return frozenset()

    @property
    def condition(self) -> Condition:
        """The last known condition."""
        return self._condition

    def watch(self, listener: Callable[[Condition], None]) -> None:
        """Call ``listener`` after every change."""
        self._listeners.append(listener)

    def become(self, condition: Condition) -> None:
        """Remember ``condition``; tell the listeners if it is news."""
        news = condition != self._condition
        self._condition = condition
        if news:
            for listener in self._listeners:
                listener(condition)

    def lost(self, error: DeviceError) -> None:
        """The condition that ``error`` means, with the supplies known last."""
        known = self._condition
        self.become(replace(condition_of(error), supplies=known.supplies, levels=known.levels))


async def wait_online(device: Watched, online: asyncio.Event, patience: float) -> None:
    """Until ``online`` is set. Raises DeviceOffline, or DeviceFault if that is what its condition says."""
    try:
        async with asyncio.timeout(patience):
            await online.wait()
    except TimeoutError as error:
        broken = device.condition.state is DeviceState.HARDWARE_ERROR
        raise (DeviceFault if broken else DeviceOffline)(device.role, "does not come back") from error


def condition_of(error: DeviceError) -> Condition:
    """The condition that ``error`` means, of a device of which nothing else is known."""
    offline = isinstance(error, DeviceOffline)
    state = DeviceState.OFFLINE if offline else DeviceState.HARDWARE_ERROR
    return Condition(state, error.reason, detail=error.why)
