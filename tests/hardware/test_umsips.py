"""The records of the UnionPay library: byte tables, padding, echo, hostile answers, the year of a day, masked cards."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import umsips_codes as codes
from hardware.protocols.umsips import (
    MOST,
    RESPONSE_SIZE,
    Kind,
    Request,
    Response,
    UmsError,
    decode_request,
    decode_response,
    local_day,
    mask,
    redact,
)
from hardware.protocols.umsips_codes import Outcome
from hardware.protocols.zvt_codes import SENTENCES

CARD = "6228480402564890018"
APPROVED = Response(
    "00",
    text="交易成功",
    card="622848*********0018",
    amount=8000,
    trace=123456,
    batch="000002",
    day="1231",
    time="235959",
    reference="123456789012",
    authorisation="654321",
    merchant="898440300000001",
    terminal="44070001",
    echo="K7Q",
)

# --- to the library --------------------------------------------------------------------------------------------


def test_a_sale_is_1095_bytes_with_each_field_in_its_place() -> None:
    data = Request(Kind.SALE, 8000, echo="K7Q", counter="12", operator="345").encode()
    assert len(data) == 1095
    assert data[:30] == b"      12" + b"     345" + b"00" + b"000000008000"
    assert data[30:68] == b" " * 38  # no original
    assert data[68:1092] == b" " * 1024
    assert data[1092:] == b"K7Q"


def test_a_void_names_its_original_by_trace_and_batch() -> None:
    data = Request(Kind.VOID, 8000, trace="000123", batch="000002").encode()
    assert data[16:18] == b"01"
    assert data[30:36] == b"000123"
    assert data[62:68] == b"000002"
    assert data[1092:] == b"   "


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("SALE", b"00"),
        ("VOID", b"01"),
        ("REFUND", b"02"),
        ("BALANCE", b"03"),
        ("SETTLE", b"04"),
        ("SIGN_IN", b"05"),
        ("REVERSAL", b"06"),
    ],
)
def test_every_type_has_the_number_of_the_table(kind: str, number: bytes) -> None:
    assert Request(Kind[kind]).encode()[16:18] == number


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": -1},
        {"amount": MOST + 1},
        {"echo": "AB"},
        {"echo": "ABCD"},
        {"counter": "123456789"},
        {"counter": "终端"},
        {"trace": "1234567"},
        {"operator": "a\nb"},
    ],
)
def test_what_does_not_fit_its_field_never_leaves(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"digits|characters"):
        Request(Kind.SALE, **{"amount": 1, **wrong}).encode()  # type: ignore[arg-type]


@given(
    st.sampled_from(Kind),
    st.integers(0, MOST),
    st.from_regex(r"[0-9]{0,6}", fullmatch=True),
    st.from_regex(r"[0-9A-Z]{3}", fullmatch=True),
)
def test_a_request_reads_back_as_it_was_written(kind: Kind, amount: int, number: str, echo: str) -> None:
    request = Request(kind, amount, trace=number, batch=number, echo=echo)
    assert decode_request(request.encode()) == request


# --- from the library ------------------------------------------------------------------------------------------


def test_an_answer_is_1164_bytes_with_each_field_in_its_place() -> None:
    data = APPROVED.encode()
    assert len(data) == 1164
    assert data[:2] == b"00"
    assert data[2:10].decode("gbk") == "交易成功"
    assert data[62:74] == b"000000008000"
    assert data[74:96] == b"123456" + b"000002" + b"1231" + b"235959"
    assert data[96:137] == b"123456789012" + b"654321" + b"898440300000001" + b"44070001"
    assert data[1161:] == b"K7Q"
    assert decode_response(data, "K7Q") == APPROVED


def test_fields_padded_on_the_left_or_with_nul_read_the_same() -> None:
    data = bytearray(APPROVED.encode())
    data[62:74] = b"        8000"
    data[137:1161] = bytes(1024)
    data[2:42] = "交易成功".encode("gbk") + bytes(32)
    assert decode_response(bytes(data), "K7Q") == APPROVED


def test_a_refusal_may_leave_everything_else_empty() -> None:
    response = decode_response(b"51" + bytes(1159) + b"K7Q", "K7Q")
    assert (response.code, response.amount, response.trace, response.batch) == ("51", 0, 0, "")


@pytest.mark.parametrize("echo", ["K7R", "   ", "k7q"])
def test_an_answer_without_our_echo_answers_another_question(echo: str) -> None:
    with pytest.raises(UmsError, match="echo"):
        decode_response(APPROVED.encode(), echo)


def test_a_library_that_does_not_echo_is_believed_without() -> None:
    assert decode_response(APPROVED.encode(), None).code == "00"


def test_every_cut_of_an_answer_is_refused() -> None:
    data = APPROVED.encode()
    for size in range(RESPONSE_SIZE):
        with pytest.raises(UmsError):
            decode_response(data[:size], "K7Q")
    with pytest.raises(UmsError):
        decode_response(data + b" ", "K7Q")


@pytest.mark.parametrize(("at", "what"), [(62, b"0000000080x0"), (74, b"12-456"), (62, "８".encode("gbk") + b"0" * 10)])
def test_a_number_that_is_none_is_refused(at: int, what: bytes) -> None:
    data = bytearray(APPROVED.encode())
    data[at : at + len(what)] = what
    with pytest.raises(UmsError, match="number"):
        decode_response(bytes(data), "K7Q")


@given(st.binary(min_size=RESPONSE_SIZE, max_size=RESPONSE_SIZE))
def test_any_bytes_of_this_length_are_read_or_refused(data: bytes) -> None:
    for noise in (data, b"00" + data[2:1161] + b"K7Q"):
        try:
            response = decode_response(noise, "K7Q")
        except UmsError:
            continue
        assert response.amount >= 0
        assert response.trace >= 0
        for value in response.__dict__.values():
            assert str(value).isprintable() or value == ""


@given(st.binary(max_size=1200))
def test_any_bytes_to_the_library_are_read_or_refused(data: bytes) -> None:
    try:
        decode_request(data)
    except UmsError:
        return
    assert len(data) == 1095


# --- the year --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "today", "meant"),
    [
        ("1231", date(2026, 12, 31), date(2026, 12, 31)),
        ("1231", date(2027, 1, 1), date(2026, 12, 31)),  # asked after midnight
        ("0101", date(2026, 12, 31), date(2027, 1, 1)),  # the bank's clock is ahead
        ("0101", date(2027, 1, 1), date(2027, 1, 1)),
        ("0302", date(2026, 3, 2), date(2026, 3, 2)),
        ("0229", date(2028, 3, 1), date(2028, 2, 29)),
        ("0229", date(2027, 3, 1), date(2028, 2, 29)),  # the only one within reach
    ],
)
def test_a_day_without_a_year_is_the_one_nearest_to_the_kiosks_clock(day: str, today: date, meant: date) -> None:
    assert local_day(day, today) == meant


@pytest.mark.parametrize("day", ["", "231", "1332", "0230", "12310", "ab01", "１２３１"])
def test_what_is_no_day_is_refused(day: str) -> None:
    with pytest.raises(UmsError):
        local_day(day, date(2026, 3, 2))


@given(st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(-150, 150))
def test_every_day_within_five_months_comes_back(today: date, away: int) -> None:
    meant = today + timedelta(days=away)
    if (meant.month, meant.day) != (2, 29):
        assert local_day(f"{meant:%m%d}", today) == meant


# --- card numbers ----------------------------------------------------------------------------------------------


def test_a_whole_card_number_leaves_masked_wherever_it_stands() -> None:
    data = bytearray(Response("00", card=CARD, echo="K7Q").encode())
    data[137:1161] = f"卡号 {CARD} 完".encode("gbk").ljust(1024)
    clean = redact(bytes(data))
    assert len(clean) == RESPONSE_SIZE
    assert CARD.encode() not in clean
    assert clean.count(b"622848*********0018") == 2
    assert decode_response(bytes(data), "K7Q").card == "622848*********0018"


def test_numbers_that_are_no_cards_stay() -> None:
    data = APPROVED.encode()
    assert redact(data) == data
    assert mask(b"6228 4804 0256 4890 018") == b"6228 4" + b"*" * 13 + b" 018"


# --- codes -----------------------------------------------------------------------------------------------------

LISTED = {
    Outcome.DECLINED: "01 02 05 04 07 33 34 35 36 37 41 43 12 13 14 15 30 25 38 75 40 57 58 45 51 54 55 61 65 77 90 99"
    " A0 A4 Y5 X4 X5 3E 3F 3G",
    Outcome.OUT_OF_SERVICE: "03 97",
    Outcome.UNKNOWN: "68 91 92 96 98 94 Z0 Z1 Z2 Z3 Z4 Z5 Y8",
    Outcome.APPROVED: "00",
}


def test_every_code_of_the_manual_says_what_it_means_for_the_money() -> None:
    for outcome, listed in LISTED.items():
        assert {code: codes.row(code).outcome for code in listed.split()} == dict.fromkeys(listed.split(), outcome)


def test_every_row_has_a_meaning_a_sentence_and_an_action() -> None:
    for code, row in codes.ROWS.items():
        assert row.meaning, code
        assert row.operator, code
        assert row.sentence in SENTENCES, code


def test_a_code_nobody_listed_is_a_refusal_only_when_it_is_the_banks() -> None:
    assert codes.row("88").outcome is Outcome.DECLINED
    assert codes.row("Q7").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("code", ["58", "77", "99", "A0", "A4"])
def test_codes_of_lost_keys_ask_for_a_sign_in(code: str) -> None:
    assert codes.row(code).sign_in


def test_a_lost_or_stolen_card_is_refused_like_any_other() -> None:
    assert {codes.row(code).sentence for code in ("04", "07", "34", "41", "43")} == {codes.row("05").sentence}


@pytest.mark.parametrize(("code", "number"), [("51", 51), ("00", 0), ("A4", 0x4134), ("2U", 0x3255)])
def test_a_code_is_carried_as_a_number(code: str, number: int) -> None:
    assert codes.number(code) == number


def test_a_card_number_with_a_broken_byte_in_the_middle_is_masked_all_the_same() -> None:
    said = Response("00", card="62200012?4560017", echo="abc").encode()
    assert decode_response(said, "abc").card == "622000**?***0017"
