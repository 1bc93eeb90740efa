"""IPP octet strings: the bytes of RFC 8010, every cut, hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols.ipp import LARGEST, BadIpp, ask_attributes, facts, octet_strings

TRAY = b"type=sheetFeedAutoRemovableTray;maxcapacity=250;level=120;name=main;"
SUPPLY = b"type=toner;maxcapacity=100;level=63;"


def attribute(tag: int, name: bytes, value: bytes) -> bytes:
    return bytes([tag]) + len(name).to_bytes(2, "big") + name + len(value).to_bytes(2, "big") + value


ANSWER = (
    b"\x02\x00\x00\x00\x00\x00\x00\x01\x01"
    + attribute(0x47, b"attributes-charset", b"utf-8")
    + b"\x04"
    + attribute(0x30, b"printer-input-tray", TRAY)
    + attribute(0x30, b"", TRAY.replace(b"120", b"0"))
    + attribute(0x21, b"queued-job-count", b"\0\0\0\0")
    + attribute(0x30, b"printer-supply", SUPPLY)
    + b"\x03"
)


def test_the_question_is_the_rfcs() -> None:
    assert ask_attributes("ipp://h/p", ["printer-supply"]) == (
        b"\x02\x00\x00\x0b\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x0bprinter-uri\x00\x09ipp://h/p"
        b"\x44\x00\x14requested-attributes\x00\x0eprinter-supply"
        b"\x03"
    )


def test_further_names_are_further_values_of_one_attribute() -> None:
    asked = ask_attributes("u", ["a", "b"])
    assert asked.endswith(b"\x44\x00\x14requested-attributes\x00\x01a\x44\x00\x00\x00\x01b\x03")


def test_octet_strings_are_found_by_name_with_all_their_values() -> None:
    found = octet_strings(ANSWER)
    assert found.keys() == {"printer-input-tray", "printer-supply"}
    assert [facts(tray)["level"] for tray in found["printer-input-tray"]] == ["120", "0"]
    assert facts(found["printer-supply"][0]) == {"type": "toner", "maxcapacity": "100", "level": "63"}


@pytest.mark.parametrize("length", range(len(ANSWER)))
def test_an_answer_that_was_cut_is_no_answer(length: int) -> None:
    with pytest.raises(BadIpp):
        octet_strings(ANSWER[:length])


def test_what_is_too_large_is_not_looked_through() -> None:
    with pytest.raises(BadIpp, match="large"):
        octet_strings(bytes(LARGEST + 1))


@given(st.binary(max_size=400))
def test_hostile_bytes_are_an_answer_or_bad(data: bytes) -> None:
    try:
        found = octet_strings(data)
    except BadIpp:
        return
    for values in found.values():
        for value in values:
            facts(value)


NAMES = st.text(st.characters(max_codepoint=255), min_size=1, max_size=10)


@given(st.dictionaries(NAMES, st.lists(st.binary(max_size=40), min_size=1, max_size=3), max_size=4))
def test_whatever_a_printer_says_is_read_back(said: dict[str, list[bytes]]) -> None:
    body = b"".join(
        attribute(0x30, b"" if n else name.encode("latin-1"), value)
        for name, values in said.items()
        for n, value in enumerate(values)
    )
    found = octet_strings(b"\2\0\0\0\0\0\0\1\4" + body + b"\3")
    assert {name: [value.encode("latin-1") for value in values] for name, values in found.items()} == said
