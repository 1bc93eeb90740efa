"""The social-security card's codec: the published commands byte for byte, both styles, hostile cards, the PIN."""

from collections.abc import Callable, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.protocols import apdu, social_card
from hardware.protocols.apdu import BadAnswer, Command, Conversation, Found, Reply
from hardware.protocols.social_card import BadCard, CardText, NotSocialCard, PinRefused
from hardware.simulators.chip_card import SAMPLES, ChipCard, Style, records_of, sample

SELECT = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
OK, NOT_FOUND, WRONG = "9000", "6A82", "6A86"
EF05 = {
    "00B2010012": "01104407000000000000000000000000000FFF",
    "00B2020003": "020133",
    "00B2030006": "0304322E3030",
    "00B204000E": "040C91560000023744070044070A",
    "00B2050006": "050420200518",
    "00B2060006": "060420300518",
    "00B207000B": "0709413030303030303031",
}
EF06 = {
    "00B2080014": "0812" + b"440703199003070013".hex(),
    "00B2090020": "091E" + "张样本".encode("gbk").hex() + "00" * 24,
    "00B24E0016": "4E14" + "之样本".encode("gbk").hex() + "20" * 14,
    "00B20A0003": "0A0131",
    "00B20B0003": "0B0101",
    "00B20C0005": "0C03440703",
    "00B20D0006": "0D0419900307",
}
PUBLISHED = {SELECT: OK, "00A4020002EF05": OK, "00A4020002EF06": OK} | {
    command: record + OK for command, record in (EF05 | EF06).items()
}
EF05["00B2010012"] = "0110440700" + "00" * 12 + "FF"
PUBLISHED["00B2010012"] = EF05["00B2010012"] + OK


def told(answers: Mapping[str, str], otherwise: str = WRONG) -> Callable[[bytes], bytes]:
    """A card that is nothing but a table."""
    table = {command.upper(): answer for command, answer in answers.items()}
    return lambda command: bytes.fromhex(table.get(command.hex().upper(), otherwise))


def talk(
    conversation: Conversation[Found], card: Callable[[bytes], bytes], *, at_most: int = 100
) -> tuple[Found, list[bytes]]:
    """Lead a conversation to its end; what it found out, and every command on the wire."""
    sent: list[bytes] = []
    command = next(conversation)
    try:
        while True:
            sent.append(command.encode())
            assert len(sent) <= at_most, "no end"
            command = conversation.send(card(sent[-1]))
    except StopIteration as end:
        return end.value, sent


def test_the_published_commands_read_a_card_by_tag() -> None:
    card, sent = talk(social_card.read(), told(PUBLISHED))
    assert [command.hex().upper() for command in sent] == [
        *(SELECT, "00A4020002EF05", *EF05),
        *("00A4020002EF06", *EF06),
    ]
    assert card == CardText(
        number="440703199003070013",
        name="张样本之样本",
        sex="1",
        nation="01",
        birthplace="440703",
        birth=date(1990, 3, 7),
        card_number="A00000001",
        region="440700",
        issued=date(2020, 5, 18),
        expires=date(2030, 5, 18),
        generation=2,
        card_class="3",
        issuer="91560000023744070044070A",
    )


def by_number(*, p2: tuple[int, int]) -> dict[str, str]:
    records = {p2[0]: list(EF05.values()), p2[1]: list(EF06.values())}
    return {
        f"00B2{at:02X}{code:02X}00": row + OK for code, rows in records.items() for at, row in enumerate(rows, 1)
    } | {SELECT: OK, "00A4020002EF05": OK, "00A4020002EF06": OK}


def test_a_card_that_knows_numbers_only_is_read_with_the_short_file_ids_2c_and_34() -> None:
    card, sent = talk(social_card.read(), told(by_number(p2=(0x2C, 0x34))))
    assert (card.name, card.sex, card.nation) == ("张样本之样本", "1", "01")  # record 4, because 3 is the extension
    assert bytes.fromhex("00B2012C00") in sent
    assert bytes.fromhex("00B2043400") in sent


def test_without_the_name_extension_the_records_stand_one_earlier_and_mean_the_same() -> None:
    card = ChipCard(records_of(name="张样本", number="440703199003070013", sex="2", card_number="X"), Style.NUMBER)
    text, _ = talk(social_card.read(), card.answer)
    assert (text.name, text.sex) == ("张样本", "2")


