"""Bytes in, bytes out, on real descriptors: serial (a pseudo-terminal), TCP, child process, memory."""

import asyncio
import os
import signal
import socket
import sys
import tty
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import pytest

from hardware.channel import ChannelClosed, FdChannel, memory_pair, open_child, open_serial, open_tcp, opener_of

Result = TypeVar("Result")


@contextmanager
def terminal() -> Iterator[tuple[int, str]]:
    near, far = os.openpty()
    tty.setraw(far)
    name = os.ttyname(far)
    try:
        yield near, name
    finally:
        for fd in (near, far):
            with suppress(OSError):
                os.close(fd)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the count is all that matters


def bounded(main: Coroutine[Any, Any, Result]) -> Result:
    """Run on the real loop; nothing here may take long."""

    async def whole() -> Result:
        async with asyncio.timeout(10):
            return await main

    return asyncio.run(whole())


def test_a_quiet_serial_line_is_not_a_lost_one() -> None:
    async def main() -> None:
        with terminal() as (near, name):
            line = await open_serial(name, baud=115200)
            reading = asyncio.create_task(line.read())
            await asyncio.sleep(0.05)
            assert not reading.done()
            os.write(near, b"\xaa\x00\x0d\x0a")
            assert await reading == b"\xaa\x00\x0d\x0a"
            await line.write(b"\x11\x13\xff\x03")
            assert os.read(near, 100) == b"\x11\x13\xff\x03"
            await line.close()

    bounded(main())


def test_a_serial_line_whose_other_end_vanishes_reads_as_gone() -> None:
    async def main() -> None:
        with terminal() as (near, name):
            line = await open_serial(name, baud=115200)
            reading = asyncio.create_task(line.read())
            await asyncio.sleep(0.01)
            os.close(near)
            assert await reading == b""
            assert await line.read() == b""
            with pytest.raises(ChannelClosed):
                await line.write(b"x")
            await line.close()
            await line.close()

    bounded(main())


def test_a_serial_port_is_one_drivers_alone() -> None:
    async def main() -> None:
        with terminal() as (_, name):
            line = await open_serial(name, baud=115200)
            with pytest.raises(ChannelClosed):
                await open_serial(name, baud=115200)
            await line.close()
            await (await open_serial(name, baud=115200)).close()

    bounded(main())


@pytest.mark.parametrize("path", ["/dev/no-such-port", "/dev/null", "/dev"])
def test_what_is_no_serial_port_is_closed_and_nothing_else(path: str) -> None:
    async def main() -> None:
        before = descriptors()
        with pytest.raises(ChannelClosed):
            await opener_of(path)()
        assert descriptors() == before

    bounded(main())


def test_closing_wakes_whoever_waits_to_read_or_to_write() -> None:
    async def main() -> None:
        with terminal() as (_, name):
            line = await open_serial(name, baud=115200)
            reading = asyncio.create_task(line.read())
            writing = asyncio.create_task(line.write(bytes(1 << 20)))
            second = asyncio.create_task(line.write(b"after it"))
            await asyncio.sleep(0.05)
            assert not any(task.done() for task in (reading, writing, second))
            await line.close()
            assert await reading == b""
            for task in (writing, second):
                with pytest.raises(ChannelClosed):
                    await task

    bounded(main())


def test_reading_and_writing_wait_on_one_descriptor_without_mixing() -> None:
    async def main() -> None:
        with terminal() as (near, name):
            line, other = await open_serial(name, baud=115200), FdChannel(near, lambda: None)
            writers = [asyncio.create_task(line.write(bytes([n]) * 20000)) for n in (1, 2, 3)]
            reading = asyncio.create_task(line.read())
            heard = b""
            while len(heard) < 60000:
                heard += await other.read()
            await asyncio.gather(*writers)
            assert heard == b"\1" * 20000 + b"\2" * 20000 + b"\3" * 20000
            await other.write(b"answer")
            assert await reading == b"answer"
            await line.close()
            await other.close()

    bounded(main())


def test_a_cancelled_wait_leaves_the_line_usable() -> None:
    async def main() -> None:
        with terminal() as (near, name):
            line = await open_serial(name, baud=115200)
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await line.read()
            os.write(near, b"late")
            assert await line.read() == b"late"
            await line.close()

    bounded(main())


