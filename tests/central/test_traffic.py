"""Stories of the traffic department: what is shown, what is due, what is accepted, what is given back."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.departments import rules, samples
from central.departments.traffic_tables import decision
from tests.central.fleet import Fleet, fleet

ZHANG, LI = samples.ZHANG.id_number, samples.LI.id_number


@pytest.fixture
def central() -> Fleet:
    return fleet()


# --- numbers ---


@pytest.mark.parametrize("number", ["4407031000000181", "4407031901234566", "4407037000000011", "4407851600123455"])
def test_a_decision_number_of_guangdong_fits_its_check_digit(number: str) -> None:
    assert rules.decision_base(number) == number[:15]
    assert rules.decision_base(number[:15]) == number[:15]


@given(st.from_regex(r"44[0-9]{13}", fullmatch=True), st.integers(7, 14), st.integers(1, 7))
def test_one_mistyped_digit_of_the_serial_is_noticed(base: str, place: int, by: int) -> None:
    wrong = base[:place] + str((int(base[place]) + by) % 10) + base[place + 1 :]
    if rules.check_digit(wrong) != rules.check_digit(base):
        with pytest.raises(rules.WrongCheckError):
            rules.decision_base(wrong + rules.check_digit(base))
    else:
        assert abs(int(wrong[place]) - int(base[place])) == 8  # what a sum modulo 8 cannot see


def test_other_provinces_check_digits_are_not_judged() -> None:
    assert rules.decision_base("3301031000000189") == "330103100000018"


@pytest.mark.parametrize("number", ["", "440703100000", "44070310000001811", "44070310000001８1", "4407031000000 18"])
def test_a_number_of_another_shape_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="15 or 16"):
        rules.decision_base(number)


@pytest.mark.parametrize("person", samples.PERSONS)
def test_the_samples_have_valid_numbers(person: samples.Person) -> None:
    assert rules.is_id_number(person.id_number)
    assert not rules.is_id_number(person.id_number[:-1] + ("3" if person.id_number[-1] != "3" else "4"))


def test_the_samples_decisions_fit_their_check_digits() -> None:
    assert len({s.number for s in samples.SAMPLES}) == len(samples.SAMPLES)
    for sample in samples.SAMPLES:
        assert rules.decision_base(sample.number) == sample.base


# --- the term and the late fee ---


@pytest.mark.parametrize(
    ("days_late", "fee"), [(-3, 0), (0, 0), (1, 600), (7, 4200), (33, 19800), (34, 20000), (400, 20000)]
)
def test_the_late_fee_is_three_percent_a_day_and_never_more_than_the_fine(days_late: int, fee: int) -> None:
    last = date(2026, 3, 17)
    assert rules.late_fee(20000, last, last + timedelta(days=days_late)) == fee


def test_the_day_of_the_decision_does_not_count() -> None:
    assert rules.pay_by(date(2026, 3, 2), set()) == date(2026, 3, 17)


def test_a_term_that_ends_on_days_off_ends_on_the_next_working_day() -> None:
    holiday = {date(2026, 10, day) for day in range(1, 8)}
    assert rules.pay_by(date(2026, 9, 16), holiday) == date(2026, 10, 8)


def test_days_are_chinas_days() -> None:
    assert rules.china_day(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)


# --- what is shown ---


def test_a_citizen_sees_open_decisions_with_late_fees_and_the_records_of_their_vehicles(central: Fleet) -> None:
    shown = {d.code: d for d in central.ask(id_number=ZHANG)}
    assert {code: (d.fine, d.late_fee, d.refused) for code, d in shown.items()} == {
        "1039": (20000, 0, ""),
        "1345": (20000, 4200, ""),
        "1208": (10000, 0, ""),
        "1344": (20000, 20000, ""),
        "1625": (20000, 0, "not_handled"),
        "1636": (20000, 0, "not_handled"),
    }
    assert shown["1345"].pay_by == date(2026, 2, 23)
    assert shown["1625"].pay_by is None
    assert shown["1625"].points == 6


def test_the_last_day_in_time_and_the_first_day_late(central: Fleet) -> None:
    assert {d.code: d.late_fee for d in central.ask(id_number=LI)} == {"1223": 0, "1101": 150}
    central.clock.turn(days=1)
    assert {d.code: d.late_fee for d in central.ask(id_number=LI)} == {"1223": 600, "1101": 300}


def test_licence_measures_are_shown_and_cannot_be_paid_here(central: Fleet) -> None:
    refused = {d.code: d.refused for d in central.ask(id_number=samples.ZHAO.id_number)}
    assert refused == {"1711": "licence_measures", "1204": ""}


def test_a_number_finds_its_decision_with_or_without_the_check_digit(central: Fleet) -> None:
    sample = samples.SAMPLES[1]
    assert central.ask(number=sample.number) == central.ask(number=sample.base)
    assert central.ask(number=sample.number)[0].due == 24200


def test_another_provinces_number_must_fit_as_it_is_stored(central: Fleet) -> None:
    with central.front.store.write() as connection:
        connection.execute(
            decision.update()
            .where(decision.c.number == samples.SAMPLES[0].number)
            .values(base="330103100000018", number="3301031000000185")
        )
    assert central.ask(number="3301031000000185") == central.ask(number="330103100000018")
    assert central.problem(number="3301031000000189") == (404, "unknown-decision")


def test_a_record_number_shows_the_record_and_why_it_cannot_be_paid(central: Fleet) -> None:
    record = next(s for s in samples.SAMPLES if s.decided is None)
    assert [d.refused for d in central.ask(number=record.number)] == ["not_handled"]


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ({"number": "4407031000000182"}, (422, "wrong-check")),
        ({"number": "440703"}, (422, "bad-number")),
        ({"number": "4407031000099990"}, (422, "wrong-check")),
        ({"number": "440703100009999"}, (404, "unknown-decision")),
        ({"id_number": "440703199003070014"}, (422, "bad-id-number")),
        ({}, (422, "bad-question")),
        ({"number": "4407031000000181", "id_number": ZHANG}, (422, "bad-question")),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    central: Fleet, question: dict[str, str], problem: tuple[int, str]
) -> None:
    assert central.problem(**question) == problem


def test_a_person_without_decisions_has_an_empty_list(central: Fleet) -> None:
    assert central.ask(id_number="944840199001010016") == []


def test_a_department_that_does_not_answer_is_said_to_be_unavailable(central: Fleet) -> None:
    central.traffic.available = False
    assert central.problem(id_number=ZHANG) == (503, "department-unavailable")


# --- payments ---


def test_a_payment_is_accepted_and_the_decisions_are_paid(central: Fleet) -> None:
    fines = [d for d in central.ask(id_number=ZHANG) if not d.refused]
    [verdict] = central.say(central.paid("R1", *fines))
    assert (verdict.accepted, verdict.code, verdict.voucher) == (True, "", "260302000001")
    assert [d.refused for d in central.ask(id_number=ZHANG)] == ["not_handled"] * 2
    assert [d.refused for d in central.ask(number=fines[0].number)] == ["paid"]
    assert central.front.books().held == sum(d.due for d in fines)


def test_a_second_payment_of_a_decision_is_refused_as_a_whole(central: Fleet) -> None:
    first, second, *_ = [d for d in central.ask(id_number=ZHANG) if not d.refused]
    central.say(central.paid("R1", first))
    [verdict] = central.say(central.paid("R2", second, first))
    assert (verdict.accepted, verdict.code) == (False, "already-paid")
    assert central.ask(number=second.number)[0].refused == ""
    assert central.front.books().held == first.due


def test_the_same_reference_gets_the_same_answer_and_pays_once(central: Fleet) -> None:
    report = central.paid("R1", central.ask(number=samples.SAMPLES[0].number)[0])
    [one], [again] = central.say(report), central.say(report)
    assert (one.voucher, one.accepted) == (again.voucher, again.accepted)
    assert one.seq != again.seq
    assert len(central.front.books().payments) == 1


def test_a_reference_used_for_another_payment_is_refused(central: Fleet) -> None:
    first, second, *_ = central.ask(id_number=ZHANG)
    [_, verdict] = central.say(central.paid("R1", first), central.paid("R1", second))
    assert (verdict.accepted, verdict.code) == (False, "reference-reused")


def test_a_late_report_counts_to_the_day_of_the_payment(central: Fleet) -> None:
    report = central.paid("R1", central.ask(number=samples.SAMPLES[1].number)[0])
    central.clock.turn(days=9)
    assert central.say(report)[0].accepted


def test_an_amount_shown_before_midnight_is_good_shortly_after(central: Fleet) -> None:
    central.clock.at = datetime(2026, 3, 2, 15, 58, tzinfo=UTC)
    shown = central.ask(number=samples.SAMPLES[1].number)[0]
    central.clock.turn(minutes=5)
    assert central.ask(number=shown.number)[0].due != shown.due
    assert central.say(central.paid("R1", shown))[0].accepted


def test_an_amount_of_yesterday_is_refused(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[1].number)[0]
    central.clock.turn(days=1)
    assert central.say(central.paid("R1", shown))[0].code == "amount-changed"


def test_a_broken_clock_cannot_break_central(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[1].number)[0]
    ancient = central.paid("R1", shown, paid_at=datetime(1, 1, 1, tzinfo=UTC))
    assert central.say(ancient)[0].code == "amount-changed"


def test_a_clock_ahead_does_not_make_the_citizen_pay_more(central: Fleet) -> None:
    sample = samples.SAMPLES[1]
    central.clock.turn(days=30)
    dear = central.ask(number=sample.number)[0]
    ahead = central.clock.now()
    central.clock.turn(days=-30)
    assert central.say(central.paid("R1", dear, paid_at=ahead))[0].code == "amount-changed"


@pytest.mark.parametrize("changes", [{"amount": 1}, {"amount": 10**11}])
def test_an_amount_that_is_not_the_sum_is_refused(central: Fleet, changes: dict[str, int]) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    assert central.say(central.paid("R1", shown, **changes))[0].code == "amount-changed"


def test_a_decision_cannot_be_paid_twice_in_one_payment(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    assert central.say(central.paid("R1", shown, shown))[0].code == "amount-changed"


def test_a_decision_nobody_knows_is_refused(central: Fleet) -> None:
    shown = msgspec.structs.replace(central.ask(number=samples.SAMPLES[0].number)[0], number="4407031000099993")
    assert central.say(central.paid("R1", shown))[0].code == "unknown-decision"


@pytest.mark.parametrize("code", ["1625", "1711"])
def test_what_cannot_be_paid_here_is_refused_when_it_is_paid_anyway(central: Fleet, code: str) -> None:
    sample = next(s for s in samples.SAMPLES if s.code == code)
    shown = central.ask(number=sample.number)[0]
    assert central.say(central.paid("R1", shown))[0].code == "not-payable"


# --- given back ---


@pytest.mark.parametrize("state", ["reversed", "refund due"])
def test_a_payment_given_back_reopens_its_decisions(central: Fleet, state: str) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    central.say(central.paid("R1", shown), central.moved("R1", state, shown.due))
    assert central.ask(number=shown.number)[0].refused == ""
    books = central.front.books()
    assert (books.held, books.owed) == (0, shown.due if state == "refund due" else 0)
    assert central.say(central.paid("R2", shown))[0].accepted
    assert central.front.books().held == shown.due


def test_a_debt_that_a_person_refunded_is_owed_no_more(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    central.say(central.paid("R1", shown), central.moved("R1", "refund due"), central.moved("R1", "refunded"))
    assert (central.front.books().held, central.front.books().owed) == (0, 0)


def test_a_reversal_that_comes_first_makes_acceptance_impossible(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    [verdict] = central.say(central.moved("R1", "reversed", shown.due), central.paid("R1", shown))
    assert (verdict.accepted, verdict.code) == (False, "given-back")
    assert central.ask(number=shown.number)[0].refused == ""


def test_an_old_reversal_does_not_reopen_what_another_payment_paid(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    central.say(central.paid("R1", shown), central.moved("R1", "reversed"))
    central.say(central.paid("R2", shown), central.moved("R1", "reversed"))
    assert central.ask(number=shown.number)[0].refused == "paid"


def test_other_states_change_nothing_but_are_kept_in_the_books(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    central.say(central.paid("R1", shown), central.moved("R1", "settled"), central.moved("R9", "approved"))
    line = central.front.books().line("R1")
    assert line is not None
    assert (line.state, line.held, line.numbers) == ("settled", True, [shown.number])
    assert central.front.books().line("R9") is None
