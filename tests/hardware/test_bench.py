"""The bench over real HTTP, with the real simulators on their real wires (the print queue has its own tests)."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from hardware.channel import open_serial, opener_of
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.card_terminal_umsips import CardTerminalUmsips
from hardware.drivers.card_terminal_umsips_host import unionpay_host
from hardware.drivers.id_card_reader import IdCardReader
from hardware.simulators.__main__ import arguments
from hardware.simulators.bench import LOOK_EVERY
from hardware.simulators.bench_parts import Row, on_pty, on_tcp, open_parts
from hardware.simulators.bench_power import KioskPower
from hardware.simulators.bench_web import PAGE
from hardware.simulators.umsips_library import missing
from hardware.simulators.ups import UpsSimulator
from kiosk_app.money.amounts import Fen
from tests.hardware.bench_kit import At, bench_in


def test_a_card_laid_down_over_http_is_read_by_the_driver_on_the_wire(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
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
        async with bench_in(tmp_path) as at:
            cases = [
                (
                    await at.hand("teapot/lay"),
                    404,
                    "there are: id_card_reader, card_terminal, permit_unit, receipt_printer, camera, ",
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
        async with bench_in(tmp_path) as at:
            assert (await at.call("POST", "/hand/network/cut", {}, Origin="http://elsewhere.example"))[0] == 403
            assert (await at.call("GET", "/state", Host="elsewhere.example"))[0] == 403
            assert at.parts.all["network"].state()["connected"]
            assert (await at.call("POST", "/hand/network/cut", {}, Origin=at.address))[0] == 200

    asyncio.run(story())


def test_the_page_needs_nothing_from_anywhere_else(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
            status, page = await at.call("GET", "/")
            assert status == 200
            assert b"<main" in page
            for path in PAGE.iterdir():
                status, text = await at.call("GET", f"/page/{path.name}")
                assert (status, text) == (200, path.read_bytes())
                assert not re.search(rb"(https?:)?//[a-z0-9.-]+[.:/]", text.replace(b"http://www.w3.org/2000/svg", b""))
            for name in ("..%2Fbench.py", "bench.py", "%2Fetc%2Fpasswd", ""):
                assert (await at.call("GET", f"/page/{name}"))[0] == 404

    asyncio.run(story())


def test_every_change_is_told_to_who_listens(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
            news = asyncio.create_task(at.until(lambda told: not told["network"]["state"]["connected"]))
            await at.until(lambda told: bool(told["network"]["state"]["connected"]))
            await at.hand("network/cut")
            assert set((await news)["network"]["hands"]) == {"cut", "restore", "slow"}

    asyncio.run(story())


def test_a_printed_slip_can_be_seen_and_read(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
            wire = await open_serial(at.parts.places["receipt_printer"], baud=115200)
            await wire.write(b"\x1b@\x1c&" + "收据 12.00".encode("gb18030") + b"\n\x1dV\x00")
            await at.until(lambda told: told["receipt_printer"]["papers"] == ["1.png"])
            assert (await at.call("GET", "/paper/receipt_printer/1.png"))[1].startswith(b"\x89PNG")
            assert "收据 12.00" in (await at.call("GET", "/paper/receipt_printer/1.txt"))[1].decode()
            await wire.close()

    asyncio.run(story())


def test_nothing_is_told_while_nothing_changes_and_then_only_what_changed(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at, aclosing(at.events()) as events:
            first = {name: news async for name, news in _next(events, 2)}
            assert set(first[""]) == set(at.parts.all)
            assert first["scene"]["status"] == "none"
            quiet = asyncio.ensure_future(anext(events))
            await asyncio.sleep(5 * LOOK_EVERY)
            assert not quiet.done()
            await at.hand("network/cut")
            assert set((await quiet)[1]) == {"network"}

    asyncio.run(story())


async def _next(events: AsyncIterator[tuple[str, Any]], count: int) -> AsyncIterator[tuple[str, Any]]:
    for _ in range(count):
        yield await anext(events)


def test_a_device_that_breaks_inside_or_is_taken_away_leaves_the_others(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
            ups = at.parts.all["ups"]
            ups.state = Mock(side_effect=ZeroDivisionError("by zero"))  # type: ignore[method-assign]
            told = await at.until(lambda told: "gone" in told["ups"])
            assert told["ups"] == {"gone": "ZeroDivisionError: by zero"}
            assert told["cabinet"]["state"]["doors"] == 4
            status, answer = await at.hand("ups/fail_mains")
            assert (status, answer["error"]) == (503, "The simulator of ups is broken: ZeroDivisionError: by zero")
            await at.hand("network/cut")
            status, answer = await at.call("POST", "/right")
            assert (status, answer["error"][:27]) == (503, "The simulator of ups is bro")
            assert at.parts.all["network"].state()["connected"]
            del at.parts.all["ups"]
            async with aclosing(at.events()) as events:
                await anext(events)
                await anext(events)
                del at.parts.all["cabinet"]
                assert await anext(events) == ("", {"cabinet": None})

    asyncio.run(story())


BROKEN = [
    "id_card_reader/unplug",
    "id_card_reader/revoke",
    "card_terminal/freeze",
    "card_terminal/corrupt",
    "card_terminal/bank_line",
    "receipt_printer/open_cover",
    "receipt_printer/near_end",
    "permit_unit/break_head",
    "permit_unit/fill_box",
    "cabinet/open_door",
    "cabinet/heat",
    "cabinet/mute",
    "ups/fail_mains",
    "ups/wear_battery",
    "ups/force_shutdown",
    "ups/lose_ups",
    "network/cut",
]


def test_everything_that_is_wrong_is_named_and_put_right_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
            await at.hand("id_card_reader/lay", card="li")
            for hand in BROKEN:
                assert (await at.hand(hand))[0] == 200, hand
            _, bad = await at.call("GET", "/state")
            assert bad["id_card_reader"]["wrong"] == {"plug_in": "unplugged", "repair": "security module broken"}
            assert sum(len(card["wrong"]) for card in bad.values()) >= len(BROKEN)
            assert (await at.call("POST", "/right/network"))[1] == ["network/restore"]
            status, done = await at.call("POST", "/right")
            assert status == 200
            assert "card_terminal/thaw" in done
            _, well = await at.call("GET", "/state")
            assert [role for role, card in well.items() if card["wrong"]] == []
            assert well["id_card_reader"]["state"]["card"] == "li"  # no visit is ended
            assert (await at.call("POST", "/right"))[1] == []

    asyncio.run(story())


UNIONPAY_BROKEN = {
    "bank_line": "bank unreachable",
    "bank_says": "bank will decline",
    "reversals_say": "bank will not reverse",
    "init_returns": "library does not start",
    "spoil": "next answer spoilt",
    "stray": "reversals go astray",
}


@pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")
def test_the_unionpay_terminal_stands_where_the_other_would_and_takes_a_payment(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path, "--card-terminal", "umsips") as at:
            assert not await _put_right(at)
            for hand in UNIONPAY_BROKEN:
                assert (await at.hand(f"card_terminal/{hand}"))[0] == 200, hand
            assert await _put_right(at) == UNIONPAY_BROKEN
            library = Path(at.parts.places["card_terminal"]["library"])
            terminal = CardTerminalUmsips(unionpay_host(library, tmp_path / "ours"), tmp_path / "ours")
            life = asyncio.create_task(terminal.run())
            await at.until(lambda told: bool(told["card_terminal"]["state"]["registered"]))
            paying = asyncio.create_task(terminal.pay(Fen(12_00), lambda _: None))
            await at.until(lambda told: told["card_terminal"]["state"]["stage"] == "card")
            assert (await at.hand("card_terminal/insert", card="sample"))[1]["card"] == "sample"
            await at.until(lambda told: told["card_terminal"]["state"]["stage"] == "pin")
            assert (await at.hand("card_terminal/type_pin"))[1]["typed"] == 6
            async with asyncio.timeout(15):
                await paying
            await terminal.deliver()
            told = await at.until(lambda told: told["card_terminal"]["state"]["stage"] == "idle")
            assert [row["amount"] for row in told["card_terminal"]["state"]["ledger"]] == [12_00]
            life.cancel()
            await asyncio.wait([life])

    asyncio.run(story())


async def _put_right(at: At) -> dict[str, str]:
    """What was wrong with the card terminal, and is not any more."""
    _, before = await at.call("GET", "/state")
    assert (await at.call("POST", "/right/card_terminal"))[0] == 200
    _, after = await at.call("GET", "/state")
    assert not after["card_terminal"]["wrong"]
    wrong: dict[str, str] = before["card_terminal"]["wrong"]
    return wrong


def test_what_is_not_on_the_bench_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        async with AsyncExitStack() as house:
            options = arguments(["--folder", str(tmp_path), "--without", "ups"])
            table = [Row("ups", on_tcp(UpsSimulator)), Row("loom", on_pty(UpsSimulator), lambda: ["loomd"])]
            parts = await open_parts(house, options, table)
            assert parts.absent == {"ups": "left out (--without)", "loom": "not installed: loomd"}
        async with bench_in(tmp_path) as at:
            absent = (await at.call("GET", "/absent"))[1]
            assert absent == dict.fromkeys(("document_printer", "chip_card_reader"), "left out (--without)")

    asyncio.run(story())


def test_every_card_of_the_wallet_goes_where_it_says(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
            for person in (await at.call("GET", "/wallet"))[1]:
                for thing in person["things"]:
                    for use in thing["uses"]:
                        assert use["role"] in at.parts.all  # nothing for the chip-card reader, which is not here
                        status, state = await at.hand(f"{use['role']}/{use['hand']}", **use["given"])
                        assert status == 200, (use, state)
                        if use["role"] in {"id_card_reader", "card_terminal"} and use["hand"] != "tap":
                            assert state[use["field"]] == use["value"]

    asyncio.run(story())


def test_a_scene_plays_the_citizen_while_the_driver_takes_the_payment(tmp_path: Path) -> None:
    async def story() -> None:
        async with bench_in(tmp_path) as at:
            assert (await at.call("POST", "/scene/opera"))[0] == 404
            assert (await at.call("POST", "/scene/wrong_cards"))[1]["error"].endswith("which is not on this bench.")
            assert (await at.call("POST", "/scene/pay_by_card"))[0] == 200
            assert (await at.call("POST", "/scene/pay_by_card"))[0] == 409
            await _visit(at)
            async with aclosing(at.events()) as events:
                async for name, news in events:
                    if name == "scene" and news["status"] != "playing":
                        assert (news["name"], news["status"]) == ("pay_by_card", "done"), news
                        break
            _, now = await at.call("GET", "/state")
            assert (now["id_card_reader"]["state"]["card"], now["receipt_printer"]["state"]["waiting"]) == (None, 0)
            assert [row["amount"] for row in now["card_terminal"]["state"]["ledger"]] == [12_00]

    asyncio.run(story())


async def _visit(at: At) -> None:
    """What a kiosk does: read the card, take the money, print."""
    places = at.parts.places
    reader = IdCardReader(opener_of(places["id_card_reader"]))
    terminal = CardTerminal(opener_of(places["card_terminal"]), framing="tcp")
    lives = [asyncio.create_task(driver.run()) for driver in (reader, terminal)]
    async with asyncio.timeout(15):
        assert (await reader.wait_card()).name == "张样本"
        await at.until(lambda told: bool(told["card_terminal"]["state"]["registered"]))
        await terminal.pay(Fen(12_00), lambda _: None)
        await terminal.deliver()
        wire = await open_serial(places["receipt_printer"], baud=115200)
        await wire.write(b"\x1b@12.00\n\x1dV\x00")
        await at.until(lambda told: bool(told["receipt_printer"]["papers"]))
        await wire.close()
    for life in lives:
        life.cancel()
    await asyncio.wait(lives)


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
