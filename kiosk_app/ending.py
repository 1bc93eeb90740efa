"""How a kiosk ends: somebody closes its window, a signal stops it, or its battery does, and then the system as well."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()

Result = TypeVar("Result")
PATIENCE = 30.0
"""Seconds for the command; what it asked for goes on without us."""


async def until_either(serving: Coroutine[Any, Any, Result], showing: Coroutine[Any, Any, None]) -> Result | None:
    """Machine and window until one of them ends: what the machine ended with, None when it was the window."""
    async with asyncio.TaskGroup() as group:
        machine = group.create_task(serving, name="machine")
        window = group.create_task(showing, name="window")
        await asyncio.wait({machine, window}, return_when=asyncio.FIRST_COMPLETED)
        machine.cancel()
        window.cancel()
    return None if machine.cancelled() else machine.result()


async def power_off(command: Sequence[str]) -> bool:
    """Ask the system to power off, by ``command`` (none: nobody is asked). True if it was taken.

    The kiosk is over either way: a system that refuses starts it again, and it comes here again after its grace.
    """
    if not command:
        return False
    log.warning("powering off", command=command)
    try:
        child = await asyncio.create_subprocess_exec(*command)
        async with asyncio.timeout(PATIENCE):
            status = await child.wait()
    except (OSError, TimeoutError) as error:
        log.error("cannot power off", command=command, error=str(error) or type(error).__name__)
        return False
    if status:
        log.error("cannot power off", command=command, status=status)
    return status == 0
