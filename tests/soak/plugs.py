"""Plugs pulled and put back a thousand times: nothing leaks, and the device serves again.

A row of :data:`PLUGS` is a role on a real wire (pseudo-terminal or TCP) with its driver and a real operation. Each
round pulls the plug, waits until the driver says that nobody can be served, puts it back and waits until somebody
can; every so often, and at the end, the operation is done. The back-off is shortened, for its length is proved
elsewhere (``tests/hardware/test_link.py``) and a thousand pauses prove nothing more.
"""

import asyncio
import tempfile
import time
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Literal

from hardware import link
from hardware.channel import opener_of
from hardware.drivers import viewfinder
from hardware.drivers.cabinet import Cabinet
from hardware.drivers.camera import Camera
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.card_terminal_umsips import CardTerminalUmsips
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.code_scanner import CodeScanner
from hardware.drivers.document_camera import DocumentCamera
from hardware.drivers.document_printer import DocumentPrinter
from hardware.drivers.headphones import Headphones
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.keypad import Keypad
from hardware.drivers.permit_unit import PermitUnit
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.drivers.ups import Ups
from hardware.drivers.viewfinder import Optics
from hardware.evdev import open_evdev
from hardware.simulators.base import Simulator
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_stages import Timings
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from hardware.simulators.chip_card_reader import ChipCardReaderSimulator
from hardware.simulators.code_scanner import CodeScannerSimulator
from hardware.simulators.document_camera import DocumentCameraSimulator
from hardware.simulators.document_printer import DocumentPrinterSimulator
from hardware.simulators.evdev import HeadphonesSimulator, KeypadSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator, Timing
from hardware.simulators.permit_body import Timing as PermitTiming
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.ups import UpsSimulator
from hardware.simulators.wire import PtyWire, TcpWire
from kiosk_app.devices import CodeKind, Device, KeyStroke, Lamp, PermitMedia, PrintOutcome, Slip, SlipLine
from kiosk_app.errors import PageBlurred
from kiosk_app.money.amounts import Fen
from tests.soak.census import Census, settled, traced
from tests.soak.hosts import running

PAUSES = (0.002, 0.02)
LONGEST = 20.0
"""Seconds after which a device that does not come back never will."""
EVERY = 50
"""Rounds between two operations."""


@dataclass
class Plugged:
    """A device on its wire. ``serve`` does what it is for, and raises if it does not."""

    simulator: Simulator
    driver: Device
    serve: Callable[[], Awaitable[None]]


Place = Callable[[Path], AsyncIterator[Plugged]]


async def until(seen: Callable[[], bool]) -> None:
    """As a person would look."""
    async with asyncio.timeout(LONGEST):
        while not seen():  # noqa: ASYNC110 - the simulators ring no bell
            await asyncio.sleep(0.002)


# --- the devices -----------------------------------------------------------------------------------------------


async def _id_card_reader(folder: Path) -> AsyncIterator[Plugged]:
    simulator = IdCardReaderSimulator(timing=Timing(read=0.02))
    async with PtyWire(simulator, folder / "reader"):
        driver = IdCardReader(opener_of(str(folder / "reader")))

        async def serve() -> None:
            simulator.lay("zhang")
            assert (await driver.wait_card()).name == "张样本"
            simulator.lift()
            while await driver.card_present() is not False:  # noqa: ASYNC110 - what the driver says is the point
                await asyncio.sleep(0.01)

        yield Plugged(simulator, driver, serve)


async def _pay(driver: CardTerminal, simulator: CardTerminalSimulator) -> None:
    simulator.insert()
    paying = asyncio.create_task(driver.pay(Fen(1010), lambda _: None))
    await until(lambda: simulator.working and simulator.stage == "pin")
    simulator.type_pin()
    receipt = await paying
    await driver.deliver()
    await driver.reverse(receipt.receipt_no)
    simulator.remove_card()
    simulator.ledger.bookings.clear()


BRISK = Timings(host=0.01, repeat=0.01, reversal=0.01)


