"""Modbus RTU for a link: pymodbus frames, checks and packs; we keep the line. Imported here and nowhere else.

Only the three functions that our registers need are known (03, 04, 10 hex) and the exceptions to them: whatever else
the bytes seem to say is noise. RTU has no start mark; frames end with silence, which a codec cannot hear. So
the rule of the field stands: one question, one answer, and whoever asks again calls :meth:`Rtu.forget` first
("MODBUS over Serial Line" 1.02, 2.5.1). At most one longest frame is kept, however much noise comes.
Why only pymodbus' codec and not its client: ``docs/decisions/0005``.
"""

import struct
from dataclasses import dataclass
from typing import Final

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadHoldingRegistersResponse,
    ReadInputRegistersRequest,
    ReadInputRegistersResponse,
    WriteMultipleRegistersRequest,
    WriteMultipleRegistersResponse,
)

READ_HOLDING: Final = 0x03
READ_INPUT: Final = 0x04
WRITE_HOLDING: Final = 0x10
ILLEGAL_FUNCTION: Final = 1
ILLEGAL_ADDRESS: Final = 2
ILLEGAL_VALUE: Final = 3

LONGEST = 256
"""Bytes of the longest frame."""

_KNOWN: Final[dict[int, tuple[type[ModbusPDU], type[ModbusPDU]]]] = {
    READ_HOLDING: (ReadHoldingRegistersRequest, ReadHoldingRegistersResponse),
    READ_INPUT: (ReadInputRegistersRequest, ReadInputRegistersResponse),
    WRITE_HOLDING: (WriteMultipleRegistersRequest, WriteMultipleRegistersResponse),
}


@dataclass(frozen=True)
class Message:
    """A question or an answer. ``error`` is the exception code of an answer that says no, else 0."""

    unit: int
    function: int
    address: int = 0
    count: int = 0
    registers: tuple[int, ...] = ()
    error: int = 0


class Rtu:
    """Bytes in, messages out. ``asked``: this end is asked, so what comes in are questions."""

    def __init__(self, *, asked: bool = False) -> None:
        self._asked, self._framer = asked, _framer(asked=asked)
        self._buffer = b""

    def feed(self, data: bytes) -> list[Message]:
        """The message completed by ``data``; what stands behind it on the line belongs to nobody."""
        self._buffer = (self._buffer + data)[-LONGEST:]
        try:
            used, pdu = self._framer.handleFrame(self._buffer, 0, 0)
        except ModbusException:  # the checksum is right and the content is not
            self._buffer = b""
            return []
        self._buffer = self._buffer[used:]
        return [] if pdu is None or not self._meant(pdu) else [_message(pdu)]

    def _meant(self, pdu: ModbusPDU) -> bool:
        """What pymodbus lets pass: a "no" to any function, also among questions (another board's answer), or without
        a reason, which would read as a yes; and an order to write more registers than it brings.
        """
        if pdu.function_code & 0x80:
            return not self._asked and pdu.function_code & 0x7F in _KNOWN and pdu.exception_code != 0
        return not self._asked or pdu.function_code != WRITE_HOLDING or pdu.count == len(pdu.registers)

    def forget(self) -> None:
        """The line was silent: what has come so far will never be a frame."""
        self._buffer = b""


def question(message: Message) -> bytes:
    """The frame that asks ``message``. Raises ValueError for what no frame can say."""
    return _encode(message, _KNOWN[message.function][0])


def answer(message: Message) -> bytes:
    """The frame that answers ``message``. Raises ValueError for what no frame can say."""
    if message.error:
        pdu = ExceptionResponse(message.function, ExcCodes(message.error), device_id=message.unit)
        return _framer(asked=True).buildFrame(pdu)
    return _encode(message, _KNOWN[message.function][1])


def _encode(message: Message, kind: type[ModbusPDU]) -> bytes:
    pdu = kind(
        dev_id=message.unit,
        address=message.address,
        count=message.count or len(message.registers),
        registers=list(message.registers),
    )
    try:
        return _framer(asked=True).buildFrame(pdu)
    except struct.error as error:
        raise ValueError(str(error)) from error


def _message(pdu: ModbusPDU) -> Message:
    return Message(
        unit=pdu.dev_id,
        function=pdu.function_code & 0x7F,
        address=pdu.address,
        count=pdu.count,
        registers=tuple(pdu.registers),
        error=pdu.exception_code,
    )


def _framer(*, asked: bool) -> FramerRTU:
    decoder = DecodePDU(asked)
    decoder.pdu_table = _KNOWN
    return FramerRTU(decoder)
