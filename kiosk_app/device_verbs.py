"""``kiosk device ROLE VERB``: one device alone, by the same driver that serves citizens.

A technician's answer is a table of facts with ``ok``; a fault names its reason and what to do. Payments made
here are not journaled: they are tests of the terminal, to be reversed by the technician. Every role knows
``status``; what more a role can do stands in :data:`VERBS`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kiosk_app.advice import advice_for
from kiosk_app.config import Config
from kiosk_app.device_senses import SENSES
from kiosk_app.devices import (
    Cabinet,
    CardTerminal,
    ChipCardReader,
    Device,
    DeviceState,
    DocumentPrinter,
    IdCardReader,
    Lamp,
    PermitMedia,
    PermitUnit,
    ReceiptPrinter,
    RetainReason,
    Slip,
    SlipLine,
    TerminalNotice,
    TerminalSays,
    Ups,
)
from kiosk_app.errors import CitizenError, ConfigError, DeviceOffline, KioskError, ReversalStuck
from kiosk_app.fitted import ROLES
from kiosk_app.money.amounts import Fen

CONNECT, WORK = 20.0, 120.0
TAKE = 30.0
"""Seconds for a technician to take a card from the permit unit."""
LAMP = 10.0
"""Seconds for which a lamp is shown; the board itself puts it out when nobody asks any more."""


@dataclass(frozen=True)
class Given:
    """What the command line gave: fen, a receipt number, and one word: a file, a slot."""

    amount: int = 0
    receipt: int = 0
    what: str = ""

    def content(self) -> bytes:
        """What is in the file; nothing if there is none."""
        file = Path(self.what)
        return file.read_bytes() if file.is_file() else b""


Facts = dict[str, Any]
Verb = Callable[[Any, Given], Awaitable[Facts]]


async def exercise(config: Config, role: str, verb: str, given: Given) -> Facts:
    """Connect, do ``verb``, let go. Raises ConfigError for an unknown role or verb."""
    if role not in ROLES:
        raise ConfigError("kiosk device", role, f"a role is one of {', '.join(ROLES)}")
    verbs = {"status": status, **VERBS.get(role, {})}
    if verb not in verbs:
        raise ConfigError("kiosk device", f"{role} {verb}", f"a verb is one of {', '.join(verbs)}")
    if role not in config.devices:
        raise ConfigError("kiosk.toml", f"devices.{role}", f"is missing. This machine has {', '.join(config.devices)}.")
    device = config.devices[role].build()
    running = asyncio.create_task(device.run(), name=role)
    try:
        await _connected(device)
        async with asyncio.timeout(WORK):
            facts = await verbs[verb](device, given)
        return {"ok": True, **facts}
    except TimeoutError:
        return {"ok": False, "reason": "time", "do": f"Nothing happened within {WORK:.0f} s."}
    except DeviceOffline as error:
        return {"ok": False, "error": "DeviceOffline", "detail": _detail(device, error), "do": _offline()}
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
        "detail": condition.detail,
        "supplies": dict(condition.supplies),
    }
    if condition.serves:
        return facts
    return facts | {"do": _offline() if condition.state is DeviceState.OFFLINE else advice_for(condition.reason)}


def _detail(device: Device, error: DeviceOffline) -> str:
    """What was in the way, and why the device is not there, as far as it knows more."""
    why = device.condition.detail
    return error.detail if not why or why in error.detail else f"{error.detail} ({why})"


def _offline() -> str:
    """A port serves one program: a device that the kiosk uses looks dead from here."""
    return f"If the kiosk is running, stop it: it has the port. {DeviceOffline.operator}"


async def read(device: IdCardReader, _: Given) -> Facts:
    """Wait for a card and read it: everything but the picture, whose size is told."""
    card = await device.wait_card()
    facts = {name: str(value) if value is not None else "长期" for name, value in asdict(card).items()}
    facts["photo"] = f"{len(card.photo)} bytes"
    return facts


async def read_chip(device: ChipCardReader, _: Given) -> Facts:
    """Wait for a social-security card and read it; nothing is asked of its PIN."""
    card = await device.wait_card()
    return {name: str(value) if value is not None else "" for name, value in asdict(card).items()}


async def pay(device: CardTerminal, given: Given) -> Facts:
    """Take ``--amount`` fen and let the payment stand."""
    if given.amount <= 0:
        raise ConfigError("kiosk device", "--amount", "a whole number of fen above 0")
    said: list[str] = []

    def told(notice: TerminalSays) -> None:
        if isinstance(notice, TerminalNotice):
            said.append(notice.value)

    receipt = await device.pay(Fen(given.amount), told)
    await device.deliver()
    return {"terminal_said": said, **asdict(receipt)}


async def last(device: CardTerminal, _: Given) -> Facts:
    """The terminal's last transaction."""
    receipt = await device.last()
    return asdict(receipt) if receipt else {"last": "none"}


