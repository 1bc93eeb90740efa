"""How often somebody may call (C.25): a fixed window per caller, in memory; a restart forgives."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from central.problems import Refused

PER_MINUTE: Final[Mapping[str, int]] = {
    "/enrol": 10,
    "/hb": 10,
    "/about": 10,
    "/tx/batch": 60,
    "/traffic/decisions": 60,
    "/catalogue": 10,
    "/exit-entry/holder": 30,
    "/exit-entry/apply": 30,
    "/exit-entry/print": 60,
    "/exit-entry/progress": 30,
    "/social/record": 30,
    "/social/pensions": 30,
    "/social/benefits": 30,
    "/social/living": 30,
    "/social/confirm-living": 30,
    "/social/card": 30,
    "/social/change-card": 30,
    "/social/dues": 30,
    "/social/family-dues": 10,
    "/medical/account": 30,
    "/social/certificate": 10,
    "/cases/mine": 30,
    "/feedback/matter": 10,
    "/papers/mine": 30,
    "/papers/copy": 10,
    "/photos/keep": 10,
    "/hall/places": 30,
    "/hall/slots": 30,
    "/hall/book": 10,
    "/hall/cancel": 10,
    "/orders/create": 30,
    "/orders/query": 120,
    "/orders/close": 60,
    "/orders/refund": 60,
}


class Limits:
    """Counts calls per caller, path and minute."""

    def __init__(self, per_minute: Mapping[str, int] = PER_MINUTE) -> None:
        self._per_minute = per_minute
        self._minute = 0
        self._calls: Counter[tuple[str, str]] = Counter()

    def count(self, caller: str, path: str, now: datetime) -> None:
        """Count one call. Raises Refused 429 beyond the limit, with the time to the next window."""
        minute, second = divmod(int(now.timestamp()), 60)
        if minute != self._minute:
            self._minute, self._calls = minute, Counter()
        self._calls[caller, path] += 1
        if self._calls[caller, path] > self._per_minute.get(path, 0):
            raise Refused(429, "too-many", "too many calls in this minute", retry_after=60 - second)