def _terminal(framing: Literal["tcp", "serial"]) -> CardTerminalSimulator:
    return CardTerminalSimulator(framing=framing, timings=BRISK, now=lambda: datetime(2026, 3, 2, tzinfo=UTC))


async def _card_terminal(folder: Path) -> AsyncIterator[Plugged]:
    del folder
    simulator = _terminal("tcp")
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = CardTerminal(opener_of(f"tcp://127.0.0.1:{wire.port}"))
        yield Plugged(simulator, driver, lambda: _pay(driver, simulator))


async def _card_terminal_serial(folder: Path) -> AsyncIterator[Plugged]:
    simulator = _terminal("serial")
    async with PtyWire(simulator, folder / "terminal"):
        driver = CardTerminal(opener_of(str(folder / "terminal"), baud=9600, stop_bits=2), framing="serial")
        yield Plugged(simulator, driver, lambda: _pay(driver, simulator))


async def _receipt_printer(folder: Path) -> AsyncIterator[Plugged]:
    simulator = ReceiptPrinterSimulator()
    async with PtyWire(simulator, folder / "receipts"):
        driver = ReceiptPrinter(opener_of(str(folder / "receipts")))

        async def serve() -> None:
            assert await driver.print(Slip((SlipLine("样本"),))) is PrintOutcome.PRINTED
            simulator.papers.clear()

        yield Plugged(simulator, driver, serve)


async def _document_printer(folder: Path) -> AsyncIterator[Plugged]:
    del folder
    simulator = DocumentPrinterSimulator()
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = DocumentPrinter(opener_of(f"tcp://127.0.0.1:{wire.port}"), queue="a4")

        async def serve() -> None:
            assert await driver.print(b"%PDF-1.4 /Type /Page sample", "sample") is PrintOutcome.PRINTED
            simulator.papers.clear()

        yield Plugged(simulator, driver, serve)


async def _chip_card_reader(folder: Path) -> AsyncIterator[Plugged]:
    del folder
    simulator = ChipCardReaderSimulator()
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = ChipCardReader(opener_of(f"tcp://127.0.0.1:{wire.port}"))

        async def serve() -> None:
            simulator.insert("zhang")
            card = await driver.wait_card()
            await driver.verify_pin("123456", card)
            simulator.remove()
            while await driver.card_present() is not False:  # noqa: ASYNC110 - what the driver says is the point
                await asyncio.sleep(0.01)

        yield Plugged(simulator, driver, serve)


async def _permit_unit(folder: Path) -> AsyncIterator[Plugged]:
    quick = PermitTiming(feed=0.02, read=0.02, eject=0.02, retain=0.02, home=0.02, erase=0.02, line=0.02)
    simulator = PermitUnitSimulator(timing=quick)
    async with PtyWire(simulator, folder / "permit"):
        driver = PermitUnit(opener_of(str(folder / "permit")), today=lambda: date(2026, 7, 1))

        async def serve() -> None:
            waiting = asyncio.create_task(driver.wait_permit())
            await until(lambda: simulator.body.shutter)
            simulator.insert("zhang")
            assert (await waiting).number == "CA1234567"
            giving = asyncio.create_task(driver.give_back())
            while await driver.position() is not PermitMedia.EXIT:  # noqa: ASYNC110 - what the driver says is the point
                await asyncio.sleep(0.01)
            simulator.take()
            assert await giving is PermitMedia.NONE

        yield Plugged(simulator, driver, serve)


async def _cabinet(folder: Path) -> AsyncIterator[Plugged]:
    simulator = CabinetSimulator()
    async with PtyWire(simulator, folder / "cabinet"):
        driver = Cabinet(opener_of(str(folder / "cabinet"), baud=19200, stop_bits=2), lamps=["slot"])

        async def serve() -> None:
            driver.lamp("slot", Lamp.ON)
            await until(lambda: simulator.lamps[0] == "on")
            driver.lamp("slot", Lamp.OFF)
            await until(lambda: simulator.lamps[0] == "off")

        yield Plugged(simulator, driver, serve)


