"""ZVT, the language between a cash register (ECR, here the kiosk) and a payment terminal (PT): APDUs and framings.

Follows PA00P015 (application) and PA00P016 (transport), terminalhersteller.de. An APDU is class, instruction,
length (one byte, or FF and two, low byte first) and data. Over TCP it travels bare. Over a serial line it is
``10 02`` + APDU with every 10 doubled + ``10 03`` + CRC, and each such frame is answered by the single byte ACK
or NAK. Both codecs give the same frames: :class:`Apdu`, and on the serial line also :data:`Sign`.

Rules. Pure: bytes in, frames out. A serial frame whose CRC does not fit is :data:`Sign.DAMAGED`, never an APDU.
An unframed stream that begins to make no sense cannot be trusted again: the TCP codec says DAMAGED once and
stays silent until a new connection. T1 (0.2 s between characters) is not measured: ``10 02`` always opens a new
frame, which mends a torn one without a clock, and a busy machine must not tear what arrived whole.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

DLE, STX, ETX = 0x10, 0x02, 0x03
ACK, NAK = b"\x06", b"\x15"
LONGEST = 5 + 0xFFFF
"""Bytes of the longest APDU."""

T2_ACK = 5.0
"""Seconds a sender waits for ACK or NAK before it sends again."""
T3_ANSWER = 5.0
"""Seconds within which a command or message must be answered by 80 00 or 84 xx."""
T4_NEXT = 180.0
"""Seconds between two messages of a running command."""
TRIES = 3


class ZvtError(Exception):
    """The other end does not speak ZVT: a broken APDU, an unknown BMP, a number that is none."""


class Command:
    """Control fields, ``class << 8 | instruction``."""

    # kiosk to terminal
    STATUS_ENQUIRY = 0x0501
    REGISTRATION = 0x0600
    AUTHORISATION = 0x0601
    LOG_OFF = 0x0602
    REPEAT_RECEIPT = 0x0620
    REVERSAL = 0x0630
    REFUND = 0x0631
    END_OF_DAY = 0x0650
    DIAGNOSIS = 0x0670
    ABORT = 0x06B0
    # terminal to kiosk
    STATUS = 0x040F
    INTERMEDIATE = 0x04FF
    COMPLETION = 0x060F
    ABORTED = 0x061E
    PRINT_LINE = 0x06D1
    PRINT_BLOCK = 0x06D3


CLASSES = frozenset({0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84})


@dataclass(frozen=True)
class Apdu:
    """One command, message or answer."""

    control: int
    data: bytes = b""

    def __bytes__(self) -> bytes:
        size = len(self.data)
        length = bytes([size]) if size < 0xFF else b"\xff" + size.to_bytes(2, "little")
        return self.control.to_bytes(2, "big") + length + self.data

    @property
    def is_answer(self) -> bool:
        """Whether this answers an APDU (80 00, 84 xx) rather than being one to answer."""
        return self.control >> 8 in (0x80, 0x84)

    @property
    def refusal(self) -> int | None:
        """The code of an 84 xx; None for 80 00 and for its rare twin 84 00."""
        return self.control & 0xFF or None if self.control >> 8 == 0x84 else None


ACCEPTED = Apdu(0x8000)
NEED_TIME = Apdu(0x849C)
"""The goods are being delivered: ask again."""
NOT_ISSUED = Apdu(0x8466)
"""The goods were not delivered: undo the payment."""


def refused(code: int) -> Apdu:
    """84 xx."""
    return Apdu(0x8400 | code)


NOT_SUPPORTED = refused(0x83)


class Sign(Enum):
    """What a line carries besides APDUs."""

    ACK = "ack"
    NAK = "nak"
    DAMAGED = "damaged"


Wire = Apdu | Sign


class Framing(Protocol):
    """A codec of either transport."""

    def feed(self, data: bytes) -> list[Wire]:
        """The frames completed by ``data``."""


def take_apdu(data: bytes | bytearray) -> tuple[Apdu, int] | None:
    """The APDU at the start of ``data`` and its size; None when it is not all there."""
    if len(data) < 3:
        return None
    start, size = 3, data[2]
    if size == 0xFF:
        if len(data) < 5:
            return None
        start, size = 5, int.from_bytes(data[3:5], "little")
    end = start + size
    if len(data) < end:
        return None
    return Apdu(int.from_bytes(data[:2], "big"), bytes(data[start:end])), end


# --- TCP -------------------------------------------------------------------------------------------------------


class TcpFraming:
    """Bare APDUs one after the other."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._lost = False

    def feed(self, data: bytes) -> list[Wire]:
        frames: list[Wire] = []
        if self._lost:
            return frames
        self._buffer += data
        while self._buffer:
            if self._buffer[0] not in CLASSES:
                self._lost = True
                self._buffer.clear()
                return [*frames, Sign.DAMAGED]
            taken = take_apdu(self._buffer)
            if taken is None:
                break
            frames.append(taken[0])
            del self._buffer[: taken[1]]
        return frames


