"""ZVT framings: the checked frames in both directions, every cut, doubling, CRC, noise, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import zvt
from hardware.protocols.zvt import Apdu, SerialFraming, Sign, TcpFraming, serial_frame, take_apdu, tcp_frame

CHECKED = {
    "80 00 00": "10 02 80 00 00 10 03 F5 1F",
    "84 9C 00": "10 02 84 9C 00 10 03 C3 41",
    "84 66 00": "10 02 84 66 00 10 03 8D BE",
    "06 0F 00": "10 02 06 0F 00 10 03 C6 33",
    "06 1E 01 6C": "10 02 06 1E 01 6C 10 03 C9 F2",
    "04 FF 01 0A": "10 02 04 FF 01 0A 10 03 F5 7D",
    "06 00 06 00 00 00 BE 01 56": "10 02 06 00 06 00 00 00 BE 01 56 10 03 DD D5",
    "06 01 0A 04 00 00 00 00 80 00 49 01 56": "10 02 06 01 0A 04 00 00 00 00 80 00 49 01 56 10 03 D4 58",
    "06 01 07 04 00 00 00 00 10 00": "10 02 06 01 07 04 00 00 00 00 10 10 00 10 03 62 91",
    "06 30 06 00 00 00 87 00 12": "10 02 06 30 06 00 00 00 87 00 12 10 03 3B 13",
    "06 50 03 00 00 00": "10 02 06 50 03 00 00 00 10 03 FB 37",
    "05 01 03 00 00 00": "10 02 05 01 03 00 00 00 10 03 DF DB",
    "06 70 00": "10 02 06 70 00 10 03 D9 F9",
    "06 B0 00": "10 02 06 B0 00 10 03 43 F3",
    "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00": ("10 02 06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00 10 03 B1 11"),
}
FRAMES = [(bytes.fromhex(apdu), bytes.fromhex(frame)) for apdu, frame in CHECKED.items()]
PAY = bytes.fromhex("10 02 06 01 07 04 00 00 00 00 10 10 00 10 03 62 91")

controls = st.builds(lambda high, low: high << 8 | low, st.sampled_from(sorted(zvt.CLASSES)), st.integers(0, 255))
apdus = st.builds(Apdu, controls, st.binary(max_size=600))


def parsed(raw: bytes) -> Apdu:
    taken = take_apdu(raw)
    assert taken is not None
    assert taken[1] == len(raw)
    return taken[0]


@pytest.mark.parametrize(("raw", "frame"), FRAMES)
def test_checked_frames_in_both_directions(raw: bytes, frame: bytes) -> None:
    apdu = parsed(raw)
    assert bytes(apdu) == tcp_frame(apdu) == raw
    assert serial_frame(apdu) == frame
    assert SerialFraming().feed(frame) == [apdu]
    assert TcpFraming().feed(raw) == [apdu]


@pytest.mark.parametrize(("raw", "frame"), FRAMES)
def test_every_cut_of_every_frame(raw: bytes, frame: bytes) -> None:
    for codec, data in ((SerialFraming, frame), (TcpFraming, raw)):
        for cut in range(len(data) + 1):
            framing: zvt.Framing = codec()
            assert framing.feed(data[:cut]) + framing.feed(data[cut:]) == [parsed(raw)]
        framing = codec()
        assert [one for byte in data for one in framing.feed(bytes([byte]))] == [parsed(raw)]


@given(st.lists(apdus, max_size=4), st.data())
def test_any_apdus_survive_any_split_of_either_line(sent: list[Apdu], data: st.DataObject) -> None:
    for encode, codec in ((serial_frame, SerialFraming()), (tcp_frame, TcpFraming())):
        stream = b"".join(encode(apdu) for apdu in sent)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
        got: list[zvt.Wire] = []
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            got += codec.feed(stream[start:end])
        assert got == sent


@pytest.mark.parametrize("size", [0, 1, 0xFE, 0xFF, 0x100, 0xFFFF])
def test_length_is_extended_from_255_bytes_on(size: int) -> None:
    apdu = Apdu(0x06D3, bytes(size))
    assert bytes(apdu)[2:3] == (bytes([size]) if size < 0xFF else b"\xff")
    assert parsed(bytes(apdu)) == apdu
    assert SerialFraming().feed(serial_frame(apdu)) == [apdu]


def test_every_flipped_bit_of_a_serial_frame_is_noticed() -> None:
    for at in range(len(PAY)):
        for bit in range(8):
            damaged = bytearray(PAY)
            damaged[at] ^= 1 << bit
            assert not any(isinstance(frame, Apdu) for frame in SerialFraming().feed(bytes(damaged)))


def test_a_wrong_crc_is_damaged_so_that_it_can_be_asked_for_again() -> None:
    assert SerialFraming().feed(PAY[:-1] + b"\x00") == [Sign.DAMAGED]


def test_a_serial_frame_that_holds_more_than_its_apdu_is_damaged() -> None:
    body = bytes.fromhex("06 0F 00 00")
    frame = b"\x10\x02" + body + b"\x10\x03" + zvt.crc16(body + b"\x03").to_bytes(2, "little")
    assert SerialFraming().feed(frame) == [Sign.DAMAGED]


def test_acknowledgements_between_frames_are_signs() -> None:
    assert SerialFraming().feed(zvt.ACK + PAY + zvt.NAK) == [Sign.ACK, parsed(FRAMES[8][0]), Sign.NAK]


@given(st.binary(max_size=40))
def test_noise_before_a_frame_does_not_hide_it(noise: bytes) -> None:
    framing = SerialFraming()
    framing.feed(noise)
    found = framing.feed(PAY) + framing.feed(PAY)
    assert parsed(FRAMES[8][0]) in found


def test_a_torn_frame_gives_way_to_the_next() -> None:
    for cut in range(2, len(PAY) - 2):
        if PAY[cut - 1] == zvt.DLE:
            continue  # ends in the middle of an escape: the next frame is damaged and is sent again
        assert SerialFraming().feed(PAY[:cut] + PAY)[-1] == parsed(FRAMES[8][0])


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_hostile_bytes_never_break_a_codec(chunks: list[bytes]) -> None:
    serial, tcp = SerialFraming(), TcpFraming()
    for chunk in chunks:
        for frame in serial.feed(chunk) + tcp.feed(chunk):
            assert isinstance(frame, Sign) or frame.control >> 8 in zvt.CLASSES


def test_an_endless_serial_frame_is_given_up() -> None:
    assert Sign.DAMAGED in SerialFraming().feed(b"\x10\x02" + b"\x00" * (zvt.LONGEST + 2))


def test_tcp_that_stops_making_sense_is_never_believed_again() -> None:
    framing = TcpFraming()
    assert framing.feed(b"\x80\x00\x00GET / HTTP/1.0\r\n") == [zvt.ACCEPTED, Sign.DAMAGED]
    assert framing.feed(b"\x80\x00\x00") == []
    assert not framing._buffer


def test_answers_are_told_from_messages() -> None:
    assert zvt.ACCEPTED.is_answer
    assert zvt.ACCEPTED.refusal is None
    assert Apdu(0x8400).refusal is None
    assert zvt.refused(0x9C).refusal == 0x9C
    assert not Apdu(zvt.Command.COMPLETION).is_answer
