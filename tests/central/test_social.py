"""Stories of social security at central: whose record, which acts, which contributions, and what never leaves."""

from datetime import date, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.catalogue import SHIPPED_SOCIAL, read_section
from central.departments.rules import china_day
from central.departments.social import MedicalInsurance, SocialSecurity, faults, rules, samples
from central.departments.social.records import ONESELF
from central.departments.social.tables import month as months
from central.departments.social.tables import person as persons
from kiosk_app.contract import PaymentMoved, Problem, Verdict
from kiosk_app.contract.catalogue import GradeRule, SocialRules
from kiosk_app.contract.exit_entry import IdentityCheck, Sameness
from kiosk_app.contract.social import (
    Act,
    AskBenefits,
    AskCard,
    AskDues,
    AskLiving,
    AskMedical,
    AskPensions,
    AskRecord,
    Benefits,
    CardAct,
    CardState,
    ChangeCard,
    ConfirmLiving,
    ContributionPaid,
    Dues,
    Insurance,
    InsuredKey,
    InsuredState,
    Living,
    MedicalAccount,
    Pensions,
    Record,
    SocialCard,
)
from provisioning.device_key import DeviceKey
from tests.central.exit_fleet import RefusedError
from tests.central.fleet import Fleet, fleet

RULES = read_section(SHIPPED_SOCIAL, faults, SocialRules)
PIN = "739164"
REPLIES: dict[type[Any], type[Any]] = {
    AskRecord: Record, AskPensions: Pensions, AskBenefits: Benefits, AskMedical: MedicalAccount, AskLiving: Living,
    ConfirmLiving: Act, AskCard: SocialCard, ChangeCard: Act, AskDues: Dues,
}  # fmt: skip


class Hall:
    """A kiosk before the social-security office."""

    def __init__(self, central: Fleet) -> None:
        self.central = central
        self.asked = 0
        self.portraits(b"face")

    def portraits(self, picture: bytes) -> None:
        with self.central.front.store.write() as connection:
            connection.execute(persons.update().values(portrait=picture))

    @property
    def office(self) -> SocialSecurity:
        office = self.central.front.social
        assert isinstance(office, SocialSecurity)
        return office

    @property
    def today(self) -> date:
        return china_day(self.central.clock.now())

    def key(self, who: str, *, card: bool = False) -> InsuredKey:
        sample = samples.SAMPLES[who]
        return InsuredKey(number=sample.person.id_number, card=sample.card if card else "")

    def post(self, question: Any) -> bytes:
        status, body = self.central.front.post(self.central.kiosk.id, question.path, msgspec.json.encode(question))
        if status != 200:
            raise RefusedError(status, msgspec.json.decode(body, type=Problem).type)
        return body

    def ask(self, question: Any) -> Any:
        return msgspec.json.decode(self.post(question), type=REPLIES[type(question)])

    def check(self, result: Sameness = Sameness.SAME, way: str = "face") -> IdentityCheck:
        return IdentityCheck(way=way, result=result, at=self.central.clock.now(), score=0.3)

    def request(self) -> str:
        self.asked += 1
        return f"request-{self.asked}"

    def confirm(self, who: str, **changes: Any) -> ConfirmLiving:
        ask = ConfirmLiving(request=self.request(), person=self.key(who), check=self.check())
        return msgspec.structs.replace(ask, **changes)

    def change(self, who: str, act: CardAct, **changes: Any) -> ChangeCard:
        ask = ChangeCard(request=self.request(), person=self.key(who), act=act, check=self.check())
        return msgspec.structs.replace(ask, **changes)

    def state(self, who: str) -> CardState:
        return self.card(who).state

    def card(self, who: str) -> SocialCard:
        card = self.ask(AskCard(person=self.key(who)))
        assert isinstance(card, SocialCard)
        return card

    def refused(self, question: Any) -> tuple[int, str]:
        with pytest.raises(RefusedError) as refused:
            self.post(question)
        return refused.value.args[0], refused.value.args[1]

    def due(self, who: str, scheme: str) -> Any:
        dues = self.ask(AskDues(person=self.key(who)))
        return next(due for due in dues.dues if due.scheme == scheme)

    def paid(self, who: str, scheme: str, grade: str, reference: str = "R1") -> ContributionPaid:
        due = self.due(who, scheme)
        fen = next(one.fen for one in due.grades if one.grade == grade)
        return ContributionPaid(
            reference=reference, amount=fen, paid_at=self.central.clock.now(), trace=7, receipt_no=7,
            terminal_id="12345678", token=samples.SAMPLES[who].token, scheme=scheme, period=due.period, grade=grade,
        )  # fmt: skip

    def pay(self, report: ContributionPaid) -> Verdict:
        [verdict] = self.central.say(report)
        return verdict