async def reverse(device: CardTerminal, given: Given) -> Facts:
    """Undo ``--receipt``, or the last transaction; first of all a reversal that is stuck and keeps paying closed."""
    number = given.receipt
    if not number:
        with suppress(ReversalStuck):
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
    pdf = given.content()
    if not pdf.startswith(b"%PDF-"):  # a printer would print anything, and call it printed
        raise ConfigError("kiosk device", "FILE", "the path of a PDF")
    outcome = await device.print(pdf, "test")
    return {"outcome": outcome.value}


# --- the permit unit -------------------------------------------------------------------------------------------


async def read_permit(device: PermitUnit, _: Given) -> Facts:
    """Take a permit, read its line, and give the card back, also if it could not be read."""
    try:
        permit = await device.wait_permit()
    except CitizenError:
        await device.give_back(TAKE)
        raise
    back = await device.give_back(TAKE)
    facts = {name: str(value) for name, value in asdict(permit).items()}
    return facts | {"card": back.value}


async def position(device: PermitUnit, _: Given) -> Facts:
    """Where a card is."""
    where = await device.position()
    return {"ok": where is not PermitMedia.UNKNOWN, "card": where.value}


async def give_back(device: PermitUnit, _: Given) -> Facts:
    """Put the card out; not ok if nobody takes it."""
    where = await device.give_back(TAKE)
    return {"ok": where is not PermitMedia.EXIT, "card": where.value}


async def retain(device: PermitUnit, _: Given) -> Facts:
    """Put the card into the box."""
    where = await device.retain(RetainReason.FORGOTTEN)
    return {"ok": where is PermitMedia.RETAINED, "card": where.value}


# --- the box ---------------------------------------------------------------------------------------------------


async def doors(device: Cabinet, _: Given) -> Facts:
    """Every door, the shock sensor and the thermometer."""
    words = {True: "open", False: "closed", None: "unknown"}
    facts: Facts = {f"door {name}": words[is_open] for name, is_open in device.doors.items()}
    return facts | {"tampered": device.tampered, "temperature": device.temperature}


async def lamp(device: Cabinet, given: Given) -> Facts:
    """Let the lamp at SLOT blink for a moment."""
    if given.what not in ROLES:
        raise ConfigError("kiosk device", "SLOT", f"a slot is one of {', '.join(ROLES)}")
    device.lamp(given.what, Lamp.BLINK)
    await asyncio.sleep(LAMP)
    return {"lamp": f"{given.what} blinked for {LAMP:.0f} s, if this cabinet has it"}


async def forget_tamper(device: Cabinet, _: Given) -> Facts:
    """Clear what the shock sensor remembers: somebody has looked."""
    await device.forget_tamper()
    return {"ok": not device.tampered, "tampered": device.tampered}


async def ups_status(device: Ups, given: Given) -> Facts:
    """How it is, with everything the UPS says."""
    return await status(device, given) | (asdict(device.reading) if device.reading else {})


VERBS: Mapping[str, Mapping[str, Verb]] = {
    "id_card_reader": {"read": read},
    "card_terminal": {
        "pay": pay,
        "last": last,
        "reverse": reverse,
        "end-of-day": end_of_day,
        "diagnosis": diagnosis,
    },
    "receipt_printer": {"test": print_test_slip},
    "document_printer": {"print": print_file},
    "chip_card_reader": {"read": read_chip},
    "permit_unit": {"read": read_permit, "position": position, "return": give_back, "retain": retain},
    "cabinet": {"doors": doors, "lamp": lamp, "forget-tamper": forget_tamper},
    "ups": {"status": ups_status},
    **SENSES,
}
