"""The first moments: devices say how they are before anybody is greeted."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from kiosk_app.devices import Condition, Device, DeviceState

log = structlog.get_logger()

STARTING_PATIENCE = 15.0
"""Seconds that devices have to answer before the first screen; later they join by themselves."""


async def wait_until_heard(devices: Sequence[Device]) -> None:
    """Until every device has said how it is, but not for long."""
    starting = [device for device in devices if device.condition.state is DeviceState.STARTING]
    left = {device.role for device in starting}
    done = asyncio.Event()

    def heard(role: str) -> Callable[[Condition], None]:
        def listener(_: Condition) -> None:
            left.discard(role)
            if not left:
                done.set()

        return listener

    for device in starting:
        device.watch(heard(device.role))
    if starting:
        try:
            async with asyncio.timeout(STARTING_PATIENCE):
                await done.wait()
        except TimeoutError:
            log.warning("devices silent at start", roles=sorted(left))
