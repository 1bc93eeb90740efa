"""Fuzz targets of the UnionPay kiosk library: its records, and what its host says around them."""

from datetime import date

from hardware.drivers.card_terminal_umsips_host import code_of, state_of
from hardware.protocols import hostlink, umsips, umsips_codes
from hardware.protocols.hostlink import Broken, HostLink, Message
from hardware.protocols.umsips import Kind, Request, Response, UmsError
from tests.fuzz.papers import seal
from tests.fuzz.shapes import Stream, Value, only

TODAY, ECHO = date(2027, 1, 1), "abc"
SOLD = Response(
    "00", text="交易成功", card="622000*******0017", amount=20_000, trace=41, batch="000012", day="1231", time="235959",
    reference="123456789012", authorisation="123456", merchant="898440703000001", terminal="44070001", echo=ECHO,
)  # fmt: skip
RESPONSES = (
    SOLD.encode(),
    Response("55", echo=ECHO).encode(),
    Response("Z1", text="6220001234560017", card="6220 0012 3456 0017", echo=ECHO).encode(),
)
REQUESTS = (
    Request(Kind.SALE, 20_000, echo=ECHO, counter="00000001", operator="01").encode(),
    Request(Kind.VOID, 20_000, trace="000041", batch="000012", echo=ECHO).encode(),
)


def _response(data: bytes) -> None:
    for echo in (ECHO, None):
        answer = only(UmsError, umsips.decode_response, data, echo)
        if answer is None:
            continue
        assert echo is None or answer.echo == ECHO
        assert umsips_codes.row(answer.code).outcome in set(umsips_codes.Outcome)
        assert umsips_codes.number(answer.code) >= 0
        assert min(answer.amount, answer.trace) >= 0
        assert sum(sign.isdigit() for sign in answer.card) <= 12, "a card number shows"
        assert str(answer).encode()
        day = only(UmsError, umsips.local_day, answer.day, TODAY)
        assert day is None or abs((day - TODAY).days) <= 366
        only(UmsError, umsips.decode_response, answer.encode(), echo)
    clean = umsips.redact(data)
    assert len(clean) == min(len(data), umsips.RESPONSE_SIZE)
    assert umsips.redact(clean) == clean
    masked = umsips.mask(data)
    assert len(masked) == len(data)
    assert umsips.mask(masked) == masked


def _request(data: bytes) -> None:
    asked = only(UmsError, umsips.decode_request, data)
    if asked is not None:
        again = only(ValueError, asked.encode)
        assert again is None or umsips.decode_request(again) == asked


def _answer(found: Message | Broken) -> None:
    if isinstance(found, Message):
        code, state = only(ValueError, code_of, found.head), only(ValueError, state_of, found.head)
        assert code is None or isinstance(code, int)
        assert state is None or len(state) <= 1
        _response(found.body)


RESPONSE = Value(_response, RESPONSES)
REQUEST = Value(_request, REQUESTS)
HOST = Stream(
    HostLink,
    (
        hostlink.encode(Message({"id": 1, "code": 0, "state": 0x37})),
        hostlink.encode(Message({"id": 2, "code": -103})),
        hostlink.encode(Message({"id": 3, "begun": True})),
        hostlink.encode(Message({"id": 3, "code": 0, "receipt": "样本"}, RESPONSES[0])),
        hostlink.encode(Message({"id": 4, "error": "busy", "detail": "another process has the library"})),
    ),
    (Message, Broken),
    most=hostlink.LIMIT + 16,
    look=_answer,
    seal=seal,
    recovers=False,
)
