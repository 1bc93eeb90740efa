"""The UPS, read through upsd of Network UPS Tools (port ``Ups``).

Rules. Every variable is asked for every two seconds in one question, and a reading counts only when its list
came whole. ``ups.status`` is a set of words (NUT, ``new-drivers``): OL is mains, OB is battery; neither, or both, is
not known. When upsd is gone, or has lost the UPS (DATA-STALE), there is no reading at all: nobody may take that
for mains. It only reads. What follows is decided by :mod:`kiosk_app.power`, and the load is cut by NUT itself.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from hardware.channel import Opener, opener_of
from hardware.link import Link, Trace, Watched, condition_of
from hardware.protocols import nut
from hardware.protocols.nut import Answer, ListBegins, ListEnds, NutLines, Refused, Var
from kiosk_app.devices import Condition, DeviceState, Driver, Port, UpsReading
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline

POLL = 2.0
ANSWER = 2.0
"""Seconds for one list; upsd answers from memory."""
MOST_VARIABLES = 500
"""A UPS with all its outlets has about 100."""


class Ups(Watched):
    """``name`` is the UPS's name in upsd's ``ups.conf``."""

    def __init__(self, opener: Opener, *, name: str = "ups", role: str = "ups", trace: Trace | None = None) -> None:
        super().__init__(role)
        self._link: Link[Answer] = Link(role, opener, NutLines, trace=trace)
        self._name = name
        self._reading: UpsReading | None = None

    @property
    def capabilities(self) -> frozenset[str]:
        reading = self._reading
        told = {"mains": "on_mains", "charge": "charge", "runtime": "runtime"}
        return frozenset(word for word, name in told.items() if getattr(reading, name, None) is not None)

    @property
    def reading(self) -> UpsReading | None:
        return self._reading

    async def run(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._link.run(self._ask, self.lost))
            both.create_task(self._keep_asking())

    def lost(self, error: DeviceError) -> None:
        """There is no reading any more."""
        self._reading = None
        self.become(condition_of(error))

    async def _keep_asking(self) -> None:
        while True:
            await asyncio.sleep(POLL)
            if self._reading is not None and self._link.connected:
                try:
                    await self._ask()
                except DeviceError as error:
                    self.lost(error)
                    self._link.lose()

    async def _ask(self) -> None:
        """One question, one reading. Raises DeviceOffline, DeviceFault."""
        async with self._link.turn():
            await self._link.send(nut.list_vars(self._name))
            try:
                async with asyncio.timeout(ANSWER):
                    variables = await self._list()
            except TimeoutError as error:
                raise DeviceOffline(self.role, "upsd does not answer") from error
        if "ups.status" not in variables:
            raise DeviceFault(self.role, "no ups.status among the variables")
        self._reading = reading_of(variables)
        self.become(_condition(self._reading))

    async def _list(self) -> Mapping[str, str]:
        variables: dict[str, str] = {}
        while True:
            match await self._link.receive(2 * ANSWER):
                case ListBegins(self._name):
                    variables.clear()
                case Var(self._name, variable, value):
                    variables[variable] = value
                case ListEnds(self._name):
                    return variables
                case Refused(code) if code in nut.STALE:
                    raise DeviceOffline(self.role, f"upsd has lost the UPS: {code}")
                case Refused(code):
                    raise DeviceFault(self.role, f"upsd: {code}")
                case _:
                    pass
            if len(variables) > MOST_VARIABLES:
                raise DeviceFault(self.role, "upsd never ends its list")


def reading_of(variables: Mapping[str, str]) -> UpsReading:
    """What the variables say; what is missing or is no number is not known."""
    words = set(variables.get("ups.status", "").split())
    return UpsReading(
        on_mains="OL" in words if len(words & {"OL", "OB"}) == 1 else None,
        charge=_number(variables.get("battery.charge"), 100),
        runtime=_number(variables.get("battery.runtime"), 10**7),
        low="LB" in words,
        forced="FSD" in words,
        replace_battery="RB" in words,
    )


def _number(said: str | None, most: int) -> int | None:
    try:
        number = float(said or "")
    except ValueError:
        return None
    return int(number) if 0 <= number <= most else None


def _condition(reading: UpsReading) -> Condition:
    """It serves also on battery: that is what it is for. The reason says what somebody should know first."""
    mains = {True: "ok", False: "lost", None: "unknown"}[reading.on_mains]
    battery = "replace" if reading.replace_battery else "low" if reading.low else "ok"
    reason = "on_battery" if reading.on_mains is False else "replace_battery" if reading.replace_battery else ""
    return Condition(DeviceState.ONLINE, reason, {"mains": mains, "battery": battery})


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``port``: upsd's; ``name``: the UPS's in upsd's ``ups.conf``."""

    port: Port = "tcp://127.0.0.1:3493"
    name: Annotated[str, msgspec.Meta(pattern=r"^[!-~]+$", description="its name in ups.conf, one word")] = "ups"


def _build(settings: Settings, _: Path) -> Ups:
    return Ups(opener_of(settings.port), name=settings.name)


DRIVER = Driver("ups", "nut", Settings, _build)
