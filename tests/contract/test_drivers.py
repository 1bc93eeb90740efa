"""Our own drivers keep the contract of their role: the kit, against our simulators."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hardware.channel import Opener
from hardware.contract_kit import (
    CabinetContract,
    CabinetRig,
    CardTerminalContract,
    CardTerminalRig,
    ChipCardReaderContract,
    ChipCardRig,
    CodeScannerContract,
    DocumentPrinterContract,
    HeadphonesContract,
    HeadphonesRig,
    IdCardReaderContract,
    KeypadContract,
    KeypadRig,
    OnTheTable,
    PermitUnitContract,
    PermitUnitRig,
    PrinterRig,
    ReaderRig,
    ReceiptPrinterContract,
    Rig,
    ScannerRig,
    UpsContract,
    UpsRig,
)
from hardware.drivers.cabinet import Cabinet
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.card_terminal_umsips import CardTerminalUmsips
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.code_scanner import CodeScanner
from hardware.drivers.document_printer import DocumentPrinter
from hardware.drivers.headphones import Headphones
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.keypad import Keypad
from hardware.drivers.permit_unit import PermitUnit
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.drivers.ups import Ups
from hardware.evdev import EvdevChannel, EvdevOpener
from hardware.protocols.endorser import Position
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from hardware.simulators.chip_card_reader import ChipCardReaderSimulator
from hardware.simulators.code_scanner import CODES, CodeScannerSimulator
from hardware.simulators.document_printer import DocumentPrinterSimulator
from hardware.simulators.evdev import EvdevSimulator, HeadphonesSimulator, KeypadSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.samples import CARDS
from hardware.simulators.ups import UpsSimulator
from tests.hardware.permit_kit import TODAY

PEOPLE = ("zhang", "li")


class SdtRig(OnTheTable, ReaderRig):
    def __init__(self) -> None:
        self.reader = IdCardReaderSimulator(seed=1)
        super().__init__(self.reader, IdCardReader)

    async def lay(self, which: int = 0) -> str:
        self.reader.lay(PEOPLE[which])
        return CARDS[PEOPLE[which]].text.number

    async def lay_foreign(self) -> None:
        self.reader.lay_foreign_card()

    async def lift(self) -> None:
        self.reader.lift()


class TestSdt(IdCardReaderContract):
    def rig(self) -> SdtRig:
        return SdtRig()


class PcscRig(OnTheTable, ChipCardRig):
    def __init__(self) -> None:
        self.reader = ChipCardReaderSimulator(seed=1)
        super().__init__(self.reader, ChipCardReader)

    async def lay(self, which: int = 0) -> str:
        self.reader.insert(PEOPLE[which])
        return CARDS[PEOPLE[which]].text.number

    async def lay_foreign(self) -> None:
        self.reader.insert("bank card")

    async def lay_blocked(self) -> None:
        self.reader.insert("wang blocked")

    async def lift(self) -> None:
        self.reader.remove()


class TestPcsc(ChipCardReaderContract):
    def rig(self) -> PcscRig:
        return PcscRig()


class PaperRig(OnTheTable, PrinterRig):
    """Either printer: both simulators have the same doors."""

    printer: Any

    async def refill(self) -> None:
        self.printer.refill()

    async def open_cover(self) -> None:
        self.printer.open_cover()

    async def close_cover(self) -> None:
        self.printer.close_cover()


class EscPosRig(PaperRig):
    def __init__(self, *, confirms: bool = True, presenter: bool = False) -> None:
        self.printer = ReceiptPrinterSimulator(seed=1, confirms=confirms, presenter=presenter)
        super().__init__(self.printer, lambda opener: ReceiptPrinter(opener, presenter=presenter))

    def papers(self) -> Sequence[str]:
        return [paper.text for paper in self.printer.papers if paper.cut]

    async def run_out(self) -> None:
        self.printer.paper_out_next(3)


class TestEscPos(ReceiptPrinterContract):
    def rig(self) -> EscPosRig:
        return EscPosRig(presenter=True)


class TestEscPosThatCannotConfirm(ReceiptPrinterContract):
    def rig(self) -> EscPosRig:
        return EscPosRig(confirms=False)


class CupsRig(PaperRig):
    printing = 60.0

    def __init__(self) -> None:
        self.printer = DocumentPrinterSimulator(seed=1)
        super().__init__(self.printer, lambda opener: DocumentPrinter(opener, queue="a4"))

    def papers(self) -> Sequence[str]:
        return [paper.decode("latin-1") for paper in self.printer.papers]

    async def run_out(self) -> None:
        self.printer.paper_out()


class TestCups(DocumentPrinterContract):
    def rig(self) -> CupsRig:
        return CupsRig()


class OpenPermitRig(OnTheTable, PermitUnitRig):
    def __init__(self) -> None:
        self.unit = PermitUnitSimulator(seed=1)
        super().__init__(self.unit, lambda opener: PermitUnit(opener, today=lambda: TODAY))

    async def _push_in(self, card: str) -> None:
        while self.unit.body.card is None:
            await asyncio.sleep(0.1)
            self.unit.insert(card)

    async def insert(self) -> str:
        await self._push_in("zhang")
        return "CA1234567"

    async def insert_foreign(self) -> None:
        await self._push_in("home_return")

    async def take(self) -> None:
        while self.unit.body.card is not None:
            await asyncio.sleep(0.1)
            self.unit.take()

    def cards(self) -> dict[str, int]:
        body = self.unit.body
        return {"citizens": len(body.cards), "unit": int(body.card is not None), "box": len(body.box)}

    def endorsed(self) -> int:
        body = self.unit.body
        card = body.card if body.place is not Position.NONE and body.card else body.cards["zhang"]
        return card.endorsed


class TestOpenPermit(PermitUnitContract):
    def rig(self) -> OpenPermitRig:
        return OpenPermitRig()


class ModbusRig(OnTheTable, CabinetRig):
    def __init__(self) -> None:
        self.cabinet = CabinetSimulator(seed=1)
        super().__init__(self.cabinet, lambda opener: Cabinet(opener, lamps=(self.slot,)))

    async def open_door(self) -> None:
        self.cabinet.open_door(0)

    async def close_door(self) -> None:
        self.cabinet.close_door(0)

    async def hit(self) -> None:
        self.cabinet.hit()

    def lamp(self) -> str:
        return self.cabinet.lamps[0]


class TestModbus(CabinetContract):
    def rig(self) -> ModbusRig:
        return ModbusRig()


class NutRig(OnTheTable, UpsRig):
    def __init__(self) -> None:
        self.ups = UpsSimulator(seed=1)
        super().__init__(self.ups, Ups)

    async def fail_mains(self) -> None:
        self.ups.fail_mains()

    async def return_mains(self) -> None:
        self.ups.return_mains()

    async def battery_low(self) -> None:
        self.ups.drain(10)


class TestNut(UpsContract):
    def rig(self) -> NutRig:
        return NutRig()


class TerminalRig(OnTheTable, CardTerminalRig):
    """Any make whose simulator has a slot, keys and a ledger."""

    terminal: Any

    async def present_card(self, card: str = "sample") -> None:
        while not (self.terminal.working and self.terminal.stage == "pin"):
            await asyncio.sleep(0.05)
            if self.terminal.working and self.terminal.stage == "card":
                self.terminal.insert(card)
        self.terminal.type_pin()

    async def present_bad_card(self) -> None:
        await self.present_card("sample-empty")
        while self.terminal.working:  # noqa: ASYNC110 - as a citizen looks
            await asyncio.sleep(0.05)
        self.terminal.remove_card()

    async def lose_the_answer(self) -> None:
        self.terminal.lose_next_answer()

    def booked(self) -> int:
        bookings = self.terminal.ledger.bookings
        return sum(one.amount for one in bookings if one.kind == "payment" and one.state == "booked")


class UmsRig(TerminalRig):
    notice = 45.0  # an idle host is asked every 30 seconds

    def __init__(self) -> None:
        self.terminal = UmsTerminalSimulator(seed=1)
        self._folder = tempfile.TemporaryDirectory(prefix="unionpay-")
        super().__init__(self.terminal, lambda opener: CardTerminalUmsips(opener, Path(self._folder.name)))

    async def __aexit__(self, *ended: Any) -> None:
        await super().__aexit__(*ended)
        self._folder.cleanup()


class TestUms(CardTerminalContract):
    def rig(self) -> UmsRig:
        return UmsRig()


class ZvtRig(TerminalRig):
    notice = 45.0  # an idle terminal is asked every 30 seconds

    def __init__(self) -> None:
        self.terminal = CardTerminalSimulator(seed=1)
        super().__init__(self.terminal, CardTerminal)


class TestZvt(CardTerminalContract):
    def rig(self) -> ZvtRig:
        return ZvtRig()


class LinesRig(OnTheTable, ScannerRig):
    def __init__(self) -> None:
        self.scanner = CodeScannerSimulator(seed=1)
        super().__init__(self.scanner, CodeScanner)

    async def show(self) -> str:
        await self.scanner.show("wechat")
        return CODES["wechat"]

    async def hold(self) -> str:
        self.scanner.hold("alipay")
        return CODES["alipay"]

    async def take_away(self) -> None:
        self.scanner.take_away()

    async def show_binary(self) -> None:
        await self.scanner.show_binary()

    freeze = Rig.freeze  # a scanner in line mode is never asked anything
    disturb = Rig.disturb  # and what it said is not said again


class TestLines(CodeScannerContract):
    def rig(self) -> LinesRig:
        return LinesRig()


class EvdevRig(OnTheTable):
    """The kernel's answers beside the events."""

    def __init__(self, simulator: EvdevSimulator, make: Callable[[EvdevOpener], Any]) -> None:
        def build(opener: Opener) -> Any:
            async def evdev() -> EvdevChannel:
                return EvdevChannel(await opener(), simulator.ask)

            return make(evdev)

        super().__init__(simulator, build)

    freeze = Rig.freeze  # nobody touches it, or it froze: there is nothing it could fail to answer
    disturb = Rig.disturb  # the kernel does not garble events


class EvdevKeypadRig(EvdevRig, KeypadRig):
    def __init__(self) -> None:
        self.pad = KeypadSimulator(seed=1)
        super().__init__(self.pad, Keypad)

    async def press(self) -> None:
        await self.pad.press("select")

    async def hold(self) -> None:
        await self.pad.hold("select")
        for _ in range(5):
            await self.pad.repeat("select")

    async def let_go(self) -> None:
        await self.pad.let_go("select")


class TestEvdevKeypad(KeypadContract):
    def rig(self) -> EvdevKeypadRig:
        return EvdevKeypadRig()


class EvdevJackRig(EvdevRig, HeadphonesRig):
    def __init__(self) -> None:
        self.jack = HeadphonesSimulator(seed=1)
        super().__init__(self.jack, Headphones)

    async def insert(self) -> None:
        await self.jack.insert()

    async def pull(self) -> None:
        await self.jack.pull()


class TestEvdevJack(HeadphonesContract):
    def rig(self) -> EvdevJackRig:
        return EvdevJackRig()
