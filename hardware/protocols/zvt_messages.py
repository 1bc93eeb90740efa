"""What is said in ZVT: the commands of a kiosk, and what the terminal's messages mean.

Commands are built here and nowhere else; every one of them has a checked frame in the tests. Currency is always
sent (0156, CNY). The configuration byte BE of registration: the kiosk prints (02, 04), wants intermediate status
(08), starts payments and administration itself (10, 20) and takes print lines one by one (80), which is where a
terminal without a printer of its own leaves its receipt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.protocols.zvt import Apdu, Command, ZvtError
from hardware.protocols.zvt_fields import bcd, decode_fields, encode_fields, number

CNY = bytes.fromhex("0156")
CONFIG = 0xBE


# --- commands of the kiosk -------------------------------------------------------------------------------------


def _secret(password: str) -> bytes:
    if len(password) != 6 or not (password.isascii() and password.isdecimal()):
        raise ValueError("a ZVT password has six digits")
    return bytes.fromhex(password)


def registration(password: str) -> Apdu:
    """06 00: who prints, who starts payments, and the currency."""
    return Apdu(Command.REGISTRATION, _secret(password) + bytes([CONFIG]) + CNY)


def authorisation(amount: int, repeats: int = 0) -> Apdu:
    """06 01: pay ``amount`` fen. ``repeats``: how often the terminal may ask again while goods are delivered."""
    held = [(0x02, bytes([repeats]))] if repeats else []
    return Apdu(Command.AUTHORISATION, encode_fields([(0x04, bcd(amount, 6)), (0x49, CNY), *held]))


def reversal(password: str, receipt_no: int) -> Apdu:
    """06 30: undo the booking with this receipt number."""
    return Apdu(Command.REVERSAL, _secret(password) + encode_fields([(0x87, bcd(receipt_no, 2))]))


def refund(password: str, amount: int) -> Apdu:
    """06 31: give ``amount`` fen to a card."""
    return Apdu(Command.REFUND, _secret(password) + encode_fields([(0x04, bcd(amount, 6)), (0x49, CNY)]))


def status_enquiry(password: str) -> Apdu:
    """05 01: how are you."""
    return Apdu(Command.STATUS_ENQUIRY, _secret(password))


def repeat_receipt(password: str) -> Apdu:
    """06 20: what was your last transaction."""
    return Apdu(Command.REPEAT_RECEIPT, _secret(password))


def end_of_day(password: str) -> Apdu:
    """06 50: close the batch and hand it to the bank."""
    return Apdu(Command.END_OF_DAY, _secret(password))


ABORT = Apdu(Command.ABORT)
DIAGNOSIS = Apdu(Command.DIAGNOSIS)
LOG_OFF = Apdu(Command.LOG_OFF)


# --- messages of the terminal ----------------------------------------------------------------------------------

CARD_GROUPS = 7
"""Girocard, JCB, Eurocard, Amex, Visa, Diners, the rest (UnionPay is there)."""


@dataclass(frozen=True)
class Totals:
    """BMP 60: first and last receipt, and (count, amount) of each of the seven card groups."""

    first: int
    last: int
    groups: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """Bookings of all groups."""
        return sum(count for count, _ in self.groups)

    @property
    def amount(self) -> int:
        """Turnover of all groups, in fen."""
        return sum(amount for _, amount in self.groups)

    def __bytes__(self) -> bytes:
        groups = b"".join(bytes([count]) + bcd(amount, 6) for count, amount in self.groups)
        return bcd(self.first, 2) + bcd(self.last, 2) + groups


def totals(data: bytes) -> Totals:
    """Decode BMP 60."""
    if len(data) != 4 + 7 * CARD_GROUPS:
        raise ZvtError(f"totals of {len(data)} bytes")
    starts = range(4, len(data), 7)
    groups = tuple((data[at], number(data[at + 1 : at + 7])) for at in starts)
    return Totals(number(data[:2]), number(data[2:4]), groups)


@dataclass(frozen=True)
class StatusInformation:
    """04 0F: the result of a transaction. What the terminal did not say is None or empty."""

    result: int | None = None
    amount: int | None = None
    trace: int | None = None
    original_trace: int | None = None
    receipt_no: int | None = None
    terminal_id: str = ""
    card: str = ""
    card_name: str = ""
    authorisation: str = ""
    totals: Totals | None = None


def status_information(data: bytes) -> StatusInformation:
    """Decode the data of 04 0F."""
    fields = decode_fields(data)

    def value(tag: int) -> int | None:
        return number(fields[tag]) if tag in fields else None

    def text(tag: int) -> str:
        return fields.get(tag, b"").split(b"\0")[0].decode("ascii", "replace").strip()

    return StatusInformation(
        result=fields[0x27][0] if 0x27 in fields else None,
        amount=value(0x04),
        trace=value(0x0B),
        original_trace=value(0x37),
        receipt_no=value(0x87),
        terminal_id=f"{number(fields[0x29]):08d}" if 0x29 in fields else "",
        card=text(0x22),
        card_name=text(0x8B),
        authorisation=text(0x3B),
        totals=totals(fields[0x60]) if 0x60 in fields else None,
    )


def intermediate_status(data: bytes) -> int:
    """The code of 04 FF; a time-out and texts may follow and are not needed."""
    if not data:
        raise ZvtError("an intermediate status without code")
    return data[0]


def abort_code(data: bytes) -> int:
    """The result code of 06 1E."""
    if not data:
        raise ZvtError("an abort without result code")
    return data[0]


def terminal_status(data: bytes) -> int:
    """The status code of the 06 0F that ends a status enquiry; 00 when the terminal gives none.

    A software version may come first (LLL); its length bytes begin with F, which no BMP after the status does.
    """
    head = data[:3]
    if len(head) == 3 and all(byte >> 4 == 0xF and byte & 0xF <= 9 for byte in head):
        data = data[3 + int("".join(str(byte & 0xF) for byte in head)) :]
    return data[0] if data else 0


def completion(version: str = "", status: int | None = None, fields: Sequence[tuple[int, bytes]] = ()) -> Apdu:
    """06 0F as a terminal sends it."""
    size = f"{len(version):03d}"
    text = bytes(0xF0 | int(digit) for digit in size) + version.encode("ascii") if version else b""
    state = b"" if status is None else bytes([status])
    return Apdu(Command.COMPLETION, text + state + encode_fields(fields))
