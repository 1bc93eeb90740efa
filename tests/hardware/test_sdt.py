"""The SDT codec: the byte tables of the reference, every cut, noise, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import sdt
from hardware.protocols.sdt import Action, Command, Damaged, Reading, Request, Response

COMMANDS = {
    Command.RESET: "00 03 10 FF EC",
    Command.STATUS: "00 03 11 FF ED",
    Command.SAM_ID: "00 03 12 FF EE",
    Command.FIND: "00 03 20 01 22",
    Command.SELECT: "00 03 20 02 21",
    Command.READ: "00 03 30 01 32",
    Command.READ_WITH_FINGERPRINT: "00 03 30 10 23",
    Command.READ_ADDRESS: "00 03 30 03 30",
    Command.READ_MANAGEMENT: "00 03 30 05 36",
    Command.BAUD_115200: "00 03 60 00 63",
    Command.BAUD_57600: "00 03 60 01 62",
    Command.BAUD_38400: "00 03 60 02 61",
    Command.BAUD_19200: "00 03 60 03 60",
    Command.BAUD_9600: "00 03 60 04 67",
    Command.RF_BLOCK_50: "00 04 61 FF 50 CA",
    Command.RF_BLOCK_58: "00 04 61 FF 58 C2",
}
ANSWERS = [
    (Response(0x90), "00 04 00 00 90 94", 11),
    (Response(0x9F, bytes(4)), "00 08 00 00 9F 00 00 00 00 97", 15),
    (Response(0x80), "00 04 00 00 80 84", 11),
    (Response(0x90, bytes(8)), "00 0C 00 00 90 00 00 00 00 00 00 00 00 9C", 19),
    (Response(0x81), "00 04 00 00 81 85", 11),
    (Response(0x41), "00 04 00 00 41 45", 11),
    (Response(0x91), "00 04 00 00 91 95", 11),
    (Response(0x10), "00 04 00 00 10 14", 11),
    (Response(0x21), "00 04 00 00 21 25", 11),
    (Response(0x60), "00 04 00 00 60 64", 11),
    (Response(0x66), "00 04 00 00 66 62", 11),
]
READ = Response(0x90, Reading(bytes(range(256)), b"\x5a" * 1024).encode())
SHORT = [Response(0x80), Response(0x9F, bytes(4)), Response(0x90, bytes(8))]


@pytest.mark.parametrize("command", list(Command))
def test_every_command_is_the_frame_of_the_table(command: Command) -> None:
    frame = bytes.fromhex("AAAAAA9669" + COMMANDS[command])
    assert sdt.request(command) == frame
    heard = sdt.requests().feed(frame)
    assert heard == [Request(command.value)]
    assert isinstance(heard[0], Request)
    assert heard[0].command is command
    assert heard[0].encode() == frame


@pytest.mark.parametrize(("answer", "body", "size"), ANSWERS)
def test_every_answer_is_the_frame_of_the_table(answer: Response, body: str, size: int) -> None:
    frame = bytes.fromhex("AAAAAA9669" + body)
    assert len(frame) == size
    assert answer.encode() == frame
    assert sdt.responses().feed(frame) == [answer]


def test_a_read_has_text_and_photo_where_the_table_says() -> None:
    frame = READ.encode()
    assert len(frame) == 1295
    assert frame[5:14] == bytes.fromhex("0508 000090 0100 0400")
    assert frame[14:270] == bytes(range(256))
    assert frame[270:1294] == b"\x5a" * 1024
    assert sdt.reading(READ.data) == Reading(bytes(range(256)), b"\x5a" * 1024)


@pytest.mark.parametrize(("finger", "length", "size"), [(0, 0x050A, 1297), (512, 0x070A, 1809), (1024, 0x090A, 2321)])
def test_a_read_with_fingerprints_has_three_lengths(finger: int, length: int, size: int) -> None:
    content = Reading(bytes(256), bytes(1024), b"C" * finger)
    answer = Response(0x90, content.encode(fingerprint=True))
    frame = answer.encode()
    assert (int.from_bytes(frame[5:7]), len(frame)) == (length, size)
    assert sdt.responses().feed(frame) == [answer]
    assert sdt.reading(answer.data, fingerprint=True) == content
    assert sdt.fits(Command.READ_WITH_FINGERPRINT, answer)


@pytest.mark.parametrize("data", [b"", b"\1\0\4\0", b"\1\0\4\0" + bytes(1279), b"\4\0\1\0" + bytes(1280)])
def test_a_read_whose_lengths_do_not_agree_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="lengths"):
        sdt.reading(data)


def test_the_sam_id_reads_as_it_is_printed() -> None:
    data = bytes.fromhex("0500 0300 2A413401 37110000 01000000")
    assert sdt.sam_id(data) == "05.03-20201770-0000004407-0000000001"
    with pytest.raises(ValueError, match="16"):
        sdt.sam_id(b"\1")


def test_every_cut_of_every_frame_gives_the_same_answers() -> None:
    whole = b"".join(answer.encode() for answer in SHORT)
    for first in range(len(whole) + 1):
        for second in range(first, len(whole) + 1):
            decoder = sdt.responses()
            pieces = (whole[:first], whole[first:second], whole[second:])
            assert [frame for piece in pieces for frame in decoder.feed(piece)] == SHORT


def test_every_cut_of_a_whole_read_gives_the_read() -> None:
    frame = READ.encode()
    for cut in range(len(frame) + 1):
        decoder = sdt.responses()
        assert decoder.feed(frame[:cut]) + decoder.feed(frame[cut:]) == [READ]


@pytest.mark.parametrize(
    "noise", [b"\0", b"\xaa", b"\xaa\xaa\xaa\xaa", b"\xaa\xaa\xaa\x96", b"\x96\x69", bytes(range(160))]
)
def test_noise_before_and_after_a_frame_is_dropped(noise: bytes) -> None:
    decoder = sdt.responses()
    assert decoder.feed(noise + SHORT[0].encode() + noise + SHORT[1].encode() + noise) == SHORT[:2]


def test_noise_inside_a_frame_damages_it_alone() -> None:
    frame = SHORT[2].encode()
    for at in range(len(sdt.PREAMBLE), len(frame)):
        decoder = sdt.responses()
        found = decoder.feed(frame[:at] + b"\x33" + frame[at:] + SHORT[0].encode() * 400)
        assert found[0] == Damaged()
        assert found[-1] == SHORT[0]
        assert {type(message) for message in found} == {Damaged, Response}


def test_every_flipped_bit_is_noticed() -> None:
    frame = SHORT[1].encode()
    for at in range(len(frame) * 8):
        flipped = bytearray(frame)
        flipped[at // 8] ^= 1 << at % 8
        assert SHORT[1] not in sdt.responses().feed(bytes(flipped))


def test_a_frame_that_was_cut_off_does_not_swallow_the_next_one() -> None:
    decoder = sdt.responses()
    assert decoder.feed(SHORT[2].encode()[:9]) == []
    assert decoder.feed(SHORT[0].encode() + SHORT[1].encode()) == [Damaged(), SHORT[0], SHORT[1]]


def test_an_impossible_length_is_damage_at_once() -> None:
    assert sdt.responses().feed(bytes.fromhex("AAAAAA9669 FFFF")) == [Damaged()]
    assert sdt.requests().feed(bytes.fromhex("AAAAAA9669 0002")) == [Damaged()]


@given(
    st.lists(
        st.one_of(st.binary(max_size=40), st.sampled_from([b"\xaa\xaa\xaa\x96\x69", b"\x09\x0a", READ.encode()[:50]]))
    )
)
def test_hostile_bytes_never_crash_and_never_pile_up(pieces: list[bytes]) -> None:
    for decoder in (sdt.responses(), sdt.requests()):
        for piece in pieces:
            decoder.feed(piece)
            assert len(decoder._kept) <= sdt.HEAD + sdt.LONGEST_RESPONSE
        decoder.feed(bytes(sdt.LONGEST_RESPONSE))
        good = Response(0x90).encode() if decoder._longest == sdt.LONGEST_RESPONSE else sdt.request(Command.FIND)
        assert not isinstance(decoder.feed(good)[-1], Damaged)


@given(st.binary(max_size=30), st.binary(min_size=2, max_size=2), st.integers(0, 255))
def test_what_is_encoded_is_decoded(data: bytes, card: bytes, status: int) -> None:
    answer = Response(status, data, card)
    assert sdt.responses().feed(answer.encode()) == [answer]


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (0x90, Action.GO_ON),
        (0x9F, Action.GO_ON),
        (0x10, Action.RESEND),
        (0x11, Action.RESEND),
        (0x21, Action.RESET),
        (0x23, Action.FAULT),
        (0x24, Action.RETRY),
        (0x31, Action.LAY_AGAIN),
        (0x32, Action.REFUSE),
        (0x33, Action.REFUSE),
        (0x40, Action.REFUSE),
        (0x41, Action.LAY_AGAIN),
        (0x47, Action.LAY_AGAIN),
        (0x60, Action.OUT_OF_SERVICE),
        (0x66, Action.OUT_OF_SERVICE),
        (0x80, Action.POLL),
        (0x81, Action.POLL),
        (0x91, Action.EMPTY),
        (0xEE, Action.FAULT),
    ],
)
def test_every_status_has_its_action(status: int, action: Action) -> None:
    assert Response(status).meaning.action is action


def test_a_status_says_what_the_card_said() -> None:
    assert str(Response(0x41, card=b"\x6a\x82")) == "41 read failed (card 6a82)"
    assert str(Response(0x80)) == "80 find failed: no card"


@pytest.mark.parametrize(
    ("command", "own", "strange"),
    [
        (Command.FIND, Response(0x9F, bytes(4)), Response(0x90)),
        (Command.SELECT, Response(0x90, bytes(8)), Response(0x80)),
        (Command.READ, READ, Response(0x90, bytes(8))),
        (Command.STATUS, Response(0x90), READ),
        (Command.SAM_ID, Response(0x90, bytes(16)), Response(0x90)),
        (Command.READ_ADDRESS, Response(0x91), Response(0x9F, bytes(4))),
        (Command.RESET, Response(0x66), Response(0x41)),
    ],
)
def test_a_late_answer_to_another_question_does_not_fit(command: Command, own: Response, strange: Response) -> None:
    assert sdt.fits(command, own)
    assert not sdt.fits(command, strange)
