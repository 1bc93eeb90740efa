"""The scanner's driver against its simulator: each story is one thing a hand does with a code."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import msgspec
import pytest

from hardware.drivers.code_scanner import DRIVER, PATIENCE, REPEAT, CodeScanner, Settings
from hardware.simulators.code_scanner import CODES, CodeScannerSimulator
from hardware.simulators.wire import PtyWire
from kiosk_app.devices import CodeKind, DeviceState, ScannedCode
from kiosk_app.errors import CodeNotRead, DeviceOffline
from tests import virtual
from tests.hardware.chaos import Chaos
from tests.hardware.lines import opener_to, running

Tell = Callable[[CodeScanner, CodeScannerSimulator], Awaitable[None]]


def story(tell: Tell) -> None:
    async def main() -> None:
        simulator = CodeScannerSimulator()
        scanner = CodeScanner(opener_to(simulator))
        async with asyncio.timeout(600), running(scanner, simulator):
            await tell(scanner, simulator)

    virtual.run(main())


async def asked(scanner: CodeScanner) -> "asyncio.Task[ScannedCode]":
    task = asyncio.create_task(scanner.wait_code())
    await asyncio.sleep(0.01)
    return task


async def silent(task: "asyncio.Task[ScannedCode]", seconds: float) -> bool:
    await asyncio.wait({task}, timeout=seconds)
    return not task.done()


@pytest.mark.parametrize("name", list(CODES))
def test_a_code_shown_is_read_and_says_what_it_is(name: str) -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        waiting = await asked(scanner)
        await simulator.show(name)
        kind = {"proof": CodeKind.REFERENCE, "text": CodeKind.OTHER}.get(name) or CodeKind(name)
        assert await waiting == ScannedCode(kind, CODES[name])

    story(tell)


def test_a_code_shown_while_nobody_waits_is_dropped() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        await simulator.show("wechat")
        await asyncio.sleep(1)
        waiting = await asked(scanner)
        assert await silent(waiting, 60)
        await simulator.show("alipay")
        assert (await waiting).kind is CodeKind.ALIPAY

    story(tell)


def test_a_code_held_before_somebody_waits_is_read_then() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        simulator.hold("wechat")
        await asyncio.sleep(10)
        async with asyncio.timeout(1):
            assert (await scanner.wait_code()).kind is CodeKind.WECHAT

    story(tell)


def test_a_code_held_on_is_one_code_until_it_was_out_of_sight() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        simulator.hold("wechat")
        await scanner.wait_code()
        waiting = await asked(scanner)
        assert await silent(waiting, 30)
        simulator.take_away()
        await asyncio.sleep(REPEAT + 0.1)
        await simulator.show("wechat")
        assert (await waiting).kind is CodeKind.WECHAT

    story(tell)


def test_another_code_is_another_code_at_once() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        simulator.hold("wechat")
        await scanner.wait_code()
        waiting = await asked(scanner)
        simulator.hold("alipay")
        assert (await waiting).kind is CodeKind.ALIPAY

    story(tell)


def test_what_is_not_text_asks_to_show_it_again() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        waiting = await asked(scanner)
        await simulator.show_binary()
        with pytest.raises(CodeNotRead):
            await waiting
        waiting = await asked(scanner)
        await simulator.show("unionpay")
        assert (await waiting).kind is CodeKind.UNIONPAY

    story(tell)


def test_half_a_code_never_becomes_one_with_the_next() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        waiting = await asked(scanner)
        await simulator.show_half("wechat")
        await asyncio.sleep(1)
        await simulator.show("alipay")
        assert (await waiting).text == CODES["alipay"]

    story(tell)


def test_a_scanner_pulled_while_somebody_waits_serves_when_it_is_back() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        waiting = await asked(scanner)
        await simulator.unplug()
        await asyncio.sleep(1)
        assert scanner.condition.state is DeviceState.OFFLINE
        await simulator.plug_in()
        await asyncio.sleep(2)
        await simulator.show("wechat")
        assert (await waiting).kind is CodeKind.WECHAT

    story(tell)


def test_a_scanner_that_stays_away_ends_the_wait() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        began = asyncio.get_running_loop().time()
        waiting = await asked(scanner)
        await simulator.unplug()
        with pytest.raises(DeviceOffline):
            await waiting
        assert asyncio.get_running_loop().time() - began < PATIENCE + 1
        with pytest.raises(DeviceOffline):
            await scanner.wait_code()

    story(tell)


def test_a_frozen_scanner_gives_nothing_and_nothing_later() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        waiting = await asked(scanner)
        simulator.freeze()
        await simulator.show("wechat")
        simulator.thaw()
        assert await silent(waiting, 5)
        await simulator.show("alipay")
        assert (await waiting).kind is CodeKind.ALIPAY

    story(tell)


def test_one_waits_at_a_time_and_a_wait_given_up_leaves_nothing() -> None:
    async def tell(scanner: CodeScanner, simulator: CodeScannerSimulator) -> None:
        first = await asked(scanner)
        with pytest.raises(DeviceOffline, match="busy"):
            await scanner.wait_code()
        first.cancel()
        await asyncio.wait({first})
        await simulator.show("wechat")
        second = await asked(scanner)
        assert await silent(second, 5)
        second.cancel()
        await asyncio.wait({second})

    story(tell)


@pytest.mark.parametrize("seed", range(8))
def test_over_a_hostile_line_a_payment_code_is_whole_or_none(seed: int) -> None:
    """Split, corrupted, dropped: a digit may be wrong (a line has no check), but never lengths mixed."""

    async def main() -> None:
        simulator = CodeScannerSimulator(seed=seed)
        scanner = CodeScanner(
            opener_to(simulator, lambda far: Chaos(far, Random(seed), split=0.5, corrupt=0.1, drop=0.1))
        )
        async with asyncio.timeout(6000), running(scanner, simulator):
            simulator.noise(10)
            for _ in range(100):
                waiting = await asked(scanner)
                await simulator.show("wechat")
                await asyncio.sleep(3)
                if not waiting.done():
                    waiting.cancel()
                    await asyncio.wait({waiting})
                elif waiting.exception() is None:
                    code = waiting.result()
                    assert code.text.isprintable()
                    assert code.kind is CodeKind.OTHER or len(code.text) in {18, 19, 20}

    virtual.run(main())


def test_no_code_is_in_traces_logs_or_the_driver(caplog: pytest.LogCaptureFixture) -> None:
    wire = list[tuple[str, bytes]]()

    async def main() -> None:
        simulator = CodeScannerSimulator(prefix=b"\x02")
        scanner = CodeScanner(opener_to(simulator), prefix=b"\x02", trace=lambda way, data: wire.append((way, data)))
        async with running(scanner, simulator):
            waiting = await asked(scanner)
            await simulator.show("wechat")
            code = await waiting
            assert CODES["wechat"] not in repr(code) + str(code) + repr(vars(scanner)) + repr(vars(scanner._link))
            simulator.hold("alipay")
            assert CODES["alipay"] not in repr(simulator.state())

    with caplog.at_level(logging.DEBUG):
        virtual.run(main())
    assert wire[0] == ("<", b"*" * 19 + b"\r\n")
    assert CODES["wechat"] not in caplog.text


def test_over_a_real_serial_line_pulled_and_plugged_in(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = CodeScannerSimulator()
        settings = msgspec.convert({"port": "scanner", "baud": 9600}, DRIVER.settings)
        scanner = DRIVER.build(settings, tmp_path)
        assert isinstance(scanner, CodeScanner)
        async with asyncio.timeout(30), PtyWire(simulator, tmp_path / "scanner"), running(scanner, simulator):
            for name in ("wechat", "alipay"):
                waiting = await asked(scanner)
                simulator.hold(name)
                assert (await waiting).text == CODES[name]
                simulator.take_away()
                await simulator.unplug()
                await simulator.plug_in()

    asyncio.run(main())


def test_the_settings_say_what_is_allowed() -> None:
    for wrong in ({"port": "/dev/x", "baud": 1}, {"baud": 9600}, {"port": "/dev/x", "mode": "host"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Settings)