@pytest.fixture
def hall() -> Hall:
    central = fleet()
    with central.front.store.write() as connection:
        samples.load(connection, china_day(central.clock.now()))
    return Hall(central)


# --- whose record ---


def test_an_insured_person_sees_every_month_of_every_insurance_and_how_each_stands(hall: Hall) -> None:
    record = hall.ask(AskRecord(person=hall.key("zhang")))
    assert record.name == "张**"
    standing = {one.insurance: one for one in record.standings}
    assert standing[Insurance.PENSION].state is InsuredState.PAYING
    assert standing[Insurance.PENSION].months == 63 + 61
    assert len(record.months) == 5 * standing[Insurance.PENSION].months
    first = next(month for month in record.months if month.insurance is Insurance.PENSION)
    assert (first.base, first.own, first.employers) == (480_000, 38_400, 76_800)
    assert [month.period for month in record.months] == sorted(month.period for month in record.months)
    assert record.account[-1].after == sum(year.paid + year.interest for year in record.account)


def test_who_stopped_paying_is_paused_and_a_pensioner_has_ended(hall: Hall) -> None:
    chan = hall.ask(AskRecord(person=hall.key("chan")))
    assert {one.state for one in chan.standings} == {InsuredState.PAUSED}
    li = hall.ask(AskRecord(person=hall.key("li")))
    assert {one.state for one in li.standings} == {InsuredState.ENDED}


def test_who_was_never_insured_has_an_empty_record(hall: Hall) -> None:
    record = hall.ask(AskRecord(person=hall.key("lin")))
    assert (record.months, record.account) == ([], [])
    assert {one.months for one in record.standings} == {0}


def test_neither_name_nor_number_leaves_the_department_whole(hall: Hall) -> None:
    sample = samples.SAMPLES["zhang"]
    for question in (AskRecord, AskPensions, AskBenefits, AskMedical, AskLiving, AskCard, AskDues):
        answer = hall.post(question(person=hall.key("zhang"))).decode()
        assert sample.person.name not in answer, question
        assert sample.person.id_number not in answer, question
        assert sample.card not in answer, question


def test_an_unknown_number_a_strange_card_and_a_lost_one_are_refused(hall: Hall) -> None:
    assert hall.refused(AskRecord(person=InsuredKey(number="11010119900307001X"))) == (404, "unknown-insured")
    other = InsuredKey(number=samples.SAMPLES["zhang"].person.id_number, card="B00000002")
    assert hall.refused(AskRecord(person=other)) == (409, "card-differs")
    assert hall.refused(AskRecord(person=hall.key("chan", card=True))) == (409, "card-lost")
    assert hall.ask(AskRecord(person=hall.key("chan"))).name == "陈**"


def test_an_office_that_does_not_answer_says_so_and_the_other_still_answers(hall: Hall) -> None:
    hall.office.available = False
    assert hall.refused(AskRecord(person=hall.key("zhang"))) == (503, "department-unavailable")
    assert hall.ask(AskMedical(person=hall.key("zhang"))).balance > 0
    hall.office.available = True
    medical = hall.central.front.medical
    assert isinstance(medical, MedicalInsurance)
    medical.available = False
    assert hall.refused(AskMedical(person=hall.key("zhang"))) == (503, "department-unavailable")
    assert hall.ask(AskRecord(person=hall.key("zhang"))).months


# --- what is paid out ---


