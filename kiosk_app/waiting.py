"""Waiting for news or for a moment, whichever comes first; and no longer waiting."""

import asyncio
from math import inf
from typing import Any


async def event_or_pause(event: asyncio.Event, pause: float | None) -> None:
    """Until ``event`` is set, at most ``pause`` seconds (None or endless: however long it takes)."""
    try:
        async with asyncio.timeout(None if pause == inf else pause):
            await event.wait()
    except TimeoutError:
        return


async def cancelled(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks and wait until they are over; what they would still have said is dropped."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.exception()
