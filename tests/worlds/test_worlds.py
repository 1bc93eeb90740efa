"""A small number of worlds in the suite: whatever fails in them, every promise holds."""

from random import Random

import pytest

from tests.worlds.faults import Plan, draw
from tests.worlds.power import Crash
from tests.worlds.runner import Report, run_one, run_seed

LONG = 20
"""Entries of a journal: a world with more has too many power cuts for the suite."""


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
