"""What the permit unit's frames hold: the status, readings of the line, print orders (``docs/permit-unit.md``).

Everything is bounded, and whatever cannot be raises Malformed: a right checksum proves the line, not the sender.
"""

import struct
from dataclasses import dataclass, field

from hardware.protocols.endorser import Flag, Job, Malformed, Position, Reason, Result

MOST_LINES, LONGEST_LINE, LONGEST_JOB, LONGEST_MRZ = 16, 96, 40, 64
_STATUS = struct.Struct(">BBBHIBBBB")


@dataclass(frozen=True)
class Status:
    """Everything that is true of the unit now.

    ``stay`` counts the cards taken in, for ever: the same number means the same card has never left. ``job`` and
    what follows tell of the last job, in the answer to JOB of the one that was asked for.
    """

    position: Position
    flags: Flag = Flag.NONE
    reason: Reason = Reason.NONE
    retained: int = 0
    stay: int = 0
    job: str = ""
    state: Job = Job.NONE
    progress: int = 0
    job_reason: Reason = Reason.NONE

    def encode(self) -> bytes:
        """As it opens every answer behind the result, and fills an event."""
        job = self.job.encode("ascii")
        fixed = (self.position, self.flags, self.reason, self.retained, self.stay)
        return _STATUS.pack(*fixed, self.state, self.progress, self.job_reason, len(job)) + job

    @classmethod
    def decode(cls, data: bytes) -> tuple["Status", bytes]:
        """The status and what follows it. Raises Malformed."""
        try:
            position, flags, reason, retained, stay, state, progress, why, length = _STATUS.unpack_from(data)
            job, rest = data[_STATUS.size : _STATUS.size + length], data[_STATUS.size + length :]
            if len(job) != length or length > LONGEST_JOB or progress > 100:
                raise Malformed("a status that is cut off or counts beyond its end")
            known = (Position(position), Flag(flags & sum(Flag)), Reason(reason), retained, stay)
            return cls(*known, job.decode("ascii"), Job(state), progress, Reason(why)), rest
        except (struct.error, ValueError) as error:
            raise Malformed(str(error)) from error


@dataclass(frozen=True)
class Answer:
    """The payload of an answer: result, status, and text after HELLO (the model) and READ (count and line)."""

    result: Result
    status: Status
    more: bytes = field(default=b"", repr=False)

    def encode(self) -> bytes:
        """The payload."""
        return bytes([self.result]) + self.status.encode() + self.more

    @classmethod
    def decode(cls, payload: bytes) -> "Answer":
        """Raises Malformed."""
        try:
            return cls(Result(payload[0]), *Status.decode(payload[1:]))
        except (IndexError, ValueError) as error:
            raise Malformed(str(error)) from error


@dataclass(frozen=True)
class Reading:
    """What READ found: how often the card was endorsed, and the line as the optics see it, unverified."""

    endorsed: int
    line: str = field(repr=False)

    def encode(self) -> bytes:
        """As it follows the status."""
        return bytes([self.endorsed]) + self.line.encode("ascii")

    @classmethod
    def decode(cls, more: bytes) -> "Reading":
        """Raises Malformed."""
        if not 1 < len(more) <= 1 + LONGEST_MRZ or not more[1:].isascii():
            raise Malformed(f"a reading is a count and at most {LONGEST_MRZ} ASCII characters")
        return cls(more[0], more[1:].decode("ascii"))


@dataclass(frozen=True)
class Order:
    """The payload of PRINT: only the card of ``stay`` may be printed, and ``job`` never twice."""

    job: str
    stay: int
    lines: tuple[str, ...] = field(repr=False)

    def encode(self) -> bytes:
        """The payload. Raises Malformed for what does not fit on a card."""
        if not self.job.isascii():
            raise Malformed("a job's name is ASCII")
        job, lines = self.job.encode(), [line.encode() for line in self.lines]
        self._judge(job, lines)
        parts = [bytes([len(part)]) + part for part in (job, *lines)]
        return self.stay.to_bytes(4) + b"".join(parts)

    @classmethod
    def decode(cls, payload: bytes) -> "Order":
        """Raises Malformed."""
        parts, at = list[bytes](), 4
        while at < len(payload) and len(parts) <= MOST_LINES:
            parts.append(payload[at + 1 : at + 1 + payload[at]])
            at += 1 + payload[at]
        if at != len(payload) or not parts:
            raise Malformed("an order is a stay, a job and lines")
        cls._judge(parts[0], parts[1:])
        try:
            return cls(parts[0].decode("ascii"), int.from_bytes(payload[:4]), tuple(p.decode() for p in parts[1:]))
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8") from error

    @staticmethod
    def _judge(job: bytes, lines: list[bytes]) -> None:
        if not 0 < len(job) <= LONGEST_JOB or not 0 < len(lines) <= MOST_LINES:
            raise Malformed(f"a job of 1 to {LONGEST_JOB} letters and 1 to {MOST_LINES} lines")
        if any(len(line) > LONGEST_LINE for line in lines):
            raise Malformed(f"a line has at most {LONGEST_LINE} bytes")
