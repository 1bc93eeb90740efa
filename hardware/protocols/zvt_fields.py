"""The data of a ZVT APDU: numbers in BCD, BMPs (tag, then a length known by the tag) and BER-TLV inside BMP 06.

Rules. A parser must know the length of every BMP: an unknown one makes the rest unreadable and is a ZvtError that
names it. So is a truncated value, a tag given twice (two results are none) and a number with letters in it.
Nothing that a card could be copied from survives decoding: tracks, expiry and check value are dropped, of the
card number at most the first six and the last four digits stay, whatever the terminal sent.
"""

from collections.abc import Iterable, Mapping

from hardware.protocols.zvt import Apdu, Command, ZvtError

LL, LLL, BER = -2, -3, -1

BMPS: Mapping[int, int] = {
    0x01: 1,  # time-out
    0x02: 1,  # greatest number of status informations
    0x03: 1,  # service byte
    0x04: 6,  # amount
    0x05: 1,  # pump number
    0x06: BER,  # TLV container
    0x0B: 3,  # trace
    0x0C: 3,  # time HHMMSS
    0x0D: 2,  # date MMDD
    0x0E: 2,  # expiry
    0x17: 2,  # card sequence number
    0x19: 1,  # payment type, status byte
    0x22: LL,  # card number
    0x23: LL,  # track 2
    0x24: LLL,  # track 3
    0x27: 1,  # result code
    0x29: 4,  # terminal id
    0x2A: 15,  # merchant number
    0x2D: LL,  # track 1
    0x2E: LLL,  # synchronous chip
    0x37: 3,  # original trace
    0x3A: 2,  # card check value
    0x3B: 8,  # authorisation attribute
    0x3C: LLL,  # additional text
    0x3D: 3,  # password
    0x49: 2,  # currency
    0x60: LLL,  # totals of the day
    0x87: 2,  # receipt number
    0x88: 3,  # turnover record number
    0x8A: 1,  # card type
    0x8B: LL,  # card name
    0x8C: 1,  # card type of the network operator
    0x92: LLL,  # EMV data
    0x9A: LLL,  # GeldKarte
    0xA0: 1,  # result code of the host
    0xA7: LL,  # chip EF_ID
    0xAA: 3,  # date YYMMDD
    0xAF: LLL,  # chip EF_Info
    0xBA: 5,  # AID parameter
    0xD0: 1,  # key algorithm
    0xD1: LL,  # key offset
    0xD2: 1,  # key direction
    0xD3: 1,  # key position
    0xE0: 1,  # shortest input
    **dict.fromkeys(range(0xE1, 0xE9), LL),  # text lines
    0xE9: 1,  # longest input
    0xEA: 1,  # echo
    0xEB: 8,  # MAC
    0xF0: 1,  # display duration
    **dict.fromkeys(range(0xF1, 0xF9), LL),  # text lines
    0xF9: 1,  # beeps
    0xFA: 1,  # status
    0xFB: 1,  # OK required
    0xFC: 1,  # dialog control
}

CARD_NUMBER = 0x22
SECRET = frozenset({0x0E, 0x23, 0x24, 0x2D, 0x2E, 0x3A, 0x3D, 0x92, 0x9A, 0xA7, 0xAF})
"""BMPs of which nothing is kept."""


# --- numbers ---------------------------------------------------------------------------------------------------


def bcd(value: int, size: int) -> bytes:
    """``value`` as ``size`` bytes of packed digits."""
    digits = f"{value:0{2 * size}d}"
    if value < 0 or len(digits) > 2 * size:
        raise ValueError(f"{value} does not fit {size} bytes BCD")
    return bytes.fromhex(digits)


def number(data: bytes) -> int:
    """The number that packed digits say."""
    digits = data.hex()
    if not digits.isdecimal():
        raise ZvtError("a BCD number with letters in it")
    return int(digits)


def masked_card(data: bytes) -> str:
    """A card number of which at most the first six and the last four digits are shown."""
    shown = data.hex().rstrip("f").replace("e", "*")
    if any(sign not in "0123456789*" for sign in shown):
        raise ZvtError("a card number with letters in it")
    ends = shown[:6] if len(shown) > 10 else ""
    tail = shown[-4:] if len(shown) > 4 else ""
    return ends + "*" * (len(shown) - len(ends) - len(tail)) + tail


# --- BMPs ------------------------------------------------------------------------------------------------------


def decode_fields(data: bytes) -> dict[int, bytes]:
    """Every BMP by its tag, without the secret ones, the card number masked (its text as ASCII)."""
    fields: dict[int, bytes] = {}
    for tag, start, end in spans(data):
        if tag in fields:
            raise ZvtError(f"BMP {tag:02X} twice")
        value = data[start:end]
        fields[tag] = masked_card(value).encode() if tag == CARD_NUMBER else value
    return {tag: value for tag, value in fields.items() if tag not in SECRET}


