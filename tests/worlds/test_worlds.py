"""A small number of worlds in the suite, and proof that the worlds would notice the classic bugs."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from central.departments.requests import Requests
from kiosk_app.contract import OrderState
from kiosk_app.contract.exit_entry import IdentityCheck, Sameness
from kiosk_app.custody import Custody
from kiosk_app.custody_table import Place, Stay
from kiosk_app.desk import Desk
from kiosk_app.devices import EndorsementPrint, RetainReason
from kiosk_app.errors import KioskError, PaymentUncertain
from kiosk_app.money.by_code import ByCode, _found
from kiosk_app.money.means import Found
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.settle import Settlement
from kiosk_app.money.till import Till
from kiosk_app.services import endorsement
from tests.worlds.faults import Plan, draw
from tests.worlds.power import Crash
from tests.worlds.runner import Report, run_one, run_seed

CALM = Plan((), 0.0)
TRAVELLER = Plan((), 0.0, ("endorsement",), person="li")
SAVER = Plan((), 0.0, ("contribution",), person="zhao")
ASKS = Plan((), 0.0, ("record_copies",), person="zhao")
LONG = 20
"""Entries of a journal: a world with more has too many power cuts for the suite."""


def traveller(*states: str) -> int:
    """The first seed in which a calm traveller's card comes to all of these; chance shifts with every view."""
    for seed in range(40):
        seen = {entry.state for entry in run_one(seed, plan=TRAVELLER)[0].journal if entry.kind == "permit"}
        if seen >= set(states) and len(seen & {"returned", "retained"}) == 1:
            return seed
    raise AssertionError(f"no traveller comes to {states}")


@pytest.fixture(scope="session")
def prints() -> int:
    """The traveller gets an endorsement and takes the card. Looked for before a test plants anything."""
    return traveller("printing", "returned")


@pytest.fixture(scope="session")
def keeps() -> int:
    """The card is forgotten."""
    return traveller("retained")


def pays(*, permit: bool) -> int:
    """The first seed with whatever faults in which somebody pays, for an endorsement that is printed or otherwise."""
    for seed in range(60):
        plan = draw(Random(f"plan {seed}"))
        if bool(plan.permit) is permit:
            world = run_one(seed)[0]
            if world.entries <= LONG and any(e.state == ("printing" if permit else "approved") for e in world.journal):
                return seed
    raise AssertionError("nobody pays")


@pytest.mark.parametrize("permit", [False, True])
def test_all_promises_hold_whatever_fails_and_whenever_the_plug_is_pulled(*, permit: bool) -> None:
    report = Report()
    run_seed(pays(permit=permit), report)
    assert report.failures == []
    assert report.crashes == report.worlds - 1
    assert report.payments


def test_a_seed_reproduces_its_world_exactly() -> None:
    first, _ = run_one(5, Crash(4, "after"))
    again, _ = run_one(5, Crash(4, "after"))
    assert first.journal == again.journal
    assert first.books() == again.books()
    assert first.virtual == again.virtual


def test_a_day_without_central_loses_no_report() -> None:
    world, faults = run_one(1, plan=Plan(("central_down_for_a_day",), 0.0))
    assert faults == []
    assert world.virtual > 86_400
    assert world.books().held == sum(b.amount for b in world.card_terminal.ledger.bookings) > 0


def test_the_worlds_notice_a_journal_that_is_written_after_the_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Till.write

    def late(till: Till, payment: Payment, to: State, **changes: Any) -> Payment:
        if to is State.REQUESTED:  # remembered, but not durable before the terminal is asked
            till._open[payment.reference] = payment
            before = till._journal.append
            try:
                till._journal.append = lambda *_, **__: None  # type: ignore[method-assign,assignment] # planted
                return written(till, payment, to, **changes)
            finally:
                till._journal.append = before  # type: ignore[method-assign] # planted
        return written(till, payment, to, **changes)

    monkeypatch.setattr(Till, "write", late)
    assert any(_crashed_faults(seed) for seed in range(3))


