"""Power: from what the UPS says to what the machine does. Pure: one value, one step per second, no clock of its own.

    normal        serve
    on_battery    finish what is under way, take no new money (``menu.closed.power`` on the screen)
    shut_down     stop in time, while money and paper can still be brought to an end; final

Rules. Fast into caution and slow out of it: one reading on battery closes the till; mains must have held for
:attr:`Limits.back` seconds, with a battery that would carry another end, to open it. The battery's end must be said
for :attr:`Limits.sure` seconds: estimates jump when the load is switched over. Silence changes nothing, but a battery
that was draining drains on: without a word from upsd the last reading counts down. At boot nothing is known: the
till waits for the UPS, but not longer than the grace, since a machine without its UPS's cable still serves, with
an alarm. No shutdown in the grace, or a machine woken by short mains would never come up. An order to shut down (FSD)
is obeyed at once. Shutdown is final even when mains return: half of the machine is down by then, and NUT cuts the
load and lets it come back.

Every second :mod:`kiosk_app.outage` asks ``outlook.after(ups.reading, loop.time(), limits)``.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from kiosk_app.devices import UpsReading


class Power(StrEnum):
    """What the machine may do."""

    NORMAL = "normal"
    ON_BATTERY = "on_battery"
    SHUT_DOWN = "shut_down"


@dataclass(frozen=True)
class Limits:
    """Seconds and per cent.

    ``runtime`` and ``charge``: below either of them the end begins; the runtime holds the longest payment, its paper
    and the system's shutdown. ``charged``: what the battery must hold to serve again; a battery that never gets
    there keeps the till closed for ``recharge`` seconds of mains and no longer. ``blind``: how long a battery is
    taken to last above ``runtime`` when the UPS fell silent without ever having said.
    """

    runtime: float = 180.0
    charge: int = 15
    charged: int = 30
    sure: float = 5.0
    back: float = 30.0
    recharge: float = 3600.0
    blind: float = 60.0
    grace: float = 60.0


@dataclass(frozen=True)
class Outlook:
    """What is known at one moment. Times are the loop's; None: it is not so."""

    booted: float
    power: Power = Power.ON_BATTERY
    heard: UpsReading | None = None
    heard_at: float = 0.0
    mains_since: float | None = None
    ending_since: float | None = None
    was_dark: bool = False

    def after(self, reading: UpsReading | None, now: float, limits: Limits) -> "Outlook":
        """What is known after ``reading`` (None: the UPS cannot be asked) at ``now``."""
        if self.power is Power.SHUT_DOWN:
            return self
        if reading is not None and (reading.on_mains is not None or reading.forced):
            seen = self._hear(reading, now)
        else:
            seen = self
        ending = seen._battery_ends(now, limits)
        seen = replace(seen, ending_since=(seen.ending_since if ending else None))
        if ending and seen.ending_since is None:
            seen = replace(seen, ending_since=now)
        return replace(seen, power=seen._judge(now, limits))

    def _hear(self, reading: UpsReading, now: float) -> "Outlook":
        dark = reading.on_mains is False
        since = None if not reading.on_mains else now if self.mains_since is None else self.mains_since
        return replace(self, heard=reading, heard_at=now, mains_since=since, was_dark=self.was_dark or dark)

    def _battery_ends(self, now: float, limits: Limits) -> bool:
        """Whether what was heard last, aged by the silence since, is a battery near its end."""
        heard = self.heard
        if heard is None or heard.on_mains is not False:
            return False
        silence = now - self.heard_at
        runtime = heard.runtime
        if runtime is None and silence > 0:
            runtime = int(limits.runtime + limits.blind)
        short = runtime is not None and runtime - silence < limits.runtime
        return heard.low or short or (heard.charge is not None and heard.charge < limits.charge)

    def _judge(self, now: float, limits: Limits) -> Power:
        heard, in_grace = self.heard, now - self.booted < limits.grace
        if heard is None:
            return Power.ON_BATTERY if in_grace else Power.NORMAL
        if heard.forced:
            return Power.SHUT_DOWN
        if self.ending_since is not None and not in_grace and now - self.ending_since >= limits.sure:
            return Power.SHUT_DOWN
        if self.mains_since is None:
            return Power.ON_BATTERY
        if self.power is Power.NORMAL:
            return Power.NORMAL
        return Power.NORMAL if self._recovered(heard, now - self.mains_since, limits) else Power.ON_BATTERY

    def _recovered(self, heard: UpsReading, held: float, limits: Limits) -> bool:
        """Whether mains have held for ``held`` seconds long enough to trust them again."""
        if self.was_dark and held < limits.back:
            return False
        carries = heard.charge is None or heard.charge >= limits.charged
        return (carries and not heard.low) or heard.replace_battery or held >= limits.recharge
