"""Stories of the right to print: what was paid comes onto its card once, whatever machines, wires and cards do."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from central.commands import app
from central.db import file_engine
from central.departments.exit_entry import desk
from central.departments.exit_entry import samples as exit_samples
from central.departments.rules import china_day
from central.problems import Refused
from central.server import Central, Settings
from kiosk_app.contract import PaymentMoved
from kiosk_app.contract.exit_entry import IdentityCheck, IdentityChecked, PrintResult, Sameness
from tests.central.exit_fleet import OTHER, Hall, RefusedError, hall
from tests.central.fleet import KIOSK

PRINTED, NOT_PRINTED, SPOILED, UNKNOWN = PrintResult
BOTH = ["HK.G", "MO.G"]


@pytest.fixture
def office() -> Hall:
    return hall()


def refusal(office: Hall, key: str, approval: str, job: str = "J1", **asked: Any) -> str:
    with pytest.raises(RefusedError) as no:
        office.right(key, approval, job, **asked)
    return no.value.code


def record(office: Hall, approval: str) -> desk.Record:
    return next(one for one in office.fleet.front.books().exit_entry if one.approval == approval)


# --- once ---


def test_what_was_paid_may_be_printed_and_is_granted_when_it_is_on_the_card(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    right = office.right("zhang", approval.approval)
    assert (right.job, right.seconds, right.lines) == ("J1", 120, approval.lines)
    assert office.state("zhang") == "printing"
    assert office.backs("zhang") == ["HK.G"]
    office.tell(approval.approval)
    assert office.state("zhang") == "printed"
    assert office.backs("zhang") == BOTH
    assert office.holder("zhang").unfinished == []


def test_what_it_replaces_is_valid_until_the_new_one_is_on_the_card(office: Hall) -> None:
    approval = office.paid("zhang", "HK.G.1y2")
    [old] = office.holder("zhang").endorsements
    right = office.right("zhang", approval.approval)
    assert len(right.lines) == 2
    office.tell(approval.approval)
    [new] = office.holder("zhang").endorsements
    assert (old.entries, new.entries, new.number) == (1, 2, f"{approval.approval}-1")


def test_macau_waits_again_after_the_new_one(office: Hall) -> None:
    approval = office.paid("applied", "MO.G.3m1")
    office.right("applied", approval.approval)
    office.tell(approval.approval)
    assert office.offers("applied")["MO.G.1y1"].refused == "waiting_time"


def test_the_card_is_counted_as_printed_once_more(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval, endorsed=253)
    office.tell(approval.approval)
    assert office.holder("zhang", endorsed=0).refused == ""
    second = office.paid("zhang", "MO.L.3m1")
    office.right("zhang", second.approval, "J2", endorsed=254)
    office.tell(second.approval, job="J2")
    assert office.holder("zhang", endorsed=0).refused == "permit_full"


def test_nothing_is_printed_before_it_is_paid(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    assert refusal(office, "zhang", approval.approval) == "not-paid"
    office.fleet.clock.turn(hours=1)
    assert refusal(office, "zhang", approval.approval) == "not-paid"


def test_nothing_is_printed_twice(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.tell(approval.approval)
    for job, kiosk in (("J1", ""), ("J2", ""), ("J1", OTHER)):
        assert refusal(office, "zhang", approval.approval, job, endorsed=2, kiosk=kiosk) == "already-printed"


def test_another_card_is_not_printed(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    assert refusal(office, "li", approval.approval) == "unknown-approval"
    assert refusal(office, "zhang", "E000") == "unknown-approval"


def test_who_was_barred_meanwhile_goes_to_the_counter(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    with office.fleet.front.store.write() as connection:
        connection.exec_driver_sql("UPDATE exit_holder SET barred = 'exit_ban' WHERE token = 'sample-zhang'")
    assert refusal(office, "zhang", approval.approval) == "counter"


# --- one at a time ---


def test_a_lost_answer_is_asked_for_again(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    first = office.right("zhang", approval.approval)
    office.fleet.clock.turn(seconds=30)
    assert office.right("zhang", approval.approval) == first


def test_while_one_job_may_print_no_other_gets_the_right(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    assert refusal(office, "zhang", approval.approval, "J2") == "printing-elsewhere"
    assert refusal(office, "zhang", approval.approval, "J1", kiosk=OTHER) == "printing-elsewhere"
    office.fleet.clock.turn(seconds=120 + 299)
    assert refusal(office, "zhang", approval.approval, "J1", kiosk=OTHER) == "printing-elsewhere"


def test_nobody_gets_print_and_money_while_the_payment_may_still_go_back(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    assert office.pay(approval, "R1").accepted  # and then the reply is lost, or the plug is pulled
    for asked in ({"kiosk": OTHER}, {"kiosk": OTHER, "paying": "R1"}, {}, {"paying": "R2"}):
        assert refusal(office, "zhang", approval.approval, **asked) == "not-settled", asked
    office.fleet.say(PaymentMoved(reference="R1", state="reversed", amount=approval.fee))
    assert refusal(office, "zhang", approval.approval, kiosk=OTHER) == "given-back"


def test_who_is_paying_and_holds_the_money_prints_at_once(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    assert office.pay(approval, "R1").accepted
    assert office.right("zhang", approval.approval, paying="R1").lines == approval.lines


def test_a_payment_that_stays_is_printed_anywhere(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    assert office.pay(approval, "R1").accepted
    office.settle(approval)
    assert office.right("zhang", approval.approval, kiosk=OTHER).lines == approval.lines


def test_a_machine_that_never_printed_loses_the_right_in_time(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.fleet.clock.turn(seconds=120 + 300)
    office.right("zhang", approval.approval, kiosk=OTHER)
    assert refusal(office, "zhang", approval.approval, "J1") == "job-used"
    office.tell(approval.approval, kiosk=OTHER)
    assert office.backs("zhang") == BOTH
    assert record(office, approval.approval).why == ""


def test_asking_again_prolongs_the_right(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.fleet.clock.turn(seconds=100)
    office.right("zhang", approval.approval)
    office.fleet.clock.turn(seconds=120 + 299)
    assert refusal(office, "zhang", approval.approval, kiosk=OTHER) == "printing-elsewhere"


def test_a_card_that_was_printed_by_a_silent_machine_shows_it_and_is_not_printed_again(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval, endorsed=1)  # printed, and the machine's network is gone
    office.fleet.clock.turn(days=3)
    assert refusal(office, "zhang", approval.approval, endorsed=2, kiosk=OTHER) == "printing-elsewhere"
    assert record(office, approval.approval).why == "printing-silent"
    office.tell(approval.approval)  # its report arrives at last
    assert office.state("zhang") == "printed"
    assert record(office, approval.approval).why == ""


def test_not_printed_frees_the_right_at_once_and_needs_a_new_job(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.tell(approval.approval, NOT_PRINTED)
    assert office.state("zhang") == "paid"
    assert refusal(office, "zhang", approval.approval) == "job-used"
    assert office.right("zhang", approval.approval, "J2", kiosk=OTHER).lines == approval.lines


def test_unknown_holds_the_right_until_it_is_known(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.tell(approval.approval, UNKNOWN)
    office.tell(approval.approval, UNKNOWN)
    assert refusal(office, "zhang", approval.approval, "J2") == "printing-elsewhere"
    office.tell(approval.approval, PRINTED)
    assert office.backs("zhang") == BOTH


def test_unknown_after_an_outcome_changes_nothing(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.tell(approval.approval, NOT_PRINTED)
    office.tell(approval.approval, UNKNOWN)
    assert office.right("zhang", approval.approval, "J2").job == "J2"


def test_a_job_of_one_approval_is_not_anothers(office: Hall) -> None:
    first = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", first.approval)
    second = office.paid("li", "HK.L.3m1")
    assert refusal(office, "li", second.approval) == "job-used"


# --- spoiled ---


def test_a_spoiled_back_is_urgent_and_is_mended_with_a_new_job(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.tell(approval.approval, SPOILED)
    assert office.holder("zhang").unfinished[0].spoiled
    assert record(office, approval.approval).why == "spoiled"
    office.right("zhang", approval.approval, "J2", endorsed=2, kiosk=OTHER)
    office.tell(approval.approval, job="J2", kiosk=OTHER)
    assert office.backs("zhang") == BOTH
    assert record(office, approval.approval).why == ""


def test_when_the_money_went_back_after_spoiling_the_others_are_printed_again(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.tell(approval.approval, SPOILED)
    office.fleet.say(office.fleet.moved("R1", "reversed", 1500))
    [case] = office.holder("zhang").unfinished
    assert (case.state, case.spoiled) == ("given_back", True)
    right = office.right("zhang", approval.approval, "J2", endorsed=2)
    assert [line.split("(")[0] for line in right.lines[::2]] == ["香港 个人旅游"]
    office.tell(approval.approval, job="J2")
    assert office.state("zhang") == "given_back"
    assert office.backs("zhang") == ["HK.G"]
    assert office.holder("zhang").unfinished == []
    assert record(office, approval.approval).why == ""


def test_an_empty_back_needs_no_mending(office: Hall) -> None:
    approval = office.paid("resident", "HK.L.3m1")
    office.right("resident", approval.approval)
    office.tell(approval.approval, SPOILED)
    office.fleet.say(office.fleet.moved("R1", "reversed", 1500))
    assert office.holder("resident").unfinished == []
    assert refusal(office, "resident", approval.approval, "J2", endorsed=2) == "given-back"


# --- what must not be ---


def test_a_repeated_outcome_changes_nothing(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    for _ in range(3):
        office.tell(approval.approval)
    assert office.backs("zhang") == BOTH
    assert record(office, approval.approval).why == ""


def test_a_print_without_a_right_is_believed_and_told(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.tell(approval.approval)
    assert office.backs("zhang") == BOTH
    assert record(office, approval.approval).why == "printed-without-right"


def test_a_print_of_something_unpaid_grants_nothing_and_is_told(office: Hall) -> None:
    approval = office.apply("zhang", "MO.G.3m1")
    office.tell(approval.approval)
    assert office.backs("zhang") == ["HK.G"]
    assert record(office, approval.approval).why == "printed-without-right"


def test_a_job_that_was_given_up_and_printed_after_all_is_told(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.fleet.clock.turn(minutes=20)
    office.right("zhang", approval.approval, kiosk=OTHER)
    office.tell(approval.approval, kiosk=OTHER)
    office.tell(approval.approval)
    assert office.backs("zhang") == BOTH  # once
    assert record(office, approval.approval).why == "printed-after-all"


@pytest.mark.parametrize("printed_first", [True, False])
def test_printed_and_given_back_is_a_case_for_a_person(office: Hall, *, printed_first: bool) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    reversal = office.fleet.moved("R1", "reversed", 1500)
    if printed_first:
        office.tell(approval.approval)
        office.fleet.say(reversal)
    else:
        office.fleet.say(reversal)
        office.tell(approval.approval)
    assert record(office, approval.approval).why == "printed-and-given-back"


def test_an_outcome_of_nothing_known_is_kept_and_harms_nobody(office: Hall) -> None:
    office.tell("E404", SPOILED)
    office.tell("E404", PRINTED, "J7")
    assert office.fleet.front.books().streams[0].quarantined == 0


# --- races ---


def test_of_many_machines_that_ask_at_once_one_gets_the_right(tmp_path: Path) -> None:
    office = hall(engine=file_engine(tmp_path / "central.db"))
    for round_ in range(5):
        approval = office.paid("li", "HK.L.3m1")
        gate = threading.Barrier(8)

        def ask(n: int, approval: str = approval.approval, gate: threading.Barrier = gate, round_: int = round_) -> str:
            gate.wait(10)
            kiosk = OTHER if n % 2 else KIOSK
            try:
                return office.right("li", approval, f"J{round_}-{n}", endorsed=round_, kiosk=kiosk).job
            except RefusedError as no:
                return no.code

        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(ask, range(8)))
        assert said.count("printing-elsewhere") == 7
        [job] = [one for one in said if one.startswith("J")]
        kiosk = OTHER if int(job[-1]) % 2 else ""
        office.tell(approval.approval, job=job, kiosk=kiosk)
        assert office.state("li") == "printed"


class Card:
    """The thing itself: how often it was erased, by which job it was printed."""

    def __init__(self) -> None:
        self.endorsed, self.printed = 1, list[str]()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "print", "fail", "spoil", "report", "wait"]),
            st.sampled_from([KIOSK, OTHER]),
            st.integers(0, 400),
        ),
        max_size=25,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_machines_do_with_one_card_it_is_printed_at_most_once(steps: list[tuple[str, str, int]]) -> None:
    """One card, two machines: each asks, prints only within its right, and reports when it likes."""
    office, card = hall(), Card()
    approval = office.paid("zhang", "MO.G.3m1").approval
    rights: dict[str, tuple[str, float]] = {}
    unreported: dict[str, list[tuple[str, PrintResult]]] = {KIOSK: [], OTHER: []}
    jobs = 0
    for what, kiosk, more in steps:
        now = office.fleet.clock.now().timestamp()
        if what == "wait":
            office.fleet.clock.turn(seconds=more)
        elif what == "ask":
            jobs += 1
            ask = rights.get(kiosk, (f"J{jobs}", 0.0))[0]
            try:
                right = office.right("zhang", approval, ask, endorsed=card.endorsed, kiosk=kiosk)
                rights[kiosk] = (ask, now + right.seconds)
            except RefusedError:
                rights.pop(kiosk, None)
        elif what == "report":
            machine = "" if kiosk == KIOSK else kiosk
            for job, outcome in unreported[kiosk]:
                office.tell(approval, outcome, job, kiosk=machine)
            unreported[kiosk].clear()
        elif kiosk in rights and now <= rights[kiosk][1]:
            job, _ = rights.pop(kiosk)
            outcome = {"print": PRINTED, "fail": NOT_PRINTED, "spoil": SPOILED}[what]
            unreported[kiosk].append((job, outcome))
            card.endorsed += outcome is not NOT_PRINTED
            if outcome is PRINTED:
                card.printed.append(job)
    assert len(card.printed) <= 1
    for kiosk, told in unreported.items():
        for job, outcome in told:
            office.tell(approval, outcome, job, kiosk="" if kiosk == KIOSK else kiosk)
    assert (office.state("zhang") == "printed") == bool(card.printed)
    assert office.backs("zhang") == (BOTH if card.printed else ["HK.G"])
    assert record(office, approval).why in {"", "spoiled", "not-printed", "printing-silent"}


# --- cards that were kept ---


def test_a_kept_card_is_found_by_its_holder_and_by_the_slip(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.retain(slip="S1", reason="forgotten", token="sample-zhang", approval=approval.approval)
    office.retain(slip="S1", reason="forgotten", token="sample-zhang", approval=approval.approval)
    office.retain(slip="S2", reason="invalid")
    for question in ({"permit": office.permit("zhang")}, {"number": "S1"}, {"number": approval.approval}):
        assert [(one.site, one.slip) for one in office.progress(**question).retained] == [("sample site", "S1")]
    assert [one.slip for one in office.progress(number="S2").retained] == ["S2"]
    assert {one.slip for one in office.fleet.front.books().boxes} == {"S1", "S2"}


def test_a_card_that_was_handed_out_lies_there_no_more(office: Hall) -> None:
    office.retain(slip="S1", reason="forgotten", token="sample-zhang")
    desk.hand_out(office.fleet.front.store, "S1", "Officer Sample")
    assert office.progress(permit=office.permit("zhang")).retained == []
    for slip, by in (("S1", "again"), ("S404", "anybody")):
        with pytest.raises(Refused):
            desk.hand_out(office.fleet.front.store, slip, by)


# --- the department's desk ---


def test_paid_and_not_printed_is_a_case_after_a_visits_time_and_gets_an_owner(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    assert record(office, approval.approval).why == ""
    office.fleet.clock.turn(minutes=10)
    case = record(office, approval.approval)
    assert (case.why, case.owner, case.permit, case.kiosk) == ("not-printed", "", "CA*****67", KIOSK)
    desk.take(office.fleet.front.store, approval.approval, "Officer Sample")
    assert record(office, approval.approval).owner == "Officer Sample"


def test_the_counter_prints_and_finishes_the_case(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    desk.finish(office.fleet.front.store, office.fleet.clock, approval.approval, "Officer Sample")
    assert office.backs("zhang") == BOTH
    assert (record(office, approval.approval).state, record(office, approval.approval).why) == ("printed", "")
    assert refusal(office, "zhang", approval.approval, "J2") == "already-printed"
    for approval_, by in ((approval.approval, "again"), ("E404", "somebody"), (approval.approval, "")):
        with pytest.raises(Refused):
            desk.finish(office.fleet.front.store, office.fleet.clock, approval_, by)


def test_a_person_puts_trouble_to_an_end(office: Hall) -> None:
    approval = office.paid("zhang", "MO.G.3m1")
    office.right("zhang", approval.approval)
    office.tell(approval.approval)
    office.fleet.say(office.fleet.moved("R1", "reversed", 1500))
    desk.finish(office.fleet.front.store, office.fleet.clock, approval.approval, "Officer Sample")
    assert record(office, approval.approval).why == ""


def test_the_same_is_done_from_the_command_line(tmp_path: Path) -> None:
    central = Central(Settings(tmp_path))
    with central.front.store.write() as connection:
        exit_samples.load(connection, china_day(central.clock.now()))
        connection.exec_driver_sql("UPDATE exit_case SET state = 'paid'")

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(app, [*words, "--data", str(tmp_path)])
        return result.exit_code, result.output.strip()

    assert run("take", "S-applied", "--by", "Officer Sample") == (0, "done")
    assert run("finish", "S-applied", "--by", "Officer Sample") == (0, "done")
    assert run("finish", "S-applied", "--by", "Officer Sample")[0] == 1
    assert run("hand-out", "S1", "--by", "Officer Sample")[0] == 1
    assert central.front.books().exit_entry[0].owner == "Officer Sample"


# --- the identity check ---


def test_a_check_is_kept_as_evidence_whatever_came_of_it(office: Hall) -> None:
    check = IdentityCheck(
        way="face", result=Sameness.NOT_SAME, at=office.fleet.clock.now(), score=0.71, threshold=0.5,
        device="camera", versions={"embedding": "1.7.15"},
    )  # fmt: skip
    office.send(office.fleet.kiosk, IdentityChecked(token="sample-zhang", request="request-1", check=check), "audit")
    assert [(s.stream, s.events, s.quarantined) for s in office.fleet.front.books().streams] == [("audit", 1, 0)]


@pytest.mark.parametrize("field", ["picture", "embedding", "portrait"])
def test_a_check_has_no_place_for_a_picture(field: str) -> None:
    assert field not in IdentityCheck.__struct_fields__
    assert not any(bytes in getattr(kind, "__args__", (kind,)) for kind in IdentityCheck.__annotations__.values())


def test_versions_are_bounded() -> None:
    many = {"way": "face", "result": "same", "at": "2026-03-02T04:00:00Z", "versions": {str(n): "1" for n in range(17)}}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(many, IdentityCheck)
