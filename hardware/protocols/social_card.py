"""The social-security card (社保卡, LD/T 32-2015): what a terminal without keys may read, and the PIN.

Everything free lies in EF05 (the card) and EF06 (its holder) of the directory ``sx1.sh.社会保障``. Each record is
tag, length, value. Cards answer READ RECORD in one of two styles, by tag or by record number, and number-style
cards shift: a name extension (4E) may stand before the sex. So both styles are tried and a record is what its
*tag byte* says, never where it stood (``domain.md`` 3.2, 3.3; 4E and its 20 bytes: one public source).

:func:`read`, :func:`verify_pin` are conversations (:mod:`hardware.protocols.apdu`). Codes stay codes here (GB/T 2261.1
sex, GB 3304 nation). What would make us guess is :class:`BadCard`. A PIN is sent exactly once, whatever happens.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from hardware.protocols import apdu
from hardware.protocols.apdu import BadAnswer, Conversation

DIRECTORY = "sx1.sh.社会保障".encode("gbk")
CARD_FILE, HOLDER_FILE = 0xEF05, 0xEF06
RECORDS = 12
"""Records per file that a sweep by number looks at: seven are the most that are specified, and one extension."""
PIN_DIGITS = 6


class BadCard(ValueError):
    """The card is a social-security card, and a record of it cannot be understood; names the tag only."""


class NotSocialCard(Exception):
    """The directory is not there: a bank card, a SIM, something else."""


class PinRefused(Exception):
    """``tries`` are left; 0 is blocked, None if the card will not say."""

    def __init__(self, tries: int | None) -> None:
        super().__init__("PIN refused")
        self.tries = tries


@dataclass(frozen=True)
class CardText:
    """What the two files say; ``name`` with its extension. ``issued`` and ``expires`` are None when blank."""

    number: str = field(repr=False)
    name: str = field(repr=False)
    sex: str = field(repr=False)
    nation: str = field(repr=False)
    birthplace: str = field(repr=False)
    birth: date = field(repr=False)
    card_number: str = field(repr=False)
    region: str
    issued: date | None
    expires: date | None
    generation: int
    card_class: str = ""
    issuer: str = ""


# --- values ----------------------------------------------------------------------------------------------------


def _an(value: bytes, encoding: str = "ascii") -> str:
    text = value.rstrip(b"\0 ").decode(encoding)
    if not text.isprintable():
        raise ValueError("control characters")
    return text


def _number(value: bytes) -> str:
    """A resident's number must pass its check digit (ISO 7064 MOD 11-2); a foreigner's has letters and none."""
    number = _an(value).upper()
    if len(number) == 18 and number[:17].isdigit():
        total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(number[:17]))
        if "10X98765432"[total % 11] != number[17]:
            raise ValueError("check digit")
    return number


def _gbk(value: bytes) -> str:
    return _an(value, "gb18030")  # GBK and its later characters, which newer cards hold


def _cn(value: bytes) -> str:
    return value.hex().upper().rstrip("F")


def _bcd(value: bytes) -> str:
    return str(int(value.hex())).zfill(2 * len(value))  # int() refuses what is no digit


def _date(value: bytes) -> date | None:
    if set(value) in ({0x00}, {0xFF}, {0x20}):
        return None
    digits = _bcd(value)
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


class Field(NamedTuple):
    """One row of the table: where it is read, how long its value is, and what the value means."""

    file: int
    name: str
    size: int
    decode: Callable[[bytes], Any]
    needed: bool = True


FIELDS: Mapping[int, Field] = {
    0x01: Field(CARD_FILE, "identification", 16, _cn),
    0x02: Field(CARD_FILE, "card_class", 1, _an, needed=False),
    0x03: Field(CARD_FILE, "version", 4, _an),
    0x04: Field(CARD_FILE, "issuer", 12, _cn, needed=False),
    0x05: Field(CARD_FILE, "issued", 4, _date),
    0x06: Field(CARD_FILE, "expires", 4, _date),
    0x07: Field(CARD_FILE, "card_number", 9, _an),
    0x08: Field(HOLDER_FILE, "number", 18, _number),
    0x09: Field(HOLDER_FILE, "name", 30, _gbk),
    0x4E: Field(HOLDER_FILE, "name_extension", 20, _gbk, needed=False),
    0x0A: Field(HOLDER_FILE, "sex", 1, _an),
    0x0B: Field(HOLDER_FILE, "nation", 1, _bcd),
    0x0C: Field(HOLDER_FILE, "birthplace", 3, _bcd, needed=False),
    0x0D: Field(HOLDER_FILE, "birth", 4, _date),
}


def record(data: bytes) -> tuple[int, bytes]:
    """Tag and value of one record; what follows the value is padding. Raises BadCard."""
    if len(data) < 2 or len(data) < 2 + data[1]:
        raise BadCard("a record shorter than it says")
    return data[0], data[2 : 2 + data[1]]


def decode(records: Mapping[int, bytes]) -> CardText:
    """The records as values. Raises BadCard."""
    said = {row.name: _value(tag, row, records.get(tag, b"")) for tag, row in FIELDS.items()}
    region, version = said.pop("identification")[:6], said.pop("version")
    if not (len(region) == 6 and region.isdigit() and version[:1] in {"1", "2", "3"}):
        raise BadCard("tag 01 or 03")
    blank = [name for name in ("number", "name", "card_number", "birth") if not said[name]]
    if blank:
        raise BadCard(f"no {blank[0]}")
    said["name"] += said.pop("name_extension")
    return CardText(region=region, generation=int(version[0]), **said)


def _value(tag: int, row: Field, value: bytes) -> Any:
    if not value and not row.needed:
        return ""
    if not value or len(value) > row.size:
        raise BadCard(f"tag {tag:02X}: {len(value)} bytes")
    try:
        return row.decode(value)
    except ValueError:  # which quotes the value
        raise BadCard(f"tag {tag:02X}") from None


# --- conversations ---------------------------------------------------------------------------------------------


def read() -> Conversation[CardText]:
    """Everything that is free. Raises NotSocialCard, BadCard, BadAnswer."""
    yield from _enter()
    records = yield from _file(CARD_FILE)
    records |= yield from _file(HOLDER_FILE)
    return decode(records)


def verify_pin(pin: str, number: str, card_number: str) -> Conversation[None]:
    """Check the PIN of the very card that ``number`` and ``card_number`` were read from.

    A card that was exchanged meanwhile is NotSocialCard and loses no try. Raises PinRefused, BadAnswer, BadCard.
    """
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise ValueError(f"a PIN has {PIN_DIGITS} digits")
    card = yield from read()
    if (card.number, card.card_number) != (number, card_number):
        raise NotSocialCard("another card")
    reply = yield from apdu.ask(apdu.verify(bytes.fromhex(pin)))
    if reply.ok:
        return
    tries = _tries(reply.status)
    if reply.status == 0x6300:  # wrong, and it does not say how often one may still try
        tries = _tries((yield from apdu.ask(apdu.verify(b""))).status)
    elif tries is None:
        raise BadAnswer(f"VERIFY: {reply.status:04X}")
    raise PinRefused(tries)


def _tries(status: int) -> int | None:
    """63 Cx is x; 69 83 and 69 84 are blocked."""
    if status & 0xFFF0 == 0x63C0:
        return status & 0x0F
    return 0 if status in {0x6983, 0x6984} else None


def _enter() -> Conversation[None]:
    reply = yield from apdu.ask(apdu.select_name(DIRECTORY))
    if not reply.ok:
        raise NotSocialCard(f"{reply.status:04X}")


def _file(file: int) -> Conversation[dict[int, bytes]]:
    """The records of one file: by tag, and if something is missing, by number too."""
    selected = yield from apdu.ask(apdu.select_file(file))
    if not selected.ok:
        yield from apdu.ask(apdu.select_file(file, p1=0x00))  # if this fails too, the short file id may still do
    wanted = {tag: row for tag, row in FIELDS.items() if row.file == file}
    records: dict[int, bytes] = {}
    for tag, row in wanted.items():
        found = yield from _keep(records, apdu.read_record(tag, 0x00, row.size + 2))
        if not (found or records):
            break  # the first one is on every card: this one does not know tags
    for p2 in ((file & 0xFF) << 3 | 0x04, 0x04):
        if all(tag in records for tag, row in wanted.items() if row.needed):
            break
        for number in range(1, RECORDS + 1):
            if not (yield from _keep(records, apdu.read_record(number, p2))):
                break
    return {tag: records[tag] for tag in wanted if tag in records}


def _keep(records: dict[int, bytes], command: apdu.Command) -> Conversation[bool]:
    """Read one record and file it under the tag it bears; the first of a tag stays. False if there is none."""
    reply = yield from apdu.ask(command)
    if reply.ok and reply.data:
        tag, value = record(reply.data)
        records.setdefault(tag, value)
    return reply.ok
