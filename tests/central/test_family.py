"""Contributions for the family, at central: what a payer hears of somebody else, how often, and what is accepted."""

from typing import Any

import msgspec
import pytest

from central.departments.rules import china_day
from central.departments.social import family, samples
from central.departments.social.tables import person as persons
from kiosk_app.contract import PaymentMoved
from kiosk_app.contract.social import AskFamilyDues, ContributionPaid, Dues
from tests.central.fleet import fleet
from tests.central.test_social import Hall


@pytest.fixture
def hall() -> Hall:
    central = fleet()
    with central.front.store.write() as connection:
        samples.load(connection, china_day(central.clock.now()))
    return Hall(central)


def number(who: str) -> str:
    return samples.SAMPLES[who].person.id_number


def ask(hall: Hall, who: str, payer: str = "zhang") -> Dues:
    question = AskFamilyDues(payer=hall.key(payer), number=number(who))
    said: Dues = msgspec.json.decode(hall.post(question), type=Dues)
    return said


def paid(hall: Hall, who: str, payer: str, **changes: Any) -> ContributionPaid:
    report = hall.paid(who, "resident_pension", "360")
    return msgspec.structs.replace(report, payer=payer, **changes)


def test_a_payer_hears_the_masked_name_and_what_is_open_for_families(hall: Hall) -> None:
    dues = ask(hall, "lin")
    assert dues.name == "林**"
    assert [(due.scheme, due.refused) for due in dues.dues] == [("resident_pension", ""), ("resident_medical", "")]
    assert number("lin") not in str(msgspec.json.encode(dues))


@pytest.mark.parametrize(
    ("name", "shown"), [("林样本", "林**"), ("林样", "林*"), ("林", "林*"), ("林样本·买买提", "林******")]
)
def test_no_name_is_whole_however_short(hall: Hall, name: str, shown: str) -> None:
    with hall.central.front.store.write() as connection:
        connection.execute(persons.update().where(persons.c.token == "insured-lin").values(name=name))
    assert ask(hall, "lin").name == shown


@pytest.mark.parametrize("who", ["li", "zhao", "chan"])
def test_why_it_is_not_open_is_not_told(hall: Hall, who: str) -> None:
    dues = ask(hall, who)
    assert {(due.refused, len(due.grades)) for due in dues.dues} == {("not_for_family", 0)}


def test_what_is_paid_is_told_so_that_nobody_pays_twice(hall: Hall) -> None:
    assert hall.pay(paid(hall, "lin", "insured-zhang")).accepted
    assert {due.scheme: due.refused for due in ask(hall, "lin").dues}["resident_pension"] == "paid"


def test_nobody_finds_out_by_numbers_who_is_insured(hall: Hall) -> None:
    unknown = [f"44070319900101{n:04d}" for n in range(family.A_DAY)]
    for one in unknown:
        question = AskFamilyDues(payer=hall.key("zhang"), number=one)
        assert hall.refused(question) == (404, "unknown-insured")
    question = AskFamilyDues(payer=hall.key("zhang"), number=number("lin"))
    assert hall.refused(question) == (429, "too-many-people")
    again = AskFamilyDues(payer=hall.key("zhang"), number=unknown[0])
    assert hall.refused(again) == (404, "unknown-insured")  # nothing new is learned
    assert ask(hall, "lin", payer="zhao").name == "林**"
    hall.central.clock.turn(days=1)
    assert ask(hall, "lin").name == "林**"


def test_a_payer_must_be_known_and_their_card_not_lost(hall: Hall) -> None:
    stranger = msgspec.structs.replace(hall.key("zhang"), number="440703199001010016")
    assert hall.refused(AskFamilyDues(payer=stranger, number=number("lin")))[1] == "unknown-insured"
    lost = AskFamilyDues(payer=hall.key("chan", card=True), number=number("lin"))
    assert hall.refused(lost)[1] == "card-lost"


@pytest.mark.parametrize("payer", ["insured-lin", "nobody"])
def test_a_payer_who_is_nobody_or_oneself_is_not_believed(hall: Hall, payer: str) -> None:
    verdict = hall.pay(paid(hall, "lin", payer))
    assert (verdict.accepted, verdict.code) == (False, "not-payable")


def test_what_is_not_open_for_families_is_not_accepted_from_them(hall: Hall) -> None:
    report = hall.paid("zhao", "flexible_pension", "60")
    verdict = hall.pay(msgspec.structs.replace(report, payer="insured-zhang"))
    assert (verdict.accepted, verdict.code) == (False, "not-payable")
    assert hall.pay(msgspec.structs.replace(report, reference="R2")).accepted


def test_what_is_given_back_was_never_paid_by_anybody(hall: Hall) -> None:
    assert hall.pay(paid(hall, "lin", "insured-zhang")).accepted
    hall.central.say(PaymentMoved(reference="R1", state="reversed", amount=36_000))
    assert ask(hall, "lin").dues[0].refused == ""
