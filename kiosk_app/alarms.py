"""Alarms: what a person should know of a device, told to central once, and once more when it is over.

Rules.

- A device that is away does not make an alarm; one that *stays* away for :data:`AWAY` seconds does, and so does one
  that failed :data:`STRIKES` times without a steady while between. Nobody drives out for a plug that was pulled and
  put back.
- While the machine boots (:data:`GRACE` seconds) devices come up one after the other: that is no failure.
- A blow to the cabinet and an open door are told at once, also while booting: they are over before a minute is.
- The all-clear comes when the trouble is gone; after three strikes only when it was gone for :data:`STEADY` seconds.
- An alarm is journaled and in the outbox in one transaction (stream ``audit``). What was raised before a restart is
  known after it, and cleared when it is not so any more. Money goes first: a full disk takes no alarm, and it is
  tried again.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

import structlog

from kiosk_app.contract import Alarm
from kiosk_app.devices import Condition, Device, DeviceState
from kiosk_app.errors import StoreError
from kiosk_app.ports import Journal
from kiosk_app.waiting import event_or_pause

log = structlog.get_logger()

KIND, STREAM = "alarm", "audit"
RAISED, CLEARED = "raised", "cleared"
AWAY, STRIKES, STEADY, GRACE = 60.0, 3, 120.0, 120.0
AGAIN = 30.0
"""Seconds until a store that took no alarm is tried again."""
DOOR = "door_open"
_URGENT = frozenset({DeviceState.FRAUD_ATTEMPT, DeviceState.POTENTIAL_FRAUD})


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong with a device. ``urgent``: told at once."""

    detail: str = ""
    urgent: bool = False


def troubles(condition: Condition) -> Mapping[str, Trouble]:
    """What is wrong, by stable code. A device that serves may still say something (a UPS on its battery)."""
    said = condition.supplies.items()
    doors = [name.removeprefix("door ") for name, word in said if name.startswith("door ") and word == "open"]
    found = {DOOR: Trouble(", ".join(doors), urgent=True)} if doors else {}
    if condition.state is DeviceState.STARTING:
        found["offline"] = Trouble("never spoke")
    elif not condition.serves or (condition.reason and condition.state is not DeviceState.BUSY):
        code = condition.reason or condition.state.value
        found.setdefault(code, Trouble(condition.state.value, urgent=condition.state in _URGENT))
    return found


@dataclass
class _Watch:
    """One device: its troubles with when they began, and how often it failed lately."""

    now: dict[str, Trouble] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    state: DeviceState = DeviceState.STARTING
    served: bool = False
    strikes: int = 0
    well_since: float = 0.0

    def become(self, condition: Condition, at: float, *, counts: bool) -> None:
        """The device is like this from ``at`` on; ``counts``: a failure now is a strike."""
        if self.served and not condition.serves:
            steady = at - self.well_since >= STEADY
            self.strikes = (0 if steady else self.strikes) + counts
        elif condition.serves and not self.served:
            self.well_since = at
        self.state, self.served = condition.state, condition.serves
        self.now = dict(troubles(condition))
        self.since = {code: self.since.get(code, at) for code in self.now}

    def due(self, code: str, ready: float) -> float:
        """When this trouble becomes an alarm."""
        if self.now[code].urgent:
            return self.since[code]
        return max(ready, self.since[code] + (0 if self.strikes >= STRIKES else AWAY))

    def over(self) -> float:
        """When a trouble that is gone is believed to be gone; not before the device has spoken at all."""
        if self.state is DeviceState.STARTING:
            return inf
        return self.well_since + (STEADY if self.served and self.strikes >= STRIKES else 0)


class Alarms:
    """Watches devices and tells. ``told``: called when something is in the outbox."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._watches: dict[str, _Watch] = {}
        self._raised: set[tuple[str, str]] = set()
        self._news = asyncio.Event()
        self._ready = inf
        self.told: list[Callable[[], None]] = []

    def changed(self, role: str, condition: Condition) -> None:
        """A device's condition changed."""
        now = asyncio.get_running_loop().time()
        self._watches.setdefault(role, _Watch()).become(condition, now, counts=now >= self._ready)
        self._news.set()

    async def run(self, devices: Iterable[Device]) -> None:
        """Tell until cancelled."""
        self._ready = asyncio.get_running_loop().time() + GRACE
        try:
            open_ones = self._journal.latest(KIND, leaving_out={CLEARED})
            self._raised = {(role, code) for role, _, code in (e.reference.partition(" ") for e in open_ones)}
        except StoreError:
            log.warning("alarms of before are not known")
        for device in devices:
            self.changed(device.role, device.condition)
        while True:
            self._news.clear()
            await event_or_pause(self._news, self._look())

    def _look(self) -> float | None:
        """Tell what is due; seconds until the next look, None (or endless) if nothing waits."""
        now = asyncio.get_running_loop().time()
        present = {(role, code): watch for role, watch in self._watches.items() for code in watch.now}
        begun = [(present[key].due(key[1], self._ready), *key, True) for key in present.keys() - self._raised]
        ended = [(self._over(role), role, code, False) for role, code in self._raised - present.keys()]
        later: list[float] = []
        for due, role, code, raised in sorted(begun + ended):
            if due > now:
                later.append(due - now)
            elif not self._tell(role, code, raised=raised):
                later.append(AGAIN)
        return min(later, default=None)

    def _over(self, role: str) -> float:
        """When what is gone of ``role`` is over; at once, if the machine has no such device any more."""
        return self._watches[role].over() if role in self._watches else 0.0

    def _tell(self, role: str, code: str, *, raised: bool) -> bool:
        """Journal and report; False if the store does not take it now."""
        detail = self._watches[role].now[code].detail if raised else ""
        body = Alarm(component=role, code=code, raised=raised, detail=detail)
        try:
            self._journal.ready()
            state = RAISED if raised else CLEARED
            self._journal.append(f"{role} {code}", KIND, state, {"detail": detail}, reports=[(STREAM, body)])
        except StoreError:
            return False
        log.warning("alarm", role=role, code=code, raised=raised, detail=detail)
        (self._raised.add if raised else self._raised.discard)((role, code))
        for listener in self.told:
            listener()
        return True
