"""What is old enough is deleted at night, between two visits."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import time

from kiosk_app.errors import StoreError
from kiosk_app.local_time import wait_until
from kiosk_app.ports import Clock

NIGHT, NIGHT_AGAIN = time(3, 0), 60.0
"""Local hour of the cleaning, and seconds until another look while somebody is served then."""


async def clean_nightly(clean: Callable[[], None], clock: Clock, *, quiet: Callable[[], bool]) -> None:
    """Night by night. ``clean`` may raise StoreError; ``quiet``: whether nobody is served."""
    pause = wait_until(clock.now(), NIGHT)
    while True:
        await asyncio.sleep(pause)
        pause = NIGHT_AGAIN
        if quiet():
            with suppress(StoreError):  # the heartbeat names a store in trouble
                clean()
            pause = wait_until(clock.now(), NIGHT)
