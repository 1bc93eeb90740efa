"""Numbers of documents: the reference's test vectors, and every way to be wrong."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.id_numbers import BadIdNumber, NumberKind, Sex, check, check_digit, eighteen_of

TODAY = date(2026, 3, 1)
VECTORS = [
    ("11010519491231002X", NumberKind.RESIDENT, "1949-12-31", Sex.FEMALE),
    ("34052419800101001X", NumberKind.RESIDENT, "1980-01-01", Sex.MALE),
    ("440703199003070013", NumberKind.RESIDENT, "1990-03-07", Sex.MALE),
    ("440703195501010023", NumberKind.RESIDENT, "1955-01-01", Sex.FEMALE),
    ("810000199408230021", NumberKind.HONG_KONG, "1994-08-23", Sex.FEMALE),
    ("820000199909090049", NumberKind.MACAU, "1999-09-09", Sex.FEMALE),
    ("830000199201300022", NumberKind.TAIWAN, "1992-01-30", Sex.FEMALE),
    ("931156198501011238", NumberKind.FOREIGNER, "1985-01-01", Sex.MALE),
    ("944840199001010016", NumberKind.FOREIGNER, "1990-01-01", Sex.MALE),
    ("KAZ110090123105", NumberKind.FOREIGNER_15, "1990-12-31", Sex.FEMALE),
    ("110105491231002", NumberKind.RESIDENT_15, "1949-12-31", Sex.FEMALE),
]


@pytest.mark.parametrize(("number", "kind", "birth", "sex"), VECTORS)
def test_a_true_number_says_kind_birth_and_sex(number: str, kind: NumberKind, birth: str, sex: Sex) -> None:
    said = check(number, today=TODAY)
    assert (said.number, said.kind, said.birth.isoformat(), said.sex) == (number, kind, birth, sex)


@pytest.mark.parametrize("number", [number for number, kind, *_ in VECTORS if kind is not NumberKind.RESIDENT_15])
def test_any_other_digit_in_place_of_the_check_digit_is_wrong(number: str) -> None:
    for digit in set("0123456789X") - {number[-1]}:
        with pytest.raises(BadIdNumber, match=r"check|format"):
            check(number[:-1] + digit, today=TODAY)


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(at: int, more: int) -> None:
    number = "440703199003070013"
    with pytest.raises(BadIdNumber, match="check"):
        check(number[:at] + str((int(number[at]) + more) % 10) + number[at + 1 :], today=TODAY)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("440703199003070014", "check"),
        ("", "format"),
        ("44070319900307001", "format"),
        ("4407031990030700133", "format"),
        ("44070319900307001３", "format"),
        ("X40703199003070013", "format"),
        ("440703" + "19900230" + "001" + check_digit("44070319900230001"), "date"),
        ("440703" + "20260302" + "001" + check_digit("44070320260302001"), "date"),
        ("110105491331002", "date"),
        ("KAZ110090123106", "check"),
        ("KA1110090123105", "format"),
    ],
)
def test_a_wrong_number_has_a_stable_reason(number: str, reason: str) -> None:
    with pytest.raises(BadIdNumber) as caught:
        check(number, today=TODAY)
    assert caught.value.reason == reason


def test_a_number_typed_carelessly_is_put_right() -> None:
    assert check(" 11010519491231002x ", today=TODAY).number == "11010519491231002X"


def test_born_today_is_born() -> None:
    seventeen = "44070320260301001"
    assert check(seventeen + check_digit(seventeen), today=TODAY).birth == TODAY


def test_an_old_number_becomes_the_standards_own_sample() -> None:
    assert eighteen_of("110105491231002") == "11010519491231002X"


def test_an_old_foreigners_number_takes_the_last_century_that_has_been() -> None:
    head = "KAZ1100" + "050101" + "1"
    total = sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(head))
    number = head + str(total % 10)
    assert check(number, today=TODAY).birth == date(2005, 1, 1)
    assert check(number, today=date(2004, 1, 1)).birth == date(1905, 1, 1)


@given(st.text(max_size=20))
def test_anything_typed_is_read_or_refused(typed: str) -> None:
    with suppress(BadIdNumber):
        assert check(typed, today=TODAY).birth <= TODAY
