"""The bank-card terminal: certified, semi-integrated, one payment at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk_app.devices.base import Device
from kiosk_app.money.amounts import Fen


class TerminalNotice(StrEnum):
    """What the terminal says while it works (ZVT 04 FF), reduced to what a citizen must do or wait for."""

    PREPARING = "preparing"
    INSERT_CARD = "insert_card"
    ENTER_PIN = "enter_pin"
    WRONG_PIN = "wrong_pin"
    BANK = "bank"
    REMOVE_CARD = "remove_card"
    APPROVED = "approved"
    DECLINED = "declined"
    REVERSING = "reversing"
    LOOK_AT_TERMINAL = "look_at_terminal"


@dataclass(frozen=True)
class PinTyped:
    """So many digits of a PIN are typed, ``of`` so many. Told only where the PIN pad has no display of its own."""

    digits: int
    of: int


TerminalSays = TerminalNotice | PinTyped


@dataclass(frozen=True)
class CardReceipt:
    """A booked (or refused) transaction as the terminal states it. Never a full card number.

    ``trace`` and ``receipt_no`` are the terminal's own counters; ``reverses`` is the trace of the payment this
    booking undid, if it is a reversal. ``approved`` is result code 00.
    """

    trace: int
    receipt_no: int
    amount: Fen
    approved: bool
    result: int = 0
    card: str = ""
    card_name: str = ""
    authorisation: str = ""
    terminal_id: str = ""
    reverses: int | None = None


@dataclass(frozen=True)
class DayTotals:
    """What the terminal booked since its last end of day."""

    count: int
    amount: Fen


class CardTerminal(Device, Protocol):
    """The certified, semi-integrated terminal. One payment at a time; the kiosk never sees a PIN or a track."""

    async def last(self) -> CardReceipt | None:
        """The last transaction the terminal knows (ZVT 06 20), None if there is none. First stops what still runs.

        Raises DeviceOffline when the terminal does not answer in time: the caller must not pay before it knows.
        """

    async def pay(self, amount: Fen, told: Callable[[TerminalSays], None]) -> CardReceipt:
        """Take ``amount``; return when approved, *holding* the terminal (84 9C) until deliver or withhold.

        ``told`` hears every notice; after ENTER_PIN also how many digits are typed, if somebody must show it.

        Raises PaymentDeclined (nothing was taken), DeviceOffline (nothing was sent), PaymentUncertain (ask last).
        Cancellation aborts at the terminal (06 B0) before it propagates; ask last afterwards.
        """

    async def deliver(self) -> None:
        """The goods were delivered: let the held payment complete (80 00 00). Raises PaymentUncertain."""

    async def withhold(self) -> None:
        """The goods were not delivered (84 66): the terminal reverses by itself. Raises PaymentUncertain."""

    async def reverse(self, receipt_no: int) -> None:
        """Undo a booked payment (06 30). Succeeds also if it was undone before (B4).

        Raises ReversalRefused (a person must refund), DeviceOffline, PaymentUncertain.
        """

    async def diagnosis(self) -> None:
        """Let the terminal call its host (06 70). Raises DeviceOffline, DeviceFault."""

    async def end_of_day(self) -> DayTotals:
        """Close the terminal's batch (06 50)."""
