"""The line of 30 characters: the published specimens, every check, centuries, what OCR confuses, names on the chip."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import mrz
from hardware.protocols.mrz import BadLine, Fault, PermitLine

TODAY = date(2026, 7, 1)
SPECIMEN, TAIWAN = "CSC000000004<2404200<8108038<6", "CDL000000007<2508197<8208031<6"
MADE_UP = "CSCA12345672<3401011<9003071<6"


def faults(line: str, today: date = TODAY) -> set[Fault]:
    with pytest.raises(BadLine) as bad:
        mrz.parse(line, today=today)
    return set(bad.value.faults)


@pytest.mark.parametrize(
    ("line", "kind", "number", "expiry", "birth"),
    [
        (SPECIMEN, "CS", "C00000000", date(2024, 4, 20), date(1981, 8, 3)),
        (TAIWAN, "CD", "L00000000", date(2025, 8, 19), date(1982, 8, 3)),
        (MADE_UP, "CS", "CA1234567", date(2034, 1, 1), date(1990, 3, 7)),
    ],
)
def test_the_published_specimens_reproduce_exactly(
    line: str, kind: str, number: str, expiry: date, birth: date
) -> None:
    assert mrz.parse(line, today=TODAY) == PermitLine(kind, number, expiry, birth)
    assert str(PermitLine(kind, number, expiry, birth)) == line


def test_taking_the_overall_check_over_the_line_as_it_stands_would_be_wrong() -> None:
    assert mrz.check_digit(SPECIMEN[2:29]) != SPECIMEN[29]


@pytest.mark.parametrize(
    ("at", "letter", "fault"),
    [
        (11, "5", Fault.NUMBER_CHECK),
        (19, "1", Fault.EXPIRY_CHECK),
        (27, "9", Fault.BIRTH_CHECK),
        (29, "7", Fault.OVERALL_CHECK),
        (12, "0", Fault.FILLER),
        (20, "K", Fault.FILLER),
        (28, "C", Fault.FILLER),
        (1, "X", Fault.KIND),
        (2, "W", Fault.NUMBER),
        (3, "I", Fault.NUMBER),
        (15, "9", Fault.EXPIRY),
        (23, "9", Fault.BIRTH),
        (5, "c", Fault.CHARACTER),
        (5, "本", Fault.CHARACTER),
    ],
)
def test_each_fault_is_named(at: int, letter: str, fault: Fault) -> None:
    assert fault in faults(SPECIMEN[:at] + letter + SPECIMEN[at + 1 :])


def test_a_taiwan_number_in_a_hong_kong_line_is_of_no_permitted_pattern() -> None:
    assert faults(str(PermitLine("CS", "L00000000", date(2030, 1, 1), date(1990, 1, 1)))) == {Fault.NUMBER}


@pytest.mark.parametrize("line", ["", SPECIMEN[:-1], SPECIMEN + "<", SPECIMEN * 100])
def test_a_line_of_another_length_is_none(line: str) -> None:
    assert faults(line) == {Fault.LENGTH}


@pytest.mark.parametrize(
    ("born", "today", "expected"),
    [
        ("260701", date(2026, 7, 1), date(2026, 7, 1)),
        ("260702", date(2026, 7, 1), date(1926, 7, 2)),
        ("991231", date(2026, 7, 1), date(1999, 12, 31)),
        ("000229", date(2026, 7, 1), date(2000, 2, 29)),
        ("010101", date(2101, 6, 1), date(2101, 1, 1)),
        ("020101", date(2101, 6, 1), date(2002, 1, 1)),
    ],
)
def test_a_birth_is_never_in_the_future_and_expiry_always_in_this_century(
    born: str, today: date, expected: date
) -> None:
    line = str(PermitLine("CS", "C00000000", date(2099, 1, 1), expected))
    assert line[21:27] == born
    read = mrz.parse(line, today=today)
    assert (read.birth, read.expiry) == (expected, date(2099, 1, 1))


def test_a_leap_day_that_only_a_future_century_has_is_no_birth() -> None:
    line = str(PermitLine("CS", "C00000000", date(2099, 1, 1), date(2028, 2, 29)))
    assert mrz.parse(line, today=date(2028, 3, 1)).birth == date(2028, 2, 29)
    assert mrz.parse(line, today=date(2027, 3, 1)).birth == date(1928, 2, 29)
    nineteen_hundred = str(PermitLine("CS", "C00000000", date(2099, 1, 1), date(2000, 2, 29)))
    assert faults(nineteen_hundred, date(1999, 1, 1)) == {Fault.BIRTH}


def test_a_permit_is_good_on_its_last_day() -> None:
    line = mrz.parse(SPECIMEN, today=TODAY)
    assert not line.expired(date(2024, 4, 20))
    assert line.expired(date(2024, 4, 21))


@pytest.mark.parametrize(("read", "true", "at"), [("O", "0", 4), ("D", "0", 9), ("S", "5", 8), ("B", "8", 21)])
def test_a_lookalike_is_told_and_never_corrected(read: str, true: str, at: int) -> None:
    line = {"S": MADE_UP, "B": SPECIMEN}.get(read, SPECIMEN)
    assert line[at] == true
    with pytest.raises(BadLine) as bad:
        mrz.parse(line[:at] + read + line[at + 1 :], today=TODAY)
    assert [(s.position, s.read, s.perhaps) for s in bad.value.suspects] == [(at, read, true)]
    assert f"position {at}" in str(bad.value)


def test_two_lookalikes_are_not_guessed_at() -> None:
    with pytest.raises(BadLine) as bad:
        mrz.parse(SPECIMEN.replace("00", "OO", 1), today=TODAY)
    assert bad.value.suspects == ()


def test_what_is_said_of_a_bad_line_holds_nothing_of_it() -> None:
    with pytest.raises(BadLine) as bad:
        mrz.parse(MADE_UP.replace("1234567", "1Z34567"), today=TODAY)
    assert "34567" not in str(bad.value)
    assert "9003" not in str(bad.value)


@pytest.mark.parametrize("line", ["CRH1234567830002212119F8108038", "CT00000000<00262006084F8108038"])
def test_a_permit_of_the_other_direction_is_another_document(line: str) -> None:
    assert mrz.is_other_document(line)
    assert not mrz.is_other_document(line[:-1] + "0")


def test_an_old_booklets_number_is_another_document_and_a_misread_one_is_not() -> None:
    assert mrz.is_other_document(str(PermitLine("CS", "W00000000", date(2030, 1, 1), date(1990, 1, 1))))
    assert not mrz.is_other_document(SPECIMEN.replace("0", "O", 1))
    assert not mrz.is_other_document("EF12608921CHN8503208F290117")


@pytest.mark.parametrize(("name", "letters"), [("证", "NGKE"), ("证件样本", "NGKELMPONBPJLBLO")])
def test_names_are_coded_as_on_the_published_chips(name: str, letters: str) -> None:
    assert mrz.name_letters(name) == letters
    assert mrz.name_of(letters) == name


def test_a_name_field_is_filled_or_cut_to_whole_characters() -> None:
    assert mrz.name_letters("张样", 12) == mrz.name_letters("张样") + "<<<<"
    assert mrz.name_of(mrz.name_letters("证件样本", 12)) == "证件样"


@pytest.mark.parametrize("letters", ["NGK", "QQQQ", "ng", "PPPP", "NG<E"])
def test_letters_that_code_nothing_are_refused(letters: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - UnicodeDecodeError is one
        mrz.name_of(letters)


DAYS = st.dates(date(1930, 1, 1), TODAY)
PERMITS = st.builds(
    PermitLine,
    st.just("CS"),
    st.from_regex(mrz.NUMBERS["CS"], fullmatch=True).filter(str.isascii),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    DAYS,
)


@given(PERMITS)
def test_every_permit_comes_back_as_it_was(permit: PermitLine) -> None:
    assert mrz.parse(str(permit), today=TODAY) == permit


@given(PERMITS, st.integers(0, 29), st.sampled_from("0123456789"))
def test_one_wrong_digit_never_passes_unseen(permit: PermitLine, at: int, digit: str) -> None:
    line = str(permit)
    if line[at].isdigit() and line[at] != digit and at > 1:
        with pytest.raises(BadLine):
            mrz.parse(line[:at] + digit + line[at + 1 :], today=TODAY)


@given(st.text(max_size=40) | st.text(mrz.ALPHABET + "<", min_size=30, max_size=30))
def test_hostile_text_is_a_permit_or_a_bad_line(text: str) -> None:
    mrz.is_other_document(text)
    try:
        read = mrz.parse(text, today=TODAY)
    except BadLine:
        return
    assert str(read) == text


HANZI = b"".join(bytes([high, low]) for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)).decode("gbk")


@given(st.text(HANZI, max_size=8))
def test_every_name_that_gbk_knows_comes_back(name: str) -> None:
    assert mrz.name_of(mrz.name_letters(name)) == name
