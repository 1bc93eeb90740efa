"""The citizen at the UnionPay library: the card comes in, the PIN is typed, the card goes out again.

Nothing here moves money, so everything here may be given up at any moment, and is when the caller gives up. A PIN is
a number of stars, told to whoever has a screen, for this PIN pad has none; it ends with OK or with the sixth digit, as
UnionPay's do. A card leaves when nobody needs it any more, and is followed until it is gone: it may be left at the
mouth, and its owner is told.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from hardware.drivers.card_terminal_umsips_host import UmsHost
from hardware.protocols import umsips_codes as codes
from hardware.protocols.umsips import CardPlace, Key
from hardware.protocols.zvt_codes import INSERT_CHIP, UNREADABLE
from kiosk_app.devices import PinTyped, TerminalNotice, TerminalSays
from kiosk_app.errors import DeviceFault, PaymentDeclined

CITIZEN = 60.0
"""Seconds for a card, and for a PIN (``domain.md`` 9.5)."""
LOOK, LISTEN = 0.3, 0.1
"""Seconds between two questions for a card, and for a key: a finger is not faster."""
PIN_DIGITS = ENOUGH = 6
READABLE = frozenset({CardPlace.INSIDE, CardPlace.CONTACTLESS, CardPlace.CONTACTLESS_ONLINE})
TIME_OUT, CANCELLED, NO_PIN = "3F", "3G", "3H"

log = structlog.get_logger()


@dataclass
class Attempt:
    """One payment somebody wants: ``stop`` is set when they do not want it any more."""

    amount: int
    told: Callable[[TerminalSays], None]
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def wanted(self) -> None:
        """Raises PaymentDeclined when the caller gave up."""
        if self.stop.is_set():
            raise declined(CANCELLED)

    async def pause(self, seconds: float, deadline: float) -> None:
        """Wait a moment. Raises PaymentDeclined when the caller gave up, or when ``deadline`` has passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stop.wait()
        self.wanted()
        if asyncio.get_running_loop().time() > deadline:
            raise declined(TIME_OUT)


def declined(code: str) -> PaymentDeclined:
    """The error of one of the library's codes."""
    row = codes.row(code)
    return PaymentDeclined(row.meaning, code=codes.number(code), sentence=row.sentence)


class CardAndPin:
    """``there``: a card is in the slot; ``changed`` hears of that."""

    def __init__(self, role: str, host: UmsHost, changed: Callable[[], None], *, swallow_after: float = 0) -> None:
        self._role, self._host, self._changed, self._swallow_after = role, host, changed, swallow_after
        self.there = False
        self._left_since = 0.0

    # --- in ---

    async def take(self, attempt: Attempt, request: bytes) -> None:
        """Have a card put in and read. Raises PaymentDeclined, DeviceOffline, DeviceFault."""
        attempt.wanted()
        with suppress(DeviceFault):  # a library that wants to know nothing in advance has no such function
            await self._host.ask("request", request)
        if await self._host.code("enter") < 0:
            raise DeviceFault(self._role, "the card reader does not open")
        attempt.told(TerminalNotice.INSERT_CARD)
        deadline = asyncio.get_running_loop().time() + CITIZEN
        while (place := await self._look()) not in READABLE:
            if not place:
                raise DeviceFault(self._role, "the card reader does not say where the card is")
            await attempt.pause(LOOK, deadline)
        code = await self._host.code("read")
        if code == codes.CHIP_MUST_BE_INSERTED:
            raise PaymentDeclined("chip card", sentence=INSERT_CHIP)
        if code < 0:
            raise PaymentDeclined("card not readable", sentence=UNREADABLE)

    async def enter_pin(self, attempt: Attempt) -> None:
        """Have a PIN typed. Raises PaymentDeclined, DeviceOffline, DeviceFault."""
        attempt.told(TerminalNotice.ENTER_PIN)
        if await self._host.code("pin") != 0:
            raise declined("3D")
        deadline = asyncio.get_running_loop().time() + CITIZEN
        stars = told = 0
        attempt.told(PinTyped(0, PIN_DIGITS))
        while (stars := _typed(await self._host.state("key"), stars)) < ENOUGH:
            if stars != told:
                told = stars
                attempt.told(PinTyped(stars, PIN_DIGITS))
            await attempt.pause(LISTEN, deadline)
        if await self._host.code("block") != 0:
            raise declined(NO_PIN)
        attempt.wanted()

    # --- out ---

    async def clear(self) -> None:
        """A new connection: give back whatever is in."""
        self.there = await self._look() not in {CardPlace.NONE, ""}
        await self.follow_out()

    async def follow_out(self) -> None:
        """Move a card towards its owner; call again until it is not ``there``."""
        if not self.there:
            await self._host.ask("alive")
            return
        loop = asyncio.get_running_loop()
        place = await self._look()
        if place == CardPlace.NONE:
            self._left_since = 0.0
            await self._host.code("close")
        elif place != CardPlace.MOUTH:
            await self._host.code("eject")
            self._left_since = loop.time()
        elif self._swallow_after and loop.time() - self._left_since > self._swallow_after:
            log.warning("card kept", role=self._role)  # somebody will ask for it at the counter
            await self._host.code("swallow")

    async def _look(self) -> str:
        place = await self._host.state("check")
        there = place not in {CardPlace.NONE, "", CardPlace.CONTACTLESS, CardPlace.CONTACTLESS_ONLINE}
        if there != self.there:
            self.there = there
            self._changed()
        return place


def _typed(key: str, stars: int) -> int:
    """Digits that are typed after one more key; ENOUGH when the PIN is complete. Raises PaymentDeclined."""
    match key:
        case Key.OK:
            return ENOUGH
        case Key.DIGIT:
            return stars + 1
        case Key.BACK:
            return max(0, stars - 1)
        case Key.CLEAR:
            return 0
        case Key.CANCEL:
            raise declined(CANCELLED)
        case Key.TIME_OUT:
            raise declined("3E")
        case "":
            raise declined("Y5")
    return stars
