"""The mains switch of the kiosk: the bench asks, whoever keeps the kiosk running obeys.

The bench does not own the kiosk's process, so it holds no process id that may be somebody else's by now. It
writes one line of JSON to its keeper, ``{"kiosk": "kill"}`` or ``{"kiosk": "start"}``, and the keeper writes back
how the kiosk is, also one line of JSON. The end of those lines is the end of the bench.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from hardware.simulators.base import hand, hands_of


class KioskPower:
    """Bench role ``kiosk``. ``order`` takes an order to the keeper."""

    def __init__(self, order: Callable[[str], None]) -> None:
        self._order = order
        self._state: Mapping[str, Any] = {"running": False}

    def hands(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Power off, power on."""
        return hands_of(self)

    def state(self) -> Mapping[str, Any]:
        """What the keeper said last."""
        return self._state

    @hand("cut the power (kill -9)")
    def kill(self) -> None:
        """As if the mains failed: nothing is written any more. The keeper starts it again after a while."""
        self._order("kill")

    @hand("power on now")
    def start(self) -> None:
        """Do not wait for the keeper's pause."""
        self._order("start")

    async def listen(self, lines: asyncio.StreamReader) -> None:
        """Learn from the keeper until it is gone."""
        while line := await lines.readline():
            self._state = json.loads(line)
