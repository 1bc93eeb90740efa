"""SDT, the resident ID reader: the card becomes the sample card of its kind, serial numbers become zeros.

A record that the codec cannot decode is not written, not even in part: it may be the very name that broke it.
"""

from dataclasses import replace

from hardware.dialects.base import OUT, Dialect
from hardware.protocols import sdt, sdt_text
from hardware.protocols.sdt import Command, Damaged, Reading, Request, Response
from hardware.protocols.sdt_text import Layout
from hardware.simulators.samples import CARDS, SampleCard

Frame = Request | Response | Damaged
SAMPLES: dict[Layout, SampleCard] = {card.text.layout: card for card in reversed(tuple(CARDS.values()))}
ASKS = frozenset({Command.STATUS, Command.SAM_ID, Command.FIND})
ADDRESS = "样本地址"


class SdtDialect(Dialect[Frame]):
    """Answers name no question, so the last question is remembered."""

    def renew(self) -> None:
        super().renew()
        self._asked: Command | None = None

    def codec(self, way: str) -> sdt.Decoder[Request] | sdt.Decoder[Response]:  # type: ignore[override]
        return sdt.requests() if way == OUT else sdt.responses()

    def encode(self, way: str, frame: Frame) -> bytes:  # noqa: ARG002
        return b"" if isinstance(frame, Damaged) else frame.encode()

    def clean(self, way: str, frame: Frame) -> Frame | None:  # noqa: ARG002
        match frame:
            case Request(command=command):
                self._asked = command
                return frame if command else None
            case Response(data=b""):
                return frame
            case Response() if self._asked and sdt.fits(self._asked, frame):
                data = self._clean(self._asked, frame.data)
                return None if data is None else replace(frame, data=data)
        return None

    def note(self, way: str, frame: Frame) -> str:  # noqa: ARG002
        if isinstance(frame, Request):
            return frame.command.name.lower().replace("_", " ") if frame.command else ""
        return str(frame)

    def asks(self, frame: Frame) -> bool:
        return isinstance(frame, Request) and frame.command in ASKS

    def _clean(self, asked: Command, data: bytes) -> bytes | None:
        if asked is Command.SAM_ID:  # the reader's own number
            return data
        if asked in {Command.READ, Command.READ_WITH_FINGERPRINT}:
            return self._card(data, fingerprint=asked is Command.READ_WITH_FINGERPRINT)
        if asked is Command.READ_ADDRESS:
            return self._address(data)
        return bytes(len(data))

    def _card(self, data: bytes, *, fingerprint: bool) -> bytes | None:
        try:
            reading = sdt.reading(data, fingerprint=fingerprint)
            card = SAMPLES[sdt_text.decode(reading.text).layout]
        except ValueError:
            return None
        facts = ("number", "name", "english_name", "address")
        self.person |= {fact: getattr(card.text, fact) for fact in facts}
        sample = Reading(sdt_text.encode(card.text), card.photo, bytes(len(reading.fingerprint)))
        return sample.encode(fingerprint=fingerprint)

    def _address(self, data: bytes) -> bytes | None:
        chars, odd = divmod(len(data), 2)
        if odd:
            return None
        self.person["address"] = (ADDRESS * chars)[:chars]
        return self.person["address"].encode("utf-16-le")
