"""Fuzz targets of what reads identity cards: the resident ID reader's wire and record, and a chip card that lies."""

from collections.abc import Callable, Iterator

from hardware.protocols import sdt, sdt_text, social_card
from hardware.protocols.apdu import BadAnswer, Command, Conversation
from hardware.protocols.sdt import Damaged, Response
from hardware.protocols.sdt_text import BadRecord
from hardware.protocols.social_card import BadCard, NotSocialCard, PinRefused
from hardware.simulators.chip_card import sample
from hardware.simulators.samples import CARDS
from tests.fuzz.shapes import Stream, Value, changed, only, outcome

# --- the resident ID reader ------------------------------------------------------------------------------------


def _look(found: Response | Damaged) -> None:
    if isinstance(found, Damaged):
        return
    assert sdt.responses().feed(found.encode()) == [found]
    assert str(found)
    assert any(sdt.fits(command, found) for command in sdt.Command) in (True, False)
    only(ValueError, sdt.sam_id, found.data)
    only(BadRecord, sdt_text.additional_address, found.data)
    for fingerprint in (False, True):
        read = only(ValueError, lambda with_it=fingerprint: sdt.reading(found.data, fingerprint=with_it))
        if read is not None:
            assert read.encode(fingerprint=fingerprint) == found.data
            only(BadRecord, sdt_text.decode, read.text)


def _hear(found: sdt.Request | Damaged) -> None:
    if isinstance(found, sdt.Request):
        assert sdt.requests().feed(found.encode()) == [found]
        assert found.command is None or sdt.request(found.command) == found.encode()


def _responses() -> Iterator[bytes]:
    for status in sdt.STATUS:
        yield Response(status).encode()
    for card in CARDS.values():
        read = sdt.Reading(sdt_text.encode(card.text), card.photo)
        yield Response(0x90, read.encode()).encode()
    yield Response(0x90, sdt.Reading(read.text, read.photo, bytes(512)).encode(fingerprint=True)).encode()
    yield Response(0x90, bytes(range(16))).encode()


def _record(record: bytes) -> None:
    text = only(BadRecord, sdt_text.decode, record)
    if text is None:
        return
    assert sdt_text.sex_name(text.sex)
    assert sdt_text.nation_name(text.nation) or not text.nation
    again = only(ValueError, sdt_text.encode, text)  # a name beyond the basic plane may be split anew and not fit
    assert again is None or sdt_text.decode(again) == text


RESPONSES = Stream(
    sdt.responses,
    tuple(_responses()),
    (Response, Damaged),
    most=sdt.HEAD + sdt.LONGEST_RESPONSE,
    look=_look,
    seal=lambda said: Response((said + b"\0")[0], said[1 : sdt.LONGEST_RESPONSE - 3]).encode(),
)
REQUESTS = Stream(
    sdt.requests,
    tuple(sdt.request(command) for command in sdt.Command),
    (sdt.Request, Damaged),
    most=sdt.HEAD + sdt.LONGEST_REQUEST,
    look=_hear,
    seal=lambda said: sdt.Request(said[: sdt.LONGEST_REQUEST - 1].ljust(2, b"\0")).encode(),
)
TEXT = Value(_record, tuple(sdt_text.encode(card.text) for card in CARDS.values()))

# --- the chip card ---------------------------------------------------------------------------------------------

PIN, NUMBER, CARD_NUMBER = "123456", "440703199003070013", "A00000001"
LONGEST_TALK = 2000
"""Commands after which a conversation with any card must have ended."""


class _Chip:
    """A card: byte 0 chooses the conversation and the honest card behind; then, for each command, how it lies.

    0 to 127: the honest answer. 128 to 191: the honest answer with one byte changed. From 192: the next so many
    bytes as they are, with 90 00 behind them if the number is odd. When the orders are over the card is honest.
    """

    CARDS = ("zhang", "zhang by tag", "zhang by number", "li", "wang", "wang blocked", "bank card")

    def __call__(self, data: bytes) -> None:
        way, self._orders = (data[0] if data else 0), data[1:]
        card = sample(self.CARDS[way % len(self.CARDS)])
        asked: Conversation[object] = social_card.read()
        if way & 0x80:
            asked = social_card.verify_pin(PIN, NUMBER, CARD_NUMBER)
        refusals = (BadCard, BadAnswer, NotSocialCard, PinRefused)
        said = str(outcome(refusals, self._lead, asked, card.answer))
        assert PIN not in said
        assert NUMBER not in said

    def _lead(self, asked: Conversation[object], honest: Callable[[bytes], bytes]) -> None:
        secrets, answer = 0, None
        for _ in range(LONGEST_TALK):
            try:
                command: Command = next(asked) if answer is None else asked.send(answer)
            except StopIteration:
                return
            secrets += command.secret
            assert secrets <= 1, "a PIN is sent once"
            assert PIN not in command.shown().hex()
            answer = self._lie(honest(command.encode()))
        raise AssertionError("a conversation without end")

    def _lie(self, honest: bytes) -> bytes:
        if not self._orders:
            return honest
        order, rest = self._orders[0], self._orders[1:]
        if order < 128:
            self._orders = rest
            return honest
        if order < 192:
            self._orders = rest[2:]
            return changed(honest, b"\0" + rest[:2].ljust(2, b"\1"))
        size = order - 192
        self._orders = rest[size:]
        return rest[:size] + (b"\x90\x00" if order & 1 else b"")

    def seeds(self) -> Iterator[bytes]:
        """Every card and both conversations, honest and with lies in turn."""
        for card in range(len(self.CARDS)):
            for talk in (card, 0x80 + (card - 0x80) % len(self.CARDS)):
                yield bytes([talk])
                yield bytes([talk, 0, 0, 130, 1, 0x61, 0, 130, 5, 0x10])
                yield bytes([talk, 0, 0, 193 + 4, 0x01, 0x02, 0x44, 0x07])


SOCIAL = _Chip()
