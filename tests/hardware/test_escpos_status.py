"""The answers of an ESC/POS printer: told apart by fixed bits, whole or torn, with noise around."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols.escpos_status import (
    Ask,
    EscPosAnswers,
    Executed,
    Presenter,
    Status,
    StatusByte,
    ask,
    ask_executed,
)

STATUSES = st.builds(
    Status,
    offline=st.booleans(),
    cover_open=st.booleans(),
    paper_end=st.booleans(),
    paper_low=st.booleans(),
    recoverable=st.booleans(),
    cutter=st.booleans(),
    broken=st.booleans(),
    too_hot=st.booleans(),
)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({Ask.PRINTER: 0x12, Ask.OFFLINE: 0x12, Ask.ERROR: 0x12, Ask.PAPER: 0x12}, Status()),
        ({Ask.PRINTER: 0x1A}, Status(offline=True)),
        ({Ask.OFFLINE: 0x16}, Status(cover_open=True)),
        ({Ask.OFFLINE: 0x32}, Status(paper_end=True)),
        ({Ask.ERROR: 0x1A}, Status(cutter=True)),
        ({Ask.ERROR: 0x32}, Status(broken=True)),
        ({Ask.ERROR: 0x52}, Status(too_hot=True)),
        ({Ask.PAPER: 0x1E}, Status(paper_low=True)),
        ({Ask.PAPER: 0x7E}, Status(paper_low=True, paper_end=True)),
    ],
)
def test_the_bits_are_those_of_the_manual(answers: dict[Ask, int], status: Status) -> None:
    assert Status.of(answers) == status


@given(STATUSES)
def test_a_status_survives_its_four_bytes(status: Status) -> None:
    assert Status.of({question: status.byte(question) for question in Ask}) == status


@given(STATUSES, st.sampled_from(list(Ask)))
def test_every_status_byte_is_recognised_as_one(status: Status, question: Ask) -> None:
    byte = status.byte(question)
    assert EscPosAnswers().feed(bytes((byte,))) == [StatusByte(byte)]


def test_questions_are_those_of_the_manual() -> None:
    assert ask(Ask.PAPER) == bytes.fromhex("10 04 04")
    assert ask_executed("0042") == bytes.fromhex("1D 28 48 06 00 30 30 30 30 34 32")


@pytest.mark.parametrize("process", ["", "123", "12345", "12\n4", "一二三四"])
def test_a_process_id_that_the_printer_would_not_take_is_refused(process: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeEncodeError is one too
        ask_executed(process)


@given(st.lists(st.integers(0, 20), max_size=6))
def test_a_torn_answer_is_put_together(cuts: list[int]) -> None:
    wire = Executed("0007").encode() + b"\x12" + Presenter(True).encode() + b"\x1a"
    codec, got, at = EscPosAnswers(), [], 0
    for cut in sorted({*cuts, len(wire)}):
        got += codec.feed(wire[at:cut])
        at = max(at, cut)
    assert got == [Executed("0007"), StatusByte(0x12), Presenter(True), StatusByte(0x1A)]


def test_flow_control_and_noise_are_skipped() -> None:
    assert EscPosAnswers().feed(b"\x11\x13\xff\x00\x37\x99\x12") == [StatusByte(0x12)]


def test_a_confirmation_with_a_wrong_byte_is_none() -> None:
    assert Executed("0007") not in EscPosAnswers().feed(b"\x37\x220007\x01" + b"\x12")


@given(st.binary(max_size=200))
def test_hostile_bytes_never_raise_and_never_block_the_next_answers(noise: bytes) -> None:
    codec = EscPosAnswers()
    codec.feed(noise)
    tail = codec.feed(b"\x12" * 8)
    assert tail[-1] == StatusByte(0x12)
