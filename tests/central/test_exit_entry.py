"""Stories of the exit-entry office: application, payment, progress (``domain.md`` 4)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from central.catalogue import SHIPPED, read
from central.db import file_engine
from central.departments.exit_entry import faults
from kiosk_app.contract.catalogue import OptionRule
from kiosk_app.contract.exit_entry import MOST_LINES, IdentityCheck, Sameness
from tests.central.exit_fleet import OTHER, Hall, RefusedError, hall

RULES = read(SHIPPED, faults)
TODAY = date(2026, 3, 2)


@pytest.fixture
def office() -> Hall:
    return hall()


# --- the application ---


def test_an_application_is_approved_with_number_term_fee_and_the_whole_back(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1", "HK.S.1ym")
    assert approval.approval == "E260302000002"
    assert approval.pay_until == office.fleet.clock.now() + timedelta(minutes=15)
    assert (approval.fee, [item.fee for item in approval.items]) == (9500, [1500, 8000])
    assert [line.split("(")[0] for line in approval.lines[::2]] == ["香港 个人旅游", "香港 商务", "澳门 个人旅游"]
    assert office.backs("zhang") == ["HK.G"]  # nothing is granted yet


def test_the_back_after_a_replacement_shows_the_new_one_only(office: Hall) -> None:
    approval = office.apply("zhang", "HK.G.1y2")
    assert approval.lines == ["香港 个人旅游(G) 二次", "有效期至2027-03-02 每次逗留不超过7天 广东江门"]


def test_the_same_request_is_the_same_approval(office: Hall) -> None:
    ask = office.application("zhang", "MO.G.3m1")
    first = office.approve(ask)
    office.fleet.clock.turn(minutes=3)
    assert office.approve(ask) == first


def test_another_application_under_the_same_request_is_refused(office: Hall) -> None:
    office.apply("zhang", "MO.G.3m1", request="same")
    with pytest.raises(RefusedError) as no:
        office.apply("zhang", "HK.S.1ym", request="same")
    assert no.value.args == (409, "request-differs")
    assert office.apply("li", "HK.L.3m1", request="same", kiosk=OTHER).fee == 1500  # its own requests


@pytest.mark.parametrize(
    ("offers", "changes", "code"),
    [
        (["HK.G.3m1"], {"replaces": []}, "replacement-not-agreed"),
        (["MO.G.3m1"], {"replaces": ["SCA1234567-1"]}, "replacement-not-agreed"),
        (["MO.G.3m1"], {"fee": 1499}, "fee-changed"),
        (["MO.L.3m1", "MO.L.1y2"], {}, "two-of-a-kind"),
        (["MO.L.3m1", "MO.L.3m1"], {}, "two-of-a-kind"),
        (["TW.L.6m1"], {}, "not-offered"),
        (["nothing"], {}, "not-offered"),
        (["MO.S.1ym"], {}, "not-registered"),
        (["HK.G.1ym"], {}, "not-open-here"),
        (["MO.G.3m1", "MO.S.1ym"], {}, "not-registered"),
    ],
)
def test_an_application_is_refused_as_a_whole(
    office: Hall, offers: list[str], changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(RefusedError) as no:
        office.apply("zhang", *offers, **changes)
    assert no.value.args == (409, code)
    assert office.progress(permit=office.permit("zhang")).cases == []


def test_before_its_time_macau_is_refused(office: Hall) -> None:
    with pytest.raises(RefusedError) as no:
        office.apply("li", "MO.G.1y1")
    assert no.value.code == "waiting-time"


def test_too_many_at_once_do_not_fit_on_the_card(office: Hall) -> None:
    with office.fleet.front.store.write() as connection:  # one place is left
        connection.exec_driver_sql("DELETE FROM exit_endorsement WHERE number = 'SC00000020-8'")
    office.apply("crowded", "HK.L.3m1")
    with pytest.raises(RefusedError) as no:
        office.apply("crowded", "HK.L.3m1", "MO.L.3m1")
    assert no.value.code == "crowded"


@pytest.mark.parametrize(
    ("way", "result"), [("face", Sameness.STAFF), ("face", Sameness.NOT_SAME), ("declined", Sameness.SAME)]
)
def test_nobody_gets_an_approval_unless_it_is_known_that_they_are_the_holder(
    office: Hall, way: str, result: Sameness
) -> None:
    check = IdentityCheck(way=way, result=result, at=office.fleet.clock.now())
    with pytest.raises(RefusedError) as no:
        office.apply("zhang", "MO.G.3m1", check=check)
    assert no.value.code == "identity-not-checked"


def test_an_attendant_is_the_other_way(office: Hall) -> None:
    check = IdentityCheck(way="attendant", result=Sameness.SAME, at=office.fleet.clock.now())
    assert office.apply("zhang", "MO.G.3m1", check=check).fee == 1500


def test_applying_again_lets_the_unpaid_one_lapse(office: Hall) -> None:
    first, second = office.apply("zhang", "MO.G.3m1"), office.apply("zhang", "MO.G.1y1")
    assert office.states("zhang") == ["approved", "lapsed"]
    assert office.pay(first).code == "approval-lapsed"
    assert office.pay(second, "R2").accepted


def test_an_office_that_does_not_answer_is_said_to_be_unavailable(office: Hall) -> None:
    ask = office.application("zhang", "MO.G.3m1")
    office.office.available = False
    for call in (
        lambda: office.holder("zhang"), lambda: office.approve(ask), lambda: office.right("zhang", "E1"),
        lambda: office.progress(number="R1"),
    ):  # fmt: skip
        with pytest.raises(RefusedError) as no:
            call()
        assert no.value.args == (503, "department-unavailable")


# --- what a kiosk may send ---


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"permit":{}}', b"\xff", b'{"permit":' + b"[" * 400,
        b'{"permit":{"kind":"CS","number":"C0000000I","expiry":"2034-01-01","birth":"1990-03-07"}}',
        b'{"permit":{"kind":"CS","number":"CI2345678","expiry":"2034-01-01","birth":"1990-03-07"}}',
        b'{"permit":{"kind":"CS","number":"CA1234567\\n","expiry":"2034-01-01","birth":"1990-03-07"}}',
        b'{"permit":{"kind":"XX","number":"CA1234567","expiry":"2034-01-01","birth":"1990-03-07"}}',
        b'{"permit":{"kind":"CS","number":"CA1234567","expiry":"2034-13-01","birth":"1990-03-07"}}',
        b'{"permit":{"kind":"CS","number":"CA1234567","expiry":"2034-01-01","birth":"1990-03-07"},"endorsed":256}',
        b'{"permit":{"kind":"CS","number":"CA1234567","expiry":"2034-01-01","birth":"1990-03-07"},"endorsed":-1}',
    ],
)  # fmt: skip
def test_a_question_of_another_shape_is_refused_whole(office: Hall, body: bytes) -> None:
    assert office.fleet.front.post(office.fleet.kiosk.id, "/exit-entry/holder", body)[0] == 400


@pytest.mark.parametrize(
    "path", ["/exit-entry/holder", "/exit-entry/apply", "/exit-entry/print", "/exit-entry/progress"]
)
def test_what_is_too_large_is_not_read(office: Hall, path: str) -> None:
    assert office.fleet.front.post(office.fleet.kiosk.id, path, b" " * 16_001)[0] == 413


@pytest.mark.parametrize(
    "changes",
    [{"offers": []}, {"offers": ["x"] * 9}, {"offers": ["x" * 65]}, {"replaces": ["x"] * 33}, {"request": ""},
     {"fee": -1}, {"fee": 10**12}],
)  # fmt: skip
def test_an_application_beyond_its_bounds_is_refused_whole(office: Hall, changes: dict[str, object]) -> None:
    with pytest.raises(RefusedError) as no:
        office.approve(msgspec.structs.replace(office.application("zhang", "MO.G.3m1"), **changes))
    assert no.value.args == (400, "bad-message")


@given(st.lists(st.sampled_from(sorted(o.id for o in RULES.options)), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None)
def test_whatever_is_applied_for_either_fits_the_rules_or_is_refused(chosen: list[str]) -> None:
    office = hall()
    try:
        approval = office.apply("crowded", *chosen)
    except RefusedError as no:
        code = no.code
    else:
        assert len(approval.lines) <= MOST_LINES
        assert approval.fee == sum(RULES.fee("CS", i.entries, i.starts, i.valid_until) for i in approval.items)
        return
    assert re.fullmatch(r"[a-z-]+", code)


# --- the payment ---


def test_a_payment_is_accepted_and_waits_to_be_printed(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    verdict = office.pay(approval)
    assert (verdict.accepted, verdict.code, verdict.voucher) == (True, "", "260302000001")
    assert office.state("zhang") == "paid"
    line = office.fleet.front.books().line("R1")
    assert line is not None
    assert (line.held, line.amount, line.approval) == (True, 1500, approval.approval)
    assert line.numbers == [f"{approval.approval}-1"]


def test_the_same_report_gets_the_same_answer_and_pays_once(office: Hall) -> None:
    report = office.report(office.apply("zhang", "MO.G.3m1"))
    [one], [again] = office.fleet.say(report), office.fleet.say(report)
    assert (one.voucher, one.accepted) == (again.voucher, again.accepted)
    assert office.fleet.front.books().held == 1500


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 1499}, "amount-changed"),
        ({"items": []}, "bad-body"),
        ({"approval": "E260302000001"}, "unknown-approval"),
        ({"approval": "S-applied"}, "unknown-approval"),
    ],
)
def test_a_payment_that_does_not_fit_is_refused(office: Hall, changes: dict[str, object], code: str) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    [verdict] = office.fleet.say(msgspec.structs.replace(office.report(approval), **changes))
    assert (verdict.accepted, verdict.code) == (False, code)
    assert office.fleet.front.books().held == 0
    assert office.pay(approval, "R2").accepted


def test_items_that_are_not_those_approved_are_refused(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1", "HK.S.1ym")
    one, two = office.report(approval).items
    for items in ([one], [one, one], [one, msgspec.structs.replace(two, fee=1)], [two, two, one]):
        assert office.pay(approval, f"R{len(items)}{items[-1].fee}", items=items).code == "amount-changed"


def test_a_second_payment_of_an_approval_is_refused(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    assert office.pay(approval, "R9").code == "already-paid"


def test_another_machine_cannot_pay_it(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1", kiosk=OTHER)
    assert office.pay(approval).code == "unknown-approval"


def test_a_late_report_counts_to_the_moment_of_the_payment(office: Hall) -> None:
    report = office.report(office.apply("zhang", "MO.G.3m1"))
    office.fleet.clock.turn(hours=7)
    assert office.state("zhang") == "lapsed"
    [verdict] = office.fleet.say(report)
    assert verdict.accepted
    assert office.state("zhang") == "paid"


def test_a_payment_after_the_term_is_refused(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    office.fleet.clock.turn(minutes=15, seconds=1)
    assert office.pay(approval).code == "approval-lapsed"


def test_by_code_nothing_counts_without_a_paid_order(office: Hall) -> None:
    assert office.pay(office.apply("zhang", "MO.G.3m1"), means="code").code == "not-paid"


def test_while_something_paid_is_not_printed_nothing_new_is_sold(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    holder = office.holder("zhang")
    assert holder.offers == []
    assert [case.approval for case in holder.unfinished] == [approval.approval]
    with pytest.raises(RefusedError) as no:
        office.approve(msgspec.structs.replace(office.application("zhang"), offers=["HK.S.1ym"]))
    assert no.value.code == "unfinished-case"


@pytest.mark.parametrize("state", ["reversed", "refund due"])
def test_a_payment_given_back_grants_nothing_and_opens_the_way_again(office: Hall, state: str) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.fleet.say(office.fleet.moved("R1", state, 1500))
    assert office.state("zhang") == "given_back"
    assert office.backs("zhang") == ["HK.G"]
    assert (office.fleet.front.books().held, office.fleet.front.books().owed) == (0, 1500 * (state == "refund due"))
    with pytest.raises(RefusedError) as no:
        office.right("zhang", approval.approval)
    assert no.value.args == (409, "given-back")
    assert office.fleet.front.books().line("R1") is not None
    assert office.paid("zhang", "MO.G.3m1").approval != approval.approval


def test_a_reversal_that_comes_first_makes_acceptance_impossible(office: Hall) -> None:
    report = office.report(office.apply("zhang", "MO.G.3m1"))
    [verdict] = office.fleet.say(office.fleet.moved("R1", "reversed", 1500), report)
    assert (verdict.accepted, verdict.code) == (False, "given-back")


def test_a_reversal_of_fines_touches_no_endorsement(office: Hall) -> None:
    office.paid("zhang", "MO.G.3m1")
    office.fleet.say(office.fleet.moved("another", "reversed", 1500))
    assert office.state("zhang") == "paid"


def test_while_the_office_is_silent_its_payments_wait_and_leave_nothing_behind(office: Hall) -> None:
    report = office.report(office.apply("zhang", "MO.G.3m1"))
    event, other = office.fleet.kiosk.event(report), office.fleet.moved("R9", "settled")
    office.office.available = False
    reply = office.fleet.send(event, office.fleet.kiosk.event(other, "audit"))
    assert (reply.streams["pay"].ack_seq, reply.streams["audit"].ack_seq) == (0, 1)
    assert office.fleet.front.books().payments == []
    office.office.available = True
    assert [v.accepted for v in office.fleet.send(event).streams["pay"].verdicts] == [True]


def test_a_reversal_waits_for_a_silent_office(office: Hall) -> None:
    office.paid("zhang", "MO.G.3m1")
    event = office.fleet.kiosk.event(office.fleet.moved("R1", "reversed", 1500))
    office.office.available = False
    body = msgspec.json.encode({"events": [event]})
    assert office.fleet.front.post(office.fleet.kiosk.id, "/tx/batch", body)[0] == 503
    office.office.available = True
    office.fleet.send(event)
    assert office.state("zhang") == "given_back"


def test_two_machines_that_pay_for_one_permit_at_once_get_one_acceptance(tmp_path: Path) -> None:
    office = hall(engine=file_engine(tmp_path / "central.db"))
    for _ in range(5):
        asks = [office.application("li", "HK.L.3m1") for _ in range(8)]
        with ThreadPoolExecutor(8) as pool:
            approvals = list(pool.map(office.approve, asks))
        states = office.states("li")
        assert states.count("approved") == 1
        assert len({approval.approval for approval in approvals}) == 8


# --- progress ---


def test_progress_is_found_by_permit_reference_or_approval(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    asked = ({"permit": office.permit("zhang")}, {"number": "R1"}, {"number": approval.approval})
    [one, *others] = [office.progress(**question) for question in asked]
    assert others == [one, one]
    assert (one.cases[0].reference, one.cases[0].fee) == ("R1", 1500)


def test_an_application_at_the_counter_is_seen_too(office: Hall) -> None:
    assert office.state("applied") == "applied"
    assert office.may_have("applied") >= {"HK.G.3m1", "MO.G.1y1"}


def test_a_number_that_nobody_knows_finds_nothing(office: Hall) -> None:
    assert office.progress(number="R404").cases == []
    for question in ({}, {"number": "R1", "permit": office.permit("zhang")}):
        with pytest.raises(RefusedError) as no:
            office.progress(**question)
        assert no.value.args == (422, "bad-question")


def test_progress_by_number_says_nothing_of_the_person(office: Hall) -> None:
    office.paid("zhang", "MO.G.3m1")
    said = msgspec.json.encode(office.progress(number="R1")).decode()
    assert not any(secret in said for secret in ("CA1234567", "张", "sample-zhang", "1990"))


def test_the_rules_are_data_from_one_file() -> None:
    assert isinstance(RULES.options[0], OptionRule)
    assert len(RULES.options) == len({option.id for option in RULES.options})
    assert all(rule.source for rule in [*RULES.options, *RULES.fees])
