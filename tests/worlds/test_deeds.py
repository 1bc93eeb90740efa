"""Every service takes part in the worlds; and proof that they would notice what could go wrong in those that only tell,
listen, verify or book (:mod:`tests.worlds.deeds`)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import structlog

from central.db import content_of, memory_engine
from central.departments.hall import office as halls
from central.departments.hall.tables import centre
from central.departments.social import office
from kiosk_app.central_desk import CentralDesk
from kiosk_app.contract.feedback import FEEDBACK
from kiosk_app.contract.social import Act, ConfirmLiving
from kiosk_app.desk import Desk
from kiosk_app.devices import Slip
from kiosk_app.health import SERVICES
from kiosk_app.papers.insured_slips import living_slip
from kiosk_app.papers.reprint import reprinted
from kiosk_app.reprints import REPRINT, Reprints
from kiosk_app.services import complaint, living_verification
from kiosk_app.services.steps import insured
from kiosk_app.services.steps.look_up import look_up
from offline_cache.journal import SqlJournal
from tests.faces import SceneAnalyst
from tests.worlds import world
from tests.worlds.deeds import OFFERED
from tests.worlds.faults import AFTERWARDS, WHO, Plan
from tests.worlds.founding import founded
from tests.worlds.power import Crash
from tests.worlds.runner import run_one
from tests.worlds.world import World

SEEDS = range(16)
LOST = ("answers_about_deeds_lost",)


def comes(service: str, *, times: int = 1, faults: tuple[str, ...] = (), person: str = "") -> Plan:
    """Somebody comes for this."""
    first = ("traffic_fines",) if service in AFTERWARDS else ()
    return Plan(faults, 0.0, (*first, *[service] * times), person=person or WHO.get(service, ("zhang",))[0])


def found(plan: Plan, says: str, seeds: range = SEEDS) -> bool:
    """Whether a broken promise of one of these worlds is told so."""
    return any(says in fault for seed in seeds for fault in run_one(seed, plan=plan)[1])


def first_world(plan: Plan, wanted: Callable[[World], object], seeds: range = SEEDS) -> int:
    """The first seed in which this happens; all promises hold there."""
    for seed in seeds:
        world, faults = run_one(seed, plan=plan)
        if wanted(world):
            assert faults == []
            return seed
    raise AssertionError(f"it never happens: {plan}")


@pytest.mark.parametrize("service", [*(service.key for service in SERVICES), *OFFERED])
def test_every_service_is_somebodys_errand_and_all_promises_hold(service: str) -> None:
    first_world(comes(service), lambda world: world.citizen.began[service])


def test_what_was_said_and_numbered_survives_a_power_cut_around_every_entry() -> None:
    plan = Plan((), 0.0, ("complaint", "traffic_fines", "reprint"))
    seed = first_world(plan, lambda world: {FEEDBACK, REPRINT} <= {entry.kind for entry in world.journal}, range(40))
    whole, _ = run_one(seed, plan=plan)
    once = {entry.kind: entry.seq for entry in whole.journal if entry.kind in {FEEDBACK, REPRINT, "receipt"}}
    for entry in once.values():
        for when in ("before", "after"):
            assert run_one(seed, Crash(entry, when), plan)[1] == []


@pytest.mark.parametrize("service", ["appointment", "insured_certificate", "id_photo"])
def test_the_worlds_notice_a_deed_that_is_asked_for_anew_when_its_answer_is_lost(
    monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    ask, asked = CentralDesk.ask, [0]

    async def anew(desk: CentralDesk, question: Any, reply: Any) -> Any:
        if hasattr(question, "request"):
            asked[0] += 1
            question = msgspec.structs.replace(question, request=f"{question.request[:-3]}{asked[0]:03d}")
        return await ask(desk, question, reply)

    monkeypatch.setattr(CentralDesk, "ask", anew)
    assert found(comes(service, faults=LOST), f"{service} was begun")


def test_the_worlds_notice_a_verification_that_nobody_made(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hopeful(desk: Desk, question: Any, *given: Any, **words: Any) -> Any:
        answer = await look_up(desk, question, *given, **words)
        if answer is None and isinstance(question, ConfirmLiving):
            return Act(number="R261123999999", at=desk.clock.now(), until=desk.clock.now().date())
        return answer

    monkeypatch.setattr(living_verification, "look_up", hopeful)
    assert found(comes("living_verification", faults=LOST), "central knows nothing of it")


def test_the_worlds_notice_a_second_verification_in_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_living_refused", lambda *_: "")
    assert found(comes("living_verification", times=2), "was verified 2 times")


def test_the_worlds_notice_a_slip_that_promises_more_than_the_department(monkeypatch: pytest.MonkeyPatch) -> None:
    def generous(name: str, act: Act, **words: str) -> Slip:
        assert act.until is not None
        return living_slip(name, msgspec.structs.replace(act, until=act.until + timedelta(days=365)), **words)

    monkeypatch.setattr(living_verification, "living_slip", generous)
    assert found(comes("living_verification"), "a slip says that")


def test_the_worlds_notice_a_place_that_is_given_away_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    times = halls._times
    small = memory_engine(founded())
    with small.begin() as connection:
        connection.execute(centre.update().values(counters=1))
    content = content_of(small)
    small.dispose()

    def scarce(row: Any, now: datetime) -> list[datetime]:
        return list(times(row, now))[:1]

    monkeypatch.setattr(world, "founded", lambda: content)
    monkeypatch.setattr(halls, "_times", scarce)
    plan = comes("appointment", times=4)
    assert not found(plan, "appointments are held", range(4))
    monkeypatch.setattr(halls, "_taken", lambda *_: {})
    assert found(plan, "appointments are held", range(4))


@pytest.mark.parametrize("reports", [0, 2])
def test_the_worlds_notice_a_complaint_that_does_not_arrive_exactly_once(
    monkeypatch: pytest.MonkeyPatch, reports: int
) -> None:
    append = SqlJournal.append

    def often(journal: SqlJournal, reference: str, kind: str, *given: Any, **more: Any) -> Any:
        if kind == FEEDBACK:
            more["reports"] = [*more["reports"]] * reports
        return append(journal, reference, kind, *given, **more)

    plan = comes("complaint", faults=("network_down",))
    seed = first_world(plan, lambda world: any(entry.kind == FEEDBACK for entry in world.journal))
    monkeypatch.setattr(SqlJournal, "append", often)
    assert found(plan, "said here", range(seed, seed + 1))


def test_the_worlds_notice_two_reprints_with_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def first(reprints: Reprints, reference: str, slip: Slip) -> tuple[int, Slip]:
        reprints._journal.append(reference, REPRINT, "numbered", {"number": 1})
        return 1, reprinted(slip, 1, reprints._clock.now(), reprints._machine)

    monkeypatch.setattr(Reprints, "marked", first)
    assert found(comes("reprint", times=2), "are numbered [1, 1]")


def test_the_worlds_notice_a_name_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    first = insured._first

    async def chatty(desk: Desk) -> Any:
        card = await first(desk)
        structlog.get_logger().info("identified", name=card.name)
        return card

    monkeypatch.setattr(insured, "_first", chatty)
    assert found(comes("rights_record"), "a citizen's data is in the log")


def test_the_worlds_notice_a_telephone_number_in_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = complaint.keep

    def wordy(desk: Desk, kind: str, topic: str, answered: complaint.Answered) -> Any:
        desk.journal.append("phone", "note", "given", {"call": answered.phone})
        return keep(desk, kind, topic, answered)

    monkeypatch.setattr(complaint, "keep", wordy)
    assert found(comes("complaint"), "typed is in the journal")


def test_the_worlds_notice_a_print_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    note = Desk._note

    def forgetful(desk: Desk, reference: str, what: str, state: str, **body: str) -> None:
        if state != "printed":
            note(desk, reference, what, state, **body)

    monkeypatch.setattr(Desk, "_note", forgetful)
    assert found(comes("rights_record"), "with no end in the journal")


def test_the_worlds_notice_a_face_that_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keeps(analyst: SceneAnalyst) -> None:
        del analyst

    monkeypatch.setattr(SceneAnalyst, "forget", keeps)
    assert found(comes("living_verification"), "something of a face is left")


def test_the_worlds_notice_a_visit_that_is_rated_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    rated = Desk._rated

    def eager(desk: Desk, score: int) -> None:
        rated(desk, score)
        rated(desk, score)

    monkeypatch.setattr(Desk, "_rated", eager)
    assert found(comes("complaint"), "visits were rated")


def test_a_world_with_a_card_that_sticks_comes_to_its_end() -> None:
    plan = replace(comes("endorsement", faults=("permit_jams",), person="li"), channels=("wechat",))
    first_world(plan, lambda world: any("Jam" in str(entry.body) or entry.kind == "alarm" for entry in world.journal))
