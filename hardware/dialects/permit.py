"""The permit unit: the line of the permit becomes the sample's of its kind, what is printed becomes ``x``.

A line that fails its checks cannot be replaced by one that fails in the same way, so such a reading is not written.
The unit's own memory (stays, jobs) stays: it names no person.
"""

from dataclasses import replace
from datetime import date

from hardware.dialects.base import Dialect
from hardware.protocols import mrz
from hardware.protocols.endorser import Command, Decoder, Frame, Kind, Malformed
from hardware.protocols.endorser_content import Answer, Order, Reading
from hardware.simulators.permit_cards import LINES

SAMPLES = {"CS": LINES["zhang"], "CD": LINES["zhang_taiwan"]}
ASKS = frozenset({Command.STATUS, Command.JOB})


class PermitDialect(Dialect[Frame]):
    """Sessions and sequences are counted anew in every conversation; a replay carries them over."""

    def codec(self, way: str) -> Decoder:  # noqa: ARG002
        return Decoder()

    def encode(self, way: str, frame: Frame) -> bytes:  # noqa: ARG002
        return frame.encode()

    def clean(self, way: str, frame: Frame) -> Frame | None:  # noqa: ARG002
        try:
            payload = self._clean(frame)
        except Malformed:
            return None
        return None if payload is None else replace(frame, payload=payload)

    def note(self, way: str, frame: Frame) -> str:  # noqa: ARG002
        name = next((known.name.lower() for known in Command if known == frame.command), "?")
        if frame.kind is not Kind.ANSWER:
            return name
        return f"{name} {Answer.decode(frame.payload).result.name.lower()}"

    def asks(self, frame: Frame) -> bool:
        return frame.command in ASKS

    def key(self, frame: Frame) -> bytes:
        return replace(frame, session=0, sequence=0).encode()

    def answer(self, frame: Frame, asked: Frame) -> Frame:
        sequence = asked.sequence if frame.kind is Kind.ANSWER else frame.sequence
        return replace(frame, session=asked.session, sequence=sequence)

    def _clean(self, frame: Frame) -> bytes | None:
        match frame.kind, frame.command:
            case Kind.ANSWER, Command.READ:
                answer = Answer.decode(frame.payload)
                more = self._reading(answer.more) if answer.more else b""
                return None if more is None else replace(answer, more=more).encode()
            case Kind.ANSWER, _:
                return Answer.decode(frame.payload).encode()
            case Kind.REQUEST, Command.PRINT:
                order = Order.decode(frame.payload)
                return replace(order, lines=tuple("x" * len(line.encode()) for line in order.lines)).encode()
        return frame.payload

    def _reading(self, more: bytes) -> bytes | None:
        reading = Reading.decode(more)
        try:
            line = SAMPLES[mrz.parse(reading.line, today=date.max).kind]  # every birth has been, by then
        except mrz.BadLine:
            if not mrz.is_other_document(reading.line):
                return None
            line = LINES["home_return"]
        self.person |= {"mrz": line, "number": line[mrz.NUMBER]}
        return replace(reading, line=line).encode()
