"""The worlds would notice the classic bugs of payments, of settlement, and of what was paid for."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest

from central.departments.requests import Requests
from kiosk_app.contract import OrderState
from kiosk_app.errors import PaymentUncertain
from kiosk_app.money.by_code import ByCode, _found
from kiosk_app.money.means import Found
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.settle import Settlement
from kiosk_app.money.till import Till
from tests.worlds.faults import Plan
from tests.worlds.power import Crash
from tests.worlds.runner import run_one

CALM = Plan((), 0.0)
TRAVELLER = Plan((), 0.0, ("endorsement",), person="li")
ASKS = Plan((), 0.0, ("record_copies",), person="zhao")


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


def test_the_worlds_notice_a_request_that_stays_though_its_money_went_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(*_: Any) -> None: ...

    def cut(seed: int) -> list[str]:
        """The plug is pulled when the report has left: the terminal may still give the money back."""
        journal = run_one(seed, plan=ASKS)[0].journal
        told = [entry.seq for entry in journal if entry.state == "fulfilled"]
        return [fault for entry in told for fault in run_one(seed, Crash(entry, "after"), ASKS)[1]]

    monkeypatch.setattr(Requests, "undo", forgetful)
    assert any("its payment says otherwise" in fault for seed in range(30, 60) for fault in cut(seed))


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
