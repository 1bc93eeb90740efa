"""What the procedures may ask of devices: one protocol per role, and the frozen values that cross them.

Rules. A port says what happens to people, money and paper, never how: no bytes, no widgets, no SQL. Device
states and supplies are XFS words (CEN XFS / XFS4IoT, ``architecture.md`` section 9). Whatever goes wrong
leaves a port as a leaf of :mod:`kiosk_app.errors`. Money is :data:`Fen`; times are aware and in UTC.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

from kiosk_app.money.amounts import Fen


class DeviceState(StrEnum):
    """XFS device states. ``USER_ERROR``: a person is in the way; ``POTENTIAL_FRAUD``: may go on serving."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    NO_DEVICE = "no device"
    HARDWARE_ERROR = "hardware error"
    USER_ERROR = "user error"
    BUSY = "busy"
    FRAUD_ATTEMPT = "fraud attempt"
    POTENTIAL_FRAUD = "potential fraud"


SERVING = frozenset({DeviceState.ONLINE, DeviceState.BUSY, DeviceState.POTENTIAL_FRAUD})


@dataclass(frozen=True)
class Condition:
    """How a device is: its state, why (a stable key such as ``paper_out``) and its supplies (``paper: low``)."""

    state: DeviceState
    reason: str = ""
    supplies: Mapping[str, str] = field(default_factory=dict)

    @property
    def serves(self) -> bool:
        """Whether a citizen can use the device now."""
        return self.state in SERVING


class Device(Protocol):
    """A device keeps itself connected while :meth:`run` runs and always knows its condition."""

    @property
    def role(self) -> str:
        """The role's name: ``id_card_reader``, ``card_terminal``, ``receipt_printer``, ``document_printer``."""

    @property
    def condition(self) -> Condition:
        """The last known condition; never waits."""

    def watch(self, listener: Callable[[Condition], None]) -> None:
        """Call ``listener`` after every change of condition."""

    async def run(self) -> None:
        """Connect, ask what is true, serve, reconnect with back-off. Ends only by cancellation."""


class CardKind(StrEnum):
    """The four cards of the resident ID family (GA 450; ``domain.md`` 1.6)."""

    RESIDENT = "resident"
    HK_MACAU_TAIWAN = "hk_macau_taiwan"
    FOREIGNER_2017 = "foreigner_2017"
    FOREIGNER_2023 = "foreigner_2023"


@dataclass(frozen=True)
class IdentityCard:
    """What the chip says. ``valid_to`` None is 长期. ``photo`` is the opaque WLT blob (no open decoder exists)."""

    kind: CardKind
    number: str
    name: str
    english_name: str
    sex: str
    nation: str
    birth: date
    address: str
    authority: str
    valid_from: date
    valid_to: date | None
    pass_number: str = ""
    photo: bytes = b""

    @property
    def masked_name(self) -> str:
        """First character and stars: 张** (``visual.md``, behaviour)."""
        shown = self.name or self.english_name
        return shown[:1] + "*" * max(1, min(2, len(shown) - 1))


class IdCardReader(Device, Protocol):
    """The resident ID reader. Edge-triggered: a card read once is not found again until it is lifted."""

    async def wait_card(self) -> IdentityCard:
        """Wait until a card lies on the reader and has been read.

        Raises CardNotRead (lay it again), CardRefused (not an ID card), DeviceOffline, DeviceFault.
        """

    async def card_present(self) -> bool | None:
        """Whether a card still lies there; None when the reader cannot tell."""


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

    async def pay(self, amount: Fen, told: Callable[[TerminalNotice], None]) -> CardReceipt:
        """Take ``amount``; return when approved, *holding* the terminal (84 9C) until deliver or withhold.

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
