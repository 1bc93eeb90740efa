"""Fuzz targets of the card terminal: both framings of ZVT, its messages, and the fields in them."""

from hardware.protocols import zvt_codes, zvt_fields
from hardware.protocols import zvt_messages as say
from hardware.protocols.zvt import (
    ACCEPTED,
    ACK,
    LONGEST,
    NAK,
    Apdu,
    Command,
    SerialFraming,
    Sign,
    TcpFraming,
    ZvtError,
    refused,
    serial_frame,
    take_apdu,
    tcp_frame,
)
from tests.fuzz.shapes import Stream, Value, only

PASSWORD = "000000"
CARD = bytes.fromhex("6222021234567890")
TRACK = bytes.fromhex("6222021234567890d25120")
TOTALS = bytes(say.Totals(3, 28, tuple((count, count * 1000) for count in range(7))))
BOOKED = zvt_fields.encode_fields(
    [
        (0x27, b"\0"),
        (0x04, zvt_fields.bcd(20_000, 6)),
        (0x49, say.CNY),
        (0x0B, zvt_fields.bcd(41, 3)),
        (0x87, zvt_fields.bcd(12, 2)),
        (0x29, zvt_fields.bcd(7, 4)),
        (0x22, CARD),
        (0x23, TRACK),
        (0x8B, b"UnionPay\0"),
        (0x3B, b"123456  "),
        (0x06, zvt_fields.encode_tlv([(0x4C, b"\1\2"), (0x1F10, b"\0")])),
    ]
)
CLOSED = zvt_fields.encode_fields([(0x27, b"\0"), (0x60, TOTALS)])
APDUS = (
    ACCEPTED,
    refused(0x83),
    Apdu(Command.STATUS, BOOKED),
    Apdu(Command.STATUS, CLOSED),
    Apdu(Command.INTERMEDIATE, b"\x0a\x02"),
    say.completion("GER-APP-v1.0", 0x9C, [(0x29, zvt_fields.bcd(7, 4))]),
    Apdu(Command.ABORTED, b"\x6c"),
    Apdu(Command.PRINT_LINE, b"\x00Summe 200.00"),
    say.registration(PASSWORD),
    say.authorisation(20_000, 3),
    say.reversal(PASSWORD, 12),
)


def _look(found: Apdu | Sign) -> None:
    if isinstance(found, Sign):
        return
    assert SerialFraming().feed(serial_frame(found)) == [found]
    assert take_apdu(bytes(found)) == (found, len(bytes(found)))
    assert found.refusal is None or found.is_answer
    only(ValueError, str, found)
    assert take_apdu(zvt_fields.redact(found)) is not None
    _message(found.data)


def _message(data: bytes) -> None:
    status = only(ZvtError, say.status_information, data)
    if status is not None and status.result is not None:
        assert zvt_codes.result(status.result).sentence in zvt_codes.SENTENCES
    for decode, meaning in (
        (say.intermediate_status, zvt_codes.notice),
        (say.abort_code, lambda code: zvt_codes.result(code).sentence),
        (say.terminal_status, lambda code: zvt_codes.status(code).state),
    ):
        code = only(ZvtError, decode, data)
        assert code is None or meaning(code)


def _fields(data: bytes) -> None:
    fields = only(ZvtError, zvt_fields.decode_fields, data)
    if fields is not None:
        assert not zvt_fields.SECRET & fields.keys()
        masked = fields.pop(zvt_fields.CARD_NUMBER, b"")
        assert sum(sign in b"0123456789" for sign in masked) <= 10
        assert zvt_fields.decode_fields(zvt_fields.encode_fields(fields.items())) == fields
    tlv = only(ZvtError, zvt_fields.decode_tlv, data)
    if tlv is not None:
        assert zvt_fields.decode_tlv(zvt_fields.encode_tlv(tlv)) == tlv
    day = only(ZvtError, say.totals, data)
    assert day is None or bytes(day) == data
    digits = only(ZvtError, zvt_fields.number, data)
    assert digits is None or zvt_fields.bcd(digits, len(data)) == data
    _message(data)
    assert take_apdu(zvt_fields.redact(Apdu(Command.STATUS, data))) is not None


def _apdu(said: bytes) -> Apdu:
    """The first byte chooses what the terminal says, the rest is its data."""
    messages = (Command.STATUS, Command.INTERMEDIATE, Command.COMPLETION, Command.ABORTED, Command.PRINT_LINE, 0x8400)
    return Apdu(messages[(said + b"\0")[0] % len(messages)], said[1:])


SERIAL = Stream(
    SerialFraming,
    (*map(serial_frame, APDUS), ACK, NAK),
    (Apdu, Sign),
    most=LONGEST,
    look=_look,
    seal=lambda said: serial_frame(_apdu(said)),
)
TCP = Stream(
    TcpFraming,
    tuple(map(tcp_frame, APDUS)),
    (Apdu, Sign),
    most=LONGEST,
    look=_look,
    seal=lambda said: tcp_frame(_apdu(said)),
    recovers=False,
)
FIELDS = Value(_fields, (BOOKED, CLOSED, TOTALS, zvt_fields.encode_tlv([(0x1F10, b"\0"), (0x4C, bytes(200))])))
