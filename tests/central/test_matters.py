"""What became of what was said, for whoever said it and nobody else; and how long that can be read."""

from datetime import timedelta

import msgspec
import pytest

from central import console, feedback, matters
from central.problems import Refused
from kiosk_app.contract import FeedbackGiven
from kiosk_app.contract.cases import AskCases, Cases
from kiosk_app.contract.feedback import FEEDBACK, AskMatter, Matter, is_whose, whose_digest
from tests.central.fleet import KIOSK, Fleet, fleet, replace_event

PHONE, ZHANG, WANG = "13900001234", "440703199003070013", "440703195501010023"
CALLED, CARD, NOBODY = (f"9000000000000000000{n}" for n in (1, 2, 3))


@pytest.fixture
def central() -> Fleet:
    """Three matters: one with a telephone number, one with Zhang's card, one of nobody."""
    central = fleet()
    given = {CALLED: {"phone": PHONE}, CARD: {"whose": whose_digest("a" * 32, ZHANG)}, NOBODY: {}}
    for reference, left in given.items():
        now = central.clock.now()
        said = FeedbackGiven(reference=reference, kind="complaint", topic="staff", at=now, **left)
        central.send(central.kiosk.event(said, FEEDBACK))
    return central


def ask(central: Fleet, reference: str, ending: str = "") -> Matter:
    body = msgspec.json.encode(AskMatter(reference=reference, ending=ending))
    return msgspec.json.decode(central.front.answer(KIOSK, AskMatter.path, body), type=Matter)


def refusal(central: Fleet, reference: str, ending: str = "") -> str:
    with pytest.raises(Refused) as refused:
        ask(central, reference, ending)
    return refused.value.code


def mine(central: Fleet, number: str) -> list[Matter]:
    body = msgspec.json.encode(AskCases(number=number))
    return msgspec.json.decode(central.front.answer(KIOSK, AskCases.path, body), type=Cases).said


def settle(central: Fleet, reference: str, answer: str = "") -> None:
    feedback.settle(central.front.store, central.clock, reference, "1207", answer)


def everything(central: Fleet) -> str:
    with central.front.store.read() as connection:
        tables = [connection.exec_driver_sql(f"SELECT * FROM {table}") for table in ("event", "feedback")]
        return str([tuple(row) for rows in tables for row in rows])


# --- who may read it ---


def test_an_answer_is_read_by_the_number_and_the_last_four_digits_also_when_the_telephone_is_forgotten(
    central: Fleet,
) -> None:
    assert ask(central, CALLED, "1234").state == "received"
    feedback.call_back(central.front.store, CALLED, "1207")
    assert ask(central, CALLED, "1234").state == "taken"
    settle(central, CALLED, "已修好，谢谢您。")
    assert PHONE not in everything(central)
    told = ask(central, CALLED, "1234")
    assert (told.state, told.answer) == ("settled", "已修好，谢谢您。")
    assert str(told.until) == "2026-05-31"  # ninety days
    assert "已修好，谢谢您。" in console.page(central.front)


def test_the_card_that_was_laid_finds_its_own_and_nothing_else(central: Fleet) -> None:
    settle(central, CARD, "已处理。")
    [matter] = mine(central, ZHANG)
    assert (matter.reference, matter.state, matter.answer) == (CARD, "settled", "已处理。")
    assert mine(central, WANG) == []
    assert ZHANG not in everything(central)


def test_who_left_nothing_reads_it_by_the_number_alone(central: Fleet) -> None:
    settle(central, NOBODY, "已加开窗口。")
    assert ask(central, NOBODY).answer == "已加开窗口。"
    assert ask(central, NOBODY, "1234").answer == "已加开窗口。"  # who does not remember that nothing was left


def test_a_number_that_never_was_another_ending_and_somebodys_card_are_one_answer(central: Fleet) -> None:
    asked = [("9" * 20, ""), (CALLED, "9999"), (CALLED, ""), (CARD, ""), (CARD, "1234")]
    assert {refusal(central, *one) for one in asked} == {"unknown-matter"}


def test_four_digits_cannot_be_tried_out_however_patiently(central: Fleet) -> None:
    for n in range(matters.GUESSES):
        assert refusal(central, CALLED, f"{n:04d}") == "unknown-matter"
        central.clock.turn(days=1)
    assert refusal(central, CALLED, "9999") == "guessed-out"
    assert refusal(central, CALLED, "1234") == "guessed-out"
    assert [refusal(central, CALLED) for _ in range(2)] == ["guessed-out"] * 2


def test_asking_without_digits_is_no_guess(central: Fleet) -> None:
    for _ in range(matters.GUESSES + 1):
        assert refusal(central, CALLED) == "unknown-matter"
    assert ask(central, CALLED, "1234").reference == CALLED


def test_two_matters_of_one_card_do_not_look_alike() -> None:
    one, other = whose_digest("a" * 32, ZHANG), whose_digest("b" * 32, ZHANG)
    assert one[32:] != other[32:]
    assert is_whose(one, ZHANG)
    assert is_whose(other, ZHANG)
    assert not is_whose(one, WANG)
    assert not is_whose("", ZHANG)


# --- what an operator may write ---


