"""ZVT commands as the manual's examples have them, what messages mean, and that every code has a row."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import zvt_codes as codes
from hardware.protocols import zvt_messages as say
from hardware.protocols.zvt import Apdu, ZvtError
from hardware.protocols.zvt_fields import encode_fields
from kiosk_app.devices import DeviceState, TerminalNotice

COMMANDS = {
    "06 00 06 00 00 00 BE 01 56": say.registration("000000"),
    "06 01 0A 04 00 00 00 00 80 00 49 01 56": say.authorisation(8000),
    "06 01 0C 04 00 00 00 00 80 00 49 01 56 02 60": say.authorisation(8000, 0x60),
    "06 30 06 00 00 00 87 00 12": say.reversal("000000", 12),
    "06 31 0D 12 34 56 04 00 00 00 00 80 00 49 01 56": say.refund("123456", 8000),
    "06 50 03 00 00 00": say.end_of_day("000000"),
    "05 01 03 00 00 00": say.status_enquiry("000000"),
    "06 20 03 00 00 00": say.repeat_receipt("000000"),
    "06 70 00": say.DIAGNOSIS,
    "06 B0 00": say.ABORT,
    "06 02 00": say.LOG_OFF,
    "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00": say.completion("2.14.15", 0),
}


@pytest.mark.parametrize("raw", COMMANDS)
def test_commands_are_the_bytes_of_the_manual(raw: str) -> None:
    assert bytes(COMMANDS[raw]) == bytes.fromhex(raw)


@pytest.mark.parametrize("password", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_a_password_has_six_digits(password: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        say.registration(password)


@pytest.mark.parametrize("amount", [-1, 10**12])
def test_an_amount_that_does_not_fit_is_not_sent(amount: int) -> None:
    with pytest.raises(ValueError, match="BCD"):
        say.authorisation(amount)


def test_a_status_information_says_what_the_terminal_booked() -> None:
    data = bytes.fromhex(
        "27 00 04 00 00 00 02 00 00 49 01 56 0B 00 00 41 37 00 00 40 87 00 12 29 00 00 00 07"
        "22 F0 F8 62 22 02 12 34 56 78 90 8B F0 F9 55 6E 69 6F 6E 50 61 79 00 3B 31 32 33 34 35 36 20 20"
    )
    assert say.status_information(data) == say.StatusInformation(
        result=0,
        amount=20_000,
        trace=41,
        original_trace=40,
        receipt_no=12,
        terminal_id="00000007",
        card="622202******7890",
        card_name="UnionPay",
        authorisation="123456",
    )


def test_what_the_terminal_did_not_say_is_not_invented() -> None:
    assert say.status_information(b"") == say.StatusInformation()


@given(st.binary(max_size=100))
def test_hostile_messages_are_protocol_errors(data: bytes) -> None:
    for decode in (say.status_information, say.intermediate_status, say.abort_code, say.terminal_status, say.totals):
        with suppress(ZvtError):
            assert decode(data) is not None


def test_totals_both_ways() -> None:
    groups = tuple((count, count * 1000) for count in range(7))
    made = say.Totals(3, 28, groups)
    assert say.totals(bytes(made)) == made
    assert (made.count, made.amount) == (21, 21_000)
    found = say.status_information(encode_fields([(0x60, bytes(made))]))
    assert found.totals == made
    with pytest.raises(ZvtError):
        say.totals(bytes(made)[:-1])


@pytest.mark.parametrize(
    ("data", "code"),
    [("", 0), ("DC", 0xDC), ("F0 F0 F7 32 2E 31 34 2E 31 35 9C", 0x9C), ("F0", 0xF0), ("00 06 00", 0)],
)
def test_the_status_byte_is_found_behind_a_software_version(data: str, code: int) -> None:
    assert say.terminal_status(bytes.fromhex(data)) == code


def test_intermediate_status_and_abort_need_their_code() -> None:
    assert say.intermediate_status(bytes.fromhex("0A 02")) == 0x0A
    assert say.abort_code(b"\x6c") == 0x6C
    for decode in (say.intermediate_status, say.abort_code):
        with pytest.raises(ZvtError):
            decode(b"")


# --- code lists ------------------------------------------------------------------------------------------------

LISTED = (
    "64 65 66 6A 6B 6C 6E 6F 71 72 73 77 78 79 7A 7D 83 85 89 9A 9B 9C A0 A1 A3 B1 B2 B4 B5 B7 C0 C2 C3 C5 C6 C8 CC"
    " DC DD DE E0 E2 E3 E4 EC ED F0 FC FF"
)


def test_every_result_code_of_the_manual_has_its_own_row() -> None:
    for code in [*range(0x64), *bytes.fromhex(LISTED)]:
        assert code in codes.RESULTS
    for code in range(256):
        row = codes.result(code)
        assert row.meaning
        assert row.operator
        assert row.sentence in codes.SENTENCES


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0x6C, "pay.declined.cancelled"),
        (0x78, "pay.declined.card_expired"),
        (54, "pay.declined.card_expired"),
        (55, "pay.declined.wrong_pin"),
        (51, "pay.declined.funds"),
        (0xC3, "pay.declined.amount"),
        (0xA3, "pay.declined.bank_unreachable"),
        (0x64, "pay.declined.card_unreadable"),
        (0x89, "pay.declined.terminal"),
    ],
)
def test_the_citizen_reads_what_helps(code: int, sentence: str) -> None:
    assert codes.result(code).sentence == sentence


def test_a_stolen_card_is_not_called_stolen() -> None:
    plain = codes.result(5).sentence
    assert all(codes.result(code).sentence == plain for code in (4, 7, 34, 35, 36, 37, 41, 43))


def test_every_intermediate_status_is_a_notice_of_the_port() -> None:
    listed = [*range(0x1B), 0x1C, 0x1D, *range(0x41, 0x5B), 0x5C, 0x5D, *bytes.fromhex("C8 C9 CA D2 D3 E0 E1 F1 F2 FF")]
    for code in listed:
        assert codes.INTERMEDIATE[code][0]
    for code in range(256):
        assert TerminalNotice(codes.notice(code))
    assert codes.notice(0x0A) == "insert_card"
    assert codes.notice(0x15) == "wrong_pin"
    assert codes.notice(0x05) == "reversing"
    assert codes.notice(0x55) == "remove_card"


def test_every_terminal_status_is_an_xfs_state() -> None:
    for code in [*bytes.fromhex("00 51 62 9C B1 B2 BF C0 C1 C2 C4 CC DC DF E0 E1 E2 E3 F6")]:
        assert code in codes.STATUSES
    for code in range(256):
        assert DeviceState(codes.status(code).state)
    assert codes.status(0xDC).card
    assert codes.status(0xE1).card
    assert codes.status(0x77).state == "hardware error"


def test_answers_are_apdus() -> None:
    assert bytes(Apdu(0x8000)) == b"\x80\0\0"
