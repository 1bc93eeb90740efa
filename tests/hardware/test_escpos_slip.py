"""What stands on the slip: rendered for the printer, executed by the simulated print head, read from the paper."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.drivers.slip_render import COLUMNS, printable, render, two_columns, width, wrap
from hardware.simulators.escpos_paper import Commands, Head, Paper
from kiosk_app.devices import Slip, SlipLine

TEXTS = st.text(max_size=80)


def paper_of(data: bytes) -> Paper:
    commands, head, paper = Commands(), Head(), Paper()
    commands.buffer += data
    while (command := commands.take()) is not None:
        paper.rows += head.execute(command)
    assert not commands.buffer
    return paper


def slip_of(*lines: SlipLine, qr: str = "") -> Paper:
    return paper_of(render(Slip(lines, qr)))


def test_chinese_and_latin_come_out_as_they_went_in() -> None:
    assert "交通违法罚款 Traffic fine 㐀" in slip_of(SlipLine("交通违法罚款 Traffic fine 㐀")).text


def test_the_amount_stands_at_the_right_edge() -> None:
    row = slip_of(SlipLine("罚款 Fine", "￥200.00")).rows[0].runs[0].text
    assert row.endswith("￥200.00")
    assert width(row) == COLUMNS


def test_an_amount_that_does_not_fit_beside_goes_below_and_stays_whole() -> None:
    rows = list(two_columns("驾驶机动车违反道路交通信号灯通行且未按规定", "￥200.00", COLUMNS))
    assert len(rows) == 2
    assert rows[1].endswith("￥200.00")
    assert width(rows[1]) == COLUMNS


def test_what_says_the_title_in_english_stands_in_the_middle_like_it() -> None:
    rows = slip_of(SlipLine("缴款回执", style="title"), SlipLine("Receipt"), SlipLine("普通")).rows
    assert [row.align for row in rows[:3]] == [1, 1, 0]
    assert rows[1].runs[0].scale == 1


def test_a_title_is_double_bold_and_centred() -> None:
    row = slip_of(SlipLine("缴款回执", style="title")).rows[0]
    assert (row.runs[0].scale, row.runs[0].bold, row.align) == (2, True, 1)


def test_the_style_of_a_title_ends_with_it() -> None:
    row = slip_of(SlipLine("缴款回执", style="title"), SlipLine("普通", "1")).rows[1]
    assert (row.runs[0].scale, row.runs[0].bold, row.align) == (1, False, 0)


def test_a_rule_crosses_the_paper() -> None:
    assert slip_of(SlipLine("", style="rule")).rows[0].runs[0].text == "-" * COLUMNS


def test_the_qr_code_is_drawn_by_the_printer_from_its_text() -> None:
    rows = [row for row in slip_of(SlipLine("a"), qr="https://example.test/p/1").rows if row.qr]
    assert [(row.qr, row.align) for row in rows] == [("https://example.test/p/1", 1)]


def test_a_name_cannot_be_a_command() -> None:
    evil = "\x1b@\x1dV\x00\x10\x14\x08\x01\x03\x20\x01\x06\x02\x08\x1d(k\x03\x001Q0"
    data = render(Slip((SlipLine(evil, evil),), qr=evil))
    assert data.count(b"\x1b@") == 1
    assert data.count(b"\x1dV") == 1
    assert b"\x10" not in data.replace(b"(k\x10", b"")


@given(TEXTS, TEXTS)
def test_no_text_whatever_reaches_the_printer_as_a_control_byte(left: str, right: str) -> None:
    rows = two_columns(printable(left), printable(right), COLUMNS)
    assert all(byte >= 0x20 for row in rows for byte in row.encode("gb18030"))


@given(TEXTS, TEXTS)
def test_no_row_is_wider_than_the_paper(left: str, right: str) -> None:
    assert all(width(row) <= COLUMNS for row in two_columns(printable(left), printable(right), COLUMNS))


@given(TEXTS)
def test_wrapping_loses_nothing_but_spaces(text: str) -> None:
    text = printable(text)
    joined = "".join(wrap(text, 16))
    assert "".join(joined.split()) == "".join(text.split())


def test_a_latin_word_is_not_cut() -> None:
    rows = list(wrap("Please keep this slip as proof of payment", 16))
    assert " ".join(rows) == "Please keep this slip as proof of payment"


def test_the_picture_shows_ink() -> None:
    png = slip_of(SlipLine("缴款回执", style="title"), qr="https://example.test").png
    assert png.startswith(b"\x89PNG")
    assert len(png) > 1000
