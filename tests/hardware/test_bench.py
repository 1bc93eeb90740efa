"""The bench over real HTTP, with the real simulators on their real wires (the print queue has its own tests)."""

import asyncio
import http.client
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hardware.channel import open_serial, opener_of
from hardware.drivers.id_card_reader import IdCardReader
from hardware.simulators.__main__ import arguments, serve
from hardware.simulators.bench import Bench
from hardware.simulators.bench_parts import Parts, open_parts
from hardware.simulators.bench_power import KioskPower


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

    async def events(self) -> AsyncIterator[tuple[str, Any]]:
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
async def _bench(folder: Path) -> AsyncIterator[At]:
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


def test_a_card_laid_down_over_http_is_read_by_the_driver_on_the_wire(tmp_path: Path) -> None:
    async def story() -> None:
        async with _bench(tmp_path) as at:
            reader = IdCardReader(opener_of(at.parts.places["id_card_reader"]))
            running = asyncio.create_task(reader.run())
            waiting = asyncio.create_task(reader.wait_card())
            status, state = await at.hand("id_card_reader/lay", card="zhang")
            assert (status, state["card"]) == (200, "zhang")
            async with asyncio.timeout(10):
                assert (await waiting).name == "张样本"
            running.cancel()
            await asyncio.wait([running])

    asyncio.run(story())


def test_a_call_that_cannot_be_meant_names_what_is_allowed(tmp_path: Path) -> None:
    async def story() -> None:
        async with _bench(tmp_path) as at:
            cases = [
                (
                    await at.hand("teapot/lay"),
                    404,
                    "there are: id_card_reader, receipt_printer, card_terminal, network",
                ),
                (await at.hand("network/lay"), 404, "it has: cut, restore, slow"),
                (await at.hand("id_card_reader/lay"), 400, "missing card; allowed: card (str)"),
                (await at.hand("id_card_reader/lay", card="queen"), 400, "card must be one of: zhang, li"),
                (await at.hand("id_card_reader/lay", kard="li"), 400, "unknown argument 'kard'; allowed: card (str)"),
                (await at.hand("network/slow", milliseconds="1"), 400, "milliseconds must be of type int"),
                (await at.hand("network/slow", milliseconds=True), 400, "milliseconds must be of type int"),
                (await at.call("POST", "/hand/network/cut", [1]), 400, "must be a JSON object"),
                (await at.call("GET", "/paper/network/1.png"), 404, "these do: receipt_printer"),
                (await at.call("GET", "/paper/receipt_printer/1.png"), 404, "has no paper '1.png'"),
                (await at.call("GET", "/paper/receipt_printer/..%2F1"), 404, ""),
            ]
            for (status, answer), wanted, words in cases:
                assert status == wanted, answer
                assert words in answer.get("error", ""), answer

    asyncio.run(story())


def test_a_foreign_web_page_cannot_use_a_hand_or_look(tmp_path: Path) -> None:
    async def story() -> None:
        async with _bench(tmp_path) as at:
            assert (await at.call("POST", "/hand/network/cut", {}, Origin="http://elsewhere.example"))[0] == 403
            assert (await at.call("GET", "/state", Host="elsewhere.example"))[0] == 403
            assert at.parts.all["network"].state()["connected"]
            assert (await at.call("POST", "/hand/network/cut", {}, Origin=at.address))[0] == 200

    asyncio.run(story())


def test_the_page_needs_nothing_from_anywhere_else(tmp_path: Path) -> None:
    async def story() -> None:
        async with _bench(tmp_path) as at:
            status, page = await at.call("GET", "/")
            assert status == 200
            assert b"<main" in page
            assert b"https://" not in page
            assert b"src=" not in page.split(b"<script>")[0]

    asyncio.run(story())


def test_every_change_is_told_to_who_listens(tmp_path: Path) -> None:
    async def story() -> None:
        async with _bench(tmp_path) as at:
            news = asyncio.create_task(at.until(lambda told: not told["network"]["state"]["connected"]))
            await at.until(lambda told: bool(told["network"]["state"]["connected"]))
            await at.hand("network/cut")
            assert set((await news)["network"]["hands"]) == {"cut", "restore", "slow"}

    asyncio.run(story())


def test_a_printed_slip_can_be_seen_and_read(tmp_path: Path) -> None:
    async def story() -> None:
        async with _bench(tmp_path) as at:
            wire = await open_serial(at.parts.places["receipt_printer"], baud=115200)
            await wire.write(b"\x1b@\x1c&" + "收据 12.00".encode("gb18030") + b"\n\x1dV\x00")
            await at.until(lambda told: told["receipt_printer"]["papers"] == ["1.png"])
            assert (await at.call("GET", "/paper/receipt_printer/1.png"))[1].startswith(b"\x89PNG")
            assert "收据 12.00" in (await at.call("GET", "/paper/receipt_printer/1.txt"))[1].decode()
            await wire.close()

    asyncio.run(story())


def test_the_bench_asks_for_power_and_is_told_how_the_kiosk_is() -> None:
    async def story() -> None:
        orders: list[str] = []
        power, lines = KioskPower(orders.append), asyncio.StreamReader()
        lines.feed_data(b'{"running": true, "starts": 1}\n')
        lines.feed_eof()
        await power.listen(lines)
        power.kill()
        power.start()
        assert orders == ["kill", "start"]
        assert power.state() == {"running": True, "starts": 1}

    asyncio.run(story())


def test_a_managed_bench_ends_with_its_keeper(tmp_path: Path) -> None:
    argv = [
        sys.executable,
        "-m",
        "hardware.simulators",
        "--managed",
        "--without",
        "document_printer",
        "--without",
        "chip_card_reader",
        "--port",
        "0",
    ]
    with subprocess.Popen([*argv, "--folder", str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bench:
        assert bench.stdin is not None
        assert bench.stdout is not None
        assert json.loads(bench.stdout.readline())["ready"]["id_card_reader"] == str(tmp_path / "id_card_reader")
        bench.stdin.close()
        assert bench.wait(10) == 0
        assert not (tmp_path / "id_card_reader").exists()
