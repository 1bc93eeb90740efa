"""What central does every night at an hour of China in which nobody pays: orders are looked at, old photos dropped."""

import asyncio
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from central.clock import Clock
from central.departments.rules import CHINA
from central.front import Front
from central.payments.reconcile import reconcile

HOUR: Final = time(4, 0)
LOOK: Final = 60.0
"""Seconds between looks at the clock: it may be put right while we sleep."""


async def nights(front: Front, clock: Clock) -> None:
    """Reconcile at HOUR, until cancelled. One that failed is done again the next night; the cases do not need it."""
    last = _night(clock.now())
    while True:
        await asyncio.sleep(LOOK)
        if (now := _night(clock.now())) > last:
            last = now
            with suppress(SQLAlchemyError):
                await asyncio.to_thread(front.photos.expire)
                await asyncio.to_thread(reconcile, front.store, front.orders, clock)


def _night(now: datetime) -> int:
    """The number of the night that began last."""
    return (now.astimezone(CHINA) - timedelta(hours=HOUR.hour, minutes=HOUR.minute)).toordinal()
