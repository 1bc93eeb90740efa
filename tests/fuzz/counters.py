"""Fuzz targets of what counts and watches: the cabinet's registers, Modbus RTU in both directions, NUT's lines."""

from hardware import modbus_rtu
from hardware.modbus_rtu import READ_HOLDING, READ_INPUT, WRITE_HOLDING, Message, Rtu
from hardware.protocols import cabinet, nut
from hardware.protocols.cabinet import Board, State
from tests.fuzz.shapes import Stream, Value, only

# --- the cabinet -----------------------------------------------------------------------------------------------


def _registers(data: bytes) -> None:
    registers = [int.from_bytes(data[at : at + 2]) for at in range(0, len(data) - 1, 2)]
    board = only(ValueError, Board.of, registers)
    assert (board is None) == (len(registers) < cabinet.BOARD_SIZE)
    assert board is None or list(board.registers()) == registers[: cabinet.BOARD_SIZE]
    state = only(ValueError, State.of, registers)
    assert (state is None) == (len(registers) < cabinet.STATE_SIZE)
    if state is not None:
        assert State.of(state.registers()) == state


def _as_bytes(registers: tuple[int, ...]) -> bytes:
    return b"".join(register.to_bytes(2) for register in registers)


OPEN = State(open_doors=frozenset({0, 3}), struck=True, degrees=-12.5)
REGISTERS = Value(_registers, tuple(_as_bytes(block.registers()) for block in (Board(), OPEN, State(degrees=None))))

# --- Modbus RTU ------------------------------------------------------------------------------------------------


def _answer(found: Message) -> None:
    assert found.function in {READ_HOLDING, READ_INPUT, WRITE_HOLDING}
    wire = only(ValueError, modbus_rtu.answer, found)  # a "no" of a code that has no name is heard and not said
    again = [found] if wire is None else Rtu().feed(wire)
    assert [(one.unit, one.function, one.registers) for one in again] == [(found.unit, found.function, found.registers)]


def _question(found: Message) -> None:
    again = only(ValueError, modbus_rtu.question, found)
    assert again is None or Rtu(asked=True).feed(again) == [found]


def _crc(data: bytes) -> bytes:
    """The frame with its check ("MODBUS over Serial Line" 1.02, 6.2.2)."""
    crc = 0xFFFF
    for byte in data[:254]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return data[:254] + crc.to_bytes(2, "little")


ANSWERS = Stream(
    Rtu,
    (
        modbus_rtu.answer(Message(1, READ_INPUT, registers=Board().registers())),
        modbus_rtu.answer(Message(1, READ_INPUT, registers=OPEN.registers())),
        modbus_rtu.answer(Message(1, WRITE_HOLDING, cabinet.LAMPS, 8)),
        modbus_rtu.answer(Message(1, READ_HOLDING, error=modbus_rtu.ILLEGAL_ADDRESS)),
    ),
    (Message,),
    most=modbus_rtu.LONGEST,
    look=_answer,
    seal=_crc,
    joins=False,
    recovers=False,
)
QUESTIONS = Stream(
    lambda: Rtu(asked=True),
    (
        modbus_rtu.question(Message(1, READ_INPUT, cabinet.BOARD, cabinet.BOARD_SIZE)),
        modbus_rtu.question(Message(1, READ_INPUT, cabinet.STATE, cabinet.STATE_SIZE)),
        modbus_rtu.question(Message(1, WRITE_HOLDING, cabinet.LAMPS, 8, (0, 1, 2, 0, 0, 0, 0, 0))),
        modbus_rtu.question(Message(1, WRITE_HOLDING, cabinet.ACKNOWLEDGE, 1, (cabinet.ACKNOWLEDGE_CODE,))),
    ),
    (Message,),
    most=modbus_rtu.LONGEST,
    look=_question,
    seal=_crc,
    joins=False,
    recovers=False,
)

# --- the UPS ---------------------------------------------------------------------------------------------------


def _line(found: nut.Answer) -> None:
    again = only(ValueError, nut.encode, found)  # a carriage return inside a word cannot be said
    assert again is None or len(again) > nut.LONGEST or nut.NutLines().feed(again) == [found]


UPS = Stream(
    nut.NutLines,
    (
        nut.encode(nut.Var("ups", "ups.status", 'OL "CHRG"')),
        nut.encode(nut.ListBegins("ups")) + nut.encode(nut.Var("ups", "battery.charge", "98")),
        nut.encode(nut.ListEnds("ups")),
        nut.encode(nut.Refused("DATA-STALE")),
        nut.list_vars("ups"),
        b"OK Goodbye\r\n",
    ),
    (nut.Var, nut.ListBegins, nut.ListEnds, nut.Refused, nut.Line),
    most=nut.LONGEST,
    look=_line,
    seal=lambda said: b'VAR ups x "' + said.replace(b"\n", b" ") * 3 + b'"\n',  # three times: beyond the longest line
)
