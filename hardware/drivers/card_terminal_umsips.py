"""The bank-card terminal behind the UnionPay kiosk library (``domain.md`` 8.5 to 8.7): card reader, PIN pad and bank.

The port asks for what this library does not have: it neither holds an approval until the goods are delivered nor
knows its last transaction. Both are made here, by these rules.

* *The record.* Before a sale leaves, ``open.json`` says so (:mod:`card_terminal_umsips_book`); it goes only with a
  final answer. A sale without one is undone before anything else is asked, at most three times; then card payments
  stay closed until a person acts (:class:`ReversalStuck`, ``reverse(0)``). So what the till hears of a lost answer is
  that nothing was kept: ``last()`` undoes first and answers then.
* *Giving back* what was approved is a void (:mod:`card_terminal_umsips_bank` says why). The bank may want the card for
  it: therefore the card stays inside until ``deliver`` or ``withhold``.
* ``deliver`` needs nothing at the bank, the sale stands since it was approved; it lets go of the card. After a crash
  nobody delivers, settlement asks ``last()``, and the truth is in the book.
* A payment belongs to the driver. Before the bank is asked, a caller who gives up ends it; afterwards it runs to its
  end, and what it booked is for ``last()`` to tell.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from typing import Annotated

import msgspec

from hardware.channel import Opener
from hardware.drivers.card_terminal_umsips_bank import Bank
from hardware.drivers.card_terminal_umsips_book import Book
from hardware.drivers.card_terminal_umsips_card import Attempt, CardAndPin
from hardware.drivers.card_terminal_umsips_host import INIT, UmsHost, unionpay_host
from hardware.link import Trace, Watched
from hardware.protocols import umsips_codes as codes
from hardware.protocols.umsips import Kind, Request
from kiosk_app.devices import CardReceipt, Condition, DayTotals, DeviceState, Driver, TerminalNotice, TerminalSays
from kiosk_app.errors import (
    DeviceError,
    DeviceFault,
    DeviceOffline,
    PaymentDeclined,
    PaymentUncertain,
    ReversalRefused,
    ReversalStuck,
)
from kiosk_app.money.amounts import Fen

PINS = 3
IDLE, RETRY, QUICK = 30.0, 5.0, 1.0
"""Seconds between two looks: at a host that rests, at what is not as it should be, at a card somebody should take."""
IDLE_PATIENCE, ABORT_PATIENCE = 10.0, 5.0
WRONG_PIN = "55"


Eight = Annotated[str, msgspec.Meta(pattern="^[ -~]{0,8}$", description="at most eight letters and digits")]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[devices.card_terminal]`` with ``driver = "umsips"``; paths are relative to ``kiosk.toml``.

    ``library``: the vendor's; it works in the folder it lies in. ``folder``: ours alone, on a disk that survives power
    cuts; it holds what is open at the bank. ``app``: UMS_Init's application type. ``counter``, ``operator``: eight
    characters for the bank's records. ``echo``: whether the library sends the three check characters back.
    ``swallow_after``: seconds until a card forgotten at the mouth is kept inside; 0 is never.
    """

    library: str
    folder: str = "unionpay"
    app: int = 1
    counter: Eight = ""
    operator: Eight = ""
    echo: bool = True
    swallow_after: int = 0


