"""Bytes in, bytes out: the only thing that enters the loop (``architecture.md`` section 2, idea 3).

A channel is a serial port read on the loop through its file descriptor, a TCP connection, a child process's
standard input and output, or a pair in memory. It knows no frames. pyserial is imported here and nowhere else.
Rule: the other end being gone is ``b""`` from :meth:`Channel.read` and :class:`ChannelClosed` from everything
else; no other exception leaves an open channel, and an opener raises only :class:`ChannelClosed`.
"""

import asyncio
import errno
import os
import termios
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

import serial

READ_SIZE = 65536
CLOSE_GRACE = 1.0


class ChannelClosed(Exception):
    """The other end is not there (any more)."""


class Channel(Protocol):
    """Bytes to and from one device."""

    async def read(self) -> bytes:
        """Some bytes, at least one; ``b""`` when the other end is gone."""

    async def write(self, data: bytes) -> None:
        """Hand all of ``data`` to the other end. Raises ChannelClosed."""

    async def close(self) -> None:
        """Let go. May be called twice."""


Opener = Callable[[], Awaitable[Channel]]


class FdChannel:
    """A non-blocking file descriptor on the loop: a serial port, or either end of a pseudo-terminal.

    One reader at a time; writers take turns, so that two answers never mix. Whoever waits when it is closed
    wakes at once: a descriptor's number is used again, and a watch left on it would read another device.
    """

    def __init__(self, fd: int, release: Callable[[], None]) -> None:
        self._fd, self._release = fd, release
        self._open = True
        self._waiters: set[asyncio.Future[None]] = set()
        self._writing = asyncio.Lock()
        os.set_blocking(fd, False)

    async def read(self) -> bytes:
        loop = asyncio.get_running_loop()
        while self._open:
            try:
                return os.read(self._fd, READ_SIZE)
            except BlockingIOError:
                await self._wait_ready(loop.add_reader, loop.remove_reader)
            except OSError:  # EIO: the other end of a pseudo-terminal closed, or the USB adapter was pulled
                return b""
        return b""

    async def write(self, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        left = memoryview(data)
        async with self._writing:
            while left:
                if not self._open:
                    raise ChannelClosed("closed")
                try:
                    left = left[os.write(self._fd, left) :]
                except BlockingIOError:
                    await self._wait_ready(loop.add_writer, loop.remove_writer)
                except OSError as error:
                    raise ChannelClosed(str(error)) from error

    async def close(self) -> None:
        if not self._open:
            return
        self._open = False
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._fd)
        loop.remove_writer(self._fd)
        with suppress(OSError):
            self._release()
        for waiter in self._waiters:
            _settle(waiter)

    async def _wait_ready(self, add: Callable[..., object], remove: Callable[[int], object]) -> None:
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(ready)
        add(self._fd, _settle, ready)
        try:
            await ready
        finally:
            self._waiters.discard(ready)
            if self._open:
                remove(self._fd)


def _settle(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)


