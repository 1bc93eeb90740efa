"""A device whose driver fails is that device being broken, never the machine.

A driver keeps its device by a task of its own, and drivers come in from other makers. Whatever such a task raises (or
if it just ends, which no driver should) must not end the machine: it would start again, meet the same, and go round and
round for a keypad. So each device is met through a :class:`Guarded`: while its driver is down, its condition is
a hardware error with the reason ``driver_failed``, and what it is asked to do is refused before the driver sees it. The
driver is begun again after a pause that doubles from FIRST_PAUSE to LONGEST_PAUSE, and believed when it has lived for
STEADY seconds.
"""

import asyncio
import inspect
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import structlog

from kiosk_app.devices import Condition, Device, DeviceState
from kiosk_app.errors import DeviceFault
from kiosk_app.fitted import Devices

log = structlog.get_logger()

REASON = "driver_failed"
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
STEADY = 60.0
KEPT = 8


class Guarded:
    """Everything of ``device``, but its task cannot end the machine.

    ``failures``: the last of what ended it, in words: the exception itself would keep what its driver had just read.
    """

    def __init__(self, device: Device) -> None:
        self._device = device
        self._fault: Condition | None = None
        self._listeners: list[Callable[[Condition], None]] = []
        self.failures: deque[str] = deque(maxlen=KEPT)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._device, name)
        if self._fault is not None and inspect.iscoroutinefunction(found):
            return self._refuse
        return found

    async def _refuse(self, *_: object, **__: object) -> Any:
        raise DeviceFault(self._device.role, "its driver failed")

    @property
    def condition(self) -> Condition:
        """The device's own, or that its driver failed."""
        return self._fault or self._device.condition

    def watch(self, listener: Callable[[Condition], None]) -> None:
        """Call ``listener`` after every change of condition."""
        self._listeners.append(listener)
        self._device.watch(lambda condition: None if self._fault else listener(condition))

    async def run(self) -> None:
        """Run the driver, again and again; ends only by cancellation."""
        pause = FIRST_PAUSE
        while True:
            if await self._live():
                pause = FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _live(self) -> bool:
        """One life of the driver, to its end; whether it was a steady one."""
        life = asyncio.create_task(self._device.run(), name=self._device.role)
        try:
            await asyncio.wait({life}, timeout=STEADY)
            if steady := not life.done():
                self._become(None)
                await asyncio.wait({life})
        finally:
            life.cancel()
            await asyncio.wait({life})
            error = asyncio.CancelledError() if life.cancelled() else life.exception()
        if error is not None and not isinstance(error, Exception | asyncio.CancelledError):
            raise error
        self._fail(error)
        return steady

    def _fail(self, error: BaseException | None) -> None:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        what = "ended" if error is None else type(error).__name__ + _place(error)  # its words may be about a person
        log.error("driver failed", role=self._device.role, what=what)
        self.failures.append(what)
        known = self._device.condition
        self._become(Condition(DeviceState.HARDWARE_ERROR, REASON, known.supplies, known.levels, detail=what))

    def _become(self, fault: Condition | None) -> None:
        news, self._fault = fault != self._fault, fault
        if news:
            for listener in self._listeners:
                listener(self.condition)


def guarded(devices: Devices) -> Devices:
    """The same devices, each behind its guard."""
    fitted: dict[str, Any] = {field.name: getattr(devices, field.name) for field in fields(devices)}
    return replace(devices, **{role: Guarded(device) for role, device in fitted.items() if device is not None})


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
