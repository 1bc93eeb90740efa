"""``python -m tests.contract.make_recordings [NAME ...]``: the shipped recordings, made anew from our simulators.

Each driver talks to its simulator over the real wire (pseudo-terminal, TCP, pcscd, cupsd), in real time; hands do
what the name of the recording says. They are marked as simulated: what real devices say, only real devices know, and
their recordings are made by ``kiosk device ... --record``. Running this changes times and nothing else.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hardware.channel import Opener, opener_of
from hardware.contract_kit import drive
from hardware.dialects import dialect_of
from hardware.drivers.chip_card_host import smartcard_host
from hardware.drivers.document_printer import printing_host
from hardware.link import TAP
from hardware.recording import Tape
from hardware.simulators.base import Simulator
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_stages import Timings
from hardware.simulators.code_scanner import CodeScannerSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator, Timing
from hardware.simulators.permit_body import Timing as PermitTiming
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.print_queue import PrintQueue
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.ups import UpsSimulator
from hardware.simulators.virtual_reader import VirtualReader
from hardware.simulators.wire import PtyWire, TcpWire
from tests.contract.verbs import BUILD, verb_of

FOLDER = Path(__file__).parents[2] / "hardware/recordings"
DRIVERS = {
    "id_card_reader": "sdt",
    "card_terminal": "zvt",
    "receipt_printer": "escpos",
    "document_printer": "cups",
    "chip_card_reader": "pcsc",
    "permit_unit": "open-permit",
    "cabinet": "modbus",
    "ups": "nut",
    "code_scanner": "lines",
}
BRISK = Timings(host=0.3, repeat=0.2, reversal=0.2)
QUICK = PermitTiming(feed=0.2, read=0.2, eject=0.2, retain=0.2, home=0.2, erase=0.4, line=0.2)

Hands = Callable[[Any], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Take:
    """One recording: the device, its line, what the driver is told, and what the hands do meanwhile."""

    make: Callable[[Path], Any]
    verb: str
    hands: Hands
    line: str = "serial"
    given: tuple[tuple[str, int], ...] = ()


async def _soon(ready: Callable[[], object]) -> None:
    while not ready():  # noqa: ASYNC110 - as a person would look
        await asyncio.sleep(0.02)


async def _nothing(_: Any) -> None:
    """The hands rest."""


async def _lays_a_card(reader: IdCardReaderSimulator) -> None:
    await asyncio.sleep(0.3)
    reader.lay("zhang")


async def _lays_a_bank_card(reader: IdCardReaderSimulator) -> None:
    await asyncio.sleep(0.3)
    reader.lay_foreign_card()


async def _pulls_and_plugs(reader: IdCardReaderSimulator) -> None:
    await asyncio.sleep(0.3)
    await reader.unplug()
    await reader.plug_in()
    reader.lay("zhang")


async def _taps(terminal: CardTerminalSimulator) -> None:
    await _soon(lambda: terminal.working and terminal.stage == "card")
    terminal.tap()


async def _has_no_money(terminal: CardTerminalSimulator) -> None:
    await _soon(lambda: terminal.working and terminal.stage == "card")
    terminal.tap("sample-empty")


async def _loses_the_line(terminal: CardTerminalSimulator) -> None:
    terminal.lose_next_answer()
    await _taps(terminal)


async def _runs_out(printer: ReceiptPrinterSimulator) -> None:
    printer.paper_out_next(3)


async def _jams(queue: PrintQueue) -> None:
    queue.jam()


async def _puts_a_card_in(reader: VirtualReader) -> None:
    await reader.insert("zhang")


async def _puts_a_card_in_and_pulls_it(reader: VirtualReader) -> None:
    reader.interrupt("remove", after=6)
    await reader.insert("zhang")


async def _gives_a_permit(unit: PermitUnitSimulator) -> None:
    await _soon(lambda: unit.body.shutter)
    unit.insert("zhang")
    await _soon(lambda: unit.body.place.name == "EXIT" and not unit.body.moving)
    await asyncio.sleep(0.3)
    unit.take()


async def _breaks_the_head(unit: PermitUnitSimulator) -> None:
    taking = asyncio.create_task(_gives_a_permit(unit))
    await _soon(lambda: unit.body.place.name == "PRINTING")
    await asyncio.sleep(0.5)
    unit.break_head()
    await taking


async def _opens_a_door(cabinet: CabinetSimulator) -> None:
    await asyncio.sleep(1)
    cabinet.open_door(1)


async def _mutes(cabinet: CabinetSimulator) -> None:
    await asyncio.sleep(1)
    cabinet.mute()
    await asyncio.sleep(1)
    cabinet.restart()


async def _fails_the_mains(ups: UpsSimulator) -> None:
    await asyncio.sleep(1)
    ups.fail_mains()


async def _loses_the_ups(ups: UpsSimulator) -> None:
    await asyncio.sleep(1)
    ups.lose_ups()


async def _shows_a_code(scanner: CodeScannerSimulator) -> None:
    await asyncio.sleep(0.5)
    await scanner.show("wechat")


async def _pulls_the_scanner(scanner: CodeScannerSimulator) -> None:
    await asyncio.sleep(0.5)
    await scanner.show_half("wechat")
    await scanner.unplug()
    await scanner.plug_in()
    await asyncio.sleep(1)
    await scanner.show("alipay")


def _reader(_: Path) -> IdCardReaderSimulator:
    return IdCardReaderSimulator(timing=Timing(read=0.4))


def _terminal(_: Path) -> CardTerminalSimulator:
    return CardTerminalSimulator(timings=BRISK)


def _serial_terminal(_: Path) -> CardTerminalSimulator:
    return CardTerminalSimulator(framing="serial", timings=BRISK)


PRICE = (("amount", 1234),)
TAKES = {
    "id_card_reader-read": Take(_reader, "read", _lays_a_card),
    "id_card_reader-refused": Take(_reader, "read", _lays_a_bank_card),
    "id_card_reader-pulled": Take(_reader, "read", _pulls_and_plugs),
    "card_terminal-paid": Take(_terminal, "pay", _taps, "tcp", PRICE),
    "card_terminal-paid-serial": Take(_serial_terminal, "pay", _taps, given=PRICE),
    "card_terminal-declined": Take(_terminal, "pay", _has_no_money, "tcp", PRICE),
    "card_terminal-answer-lost": Take(_terminal, "pay", _loses_the_line, "tcp", PRICE),
    "receipt_printer-printed": Take(lambda _: ReceiptPrinterSimulator(), "test", _nothing),
    "receipt_printer-paper-out": Take(lambda _: ReceiptPrinterSimulator(), "test", _runs_out),
    "document_printer-printed": Take(PrintQueue, "print", _nothing, "host"),
    "document_printer-jammed": Take(PrintQueue, "print", _jams, "host"),
    "chip_card_reader-read": Take(VirtualReader, "read", _puts_a_card_in, "host"),
    "chip_card_reader-pin": Take(VirtualReader, "pin", _puts_a_card_in, "host"),
    "chip_card_reader-pulled": Take(VirtualReader, "read", _puts_a_card_in_and_pulls_it, "host"),
    "permit_unit-endorsed": Take(lambda _: PermitUnitSimulator(timing=QUICK), "endorse", _gives_a_permit),
    "permit_unit-head-broken": Take(lambda _: PermitUnitSimulator(timing=QUICK), "endorse", _breaks_the_head),
    "cabinet-door-opened": Take(lambda _: CabinetSimulator(), "watch", _opens_a_door),
    "cabinet-board-dead": Take(lambda _: CabinetSimulator(), "watch", _mutes),
    "ups-on-battery": Take(lambda _: UpsSimulator(), "watch", _fails_the_mains, "tcp"),
    "code_scanner-read": Take(lambda _: CodeScannerSimulator(), "read", _shows_a_code),
    "code_scanner-pulled": Take(lambda _: CodeScannerSimulator(), "read", _pulls_the_scanner),
    "ups-lost": Take(lambda _: UpsSimulator(), "watch", _loses_the_ups, "tcp"),
}


@asynccontextmanager
async def on_its_wire(device: Any, line: str, folder: Path) -> AsyncIterator[Opener]:
    """Put the simulated device where a driver finds it."""
    if isinstance(device, PrintQueue):
        async with device:
            yield printing_host(device.server)
    elif isinstance(device, VirtualReader):
        async with device:
            yield smartcard_host(device.socket)
    elif isinstance(device, Simulator) and line == "tcp":
        async with TcpWire(device, "127.0.0.1", 0) as wire:
            yield opener_of(f"tcp://127.0.0.1:{wire.port}")
    else:
        async with PtyWire(device, folder / "line"):
            yield opener_of(str(folder / "line"))


async def record(take: Take, folder: Path) -> str:
    """The text of one recording."""
    device = take.make(folder)
    role = device.role
    head = {
        "role": role,
        "driver": DRIVERS[role],
        "line": take.line,
        "verb": take.verb,
        "given": json.dumps(dict(take.given)),
        "when": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "software": f"yimen-kiosk {version('yimen-kiosk')}",
        "device": "simulated",
    }
    dialect = dialect_of(role, DRIVERS[role], take.line)
    assert dialect is not None
    async with asyncio.timeout(60), on_its_wire(device, take.line, folder) as opener:
        tape = Tape(asyncio.get_running_loop().time)
        TAP.set(tape)
        hands = asyncio.create_task(take.hands(device))
        facts = await drive(BUILD[role](opener, take.line), verb_of(head))
        await hands
    return tape.develop(dialect, head, facts).text()


def main(names: list[str]) -> None:
    """Make all of them, or those named."""
    for name in names or TAKES:
        with tempfile.TemporaryDirectory(prefix="rec-") as folder:
            text = asyncio.run(record(TAKES[name], Path(folder)))
        (FOLDER / f"{name}.txt").write_text(text, "utf-8")
        sys.stdout.write(f"{name}: {text.splitlines()[-1]}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
