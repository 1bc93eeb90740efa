"""Dialects keep people out of recordings: somebody who is no sample goes over each wire, and nothing of them stays."""

from datetime import date
from typing import Any

import pytest

from hardware.dialects import Dialect, dialect_of
from hardware.dialects.escpos import outline
from hardware.drivers.slip_render import render
from hardware.protocols import apdu, hostlink, mrz, sdt, sdt_text, zvt
from hardware.protocols.endorser import Command, Frame, Kind, Position, Result
from hardware.protocols.endorser_content import Answer, Order, Reading, Status
from hardware.protocols.hostlink import Message
from hardware.protocols.sdt import Response
from hardware.protocols.sdt_text import CardText, Layout
from hardware.protocols.zvt import Apdu
from hardware.protocols.zvt_fields import encode_fields
from hardware.protocols.zvt_messages import registration, status_information
from kiosk_app.devices import Slip, SlipLine

NAME, NUMBER, ADDRESS = "王小明", "440106198502300315", "广州市天河区体育西路191号"
"""Nobody: the thirtieth of February."""


def dialect(role: str, driver: str, line: str = "serial") -> Dialect[Any]:
    found = dialect_of(role, driver, line)
    assert found is not None
    return found


def cleaned(found: Dialect[Any], *said: tuple[str, bytes]) -> bytes:
    return b"".join(one.data for way, data in said for one in found.hear(way, data))


def person(layout: Layout = Layout.RESIDENT) -> CardText:
    return CardText(
        layout=layout,
        name=NAME,
        sex="1",
        nation="01" if layout is Layout.RESIDENT else "KAZ",
        birth=date(1985, 2, 3),
        number=NUMBER[:15] if layout is Layout.FOREIGNER_2017 else NUMBER,
        valid_from=date(2016, 5, 4),
        valid_to=None,
        address=ADDRESS,
        authority="4401" if layout is Layout.FOREIGNER_2017 else "广州市公安局",
        english_name="WANG XIAOMING",
        pass_number="H12345678",
    )


@pytest.mark.parametrize("layout", Layout)
def test_an_identity_card_becomes_the_sample_of_its_kind(layout: Layout) -> None:
    wire = dialect("id_card_reader", "sdt")
    data = sdt.Reading(sdt_text.encode(person(layout)), b"\x57" * 1024).encode()
    answer = Response(0x90, data).encode()
    clean = cleaned(wire, (">", sdt.request(sdt.Command.READ)), ("<", answer))
    [response] = sdt.responses().feed(clean[len(sdt.request(sdt.Command.READ)) :])
    assert isinstance(response, Response)
    text = sdt_text.decode(sdt.reading(response.data).text)
    assert text.layout is layout
    assert "样本" in text.name
    assert len(response.encode()) == len(answer)
    for word in (NAME, NUMBER, ADDRESS, "WANG XIAOMING", "H12345678", "广州", "19850203"):
        assert word.encode("utf-16-le") not in clean
    assert b"\x57\x57" not in clean
    assert wire.person["name"] == text.name


def test_what_the_reader_says_of_the_address_and_the_chip_is_replaced_too() -> None:
    wire = dialect("id_card_reader", "sdt")
    clean = cleaned(
        wire,
        (">", sdt.request(sdt.Command.READ_ADDRESS)),
        ("<", Response(0x90, ADDRESS.encode("utf-16-le")).encode()),
        (">", sdt.request(sdt.Command.SELECT)),
        ("<", Response(0x90, b"\x5a" * 8).encode()),
    )
    assert ADDRESS[:2].encode("utf-16-le") not in clean
    assert b"\x5a" not in clean
    assert len(wire.person["address"]) == len(ADDRESS)


def test_a_record_that_cannot_be_understood_is_counted_and_not_written() -> None:
    wire = dialect("id_card_reader", "sdt")
    record = bytearray(sdt_text.encode(person()))
    record[36:38] = "x".encode("utf-16-le")
    answer = Response(0x90, sdt.Reading(bytes(record), bytes(1024)).encode()).encode()
    assert cleaned(wire, (">", sdt.request(sdt.Command.READ)), ("<", answer)) == sdt.request(sdt.Command.READ)
    assert wire.unwritten == {">": 0, "<": len(answer)}


