"""ISO 7816-4 short APDUs, without a card: commands, answers, and conversations as generators.

A conversation is a generator: it yields a :class:`Command`, is sent the card's raw answer, and returns what it found
out; whoever drives it has the reader. :func:`ask` is one command with what a T=0 card makes of it: ``6C xx`` (send
again with this length) and ``61 xx`` (fetch the rest with GET RESPONSE).

Bytes of a card are hostile. An answer is 2 to 258 bytes, a command takes at most :data:`PARTS` answers, and
everything else is :class:`BadAnswer`. A command marked ``secret`` (a PIN) is sent once and never again, hides its
data from ``repr`` and from :meth:`Command.shown`, and is not kept by anything here.
"""

from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import TypeVar

PARTS = 8
"""61 xx in a row: 8 x 256 bytes are far more than any record holds."""
LONGEST = 258

Found = TypeVar("Found")
Conversation = Generator["Command", bytes, Found]


class BadAnswer(ValueError):
    """The card says what no card may say; says what is wrong with it, never its content."""


@dataclass(frozen=True)
class Command:
    """One command. ``expect`` is Le: None for none, 256 for "what there is"."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(default=b"", repr=False)
    expect: int | None = None
    secret: bool = False

    def encode(self) -> bytes:
        """The bytes for the card."""
        body = bytes([len(self.data)]) + self.data if self.data else b""
        end = b"" if self.expect is None else bytes([self.expect % 256])
        return self._header + body + end

    def shown(self) -> bytes:
        """The bytes for a trace: of a secret only the header."""
        return self._header if self.secret else self.encode()

    @property
    def _header(self) -> bytes:
        return bytes([self.cla, self.ins, self.p1, self.p2])


@dataclass(frozen=True)
class Reply:
    """One answer: data and the status word."""

    data: bytes = field(repr=False)
    status: int

    @classmethod
    def parse(cls, raw: bytes) -> "Reply":
        """Raises BadAnswer."""
        if not 2 <= len(raw) <= LONGEST:
            raise BadAnswer(f"an answer of {len(raw)} bytes")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))

    @property
    def ok(self) -> bool:
        """90 00, nothing else: a warning is not an answer to build on."""
        return self.status == 0x9000

    @property
    def low(self) -> int:
        """SW2, where it is a length: 0 is 256."""
        return self.status & 0xFF or 256


def ask(command: Command) -> Conversation[Reply]:
    """One command to its last byte. Raises BadAnswer."""
    if command.secret:
        return Reply.parse((yield command))
    reply = yield from _once(command)
    data = reply.data
    for _ in range(PARTS):
        if reply.status >> 8 != 0x61:
            return Reply(data, reply.status)
        reply = yield from _once(Command(command.cla & 0x03, 0xC0, 0, 0, expect=reply.low))
        data += reply.data
    raise BadAnswer("no end of 61")


def _once(command: Command) -> Conversation[Reply]:
    """One exchange, again with the right length if the card asks for it."""
    reply = Reply.parse((yield command))
    if reply.status >> 8 == 0x6C:
        return Reply.parse((yield replace(command, expect=reply.low)))
    return reply


def select_name(name: bytes) -> Command:
    """SELECT a directory by its name (AID). No Le: a T=0 card says 61 xx by itself, and nobody needs the FCI."""
    return Command(0x00, 0xA4, 0x04, 0x00, name)


def select_file(file: int, *, p1: int = 0x02) -> Command:
    """SELECT an elementary file under the present directory; some cards want ``p1=0``."""
    return Command(0x00, 0xA4, p1, 0x00, file.to_bytes(2, "big"))


def read_record(p1: int, p2: int, expect: int = 256) -> Command:
    """READ RECORD: what P1 and P2 mean is the card's style."""
    return Command(0x00, 0xB2, p1, p2, expect=expect)


def verify(pin: bytes) -> Command:
    """VERIFY, reference data 0; without a PIN it asks how many tries are left and costs none."""
    return Command(0x00, 0x20, 0x00, 0x00, pin, secret=bool(pin))