def test_a_pensioner_sees_the_newest_payment_first_with_its_parts(hall: Hall) -> None:
    pensions = hall.ask(AskPensions(person=hall.key("li")))
    assert len(pensions.payments) == 36
    newest = pensions.payments[0]
    assert newest.period == hall.today.year * 100 + hall.today.month
    assert newest.total == 182_400 + 64_150 + 12_000
    assert newest.bank == "0017"
    assert pensions.living_until is not None
    assert hall.ask(AskPensions(person=hall.key("zhang"))).payments == []


def test_the_medical_account_balances_after_every_movement(hall: Hall) -> None:
    account = hall.ask(AskMedical(person=hall.key("zhang")))
    assert account.balance == account.moves[0].balance
    oldest_first = account.moves[::-1]
    for before, after in pairwise(oldest_first):
        assert after.balance == before.balance + after.amount
        assert after.on >= before.on
    assert hall.refused(AskMedical(person=hall.key("lin"))) == (404, "no-medical-account")


def test_unemployment_pay_and_an_injury_have_a_state(hall: Hall) -> None:
    benefits = hall.ask(AskBenefits(person=hall.key("chan")))
    assert [(one.left, one.state) for one in benefits.unemployment] == [(4, "paid")]
    assert [one.state for one in benefits.injuries] == ["recognised"]
    over = hall.ask(AskBenefits(person=hall.key("zhang")))
    assert [(one.left, one.state) for one in over.unemployment] == [(0, "over")]


# --- living verification ---


def test_a_pensioner_who_is_due_is_verified_for_twelve_months(hall: Hall) -> None:
    living = hall.ask(AskLiving(person=hall.key("li")))
    assert (living.refused, living.portrait) == ("", b"face")
    act = hall.ask(hall.confirm("li"))
    assert act.until == rules.living_until(hall.today, RULES)
    again = hall.ask(AskLiving(person=hall.key("li")))
    assert (again.last, again.refused, again.portrait) == (hall.today, "not_due", b"")


def test_who_is_not_due_or_no_pensioner_is_not_verified_and_no_picture_leaves(hall: Hall) -> None:
    for who, reason in (("wang", "not_due"), ("zhang", "not_pensioner")):
        living = hall.ask(AskLiving(person=hall.key(who)))
        assert (living.refused, living.portrait) == (reason, b"")
        assert hall.refused(hall.confirm(who)) == (409, reason.replace("_", "-"))


@pytest.mark.parametrize(
    "check", [{"result": Sameness.STAFF}, {"result": Sameness.NOT_SAME}, {"way": "declined"}], ids=str
)
def test_nobody_is_alive_without_a_check_that_found_them(hall: Hall, check: dict[str, Any]) -> None:
    assert hall.refused(hall.confirm("li", check=hall.check(**check))) == (409, "identity-not-checked")
    assert hall.ask(AskLiving(person=hall.key("li"))).refused == ""


def test_the_same_verification_twice_is_one_and_another_under_its_request_is_refused(hall: Hall) -> None:
    asked = hall.confirm("li")
    first = hall.ask(asked)
    hall.central.clock.turn(minutes=3)
    assert hall.ask(asked) == first
    assert hall.refused(hall.confirm("li", request=asked.request)) == (409, "request-differs")


def test_another_kiosk_may_number_its_requests_alike(hall: Hall) -> None:
    front, asked = hall.central.front, hall.change("zhang", CardAct.REPORT_LOSS)
    hall.post(asked)
    front.register("another-kiosk", DeviceKey.from_number(2).public_pem, site="another")
    other = hall.change("li", CardAct.REPORT_LOSS, request=asked.request)
    assert front.post("another-kiosk", ChangeCard.path, msgspec.json.encode(other))[0] == 200
    assert hall.state("li") is CardState.LOST


# --- the card ---


def test_no_picture_leaves_of_who_has_no_card_to_do_anything_with(hall: Hall) -> None:
    card = hall.card("ho")
    assert (card.may, card.checked, card.portrait) == ([], [], b"")


