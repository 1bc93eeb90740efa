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


class PermitMedia(StrEnum):
    """Where the permit is (XFS media position). ``RETAINED``: the path is free, the last card is in the box."""

    NONE = "none"
    ENTRY = "entry"
    INSIDE = "inside"
    PRINTING = "printing"
    EXIT = "exit"
    RETAINED = "retained"
    JAMMED = "jammed"
    UNKNOWN = "unknown"


class PermitKind(StrEnum):
    """The electronic travel permits with a rewritable back, by the letters that open their line (4.6)."""

    HONG_KONG_MACAU = "CS"
    TAIWAN = "CD"


@dataclass(frozen=True)
class Permit:
    """What the line on the back says, every check digit verified. ``endorsed``: times printed, of 255."""

    kind: PermitKind
    number: str
    expiry: date
    birth: date
    mrz: str
    endorsed: int = 0


@dataclass(frozen=True)
class EndorsementPrint:
    """Everything that is to stand on the back, and the id under which the unit remembers the job.

    At most 16 lines of 96 bytes in UTF-8; the id has at most 40 ASCII characters.
    """

    job: str
    lines: tuple[str, ...]


class EndorsementOutcome(StrEnum):
    """What became of a job. ``SPOILED``: the old back is gone and the new one is not whole; a new job may mend it."""

    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    SPOILED = "spoiled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class EndorsementResult:
    """The outcome and, unless printed, why: a stable key such as ``head``, ``jam_print``, ``power``."""

    outcome: EndorsementOutcome
    reason: str = ""


class RetainReason(StrEnum):
    """Why a card is kept. The slip that tells the citizen where to fetch it is the caller's duty."""

    FORGOTTEN = "forgotten"
    INVALID = "invalid"
    SPOILED = "spoiled"


class PermitUnit(Device, Protocol):
    """Takes a travel permit, reads its line, prints its back, returns or retains it. One operation at a time.

    A card moves only because a method says so: a new connection asks where it is and leaves it there. What any
    method says of the position, the unit said after the last connect; a lost line is waited for, not guessed at.
    """

    async def wait_permit(self) -> Permit:
        """Open the shutter, take a card, read its line. Cancelled, it closes the shutter and puts a card out.

        Raises PermitNotRead or PermitRefused (the card is on its way out: call give_back), PermitInTheWay (a card
        of before is there: give_back or retain first), PermitJam, DeviceOffline, DeviceFault.
        """

    async def print(self, job: EndorsementPrint, told: Callable[[int], None]) -> EndorsementResult:
        """Print the permit that was read last, followed to the end; ``told`` gets percent. Never raises midway.

        Asking again with the same id never prints twice: it tells what became of the job. Cancelling does not
        stop the head. Raises only while nothing was printed: PermitGone, PermitFull, PermitJam, DeviceOffline,
        DeviceFault.
        """

    async def outcome(self, job: str) -> EndorsementResult:
        """What became of a job, by the unit's own memory (it survives power loss); never prints.

        NOT_PRINTED if the unit never got it. Raises DeviceOffline, DeviceFault.
        """

    async def give_back(self, within: float = 30.0) -> PermitMedia:
        """Put the card out and wait until it is taken: NONE. EXIT if it still waits there after ``within`` seconds.

        RETAINED if there is none to give because it was kept. Raises PermitJam, DeviceOffline, DeviceFault.
        """

    async def retain(self, reason: RetainReason) -> PermitMedia:
        """Put the card into the box: RETAINED. NONE if the citizen was quicker.

        Raises RetainBoxFull (the card stays where it is), PermitJam, DeviceOffline, DeviceFault.
        """

    async def position(self) -> PermitMedia:
        """Where the card is now; UNKNOWN only while there is no line."""


@dataclass(frozen=True)
class SocialSecurityCard:
    """What the chip of a social-security card says without keys (``domain.md`` 3.3).

    ``number`` is 社会保障号码, for residents the identity number; ``name`` includes the name extension; ``region`` is
    the issuing region, ``birthplace`` a region code too; ``issued`` and ``expires`` are None when the card leaves them
    blank; ``card_class`` is 卡的类别. Nothing of it shows in ``repr``.
    """

    number: str = field(repr=False)
    name: str = field(repr=False)
    sex: str = field(repr=False)
    nation: str = field(repr=False)
    birthplace: str = field(repr=False)
    birth: date = field(repr=False)
    card_number: str = field(repr=False)
    region: str
    issued: date | None
    expires: date | None
    generation: int
    card_class: str = ""


class ChipCardReader(Device, Protocol):
    """A contact reader. Edge-triggered: a card read once is not read again until it is taken out."""

    async def wait_card(self) -> SocialSecurityCard:
        """Wait until a social-security card is in and has been read.

        Raises ChipCardNotRead (put it in again), ChipCardRefused (another card), DeviceOffline, DeviceFault.
        """

    async def verify_pin(self, pin: str, card: SocialSecurityCard) -> None:
        """Let ``card``, which must still be in, check its PIN of six digits. Sent once, whatever happens.

        Raises PinWrong (tries left), PinBlocked, ChipCardNotRead (taken out), ChipCardRefused (another card, which
        loses no try, or one without PIN), DeviceOffline (the card may have counted a try), DeviceFault.
        """

    async def card_present(self) -> bool | None:
        """Whether a card is in; None when the reader cannot tell."""


class Lamp(StrEnum):
    """What the lamp at a slot shows: nothing, "it is here", "do it now"."""

    OFF = "off"
    ON = "on"
    BLINK = "blink"


class Cabinet(Device, Protocol):
    """Doors, shock sensor, thermometer and the lamps at the slots. It reports; who opened a door it cannot know.

    Condition: FRAUD_ATTEMPT ``tamper``, USER_ERROR ``door_open``, HARDWARE_ERROR ``too_hot``, in this order;
    its supplies name every door and the temperature. What was last seen is forgotten when the line is lost.
    """

    @property
    def doors(self) -> Mapping[str, bool | None]:
        """Every door by name: whether it is open; None when nobody knows."""

    @property
    def tampered(self) -> bool | None:
        """Whether somebody struck or tilted the machine since :meth:`forget_tamper`, also while it was off."""

    @property
    def temperature(self) -> float | None:
        """Inside, in degrees Celsius."""

    def lamp(self, slot: str, lamp: Lamp) -> None:
        """What the lamp at ``slot`` (a role) shows from now on, also after a reconnect. Never waits or fails."""

    async def forget_tamper(self) -> None:
        """A technician has looked: clear what the board remembers. Raises DeviceOffline, DeviceFault."""


@dataclass(frozen=True)
class UpsReading:
    """What the UPS says. None is "it does not say", never "all is well". ``runtime`` in seconds.

    ``low``: the UPS itself calls its battery low; ``forced``: whoever owns the UPS has ordered the shutdown.
    """

    on_mains: bool | None
    charge: int | None = None
    runtime: int | None = None
    low: bool = False
    forced: bool = False
    replace_battery: bool = False


class Ups(Device, Protocol):
    """The uninterruptible power supply. It only reads; what follows from it is decided in ``power.py``."""

    @property
    def reading(self) -> UpsReading | None:
        """What it said last; None when it cannot be asked (any more), which is not "on mains"."""
