"""The contract on real daemons: A4 with a real cupsd, chip cards with a real pcscd. Real time, so slow."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from hardware.contract_kit import ChipCardReaderContract, ChipCardRig, DocumentPrinterContract, PrinterRig
from hardware.drivers.chip_card_host import smartcard_host
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.document_printer import DocumentPrinter, printing_host
from hardware.simulators.print_queue import PrintQueue
from hardware.simulators.samples import CARDS
from hardware.simulators.virtual_reader import VirtualReader

PEOPLE = ("zhang", "li")


class InAFolder:
    """A real daemon of one's own, for as long as the rig stands."""

    device: Any

    def __init__(self, make: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rig-")
        self.device = make(Path(self._folder.name))

    async def __aenter__(self) -> Self:
        await self.device.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.device.__aexit__(kind, error, trace)
        self._folder.cleanup()


class CupsdRig(InAFolder, PrinterRig):
    """The plug is the printer's own; its queue stays. A freshly plugged printer has paper."""

    real_time = True
    cycles = 1
    notice, printing, late = 8.0, 30.0, 2.0
    device: PrintQueue

    def __init__(self) -> None:
        super().__init__(PrintQueue)

    def driver(self) -> DocumentPrinter:
        return DocumentPrinter(printing_host(self.device.server), queue=self.device.queue, patience=20.0)

    async def unplug(self) -> None:
        await self.device.switch_off()

    async def plug_in(self) -> None:
        await self.device.switch_on()

    def papers(self) -> Sequence[str]:
        return [paper.decode("latin-1") for paper in self.device.papers]

    async def run_out(self) -> None:
        await self.device.paper_out()

    async def refill(self) -> None:
        await self.device.refill()

    async def open_cover(self) -> None:
        self.device.open_cover()

    async def close_cover(self) -> None:
        self.device.close_cover()


@pytest.mark.whole
@pytest.mark.skipif(bool(PrintQueue.missing()), reason=f"not installed: {PrintQueue.missing()}")
class TestCupsd(DocumentPrinterContract):
    def rig(self) -> CupsdRig:
        return CupsdRig()


class PcscdRig(InAFolder, ChipCardRig):
    """The plug is pcscd's life: it stops, and starts again."""

    real_time = True
    cycles = 2
    notice, settle = 6.0, 2.0
    device: VirtualReader

    def __init__(self) -> None:
        super().__init__(VirtualReader)

    def driver(self) -> ChipCardReader:
        return ChipCardReader(smartcard_host(self.device.socket))

    async def unplug(self) -> None:
        await self.device.stop_service()

    async def plug_in(self) -> None:
        await self.device.start_service()

    async def freeze(self) -> None:
        self.device.freeze()

    async def thaw(self) -> None:
        self.device.thaw()

    async def lay(self, which: int = 0) -> str:
        await self.device.insert(PEOPLE[which])
        return CARDS[PEOPLE[which]].text.number

    async def lay_foreign(self) -> None:
        await self.device.insert("bank card")

    async def lay_blocked(self) -> None:
        await self.device.insert("wang blocked")

    async def lift(self) -> None:
        await self.device.remove()


@pytest.mark.whole
@pytest.mark.skipif(bool(VirtualReader.missing()), reason=f"not installed: {VirtualReader.missing()}")
class TestPcscd(ChipCardReaderContract):
    def rig(self) -> PcscdRig:
        return PcscdRig()