@pytest.mark.parametrize(
    "answer",
    [
        "电话13900001234",
        "电话 139 0000 1234",
        "电话139-0000-1234",
        "电话１３９００００１２３４",
        "身份证 440703199003070013",
        "身份证 440703 19900307 001x",
        "长" * 301,
    ],
)
def test_an_answer_that_names_somebody_or_fits_no_page_is_refused_and_nothing_is_settled(
    central: Fleet, answer: str
) -> None:
    with pytest.raises(Refused) as refused:
        settle(central, CALLED, answer)
    assert refused.value.code == "bad-answer"
    assert ask(central, CALLED, "1234").state == "received"


def test_an_answer_may_name_the_matter_and_the_hotline(central: Fleet) -> None:
    settle(central, CALLED, f"编号{CALLED}，请致电 0750-12345。")
    assert ask(central, CALLED, "1234").state == "settled"


def test_an_answer_is_one_line_whatever_was_pasted(central: Fleet) -> None:
    settle(central, NOBODY, " 已处理。\r\n\n\t谢谢\x0b您。 ")
    assert ask(central, NOBODY).answer == "已处理。 谢谢 您。"


# --- what time does ---


def test_an_answer_is_read_so_long_and_then_nothing_leads_to_anybody(central: Fleet) -> None:
    for reference in (CALLED, CARD, NOBODY):
        settle(central, reference, "已修好")
    whose = whose_digest("a" * 32, ZHANG)
    assert whose in everything(central)
    central.clock.turn(days=90)
    assert central.front.forget().answers == 0
    assert mine(central, ZHANG)
    central.clock.turn(hours=11, minutes=59)  # the page says that it can be read on this day
    assert central.front.forget().answers == 0
    assert ask(central, CALLED, "1234").answer == "已修好"
    central.clock.turn(minutes=1)
    assert refusal(central, CALLED, "1234") == "unknown-matter"
    assert central.front.forget().answers == 3
    assert central.front.forget().answers == 0
    assert mine(central, ZHANG) == []
    assert whose not in everything(central)
    assert "已修好" not in everything(central)
    for said in ((CALLED, "1234"), (CALLED, ""), (CARD, ""), (NOBODY, "")):
        assert refusal(central, *said) == "unknown-matter"  # "there is no answer in writing" would not be true


def test_operators_are_told_a_month_before_a_matter_ends_unsettled(central: Fleet) -> None:
    central.clock.turn(days=150)
    assert central.front.forget().ending == 0
    assert "即将到期" not in console.page(central.front)
    central.clock.turn(seconds=1)
    assert central.front.forget().ending == 3
    page = console.page(central.front)
    assert "3 件即将到期未办" in page
    assert page.count("▲ 即将到期 ends soon") == 3
    settle(central, CARD)
    assert central.front.forget().ending == 2


def test_what_nobody_settled_ends_wiped_and_whoever_said_it_is_told(central: Fleet) -> None:
    feedback.call_back(central.front.store, CALLED, "1207")
    central.clock.turn(days=180)
    assert central.front.forget().ended == 0
    central.clock.turn(seconds=1)
    assert central.front.forget().ended == 3
    assert PHONE not in everything(central)
    assert whose_digest("a" * 32, ZHANG) not in everything(central)
    assert ask(central, CALLED).state == "ended"
    assert ask(central, CALLED, "1234").state == "ended"  # as the machine asks whoever left a telephone number
    assert ask(central, CARD).state == "ended"
    assert "▲ 逾期未办" in console.page(central.front)
    with pytest.raises(Refused) as refused:
        settle(central, CALLED)
    assert refused.value.code == "settled"


def test_a_matter_that_came_late_has_its_whole_time(central: Fleet) -> None:
    at = central.clock.now()
    central.clock.turn(days=170)
    late = FeedbackGiven(reference="90000000000000000009", kind="praise", topic="staff", at=at)
    central.send(central.kiosk.event(late, FEEDBACK))
    central.clock.at += timedelta(days=11)
    assert central.front.forget().ended == 3
    assert ask(central, "90000000000000000009").state == "received"


def test_who_was_guessed_at_hears_all_the_same_that_nobody_answered(central: Fleet) -> None:
    for n in range(matters.GUESSES):
        assert refusal(central, CALLED, f"{n:04d}") == "unknown-matter"
    central.clock.turn(days=181)
    central.front.forget()
    assert ask(central, CALLED, "1234").state == "ended"


def test_what_was_set_aside_is_wiped_too_though_it_is_no_matter(central: Fleet) -> None:
    now = central.clock.now()
    said = FeedbackGiven(reference="9" * 20, kind="complaint", topic="staff", phone="13700005678", at=now)
    event = central.kiosk.event(said, FEEDBACK)
    central.send(replace_event(event, sig="00"))  # quarantined
    other = replace_event(event, id="another", body=event.body | {"phone": "13700009999"})
    central.send(central.kiosk.signed(other))  # a fork of it

    def kept() -> str:
        with central.front.store.read() as connection:
            tables = [connection.exec_driver_sql(f"SELECT raw FROM {table}").scalars() for table in ("event", "fork")]
            return str([raw for raws in tables for raw in raws])

    assert "13700005678" in kept()
    assert "13700009999" in kept()
    central.clock.turn(days=181)
    central.front.forget()
    assert "1370000" not in kept()
    assert central.front.forget().ended == 0