# --- the serial line -------------------------------------------------------------------------------------------


def _crc_table() -> tuple[int, ...]:
    table = list(range(256))
    for _ in range(8):
        table = [value >> 1 ^ (0x8408 if value & 1 else 0) for value in table]
    return tuple(table)


_CRC = _crc_table()


def crc16(data: bytes) -> int:
    """CRC-16, polynomial 0x8408 reflected, from 0000, no final XOR."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def serial_frame(apdu: Apdu) -> bytes:
    """The APDU as it goes over the serial line."""
    body = bytes(apdu)
    doubled = body.replace(b"\x10", b"\x10\x10")
    return b"\x10\x02" + doubled + b"\x10\x03" + crc16(body + b"\x03").to_bytes(2, "little")


def tcp_frame(apdu: Apdu) -> bytes:
    """The APDU as it goes over TCP: as it is."""
    return bytes(apdu)


class _At(Enum):
    """Where in a serial frame the next byte is."""

    OUTSIDE = 0
    OPENING = 1
    BODY = 2
    ESCAPE = 3
    CRC_LOW = 4
    CRC_HIGH = 5


class SerialFraming:
    """DLE STX ... DLE ETX CRC, and ACK and NAK between frames. What is neither is noise."""

    def __init__(self) -> None:
        self._at = _At.OUTSIDE
        self._body = bytearray()
        self._crc = 0

    def feed(self, data: bytes) -> list[Wire]:
        return [frame for byte in data if (frame := self._take(byte)) is not None]

    def _take(self, byte: int) -> Wire | None:
        match self._at:
            case _At.OUTSIDE:
                self._at = _At.OPENING if byte == DLE else _At.OUTSIDE
                return {ACK[0]: Sign.ACK, NAK[0]: Sign.NAK}.get(byte)
            case _At.OPENING:
                return self._open(byte)
            case _At.BODY if byte == DLE:
                self._at = _At.ESCAPE
            case _At.BODY:
                return self._keep(byte)
            case _At.ESCAPE:
                return self._escape(byte)
            case _At.CRC_LOW:
                self._crc, self._at = byte, _At.CRC_HIGH
            case _At.CRC_HIGH:
                return self._close(self._crc | byte << 8)
        return None

    def _open(self, byte: int) -> Wire | None:
        if byte == STX:
            self._body.clear()
            self._at = _At.BODY
        elif byte != DLE:
            self._at = _At.OUTSIDE
            return {ACK[0]: Sign.ACK, NAK[0]: Sign.NAK}.get(byte)
        return None

    def _escape(self, byte: int) -> Wire | None:
        if byte == STX:
            self._at = _At.OPENING
            return self._open(byte)
        if byte == ETX:
            self._at = _At.CRC_LOW
            return None
        if byte == DLE:
            self._at = _At.BODY
            return self._keep(byte)
        return self._damaged()

    def _keep(self, byte: int) -> Wire | None:
        self._body.append(byte)
        return self._damaged() if len(self._body) > LONGEST else None

    def _damaged(self) -> Wire:
        self._at = _At.OUTSIDE
        self._body.clear()
        return Sign.DAMAGED

    def _close(self, crc: int) -> Wire:
        body, self._at = bytes(self._body), _At.OUTSIDE
        taken = take_apdu(body)
        whole = taken is not None and taken[1] == len(body) and body[0] in CLASSES
        if taken is None or not whole or crc16(body + b"\x03") != crc:
            return self._damaged()
        return taken[0]
