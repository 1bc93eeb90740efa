"""``kiosk doctor`` on a machine with every device there is, and three things broken: one table, true, with advice."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from hardware.channel import Channel, Opener, memory_pair
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.chip_card_reader import Settings as ChipSettings
from hardware.drivers.document_printer import DocumentPrinter
from hardware.drivers.document_printer import Settings as CupsSettings
from hardware.simulators.base import Simulator
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.chip_card_reader import ChipCardReaderSimulator
from hardware.simulators.document_printer import DocumentPrinterSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.ups import UpsSimulator
from hardware.simulators.wire import TcpWire
from kiosk_app import cli, doctor, wiring
from kiosk_app.advice import ADVICE
from kiosk_app.config import Config, Sections, read_config
from kiosk_app.devices import Driver
from kiosk_app.doctor import Finding
from kiosk_app.errors import DeviceOffline, PaperOut
from kiosk_app.ports import Seen
from kiosk_app.wiring import SystemClock
from offline_cache.keys import load_or_make_key
from offline_cache.store import open_store
from tests.kiosk_app.test_cli import enrolled
from tests.kiosk_app.test_config import GOOD

LINES = {
    "id_card_reader": ('driver = "sdt"', IdCardReaderSimulator),
    "card_terminal": ('driver = "zvt"', CardTerminalSimulator),
    "receipt_printer": ('driver = "escpos"', ReceiptPrinterSimulator),
    "permit_unit": ('driver = "open-permit"', PermitUnitSimulator),
    "cabinet": ('driver = "modbus"', CabinetSimulator),
    "ups": ('driver = "nut"', UpsSimulator),
}
HOSTED = ("document_printer", "chip_card_reader")


class Box:
    """Every simulator of a machine, on its wire, and the machine's configuration."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts: dict[str, Simulator] = {role: make() for role, (_, make) in LINES.items()}
        self.parts["document_printer"] = DocumentPrinterSimulator()
        self.parts["chip_card_reader"] = ChipCardReaderSimulator()
        self._served: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def on(self) -> AsyncIterator[Config]:
        async with AsyncExitStack() as stack:
            ports = {
                role: (await stack.enter_async_context(TcpWire(self.parts[role], "127.0.0.1", 0))).port
                for role in LINES
            }
            tail = GOOD[GOOD.index("[central]") :]
            sections = [f'[devices.{r}]\n{LINES[r][0]}\nport = "tcp://127.0.0.1:{port}"\n' for r, port in ports.items()]
            sections.append('[devices.document_printer]\ndriver = "cups"\nqueue = "a4"\n')
            sections.append('[devices.chip_card_reader]\ndriver = "pcsc"\n')
            (self.folder / "kiosk.toml").write_text("\n".join([*sections, tail]), "utf-8")
            yield self._in_memory(read_config(self.folder / "kiosk.toml"))

    def _in_memory(self, config: Config) -> Config:
        """The two devices behind host processes, with their simulators in the hosts' place."""
        sections = dict(config.devices)
        a4: Driver[Any] = Driver(
            "document_printer", "cups", CupsSettings, lambda s, _: DocumentPrinter(self._line(0), queue=s.queue)
        )
        chip: Driver[Any] = Driver(
            "chip_card_reader", "pcsc", ChipSettings, lambda _, __: ChipCardReader(self._line(1))
        )
        for role, driver in zip(HOSTED, (a4, chip), strict=True):
            sections[role] = replace(sections[role], driver=driver)
        return msgspec.structs.replace(config, devices=Sections(sections))

    def _line(self, which: int) -> Opener:
        async def opener() -> Channel:
            ours, theirs = memory_pair()
            self._served.add(asyncio.create_task(self.parts[HOSTED[which]].serve(theirs)))
            return ours

        return opener


def ran(folder: Path, config: Config) -> None:
    """The kiosk ran here for some days and saw its toner go."""
    with ExitStack() as stack:
        key = load_or_make_key(folder / "kiosk.key")
        stack.enter_context(open_store(folder / "kiosk.store", key, ballast=4096, reserve=0)).close()
        kept = wiring.open_books(config, folder, stack).observations
        now = datetime.now(UTC)
        for days, level in ((4, 90), (2, 50), (0, 15)):
            kept.note("document_printer toner", Seen(now - timedelta(days=days), "ok", level))


def rows(found: Sequence[Finding]) -> dict[str, Finding]:
    return {finding.part: finding for finding in found}


def test_three_broken_things_are_three_rows_with_advice_among_well_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LISTEN", 6.0)
    enrolled(tmp_path)

    async def work() -> dict[str, Finding]:
        box = Box(tmp_path)
        async with box.on() as config:
            ran(tmp_path, config)
            box.parts["card_terminal"].freeze()
            box.parts["receipt_printer"].paper_out()  # type: ignore[attr-defined]
            box.parts["cabinet"].hit()  # type: ignore[attr-defined]
            return rows(await doctor.examine(config, tmp_path, SystemClock()))

    found = asyncio.run(asyncio.wait_for(work(), 60))
    devices = {part: finding for part, finding in found.items() if part in {*LINES, *HOSTED}}
    assert devices.keys() == {*LINES, *HOSTED}
    ill = {part: finding for part, finding in devices.items() if not finding.well}
    assert {part: finding.advice for part, finding in ill.items()} == {
        "card_terminal": DeviceOffline.operator,
        "receipt_printer": PaperOut.operator,
        "cabinet": ADVICE["tamper"],
    }
    assert ill["cabinet"].says.startswith("fraud attempt, tamper, door front closed")
    printer = found["document_printer"]
    assert "paper ok 100 %, toner ok 100 %" in printer.says
    assert "can: duplex, follows jobs" in printer.says
    assert printer.facts["levels"] == {"paper": 100, "toner": 100}
    assert found["supplies"].says.startswith("document_printer toner until about 20")
    assert found["supplies"].advice == "Refill now: document_printer toner."


def test_for_scripts_it_is_one_json_with_status_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on no wire at all: each device says so, and the answer is still whole."""
    monkeypatch.setattr(doctor, "LISTEN", 0.5)
    enrolled(tmp_path)
    text = GOOD.replace("/dev/", str(tmp_path / "no-such-")).replace("tcp://127.0.0.1:20007", "tcp://127.0.0.1:9")
    sections = '[devices.ups]\ndriver = "nut"\nport = "tcp://127.0.0.1:9"\n'
    (tmp_path / "kiosk.toml").write_text(
        text.replace('queue = "a4"', 'queue = "a4"\nsocket = "/no/such.sock"') + sections
    )
    result = CliRunner().invoke(cli.app, ["doctor", "--json", "--config", str(tmp_path / "kiosk.toml")])
    assert result.exit_code == 1
    found = {row["part"]: row for row in json.loads(result.stdout)}
    for role in ("id_card_reader", "card_terminal", "receipt_printer", "document_printer", "ups"):
        assert found[role]["well"] is False
        assert found[role]["advice"]
        assert found[role]["facts"]["capabilities"] == sorted(found[role]["facts"]["capabilities"])
    assert found["ups"]["facts"]["state"] == "offline"
