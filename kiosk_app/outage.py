"""The policy of :mod:`kiosk_app.power` at work: the UPS is looked at every second, and whoever must act is told.

Without a UPS there is nothing to look at, and mains are taken for granted, as every machine without one does.
"""

import asyncio
from collections.abc import Callable

import structlog

from kiosk_app.devices import Ups
from kiosk_app.power import Limits, Outlook, Power

log = structlog.get_logger()

TICK = 1.0


class Outage:
    """``power`` is what the machine may do now; ``changed`` are told of every change."""

    def __init__(self, ups: Ups | None, limits: Limits) -> None:
        self._ups, self._limits = ups, limits
        self.power = Power.NORMAL if ups is None else Power.ON_BATTERY
        self.changed: list[Callable[[Power], None]] = []

    async def run(self) -> None:
        """Look until the battery's end is near; then return, once and for all."""
        if self._ups is None:
            await asyncio.Event().wait()
            return
        now = asyncio.get_running_loop().time
        outlook = Outlook(booted=now())
        while outlook.power is not Power.SHUT_DOWN:
            outlook = outlook.after(self._ups.reading, now(), self._limits)
            if outlook.power is not self.power:
                self.power = outlook.power
                log.warning("power", power=self.power.value)
                for listener in self.changed:
                    listener(self.power)
            await asyncio.sleep(TICK if outlook.power is not Power.SHUT_DOWN else 0)