def test_a_card_without_short_file_ids_is_read_by_number_after_select() -> None:
    card = sample("zhang by number")
    text, sent = talk(social_card.read(), card.answer)
    assert text.name == "张样本"
    assert bytes.fromhex("00B2010400") in sent


def test_a_reader_that_wants_another_select_gets_it() -> None:
    wants = {command.replace("00A40200", "00A40000"): answer for command, answer in PUBLISHED.items()}
    text, sent = talk(social_card.read(), told(wants))
    assert text.name == "张样本之样本"
    assert {bytes.fromhex("00A4000002EF05"), bytes.fromhex("00A4000002EF06")} <= set(sent)


@pytest.mark.parametrize("name", [name for name, card in SAMPLES.items() if card.files])
def test_every_sample_card_is_read_in_few_commands(name: str) -> None:
    text, sent = talk(social_card.read(), sample(name).answer)
    assert text.name.endswith("样本")
    assert len(sent) < 60


def test_6c_sends_again_with_the_length_and_61_fetches_the_rest() -> None:
    card = told({"00B2010000": "6C05", "00B2010005": "6103", "00C0000003": "AABBCC6101", "00C0000001": "6C02"})
    more = told({"00C0000002": "DDEE9000"})

    def both(command: bytes) -> bytes:
        answer = card(command)
        return more(command) if answer == bytes.fromhex(WRONG) else answer

    reply, _ = talk(apdu.ask(apdu.read_record(1, 0)), both)
    assert reply == Reply(bytes.fromhex("AABBCCDDEE"), 0x9000)


def test_a_length_of_00_is_256() -> None:
    _, sent = talk(apdu.ask(apdu.read_record(1, 0, 5)), told({"00B2010005": "6C00", "00B2010000": OK}))
    assert [command.hex() for command in sent] == ["00b2010005", "00b2010000"]


def test_61_without_end_is_given_up() -> None:
    with pytest.raises(BadAnswer):
        talk(apdu.ask(apdu.read_record(1, 0)), told({}, otherwise="AA6101"), at_most=20)


def test_another_card_is_not_a_broken_one() -> None:
    with pytest.raises(NotSocialCard):
        talk(social_card.read(), sample("bank card").answer)


# --- values


def spoilt(command: str, record: str) -> CardText:
    return talk(social_card.read(), told(PUBLISHED | {command: record + OK}))[0]


@pytest.mark.parametrize(
    ("command", "record"),
    [
        ("00B20D0006", "0D0419900231"),  # no such day
        ("00B20D0006", "0D0400000000"),  # nobody is born never
        ("00B20B0003", "0B010A"),  # no BCD
        ("00B2090020", "0902FF20"),  # no GBK
        ("00B2090020", "09021B41"),  # a control character
        ("00B2090020", "09020000"),  # no name
        ("00B2080014", "0812" + b"440703199003070014".hex()),  # check digit
        ("00B2080014", "0813" + b"4407031990030700139".hex()),  # too long
        ("00B2080014", "08FF44"),  # shorter than it says
        ("00B2030006", "0304392E3030"),  # no such generation
        ("00B2010012", "0103ABCDEF"),  # no region
        ("00B2080014", "08"),
    ],
)
def test_what_would_make_us_guess_is_refused_and_never_quoted(command: str, record: str) -> None:
    with pytest.raises(BadCard) as refused:
        spoilt(command, record)
    assert refused.value.__cause__ is None
    assert "4407" not in str(refused.value)
    assert len(str(refused.value)) < 40


def test_blank_dates_of_the_card_are_said_to_be_blank() -> None:
    assert spoilt("00B2060006", "060400000000").expires is None
    assert spoilt("00B2050006", "0504FFFFFFFF").issued is None


def test_a_small_x_is_the_same_number() -> None:
    assert spoilt("00B2080014", "0812" + b"11010519491231002x".hex()).number == "11010519491231002X"


def test_a_foreigners_number_has_letters_and_no_check_digit() -> None:
    assert spoilt("00B2080014", "0812" + b"USA1SAMPLE00000001".hex()).number == "USA1SAMPLE00000001"


