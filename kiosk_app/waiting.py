"""Waiting for news or for a moment, whichever comes first."""

import asyncio
from math import inf


async def event_or_pause(event: asyncio.Event, pause: float | None) -> None:
    """Until ``event`` is set, at most ``pause`` seconds (None or endless: however long it takes)."""
    try:
        async with asyncio.timeout(None if pause == inf else pause):
            await event.wait()
    except TimeoutError:
        return
