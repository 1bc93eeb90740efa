"""``kiosk device``: one device alone, over a real pseudo-terminal or TCP port."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.channel import open_serial
from hardware.simulators.card_terminal import CardTerminalSimulator, Timings
from hardware.simulators.id_card_reader import IdCardReaderSimulator, Timing
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.wire import PtyWire, TcpWire
from kiosk_app import device_verbs
from kiosk_app.config import Config
from kiosk_app.device_verbs import Facts, Given, exercise
from kiosk_app.errors import ConfigError
from tests.kiosk_app.test_config import GOOD, read

QUICK = Timings(host=0.01, reversal=0.01, repeat=0.01)
AT_ONCE = Timing(reset=0, find=0, select=0, read=0.01, other=0)


def at(folder: Path, role: str, port: str) -> Config:
    """A configuration in which ``role`` is on ``port``."""
    config = read(folder, GOOD)
    device = msgspec.structs.replace(getattr(config.devices, role), port=port)
    return msgspec.structs.replace(config, devices=msgspec.structs.replace(config.devices, **{role: device}))


def done(work: Coroutine[Any, Any, Facts]) -> Facts:
    async def bounded() -> Facts:
        async with asyncio.timeout(15):
            return await work

    return asyncio.run(bounded())


def test_the_reader_reads_a_card_over_its_serial_line(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = IdCardReaderSimulator(timing=AT_ONCE)
        async with PtyWire(simulator, tmp_path / "reader"):
            simulator.lay("li")
            config = at(tmp_path, "id_card_reader", str(tmp_path / "reader"))
            return await exercise(config, "id_card_reader", "read", Given())

    facts = done(work())
    assert (facts["ok"], facts["name"], facts["valid_to"]) == (True, "李样本", "长期")
    assert facts["photo"] == "1024 bytes"


def test_the_terminal_takes_shows_and_gives_back_over_tcp(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = CardTerminalSimulator(timings=QUICK)
        async with TcpWire(simulator, "127.0.0.1", 0) as wire:
            config = at(tmp_path, "card_terminal", f"tcp://127.0.0.1:{wire.port}")

            async def do(verb: str, given: Given) -> Facts:
                return await exercise(config, "card_terminal", verb, given)

            assert (await do("status", Given()))["ok"] is True
            assert (await do("last", Given())) == {"ok": True, "last": "none"}
            tapping = asyncio.create_task(_tap(simulator))
            paid = await do("pay", Given(amount=1234))
            await tapping
            assert (paid["amount"], paid["approved"], paid["trace"]) == (1234, True, 1)
            assert "insert_card" in paid["terminal_said"]
            assert (await do("last", Given()))["trace"] == 1
            assert (await do("reverse", Given()))["reversed"] == 1
            assert (await do("reverse", Given(receipt=77)))["ok"] is False
            return await do("end-of-day", Given())

    assert done(work()) == {"ok": True, "count": 0, "amount": 0}


async def _tap(simulator: CardTerminalSimulator) -> None:
    await _reaches(simulator, "card")
    simulator.tap()


async def _reaches(simulator: CardTerminalSimulator, stage: str) -> None:
    while simulator.stage != stage:  # noqa: ASYNC110 - as somebody who looks at its display
        await asyncio.sleep(0.01)


def test_a_payment_of_nothing_is_refused_before_the_terminal_is_asked(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = CardTerminalSimulator(timings=QUICK)
        async with TcpWire(simulator, "127.0.0.1", 0) as wire:
            config = at(tmp_path, "card_terminal", f"tcp://127.0.0.1:{wire.port}")
            facts = await exercise(config, "card_terminal", "pay", Given())
            assert simulator.stage == ""
            return facts

    facts = done(work())
    assert (facts["ok"], facts["error"]) == (False, "ConfigError")
    assert "--amount" in facts["detail"] or "--amount" in str(facts)


def test_a_declined_payment_says_why(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = CardTerminalSimulator(timings=QUICK)
        async with TcpWire(simulator, "127.0.0.1", 0) as wire:
            simulator.bank_says(51)
            simulator.insert()
            config = at(tmp_path, "card_terminal", f"tcp://127.0.0.1:{wire.port}")
            typing = asyncio.create_task(_type(simulator))
            facts = await exercise(config, "card_terminal", "pay", Given(amount=100))
            await typing
            return facts

    facts = done(work())
    assert (facts["ok"], facts["error"], facts["detail"]) == (False, "PaymentDeclined", "not enough money")


async def _type(simulator: CardTerminalSimulator) -> None:
    await _reaches(simulator, "pin")
    simulator.type_pin()


def test_the_printer_prints_a_test_slip(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = ReceiptPrinterSimulator()
        async with PtyWire(simulator, tmp_path / "printer"):
            config = at(tmp_path, "receipt_printer", str(tmp_path / "printer"))
            facts = await exercise(config, "receipt_printer", "test", Given())
            assert "打印测试" in simulator.papers[0].text
            return facts

    assert done(work()) == {"ok": True, "outcome": "printed"}


def test_a_printer_without_paper_is_not_well_and_says_what_to_do(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = ReceiptPrinterSimulator()
        simulator.paper_out()
        async with PtyWire(simulator, tmp_path / "printer"):
            config = at(tmp_path, "receipt_printer", str(tmp_path / "printer"))
            facts = await exercise(config, "receipt_printer", "status", Given())
            assert (facts["ok"], facts["reason"], facts["supplies"]) == (False, "paper_out", {"paper": "out"})
            return await exercise(config, "receipt_printer", "test", Given())

    facts = done(work())
    assert (facts["ok"], facts["error"]) == (False, "PaperOut")
    assert "Refill" in facts["do"]


def test_nothing_on_the_port_is_said(tmp_path: Path) -> None:
    config = at(tmp_path, "receipt_printer", str(tmp_path / "nothing"))
    facts = done(exercise(config, "receipt_printer", "status", Given()))
    assert (facts["ok"], facts["state"], facts["reason"]) == (False, "offline", "offline")


def test_a_silent_device_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_verbs, "CONNECT", 0.2)

    async def work() -> Facts:
        simulator = IdCardReaderSimulator()
        simulator.freeze()
        async with PtyWire(simulator, tmp_path / "reader"):
            config = at(tmp_path, "id_card_reader", str(tmp_path / "reader"))
            return await exercise(config, "id_card_reader", "status", Given())

    facts = done(work())
    assert (facts["ok"], facts["error"]) == (False, "DeviceOffline")


def test_time_is_bounded_also_when_nobody_lays_a_card_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_verbs, "WORK", 0.3)

    async def work() -> Facts:
        async with PtyWire(IdCardReaderSimulator(timing=AT_ONCE), tmp_path / "reader"):
            config = at(tmp_path, "id_card_reader", str(tmp_path / "reader"))
            return await exercise(config, "id_card_reader", "read", Given())

    assert done(work())["reason"] == "time"


@pytest.mark.parametrize(("role", "verb"), [("scanner", "status"), ("card_terminal", "read"), ("", "")])
def test_an_unknown_role_or_verb_names_the_known_ones(tmp_path: Path, role: str, verb: str) -> None:
    with pytest.raises(ConfigError, match="one of") as found:
        done(exercise(read(tmp_path, GOOD), role, verb, Given()))
    assert found.value.key.startswith(role)


def test_what_is_not_there_or_no_pdf_is_not_sent(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_text("a letter")
    for file in (None, tmp_path / "x.pdf", tmp_path / "letter.pdf"):
        with pytest.raises(ConfigError, match="PDF"):
            asyncio.run(device_verbs.print_file(None, Given(file=file)))  # type: ignore[arg-type] # not asked


def test_a_port_that_the_running_kiosk_has_is_said_to_be_its(tmp_path: Path) -> None:
    async def work() -> Facts:
        async with PtyWire(IdCardReaderSimulator(timing=AT_ONCE), tmp_path / "reader"):
            port = str(tmp_path / "reader")
            kiosk = await open_serial(port, baud=115200)
            try:
                return await exercise(at(tmp_path, "id_card_reader", port), "id_card_reader", "status", Given())
            finally:
                await kiosk.close()

    facts = done(work())
    assert (facts["ok"], facts["state"]) == (False, "offline")
    assert facts["do"].startswith("If the kiosk is running, stop it")
