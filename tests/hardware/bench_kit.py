"""A running bench for tests: real HTTP, real simulators on their real wires; and who listens to it."""

import asyncio
import http.client
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hardware.simulators.__main__ import arguments, serve
from hardware.simulators.bench import Bench
from hardware.simulators.bench_parts import Parts, open_parts


@dataclass
class At:
    """A running bench."""

    address: str
    parts: Parts

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and body: decoded JSON, or bytes."""

        def ask() -> tuple[int, Any]:
            connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=5)
            try:
                connection.request(method, path, None if body is None else json.dumps(body), headers)
                reply = connection.getresponse()
                data = reply.read()
                is_json = (reply.getheader("content-type") or "").startswith("application/json")
                return reply.status, json.loads(data) if is_json else data
            finally:
                connection.close()

        return await asyncio.to_thread(ask)

    async def until(self, there: Callable[[Any], bool]) -> Any:
        """What was told of the devices by the time ``there`` is true of it."""
        told: dict[str, Any] = {}
        async with aclosing(self.events()) as events:
            async for name, news in events:
                if name == "":
                    told = {role: card for role, card in {**told, **news}.items() if card is not None}
                    if there(told):
                        return told
        raise AssertionError("the bench said no more")

    async def events(self) -> AsyncGenerator[tuple[str, Any], None]:
        """Every event: its name and what it says."""
        place = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        name = ""
        try:
            async with asyncio.timeout(20):
                async for line in reader:
                    if line.startswith(b"event: "):
                        name = line[7:].decode().strip()
                    elif line.startswith(b"data: "):
                        yield name, json.loads(line[6:])
                        name = ""
        finally:
            writer.transport.abort()

    async def hand(self, path: str, **given: Any) -> tuple[int, Any]:
        return await self.call("POST", f"/hand/{path}", given)


@asynccontextmanager
async def bench_in(folder: Path, *chosen: str) -> AsyncIterator[At]:
    """Without the devices that need daemons: the print queue and pcscd have tests of their own."""
    options = arguments(
        [
            "--folder",
            str(folder),
            "--without",
            "document_printer",
            "--without",
            "chip_card_reader",
            "--central",
            "127.0.0.1:1",
            *chosen,
        ]
    )
    async with AsyncExitStack() as house:
        parts = await open_parts(house, options)
        bench, listening = Bench(parts.all, parts.papers, parts.absent), asyncio.Queue[str]()
        async with asyncio.TaskGroup() as group:
            group.create_task(serve(bench, 0, listening.put_nowait, pace=0))
            try:
                yield At(await listening.get(), parts)
            finally:
                bench.closing.set()
