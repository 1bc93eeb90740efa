"""What each driver says its device can do, before and after it was asked."""

import asyncio
from contextlib import suppress

import pytest

from hardware.channel import Channel, ChannelClosed, Opener, memory_pair
from hardware.drivers.cabinet import Cabinet
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.permit_unit import PermitUnit
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.drivers.ups import Ups
from hardware.simulators.base import Simulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.ups import UpsSimulator
from kiosk_app.devices import Device
from tests.virtual import run


async def nowhere() -> Channel:
    raise ChannelClosed("no such device")


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (IdCardReader(nowhere), {"contactless", "photo", "presence"}),
        (IdCardReader(nowhere, presence="none"), {"contactless", "photo"}),
        (ChipCardReader(nowhere), {"chip", "presence", "verify PIN"}),
        (CardTerminal(nowhere), {"PIN pad", "presence", "reversal", "hold", "end of day"}),
        (ReceiptPrinter(nowhere), {"cutter", "paper sensor"}),
        (ReceiptPrinter(nowhere, presenter=True), {"cutter", "paper sensor", "presenter"}),
        (PermitUnit(nowhere), {"read line", "rewritable print", "eject", "retain", "media position", "shutter"}),
        (Cabinet(nowhere), {"doors", "tamper", "temperature"}),
        (Cabinet(nowhere, lamps=("card_terminal",)), {"doors", "tamper", "temperature", "lamps"}),
        (Ups(nowhere), set()),
    ],
    ids=lambda case: getattr(case, "role", None),
)
def test_what_a_device_can_is_told_without_asking_it(device: Device, words: set[str]) -> None:
    assert device.capabilities == words


@pytest.mark.parametrize(
    ("make", "simulator", "learned"),
    [
        (ReceiptPrinter, ReceiptPrinterSimulator(), {"follows jobs"}),
        (Ups, UpsSimulator(), {"mains", "charge", "runtime"}),
    ],
)
def test_what_only_the_device_knows_is_told_once_it_was_asked(
    make: type[ReceiptPrinter] | type[Ups], simulator: Simulator, learned: set[str]
) -> None:
    async def whole() -> None:
        served: set[asyncio.Task[None]] = set()

        async def opener() -> Channel:
            ours, theirs = memory_pair()
            served.add(asyncio.create_task(simulator.serve(theirs)))
            return ours

        wire: Opener = opener
        device = make(wire)
        before = device.capabilities
        life = asyncio.create_task(device.run())
        await asyncio.sleep(5)
        assert device.capabilities - before == learned
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life

    run(whole())
