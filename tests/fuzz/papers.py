"""Fuzz targets of the printers: ESC/POS answers, and hostlink, in which every host process speaks."""

import struct
import zlib

from hardware.protocols import escpos_status, hostlink
from hardware.protocols.escpos_status import Ask, EscPosAnswers, Executed, Presenter, Status, StatusByte
from hardware.protocols.hostlink import MAGIC, Broken, HostLink, Message
from tests.fuzz.shapes import Stream


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


def _seal(said: bytes) -> bytes:
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
        _seal(bytes([14]) + b'{"a":"\\ud83d"}'),
    ),
    (Message, Broken),
    most=hostlink.LIMIT + 16,
    look=_message,
    seal=_seal,
    recovers=False,
)
