"""The cabinet's registers and the frames they travel in: tables, every cut, hostile bytes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU

from hardware.modbus_rtu import LONGEST, READ_HOLDING, READ_INPUT, WRITE_HOLDING, Message, Rtu, answer, question
from hardware.protocols import cabinet
from hardware.protocols.cabinet import Board, Shows, State

WORDS = st.integers(0, 0xFFFF)
UNITS = st.integers(1, 247)
LAMPS = st.lists(st.sampled_from(Shows), min_size=8, max_size=8).map(tuple)
STATES = st.builds(
    State,
    open_doors=st.frozensets(st.integers(0, 15)),
    struck=st.booleans(),
    remembered=st.booleans(),
    degrees=st.none() | st.integers(-400, 1250).map(lambda tenths: tenths / 10),
    lamps=LAMPS,
)
READ = Message(1, READ_INPUT, cabinet.STATE, cabinet.STATE_SIZE)


def heard(data: bytes, *, asked: bool = False) -> list[Message]:
    return Rtu(asked=asked).feed(data)


@pytest.mark.parametrize(
    ("registers", "seen"),
    [
        ([0, 0, 250, *[0] * 8], State()),
        ([0b101, 0, 250, *[0] * 8], State(open_doors=frozenset({0, 2}))),
        ([0, 1, 250, *[0] * 8], State(struck=True)),
        ([0, 2, 250, *[0] * 8], State(remembered=True)),
        ([0, 0, 0xFFCE, *[0] * 8], State(degrees=-5.0)),
        ([0, 0, 0x8000, *[0] * 8], State(degrees=None)),
        ([0, 0, 250, 2, 1, *[0] * 6], State(lamps=(2, 1, 0, 0, 0, 0, 0, 0))),
    ],
)
def test_the_map_is_what_the_document_says(registers: list[int], seen: State) -> None:
    assert State.of(registers) == seen
    assert list(seen.registers()) == registers


@given(STATES)
def test_every_state_survives_its_registers(state: State) -> None:
    assert State.of(state.registers()) == state


@given(st.lists(WORDS, min_size=11, max_size=11))
def test_no_registers_are_too_strange_to_be_read(registers: list[int]) -> None:
    assert set(State.of(registers).open_doors) <= set(range(16))


def test_a_block_that_is_not_whole_is_nothing_and_never_a_board_of_ours() -> None:
    for block, size in ((Board, cabinet.BOARD_SIZE), (State, cabinet.STATE_SIZE)):
        for short in range(size):
            with pytest.raises(ValueError, match="registers of"):
                block.of([0] * short)


def test_a_board_of_another_kind_or_version_is_not_known() -> None:
    assert Board.of(Board().registers()).known
    assert not replace(Board(), magic=0).known
    assert not replace(Board(), version=2).known


# --- frames ---


def test_the_frames_are_those_of_the_specification() -> None:
    """MODBUS Application Protocol 1.1b3, 6.4 and 6.12, worked out by hand."""
    assert question(Message(1, READ_INPUT, 0x10, 11)).hex(" ") == "01 04 00 10 00 0b b0 08"
    assert question(Message(1, WRITE_HOLDING, 0, 2, (1, 2))).hex(" ")[:32] == "01 10 00 00 00 02 04 00 01 00 02"
    assert answer(Message(7, READ_INPUT, error=2)).hex(" ")[:8] == "07 84 02"


@given(UNITS, st.sampled_from([READ_INPUT, READ_HOLDING]), st.lists(WORDS, min_size=1, max_size=100))
def test_every_answer_arrives_as_it_was_said(unit: int, function: int, registers: list[int]) -> None:
    said = Message(unit, function, registers=tuple(registers))
    (got,) = heard(answer(said))
    assert (got.unit, got.function, got.registers, got.error) == (unit, function, said.registers, 0)


@given(UNITS, WORDS, st.lists(WORDS, min_size=1, max_size=100))
def test_every_question_arrives_as_it_was_asked(unit: int, address: int, registers: list[int]) -> None:
    asked = Message(unit, WRITE_HOLDING, address, len(registers), tuple(registers))
    assert heard(question(asked), asked=True) == [asked]
    assert heard(question(Message(unit, READ_INPUT, address, 5)), asked=True) == [Message(unit, READ_INPUT, address, 5)]


def test_every_cut_of_an_answer_gives_the_same_answer_once() -> None:
    frame = answer(Message(1, READ_INPUT, registers=State().registers()))
    for at in range(1, len(frame)):
        codec = Rtu()
        assert codec.feed(frame[:at]) == []
        assert [message.registers for message in codec.feed(frame[at:])] == [State().registers()]
    codec = Rtu()
    assert sum(len(codec.feed(frame[at : at + 1])) for at in range(len(frame))) == 1


@given(st.data())
def test_a_flipped_bit_is_never_taken_for_an_answer(data: st.DataObject) -> None:
    frame = bytearray(answer(Message(1, READ_INPUT, registers=State().registers())))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert heard(bytes(frame)) == []


@given(st.lists(st.binary(max_size=300), max_size=20), st.booleans())
def test_hostile_bytes_cost_at_most_one_frame_of_memory(pieces: list[bytes], asked: bool) -> None:
    codec = Rtu(asked=asked)
    for piece in pieces:
        codec.feed(piece)
        assert len(codec._buffer) <= LONGEST
    codec.forget()
    whole = question(READ) if asked else answer(Message(1, READ_INPUT, registers=(1, 2)))
    assert len(codec.feed(whole)) == 1


@given(st.binary(min_size=1, max_size=200))
def test_a_right_checksum_over_nonsense_is_still_nonsense(body: bytes) -> None:
    frame = body + FramerRTU.compute_CRC(body).to_bytes(2, "big")
    for asked in (True, False):
        for message in heard(frame, asked=asked):
            assert message.function in {READ_INPUT, READ_HOLDING, WRITE_HOLDING} or message.error
            assert all(0 <= value <= 0xFFFF for value in message.registers)


def test_a_function_that_nobody_uses_here_is_noise() -> None:
    assert heard(bytes.fromhex("01 05 00 00 ff 00 8c 3a")) == []  # a whole answer to "write single coil"


def test_a_no_is_heard_by_who_asked_and_only_to_a_function_that_is_used_here() -> None:
    ours = answer(Message(1, READ_INPUT, error=2))
    theirs = answer(Message(1, 0x05, error=2))
    assert heard(ours) == [Message(1, READ_INPUT, error=2)]
    assert heard(theirs) == Rtu(asked=True).feed(ours) == Rtu(asked=True).feed(theirs) == []


def test_a_no_without_a_reason_is_no_yes() -> None:
    nothing = bytes([1, 0x80 | WRITE_HOLDING, 0])
    assert heard(nothing + FramerRTU.compute_CRC(nothing).to_bytes(2)) == []


def test_an_order_to_write_more_than_it_brings_is_noise() -> None:
    whole = question(Message(1, WRITE_HOLDING, 0, 1, (7,)))
    more = whole[:4] + b"\0\2" + whole[6:-2]
    assert heard(whole, asked=True) == [Message(1, WRITE_HOLDING, 0, 1, (7,))]
    assert heard(more + FramerRTU.compute_CRC(more).to_bytes(2), asked=True) == []


def test_a_frame_that_cannot_be_is_not_built() -> None:
    with pytest.raises(ValueError, match="format"):
        question(Message(1, WRITE_HOLDING, 0, 0xFFFF))


def test_a_flood_of_noise_does_not_hold_the_loop() -> None:
    import time  # noqa: PLC0415

    codec = Rtu()
    begun = time.process_time()
    codec.feed(b"\x01" * 65536)
    assert time.process_time() - begun < 0.02
