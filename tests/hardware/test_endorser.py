"""The permit unit's wire: the byte table of the document, every cut, noise, hostile bytes, nothing unbounded."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols.endorser import (
    HEAD,
    LONGEST,
    PREAMBLE,
    Command,
    Decoder,
    Flag,
    Frame,
    Item,
    Job,
    Keep,
    Kind,
    Malformed,
    Position,
    Reason,
    Result,
)
from hardware.protocols.endorser_content import LONGEST_JOB, LONGEST_LINE, MOST_LINES, Answer, Order, Reading, Status

SESSION = 0x11223344
DOCUMENT = (Path(__file__).parents[2] / "docs/permit-unit.md").read_text("utf-8")
INSIDE = Status(Position.INSIDE, retained=2, stay=7)
PRINTING = Status(Position.PRINTING, Flag.MOVING, Reason.NONE, 2, 7, "J1", Job.PRINTING, 40)
LINE = "CSC000000004<2404200<8108038<6"


def request(command: Command, sequence: int, payload: bytes = b"") -> Frame:
    return Frame(Kind.REQUEST, command, SESSION, sequence, payload)


def answer(command: Command, sequence: int, content: Answer) -> Frame:
    return Frame(Kind.ANSWER, command, SESSION, sequence, content.encode())


TABLE = {
    "HELLO": request(Command.HELLO, 1),
    "HELLO answered, no card": answer(Command.HELLO, 1, Answer(Result.OK, Status(Position.NONE), b"SAMPLE")),
    "ACCEPT": request(Command.ACCEPT, 2),
    "event, card inside, stay 7": Frame(Kind.EVENT, 0, SESSION, 1, INSIDE.encode()),
    "READ": request(Command.READ, 3),
    "READ answered, specimen": answer(Command.READ, 3, Answer(Result.OK, INSIDE, Reading(1, LINE).encode())),
    "PRINT J1, one line": request(Command.PRINT, 4, Order("J1", 7, ("样本",)).encode()),
    "JOB J1": request(Command.JOB, 5, b"J1"),
    "JOB J1 answered, 40 %": answer(Command.JOB, 5, Answer(Result.OK, PRINTING)),
    "EJECT": request(Command.EJECT, 6),
    "RETAIN, forgotten": request(Command.RETAIN, 7, bytes([Keep.FORGOTTEN])),
    "RESET, leave it": request(Command.RESET, 8, bytes([Item.LEAVE])),
}


def test_the_documents_byte_table_is_the_one_tested_here() -> None:
    written = dict(re.findall(r"^\| ([^|`]+?) \| `([0-9A-F ]+)` \|$", DOCUMENT, re.MULTILINE))
    assert written == {name: frame.encode().hex(" ").upper() for name, frame in TABLE.items()}


@pytest.mark.parametrize("words", [Command, Result, Position, Flag, Reason, Job, Item, Keep])
def test_the_document_has_every_word_with_its_number(words: type[Command]) -> None:
    for word in words:
        if word.name != "EVENT":
            assert re.search(rf"\b{word.value} {word.name}\b", DOCUMENT), word


@pytest.mark.parametrize("name", TABLE)
def test_every_cut_of_every_frame_gives_the_frame(name: str) -> None:
    data = TABLE[name].encode()
    for at in range(len(data) + 1):
        decoder = Decoder()
        assert decoder.feed(data[:at]) + decoder.feed(data[at:]) == [TABLE[name]]


@pytest.mark.parametrize("noise", [b"\x00", PREAMBLE, PREAMBLE[:1], PREAMBLE + b"\x01\x01", b"\xff" * 50])
def test_noise_before_between_and_after_costs_nothing_else(noise: bytes) -> None:
    first, second = TABLE["HELLO"], TABLE["JOB J1"]
    heard = Decoder().feed(noise + first.encode() + noise + second.encode() + noise)
    assert heard == [first, second]


def test_a_flipped_bit_anywhere_drops_that_frame_only() -> None:
    data = TABLE["READ answered, specimen"].encode()
    for at in range(len(data) * 8):
        spoiled = bytearray(data)
        spoiled[at // 8] ^= 1 << at % 8
        assert Decoder().feed(bytes(spoiled) + TABLE["EJECT"].encode()) == [TABLE["EJECT"]], at


def test_a_length_that_was_never_sent_is_not_waited_for() -> None:
    data = bytearray(TABLE["EJECT"].encode())
    data[len(PREAMBLE) + 9] = 0x07
    assert Decoder().feed(bytes(data) + TABLE["ACCEPT"].encode()) == [TABLE["ACCEPT"]]


def test_a_frame_of_another_version_is_not_heard() -> None:
    import hardware.protocols.endorser as wire  # noqa: PLC0415 - only this story lives in another version

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "VERSION", 2)
        newer = TABLE["HELLO"].encode()
    assert Decoder().feed(newer) == []


def test_an_answer_fits_its_own_question_and_no_other() -> None:
    reply = TABLE["HELLO answered, no card"]
    assert reply.answers(TABLE["HELLO"])
    assert not reply.answers(request(Command.HELLO, 2))
    assert not reply.answers(request(Command.STATUS, 1))
    assert not reply.answers(Frame(Kind.REQUEST, Command.HELLO, SESSION + 1, 1))
    assert not TABLE["HELLO"].answers(TABLE["HELLO"])
    assert not Frame(Kind.EVENT, Command.HELLO, SESSION, 1).answers(TABLE["HELLO"])


STATUSES = st.builds(
    Status,
    st.sampled_from(Position),
    st.integers(0, 31).map(Flag),
    st.sampled_from(Reason),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.text(st.characters(max_codepoint=127), max_size=LONGEST_JOB),
    st.sampled_from(Job),
    st.integers(0, 100),
    st.sampled_from(Reason),
)
ORDERS = st.builds(
    Order,
    st.text(st.characters(max_codepoint=127), min_size=1, max_size=LONGEST_JOB),
    st.integers(0, 0xFFFFFFFF),
    st.lists(st.text(st.characters(codec="utf-8"), max_size=24), min_size=1, max_size=MOST_LINES).map(tuple),
)


@given(STATUSES, st.binary(max_size=20))
def test_every_status_comes_back_as_it_was(status: Status, rest: bytes) -> None:
    assert Status.decode(status.encode() + rest) == (status, rest)


@given(ORDERS)
def test_every_order_comes_back_as_it_was_and_fits_a_frame(order: Order) -> None:
    assert Order.decode(order.encode()) == order
    assert len(order.encode()) <= LONGEST


@pytest.mark.parametrize(
    ("job", "lines"),
    [
        ("", ("a",)),
        ("J" * (LONGEST_JOB + 1), ("a",)),
        ("样本", ("a",)),
        ("J", ()),
        ("J", ("a",) * (MOST_LINES + 1)),
        ("J", ("a" * (LONGEST_LINE + 1),)),
    ],
)
def test_what_does_not_fit_on_a_card_is_not_sent(job: str, lines: tuple[str, ...]) -> None:
    with pytest.raises(Malformed):
        Order(job, 1, lines).encode()


@given(st.binary(max_size=300))
def test_hostile_content_is_malformed_or_means_something(data: bytes) -> None:
    for decode in (Status.decode, Answer.decode, Reading.decode, Order.decode):
        try:
            decode(data)
        except Malformed:
            continue


@given(st.lists(st.binary(max_size=200) | st.sampled_from([f.encode() for f in TABLE.values()]), max_size=20))
def test_a_hostile_stream_never_crashes_and_keeps_never_more_than_a_frame(pieces: list[bytes]) -> None:
    decoder = Decoder()
    for piece in pieces:
        decoder.feed(piece)
        assert len(decoder._kept) < HEAD + LONGEST + 4


def test_a_megabyte_of_preambles_is_searched_in_linear_time() -> None:
    decoder = Decoder()
    for _ in range(256):
        assert decoder.feed(PREAMBLE * 2048) == []
    assert decoder.feed(TABLE["EJECT"].encode()) == [TABLE["EJECT"]]
