"""SDT, the serial protocol of the resident ID card's security module (SAM_V, GA 450 family).

A request is ``AA AA AA 96 69``, length, command, parameter, data, checksum; a response has three status bytes
instead of command and parameter. The length counts what follows it; the checksum is the XOR of everything after
the preamble. A response does not say which request it answers: :func:`fits` tells by its shape, and whatever
does not fit is a late answer to an older question.

The decoder serves both directions. It finds the preamble in noise, accepts any split, and keeps never more than
one frame: a length that cannot be is noise. A frame with a wrong checksum becomes :class:`Damaged`, and the
search goes on right behind its preamble, for the next frame may have begun inside it.

Source: ``domain.md`` 1.2 to 1.5 (frames and status confirmed several times; the exceptions are marked).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

PREAMBLE = bytes.fromhex("AAAAAA9669")
HEAD = len(PREAMBLE) + 2
LONGEST_REQUEST = 0x10
LONGEST_RESPONSE = 0x090A
TEXT, PHOTO = 256, 1024


class Command(Enum):
    """Every command: its two bytes, and data where it has some."""

    RESET = bytes.fromhex("10FF")
    STATUS = bytes.fromhex("11FF")
    SAM_ID = bytes.fromhex("12FF")
    FIND = bytes.fromhex("2001")
    SELECT = bytes.fromhex("2002")
    READ = bytes.fromhex("3001")
    READ_WITH_FINGERPRINT = bytes.fromhex("3010")
    READ_ADDRESS = bytes.fromhex("3003")
    READ_MANAGEMENT = bytes.fromhex("3005")
    BAUD_115200 = bytes.fromhex("6000")
    BAUD_57600 = bytes.fromhex("6001")
    BAUD_38400 = bytes.fromhex("6002")
    BAUD_19200 = bytes.fromhex("6003")
    BAUD_9600 = bytes.fromhex("6004")
    RF_BLOCK_50 = bytes.fromhex("61FF50")
    RF_BLOCK_58 = bytes.fromhex("61FF58")


READS = frozenset({Command.READ, Command.READ_WITH_FINGERPRINT, Command.READ_ADDRESS, Command.READ_MANAGEMENT})


class Action(Enum):
    """What the kiosk does about a status (``domain.md`` 1.4)."""

    GO_ON = "go on"
    RESEND = "send again, three times at most"
    RETRY = "once more, then a fault"
    RESET = "our mistake: reset the sequence"
    POLL = "no card: ask again"
    LAY_AGAIN = "ask to lay the card again"
    REFUSE = "refuse the card"
    EMPTY = "the card holds no such content"
    FAULT = "a fault"
    OUT_OF_SERVICE = "the reader is out of service"


@dataclass(frozen=True)
class Meaning:
    """One row of the status table."""

    text: str
    action: Action


STATUS: dict[int, Meaning] = {
    0x90: Meaning("success", Action.GO_ON),
    0x9F: Meaning("card found", Action.GO_ON),
    0x10: Meaning("checksum of received data wrong", Action.RESEND),
    0x11: Meaning("length of received data wrong", Action.RESEND),
    0x21: Meaning("command error: content or order not allowed", Action.RESET),
    0x23: Meaning("operation not allowed", Action.FAULT),
    0x24: Meaning("unrecognised error", Action.RETRY),
    0x31: Meaning("card did not accept SAM", Action.LAY_AGAIN),
    0x32: Meaning("SAM did not accept card", Action.REFUSE),
    0x33: Meaning("information verification error", Action.REFUSE),
    0x40: Meaning("card type not recognised", Action.REFUSE),
    0x41: Meaning("read failed", Action.LAY_AGAIN),
    0x47: Meaning("random number failed", Action.LAY_AGAIN),
    0x60: Meaning("SAM self-test failed", Action.OUT_OF_SERVICE),
    0x66: Meaning("SAM not authorised", Action.OUT_OF_SERVICE),
    0x80: Meaning("find failed: no card", Action.POLL),
    0x81: Meaning("select failed", Action.POLL),
    0x91: Meaning("card has no such content", Action.EMPTY),
}


@dataclass(frozen=True)
class Request:
    """What the host asks: command, parameter and data as bytes."""

    payload: bytes

    def encode(self) -> bytes:
        """The frame."""
        return _frame(self.payload)

    @property
    def command(self) -> Command | None:
        """The command, None if there is no such."""
        return _COMMANDS.get(self.payload)


_COMMANDS = {command.value: command for command in Command}


def request(command: Command) -> bytes:
    """The frame of ``command``."""
    return _frame(command.value)


@dataclass(frozen=True)
class Response:
    """What the reader answers. ``card`` is SW1 SW2, the card's own status; ``status`` is SW3, the reader's."""

    status: int
    data: bytes = b""
    card: bytes = b"\0\0"

    def encode(self) -> bytes:
        """The frame."""
        return _frame(self.card + bytes([self.status]) + self.data)

    @property
    def meaning(self) -> Meaning:
        """The row of the status table; what is not in it is a fault."""
        return STATUS.get(self.status) or Meaning(f"unknown status {self.status:02X}", Action.FAULT)

    def __str__(self) -> str:
        by_card = f" (card {self.card.hex()})" if any(self.card) else ""
        return f"{self.status:02X} {self.meaning.text}{by_card}"


@dataclass(frozen=True)
class Damaged:
    """Something that began like a frame and is none."""


Message = TypeVar("Message")


class Decoder(Generic[Message]):
    """Bytes in, messages out. ``shortest`` and ``longest`` bound the length field."""

    def __init__(self, parse: Callable[[bytes], Message], shortest: int, longest: int) -> None:
        self._parse, self._shortest, self._longest = parse, shortest, longest
        self._kept = b""

    def feed(self, data: bytes) -> list[Message | Damaged]:
        """The messages completed by ``data``, in order."""
        kept, at, found = self._kept + data, 0, list[Message | Damaged]()
        while (at := _preamble(kept, at)) + HEAD <= len(kept):
            length = int.from_bytes(kept[at + 5 : at + 7])
            end = at + HEAD + length
            possible = self._shortest <= length <= self._longest
            if possible and end > len(kept):
                break
            if possible and _checksum(kept[at + 5 : end]) == 0:
                found.append(self._parse(kept[at + HEAD : end - 1]))
                at = end
            else:
                found.append(Damaged())
                at += len(PREAMBLE)
        self._kept = kept[at:]
        return found


def requests() -> Decoder[Request]:
    """What a reader hears."""
    return Decoder(Request, 3, LONGEST_REQUEST)


def responses() -> Decoder[Response]:
    """What a host hears."""
    return Decoder(lambda payload: Response(payload[2], payload[3:], payload[:2]), 4, LONGEST_RESPONSE)


def _preamble(data: bytes, start: int) -> int:
    """Where the next preamble begins, or may begin with bytes still to come."""
    at = data.find(PREAMBLE, start)
    if at >= 0:
        return at
    tail = max(start, len(data) - len(PREAMBLE) + 1)
    return next((at for at in range(tail, len(data)) if PREAMBLE.startswith(data[at:])), len(data))


def _checksum(data: bytes) -> int:
    """The XOR of all bytes, by folding them as one number: a flood of frames that lie must not hold the loop."""
    value, size = int.from_bytes(data), len(data)
    while size > 1:
        size = (size + 1) // 2
        value = value >> 8 * size ^ value & ((1 << 8 * size) - 1)
    return value


def _frame(payload: bytes) -> bytes:
    body = (len(payload) + 1).to_bytes(2) + payload
    return PREAMBLE + body + bytes([_checksum(body)])


# --- what belongs to what --------------------------------------------------------------------------------------

_ONLY_FOR: dict[int, frozenset[Command]] = {
    0x9F: frozenset({Command.FIND}),
    0x80: frozenset({Command.FIND}),
    0x81: frozenset({Command.SELECT}),
    0x31: READS | {Command.SELECT},
    0x32: READS | {Command.SELECT},
    0x33: READS | {Command.SELECT},
    0x40: READS | {Command.FIND, Command.SELECT},
    0x41: READS,
    0x47: READS | {Command.SELECT},
    0x91: READS,
}
_SUCCESS_DATA: dict[Command, range] = {
    Command.SAM_ID: range(16, 17),
    Command.SELECT: range(8, 9),
    Command.READ: range(4 + TEXT + PHOTO, 4 + TEXT + PHOTO + 1),
    Command.READ_WITH_FINGERPRINT: range(6 + TEXT + PHOTO, LONGEST_RESPONSE),
    Command.READ_ADDRESS: range(2, 4 + TEXT),  # its layout is not published: plain text, G
    Command.READ_MANAGEMENT: range(28, 29),
}


def fits(command: Command, response: Response) -> bool:
    """Whether ``response`` can be the answer to ``command``."""
    if response.status == 0x90:
        plain = range(1)
        return command is not Command.FIND and len(response.data) in _SUCCESS_DATA.get(command, plain)
    only = _ONLY_FOR.get(response.status)
    return only is None or command in only


# --- what answers hold -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What a read gives: the text record, the WLT picture and fingerprints, each opaque here."""

    text: bytes
    photo: bytes
    fingerprint: bytes = b""

    def encode(self, *, fingerprint: bool = False) -> bytes:
        """The data of a successful answer: the lengths, then the parts."""
        parts = (self.text, self.photo, self.fingerprint) if fingerprint else (self.text, self.photo)
        return b"".join(len(part).to_bytes(2) for part in parts) + b"".join(parts)


def reading(data: bytes, *, fingerprint: bool = False) -> Reading:
    """Take the data of a read apart. ValueError if its lengths do not agree with it."""
    head = 6 if fingerprint else 4
    lengths = [int.from_bytes(data[at : at + 2]) for at in range(0, head, 2)]
    if len(data) != head + sum(lengths) or lengths[:2] != [TEXT, PHOTO]:
        raise ValueError("the lengths of text and photo do not agree with the answer")
    text, photo = data[head : head + TEXT], data[head + TEXT : head + TEXT + PHOTO]
    return Reading(text, photo, data[head + TEXT + PHOTO :])


def sam_id(data: bytes) -> str:
    """The module's number as printed (two sources; the widths differ between vendors)."""
    if len(data) != 16:
        raise ValueError("a SAM id has 16 bytes")
    parts = [int.from_bytes(data[at:end], "little") for at, end in ((0, 2), (2, 4), (4, 8), (8, 12), (12, 16))]
    return "{:02}.{:02}-{:08}-{:010}-{:010}".format(*parts)
