"""What a driver is told to do in a recording, by role and verb, and how a driver is built on any line.

Verbs that ``kiosk device`` has are its own; the others are here. Each gives facts, as a technician would see them.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from hardware.channel import Opener
from hardware.drivers.cabinet import Cabinet
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.code_scanner import CodeScanner
from hardware.drivers.document_printer import DocumentPrinter
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.permit_unit import PermitUnit
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.drivers.ups import Ups
from kiosk_app import device_verbs
from kiosk_app.device_verbs import Facts, Given
from kiosk_app.devices import Condition, EndorsementPrint, Lamp

PDF = b"%PDF-1.4\n1 0 obj << /Type /Page >> endobj\n"
ENDORSEMENT = EndorsementPrint("sample-job-1", ("样本 SAMPLE", "香港 个人旅游(G) 一次", "逗留不超过7天"))
WATCH = 4.0

BUILD: Mapping[str, Callable[[Opener, str], Any]] = {
    "id_card_reader": lambda opener, _: IdCardReader(opener),
    "card_terminal": lambda opener, line: CardTerminal(opener, framing="tcp" if line == "tcp" else "serial"),
    "receipt_printer": lambda opener, _: ReceiptPrinter(opener),
    "document_printer": lambda opener, _: DocumentPrinter(opener, queue="a4"),
    "chip_card_reader": lambda opener, _: ChipCardReader(opener),
    "permit_unit": lambda opener, _: PermitUnit(opener),
    "cabinet": lambda opener, _: Cabinet(opener, doors=("front", "printer"), lamps=("id_card_reader", "card_terminal")),
    "ups": lambda opener, _: Ups(opener),
    "code_scanner": lambda opener, _: CodeScanner(opener),
}


async def print_document(device: DocumentPrinter, _: Given) -> Facts:
    return {"outcome": (await device.print(PDF, "sample")).value}


async def read_chip_card(device: ChipCardReader, _: Given) -> Facts:
    return {name: str(value) for name, value in asdict(await device.wait_card()).items()}


async def check_pin(device: ChipCardReader, _: Given) -> Facts:
    card = await device.wait_card()
    await device.verify_pin("123456", card)
    return {"number": card.number}


async def endorse(device: PermitUnit, _: Given) -> Facts:
    permit = await device.wait_permit()
    result = await device.print(ENDORSEMENT, lambda _: None)
    media = await device.give_back()
    facts = {"number": permit.number, "mrz": permit.mrz, "kind": permit.kind.value, "endorsed": permit.endorsed}
    return facts | {"outcome": result.outcome.value, "reason": result.reason, "media": media.value}


async def watch(device: Any, _: Given) -> Facts:
    """Everything that it says of itself for a while; a cabinet shows a lamp meanwhile."""
    said: list[str] = []

    def hear(condition: Condition) -> None:
        said.append(f"{condition.state.value} {condition.reason}".strip())

    hear(device.condition)
    device.watch(hear)
    if isinstance(device, Cabinet):
        device.lamp("card_terminal", Lamp.BLINK)
    await asyncio.sleep(WATCH)
    return {"states": said}


VERBS: Mapping[str, Mapping[str, Callable[[Any, Given], Awaitable[Facts]]]] = {
    **device_verbs.VERBS,
    "document_printer": {"print": print_document},
    "chip_card_reader": {"read": read_chip_card, "pin": check_pin},
    "permit_unit": {"endorse": endorse},
    "cabinet": {"watch": watch},
    "ups": {"watch": watch},
}


def verb_of(head: Mapping[str, str]) -> Callable[[Any], Awaitable[Facts]]:
    """What a driver is told by the head of a recording."""
    verb, given = VERBS[head["role"]][head["verb"]], Given(**json.loads(head["given"]))
    return lambda device: verb(device, given)
