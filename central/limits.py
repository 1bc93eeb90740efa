"""How often somebody may call (C.25), and with how much (C.2).

Calls are counted in a fixed window per caller, in memory; a restart forgives.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from central.problems import Refused
from kiosk_app.contract import BATCH_BYTES


@dataclass(frozen=True)
class Allowance:
    """Calls in a minute, and bytes of the largest body."""

    per_minute: int
    largest: int = 1_000


ALLOWED: Final[Mapping[str, Allowance]] = {
    "/enrol": Allowance(10, 16_000),
    "/hb": Allowance(10, 8_000),
    "/about": Allowance(10),
    "/tx/batch": Allowance(60, BATCH_BYTES),
    "/traffic/decisions": Allowance(60),
    "/catalogue": Allowance(10),
    "/exit-entry/holder": Allowance(30),
    "/exit-entry/apply": Allowance(30, 16_000),
    "/exit-entry/print": Allowance(60),
    "/exit-entry/progress": Allowance(30),
    "/social/record": Allowance(30, 4_000),
    "/social/pensions": Allowance(30, 4_000),
    "/social/benefits": Allowance(30, 4_000),
    "/social/living": Allowance(30, 4_000),
    "/social/confirm-living": Allowance(30, 4_000),
    "/social/card": Allowance(30, 4_000),
    "/social/change-card": Allowance(30, 4_000),
    "/social/dues": Allowance(30, 4_000),
    "/medical/account": Allowance(30, 4_000),
    "/social/certificate": Allowance(10),
    "/cases/mine": Allowance(30),
    "/photos/keep": Allowance(10, 120_000),
    "/hall/places": Allowance(30),
    "/hall/slots": Allowance(30),
    "/hall/book": Allowance(10),
    "/hall/cancel": Allowance(10),
    "/orders/create": Allowance(30),
    "/orders/query": Allowance(120),
    "/orders/close": Allowance(60),
    "/orders/refund": Allowance(60),
}
"""Every path that a kiosk may call."""
PER_MINUTE: Final = {path: allowed.per_minute for path, allowed in ALLOWED.items()}
CAPS: Final = {path: allowed.largest for path, allowed in ALLOWED.items()}


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