class CardTerminalUmsips(Watched):
    """Implements :class:`kiosk_app.devices.CardTerminal`. ``folder`` is its own; see :class:`Settings`."""

    def __init__(
        self,
        opener: Opener,
        folder: Path,
        *,
        settings: Settings | None = None,
        role: str = "card_terminal",
        trace: Trace | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        random: Random | None = None,
    ) -> None:
        super().__init__(role)
        settings = settings or Settings(library="")
        self._app = settings.app
        self._host = UmsHost(role, opener, trace)
        self._link = self._host.link
        self._book = Book(folder)
        self._bank = Bank(
            role,
            self._host,
            self._book,
            who=Request(Kind.SIGN_IN, counter=settings.counter, operator=settings.operator),
            echo=settings.echo,
            now=now,
            random=random or SystemRandom(),
        )
        self._card = CardAndPin(role, self._host, self._be, swallow_after=settings.swallow_after)
        self._started = False
        self._held: CardReceipt | None = None
        self._attempt: Attempt | None = None
        self._paying: asyncio.Task[CardReceipt] | None = None
        self._poke = asyncio.Event()

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do: an approval is not held at the bank, it is given back by a void."""
        return frozenset({"PIN pad", "presence", "reversal", "end of day"})

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._link.run(self._greet, self._gone))
                group.create_task(self._keep_watch())
        finally:
            if self._paying is not None:
                self._paying.cancel()

    # --- the connection ---

    async def _greet(self) -> None:
        """Start the library, look into the book, give back a card of before; then sign in, if the bank is there."""
        async with self._link.turn(within=INIT):
            with self._bank.records():
                self._book.folder.mkdir(parents=True, exist_ok=True)
            code = await self._host.code("init", within=INIT, app=self._app)
            if code != 0:
                why = f"UMS_Init {code}: {codes.INIT.get(code, 'unknown')}"
                raise (DeviceFault if code in codes.INIT_FOREVER else DeviceOffline)(self.role, why)
            with self._bank.records():
                self._book.load()
            await self._card.clear()
            self._started = True
        with suppress(DeviceError):  # it is the condition, and the line is good
            async with self._mine():
                pass
        self._poke.set()

    def _gone(self, error: DeviceError) -> None:
        self._started = self._bank.signed_in = False
        self.lost(error)

    def _be(self) -> None:
        """The condition of this moment."""
        supplies = {"card": "inside" if self._card.there else "none"}
        if self._bank.stuck:
            self.become(Condition(DeviceState.HARDWARE_ERROR, ReversalStuck.reason, supplies, detail=self._bank.stuck))
        elif self._bank.signed_in:
            self.become(Condition(DeviceState.ONLINE, "", supplies))

    async def _keep_watch(self) -> None:
        """While nobody pays: follow a card out, settle what is open, notice a dead host."""
        while True:
            unwell = self._started and (not self._bank.signed_in or self._book.open is not None)
            with suppress(TimeoutError):
                async with asyncio.timeout(QUICK if self._card.there else RETRY if unwell else IDLE):
                    await self._poke.wait()
            self._poke.clear()
            if not self._started or self._at_work or self._held is not None:
                continue
            with suppress(DeviceError, PaymentUncertain):
                async with self._link.turn():
                    await self._card.follow_out()
                async with self._mine():
                    if not self._bank.stuck:
                        await self._bank.settle()

    @asynccontextmanager
    async def _mine(self) -> AsyncIterator[None]:
        """The bank for oneself, signed in; the condition is right afterwards. Raises DeviceOffline, DeviceFault."""
        async with self._link.turn():
            if not self._started:
                raise DeviceOffline(self.role, "not started")
            if not self._bank.signed_in:
                try:
                    await self._bank.sign_in()
                except DeviceError as error:
                    self.lost(error)
                    raise
            self._be()
            try:
                yield
            finally:
                self._be()

    # --- paying ---

    @property
    def _at_work(self) -> bool:
        return self._paying is not None and not self._paying.done()

    async def pay(self, amount: Fen, told: Callable[[TerminalSays], None]) -> CardReceipt:
        if self._at_work:
            raise DeviceOffline(self.role, "busy with a payment")
        self._held = None
        self._attempt = attempt = Attempt(amount, told)
        self._paying = paying = asyncio.create_task(self._pay(attempt), name=f"pay {self.role}")
        paying.add_done_callback(self._paid)
        try:
            return await asyncio.shield(paying)
        except asyncio.CancelledError:
            attempt.stop.set()
            await asyncio.wait([paying], timeout=ABORT_PATIENCE)
            self._held = None
            self._poke.set()
            raise

    def _paid(self, paying: "asyncio.Task[CardReceipt]") -> None:
        """Whose caller has gone is not an error nobody read: what was booked is in the book. The card may leave."""
        if not paying.cancelled():
            paying.exception()
        self._poke.set()

    async def _pay(self, attempt: Attempt) -> CardReceipt:
        attempt.told(TerminalNotice.PREPARING)
        async with self._mine():
            await self._bank.settle()
            try:
                await self._card.take(attempt, Request(Kind.SALE, attempt.amount).encode())
                receipt = await self._sell(attempt)
                self._held = None if attempt.stop.is_set() else receipt
                return receipt
            except BaseException:
                if self._card.there:
                    attempt.told(TerminalNotice.REMOVE_CARD)
                raise

    async def _sell(self, attempt: Attempt) -> CardReceipt:
        """PIN and sale; a wrong PIN may be corrected."""
        for left in reversed(range(PINS)):
            await self._card.enter_pin(attempt)
            attempt.told(TerminalNotice.BANK)
            try:
                return await self._bank.sale(attempt.amount)
            except PaymentDeclined as error:
                if error.code != codes.number(WRONG_PIN) or not left:
                    attempt.told(TerminalNotice.DECLINED)
                    raise
            attempt.told(TerminalNotice.WRONG_PIN)
        raise AssertionError("unreachable")

    async def deliver(self) -> None:
        held = self._let_go()
        sale = self._book.sale(held.trace)
        if sale is None or sale.undone:
            raise PaymentUncertain("what was held does not stand")

    async def withhold(self) -> None:
        held = self._let_go()
        if self._attempt is not None:
            self._attempt.told(TerminalNotice.REVERSING)
        try:
            async with self._mine():
                await self._bank.void(held.trace)
        except (DeviceError, ReversalRefused) as error:
            raise PaymentUncertain(f"withhold: {error}") from error

    def _let_go(self) -> CardReceipt:
        """Nothing is held any more, and the card may leave once the library is free. Raises PaymentUncertain."""
        held, self._held = self._held, None
        if held is None:
            raise PaymentUncertain("nothing is held")
        self._poke.set()
        if self._attempt is not None and self._card.there:
            self._attempt.told(TerminalNotice.REMOVE_CARD)
        return held

    # --- afterwards ---

    async def last(self) -> CardReceipt | None:
        if self._at_work and self._paying is not None and self._attempt is not None:
            self._attempt.stop.set()
            await asyncio.wait([self._paying], timeout=IDLE_PATIENCE)
            if self._at_work:
                raise DeviceOffline(self.role, "busy with a payment")
        async with self._mine():
            await self._bank.settle()
            return self._book.last

    async def reverse(self, receipt_no: int) -> None:
        """As the port has it; 0 is a person's word that what is stuck shall be tried once more, or is dealt with."""
        async with self._mine():
            await self._bank.settle(person=receipt_no == 0)
            if receipt_no:
                await self._bank.void(receipt_no)

    async def diagnosis(self) -> None:
        """Sign in (05): the one call to the bank that moves nothing. Raises DeviceOffline, DeviceFault."""
        async with self._mine():
            await self._bank.sign_in()

    async def end_of_day(self) -> DayTotals:
        """Settle (04); the next batch begins with a sign-in. Raises DeviceOffline, DeviceFault, ReversalStuck."""
        async with self._mine():
            totals = await self._bank.close_day()
        self._poke.set()
        return totals


def _build(settings: Settings, base: Path) -> CardTerminalUmsips:
    folder = base / settings.folder
    return CardTerminalUmsips(unionpay_host(base / settings.library, folder), folder, settings=settings)


DRIVER = Driver(role="card_terminal", name="umsips", settings=Settings, build=_build)
