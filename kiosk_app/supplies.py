"""Supplies: how full they were when, and when they will be empty.

Rules. A level is written down when it moved by :data:`STEP` points and when its word changed (``ok``, ``low``, ``out``,
``full``): some ten rows a day, kept across restarts, and nothing personal. The forecast is what
was used in the last :data:`WINDOW`, carried on: refills in between do not disturb it, nights and weekends are in it. It
needs a day and a tenth of a filling. What only knows *low* is forecast from how long low lasted the times
before. Where that is not enough nothing is said.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise

from kiosk_app.devices import Condition, Device
from kiosk_app.errors import StoreError
from kiosk_app.ports import Clock, Observations, Seen

STEP = 5
WINDOW, AT_LEAST = timedelta(days=30), timedelta(days=1)
USED_AT_LEAST = 10
ENDS = frozenset({"out", "full"})
WORTH_NOTING = ENDS | {"low"}


def forecast(history: Sequence[Seen]) -> datetime | None:
    """When it will be empty (or its box full), by ``history``, oldest first; None if nobody can say."""
    if not history or history[-1].word in ENDS:
        return None
    measured = [(seen.at, seen.level) for seen in history if seen.level is not None]
    return _by_use(measured) if measured else _by_habit(history)


def _by_use(measured: Sequence[tuple[datetime, int]]) -> datetime | None:
    last, left = measured[-1]
    recent = [(at, level) for at, level in measured if last - at <= WINDOW]
    used = sum(max(0, before - after) for (_, before), (_, after) in pairwise(recent))
    span = last - recent[0][0]
    if span < AT_LEAST or used < USED_AT_LEAST:
        return None
    return last + span * (left / used)


def _by_habit(history: Sequence[Seen]) -> datetime | None:
    spans, low_since = [], None
    for seen in history:
        if seen.word == "low":
            low_since = low_since or seen.at
            continue
        if seen.word in ENDS and low_since is not None:
            spans.append(seen.at - low_since)
        low_since = None
    if low_since is None or not spans:
        return None
    return low_since + sum(spans, timedelta()) / len(spans)


def seen_in(condition: Condition, at: datetime) -> Mapping[str, Seen]:
    """What a condition says of supplies: everything measured, and words that are those of supplies."""
    names = {*condition.levels, *(name for name, word in condition.supplies.items() if word in WORTH_NOTING | {"ok"})}
    return {name: Seen(at, condition.supplies.get(name, ""), condition.levels.get(name)) for name in names}


def forecasts(histories: Mapping[str, Sequence[Seen]]) -> dict[str, datetime]:
    """When each supply will be empty, of those of which that can be said."""
    ends = {supply: forecast(history) for supply, history in histories.items()}
    return {supply: end for supply, end in ends.items() if end is not None}


class Supplies:
    """Writes levels down and forecasts."""

    def __init__(self, kept: Observations, clock: Clock) -> None:
        self._kept, self._clock = kept, clock
        self._history: dict[str, list[Seen]] = {}
        self._news = asyncio.Event()

    def changed(self) -> None:
        """A device's condition changed."""
        self._news.set()

    async def run(self, devices: Sequence[Device]) -> None:
        """Write down what is worth it until cancelled. A store in trouble costs the history, nothing else."""
        with suppress(StoreError):
            self._history = self._kept.histories()
        while True:
            self._news.clear()
            for device in devices:
                self._note(device.role, device.condition)
            await self._news.wait()

    def empty_at(self, role: str, condition: Condition) -> dict[str, datetime]:
        """When each supply of ``role`` will be empty, as far as that can be said, by what it says now."""
        now = seen_in(condition, self._clock.now())
        return forecasts({name: [*self._history.get(f"{role} {name}", ()), seen] for name, seen in now.items()})

    def _note(self, role: str, condition: Condition) -> None:
        for name, seen in seen_in(condition, self._clock.now()).items():
            history = self._history.setdefault(f"{role} {name}", [])
            if not _is_news(history[-1] if history else None, seen):
                continue
            with suppress(StoreError):
                self._kept.note(f"{role} {name}", seen)
            history.append(seen)


def _is_news(before: Seen | None, seen: Seen) -> bool:
    if before is None:
        return seen.level is not None or seen.word in WORTH_NOTING
    if seen.word != before.word or (seen.level is None) != (before.level is None):
        return True
    if seen.level is None or before.level is None:
        return False
    return abs(seen.level - before.level) >= STEP
