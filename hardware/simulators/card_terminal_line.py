"""The terminal's end of the ZVT line: both directions at once, since a register may send 06 B0 at any time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hardware.channel import Channel, ChannelClosed
from hardware.protocols import zvt
from hardware.protocols.zvt import Apdu, Sign, Wire

Item = TypeVar("Item")


class EcrLine:
    """One connection to a cash register. ``write`` puts bytes on it, with the simulator's faults."""

    def __init__(self, channel: Channel, write: Callable[[bytes], Awaitable[None]], *, serial: bool) -> None:
        self._channel, self._write, self._serial = channel, write, serial
        self._codec = zvt.SerialFraming() if serial else zvt.TcpFraming()
        self.commands: asyncio.Queue[Apdu | None] = asyncio.Queue()
        self._answers: asyncio.Queue[Apdu | None] = asyncio.Queue()
        self._signs: asyncio.Queue[Sign | None] = asyncio.Queue()
        self._turn = asyncio.Lock()

    async def pump(self) -> None:
        """Sort what comes, until the line is gone."""
        try:
            while data := await self._channel.read():
                for frame in self._codec.feed(data):
                    await self._sort(frame)
        except ChannelClosed:
            pass
        finally:
            for queue in (self.commands, self._answers, self._signs):
                queue.put_nowait(None)

    async def _sort(self, frame: Wire) -> None:
        if isinstance(frame, Apdu):
            if self._serial:
                await self._write(zvt.ACK)
            (self._answers if frame.is_answer else self.commands).put_nowait(frame)
        elif frame is not Sign.DAMAGED:
            self._signs.put_nowait(frame)
        elif self._serial:
            await self._write(zvt.NAK)
        else:
            raise ChannelClosed("nonsense")

    async def send(self, apdu: Apdu) -> None:
        """Put ``apdu`` on the wire. Raises ChannelClosed, also when nobody acknowledges it."""
        async with self._turn:
            if not self._serial:
                await self._write(zvt.tcp_frame(apdu))
                return
            for _ in range(zvt.TRIES):
                while not self._signs.empty():
                    self._signs.get_nowait()
                await self._write(zvt.serial_frame(apdu))
                if await _within(zvt.T2_ACK, self._signs) is Sign.ACK:
                    return
        raise ChannelClosed("no ACK")

    async def tell(self, message: Apdu, sent: Callable[[], Awaitable[None]] | None = None) -> Apdu:
        """Send a message and give the register's answer. ``sent`` runs in between. Raises ChannelClosed."""
        while not self._answers.empty():
            self._answers.get_nowait()
        await self.send(message)
        if sent is not None:
            await sent()
        answer = await _within(zvt.T3_ANSWER, self._answers)
        if answer is None:
            raise ChannelClosed("no answer")
        return answer


async def _within(seconds: float, queue: "asyncio.Queue[Item | None]") -> Item | None:
    try:
        async with asyncio.timeout(seconds):
            return await queue.get()
    except TimeoutError:
        return None
