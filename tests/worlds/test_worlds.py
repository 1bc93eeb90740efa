"""A small number of worlds in the suite, and proof that the worlds would notice the two classic bugs."""

from typing import Any

import pytest

from kiosk_app.money.payment import Payment, State
from kiosk_app.money.settle import Settlement
from kiosk_app.money.till import Till
from tests.worlds.faults import Plan
from tests.worlds.runner import Report, run_one, run_seed
from tests.worlds.world import Crash

CALM = Plan((), 0.0)


@pytest.mark.parametrize("seed", [7, 11])
def test_all_promises_hold_whatever_fails_and_whenever_the_plug_is_pulled(seed: int) -> None:
    report = Report()
    run_seed(seed, report)
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


def _crashed_faults(seed: int) -> list[str]:
    """Broken promises of calm worlds with a crash around the terminal's answer."""
    return [
        fault
        for entry in (2, 3)
        for when in ("before", "after")
        for fault in run_one(seed, Crash(entry, when), CALM)[1]
    ]