def test_a_record_answered_at_a_wrong_place_is_filed_under_its_own_tag() -> None:
    swapped = PUBLISHED | {"00B20A0003": EF06["00B20B0003"] + OK, "00B20B0003": EF06["00B20A0003"] + OK}
    text, _ = talk(social_card.read(), told(swapped))
    assert (text.sex, text.nation) == ("1", "01")


def test_nothing_of_the_holder_shows_in_repr() -> None:
    shown = repr(talk(social_card.read(), told(PUBLISHED))[0])
    assert not [secret for secret in ("样本", "4407031990", "A00000001", "1990") if secret in shown]


# --- hostile cards


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=30))
def test_a_card_may_say_anything_and_the_conversation_ends(answers: list[bytes]) -> None:
    replies = iter(answers)

    def card(_: bytes) -> bytes:
        return next(replies, answers[-1])

    try:
        text, _ = talk(social_card.read(), card, at_most=1000)
        assert text.number
    except (BadAnswer, BadCard, NotSocialCard):
        pass


@given(st.sampled_from(sorted(EF05 | EF06)), st.binary(max_size=40), st.sampled_from(["9000", "6103", "6C05", "6282"]))
def test_one_hostile_record_is_read_or_refused_but_never_breaks(command: str, record: bytes, status: str) -> None:
    table = told(PUBLISHED | {command: record.hex() + status})
    try:
        text, _ = talk(social_card.read(), table, at_most=200)
        assert 1 <= text.generation <= 3
    except (BadAnswer, BadCard):
        pass


@given(st.binary())
def test_a_record_is_never_longer_than_what_was_sent(data: bytes) -> None:
    try:
        tag, value = social_card.record(data)
    except BadCard:
        return
    assert bytes([tag, len(value)]) + value == data[: 2 + len(value)]


# --- the PIN

VERIFY = "0020000003123456"


def check(answers: Mapping[str, str], pin: str = "123456", number: str = "440703199003070013") -> list[bytes]:
    return talk(social_card.verify_pin(pin, number, "A00000001"), told({**PUBLISHED, **answers}))[1]


def test_the_right_pin_is_sent_once_as_bcd() -> None:
    sent = check({VERIFY: OK})
    assert [command.hex() for command in sent].count(VERIFY.lower()) == 1


@pytest.mark.parametrize(("status", "tries"), [("63C2", 2), ("63C0", 0), ("6983", 0), ("6984", 0)])
def test_a_wrong_pin_says_how_often_one_may_still_try(status: str, tries: int) -> None:
    with pytest.raises(PinRefused) as refused:
        check({VERIFY: status})
    assert refused.value.tries == tries


@pytest.mark.parametrize(("status", "tries"), [("63C1", 1), ("6983", 0), ("6D00", None)])
def test_a_card_that_only_says_wrong_is_asked_for_its_tries_without_losing_one(status: str, tries: int | None) -> None:
    with pytest.raises(PinRefused) as refused:
        check({VERIFY: "6300", "00200000": status})
    assert refused.value.tries == tries


@pytest.mark.parametrize("status", ["6C03", "6102", "6982", "6700", "6A88"])
def test_a_pin_is_never_sent_twice_whatever_the_card_answers(status: str) -> None:
    sent: list[bytes] = []
    table = told(PUBLISHED | {VERIFY: status})

    def card(command: bytes) -> bytes:
        sent.append(command)
        return table(command)

    with pytest.raises(BadAnswer):
        talk(social_card.verify_pin("123456", "440703199003070013", "A00000001"), card)
    assert len([command for command in sent if command[:2] == bytes.fromhex(VERIFY)[:2]]) == 1


def test_a_card_exchanged_after_reading_gets_no_pin() -> None:
    with pytest.raises(NotSocialCard):
        check({VERIFY: OK}, number="440703195501010023")


@pytest.mark.parametrize("pin", ["12345", "1234567", "12345a", "", "１２３４５６"])
def test_what_is_no_pin_never_reaches_the_card(pin: str) -> None:
    with pytest.raises(ValueError, match="6 digits"):
        check({}, pin)


def test_a_pin_shows_neither_in_repr_nor_in_a_trace() -> None:
    command = apdu.verify(bytes.fromhex("123456"))
    assert "123456" not in repr(command)
    assert "4V" not in repr(command)
    assert command.shown() == bytes.fromhex("00200000")
    assert Command(0, 0xA4, 4, 0, b"x").shown() == bytes.fromhex("00A404000178")
