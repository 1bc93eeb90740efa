"""``kiosk device ROLE VERB``: one device alone, by the same driver that serves citizens.

A technician's answer is a table of facts with ``ok``; a fault names its reason and what to do. Payments made
here are not journaled: they are tests of the terminal, to be reversed by the technician.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kiosk_app.config import Config
from kiosk_app.devices import (
    CardTerminal,
    Device,
    DeviceState,
    DocumentPrinter,
    IdCardReader,
    ReceiptPrinter,
    Slip,
    SlipLine,
    TerminalNotice,
)
from kiosk_app.errors import ConfigError, DeviceOffline, KioskError
from kiosk_app.money.amounts import Fen
from kiosk_app.wiring import device_of

CONNECT, WORK = 10.0, 120.0


@dataclass(frozen=True)
class Given:
    """What the command line gave: fen, a receipt number, a file."""

    amount: int = 0
    receipt: int = 0
    file: Path | None = None


Facts = dict[str, Any]
Verb = Callable[[Any, Given], Awaitable[Facts]]


async def exercise(config: Config, role: str, verb: str, given: Given) -> Facts:
    """Connect, do ``verb``, let go. Raises ConfigError for an unknown role or verb."""
    verbs = VERBS.get(role)
    if verbs is None:
        raise ConfigError("kiosk device", role, f"a role is one of {', '.join(VERBS)}")
    if verb not in verbs:
        raise ConfigError("kiosk device", f"{role} {verb}", f"a verb is one of {', '.join(verbs)}")
    device = device_of(config, role)
    running = asyncio.create_task(device.run(), name=role)
    try:
        await _connected(device)
        async with asyncio.timeout(WORK):
            facts = await verbs[verb](device, given)
        return {"ok": True, **facts}
    except TimeoutError:
        return {"ok": False, "reason": "time", "do": f"Nothing happened within {WORK:.0f} s."}
    except DeviceOffline as error:
        return {"ok": False, "error": "DeviceOffline", "detail": error.detail, "do": _offline()}
    except KioskError as error:
        return {"ok": False, "error": type(error).__name__, "detail": error.detail, "do": error.operator}
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _connected(device: Device) -> None:
    """Wait for the device's first word. Raises DeviceOffline."""
    heard = asyncio.Event()
    device.watch(lambda _: heard.set())
    if device.condition.state is not DeviceState.STARTING:
        return
    try:
        async with asyncio.timeout(CONNECT):
            await heard.wait()
    except TimeoutError as error:
        raise DeviceOffline(device.role, f"no word within {CONNECT:.0f} s") from error


async def status(device: Device, _: Given) -> Facts:
    """How it is; not ok when it does not serve."""
    condition = device.condition
    facts = {
        "ok": condition.serves,
        "state": condition.state.value,
        "reason": condition.reason,
        "supplies": dict(condition.supplies),
    }
    return facts | ({"do": _offline()} if condition.state is DeviceState.OFFLINE else {})


def _offline() -> str:
    """A port serves one program: a device that the kiosk uses looks dead from here."""
    return f"If the kiosk is running, stop it: it has the port. {DeviceOffline.operator}"


async def read(device: IdCardReader, _: Given) -> Facts:
    """Wait for a card and read it: everything but the picture, whose size is told."""
    card = await device.wait_card()
    facts = {name: str(value) if value is not None else "长期" for name, value in asdict(card).items()}
    facts["photo"] = f"{len(card.photo)} bytes"
    return facts


async def pay(device: CardTerminal, given: Given) -> Facts:
    """Take ``--amount`` fen and let the payment stand."""
    if given.amount <= 0:
        raise ConfigError("kiosk device", "--amount", "a whole number of fen above 0")
    said: list[str] = []

    def told(notice: TerminalNotice) -> None:
        said.append(notice.value)

    receipt = await device.pay(Fen(given.amount), told)
    await device.deliver()
    return {"terminal_said": said, **asdict(receipt)}


async def last(device: CardTerminal, _: Given) -> Facts:
    """The terminal's last transaction."""
    receipt = await device.last()
    return asdict(receipt) if receipt else {"last": "none"}


async def reverse(device: CardTerminal, given: Given) -> Facts:
    """Undo ``--receipt``, or the last transaction."""
    number = given.receipt
    if not number:
        receipt = await device.last()
        number = receipt.receipt_no if receipt else 0
    await device.reverse(number)
    return {"reversed": number}


async def diagnosis(device: CardTerminal, _: Given) -> Facts:
    """Let the terminal call its host."""
    await device.diagnosis()
    return {"diagnosis": "done"}


async def end_of_day(device: CardTerminal, _: Given) -> Facts:
    """Close the terminal's batch."""
    return asdict(await device.end_of_day())


async def print_test_slip(device: ReceiptPrinter, _: Given) -> Facts:
    """Print a test slip with everything a slip can hold."""
    lines = (
        SlipLine("打印测试 Test slip", style="title"),
        SlipLine("", style="rule"),
        SlipLine("左 left", "右 right"),
        SlipLine("0123456789", "¥1234.56", style="strong"),
        SlipLine("", style="rule"),
    )
    outcome = await device.print(Slip(lines, qr="https://example.invalid/test"))
    return {"outcome": outcome.value}


async def print_file(device: DocumentPrinter, given: Given) -> Facts:
    """Print FILE and follow it to its end."""
    pdf = given.file.read_bytes() if given.file and given.file.is_file() else b""
    if not pdf.startswith(b"%PDF-"):  # a printer would print anything, and call it printed
        raise ConfigError("kiosk device", "FILE", "the path of a PDF")
    outcome = await device.print(pdf, "test")
    return {"outcome": outcome.value}


VERBS: Mapping[str, Mapping[str, Verb]] = {
    "id_card_reader": {"status": status, "read": read},
    "card_terminal": {
        "status": status,
        "pay": pay,
        "last": last,
        "reverse": reverse,
        "end-of-day": end_of_day,
        "diagnosis": diagnosis,
    },
    "receipt_printer": {"status": status, "test": print_test_slip},
    "document_printer": {"status": status, "print": print_file},
}
