"""The cable between kiosk and central: bytes through, cut, restored, slow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from hardware.simulators.bench_relay import Relay, relay


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data.upper())
        await writer.drain()
    writer.close()


@asynccontextmanager
async def _cable() -> AsyncIterator[tuple[Relay, int]]:
    server = await asyncio.start_server(_echo, "127.0.0.1", 0)
    async with server, relay("127.0.0.1", server.sockets[0].getsockname()[1]) as (cable, port):
        yield cable, port


async def _ask(port: int, words: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(words)
        writer.write_eof()
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.transport.abort()


async def _refused(port: int) -> bool:
    """Whether the other end is gone at once, by a reset or an empty answer."""
    try:
        return await _ask(port, b"anybody?") == b""
    except (ConnectionResetError, BrokenPipeError):
        return True


def test_bytes_and_the_end_of_a_question_pass_through() -> None:
    async def story() -> None:
        async with _cable() as (cable, port):
            assert await _ask(port, b"how much?") == b"HOW MUCH?"
            assert cable.state()["passed_bytes"] == 18

    asyncio.run(story())


def test_a_cut_resets_what_is_connected() -> None:
    async def story() -> None:
        async with _cable() as (cable, port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"hello")
            assert await reader.read(5) == b"HELLO"
            cable.cut()
            with suppress(ConnectionResetError):
                async with asyncio.timeout(5):
                    assert await reader.read() == b""
            writer.transport.abort()

    asyncio.run(story())


def test_nothing_gets_through_until_the_cable_is_restored() -> None:
    async def story() -> None:
        async with _cable() as (cable, port):
            cable.cut()
            assert await _refused(port)
            cable.restore()
            assert await _ask(port, b"anybody?") == b"ANYBODY?"

    asyncio.run(story())


def test_a_slow_cable_holds_every_piece_back() -> None:
    async def story() -> None:
        async with _cable() as (cable, port):
            cable.slow(150)
            began = asyncio.get_running_loop().time()
            assert await _ask(port, b"slow") == b"SLOW"
            assert asyncio.get_running_loop().time() - began > 0.29

    asyncio.run(story())


def test_a_central_that_is_down_looks_like_a_cut_and_not_like_a_fault_of_the_bench() -> None:
    async def story() -> None:
        async with relay("127.0.0.1", 1) as (cable, port):
            assert await _refused(port)
            assert cable.state()["connected"]

    asyncio.run(story())