def encode_fields(fields: Iterable[tuple[int, bytes]]) -> bytes:
    """BMPs in the order given. Raises ValueError when a value does not fit its tag."""
    return b"".join(bytes([tag]) + _length(tag, len(value)) + value for tag, value in fields)


def redact(apdu: Apdu) -> bytes:
    """The APDU for a trace: nothing secret, no password, no printed text, every digit of a card number gone."""
    data = apdu.data
    if apdu.control in (Command.PRINT_LINE, Command.PRINT_BLOCK):
        data = b""
    elif apdu.control in (Command.STATUS, Command.AUTHORISATION):
        data = _without_secrets(data)
    elif apdu.control in PASSWORDED:
        data = b"\xee\xee\xee" + data[3:]
    return bytes(Apdu(apdu.control, data))


PASSWORDED = frozenset(
    {
        Command.REGISTRATION,
        Command.STATUS_ENQUIRY,
        Command.REPEAT_RECEIPT,
        Command.REVERSAL,
        Command.REFUND,
        Command.END_OF_DAY,
    }
)


def _without_secrets(data: bytes) -> bytes:
    clean = bytearray(data)
    try:
        for tag, start, end in spans(data):
            if tag in SECRET or tag in (CARD_NUMBER, 0x06, 0x3C):
                clean[start:end] = b"\xee" * (end - start)
    except ZvtError:
        return b""
    return bytes(clean)


def spans(data: bytes) -> Iterable[tuple[int, int, int]]:
    """Tag, start and end of every value. Raises ZvtError."""
    at = 0
    while at < len(data):
        tag = data[at]
        if tag not in BMPS:
            raise ZvtError(f"unknown BMP {tag:02X} at {at}")
        start, size = _measure(tag, data, at + 1)
        if start + size > len(data):
            raise ZvtError(f"BMP {tag:02X} is cut off")
        yield tag, start, start + size
        at = start + size


def _measure(tag: int, data: bytes, at: int) -> tuple[int, int]:
    """Where the value of ``tag`` starts, and its size."""
    kind = BMPS[tag]
    if kind >= 0:
        return at, kind
    if kind == BER:
        return _ber_length(data, at)
    digits = data[at : at - kind]
    if len(digits) < -kind or any(digit >> 4 != 0xF or digit & 0xF > 9 for digit in digits):
        raise ZvtError(f"BMP {tag:02X} has no length")
    return at - kind, int("".join(str(digit & 0xF) for digit in digits))


def _length(tag: int, size: int) -> bytes:
    kind = BMPS[tag]
    if kind == BER:
        return ber_length(size)
    if kind >= 0:
        if size != kind:
            raise ValueError(f"BMP {tag:02X} takes {kind} bytes")
        return b""
    digits = f"{size:0{-kind}d}"
    if len(digits) > -kind:
        raise ValueError(f"BMP {tag:02X} is too long")
    return bytes(0xF0 | int(digit) for digit in digits)


# --- BER-TLV ---------------------------------------------------------------------------------------------------

Tlv = tuple[int, bytes]


def decode_tlv(data: bytes) -> list[Tlv]:
    """The data objects of a container, one level; a constructed one (bit 20) can be decoded again."""
    found: list[Tlv] = []
    at = 0
    while at < len(data):
        tag, at = _ber_tag(data, at)
        start, size = _ber_length(data, at)
        at = start + size
        if at > len(data):
            raise ZvtError(f"TLV {tag:X} is cut off")
        found.append((tag, data[start:at]))
    return found


def encode_tlv(objects: Iterable[Tlv]) -> bytes:
    """Data objects one after the other."""
    return b"".join(
        tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + ber_length(len(value)) + value for tag, value in objects
    )


def ber_length(size: int) -> bytes:
    """A BER length: one byte below 80, else 81 xx or 82 xx xx."""
    if size < 0x80:
        return bytes([size])
    return b"\x81" + bytes([size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")


def _ber_tag(data: bytes, at: int) -> tuple[int, int]:
    tag, more = data[at], data[at] & 0x1F == 0x1F
    at += 1
    while more:
        if at >= len(data) or tag > 0xFFFF:
            raise ZvtError("a TLV tag without end")
        tag, more = tag << 8 | data[at], bool(data[at] & 0x80)
        at += 1
    return tag, at


def _ber_length(data: bytes, at: int) -> tuple[int, int]:
    """Where the value starts, and its size."""
    head = data[at : at + 1]
    if head and head[0] < 0x80:
        return at + 1, head[0]
    count = {b"\x81": 1, b"\x82": 2}.get(head, 0)
    if not count or len(data) < at + 1 + count:
        raise ZvtError("a TLV length that is none")
    return at + 1 + count, int.from_bytes(data[at + 1 : at + 1 + count], "big")
