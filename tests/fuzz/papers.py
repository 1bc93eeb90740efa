"""Fuzz targets of the printers: ESC/POS and IPP answers, and hostlink, in which every host process speaks."""

import struct
import zlib

from hardware.protocols import escpos_status, hostlink, ipp
from hardware.protocols.escpos_status import Ask, EscPosAnswers, Executed, Presenter, Status, StatusByte
from hardware.protocols.hostlink import MAGIC, Broken, HostLink, Message
from hardware.protocols.ipp import BadIpp
from tests.fuzz.shapes import Stream, Value, only


def _answer(found: StatusByte | Executed | Presenter) -> None:
    if isinstance(found, StatusByte):
        status = Status.of(dict.fromkeys(Ask, found.value))
        assert Status.of({ask: status.byte(ask) for ask in Ask}) == status
    else:
        assert EscPosAnswers().feed(found.encode()) == [found]
    if isinstance(found, Executed):
        assert escpos_status.ask_executed(found.process).endswith(found.process.encode())


def _message(found: Message | Broken) -> None:
    if isinstance(found, Message):
        again = HostLink().feed(hostlink.encode(found))  # compared as text: no number is equal to "not a number"
        assert repr(again) == repr([found])
        assert again[0] == Message(again[0].head, found.body)  # type: ignore[union-attr] # a body is not shown
        assert str(found.head).encode()  # what cannot be written down would break the log


SLIPS = Stream(
    EscPosAnswers,
    (
        Executed("0042").encode(),
        Presenter(slip_waits=True).encode(),
        *(bytes([Status(offline=True, paper_end=True, cutter=True).byte(ask)]) for ask in Ask),
        b"\x13\x11" + Executed("~~~~").encode(),
    ),
    (StatusByte, Executed, Presenter),
    most=6,
    look=_answer,
    seal=lambda said: Executed(bytes(0x20 + byte % 0x5F for byte in said[:4].ljust(4)).decode()).encode() + said[4:],
)


def seal(said: bytes) -> bytes:
    """The first byte is the length of the head; lengths and checksum are right whatever the head is."""
    size = (said + b"\0")[0]
    head, body = said[1 : 1 + size], said[1 + size :]
    return struct.pack(">4sIII", MAGIC, len(head), len(body), zlib.crc32(head + body)) + head + body


HOST = Stream(
    HostLink,
    (
        hostlink.encode(Message({"id": 1, "op": "print", "queue": "a4", "title": "样本"}, b"%PDF-1.4 sample")),
        hostlink.encode(Message({"id": 2, "device": {"state": 3, "reasons": ["none"]}, "queue": {"state": 3}})),
        hostlink.encode(Message({"id": 3, "error": "no_service", "detail": "8010001D"})),
        hostlink.encode(Message({}, b"")),
        seal(bytes([14]) + b'{"a":"\\ud83d"}'),
    ),
    (Message, Broken),
    most=hostlink.LIMIT + 16,
    look=_message,
    seal=seal,
    recovers=False,
)


def _attributes(answer: bytes) -> None:
    found = only(BadIpp, ipp.octet_strings, answer)
    for name, values in (found or {}).items():
        assert isinstance(name, str)
        for value in values:
            assert all(isinstance(word, str) for pair in ipp.facts(value).items() for word in pair)


def _ipp(*attributes: tuple[int, bytes, bytes]) -> bytes:
    rows = (bytes([tag]) + len(n).to_bytes(2) + n + len(v).to_bytes(2) + v for tag, n, v in attributes)
    return b"\x02\x00\x00\x00\x00\x00\x00\x01" + b"\x04" + b"".join(rows) + b"\x03"


TRAY = b"type=sheetFeedAutoRemovableTray;maxcapacity=250;level=120;status=0;name=tray1;"
ATTRIBUTES = Value(
    _attributes,
    (
        _ipp((ipp.OCTETS, b"printer-input-tray", TRAY), (ipp.OCTETS, b"", TRAY), (ipp.KEYWORD, b"sides", b"one")),
        _ipp((ipp.OCTETS, b"printer-supply", b"type=toner;level=63;;=;a=b=c")),
        ipp.ask_attributes("ipp://localhost/ipp/print", ["printer-input-tray", "printer-supply"]),
        _ipp(),
    ),
)
