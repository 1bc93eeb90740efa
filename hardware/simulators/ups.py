"""A UPS behind an upsd: mains, a battery that drains and charges, and the daemon that may lose either.

The battery lives in time: at full load it lasts :data:`FULL` seconds and charges four times as slowly. Its figures
are those of a small line-interactive UPS as NUT shows them.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from hardware.channel import Channel
from hardware.protocols.nut import Answer, Line, ListBegins, ListEnds, NutLines, Refused, Var, encode
from hardware.simulators.base import Simulator, hand

FULL = 900.0
"""Seconds that a full, healthy battery carries the machine."""
WORN = 0.2
"""Of that, what a worn one still carries."""
LOW = 20.0
"""Per cent at which the UPS says LB."""
CHARGING = 4.0


class UpsSimulator(Simulator):
    """``name`` as in ``ups.conf``."""

    role = "ups"

    def __init__(self, *, seed: int = 0, name: str = "ups") -> None:
        super().__init__(seed=seed)
        self.name = name
        self.on_mains = True
        self.worn = self.forced = self.lost_ups = False
        self._charge, self._at = 100.0, 0.0

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        """Answer each line."""
        lines = NutLines()
        while data := await channel.read():
            for asked in lines.feed(data):
                reply = self._reply(asked.words if isinstance(asked, Line) else ("?",))
                await self.answer(channel, b"".join(map(encode, reply)))
                if reply == [Line(("OK", "Goodbye"))]:
                    return

    def _reply(self, words: tuple[str, ...]) -> list[Answer]:
        match words:
            case ("VER",):
                return [Line(("Network UPS Tools upsd (simulated)",))]
            case ("LOGOUT",):
                return [Line(("OK", "Goodbye"))]
            case ("LIST", "VAR", ups) if error := self._error(ups):
                return [Refused(error)]
            case ("LIST", "VAR", ups):
                values = [Var(ups, name, value) for name, value in self.variables().items()]
                return [ListBegins(ups), *values, ListEnds(ups)]
            case ("GET", "VAR", ups, name):
                value = self.variables().get(name)
                error = self._error(ups) or ("" if value is not None else "VAR-NOT-SUPPORTED")
                return [Refused(error) if error else Var(ups, name, value or "")]
            case _:
                return [Refused("UNKNOWN-COMMAND")]

    def _error(self, ups: str) -> str:
        return "UNKNOWN-UPS" if ups != self.name else "DATA-STALE" if self.lost_ups else ""

    def variables(self) -> Mapping[str, str]:
        """What ``upsc`` would show."""
        charge = self.charge
        words = ["OL" if self.on_mains else "OB"]
        words += ["CHRG"] if self.on_mains and charge < 100 else [] if self.on_mains else ["DISCHRG"]
        words += ["LB"] * (charge <= LOW) + ["RB"] * self.worn
        return {
            "battery.charge": str(int(charge)),
            "battery.charge.low": str(int(LOW)),
            "battery.runtime": str(int(charge / 100 * self._full)),
            "device.mfr": 'Sample "Power" Works',
            "device.model": "Line 600",
            "input.voltage": "230.0" if self.on_mains else "0.0",
            "ups.load": "35",
            "ups.status": " ".join(["FSD"] * self.forced + words),
        }

    # --- the battery ---

    @property
    def _full(self) -> float:
        return FULL * (WORN if self.worn else 1)

    @property
    def charge(self) -> float:
        """Per cent, now."""
        now = asyncio.get_running_loop().time()
        rate = 100 / self._full / CHARGING if self.on_mains else -100 / self._full
        self._charge = min(100.0, max(0.0, self._charge + (now - self._at) * rate))
        self._at = now
        return self._charge

    # --- hands ---

    @hand("mains fail")
    def fail_mains(self) -> None:
        """The light goes out in the whole street."""
        self._charge, self.on_mains = self.charge, False

    @hand("mains return")
    def return_mains(self) -> None:
        """The light is back."""
        self._charge, self.on_mains = self.charge, True

    @hand("drain the battery to per cent")
    def drain(self, percent: int = 10) -> None:
        """So much is left."""
        if not 0 <= int(percent) <= 100:
            raise ValueError("a battery holds 0 to 100 per cent")
        self._charge, self._at = float(percent), asyncio.get_running_loop().time()

    @hand("battery worn out")
    def wear_battery(self) -> None:
        """It holds a fifth, and the UPS has noticed (RB)."""
        self._charge, self.worn = self.charge, True

    @hand("new battery")
    def renew_battery(self) -> None:
        """Full and healthy."""
        self.worn = False
        self.drain(100)

    @hand("order the shutdown (FSD)")
    def force_shutdown(self) -> None:
        """What upsmon does when it owns the UPS and the end has come."""
        self.forced = True

    @hand("withdraw the shutdown (upsd begun anew)")
    def withdraw_shutdown(self) -> None:
        """upsd keeps an order until it is begun anew."""
        self.forced = False

    @hand("pull the UPS's data cable")
    def lose_ups(self) -> None:
        """upsd runs, its driver hears nothing."""
        self.lost_ups = True

    @hand("plug the UPS's data cable in")
    def find_ups(self) -> None:
        """upsd hears the UPS again."""
        self.lost_ups = False

    @hand("stop upsd")
    async def stop_upsd(self) -> None:
        """The daemon is gone, and its port with it."""
        await self.unplug()

    @hand("start upsd")
    async def start_upsd(self) -> None:
        """The daemon is back."""
        await self.plug_in()

    def state(self) -> Mapping[str, Any]:
        """For the bench."""
        return {**super().state(), "on_mains": self.on_mains, "lost_ups": self.lost_ups, **self.variables()}
