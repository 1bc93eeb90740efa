"""What stands in a world: simulators and people's things, the wires to them, and the drivers at their ends."""

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from central.departments.rules import china_day
from hardware.channel import Channel, ChannelClosed, Opener, memory_pair
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.document_printer import DocumentPrinter
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.permit_unit import PermitUnit
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.simulators.base import Simulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.document_printer import DocumentPrinterSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from kiosk_app.machine import Devices
from screens.sample_person import drawn_photo
from tests.faces import Scene, SceneAnalyst, SceneCamera
from tests.tabletop import TableCamera, Tabletop
from tests.worlds.founding import MORNING
from tests.worlds.power import Power

GOOD_FILE = {"bytes": 18000.0, "crown": 14.0}
"""What the photo of an identity card must measure."""


@cache
def photo() -> bytes:
    """A drawn person's, made once."""
    return drawn_photo()


class WorldClock:
    """Wall time that follows the loop, and stays at its last moment when the world is over."""

    def __init__(self) -> None:
        self._last = MORNING

    def now(self) -> datetime:
        with contextlib.suppress(RuntimeError):  # no loop runs any more
            self._last = MORNING + timedelta(seconds=asyncio.get_running_loop().time())
        return self._last


class Things:
    """Base of a world: everything that a machine has drivers for."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.clock = WorldClock()
        chance = random.randrange
        self.id_card_reader = IdCardReaderSimulator(seed=chance(2**32))
        self.card_terminal = CardTerminalSimulator(seed=chance(2**32), when_abandoned=None, now=self.clock.now)
        self.receipt_printer = ReceiptPrinterSimulator(seed=chance(2**32), presenter=True)
        self.document_printer = DocumentPrinterSimulator(seed=chance(2**32))
        self.permit_unit = PermitUnitSimulator(seed=chance(2**32))
        self.scene = Scene()
        self.table = Tabletop()
        self._serving: set[asyncio.Task[None]] = set()

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Let somebody do something that outlives the view that asked for it."""
        doing = asyncio.create_task(work, name="somebody")
        self._serving.add(doing)
        doing.add_done_callback(self._serving.discard)

    def devices(self, power: Power) -> Devices:
        """New drivers of everything, on wires that die with ``power``."""
        return Devices(
            id_card_reader=IdCardReader(self._wire(self.id_card_reader, power)),
            card_terminal=CardTerminal(self._wire(self.card_terminal, power)),
            receipt_printer=ReceiptPrinter(self._wire(self.receipt_printer, power), presenter=True),
            document_printer=DocumentPrinter(self._wire(self.document_printer, power), queue="a4"),
            permit_unit=PermitUnit(self._wire(self.permit_unit, power), today=self._today),
            camera=SceneCamera(self.scene),
            face_analyst=self._analyst(),
            document_camera=TableCamera(self.table),
        )

    async def mend_devices(self) -> None:
        """Everything is repaired, plugged in and refilled."""
        self.card_terminal.bank_line(1)
        self.scene.covered = None
        self.receipt_printer.clear_jam()
        self.permit_unit.clear_jam()
        self.permit_unit.mend_head()
        self.permit_unit.empty_box()
        for simulator in (
            self.id_card_reader,
            self.card_terminal,
            self.receipt_printer,
            self.document_printer,
            self.permit_unit,
        ):
            await simulator.plug_in()
            simulator.thaw()
            simulator.garbled = 0

    def _analyst(self) -> SceneAnalyst:
        """One that makes a photo which may be printed and kept."""
        self.analyst = analyst = SceneAnalyst(self.scene)
        analyst.large = analyst.file = photo()
        analyst.photo |= GOOD_FILE
        return analyst

    def _today(self) -> date:
        return china_day(self.clock.now())

    def _wire(self, simulator: Simulator, power: Power) -> Opener:
        async def open_wire() -> Channel:
            await asyncio.sleep(0.01)
            if not power.on or not simulator.plugged:
                raise ChannelClosed("not there")
            ours, theirs = memory_pair()
            ours.hook = theirs.hook = self._pieces
            power.wires.append(ours)
            serving = asyncio.create_task(simulator.serve(theirs), name=f"simulator {simulator.role}")
            self._serving.add(serving)
            serving.add_done_callback(self._serving.discard)
            return ours

        return open_wire

    def _pieces(self, data: bytes) -> list[bytes]:
        """Wires cut bytes where they like."""
        if len(data) < 2 or self.random.random() < 0.5:
            return [data]
        at = self.random.randrange(1, len(data))
        return [data[:at], data[at:]]
