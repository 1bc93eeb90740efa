"""The scanner's lines: every ending, every cut, text and what is none, hostile bytes, what a code is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols.code_lines import LONGEST, Code, CodeLines, Kind, Unreadable, encode, kind_of
from hardware.simulators.code_scanner import CODES

TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=60)
AFFIXES = st.sampled_from([b"", b"]Q1", b"\x02"])
ENDS = st.sampled_from([b"\r", b"\n", b"\r\n"])
PAID = "134400000000000018"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b"134400000000000018\r", [Code(PAID)]),
        (b"134400000000000018\n", [Code(PAID)]),
        (b"134400000000000018\r\n", [Code(PAID)]),
        (b"\r\n\r\n134400000000000018\r\n\r\n", [Code(PAID)]),
        (b"134400000000000018", []),
        ("江门".encode() + b"\r", [Code("江门")]),
        ("江门市".encode("gbk") + b"\r", [Code("江门市")]),
        (b"a b\r", [Code("a b")]),
        (b"\x0213440\r", [Unreadable("text")]),
        (b"1344\x1d0\r", [Unreadable("text")]),
        (b"1344\x7f\r", [Unreadable("text")]),
        (b"\xff\xff\xff\r", [Unreadable("text")]),
        ("13\u202e44".encode() + b"\r", [Unreadable("text")]),
        ("13\u200b44".encode() + b"\r", [Unreadable("text")]),
        (b"\x00\r134400000000000018\r", [Unreadable("text"), Code(PAID)]),
    ],
)
def test_a_line_is_a_code_or_says_why_it_is_none(said: bytes, read: list[Code | Unreadable]) -> None:
    assert CodeLines().feed(said) == read


def test_prefix_and_suffix_are_taken_off_and_missed() -> None:
    codec = CodeLines(prefix=b"\x02]Q1", suffix=b"\x03")
    assert codec.feed(b"\x02]Q1https://example.invalid/1\x03\r\n") == [Code("https://example.invalid/1")]
    for wrong in (b"]Q1abc\x03\r", b"\x02]Q1abc\r", b"abc\r"):
        assert codec.feed(wrong) == [Unreadable("affix")]
    assert codec.feed(b"\x02]Q1\x03\r") == [Unreadable("text")]


def test_every_cut_of_a_line_gives_the_same_code() -> None:
    line = encode("江门 134400000000000018", prefix=b"\x02", suffix=b"\x03") + encode(
        "2", prefix=b"\x02", suffix=b"\x03"
    )
    for at in range(len(line) + 1):
        codec = CodeLines(prefix=b"\x02", suffix=b"\x03")
        assert codec.feed(line[:at]) + codec.feed(line[at:]) == [Code("江门 134400000000000018"), Code("2")]


def test_two_halves_with_a_silence_between_are_not_one_code() -> None:
    codec = CodeLines()
    assert codec.feed(b"13440000000") == []
    codec.break_off()
    assert codec.feed(b"284400000000000018\r") == [Code("284400000000000018")]


def test_a_line_that_never_ends_is_dropped_up_to_its_end() -> None:
    codec = CodeLines()
    for _ in range(LONGEST):
        assert codec.feed(b"1" * 100) == []
        assert len(codec._buffer) <= LONGEST
    assert codec.feed(b"1\r" + PAID.encode() + b"\r") == [Code(PAID)]
    codec.feed(b"1" * (LONGEST + 1))
    codec.break_off()
    assert codec.feed(PAID.encode() + b"\r") == [Code(PAID)]


def test_the_longest_qr_code_fits() -> None:
    text = "9" * 2953
    assert CodeLines().feed(encode(text)) == [Code(text)]


def test_no_code_is_in_a_repr() -> None:
    assert PAID not in repr(CodeLines().feed(encode(PAID)))


@given(st.lists(TEXTS, max_size=4), AFFIXES, AFFIXES, ENDS, st.integers(0, 400))
def test_what_a_scanner_sends_is_what_is_read(
    texts: list[str], prefix: bytes, suffix: bytes, end: bytes, cut: int
) -> None:
    line = b"".join(encode(text, prefix=prefix, suffix=suffix, end=end) for text in texts)
    codec = CodeLines(prefix=prefix, suffix=suffix)
    assert codec.feed(line[:cut]) + codec.feed(line[cut:]) == [Code(text) for text in texts]


@given(st.lists(st.binary(max_size=4000), max_size=8))
def test_hostile_bytes_are_survived_in_bounded_memory(pieces: list[bytes]) -> None:
    codec = CodeLines()
    for piece in pieces:
        for found in codec.feed(piece):
            assert isinstance(found, Unreadable) or found.text.isprintable()
        assert len(codec._buffer) <= LONGEST
    codec.break_off()
    assert codec.feed(encode(PAID)) == [Code(PAID)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((f"{head}{'0' * 16}", Kind.WECHAT) for head in range(10, 16)),
        *((f"{head}{'0' * 16}", Kind.ALIPAY) for head in range(25, 31)),
        *((f"{head}{'0' * 16}", Kind.OTHER) for head in (9, 16, 24, 31, 62)),
        ("62" + "0" * 17, Kind.UNIONPAY),
        ("62" + "0" * 16, Kind.OTHER),
        ("13" + "0" * 15, Kind.OTHER),
        ("13" + "0" * 17, Kind.OTHER),
        ("13" + "٠" * 16, Kind.OTHER),
        ("44070301261123143205", Kind.REFERENCE),
        ("https://example.invalid/p/44070301261123143205", Kind.REFERENCE),
        ("https://example.invalid/p/4407030126112314320", Kind.OTHER),
        ("ftp://example.invalid/44070301261123143205", Kind.OTHER),
        ("440703100612345", Kind.OTHER),
        (PAID + "\n", Kind.OTHER),
        *((code, Kind(name)) for name, code in CODES.items() if name in set(Kind)),
    ],
)
def test_what_a_code_is_by_its_form(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind
