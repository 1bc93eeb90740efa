"""The NUT protocol: the words of RFC 9271, every cut, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import nut
from hardware.protocols.nut import (
    LONGEST,
    Answer,
    Line,
    ListBegins,
    ListEnds,
    NutLines,
    Refused,
    Var,
    encode,
    quote,
    words_of,
)

PLAIN = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=60)
NAMES = st.from_regex(r"[a-z][a-z0-9.]{0,30}", fullmatch=True)
LIST = (
    b'BEGIN LIST VAR ups\nVAR ups ups.status "OL CHRG"\nVAR ups device.mfr "A \\"B\\" \\\\ C"\nEND LIST VAR ups\n'
    b"ERR DATA-STALE\nOK Goodbye\n"
)
SAID: list[Answer] = [
    ListBegins("ups"),
    Var("ups", "ups.status", "OL CHRG"),
    Var("ups", "device.mfr", 'A "B" \\ C'),
    ListEnds("ups"),
    Refused("DATA-STALE"),
    Line(("OK", "Goodbye")),
]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", ()),
        ("  a   b ", ("a", "b")),
        ('"a b" c', ("a b", "c")),
        ('""', ("",)),
        (r'"a \" b" \\', ('a " b', "\\")),
        ('"never closed', ("never closed",)),
        ("CRLF \r", ("CRLF",)),
        ("\\", ("",)),
    ],
)
def test_a_line_is_words(line: str, words: tuple[str, ...]) -> None:
    assert words_of(line) == words


@pytest.mark.parametrize("odd", ["a b", 'a"b', "a\\b", "", "\u3000"])
def test_a_word_that_needs_quotes_gets_them_wherever_it_stands(odd: str) -> None:
    for said in (Var(odd, odd, odd), ListBegins(odd), ListEnds(odd), Refused(odd), Line(("OK", odd))):
        assert NutLines().feed(encode(said)) == [said]


def test_a_whole_answer_is_understood_however_it_is_cut() -> None:
    assert NutLines().feed(LIST) == SAID
    for at in range(1, len(LIST)):
        codec = NutLines()
        assert codec.feed(LIST[:at]) + codec.feed(LIST[at:]) == SAID
    assert b"".join(map(encode, SAID)) == LIST


def test_the_questions_are_those_of_the_rfc() -> None:
    assert nut.list_vars("ups") == b'LIST VAR "ups"\n'
    assert nut.get_var("ups", "ups.status") == b'GET VAR "ups" "ups.status"\n'
    with pytest.raises(ValueError, match="line's end"):
        nut.list_vars("ups\nLOGOUT")


@given(NAMES, NAMES, PLAIN)
def test_every_value_arrives_as_it_was_said(ups: str, name: str, value: str) -> None:
    assert NutLines().feed(encode(Var(ups, name, value))) == [Var(ups, name, value)]


@given(PLAIN)
def test_a_quoted_word_is_one_word(word: str) -> None:
    assert words_of(quote(word)) == (word,)


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_hostile_bytes_are_survived_in_bounded_memory(pieces: list[bytes]) -> None:
    codec = NutLines()
    for piece in pieces:
        codec.feed(piece)
        assert len(codec._buffer) <= LONGEST
    assert codec.feed(b"\nERR ACCESS-DENIED\n")[-1] == Refused("ACCESS-DENIED")


def test_a_line_without_end_costs_only_itself() -> None:
    codec = NutLines()
    for _ in range(100):
        assert codec.feed(b'VAR ups ups.status "OL' * 100) == []
        assert codec._buffer == b""
    assert codec.feed(b'"\nVAR ups ups.status "OB"\n') == [Var("ups", "ups.status", "OB")]