async def _ups(folder: Path) -> AsyncIterator[Plugged]:
    del folder
    simulator = UpsSimulator()
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = Ups(opener_of(f"tcp://127.0.0.1:{wire.port}"))

        async def serve() -> None:
            assert driver.reading is not None
            assert driver.reading.on_mains

        yield Plugged(simulator, driver, serve)


async def _card_terminal_umsips(folder: Path) -> AsyncIterator[Plugged]:
    """The library's bank: a host of ours is not in the way, its kills are another long run."""
    simulator = UmsTerminalSimulator(timings=BRISK, now=lambda: datetime(2026, 3, 2, tzinfo=UTC))
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = CardTerminalUmsips(opener_of(f"tcp://127.0.0.1:{wire.port}"), folder / "unionpay")

        async def serve() -> None:
            paying = asyncio.create_task(driver.pay(Fen(1010), lambda _: None))
            await until(lambda: simulator.working and simulator.stage == "card")
            simulator.insert()
            await until(lambda: simulator.working and simulator.stage == "pin")
            simulator.type_pin()
            assert (await paying).approved
            await driver.deliver()
            simulator.remove_card()
            await driver.end_of_day()
            simulator.ledger.bookings.clear()

        yield Plugged(simulator, driver, serve)


async def _camera(folder: Path) -> AsyncIterator[Plugged]:
    del folder
    simulator = CameraSimulator(size=(640, 360))
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = Camera(Optics(f"http://127.0.0.1:{wire.port}/"))

        async def serve() -> None:
            async with driver.preview() as preview:
                await preview.newer()
                assert (await driver.still()).width == 640

        yield Plugged(simulator, driver, serve)


async def _document_camera(folder: Path) -> AsyncIterator[Plugged]:
    del folder
    simulator = DocumentCameraSimulator(size=(1024, 768))
    simulator.lay()
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = DocumentCamera(Optics(f"http://127.0.0.1:{wire.port}/", keep=2, desk=True))

        async def serve() -> None:
            with suppress(PageBlurred):  # so few pixels are too few for a page; what it lies in was found
                await driver.capture_page(within=0.0)

        yield Plugged(simulator, driver, serve)


async def _code_scanner(folder: Path) -> AsyncIterator[Plugged]:
    simulator = CodeScannerSimulator()
    async with PtyWire(simulator, folder / "scanner"):
        driver = CodeScanner(opener_of(str(folder / "scanner")))
        codes = cycle(("wechat", "alipay"))  # one code shown twice at once is one code

        async def serve() -> None:
            waiting = asyncio.create_task(driver.wait_code())
            await asyncio.sleep(0.02)
            code = next(codes)
            await simulator.show(code)
            assert (await waiting).kind is CodeKind(code)

        yield Plugged(simulator, driver, serve)


async def _keypad(folder: Path) -> AsyncIterator[Plugged]:
    simulator = KeypadSimulator()
    async with PtyWire(simulator, folder / "keypad"):
        driver, told = Keypad(partial(open_evdev, folder / "keypad"), again_after=0.0), list[KeyStroke]()
        driver.watch_keys(lambda _, stroke: told.append(stroke))

        async def serve() -> None:
            told.clear()
            await simulator.press("select")
            await until(lambda: told == [KeyStroke.DOWN, KeyStroke.UP])

        yield Plugged(simulator, driver, serve)


async def _headphones(folder: Path) -> AsyncIterator[Plugged]:
    simulator = HeadphonesSimulator()
    async with PtyWire(simulator, folder / "jack"):
        driver = Headphones(partial(open_evdev, folder / "jack"))

        async def serve() -> None:
            await simulator.insert()
            await until(lambda: driver.plugged is True)
            await simulator.pull()
            await until(lambda: driver.plugged is False)

        yield Plugged(simulator, driver, serve)


PLUGS: Mapping[str, Place] = {
    "id_card_reader": _id_card_reader,
    "card_terminal": _card_terminal,
    "card_terminal_serial": _card_terminal_serial,
    "card_terminal_umsips": _card_terminal_umsips,
    "receipt_printer": _receipt_printer,
    "document_printer": _document_printer,
    "chip_card_reader": _chip_card_reader,
    "permit_unit": _permit_unit,
    "cabinet": _cabinet,
    "ups": _ups,
    "camera": _camera,
    "document_camera": _document_camera,
    "code_scanner": _code_scanner,
    "keypad": _keypad,
    "headphones": _headphones,
}

# --- pulling ---------------------------------------------------------------------------------------------------


@dataclass
class Pulls:
    """What became of one device: rounds, seconds of each from plugged in to serving, and the two counts."""

    took: "array[float]" = field(default_factory=lambda: array("d"))
    operations: int = 0
    first: Census | None = None
    last: Census | None = None
    faults: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """One line of the table."""
        if self.first is None or self.last is None:
            return f"{name:22} no count: {self.faults}"
        counts = (
            f"{self.first.descriptors}->{self.last.descriptors}",
            f"{self.first.tasks}->{self.last.tasks}",
            f"{(self.last.traced - self.first.traced) / 1024:+.1f}",
            f"{self.last.resident - self.first.resident:+.1f}",
        )
        cells = "".join(f"{cell:>10}" for cell in counts)
        return f"{name:22}{len(self.took):>7}{self.operations:>6}{max(self.took) * 1000:>9.0f}{cells}"


@contextmanager
def short_pauses() -> Iterator[None]:
    """A link that tries again at once, and a camera that is looked at all the time."""
    before = link.FIRST_PAUSE, link.LONGEST_PAUSE, viewfinder.IDLE, viewfinder.CHECK, viewfinder.RECHECK
    link.FIRST_PAUSE, link.LONGEST_PAUSE = PAUSES
    viewfinder.IDLE = viewfinder.CHECK = viewfinder.RECHECK = PAUSES[1]
    try:
        yield
    finally:
        link.FIRST_PAUSE, link.LONGEST_PAUSE, viewfinder.IDLE, viewfinder.CHECK, viewfinder.RECHECK = before


async def pull_many(name: str, times: int, *, every: int = EVERY) -> Pulls:
    """Pull and replug ``times`` times; counted from the second operation on, when everything was made once."""
    pulls = Pulls()
    place = asynccontextmanager(PLUGS[name])
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, short_pauses(), traced():
        async with place(Path(folder)) as plugged, running(plugged.driver):
            await until(lambda: plugged.driver.condition.serves)
            for number in range(times):
                if number % every == 0:
                    await _serve(plugged, pulls)
                if number == min(every, times // 2):
                    async with at_rest(plugged):
                        pulls.first = Census.now()
                await _pull(plugged, pulls)
            await _serve(plugged, pulls)
            if pulls.first is not None:
                async with at_rest(plugged):
                    pulls.last = await settled(pulls.first)
                pulls.faults += pulls.last.leaks(pulls.first)
    return pulls


@asynccontextmanager
async def at_rest(plugged: Plugged) -> AsyncIterator[None]:
    """Inside, a camera is not looked at: or one count would have an open line that the other has not."""
    before, viewfinder.CHECK = viewfinder.CHECK, 600.0
    try:
        await until(lambda: not plugged.simulator.state().get("viewers"))
        await asyncio.sleep(PAUSES[1])
        yield
    finally:
        viewfinder.CHECK = before


async def _serve(plugged: Plugged, pulls: Pulls) -> None:
    async with asyncio.timeout(LONGEST):
        await plugged.serve()
    pulls.operations += 1


async def _pull(plugged: Plugged, pulls: Pulls) -> None:
    await plugged.simulator.unplug()
    await until(lambda: not plugged.driver.condition.serves)
    began = time.monotonic()
    await plugged.simulator.plug_in()
    await until(lambda: plugged.driver.condition.serves)
    pulls.took.append(time.monotonic() - began)
