"""BMPs, BCD and TLV: every tag both ways, what is refused, and that no card can be copied from what is kept."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols.zvt import Apdu, Command, ZvtError
from hardware.protocols.zvt_fields import (
    BER,
    BMPS,
    CARD_NUMBER,
    SECRET,
    bcd,
    ber_length,
    decode_fields,
    decode_tlv,
    encode_fields,
    encode_tlv,
    masked_card,
    number,
    redact,
)

PLAIN = sorted(set(BMPS) - SECRET - {CARD_NUMBER})


def values(tag: int) -> st.SearchStrategy[bytes]:
    size = BMPS[tag]
    return st.binary(min_size=size, max_size=size) if size >= 0 else st.binary(max_size=99 if size == -2 else 300)


fields = st.lists(st.sampled_from(PLAIN), unique=True, max_size=8).flatmap(
    lambda tags: st.tuples(*[st.tuples(st.just(tag), values(tag)) for tag in tags])
)


@given(fields)
def test_any_fields_both_ways(sent: tuple[tuple[int, bytes], ...]) -> None:
    assert decode_fields(encode_fields(sent)) == dict(sent)


@pytest.mark.parametrize("tag", sorted(BMPS))
def test_every_tag_is_skipped_by_its_own_length(tag: int) -> None:
    value = bytes(max(BMPS[tag], 0) or 12)
    found = decode_fields(encode_fields([(tag, value), (0x27, b"\x05")] if tag != 0x27 else [(tag, b"\x05")]))
    assert found[0x27] == b"\x05"


@given(fields.filter(bool), st.data())
def test_every_truncation_is_an_error_or_ends_between_fields(
    sent: tuple[tuple[int, bytes], ...], data: st.DataObject
) -> None:
    whole = encode_fields(sent)
    ends = {len(encode_fields(sent[:count])) for count in range(len(sent) + 1)}
    cut = data.draw(st.integers(0, len(whole)))
    if cut in ends:
        assert len(decode_fields(whole[:cut])) < len(sent) or cut == len(whole)
    else:
        with pytest.raises(ZvtError):
            decode_fields(whole[:cut])


@given(st.binary(max_size=80))
def test_hostile_bytes_give_fields_or_a_protocol_error(data: bytes) -> None:
    with suppress(ZvtError):
        assert set(decode_fields(data)) <= set(BMPS) - SECRET


def test_an_unknown_tag_is_named() -> None:
    with pytest.raises(ZvtError, match="unknown BMP 5F at 2"):
        decode_fields(bytes.fromhex("27 00 5F 01"))


def test_two_results_are_none() -> None:
    with pytest.raises(ZvtError, match="27 twice"):
        decode_fields(bytes.fromhex("27 6C 27 00"))


@pytest.mark.parametrize("data", ["8B F1", "8B 12 41", "8B FA F1", "3C F0 F0", "06", "06 83 00 00 00", "06 82 01"])
def test_broken_lengths_are_refused(data: str) -> None:
    with pytest.raises(ZvtError):
        decode_fields(bytes.fromhex(data))


def test_twelve_bytes_are_f1_f2() -> None:
    assert encode_fields([(0x8B, b"x" * 12)])[:3] == bytes.fromhex("8B F1 F2")
    assert encode_fields([(0x3C, b"x" * 123)])[:4] == bytes.fromhex("3C F1 F2 F3")


@pytest.mark.parametrize(("tag", "value"), [(0x04, b"12345"), (0x8B, b"x" * 100), (0x3C, b"x" * 1000)])
def test_what_does_not_fit_is_not_sent(tag: int, value: bytes) -> None:
    with pytest.raises(ValueError, match="BMP"):
        encode_fields([(tag, value)])


@given(st.integers(0, 999_999_999_999))
def test_numbers_both_ways(value: int) -> None:
    assert number(bcd(value, 6)) == value


@pytest.mark.parametrize(("value", "size"), [(-1, 2), (10_000, 2)])
def test_numbers_that_do_not_fit(value: int, size: int) -> None:
    with pytest.raises(ValueError, match="BCD"):
        bcd(value, size)


def test_letters_are_no_number() -> None:
    with pytest.raises(ZvtError):
        number(b"\x1a")


# --- cards -----------------------------------------------------------------------------------------------------


@given(st.text("0123456789", max_size=24))
def test_at_most_six_and_four_digits_of_any_card_number_survive(digits: str) -> None:
    raw = bytes.fromhex(digits + "f" * (len(digits) % 2))
    kept = decode_fields(encode_fields([(CARD_NUMBER, raw)]))[CARD_NUMBER].decode()
    assert len(kept) == len(digits)
    hidden = kept[6:-4] if len(digits) > 10 else kept[:-4]
    assert set(hidden) <= {"*"}


def test_a_card_number_in_clear_is_masked_and_a_masked_one_stays() -> None:
    assert masked_card(bytes.fromhex("6222021234567890")) == "622202******7890"
    assert masked_card(bytes.fromhex("622202eeeeee7890")) == "622202******7890"
    assert masked_card(bytes.fromhex("1234")) == "****"
    with pytest.raises(ZvtError):
        masked_card(b"\xa0")


@pytest.mark.parametrize("tag", sorted(SECRET))
def test_tracks_and_other_secrets_are_dropped(tag: int) -> None:
    value = b"\x62" * (BMPS[tag] if BMPS[tag] > 0 else 19)
    assert decode_fields(encode_fields([(0x27, b"\0"), (tag, value)])) == {0x27: b"\0"}


def test_a_trace_holds_no_card_password_or_printed_text() -> None:
    pan, track = bytes.fromhex("6222021234567890"), bytes.fromhex("6222021234567890d25120")
    status = Apdu(Command.STATUS, encode_fields([(0x27, b"\0"), (0x22, pan), (0x23, track), (0x3C, pan)]))
    printed = Apdu(Command.PRINT_LINE, b"\0" + b"6222021234567890")
    enquiry = Apdu(Command.STATUS_ENQUIRY, bytes.fromhex("123456"))
    for apdu, secret in ((status, b"\x12\x34\x56"), (printed, b"123456"), (enquiry, b"\x12\x34\x56")):
        assert secret in bytes(apdu)
        assert secret not in redact(apdu)
    assert redact(status)[:5] == bytes(status)[:5]
    broken = Apdu(Command.STATUS, b"\x22\xf0\xf8" + pan + b"\x5f")
    assert redact(broken) == bytes(Apdu(Command.STATUS))


# --- TLV -------------------------------------------------------------------------------------------------------

tags = st.one_of(
    st.integers(1, 0xFE).filter(lambda tag: tag & 0x1F != 0x1F),
    st.builds(lambda head, low: (head | 0x1F) << 8 | low, st.sampled_from([0x00, 0x40, 0xC0]), st.integers(1, 0x7F)),
)


@given(st.lists(st.tuples(tags, st.binary(max_size=300)), max_size=5))
def test_tlv_both_ways(objects: list[tuple[int, bytes]]) -> None:
    assert decode_tlv(encode_tlv(objects)) == objects


@given(st.binary(max_size=60))
def test_hostile_tlv_gives_objects_or_a_protocol_error(data: bytes) -> None:
    with suppress(ZvtError):
        assert sum(len(value) for _, value in decode_tlv(data)) <= len(data)


@pytest.mark.parametrize(("size", "coded"), [(0, "00"), (0x7F, "7F"), (0x80, "8180"), (0x100, "820100")])
def test_ber_lengths(size: int, coded: str) -> None:
    assert ber_length(size) == bytes.fromhex(coded)


def test_a_container_lies_between_other_fields() -> None:
    inner = encode_tlv([(0x1F07, b"\x01"), (0x25, encode_tlv([(0x07, b"line")]))])
    found = decode_fields(encode_fields([(0x27, b"\0"), (0x06, inner), (0x87, b"\x00\x12")]))
    assert BMPS[0x06] == BER
    assert decode_tlv(decode_tlv(found[0x06])[1][1]) == [(0x07, b"line")]
    assert found[0x87] == b"\x00\x12"
