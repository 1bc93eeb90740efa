"""ZVT, the card terminal: no card number, track, cardholder, password, printed line or terminal number is kept.

Amounts, traces, receipt numbers, times and result codes stay: without them a recording proves nothing. A message of a
kind that is not listed here, or with a field that the codec does not know, is not written.
"""

from collections.abc import Mapping
from dataclasses import replace

from hardware.dialects.base import Dialect
from hardware.protocols import zvt
from hardware.protocols.zvt import Apdu, Command, Sign, Wire, ZvtError
from hardware.protocols.zvt_fields import PASSWORDED, SECRET, masked_card, spans

CARD, CARD_NAME, AUTHORISATION, TLV, TEXT, TERMINAL, MERCHANT = 0x22, 0x8B, 0x3B, 0x06, 0x3C, 0x29, 0x2A
FIXED: Mapping[int, bytes] = {
    CARD: bytes.fromhex("622000EEEEEE0017"),
    CARD_NAME: b"SAMPLE ",
    AUTHORISATION: b"0",
    MERCHANT: b"0",
    TEXT: b" ",
}
"""What is repeated in the place of these fields."""
FIELDED = frozenset({Command.STATUS, Command.AUTHORISATION})
TEXTS = frozenset({Command.PRINT_LINE, Command.PRINT_BLOCK, Command.INTERMEDIATE, Command.ABORTED})
"""Messages whose first byte says what they are and whose rest is text, or not needed."""


class ZvtDialect(Dialect[Wire]):
    """Either framing, by the line."""

    def codec(self, way: str) -> zvt.Framing:  # noqa: ARG002
        return zvt.TcpFraming() if self.line == "tcp" else zvt.SerialFraming()

    def encode(self, way: str, frame: Wire) -> bytes:  # noqa: ARG002
        if isinstance(frame, Sign):
            return {Sign.ACK: zvt.ACK, Sign.NAK: zvt.NAK}.get(frame, b"")
        return zvt.tcp_frame(frame) if self.line == "tcp" else zvt.serial_frame(frame)

    def clean(self, way: str, frame: Wire) -> Wire | None:  # noqa: ARG002
        if isinstance(frame, Sign):
            return None if frame is Sign.DAMAGED else frame
        try:
            data = self._clean(frame)
        except ZvtError:
            return None
        return None if data is None else replace(frame, data=data)

    def note(self, way: str, frame: Wire) -> str:  # noqa: ARG002
        if isinstance(frame, Sign):
            return frame.name
        return _NAMES.get(frame.control, "accepted" if frame.control == 0x8000 else "")

    def asks(self, frame: Wire) -> bool:
        return isinstance(frame, Apdu) and frame.control == Command.STATUS_ENQUIRY

    def _clean(self, apdu: Apdu) -> bytes | None:
        data = apdu.data
        if not data or apdu.is_answer:
            return b""
        if apdu.control in TEXTS:
            return data[:1] + bytes(len(data) - 1)
        if apdu.control in FIELDED:
            return self._fields(data)
        if apdu.control == Command.REGISTRATION:  # password, configuration byte, currency: no tags before them
            return bytes(3) + data[3:6] + self._fields(data[6:])
        if apdu.control in PASSWORDED:
            return bytes(3) + self._fields(data[3:])
        return self._completion(data) if apdu.control == Command.COMPLETION else None

    def _completion(self, data: bytes) -> bytes:
        """Fields; or, after a status enquiry, perhaps a software version (LLL), a status code and perhaps fields."""
        head = data[:3]
        if len(head) == 3 and all(byte >> 4 == 0xF and byte & 0xF <= 9 for byte in head):
            status = 3 + int("".join(str(byte & 0xF) for byte in head))
        elif len(data) == 1:
            status = 0
        else:
            return self._fields(data)
        return data[: status + 1] + self._fields(data[status + 1 :])

    def _fields(self, data: bytes) -> bytes:
        clean = bytearray(data)
        for tag, start, end in spans(data):
            size = end - start
            if tag in FIXED:
                clean[start:end] = (FIXED[tag] * size)[:size]
            elif tag in SECRET or tag in {TLV, TERMINAL}:
                clean[start:end] = bytes(size)
            if tag == CARD:
                self.person["card"] = masked_card(bytes(clean[start:end]))
        return bytes(clean)


_NAMES = {value: name.lower().replace("_", " ") for name, value in vars(Command).items() if isinstance(value, int)}