def test_a_new_card_is_activated_once(hall: Hall) -> None:
    card = hall.card("zhao")
    assert (card.state, card.ending, card.portrait) == (CardState.NOT_ACTIVATED, "0004", b"face")
    hall.ask(hall.change("zhao", CardAct.ACTIVATE))
    assert hall.state("zhao") is CardState.ACTIVE
    assert hall.refused(hall.change("zhao", CardAct.ACTIVATE)) == (409, "not-now")


def test_a_loss_is_reported_without_a_check_and_lapses_by_itself(hall: Hall) -> None:
    act = hall.ask(hall.change("zhang", CardAct.REPORT_LOSS, check=None))
    assert act.until == hall.today + timedelta(days=15)
    assert hall.card("zhang").lapses_on == act.until
    assert hall.refused(AskRecord(person=hall.key("zhang", card=True))) == (409, "card-lost")
    hall.central.clock.turn(days=14)
    assert hall.state("zhang") is CardState.LOST
    hall.central.clock.turn(days=1)
    assert hall.state("zhang") is CardState.ACTIVE
    assert hall.ask(AskRecord(person=hall.key("zhang", card=True))).months


def test_a_loss_is_lifted_by_whoever_is_found_to_be_the_holder(hall: Hall) -> None:
    assert hall.refused(hall.change("chan", CardAct.LIFT_LOSS, check=None)) == (409, "identity-not-checked")
    hall.ask(hall.change("chan", CardAct.LIFT_LOSS))
    assert hall.state("chan") is CardState.ACTIVE


def test_a_lost_card_gets_no_new_pin_and_who_has_no_card_nothing(hall: Hall) -> None:
    assert hall.refused(hall.change("chan", CardAct.RESET_PIN, pin=PIN)) == (409, "not-now")
    assert hall.card("ho").may == []
    assert hall.refused(hall.change("ho", CardAct.REPORT_LOSS)) == (409, "not-now")


def everything(hall: Hall) -> str:
    """Every row of every table, as text."""
    with hall.central.front.store.read() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        return "".join(
            str(tuple(row)) for name in names for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
        )


def test_a_new_pin_is_kept_nowhere(hall: Hall) -> None:
    hall.ask(hall.change("zhang", CardAct.RESET_PIN, pin=PIN))
    assert PIN not in everything(hall)
    with hall.central.front.store.read() as connection:
        kept = connection.execute(persons.select().where(persons.c.token == "insured-zhang")).one().pin
    assert len(kept) == 16 + 64
    hall.ask(hall.change("zhang", CardAct.RESET_PIN, pin=PIN))
    with hall.central.front.store.read() as connection:
        again = connection.execute(persons.select().where(persons.c.token == "insured-zhang")).one().pin
    assert again[16:] != kept[16:]  # salted: the same PIN does not look the same
    assert PIN not in repr(hall.change("zhang", CardAct.RESET_PIN, pin=PIN))


def test_what_is_kept_of_a_request_does_not_tell_its_pin_by_trying(hall: Hall) -> None:
    ask = hall.change("zhang", CardAct.RESET_PIN, pin=PIN)
    hall.ask(ask)
    assert sha256(msgspec.json.encode(ask)).hexdigest() not in everything(hall)


@pytest.mark.parametrize("pin", ["111111", "123456", "654321", "199003", "7391", "", "7391642"])
def test_a_pin_that_anybody_would_try_is_refused(hall: Hall, pin: str) -> None:
    assert hall.refused(hall.change("zhang", CardAct.RESET_PIN, pin=pin)) == (409, "weak-pin")


# --- contributions ---


