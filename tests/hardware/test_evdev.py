"""Input events: the struct byte by byte, packets, lost events, a row out of step, questions, names of keys."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import evdev
from hardware.protocols.evdev import (
    EV_KEY,
    EV_SW,
    EV_SYN,
    MOST,
    SW_HEADPHONE_INSERT,
    SYN_DROPPED,
    Change,
    Damaged,
    Events,
    Overrun,
    Said,
    bits_of,
    codes_in,
    encode,
)
from hardware.protocols.evdev_keys import DIGITS, NAMES

HEADER = Path("/usr/include/linux/input-event-codes.h")
ENTER = Change(EV_KEY, 28, 1)
PACKET_64 = bytes.fromhex(
    "0200000000000000 20a1070000000000 0100 1c00 01000000"  # 2.5 s, EV_KEY, KEY_ENTER, pressed
    "0200000000000000 20a1070000000000 0000 0000 00000000"  # 2.5 s, EV_SYN, SYN_REPORT
)
PACKET_32 = bytes.fromhex("02000000 20a10700 0100 1c00 01000000 02000000 20a10700 0000 0000 00000000")
CHANGES = st.one_of(
    st.builds(Change, st.just(EV_KEY), st.integers(0, 0x2FF), st.integers(0, 2)),
    st.builds(Change, st.just(EV_SW), st.integers(0, 0x10), st.integers(0, 1)),
    st.builds(Change, st.just(4), st.integers(0, 7), st.integers(-(2**31), 2**31 - 1)),
)


@pytest.mark.parametrize(("size", "packet"), [(24, PACKET_64), (16, PACKET_32)])
def test_a_packet_is_read_and_written_byte_by_byte(size: int, packet: bytes) -> None:
    assert Events(size).feed(packet) == [ENTER]
    assert encode(ENTER, at=2.5, size=size) == packet


@pytest.mark.parametrize("size", [24, 16])
def test_every_cut_of_two_packets_gives_the_same_changes(size: int) -> None:
    both = encode(ENTER, Change(4, 4, 458792), size=size) + encode(Change(EV_KEY, 28, 0), size=size)
    said: list[Said] = [ENTER, Change(4, 4, 458792), Change(EV_KEY, 28, 0)]
    for at in range(len(both) + 1):
        codec = Events(size)
        assert codec.feed(both[:at]) + codec.feed(both[at:]) == said


def test_a_change_counts_when_its_packet_ends() -> None:
    codec = Events()
    whole = encode(ENTER)
    assert codec.feed(whole[: evdev.SIZE]) == []
    assert codec.feed(whole[evdev.SIZE :]) == [ENTER]


def test_after_lost_events_the_rest_of_the_packet_is_ignored_and_the_state_asked() -> None:
    codec = Events()
    report = encode(ENTER)[evdev.SIZE :]
    cut_off = encode(ENTER)[: evdev.SIZE]
    dropped = encode(Change(EV_SYN, SYN_DROPPED, 0))[: evdev.SIZE]
    assert codec.feed(cut_off + dropped + cut_off + report) == [Overrun()]
    assert codec.feed(encode(ENTER)) == [ENTER]


@pytest.mark.parametrize(
    "event",
    [
        evdev.EVENTS[24].pack(1, 1_000_000, EV_KEY, 28, 1),
        evdev.EVENTS[24].pack(1, -1, EV_KEY, 28, 1),
        evdev.EVENTS[24].pack(-1, 0, EV_KEY, 28, 1),
        evdev.EVENTS[24].pack(1, 0, 0x20, 28, 1),
        evdev.EVENTS[24].pack(1, 0, EV_KEY, 0x300, 1),
        evdev.EVENTS[24].pack(1, 0, EV_KEY, 28, 3),
        evdev.EVENTS[24].pack(1, 0, EV_SW, 2, 2),
    ],
)
def test_what_cannot_be_an_event_is_damage_once_and_then_silence(event: bytes) -> None:
    codec = Events(24)
    assert codec.feed(encode(ENTER, size=24) + event + encode(ENTER, size=24)) == [ENTER, Damaged()]
    assert codec.feed(encode(ENTER, size=24) * 100) == []
    assert codec._buffer == b""


def test_a_packet_without_end_is_damage_and_not_memory() -> None:
    codec = Events()
    event = encode(ENTER)[: evdev.SIZE]
    assert codec.feed(event * MOST) == []
    assert codec.feed(event) == [Damaged()]
    assert codec._packet == []


@given(st.lists(st.lists(CHANGES, max_size=5), max_size=5), st.sampled_from([24, 16]), st.integers(0, 500))
def test_what_the_kernel_says_is_what_is_heard(packets: list[list[Change]], size: int, cut: int) -> None:
    wire = b"".join(encode(*packet, at=3.25, size=size) for packet in packets)
    codec = Events(size)
    assert codec.feed(wire[:cut]) + codec.feed(wire[cut:]) == [change for packet in packets for change in packet]


@given(st.lists(st.binary(max_size=200), max_size=20), st.sampled_from([24, 16]))
def test_hostile_bytes_are_survived_in_bounded_memory(pieces: list[bytes], size: int) -> None:
    codec = Events(size)
    said = [said for piece in pieces for said in codec.feed(piece)]
    assert said.count(Damaged()) <= 1
    assert len(codec._buffer) < size
    assert len(codec._packet) <= MOST


@given(st.frozensets(st.integers(0, 0x2FF)))
def test_the_answer_of_a_question_is_bits(codes: frozenset[int]) -> None:
    assert codes_in(bits_of(codes)) == codes


def test_questions_have_the_numbers_of_the_kernel() -> None:
    assert evdev.GRAB == 0x40044590
    assert evdev.STATE == {EV_KEY: 0x80604518, EV_SW: 0x8060451B}
    assert evdev.CODES == {EV_KEY: 0x80604521, EV_SW: 0x80604525}


def test_keys_have_the_codes_of_the_kernels_header() -> None:
    defined = dict(re.findall(r"^#define (\w+)\s+(0x[0-9a-f]+|\d+)\b", HEADER.read_text(), re.MULTILINE))
    assert {name: int(defined[name], 0) for name in NAMES} == NAMES
    assert int(defined["SW_HEADPHONE_INSERT"], 0) == SW_HEADPHONE_INSERT
    assert len(NAMES) == len(set(NAMES.values()))


def test_every_digit_can_come_from_three_rows_of_keys() -> None:
    assert sorted(DIGITS.values()) == sorted("0123456789" * 3)
    assert {name: DIGITS[NAMES[name]] for name in ("KEY_0", "KEY_KP7", "KEY_NUMERIC_9")} == {
        "KEY_0": "0",
        "KEY_KP7": "7",
        "KEY_NUMERIC_9": "9",
    }
