"""Central's nights: they come at their hour, and whatever happens in one, the next one comes."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from central import console
from central.payments import night
from central.payments.reconcile import Night
from central.periods import Forgotten
from tests.central.fleet import Fleet, HandClock, fleet
from tests.virtual import run


class Nights:
    """The loop of a central whose clock goes with the virtual loop, and what reconciling does there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, work: Callable[[], Night]) -> None:
        self.central: Fleet = fleet()
        self.calls = 0

        def reconcile(*_: Any) -> Night:
            self.calls += 1
            return work()

        async def here(work: Callable[..., Any], *given: Any) -> Any:
            return work(*given)

        monkeypatch.setattr(night, "reconcile", reconcile)
        monkeypatch.setattr(self.central.front.providers, "run", here)  # a thread would be a second clock

    def pass_by(self, days: float) -> None:
        async def story() -> None:
            loop, began = asyncio.get_running_loop(), self.central.clock.now()
            clock = HandClock()
            clock.now = lambda: began + timedelta(seconds=loop.time())  # type: ignore[method-assign]
            running = asyncio.create_task(night.nights(self.central.front, clock))
            await asyncio.sleep(days * 86_400)
            assert not running.done()
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

        run(story())


def test_the_orders_are_looked_at_once_a_night_and_operators_see_the_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch, lambda: Night(looked=3, changed=1, silent=0))
    nights.pass_by(days=3)  # from noon: three times four in the morning
    assert nights.calls == 3
    page = console.page(nights.central.front)
    assert "✓ 3 orders looked at, 1 changed, provider silent for 0" in page
    assert "2026-03-05 04:00" in page


def test_a_clock_that_was_far_ahead_and_is_put_right_does_not_end_the_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch, lambda: Night(looked=0, changed=0, silent=0))
    forget, forgot = nights.central.front.forget, list[Forgotten]()

    def once_more() -> Forgotten:
        forgot.append(forget())
        return forgot[-1]

    monkeypatch.setattr(nights.central.front, "forget", once_more)

    async def story() -> None:
        loop, began = asyncio.get_running_loop(), nights.central.clock.now()
        clock, wrong = HandClock(), timedelta()
        clock.now = lambda: began + timedelta(seconds=loop.time()) + wrong  # type: ignore[method-assign]
        running = asyncio.create_task(night.nights(nights.central.front, clock))
        await asyncio.sleep(3600)
        wrong = timedelta(days=4000)
        await asyncio.sleep(3600)
        assert not forgot  # nothing is forgotten by a clock that leapt: it cannot be brought back
        assert "▲ the clock leapt by 4000 nights" in console.page(nights.central.front)
        wrong = timedelta()
        await asyncio.sleep(2 * 86_400)
        running.cancel()

    run(story())
    assert len(forgot) == 2


@pytest.mark.parametrize("failure", [KeyError("amount"), RuntimeError("wire"), TimeoutError()])
def test_a_night_that_fails_ends_neither_central_nor_the_nights_to_come(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail() -> Night:
        raise failure

    nights = Nights(monkeypatch, fail)
    nights.pass_by(days=2)
    assert nights.calls == 2
    assert f"▲ failed: {type(failure).__name__}" in console.page(nights.central.front)


def test_a_night_with_a_silent_provider_is_not_called_well(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch, lambda: Night(looked=2, changed=0, silent=2))
    nights.pass_by(days=1)
    assert "▲ 2 orders looked at, 0 changed, provider silent for 2" in console.page(nights.central.front)


def test_a_central_that_is_told_to_stop_in_the_middle_of_a_night_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    nights = Nights(monkeypatch, lambda: Night(looked=0, changed=0, silent=0))

    async def for_ever(*_: Any) -> Night:
        nights.calls += 1
        await asyncio.sleep(10**7)
        raise AssertionError

    monkeypatch.setattr(nights.central.front.providers, "run", for_ever)
    nights.pass_by(days=3)  # ends with the loop's cancellation, which must come out of it
    assert nights.calls == 1
    assert nights.central.front.last_night is None