def test_the_flexibly_employed_choose_among_bases_and_residents_among_grades(hall: Hall) -> None:
    flexible = hall.due("zhao", "flexible_pension")
    assert flexible.period == hall.today.year * 100 + hall.today.month
    assert [grade.fen for grade in flexible.grades] == [grade.base // 5 for grade in flexible.grades]
    assert hall.due("zhao", "resident_pension").refused == "not_joined"
    resident = hall.due("lin", "resident_pension")
    assert (resident.period, resident.refused) == (hall.today.year, "")
    assert hall.due("zhang", "resident_medical").refused == "employed"
    assert hall.due("li", "flexible_pension").refused == "pensioner"


def test_a_contribution_is_accepted_once_and_stands_in_the_record(hall: Hall) -> None:
    verdict = hall.pay(hall.paid("zhao", "flexible_pension", "100"))
    assert (verdict.accepted, verdict.voucher[:1]) == (True, "S")
    assert hall.due("zhao", "flexible_pension").refused == "paid"
    newest = hall.ask(AskRecord(person=hall.key("zhao"))).months[-1]
    assert (newest.period, newest.base, newest.own) == (hall.today.year * 100 + hall.today.month, 795_900, 159_180)
    again = hall.pay(hall.paid("zhao", "flexible_pension", "100", "R2"))
    assert (again.accepted, again.code) == (False, "already-paid")


def test_a_contribution_that_is_given_back_never_was(hall: Hall) -> None:
    before = hall.ask(AskRecord(person=hall.key("zhao")))
    assert hall.pay(hall.paid("zhao", "flexible_pension", "60")).accepted
    hall.central.say(PaymentMoved(reference="R1", state="reversed", amount=95_500))
    assert hall.ask(AskRecord(person=hall.key("zhao"))) == before
    assert hall.due("zhao", "flexible_pension").refused == ""
    assert hall.pay(hall.paid("zhao", "flexible_pension", "60", "R2")).accepted


def test_a_month_of_another_insurance_stays_when_one_is_given_back(hall: Hall) -> None:
    token, period = samples.SAMPLES["zhao"].token, hall.today.year * 100 + hall.today.month
    row = {"person": token, "period": period, "insurance": "medical", "employer": ONESELF, "base": 477_500}
    with hall.central.front.store.write() as connection:
        connection.execute(months.insert().values(row | {"own": 38_200, "employers": 0, "account": 0}))
    before = hall.ask(AskRecord(person=hall.key("zhao")))
    assert hall.pay(hall.paid("zhao", "flexible_pension", "60")).accepted
    hall.central.say(PaymentMoved(reference="R1", state="reversed", amount=95_500))
    assert hall.ask(AskRecord(person=hall.key("zhao"))) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 1}, "amount-changed"),
        ({"grade": "no-such"}, "amount-changed"),
        ({"token": "nobody"}, "unknown-insured"),
        ({"period": 202001}, "not-payable"),
        ({"scheme": "resident_pension"}, "not-payable"),
        ({"scheme": "no-such"}, "not-payable"),
    ],
    ids=str,
)
def test_a_report_that_is_not_what_is_due_is_refused(hall: Hall, changes: dict[str, Any], code: str) -> None:
    report = hall.paid("zhao", "flexible_pension", "60")
    verdict = hall.pay(msgspec.structs.replace(report, **changes))
    assert (verdict.accepted, verdict.code) == (False, code)
    assert hall.due("zhao", "flexible_pension").refused == ""


def dearer() -> SocialRules:
    return msgspec.structs.replace(
        RULES, grades=[msgspec.structs.replace(grade, fen=grade.fen + 100) for grade in RULES.grades]
    )


def test_a_new_price_holds_from_its_publication_and_exit_entrys_rules_stay(hall: Hall) -> None:
    catalogue = hall.central.front.catalogue
    with hall.central.front.store.read() as connection:
        before = catalogue.current(connection)
    report = hall.paid("lin", "resident_medical", "standard")
    version = catalogue.publish(dearer())
    with hall.central.front.store.read() as connection:
        after = catalogue.current(connection)
    assert (after.version, after.exit_entry) == (version, before.exit_entry)
    assert version > before.version
    assert hall.due("lin", "resident_medical").grades[0].fen == 40_100
    assert hall.pay(report).code == "amount-changed"


def test_a_payment_at_the_turn_of_the_month_is_for_the_month_that_was_shown(hall: Hall) -> None:
    hall.central.clock.turn(days=29, hours=11, minutes=58)  # 23:58 on the last of March
    report = hall.paid("zhao", "flexible_pension", "60")
    hall.central.clock.turn(minutes=5)
    assert hall.due("zhao", "flexible_pension").period == report.period + 1
    assert hall.pay(msgspec.structs.replace(report, paid_at=hall.central.clock.now())).accepted