def test_the_worlds_notice_a_settlement_that_ignores_the_uncertain_step(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = Settlement.settle

    async def hopeful(settlement: Settlement, payment: Payment) -> Payment:
        if payment.state is State.REQUESTED:
            return settlement._till.write(payment, State.DECLINED)
        return await settled(settlement, payment)

    monkeypatch.setattr(Settlement, "settle", hopeful)
    assert any(_crashed_faults(seed) for seed in range(3))


def test_the_worlds_notice_a_close_that_is_believed_without_a_second_query(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hasty(means: ByCode, payment: Payment) -> Found:
        order = await means._query(payment)
        if order is None or order.state is OrderState.WAITING:
            await means._close(payment)
            return Found(State.DECLINED, why="order closed")
        return _found(payment, order)

    seeds = range(8)  # one telephone in five is slow enough
    assert not any(_faults_of_leaving(seed) for seed in seeds)
    monkeypatch.setattr(ByCode, "_end", hasty)
    assert any(_faults_of_leaving(seed) for seed in seeds)


def test_the_worlds_notice_a_refund_whose_silence_is_taken_for_success(monkeypatch: pytest.MonkeyPatch) -> None:
    give_back = ByCode.give_back

    async def hopeful(means: ByCode, payment: Payment) -> None:
        with suppress(PaymentUncertain):
            await give_back(means, payment)

    monkeypatch.setattr(ByCode, "give_back", hopeful)
    assert any(_faults_of_leaving(seed, "refunds_take_time") for seed in range(24))


def test_the_worlds_notice_an_order_that_is_made_before_it_is_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    create = ByCode._create

    async def first(means: ByCode, payment: Payment) -> Mapping[str, Any]:
        await create(means, payment)  # the citizen's telephone could be quicker than the journal
        return {}

    monkeypatch.setattr(ByCode, "before", first)
    plan = Plan((), 0.0, channels=("wechat",))
    assert any(run_one(seed, Crash(2, "before"), plan)[1] for seed in range(3))


def test_a_card_and_its_money_survive_a_power_cut_around_every_move(prints: int) -> None:
    whole, faults = run_one(prints, plan=TRAVELLER)
    assert faults == []
    moves = [entry.seq for entry in whole.journal if entry.kind == "permit"]
    assert {"printing", "returned"} <= {entry.state for entry in whole.journal if entry.kind == "permit"}
    for entry in moves:
        for when in ("before", "after"):
            assert run_one(prints, Crash(entry, when), TRAVELLER)[1] == []


@pytest.mark.parametrize("what", ["flexible_pension 202611 ", "resident_pension 2026 "], ids=["own", "family"])
def test_a_contribution_and_its_money_survive_a_power_cut_around_every_entry(what: str) -> None:
    """In the first world in which this person pays that: their own, or for somebody in the family."""
    for seed in range(40):
        whole, faults = run_one(seed, plan=SAVER)
        assert faults == []
        paid = [line.numbers[0] for line in whole.books().payments if line.held]
        if paid and paid[0].startswith(what):
            break
    else:
        pytest.fail("nobody paid that")
    for entry in range(1, len(whole.journal) + 1):
        for when in ("before", "after"):
            assert run_one(seed, Crash(entry, when), SAVER)[1] == []


def test_a_service_that_is_data_and_its_money_survive_a_power_cut_around_every_entry() -> None:
    seed = next(n for n in range(20) if run_one(n, plan=ASKS)[0].books().held)
    whole, faults = run_one(seed, plan=ASKS)
    assert faults == []
    [paid] = [line.numbers for line in whole.books().payments if line.held]
    assert paid[0].startswith("record_copies ")
    for entry in range(1, len(whole.journal) + 1):
        for when in ("before", "after"):
            assert run_one(seed, Crash(entry, when), ASKS)[1] == []


def test_the_worlds_notice_a_request_that_stays_though_its_money_went_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(*_: Any) -> None: ...

    def cut(seed: int) -> list[str]:
        """The plug is pulled when the report has left: the terminal may still give the money back."""
        journal = run_one(seed, plan=ASKS)[0].journal
        told = [entry.seq for entry in journal if entry.state == "fulfilled"]
        return [fault for entry in told for fault in run_one(seed, Crash(entry, "after"), ASKS)[1]]

    monkeypatch.setattr(Requests, "undo", forgetful)
    assert any("its payment says otherwise" in fault for seed in range(30, 60) for fault in cut(seed))


def test_the_worlds_notice_a_card_that_is_taken_in_before_its_record(
    monkeypatch: pytest.MonkeyPatch, prints: int
) -> None:
    def late(custody: Custody) -> Stay:
        return Stay("unwritten", Place.AWAITED)

    monkeypatch.setattr(Custody, "enter", late)
    assert any("record" in fault for fault in run_one(prints, plan=TRAVELLER)[1])


def test_the_worlds_notice_a_card_that_is_kept_before_its_record(monkeypatch: pytest.MonkeyPatch, prints: int) -> None:
    async def early(custody: Custody, stay: Stay, wait: float) -> Stay:
        await custody.unit.give_back(within=0.0)
        await custody.unit.retain(RetainReason.FORGOTTEN)
        return stay

    monkeypatch.setattr(Custody, "_out", early)
    assert run_one(prints, plan=TRAVELLER)[1]


def test_the_worlds_notice_a_print_that_is_ordered_anew_after_a_crash(
    monkeypatch: pytest.MonkeyPatch, prints: int
) -> None:
    async def again(custody: Custody, stay: Stay) -> Stay:
        anew = replace(stay, job=f"{stay.job}-again")
        with suppress(KioskError):
            unit = custody.unit._device  # type: ignore[attr-defined] # behind its guard
            unit._stay = 1  # the driver would refuse it too
            await unit.print(EndorsementPrint(anew.job, ("SAMPLE",)), lambda _: None)
        return custody.write(stay, Place.INSIDE, outcome="printed")

    printing = [entry.seq for entry in run_one(prints, plan=TRAVELLER)[0].journal if entry.state == "printing"]
    monkeypatch.setattr(Custody, "ask", again)
    found = run_one(prints, Crash(printing[0], "after"), TRAVELLER)[1]
    assert any("-again, which no record knows" in fault for fault in found)


def test_the_worlds_notice_a_print_that_only_the_record_knows(monkeypatch: pytest.MonkeyPatch, prints: int) -> None:
    async def hopeful(custody: Custody, stay: Stay) -> Stay:
        return custody.write(stay, Place.INSIDE, outcome="printed")

    printing = [entry.seq for entry in run_one(prints, plan=TRAVELLER)[0].journal if entry.state == "printing"]
    monkeypatch.setattr(Custody, "ask", hopeful)
    found = run_one(prints, Crash(printing[0], "after"), TRAVELLER)[1]
    assert any("printed, says the record" in fault for fault in found)


def test_the_worlds_notice_money_that_is_kept_for_what_was_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forgetful(settlement: Settlement, reference: str) -> None:
        del settlement, reference

    def held(seed: int) -> list[int]:
        """What stays with us of a visit that is cut before the order to print: a terminal keeps it or gives it back."""
        journal = run_one(seed, plan=TRAVELLER)[0].journal
        cut = [Crash(entry.seq, "before") for entry in journal if entry.kind == "permit" and entry.state == "printing"]
        return [run_one(seed, crash, TRAVELLER)[0].books().held for crash in cut[:1]]

    monkeypatch.setattr(Settlement, "undelivered", forgetful)
    noticed = next(seed for seed in range(20) if any(held(seed)))
    monkeypatch.undo()
    assert not any(held(noticed))


def test_the_worlds_notice_a_card_that_is_kept_and_central_never_hears_of_it(
    monkeypatch: pytest.MonkeyPatch, keeps: int
) -> None:
    write = Custody.write

    def silent(custody: Custody, stay: Stay, to: Place, *reports: Any, **changes: str) -> Stay:
        return write(custody, stay, to, *(() if to is Place.RETAINED else reports), **changes)

    world, faults = run_one(keeps, plan=TRAVELLER)
    assert (len(world.books().boxes), faults) == (1, [])
    monkeypatch.setattr(Custody, "write", silent)
    assert any("central knows of 0" in fault for fault in run_one(keeps, plan=TRAVELLER)[1])


def test_the_worlds_notice_an_approval_for_somebody_who_never_showed_to_be_the_holder(
    monkeypatch: pytest.MonkeyPatch,
    prints: int,
) -> None:
    async def trusting(desk: Desk, *_: Any, **__: Any) -> IdentityCheck:
        return IdentityCheck(way="id_card", result=Sameness.SAME, at=desk.clock.now())

    monkeypatch.setattr(endorsement, "check_identity", trusting)
    assert any("nobody had shown" in fault for fault in run_one(prints, plan=TRAVELLER)[1])


def _faults_of_leaving(seed: int, *names: str) -> list[str]:
    """Broken promises of a world whose people pay with a telephone and cancel at once, with these faults."""
    return run_one(seed, None, Plan(names, 0.0, ("traffic_fines",) * 2, ("wechat",), telephone="race"))[1]


def _crashed_faults(seed: int) -> list[str]:
    """Broken promises of calm worlds with a crash around the terminal's answer."""
    return [
        fault
        for entry in (2, 3)
        for when in ("before", "after")
        for fault in run_one(seed, Crash(entry, when), CALM)[1]
    ]
