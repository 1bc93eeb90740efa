"""The permit unit's wire, defined by this project in ``docs/permit-unit.md``: frames and words.

    A5 5A | version kind code | session (4) | sequence (2) | length (2) | CRC-16 of the head | payload | CRC-32

Rules. All numbers are big-endian. The head has a check of its own, so that noise which looks like a preamble
never makes a decoder wait for a length that was never sent. An answer carries the session and the sequence of its
question; a question sent again carries the same and is executed once. Every answer begins with a result and the
whole status (:mod:`hardware.protocols.endorser_content`), and an event is nothing but a status: there is one
truth about the unit, not two.

The decoder serves both directions, accepts any split and keeps never more than one frame. What is damaged is
dropped: who asked asks again.
"""

import struct
from binascii import crc32, crc_hqx
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

PREAMBLE = b"\xa5\x5a"
VERSION = 1
_HEAD = struct.Struct(">BBBIHH")
HEAD = len(PREAMBLE) + _HEAD.size + 2
TAIL = 4
LONGEST = 2048
"""The longest payload: a print order of 16 lines needs 1,600."""


class Malformed(ValueError):
    """A frame with right checks whose content cannot be."""


class Kind(IntEnum):
    """Who speaks and why."""

    REQUEST = 1
    ANSWER = 2
    EVENT = 3


class Command(IntEnum):
    """What the host may ask; also the code of the answer. An event has code 0."""

    EVENT = 0
    HELLO = 1
    STATUS = 2
    ACCEPT = 3
    CLOSE = 4
    READ = 5
    PRINT = 6
    JOB = 7
    EJECT = 8
    RETAIN = 9
    RESET = 10


class Result(IntEnum):
    """How an answer begins."""

    OK = 0
    BUSY = 1
    NO_CARD = 2
    MALFORMED = 3
    UNKNOWN_COMMAND = 4
    UNREADABLE = 5
    BOX_FULL = 6
    CARD_FULL = 7
    OTHER_CARD = 8
    NO_SUCH_JOB = 9
    FAULT = 10
    NO_SESSION = 11


class Position(IntEnum):
    """Where the card is."""

    NONE = 0
    ENTRY = 1
    INSIDE = 2
    PRINTING = 3
    EXIT = 4
    RETAINED = 5
    JAMMED = 6
    UNKNOWN = 7


class Flag(IntFlag):
    """What else is true of the unit now."""

    NONE = 0
    SHUTTER_OPEN = 1
    MOVING = 2
    BOX_LOW = 4
    BOX_FULL = 8
    HEAD_FAULT = 16


class Reason(IntEnum):
    """Why the unit, or a job, is as it is."""

    NONE = 0
    JAM_FEED = 1
    JAM_PRINT = 2
    JAM_EXIT = 3
    HEAD = 4
    POWER = 5


class Job(IntEnum):
    """How far a print job is. SPOILED: erasing had begun, and the new back is not whole."""

    NONE = 0
    WAITING = 1
    ERASING = 2
    PRINTING = 3
    PRINTED = 4
    NOT_PRINTED = 5
    SPOILED = 6


class Item(IntEnum):
    """What RESET does with a card it finds."""

    LEAVE = 0
    EJECT = 1
    RETAIN = 2


class Keep(IntEnum):
    """Why RETAIN keeps the card; written to the unit's own log."""

    FORGOTTEN = 1
    INVALID = 2
    SPOILED = 3


# --- frames ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """One frame in either direction."""

    kind: Kind
    command: int
    session: int
    sequence: int
    payload: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """The bytes on the wire."""
        head = _HEAD.pack(VERSION, self.kind, self.command, self.session, self.sequence, len(self.payload))
        body = head + crc_hqx(head, 0xFFFF).to_bytes(2) + self.payload
        return PREAMBLE + body + crc32(body).to_bytes(4)

    def answers(self, request: "Frame") -> bool:
        """Whether this is the answer to ``request`` and to no other."""
        asked = (request.command, request.session, request.sequence)
        return self.kind is Kind.ANSWER and (self.command, self.session, self.sequence) == asked


class Decoder:
    """Bytes in, frames out."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by ``data``, in order."""
        kept, at, found = self._kept + data, 0, list[Frame]()
        while (at := _preamble(kept, at)) + HEAD <= len(kept):
            end = _end(kept, at)
            if end > len(kept):
                break
            frame = _frame(kept[at:end]) if end else None
            if frame is None:
                at += len(PREAMBLE)
            else:
                found.append(frame)
                at = end
        self._kept = kept[at:]
        return found


def _preamble(data: bytes, start: int) -> int:
    """Where the next preamble begins, or may begin with a byte still to come."""
    at = data.find(PREAMBLE, start)
    if at < 0:
        at = len(data) - (start < len(data) and data[-1] == PREAMBLE[0])
    return at


def _end(data: bytes, at: int) -> int:
    """Where the frame that begins at ``at`` ends; 0 if its head is none."""
    head = data[at + len(PREAMBLE) : at + HEAD - 2]
    length: int = _HEAD.unpack(head)[-1]
    sound = crc_hqx(head, 0xFFFF) == int.from_bytes(data[at + HEAD - 2 : at + HEAD]) and length <= LONGEST
    return at + HEAD + length + TAIL if sound else 0


def _frame(data: bytes) -> Frame | None:
    """A whole frame; None when it is damaged, of another version, or of no kind."""
    version, kind, command, session, sequence, _ = _HEAD.unpack_from(data, len(PREAMBLE))
    damaged = crc32(data[len(PREAMBLE) : -TAIL]) != int.from_bytes(data[-TAIL:])
    if damaged or version != VERSION or kind not in iter(Kind):
        return None
    return Frame(Kind(kind), command, session, sequence, data[HEAD:-TAIL])