class StreamChannel:
    """An asyncio stream pair: a TCP connection or a child process. ``release`` ends what stands behind it."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        release: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._reader, self._writer, self._release = reader, writer, release
        self._closed = False

    @property
    def gone(self) -> bool:
        """Whether the other end is known to be gone, without reading."""
        return self._reader.at_eof()

    async def read(self) -> bytes:
        try:
            return await self._reader.read(READ_SIZE)
        except OSError:
            return b""

    async def write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            try:
                self._writer.write(data)
                await self._writer.drain()
            except (OSError, RuntimeError) as error:
                raise ChannelClosed(str(error)) from error
        if self._writer.is_closing():  # a drain that is cut short by closing ends without a word
            raise ChannelClosed("closed")

    async def close(self) -> None:
        """Let go; what a frozen peer does not take within a moment is thrown away.

        Once: asyncio has one future for all who wait for a stream to close; who is cancelled there cancels the next.
        """
        if self._closed:
            return
        self._closed = True
        self._writer.close()
        try:
            if self._release is not None:
                await self._release()
            async with asyncio.timeout(CLOSE_GRACE):
                await self._writer.wait_closed()
        except (TimeoutError, asyncio.CancelledError) as error:
            with suppress(AttributeError):  # a pipe of asyncio that is closed already has no loop left to abort on
                self._writer.transport.abort()
            if isinstance(error, asyncio.CancelledError):
                raise
        except OSError:  # it was broken before we closed it
            pass


class MemoryChannel:
    """One end of a pair in memory. ``hook`` stands between: it may split, change, delay or drop what passes."""

    def __init__(self) -> None:
        self._inbox: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._closed = False
        self.peer: MemoryChannel | None = None
        self.hook: Callable[[bytes], Sequence[bytes]] = lambda data: [data]

    async def read(self) -> bytes:
        while not self._inbox and not self._closed:
            self._news.clear()
            await self._news.wait()
        return self._inbox.popleft() if self._inbox else b""

    async def write(self, data: bytes) -> None:
        peer = self.peer
        if self._closed or peer is None or peer._closed:
            raise ChannelClosed("closed")
        for piece in self.hook(data):
            if piece:
                peer._inbox.append(piece)
                peer._news.set()

    async def close(self) -> None:
        self.cut()

    def cut(self) -> None:
        """Pull the cable: both ends see the other gone at once."""
        for end in (self, self.peer):
            if end is not None:
                end._closed = True
                end._news.set()


def memory_pair() -> tuple[MemoryChannel, MemoryChannel]:
    """Two joined ends."""
    one, other = MemoryChannel(), MemoryChannel()
    one.peer, other.peer = other, one
    return one, other


async def open_serial(path: str, *, baud: int, stop_bits: int = 1) -> Channel:
    """A serial port, 8 data bits, no parity. Raises ChannelClosed if it is not there or taken.

    ``inter_byte_timeout=0`` is pyserial's way to VMIN = 1: "nothing yet" is then EAGAIN, and an empty read means
    that the device is gone. With its usual VMIN = 0 Linux answers both with an empty read.
    """
    try:
        port = serial.Serial(path, baud, stopbits=stop_bits, timeout=0, inter_byte_timeout=0, exclusive=True)
    except (OSError, ValueError, termios.error) as error:  # SerialException is an OSError, termios.error is not
        raise ChannelClosed(f"{path}: {said(error)}") from error
    return FdChannel(port.fileno(), port.close)


_WORDS = {
    errno.ENOENT: "there is no such device",
    errno.EACCES: "the kiosk's user may not open it",
    errno.EAGAIN: "another program has it",
    errno.ENOTTY: "it is no serial port",
}


def said(error: Exception) -> str:
    """An error of the system in words for the technician, without what stands beside them anyway."""
    causes = [error, error.__context__]  # pyserial keeps some numbers in what it was raised from
    number = next((thing for cause in causes if cause for thing in cause.args if isinstance(thing, int)), 0)
    if number <= 0:  # a host's name that nobody knows
        return getattr(error, "strerror", None) or str(error)
    return _WORDS.get(number) or os.strerror(number)


async def open_tcp(host: str, port: int, *, within: float = 5.0) -> Channel:
    """A TCP connection. Raises ChannelClosed when refused or not answered ``within`` seconds."""
    try:
        async with asyncio.timeout(within):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        raise ChannelClosed(f"{host}:{port}: {said(error) or 'no answer'}") from error
    return StreamChannel(reader, writer)


async def open_child(argv: Sequence[str], *, grace: float = 2.0, lent: Sequence[int] = ()) -> StreamChannel:
    """A child process spoken to over its standard input and output; closing ends it, by force after ``grace``.

    It inherits the descriptors ``lent`` under the same numbers.
    """
    try:
        child = await asyncio.create_subprocess_exec(
            *argv, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, pass_fds=lent
        )
    except OSError as error:
        raise ChannelClosed(str(error)) from error

    async def release() -> None:
        try:
            async with asyncio.timeout(grace):
                await child.wait()
        except TimeoutError:
            pass
        finally:  # also when we are cancelled meanwhile: a child is never left behind
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_GRACE):
                        await child.wait()
        with suppress(TimeoutError, OSError, RuntimeError):  # the last one: somebody else is reading it to its end
            async with asyncio.timeout(CLOSE_GRACE):
                while child.stdout is not None and await child.stdout.read(READ_SIZE):
                    pass  # what it was still saying: asyncio never closes a pipe of which somebody left something

    if child.stdout is None or child.stdin is None:
        raise ChannelClosed("no pipes")
    return StreamChannel(child.stdout, child.stdin, release)


def opener_of(port: str, *, baud: int = 115200, stop_bits: int = 1) -> Opener:
    """From the configuration's ``port``: ``tcp://host:port``, or the path of a serial device."""
    parts = urlsplit(port)
    if parts.scheme == "tcp":
        host, number = parts.hostname or "127.0.0.1", parts.port or 0
        return lambda: open_tcp(host, number)
    return lambda: open_serial(port, baud=baud, stop_bits=stop_bits)
