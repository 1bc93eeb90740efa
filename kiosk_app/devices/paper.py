"""Printers: receipts and A4 documents, each followed to its outcome."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk_app.devices.base import Device


class PrintOutcome(StrEnum):
    """Three different answers: the paper is out, the data left us, nobody knows."""

    PRINTED = "printed"
    SENT = "sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SlipLine:
    """One line of a slip. ``style`` is ``title``, ``strong``, ``normal`` or ``rule`` (a line across)."""

    left: str
    right: str = ""
    style: str = "normal"


@dataclass(frozen=True)
class Slip:
    """What the receipt printer prints: lines, and a QR code if ``qr`` is not empty."""

    lines: tuple[SlipLine, ...]
    qr: str = ""


class ReceiptPrinter(Device, Protocol):
    """A thermal slip printer with real-time status."""

    async def print(self, slip: Slip) -> PrintOutcome:
        """Print and cut, followed to the end. Raises PaperOut, CoverOpen, PaperJam, DeviceOffline, DeviceFault."""

    async def paper_taken(self) -> bool | None:
        """Whether the last slip was taken; None when the printer has no presenter sensor."""


class DocumentPrinter(Device, Protocol):
    """The A4 printer behind a print queue."""

    async def print(self, pdf: bytes, title: str) -> PrintOutcome:
        """Print one document, followed to its final job outcome; nothing stays in the spool.

        ``title`` must not hold personal data. Raises PaperOut, PaperJam, CoverOpen, DeviceOffline, DeviceFault.
        """
