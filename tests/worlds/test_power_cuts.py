"""The plug is pulled before and after every entry of one visit that was paid for."""

import pytest

from tests.worlds.faults import Plan
from tests.worlds.power import Crash
from tests.worlds.runner import run_one

SAVER = Plan((), 0.0, ("contribution",), person="zhao")
ASKS = Plan((), 0.0, ("record_copies",), person="zhao")


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