def test_an_answer_to_no_question_is_not_written() -> None:
    wire = dialect("id_card_reader", "sdt")
    assert cleaned(wire, ("<", Response(0x90, ADDRESS.encode("utf-16-le")).encode())) == b""


@pytest.mark.parametrize("line", ["tcp", "serial"])
def test_no_card_track_cardholder_or_printed_line_of_a_terminal_is_written(line: str) -> None:
    frame = zvt.tcp_frame if line == "tcp" else zvt.serial_frame
    card, track = bytes.fromhex("6217001234567890123F"), bytes.fromhex("6217001234567890123D2512101F")
    fields = encode_fields(
        [
            (0x27, b"\0"),
            (0x04, bytes.fromhex("000000001234")),
            (0x22, card),
            (0x23, track),
            (0x8B, NAME.encode("gbk")),
            (0x3C, NAME.encode("gbk") + b" 6217001234567890123"),
            (0x06, b"\x5f\x20" + bytes([len(NAME) * 2]) + NAME.encode("gbk")),
            (0x3B, b"654321\0\0"),
        ]
    )
    wire = dialect("card_terminal", "zvt", line)
    clean = cleaned(
        wire,
        (">", frame(registration("471147"))),
        ("<", frame(Apdu(zvt.Command.STATUS, fields))),
        ("<", frame(Apdu(zvt.Command.PRINT_LINE, b"\0" + NAME.encode("gbk") + b"621700******0123"))),
        ("<", frame(Apdu(zvt.Command.INTERMEDIATE, b"\x0a" + NAME.encode("gbk")))),
    )
    for secret in (card, track, card[:5], NAME.encode("gbk"), b"6543", b"6217", bytes.fromhex("471147")):
        assert secret not in clean
    frames: list[Any] = (zvt.TcpFraming() if line == "tcp" else zvt.SerialFraming()).feed(clean)
    assert [one.control for one in frames] == [0x0600, 0x040F, 0x06D1, 0x04FF]
    said = status_information(frames[1].data)
    assert (said.result, said.amount, said.card[:6], len(frames[1].data)) == (0, 1234, "622000", len(fields))


def test_a_field_that_the_codec_does_not_know_keeps_its_message_out() -> None:
    wire = dialect("card_terminal", "zvt", "tcp")
    unknown = zvt.tcp_frame(Apdu(zvt.Command.STATUS, b"\x27\0\x77" + NAME.encode("gbk")))
    strange = zvt.tcp_frame(Apdu(0x0F12, NAME.encode("gbk")))
    assert cleaned(wire, ("<", unknown + strange)) == b""
    assert wire.unwritten["<"] == len(unknown + strange)


def test_of_a_slip_only_the_outline_stays() -> None:
    slip = render(Slip((SlipLine(NAME, "¥1234.56", style="title"), SlipLine(NUMBER)), qr=f"https://a.test/{NUMBER}"))
    wire = dialect("receipt_printer", "escpos")
    clean = cleaned(wire, (">", slip))
    assert len(clean) == len(slip)
    for word in (NAME, NUMBER, "1234", "a.test"):
        assert word.encode("gb18030") not in clean
    assert outline("张A1 ¥".replace("¥", "￥").encode("gb18030")) == "样xx 样".encode("gb18030")
    assert outline(b"\xff\xff.") == b"xxx"


