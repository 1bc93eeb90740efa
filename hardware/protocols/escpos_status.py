"""ESC/POS beyond the picture: what the printer is asked, and what it answers. Sans-I/O, both directions.

Sources: Epson's ESC/POS reference (DLE EOT, DLE ENQ, DLE DC4, GS ( H, GS a) and, for the presenter, Custom's
VKP80 manual (DLE EOT 20). Three kinds of answers share one line and are told apart by their fixed bits:

    0xx1 xx10                    one status byte, the answer to DLE EOT 1..4 (which of the four: only by order)
    37 22 d1 d2 d3 d4 00         "the process with this id has been executed", asked by GS ( H function 48
    10 0F p u r e                full status of a printer with a presenter, asked by DLE EOT 20

A status byte has no checksum, so whoever acts on a fault reads it twice. DLE EOT is a real-time command: it is
answered while the printer is busy, offline or out of paper. GS ( H stands in the print buffer behind the slip,
so its answer comes only after the slip was printed and cut: that is what "printed" rests on.
"""

from dataclasses import dataclass
from enum import IntEnum

GB18030_MODE = b"\x1c\x26"
NO_REPORTS = b"\x1d\x61\x00"  # GS a 0: no automatic status that nobody asked for
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x20\x01\x06\x02\x08"  # DLE DC4 8: forget what is not printed yet
RECOVER = b"\x10\x05\x02"  # DLE ENQ 2: after the cause was removed, go on with empty buffers
ASK_PRESENTER = b"\x10\x04\x14"


class Ask(IntEnum):
    """The four questions of DLE EOT."""

    PRINTER = 1
    OFFLINE = 2
    ERROR = 3
    PAPER = 4


_FIXED_MASK, _FIXED = 0x93, 0x12
_BITS = {
    Ask.PRINTER: {"offline": 0x08},
    Ask.OFFLINE: {"cover_open": 0x04, "paper_end": 0x20},
    Ask.ERROR: {"recoverable": 0x04, "cutter": 0x08, "broken": 0x20, "too_hot": 0x40},
    Ask.PAPER: {"paper_low": 0x0C, "paper_end": 0x60},
}


@dataclass(frozen=True)
class Status:
    """The four answers together. ``too_hot`` and the like recover by themselves; ``broken`` does not."""

    offline: bool = False
    cover_open: bool = False
    paper_end: bool = False
    paper_low: bool = False
    recoverable: bool = False
    cutter: bool = False
    broken: bool = False
    too_hot: bool = False

    @classmethod
    def of(cls, answers: dict[Ask, int]) -> "Status":
        """From the byte that answered each question."""
        said = {name for ask, byte in answers.items() for name, bit in _BITS[ask].items() if byte & bit}
        return cls(**dict.fromkeys(said, True))

    def byte(self, ask: Ask) -> int:
        """The other direction: the answer a printer in this status gives to ``ask``."""
        byte = _FIXED
        for name, bits in _BITS[ask].items():
            byte |= bits if getattr(self, name) else 0
        if ask is Ask.OFFLINE and (self.cutter or self.broken or self.recoverable or self.too_hot):
            byte |= 0x40
        return byte


@dataclass(frozen=True)
class StatusByte:
    """The answer to one DLE EOT question."""

    value: int


@dataclass(frozen=True)
class Executed:
    """Everything up to the request with this ``process`` id has been executed."""

    process: str

    def encode(self) -> bytes:
        """What the printer sends."""
        return b"\x37\x22" + self.process.encode("ascii") + b"\x00"


@dataclass(frozen=True)
class Presenter:
    """Whether a slip still hangs in the mouth of the presenter."""

    slip_waits: bool

    def encode(self) -> bytes:
        """What the printer sends (the other bits say what DLE EOT 1..4 say better)."""
        return bytes((0x10, 0x0F, 0x20 if self.slip_waits else 0, 0, 0, 0))


Answer = StatusByte | Executed | Presenter


def ask(question: Ask) -> bytes:
    """DLE EOT n."""
    return bytes((0x10, 0x04, question))


def ask_executed(process: str) -> bytes:
    """GS ( H function 48, to be sent behind the slip. ``process``: four printable ASCII characters."""
    code = process.encode("ascii")
    if len(code) != 4 or not all(0x20 <= byte <= 0x7E for byte in code):
        raise ValueError(f"a process id is four printable characters, not {process!r}")
    return b"\x1d\x28\x48\x06\x00\x30\x30" + code


class EscPosAnswers:
    """Bytes from the printer in, answers out. XON/XOFF, noise and torn answers are skipped."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Answer]:
        """The answers completed by ``data``."""
        self._buffer += data
        answers: list[Answer] = []
        while self._buffer:
            size, answer = _first(self._buffer)
            if not size:
                break
            del self._buffer[:size]
            if answer is not None:
                answers.append(answer)
        return answers


def _first(buffer: bytearray) -> tuple[int, Answer | None]:
    """The first answer and its length; length 0 when more bytes are needed, 1 to skip a byte of noise."""
    head = buffer[0]
    if head & _FIXED_MASK == _FIXED:
        return 1, StatusByte(head)
    for start, size, decode in ((b"\x37\x22", 7, _executed), (b"\x10\x0f", 6, _presenter)):
        if start.startswith(buffer[:2]):
            if len(buffer) < size:
                return (0, None) if _may_become(buffer, start) else (1, None)
            answer = decode(bytes(buffer[:size]))
            return (size, answer) if answer is not None else (1, None)
    return 1, None


def _may_become(buffer: bytearray, start: bytes) -> bool:
    """Whether the torn beginning can still be an answer (a process id is printable)."""
    return start != b"\x37\x22" or all(0x20 <= byte <= 0x7E for byte in buffer[2:6])


def _executed(block: bytes) -> Executed | None:
    code = block[2:6]
    return Executed(code.decode("ascii")) if block[6] == 0 and all(0x20 <= byte <= 0x7E for byte in code) else None


def _presenter(block: bytes) -> Presenter | None:
    return Presenter(bool(block[2] & 0x20))
