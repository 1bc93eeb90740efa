"""Stories of one list of everything somebody has going on: whose it is, what was paid, who does not answer."""

from typing import Any

import msgspec
import pytest

from central.departments.counter import samples as counter_samples
from central.departments.rules import china_day
from central.departments.samples import LI, ZHANG, ZHAO
from central.departments.social import samples as social_samples
from kiosk_app.contract import ContributionPaid
from kiosk_app.contract.cases import Cases, MyCase, Office, ask_cases
from kiosk_app.contract.exit_entry import IdentityCheck, Sameness
from kiosk_app.contract.social import AskDues, CardAct, ChangeCard, Dues, InsuredKey
from tests.central.exit_fleet import Hall, RefusedError, hall

OFFER = "HK.G.3m1"


@pytest.fixture
def town() -> Hall:
    """All departments with their samples."""
    made = hall()
    with made.fleet.front.store.write() as connection:
        social_samples.load(connection, china_day(made.fleet.clock.now()))
        counter_samples.load(connection, china_day(made.fleet.clock.now()))
    return made


def everything(town: Hall, number: str) -> Cases:
    return msgspec.json.decode(town.post(ask_cases(number)), type=Cases)


def of(town: Hall, office: Office, number: str) -> list[MyCase]:
    [said] = [one for one in everything(town, number).offices if one.office is office]
    assert not said.away
    return said.cases


def pays_fines(town: Hall, reference: str = "F1") -> None:
    mine = [one for one in town.fleet.ask(id_number=ZHANG.id_number) if not one.refused]
    [verdict] = town.fleet.say(town.fleet.paid(reference, *mine[:2]))
    assert verdict.accepted


def contributes(town: Hall) -> ContributionPaid:
    key = InsuredKey(number=ZHAO.id_number, card="")
    dues = msgspec.json.decode(town.post(AskDues(person=key)), type=Dues)
    due = next(due for due in dues.dues if due.scheme == "flexible_pension")
    [grade] = [one for one in due.grades if one.grade == "60"]
    paid = ContributionPaid(
        reference="R3", amount=grade.fen, paid_at=town.fleet.clock.now(), trace=7, receipt_no=7, terminal_id="12345678",
        token=dues.token, scheme=due.scheme, period=due.period, grade=grade.grade,
    )  # fmt: skip
    [verdict] = town.fleet.say(paid)
    assert verdict.accepted
    return paid


def reports_loss(town: Hall) -> None:
    check = IdentityCheck(way="face", result=Sameness.SAME, at=town.fleet.clock.now())
    key = InsuredKey(number=ZHANG.id_number, card="")
    town.post(ChangeCard(request="request-1", person=key, act=CardAct.REPORT_LOSS, check=check))


def test_every_department_says_what_this_person_has_going_on(town: Hall) -> None:
    pays_fines(town)
    approval = town.paid("zhang", OFFER)
    reports_loss(town)
    [fines] = of(town, Office.TRAFFIC, ZHANG.id_number)
    assert (fines.what, fines.state, fines.reference) == ("fines", "accepted", "F1")
    assert fines.amount > 0
    assert len([line for line in fines.lines if line.startswith("决定书")]) == 2
    [endorsement] = of(town, Office.EXIT_ENTRY, ZHANG.id_number)
    assert (endorsement.number, endorsement.state) == (approval.approval, "paid")
    [loss] = of(town, Office.SOCIAL, ZHANG.id_number)
    assert (loss.what, loss.state, loss.reference) == ("report_loss", "done", "")


def test_a_contribution_says_what_was_paid_and_when(town: Hall) -> None:
    paid = contributes(town)
    [case] = of(town, Office.SOCIAL, ZHAO.id_number)
    assert (case.reference, case.amount, case.at) == ("R3", paid.amount, paid.paid_at)
    assert case.lines[1].startswith("所属期 Period 2026-")


def test_nobody_hears_of_somebody_else(town: Hall) -> None:
    pays_fines(town)
    contributes(town)
    mine = [case for office in everything(town, LI.id_number).offices for case in office.cases]
    assert [case.what for case in mine] == ["counter"]  # her own, which lacks a paper


def test_neither_name_nor_number_is_in_the_answer(town: Hall) -> None:
    pays_fines(town)
    said = town.post(ask_cases(ZHANG.id_number)).decode()
    assert ZHANG.id_number not in said
    assert social_samples.SAMPLES["zhang"].person.name not in said


def test_what_was_given_back_is_no_payment_any_more(town: Hall) -> None:
    pays_fines(town)
    town.fleet.say(town.fleet.moved("F1", "reversed", 1))
    assert of(town, Office.TRAFFIC, ZHANG.id_number) == []


@pytest.mark.parametrize("office", list(Office))
def test_a_department_that_is_away_is_told_as_such_and_the_others_answer(town: Hall, office: Office) -> None:
    pays_fines(town)
    departments: dict[Office, Any] = {
        Office.TRAFFIC: town.fleet.front.traffic,
        Office.EXIT_ENTRY: town.fleet.front.exit_entry,
        Office.SOCIAL: town.fleet.front.social,
        Office.SERVICES: town.fleet.front.requests,
        Office.COUNTER: town.fleet.front.photographed.counters,
    }
    departments[office].available = False
    away = {one.office: one.away for one in everything(town, ZHANG.id_number).offices}
    assert away == {one: one is office for one in Office}


def test_a_number_that_cannot_be_true_asks_nobody(town: Hall) -> None:
    with pytest.raises(RefusedError) as refused:
        everything(town, "440703199003070014")
    assert refused.value.args[:2] == (422, "bad-id-number")
