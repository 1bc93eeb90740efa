"""``kiosk device``: one device alone, over a real pseudo-terminal or TCP port."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.channel import Channel, memory_pair, open_serial
from hardware.drivers.chip_card_reader import ChipCardReader, Settings
from hardware.protocols.endorser import Position
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_stages import Timings
from hardware.simulators.chip_card_reader import ChipCardReaderSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator, Timing
from hardware.simulators.permit_body import Timing as PermitTiming
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.ups import UpsSimulator
from hardware.simulators.wire import PtyWire, TcpWire
from kiosk_app import device_verbs
from kiosk_app.config import Config, Sections
from kiosk_app.device_verbs import Facts, Given, exercise
from kiosk_app.devices import Driver
from kiosk_app.drivers import Section
from kiosk_app.errors import ConfigError
from tests.kiosk_app.test_config import GOOD, read

QUICK = Timings(host=0.01, reversal=0.01, repeat=0.01)
BRISK = PermitTiming(feed=0.05, read=0.05, eject=0.05, retain=0.05, home=0.05, erase=0.1, line=0.05)
AT_ONCE = Timing(reset=0, find=0, select=0, read=0.01, other=0)


def at(folder: Path, role: str, port: str) -> Config:
    """A configuration in which ``role`` is on ``port``."""
    config = read(folder, GOOD)
    section = config.devices[role]
    moved = replace(section, settings=msgspec.structs.replace(section.settings, port=port))
    return msgspec.structs.replace(config, devices=Sections({**config.devices, role: moved}))


def fitted(folder: Path, role: str, section: str) -> Config:
    """A configuration with an optional device."""
    return read(folder, GOOD + f"\n[devices.{role}]\n{section}\n")


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
            assert (await do("reverse", Given()))["reversed"] == "nothing"
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
    for what in ("", str(tmp_path / "x.pdf"), str(tmp_path / "letter.pdf")):
        with pytest.raises(ConfigError, match="PDF"):
            asyncio.run(device_verbs.print_file(None, Given(what=what)))  # type: ignore[arg-type] # not asked


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


def test_the_permit_unit_reads_gives_back_and_keeps(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = PermitUnitSimulator(timing=BRISK)
        async with TcpWire(simulator, "127.0.0.1", 0) as wire:
            config = fitted(tmp_path, "permit_unit", f'driver = "open-permit"\nport = "tcp://127.0.0.1:{wire.port}"')

            async def do(verb: str) -> Facts:
                return await exercise(config, "permit_unit", verb, Given())

            assert await do("position") == {"ok": True, "card": "none"}
            assert "no card" in (await do("retain"))["do"]
            serving = asyncio.create_task(_insert_and_take(simulator))
            facts = await do("read")
            await serving
            assert (facts["ok"], facts["number"], facts["card"]) == (True, "CA1234567", "none")
            kept = asyncio.create_task(_insert_and_take(simulator, take=False))
            waiting = asyncio.create_task(do("read"))
            await kept
            waiting.cancel()
            await asyncio.wait([waiting])
            return await do("retain")

    facts = done(work())
    assert facts == {"ok": True, "card": "retained"}


async def _insert_and_take(simulator: PermitUnitSimulator, *, take: bool = True) -> None:
    while not simulator.body.shutter:  # noqa: ASYNC110 - as somebody who looks at it
        await asyncio.sleep(0.01)
    simulator.insert("zhang")
    while simulator.body.place is not Position.EXIT:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    if take:
        simulator.take()


def test_the_cabinet_tells_its_doors_shows_a_lamp_and_forgets_a_shock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_verbs, "LAMP", 1.0)

    async def work() -> None:
        simulator = CabinetSimulator(lamps=2)
        simulator.open_door(1)
        simulator.hit()
        async with PtyWire(simulator, tmp_path / "board"):
            config = fitted(
                tmp_path, "cabinet",
                f'driver = "modbus"\nport = "{tmp_path / "board"}"\ndoors = ["front", "paper"]\n'
                'lamps = ["id_card_reader", "card_terminal"]',
            )  # fmt: skip

            async def do(verb: str, what: str = "") -> Facts:
                return await exercise(config, "cabinet", verb, Given(what=what))

            facts = await do("doors")
            assert (facts["door front"], facts["door paper"], facts["tampered"]) == ("closed", "open", True)
            await asyncio.sleep(0.6)
            assert (await do("forget-tamper")) == {"ok": True, "tampered": False}
            showing = asyncio.create_task(do("lamp", "card_terminal"))
            while simulator.lamps != ("off", "blink"):  # noqa: ASYNC110 - as somebody who looks at it
                await asyncio.sleep(0.02)
            assert (await showing)["ok"] is True
            assert (await do("lamp", "toaster"))["ok"] is False

    asyncio.run(asyncio.wait_for(work(), 30))


def test_the_ups_says_everything_it_knows(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = UpsSimulator()
        async with TcpWire(simulator, "127.0.0.1", 0) as wire:
            simulator.drain(80)
            simulator.fail_mains()
            config = fitted(tmp_path, "ups", f'driver = "nut"\nport = "tcp://127.0.0.1:{wire.port}"')
            return await exercise(config, "ups", "status", Given())

    facts = done(work())
    assert (facts["ok"], facts["reason"], facts["on_mains"]) == (True, "on_battery", False)
    assert 70 <= facts["charge"] <= 80


def test_the_chip_card_reader_reads_a_card(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = ChipCardReaderSimulator()
        simulator.insert("zhang")
        served: set[asyncio.Task[None]] = set()

        async def opener() -> Channel:
            ours, theirs = memory_pair()
            served.add(asyncio.create_task(simulator.serve(theirs)))
            return ours

        driver = Driver("chip_card_reader", "memory", Settings, lambda _, __: ChipCardReader(opener))
        section = Section(tmp_path / "kiosk.toml", "chip_card_reader", "tests", driver, Settings())
        config = read(tmp_path, GOOD)
        config = msgspec.structs.replace(config, devices=Sections({**config.devices, "chip_card_reader": section}))
        return await exercise(config, "chip_card_reader", "read", Given())

    facts = done(work())
    assert (facts["ok"], facts["name"]) == (True, "张样本")


def test_a_role_that_this_machine_has_not_says_which_it_has(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="This machine has id_card_reader, card_terminal") as found:
        done(exercise(read(tmp_path, GOOD), "ups", "status", Given()))
    assert found.value.key == "devices.ups"


def test_a_port_that_is_not_there_is_named(tmp_path: Path) -> None:
    facts = done(exercise(at(tmp_path, "id_card_reader", f"{tmp_path}/none"), "id_card_reader", "status", Given()))
    assert facts["detail"] == f"{tmp_path}/none: there is no such device"
    read = done(exercise(at(tmp_path, "id_card_reader", f"{tmp_path}/none"), "id_card_reader", "read", Given()))
    assert "there is no such device" in read["detail"]


def test_a_file_for_a_port_is_told_to_be_no_port(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    facts = done(exercise(at(tmp_path, "receipt_printer", f"{tmp_path}/file"), "receipt_printer", "status", Given()))
    assert facts["detail"] == f"{tmp_path}/file: it is no serial port"


def test_a_ups_that_upsd_does_not_know_is_named_with_what_to_do(tmp_path: Path) -> None:
    async def work() -> Facts:
        async with TcpWire(UpsSimulator(), "127.0.0.1", 0) as wire:
            section = f'driver = "nut"\nport = "tcp://127.0.0.1:{wire.port}"\nname = "other"'
            return await exercise(fitted(tmp_path, "ups", section), "ups", "status", Given())

    facts = done(work())
    assert facts["state"] == "hardware error"
    assert "UNKNOWN-UPS" in facts["detail"]
    assert facts["do"]
