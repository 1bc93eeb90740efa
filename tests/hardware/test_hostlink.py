"""The framing between the kiosk and its host processes."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols.hostlink import HEAD_LIMIT, LIMIT, MAGIC, Broken, HostLink, Message, encode

HEADS = st.dictionaries(
    st.text(max_size=8), st.integers() | st.text(max_size=8) | st.none() | st.booleans(), max_size=4
)
MESSAGES = st.builds(Message, HEADS, st.binary(max_size=300))


@given(st.lists(MESSAGES, max_size=4), st.integers(1, 64))
def test_messages_arrive_whole_however_the_pipe_cuts_them(messages: list[Message], step: int) -> None:
    wire, codec = b"".join(map(encode, messages)), HostLink()
    got = [message for at in range(0, len(wire), step) for message in codec.feed(wire[at : at + step])]
    assert got == messages


def test_a_library_that_prints_into_our_pipe_breaks_the_line_once() -> None:
    codec = HostLink()
    assert codec.feed(b"warning: deprecated\n") == [Broken("not a hostlink frame")]
    assert codec.feed(encode(Message({"id": 1}))) == []


@given(MESSAGES, st.data())
def test_a_flipped_bit_is_never_taken_for_an_answer(message: Message, data: st.DataObject) -> None:
    wire = bytearray(encode(message))
    at = data.draw(st.integers(0, len(wire) - 1))
    wire[at] ^= 1 << data.draw(st.integers(0, 7))
    assert message not in HostLink().feed(bytes(wire))


def test_a_frame_over_sixteen_megabytes_is_refused_before_it_is_read() -> None:
    head = MAGIC + (10).to_bytes(4, "big") + LIMIT.to_bytes(4, "big") + bytes(4)
    assert HostLink().feed(head) == [Broken("frame too large")]


def test_a_message_over_sixteen_megabytes_is_not_built() -> None:
    with pytest.raises(ValueError, match="at most"):
        encode(Message({}, bytes(LIMIT)))


def test_a_head_as_large_as_a_body_is_neither_built_nor_read() -> None:
    with pytest.raises(ValueError, match="in its head"):
        encode(Message({"detail": "x" * HEAD_LIMIT}))
    head = MAGIC + (HEAD_LIMIT + 1).to_bytes(4, "big") + bytes(8)
    assert HostLink().feed(head) == [Broken("frame too large")]


def framed(head: bytes) -> bytes:
    return struct.pack(">4sIII", MAGIC, len(head), 0, zlib.crc32(head)) + head


HOSTILE = {
    "not an object": b"[1]",
    "not JSON": b"{",
    "not UTF-8": b'{"a":"\xff"}',
    "half a character": b'{"a":"\\ud800"}',
    "half a character in a name": b'{"\\udc00":1}',
    "nested without end": b'{"a":' * 10_000,
    "a number without end": b'{"a":' + b"1" * 10_000 + b"}",
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE)
def test_a_head_that_is_no_object_breaks_the_line(head: bytes) -> None:
    assert isinstance(HostLink().feed(framed(head))[0], Broken)


def test_broken_characters_of_a_library_do_not_cost_the_host() -> None:
    assert HostLink().feed(encode(Message({"detail": "caf\udce9"}))) == [Message({"detail": "caf?"})]


@given(st.binary(max_size=200))
def test_hostile_bytes_never_raise(noise: bytes) -> None:
    HostLink().feed(noise)


def test_a_document_is_not_shown_in_a_log() -> None:
    assert "secret" not in repr(Message({"id": 1}, b"secret"))
