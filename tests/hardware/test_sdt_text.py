"""The text record: four layouts in both directions, and what must be refused."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import sdt_text
from hardware.protocols.sdt_text import LAYOUTS, BadRecord, CardText, Layout
from hardware.simulators.samples import CARDS, CHAN, LI, SAMPLE_2017, SAMPLE_2023, ZHANG
from kiosk_app import id_numbers


def spoiled(card: CardText, at: int, value: str) -> bytes:
    record, data = bytearray(sdt_text.encode(card)), value.encode("utf-16-le")
    record[at : at + len(data)] = data
    return bytes(record)


def chars(record: bytes, at: int, count: int) -> str:
    return record[at : at + 2 * count].decode("utf-16-le")


@pytest.mark.parametrize("name", list(CARDS))
def test_every_sample_card_reads_as_it_was_written(name: str) -> None:
    card = CARDS[name].text
    assert sdt_text.decode(sdt_text.encode(card)) == card


@pytest.mark.parametrize("name", list(CARDS))
def test_every_sample_is_plainly_one_and_has_a_true_number(name: str) -> None:
    card = CARDS[name].text
    number = id_numbers.check(card.number, today=date(2026, 1, 1))
    assert number.birth == card.birth
    assert {"1": "male", "2": "female"}[card.sex] == number.sex
    assert "样本" in card.name
    assert "样本" in card.address or not card.address


def test_a_resident_card_has_its_fields_at_the_offsets_of_the_table() -> None:
    record = sdt_text.encode(ZHANG)
    assert len(record) == 256
    assert record[248:250] == b"\x20\x00"
    assert chars(record, 0, 15) == "张样本" + " " * 12
    assert chars(record, 30, 1) == "1"
    assert chars(record, 32, 2) == "01"
    assert chars(record, 36, 8) == "19900307"
    assert chars(record, 52, 35).startswith("广东省江门市蓬江区样本路1号 ")
    assert chars(record, 122, 18) == "440703199003070013"
    assert chars(record, 158, 15).startswith("蓬江样本公安分局 ")
    assert chars(record, 188, 8) == "20200518"
    assert chars(record, 204, 8) == "20400518"


def test_a_permit_for_hong_kong_residents_has_a_pass_number_and_no_nation() -> None:
    record = sdt_text.encode(CHAN)
    assert record[248:250] == b"\x4a\x00"
    assert chars(record, 220, 9) == "H00000000"
    assert chars(record, 238, 2) == "01"
    assert sdt_text.decode(spoiled(CHAN, 32, "99")).nation == ""


def test_a_foreigners_card_of_2017_has_its_own_layout() -> None:
    record = sdt_text.encode(SAMPLE_2017)
    assert record[248:250] == b"\x49\x00"
    assert chars(record, 0, 60).rstrip() == "SAMPLE, CITIZEN ONE"
    assert chars(record, 120, 1) == "2"
    assert chars(record, 122, 15) == "KAZ110090123105"
    assert chars(record, 152, 3) == "KAZ"
    assert chars(record, 158, 15).rstrip() == "样本一"
    assert chars(record, 188, 8) == "20190601"
    assert chars(record, 204, 8) == "20290601"
    assert chars(record, 220, 8) == "19901231"
    assert chars(record, 236, 2) == "01"
    assert chars(record, 240, 4) == "4400"


def test_a_foreigners_card_of_2023_has_its_long_name_in_two_places() -> None:
    record = sdt_text.encode(SAMPLE_2023)
    assert record[248:250] == b"\x59\x00"
    assert chars(record, 52, 35) + chars(record, 220, 11) == SAMPLE_2023.english_name.ljust(46)
    assert chars(record, 242, 3) == "USA"
    assert chars(record, 32, 2) == "00"


def test_long_term_is_without_end_and_a_blank_end_is_not() -> None:
    assert sdt_text.decode(sdt_text.encode(LI)).valid_to is None
    with pytest.raises(BadRecord, match="valid_to"):
        sdt_text.decode(spoiled(LI, 204, " " * 8))


@pytest.mark.parametrize(
    ("at", "value", "field"),
    [
        (36, "19900230", "birth"),
        (36, "1990 307", "birth"),
        (36, "00000000", "birth"),
        (36, "１９９００３０７", "birth"),
        (188, "        ", "valid_from"),
        (204, "永久      ", "valid_to"),
        (122, " " * 18, "number"),
        (248, "Z", "type"),
    ],
)
def test_what_would_make_us_guess_is_refused_by_field(at: int, value: str, field: str) -> None:
    with pytest.raises(BadRecord, match=field) as caught:
        sdt_text.decode(spoiled(ZHANG, at, value))
    assert "1990" not in str(caught.value)


def test_a_broken_character_is_refused() -> None:
    record = bytearray(sdt_text.encode(ZHANG))
    record[0:2] = b"\x00\xd8"
    with pytest.raises(BadRecord, match="name"):
        sdt_text.decode(bytes(record))


@pytest.mark.parametrize("size", [0, 255, 257])
def test_a_record_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(BadRecord, match="size"):
        sdt_text.decode(bytes(size))


def test_a_value_too_long_for_its_field_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="15 characters"):
        sdt_text.encode(CardText(**{**vars(ZHANG), "name": "样" * 16}))


def test_zero_padding_is_padding_too() -> None:
    assert sdt_text.decode(spoiled(ZHANG, 6, "\0" * 12)).name == "张样本"


@given(st.binary(min_size=256, max_size=256))
def test_hostile_records_are_read_or_refused(record: bytes) -> None:
    with suppress(BadRecord):
        assert sdt_text.decode(record).number


@given(st.sampled_from(list(Layout)), st.data())
def test_whatever_fits_its_fields_survives_both_directions(layout: Layout, data: st.DataObject) -> None:
    alphabet = st.sampled_from("张样本𠮷AZ09·")
    values = {}
    for name, place in LAYOUTS[layout].items():
        if name not in {"birth", "valid_from", "valid_to", "english_name_end"}:
            values[name] = data.draw(st.text(alphabet, min_size=1, max_size=max(1, place.chars // 2)))
    for name, place in LAYOUTS[layout].items():
        if place.chars == 1:
            values[name] = "1"
    days = st.dates()
    card = CardText(
        layout=layout,
        birth=data.draw(days),
        valid_from=data.draw(days),
        valid_to=data.draw(st.none() | days),
        **values,
    )
    assert sdt_text.decode(sdt_text.encode(card)) == card


def test_codes_have_names_and_unknown_ones_stay_visible() -> None:
    assert [sdt_text.nation_name(code) for code in ("01", "08", "56", "97", "98")] == [
        "汉",
        "壮",
        "基诺",
        "其他",
        "外国血统中国籍人士",
    ]
    assert sdt_text.nation_name("93") == "其他 (93)"
    assert sdt_text.nation_name("") == ""
    assert [sdt_text.sex_name(code) for code in "0129x"] == ["未知", "男", "女", "未说明", "未知"]


def test_an_additional_address_is_plain_text() -> None:
    assert sdt_text.additional_address("样本新路5号    ".encode("utf-16-le")) == "样本新路5号"
    with pytest.raises(BadRecord):
        sdt_text.additional_address(b"\x31")