def test_of_a_chip_card_the_records_become_the_samples_and_a_pin_is_never_the_holders() -> None:
    wire = dialect("chip_card_reader", "pcsc", "host")

    def asks(command: apdu.Command) -> tuple[str, bytes]:
        return ">", hostlink.encode(Message({"id": 1, "op": "transmit"}, command.encode()))

    def says(data: bytes) -> tuple[str, bytes]:
        return "<", hostlink.encode(Message({"id": 1}, data))

    name = NAME.encode("gbk").ljust(30, b"\0")
    clean = cleaned(
        wire,
        ("<", hostlink.encode(Message({"id": 0, "protocol": "T=0", "atr": "3b99887766"}))),
        asks(apdu.read_record(9, 0)),
        says(b"\x6c\x20"),
        asks(apdu.read_record(9, 0, 32)),
        says(b"\x61\x20"),
        asks(apdu.Command(0, 0xC0, 0, 0, expect=32)),
        says(b"\x09\x1e" + name + b"\x90\0"),
        asks(apdu.read_record(8, 0, 20)),
        says(b"\x08\x12" + NUMBER.encode() + b"\x90\0"),
        asks(apdu.read_record(0x66, 0, 20)),
        says(b"\x66\x06" + NAME.encode("gbk") + b"\x90\0"),
        asks(apdu.verify(bytes.fromhex("998877"))),
        says(b"\x63\xc2"),
    )
    for secret in (NAME.encode("gbk"), NUMBER.encode(), bytes.fromhex("998877"), b"3b99887766"):
        assert secret not in clean
    assert {"name": wire.person["name"], "number": wire.person["number"]} == {
        "name": "张样本",
        "number": "440703199003070013",
    }
    assert clean.endswith(hostlink.encode(Message({"id": 1}, b"\x63\xc2")))


def test_of_a_document_nothing_is_written_but_that_there_was_one() -> None:
    wire = dialect("document_printer", "cups", "host")
    job = hostlink.encode(Message({"id": 1, "op": "print", "queue": "a4", "title": NAME}, b"%PDF-1.4 " + NAME.encode()))
    odd = hostlink.encode(Message({"id": 1, "job": {"state": 5, "job-name": NAME}}))
    clean = cleaned(wire, (">", job), ("<", odd))
    assert NAME.encode() not in clean
    assert b"%PDF-sample" in clean
    assert wire.unwritten["<"] == len(odd)


@pytest.mark.parametrize("kind", ["CS", "CD"])
def test_of_a_permit_the_line_becomes_the_samples_and_what_is_printed_its_outline(kind: str) -> None:
    letter = {"CS": "C", "CD": "L"}[kind]
    line = str(mrz.PermitLine(kind, f"{letter}12345678", date(2031, 2, 3), date(1985, 2, 3)))
    status = Status(Position.INSIDE, stay=3)
    read = Answer(Result.OK, status, Reading(7, line).encode()).encode()
    order = Order("job-1", 3, (NAME, "2031.02.03")).encode()
    frames = [
        (">", Frame(Kind.REQUEST, Command.READ, 5, 1)),
        ("<", Frame(Kind.ANSWER, Command.READ, 5, 1, read)),
        (">", Frame(Kind.REQUEST, Command.PRINT, 5, 2, order)),
    ]
    wire = dialect("permit_unit", "open-permit")
    clean = cleaned(wire, *((way, frame.encode()) for way, frame in frames))
    for secret in (b"12345678", b"850203", b"310203", NAME.encode(), b"2031"):
        assert secret not in clean
    assert mrz.parse(wire.person["mrz"], today=date(2026, 1, 1)).kind == kind
    assert len(clean) == sum(len(frame.encode()) for _, frame in frames)


def test_a_permit_that_was_misread_is_not_written() -> None:
    wire = dialect("permit_unit", "open-permit")
    read = Answer(Result.OK, Status(Position.INSIDE), Reading(7, "CSC123456780<310203O<8502030<0").encode()).encode()
    frame = Frame(Kind.ANSWER, Command.READ, 5, 1, read).encode()
    assert cleaned(wire, ("<", frame)) == b""
    assert wire.unwritten["<"] == len(frame)


def test_a_ups_keeps_its_serial_number_and_a_log_in_its_password() -> None:
    wire = dialect("ups", "nut", "tcp")
    clean = cleaned(
        wire,
        (">", b"PASSWORD secret\n"),
        ("<", b'VAR ups ups.serial "AS1234567"\nVAR ups ups.status "OL"\n'),
    )
    assert clean == b'VAR ups ups.serial "SAMPLE"\nVAR ups ups.status "OL"\n'