def test_tcp_says_when_the_peer_goes_and_when_there_is_none() -> None:
    async def main() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        line = await opener_of(f"tcp://127.0.0.1:{port}")()
        assert await line.read() == b""
        await line.close()
        with pytest.raises(ChannelClosed):
            await line.write(b"x")
        server.close()
        await server.wait_closed()
        with pytest.raises(ChannelClosed):
            await open_tcp("127.0.0.1", port)

    bounded(main())


def test_closing_does_not_wait_for_a_peer_that_takes_nothing() -> None:
    async def main() -> None:
        silent: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(lambda _, writer: silent.append(writer), "127.0.0.1", 0)
        line = await open_tcp("127.0.0.1", server.sockets[0].getsockname()[1])
        stuck = asyncio.create_task(line.write(bytes(1 << 25)))
        await asyncio.sleep(0.05)
        assert not stuck.done()
        async with asyncio.timeout(3):
            await line.close()
        with pytest.raises(ChannelClosed):
            await stuck
        for writer in silent:
            writer.transport.abort()
        server.close()

    bounded(main())


ECHO = "import sys, os\nwhile data := os.read(0, 100): os.write(1, data)"
DEAF = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint('up', end='', flush=True)\ntime.sleep(60)"


def test_a_child_is_spoken_to_and_ends_with_its_channel() -> None:
    async def main() -> None:
        line = await open_child([sys.executable, "-c", ECHO])
        await line.write(b"hello")
        assert await line.read() == b"hello"
        await line.close()
        assert await line.read() == b""

    bounded(main())


def test_a_line_whose_closing_was_cancelled_can_be_closed_again() -> None:
    async def main() -> None:
        listener = socket.create_server(("127.0.0.1", 0))  # nobody accepts
        line = await open_tcp("127.0.0.1", listener.getsockname()[1])
        with suppress(TimeoutError):  # it takes nothing more: closing has to wait
            async with asyncio.timeout(0.2):
                await line.write(b"x" * (1 << 24))
        closing = asyncio.create_task(line.close())
        await asyncio.sleep(0.05)
        closing.cancel()
        await asyncio.wait([closing])
        await line.close()
        listener.close()

    bounded(main())


def test_a_child_that_does_not_listen_is_killed_even_if_closing_is_cancelled() -> None:
    async def main() -> None:
        for cancelled in (False, True):
            line = await open_child([sys.executable, "-c", DEAF], grace=0.1 if not cancelled else 60)
            assert await line.read() == b"up"
            closing = asyncio.create_task(line.close())
            await asyncio.sleep(0.05)
            if cancelled:
                closing.cancel()
            await asyncio.wait([closing])
            assert await line.read() == b""

    bounded(main())


def test_a_child_closed_in_the_middle_of_a_long_answer_leaves_no_pipe() -> None:
    async def main() -> None:
        before = descriptors()
        line = await open_child([sys.executable, "-c", "import os\nwhile True: os.write(1, b'x' * 65536)"], grace=0.1)
        assert await line.read()
        await asyncio.sleep(0.2)  # the pipe and asyncio's buffer are full
        await line.close()
        await asyncio.sleep(0.1)
        assert descriptors() == before

    bounded(main())


def test_a_child_inherits_what_it_is_lent() -> None:
    async def main() -> None:
        near, far = os.pipe()
        line = await open_child([sys.executable, "-c", f"import os\nos.write({far}, b'lent')"], lent=(far,))
        assert os.read(near, 10) == b"lent"
        await line.close()
        os.close(near)
        os.close(far)

    bounded(main())


def test_a_child_killed_from_outside_reads_as_gone() -> None:
    async def main() -> None:
        line = await open_child([sys.executable, "-c", "import os\nprint(os.getpid(), flush=True)\ninput()"])
        os.kill(int(await line.read()), signal.SIGKILL)
        assert await line.read() == b""
        with pytest.raises(ChannelClosed):
            await line.write(b"x" * (1 << 20))
        await line.close()

    bounded(main())


def test_a_program_that_is_not_there_is_a_closed_channel() -> None:
    async def main() -> None:
        with pytest.raises(ChannelClosed):
            await open_child(["/no/such/program"])

    bounded(main())


def test_in_memory_what_was_said_before_the_cut_is_still_heard() -> None:
    async def main() -> None:
        one, other = memory_pair()
        await one.write(b"last words")
        one.cut()
        assert await other.read() == b"last words"
        assert await other.read() == b""
        with pytest.raises(ChannelClosed):
            await other.write(b"?")

    bounded(main())
