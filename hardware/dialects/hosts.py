"""hostlink, the line to our host processes: chip cards as APDUs, and documents on their way to the print queue.

Of a card the records of the sample card are written under the tags that were read, a PIN is the sample's, and all
other data are zeros. Of a document nothing is written but that there was one. A message with a word that is not
listed here is not written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hardware.dialects.base import OUT, Dialect
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from hardware.protocols.social_card import FIELDS
from hardware.simulators.chip_card import ATR, SAMPLES

Frame = Message | Broken
WORDS = frozenset(
    {
        "id", "op", "error", "code", "detail", "reader", "readers", "card", "within", "protocol", "atr",
        "queue", "title", "job", "device", "state", "reasons", "printer_reasons", "accepting", "uri",
        "impressions", "sheets", "marker_names", "marker_levels", "marker_low_levels",
    }
)  # fmt: skip
MASKED: Mapping[str, Any] = {"detail": "not written", "title": "sample", "atr": ATR.hex(), "uri": "sample:"}
ASKS = frozenset({"readers", "watch", "status", "job"})
DOCUMENT = b"%PDF-sample"
SAMPLE_RECORDS = {tag: value for rows in (SAMPLES["zhang"].files or {}).values() for tag, value in rows}
PIN = bytes.fromhex("123456")
VERIFY, READ_RECORD, GET_RESPONSE = 0x20, 0xB2, 0xC0
NAMED = {"number", "name", "card_number"}


class HostDialect(Dialect[Frame]):
    """Either host: what a body is depends on the question."""

    def renew(self) -> None:
        super().renew()
        self._op, self._instruction = "", 0

    def codec(self, way: str) -> HostLink:  # noqa: ARG002
        return HostLink()

    def encode(self, way: str, frame: Frame) -> bytes:  # noqa: ARG002
        return b"" if isinstance(frame, Broken) else encode(frame)

    def clean(self, way: str, frame: Frame) -> Frame | None:
        if isinstance(frame, Broken) or not WORDS.issuperset(_words(frame.head)):
            return None
        if way == OUT:
            self._op = str(frame.head.get("op"))
        body = self._body(way, frame.body) if frame.body else b""
        return None if body is None else Message(_masked(frame.head), body)

    def note(self, way: str, frame: Frame) -> str:
        if isinstance(frame, Broken):
            return ""
        said = {name: value for name, value in frame.head.items() if name not in {"id", "op", *MASKED}}
        return f"{self._op} {said or ''}".strip() if way == OUT else f"{said or 'done'}"

    def asks(self, frame: Frame) -> bool:
        return isinstance(frame, Message) and frame.head.get("op") in ASKS

    def key(self, frame: Frame) -> bytes:
        return b"" if isinstance(frame, Broken) else encode(replace(frame, head={**frame.head, "id": 0}))

    def answer(self, frame: Frame, asked: Frame) -> Frame:
        if isinstance(frame, Broken) or isinstance(asked, Broken):
            return frame
        return replace(frame, head={**frame.head, "id": asked.head.get("id")})

    def _body(self, way: str, body: bytes) -> bytes | None:
        match self._op, way == OUT:
            case "print", True:
                return DOCUMENT
            case "transmit", True:
                return self._command(body)
            case "transmit", False if len(body) >= 2:
                return self._reply(body[:-2]) + body[-2:]
        return None

    def _command(self, command: bytes) -> bytes:
        """What is sent to a card names files and records; only a PIN is secret."""
        instruction = command[1] if len(command) > 1 else 0
        if instruction != GET_RESPONSE:  # which fetches the rest of what was asked before
            self._instruction = instruction
        if instruction != VERIFY or len(command) <= 5:
            return command
        secret = len(command) - 5
        return command[:5] + (PIN if secret == len(PIN) else bytes(secret))

    def _reply(self, data: bytes) -> bytes:
        """A record becomes the sample's of the same tag and length."""
        if self._instruction != READ_RECORD or len(data) < 2 or len(data) < 2 + data[1]:
            return bytes(len(data))
        tag, size = data[0], data[1]
        value = SAMPLE_RECORDS.get(tag, b"")[:size].ljust(size, b"\0")
        if tag in FIELDS and FIELDS[tag].name in NAMED:
            self.person[FIELDS[tag].name] = value.rstrip(b"\0 ").decode("gb18030", "replace")
        return data[:2] + value + bytes(len(data) - 2 - size)


def _words(head: Mapping[str, Any]) -> Iterator[str]:
    """Every word, at any depth."""
    for word, value in head.items():
        yield word
        if isinstance(value, dict):
            yield from _words(value)


def _masked(words: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: MASKED[name] if name in MASKED else _masked(word) if isinstance(word, dict) else word
        for name, word in words.items()
    }
