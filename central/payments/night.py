"""What central does every night at an hour of China in which nobody pays: orders are looked at, old things forgotten.

Rule: nothing that a provider, a wire or the database does in one night may end central, or the nights to come. What
the last one came to, also that it failed and with what, stands on the operators' page and in the log.
"""

import asyncio
import traceback
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

import structlog

from central.clock import Clock
from central.departments.rules import CHINA
from central.front import Front, NightNote
from central.payments.reconcile import reconcile

log = structlog.get_logger()

HOUR: Final = time(4, 0)
LOOK: Final = 60.0
"""Seconds between looks at the clock: it may be put right while we sleep."""

ASLEEP: Final = 14
"""Nights that a server may have been suspended for; a clock that passes over more is rather wrong."""


async def nights(front: Front, clock: Clock) -> None:
    """Reconcile at HOUR, until cancelled. One that failed is done again the next night; the cases do not need it.

    A clock that was put back goes on from there. After one that leapt over more than two weeks nothing is wiped before
    the next night: it may be wrong by years, and operators have a day to see it.
    """
    last = _night(clock.now())
    while True:
        await asyncio.sleep(LOOK)
        before, last = last, _night(clock.now())
        if last <= before:
            continue
        front.last_night = await _orders(front, clock)
        if last - before <= ASLEEP:
            await _old_things(front, clock)
        else:
            log.error("the clock leapt: nothing is forgotten before the next night", nights=last - before)
            says = f"the clock leapt by {last - before} nights: nothing was forgotten, and will be in the next night"
            front.last_forgetting = NightNote(clock.now(), says, well=False)


async def _old_things(front: Front, clock: Clock) -> None:
    await _wipe(front, "photos", front.photos.expire)
    await _wipe(front, "photographed papers", front.photographed.expire)
    front.last_forgetting = await _forget(front, clock)


async def _orders(front: Front, clock: Clock) -> NightNote:
    try:
        night = await front.providers.run(reconcile, front.store, front.orders, clock)
    except Exception as failure:
        log.error("the night failed", error=type(failure).__name__, at=_place(failure))
        return NightNote(clock.now(), f"failed: {type(failure).__name__}", well=False)
    says = f"{night.looked} orders looked at, {night.changed} changed, provider silent for {night.silent}"
    return NightNote(clock.now(), says, well=not night.silent)


async def _wipe(front: Front, what: str, expire: Callable[[], int]) -> None:
    try:
        await front.providers.run(expire)
    except Exception as failure:
        log.error("what is old was not wiped", what=what, error=type(failure).__name__, at=_place(failure))


async def _forget(front: Front, clock: Clock) -> NightNote:
    """What is kept long enough; and who is to be told of what ends soon."""
    try:
        forgotten = await front.providers.run(front.forget)
    except Exception as failure:
        log.error("nothing was forgotten", error=type(failure).__name__, at=_place(failure))
        return NightNote(clock.now(), f"failed: {type(failure).__name__}", well=False)
    if forgotten.ending:
        log.warning("matters end unsettled soon", count=forgotten.ending)
    return NightNote(clock.now(), str(forgotten), well=forgotten.overwritten and not forgotten.ended)


def _place(failure: Exception) -> str:
    """Where it was raised. Not its words: a provider's may name who paid."""
    frame = traceback.extract_tb(failure.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _night(now: datetime) -> int:
    """The number of the night that began last."""
    return (now.astimezone(CHINA) - timedelta(hours=HOUR.hour, minutes=HOUR.minute)).toordinal()