def test_a_payment_while_the_office_is_silent_waits_for_its_answer(hall: Hall) -> None:
    report = hall.paid("lin", "resident_medical", "standard")
    hall.office.available = False
    event = hall.central.kiosk.event(report)
    status, _ = hall.central.front.post(
        hall.central.kiosk.id, "/tx/batch", msgspec.json.encode({"events": [msgspec.to_builtins(event)]})
    )
    assert status == 503
    hall.office.available = True
    [verdict] = hall.central.send(event).streams["pay"].verdicts
    assert verdict.accepted


def test_a_platform_that_runs_gets_the_section_it_never_had_and_keeps_the_others(hall: Hall) -> None:
    from central.tables import catalogue as published  # noqa: PLC0415 - only here somebody looks into the table

    store, catalogue = hall.central.front.store, hall.central.front.catalogue
    with store.write() as connection:
        newest = catalogue.current(connection)
        old = msgspec.structs.replace(newest, social=None, version=newest.version + 1)
        row = {"version": old.version, "document": msgspec.json.encode(old), "published_at": hall.central.clock.now()}
        connection.execute(published.insert().values(row))
    assert hall.refused(AskRecord(person=hall.key("zhang"))) == (503, "department-unavailable")
    catalogue.publish_first(exit_entry=lambda: pytest.fail("was there"), social=lambda: RULES)
    assert hall.ask(AskRecord(person=hall.key("zhang"))).months


# --- rules ---


def test_the_shipped_bases_cost_their_fifth() -> None:
    rows = [row for row in RULES.grades if row.base]
    assert [row.fen for row in rows] == [row.base // 5 for row in rows]
    assert list(faults(RULES)) == []


@pytest.mark.parametrize(
    "row",
    [
        GradeRule(scheme="nowhere", grade="1", fen=1, since=date(2026, 1, 1)),
        GradeRule(scheme="resident_pension", grade="180", fen=1, since=date(2026, 1, 1)),
        GradeRule(scheme="flexible_pension", grade="1", fen=100, base=100, since=date(2026, 1, 1)),
    ],
    ids=["no such scheme", "twice", "more than its base"],
)
def test_a_fault_in_the_rules_is_not_published(row: GradeRule) -> None:
    assert list(faults(msgspec.structs.replace(RULES, grades=[*RULES.grades, row])))


def test_the_account_earns_interest_on_what_was_carried_over_and_half_on_what_came() -> None:
    paid = [(2023 * 100 + month, 10_000) for month in range(1, 13)] + [(202401, 10_000)]
    years = rules.account(paid, {"2023": 400, "2024": 300}, date(2025, 3, 1))
    assert [(year.year, year.before, year.paid, year.interest, year.after) for year in years] == [
        (2023, 0, 120_000, 2_400, 122_400),
        (2024, 122_400, 10_000, 3_822, 136_222),
        (2025, 136_222, 0, 0, 136_222),
    ]


@given(st.lists(st.tuples(st.integers(1990, 2030), st.integers(1, 12), st.integers(0, 10**6)), max_size=60))
def test_the_account_loses_nothing(paid: list[tuple[int, int, int]]) -> None:
    rows = [(year * 100 + month, fen) for year, month, fen in paid]
    years = rules.account(rows, RULES.account_interest, date(2026, 3, 2))
    assert sum(year.paid for year in years) == sum(fen for _, fen in rows)
    for before, after in pairwise(years):
        assert (after.year, after.before) == (before.year + 1, before.after)


@given(st.from_regex(r"\A[0-9]{6}\Z"))
def test_a_pin_is_weak_or_it_is_neither_a_row_nor_a_piece_of_the_number(pin: str) -> None:
    number = samples.SAMPLES["zhang"].person.id_number
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    assert rules.weak(pin, number) == (pin in number or steps in ({0}, {1}, {-1}))
