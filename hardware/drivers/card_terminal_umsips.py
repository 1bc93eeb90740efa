"""The bank-card terminal behind the UnionPay kiosk library (``domain.md`` 8.5 to 8.7): card reader, PIN pad and bank.

The port asks for what this library does not have: it neither holds an approval until the goods are delivered nor
knows its last transaction. Both are made here, by these rules.

* *The record.* Before a sale leaves, ``open.json`` says so (:mod:`card_terminal_umsips_book`); it goes only with a
  final answer. A sale without one is undone by type 06 before anything else is asked, at most :data:`TRIES` times;
  then card payments stay closed until a person acts (:class:`ReversalStuck`, ``reverse(0)``). So what the till hears
  of a lost answer is that nothing was kept: ``last()`` undoes first and answers then.
* *06 is only for the unknown.* It names no original: it undoes whatever the library did last. So an approved sale is
  given back by a void (01) with its trace and batch. A void can be asked for again when its answer was lost ("already
  voided" is success too), a second 06 might undo the payment before. The price is that a void needs the same day and
  batch (8.7), and that the bank may want the card: therefore the card stays inside until ``deliver`` or ``withhold``.
* *06 may still hit the wrong sale*, when the library never got as far as writing down ours. It says which trace it
  undid: when that is an older sale, both are remembered and a person must look.
* ``deliver`` needs nothing at the bank, the sale stands since it was approved; it lets go of the card. After a crash
  nobody delivers, settlement asks ``last()``, and the truth is in the book.
* A payment belongs to the driver. Before the bank is asked, a caller who gives up ends it; afterwards it runs to its
  end, and what it booked is for ``last()`` to tell.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom

import msgspec

from hardware.channel import Opener
from hardware.drivers.card_terminal_umsips_book import Book, Open
from hardware.drivers.card_terminal_umsips_card import Attempt, CardAndPin
from hardware.drivers.card_terminal_umsips_host import INIT, NotBegun, UmsHost, unionpay_host
from hardware.link import Trace, Watched
from hardware.protocols import umsips_codes as codes
from hardware.protocols.umsips import Kind, Request, Response, UmsError, decode_response, local_day
from hardware.protocols.umsips_codes import Outcome
from kiosk_app.devices import CardReceipt, Condition, DayTotals, DeviceState, Driver, TerminalNotice
from kiosk_app.errors import (
    DeviceError,
    DeviceFault,
    DeviceOffline,
    PaymentDeclined,
    PaymentUncertain,
    ReversalRefused,
    ReversalStuck,
)
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen

TRIES = 3
PAUSES = (0.0, 30.0, 300.0)
"""Seconds before each reversal: the first at once, the last after a broken line has had time to come back."""
PINS = 3
IDLE, RETRY, QUICK = 30.0, 5.0, 1.0
"""Seconds between two looks: at a host that rests, at what is not as it should be, at a card somebody should take."""
IDLE_PATIENCE, ABORT_PATIENCE = 10.0, 5.0
WRONG_PIN = "55"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class CardTerminalUmsips(Watched):
    """Implements :class:`kiosk_app.devices.CardTerminal`. ``folder`` is its own; see :class:`Settings`."""

    def __init__(
        self,
        opener: Opener,
        folder: Path,
        *,
        settings: "Settings | None" = None,
        role: str = "card_terminal",
        trace: Trace | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        random: Random | None = None,
    ) -> None:
        super().__init__(role)
        self._settings = settings or Settings(library="")
        self._host = UmsHost(role, opener, trace)
        self._link = self._host.link
        self._book = Book(folder)
        self._card = CardAndPin(role, self._host, self._be, swallow_after=self._settings.swallow_after)
        self._now, self._random = now, random or SystemRandom()
        self._started = self._signed_in = False
        self._next_try = 0.0
        self._held: CardReceipt | None = None
        self._attempt: Attempt | None = None
        self._paying: asyncio.Task[CardReceipt] | None = None
        self._poke = asyncio.Event()

    @property
    def stars(self) -> int:
        """How many digits of a PIN are typed now: this PIN pad has no display of its own."""
        return self._card.stars

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
            with self._records():
                self._book.folder.mkdir(parents=True, exist_ok=True)
            code = await self._host.code("init", within=INIT, app=self._settings.app)
            if code != 0:
                why = f"UMS_Init {code}: {codes.INIT.get(code, 'unknown')}"
                raise (DeviceFault if code in codes.INIT_FOREVER else DeviceOffline)(self.role, why)
            with self._records():
                self._book.load()
            await self._card.clear()
            self._started = True
        with suppress(DeviceError):  # it is the condition, and the line is good
            async with self._mine():
                pass
        self._poke.set()

    def _gone(self, error: DeviceError) -> None:
        self._started = self._signed_in = False
        self.lost(error)

    def _be(self) -> None:
        """The condition of this moment."""
        supplies = {"card": "inside" if self._card.there else "none"}
        if self._stuck:
            self.become(Condition(DeviceState.HARDWARE_ERROR, ReversalStuck.reason, supplies))
        elif self._signed_in:
            self.become(Condition(DeviceState.ONLINE, "", supplies))

    async def _keep_watch(self) -> None:
        """While nobody pays: follow a card out, settle what is open, notice a dead host."""
        while True:
            unwell = self._started and (not self._signed_in or self._book.open is not None) and not self._stuck
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
                    if not self._stuck:
                        await self._settle()

    @asynccontextmanager
    async def _mine(self) -> AsyncIterator[None]:
        """The library for oneself, signed in. Raises DeviceOffline, DeviceFault."""
        async with self._link.turn():
            if not self._started:
                raise DeviceOffline(self.role, "not started")
            if not self._signed_in:
                try:
                    await self._sign_in()
                except DeviceError as error:
                    self.lost(error)
                    raise
                self._be()
            yield

    @contextmanager
    def _records(self) -> Iterator[None]:
        """A book that cannot be read or written closes the terminal: without it nothing may be asked of the bank."""
        try:
            yield
        except (OSError, ValueError) as error:
            raise DeviceFault(self.role, f"records in {self._book.folder}: {error}") from error

    # --- the bank ---

    async def _transact(
        self, kind: Kind, *, amount: int = 0, trace: int = 0, batch: str = ""
    ) -> tuple[Response, codes.Row]:
        """One transaction and its answer. Raises NotBegun, PaymentUncertain (also for an answer that is none)."""
        echo = "".join(self._random.choices(LETTERS, k=3)) if self._settings.echo else None
        request = Request(
            kind,
            amount,
            trace=f"{trace:06d}" if trace else "",
            batch=batch,
            echo=echo or "   ",
            counter=self._settings.counter,
            operator=self._settings.operator,
        )
        try:
            response = decode_response(await self._host.transact(request), echo)
        except UmsError as error:
            raise PaymentUncertain(f"type {kind.value}: {error}") from error
        row = codes.row(response.code)
        if row.sign_in:  # the keys are worth nothing: whoever comes next signs in first
            self._signed_in = False
            self._poke.set()
        return response, row

    async def _sign_in(self) -> None:
        """Type 05. Raises DeviceOffline (later, perhaps), DeviceFault (the bank does not know this terminal)."""
        try:
            response, row = await self._transact(Kind.SIGN_IN)
        except PaymentUncertain as error:
            raise DeviceOffline(self.role, str(error)) from error
        if row.outcome is Outcome.APPROVED:
            self._signed_in = True
            return
        closed = row.outcome is Outcome.OUT_OF_SERVICE
        raise (DeviceFault if closed else DeviceOffline)(self.role, f"sign-in: {response.code} {row.meaning}")

    # --- paying ---

    @property
    def _at_work(self) -> bool:
        return self._paying is not None and not self._paying.done()

    async def pay(self, amount: Fen, told: Callable[[TerminalNotice], None]) -> CardReceipt:
        if self._at_work:
            raise DeviceOffline(self.role, "busy with a payment")
        self._held = None
        self._attempt = attempt = Attempt(amount, told)
        self._paying = paying = asyncio.create_task(self._pay(attempt), name=f"pay {self.role}")
        paying.add_done_callback(_heard)
        try:
            return await asyncio.shield(paying)
        except asyncio.CancelledError:
            attempt.stop.set()
            await asyncio.wait([paying], timeout=ABORT_PATIENCE)
            self._held = None
            self._poke.set()
            raise

    async def _pay(self, attempt: Attempt) -> CardReceipt:
        async with self._mine():
            await self._settle()
            try:
                await self._card.take(attempt, Request(Kind.SALE, attempt.amount).encode())
                receipt = await self._sell(attempt)
                self._held = None if attempt.stop.is_set() else receipt
                return receipt
            except BaseException:
                if self._card.there:
                    attempt.told(TerminalNotice.REMOVE_CARD)
                raise
            finally:
                self._poke.set()

    async def _sell(self, attempt: Attempt) -> CardReceipt:
        """PIN and sale; a wrong PIN may be corrected."""
        for left in reversed(range(PINS)):
            await self._card.enter_pin(attempt)
            attempt.told(TerminalNotice.BANK)
            try:
                return await self._sale(attempt.amount)
            except PaymentDeclined as error:
                if error.code != codes.number(WRONG_PIN) or not left:
                    attempt.told(TerminalNotice.DECLINED)
                    raise
            attempt.told(TerminalNotice.WRONG_PIN)
        raise AssertionError("unreachable")

    async def _sale(self, amount: int) -> CardReceipt:
        """Type 00, with its record before and after."""
        with self._records():
            self._book.begin("sale", amount)
        try:
            response, row = await self._transact(Kind.SALE, amount=amount)
        except DeviceError:  # NotBegun, or the host refused: the bank was not asked
            with self._records():
                self._book.nothing()
            raise
        if row.outcome is Outcome.UNKNOWN:
            raise PaymentUncertain(f"{response.code} {row.meaning}")
        try:
            if row.outcome is Outcome.APPROVED:
                return self._sold(response, amount)
            self._book.nothing()
        except (OSError, UmsError) as error:
            raise PaymentUncertain(str(error)) from error
        raise PaymentDeclined(row.meaning, code=codes.number(response.code), sentence=row.sentence)

    def _sold(self, response: Response, amount: int) -> CardReceipt:
        """Believe an approval that is one of this amount, durably. Raises UmsError, OSError."""
        if response.amount != amount or not response.trace or not response.batch:
            raise UmsError("an approval without trace and batch, or of another amount")
        day = local_day(response.day, self._now().astimezone(LOCAL).date()) if response.day else None
        self._book.sold(response, day.isoformat() if day else "")
        return CardReceipt(
            trace=response.trace,
            receipt_no=response.trace,
            amount=Fen(response.amount),
            approved=True,
            card=response.card,
            authorisation=response.authorisation,
            terminal_id=response.terminal,
        )

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
                await self._void(held.trace)
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

    # --- what is open ---

    @property
    def _stuck(self) -> bool:
        """Whether only a person can go on."""
        record = self._book.open
        return record is not None and record.kind == "sale" and (record.tries >= TRIES or record.strayed > 0)

    async def _settle(self, *, person: bool = False) -> None:
        """Bring a request of before to its end; nothing is open when this returns. Call with :meth:`_mine`.

        ``person``: one that is stuck is tried once more. Raises ReversalStuck, DeviceOffline (later),
        PaymentUncertain.
        """
        record = self._book.open
        if record is None:
            return
        if record.kind == "void":
            with suppress(ReversalRefused):  # then the sale stands, and that is an end too
                await self._finish_void(record)
            return
        if self._stuck and not person:
            raise ReversalStuck(self.role, self._why_stuck(record))
        if record.strayed:
            with self._records():
                self._book.nothing()
        else:
            await self._undo(record, waits=not person)
        self._be()

    async def _undo(self, record: Open, *, waits: bool) -> None:
        """Type 06 for a sale whose answer was lost."""
        loop = asyncio.get_running_loop()
        if waits and loop.time() < self._next_try:
            raise DeviceOffline(self.role, "a reversal waits for its next try")
        with self._records():
            self._book.trying()
        self._next_try = loop.time() + PAUSES[min(record.tries + 1, TRIES - 1)]
        response: Response | None = None
        with suppress(NotBegun, PaymentUncertain):
            response, _ = await self._transact(Kind.REVERSAL)
        if response is not None and response.code == codes.APPROVED:
            sale = self._book.sale(response.trace)
            with self._records():
                if response.trace and (response.amount not in {0, record.amount} or (sale and not sale.undone)):
                    self._book.strayed(response.trace)
                else:
                    self._book.nothing()
        elif response is not None and response.code in codes.NOTHING_TO_REVERSE:
            with self._records():
                self._book.nothing()
        if (left := self._book.open) is None:
            return
        self._be()
        if self._stuck:
            raise ReversalStuck(self.role, self._why_stuck(left))
        raise DeviceOffline(self.role, f"reversal not done: {response.code if response else 'no answer'}")

    def _why_stuck(self, record: Open) -> str:
        if record.strayed:
            return f"the reversal of {record.amount} fen undid trace {record.strayed} instead"
        return f"{record.amount} fen: {record.tries} reversals without success"

    # --- afterwards ---

    async def last(self) -> CardReceipt | None:
        if self._at_work and self._paying is not None and self._attempt is not None:
            self._attempt.stop.set()
            await asyncio.wait([self._paying], timeout=IDLE_PATIENCE)
            if self._at_work:
                raise DeviceOffline(self.role, "busy with a payment")
        async with self._mine():
            await self._settle()
            return self._book.last

    async def reverse(self, receipt_no: int) -> None:
        """As the port has it; 0 is a person's word that what is stuck shall be tried once more, or is dealt with."""
        async with self._mine():
            await self._settle(person=receipt_no == 0)
            if receipt_no:
                await self._void(receipt_no)

    async def _void(self, trace: int) -> None:
        """Undo a sale of the open batch. Raises ReversalRefused, DeviceError, PaymentUncertain."""
        await self._settle()
        sale = self._book.sale(trace)
        if sale is not None and sale.undone:
            return
        if sale is None or sale.closed:
            why = "no such sale in the book" if sale is None else f"batch closed; {sale.day} {sale.reference}"
            raise ReversalRefused(why, code=codes.number(codes.SETTLED))
        with self._records():
            self._book.begin("void", sale.amount, trace)
        await self._finish_void(self._book.open)

    async def _finish_void(self, record: Open | None) -> None:
        """Ask for an open void, once more if need be."""
        sale = self._book.sale(record.trace) if record is not None else None
        if record is None or sale is None:
            with self._records():
                self._book.nothing()
            raise ReversalRefused("no such sale in the book")
        try:
            response, row = await self._transact(Kind.VOID, amount=sale.amount, trace=sale.trace, batch=sale.batch)
        except DeviceError:
            with self._records():
                self._book.nothing()
            raise
        done = row.outcome is Outcome.APPROVED
        if row.outcome is Outcome.UNKNOWN:
            raise PaymentUncertain(f"void: {response.code} {row.meaning}")
        with self._records():
            if done or response.code == codes.ALREADY_VOIDED:
                self._book.voided(sale.trace, response if done else None)
                return
            self._book.nothing()
        if row.sign_in:
            raise DeviceOffline(self.role, f"void: {response.code} {row.meaning}")
        raise ReversalRefused(row.meaning, code=codes.number(response.code))

    async def diagnosis(self) -> None:
        """Sign in (05): the one call to the bank that moves nothing. Raises DeviceOffline, DeviceFault."""
        async with self._mine():
            await self._sign_in()

    async def end_of_day(self) -> DayTotals:
        """Settle (04) and sign in to the next batch. Raises DeviceOffline, DeviceFault, ReversalStuck.

        The count is of what the library answered since the last settlement; the amount is its own, if it states one.
        A settlement whose answer was lost is asked for again: "already settled" closes the same sales.
        """
        async with self._mine():
            try:
                await self._settle()
                response, row = await self._transact(Kind.SETTLE)
            except PaymentUncertain as error:
                raise DeviceOffline(self.role, f"end of day: {error}") from error
            if row.outcome is not Outcome.APPROVED and response.code != codes.SETTLED:
                later = row.sign_in or row.outcome is Outcome.UNKNOWN
                raise (DeviceOffline if later else DeviceFault)(self.role, f"end of day: {response.code} {row.meaning}")
            totals = self._book.totals()
            with self._records():
                self._book.closed()
            self._signed_in = False  # a batch begins with a sign-in
            self._poke.set()
            return DayTotals(totals.count, Fen(response.amount or totals.amount))


def _heard(paying: "asyncio.Task[CardReceipt]") -> None:
    """A payment whose caller has gone is not an error nobody read: what was booked is in the book."""
    if not paying.cancelled():
        paying.exception()


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
    counter: str = ""
    operator: str = ""
    echo: bool = True
    swallow_after: int = 0


def _build(settings: Settings, base: Path) -> CardTerminalUmsips:
    folder = base / settings.folder
    return CardTerminalUmsips(unionpay_host(base / settings.library, folder), folder, settings=settings)


DRIVER = Driver(role="card_terminal", name="umsips", settings=Settings, build=_build)
