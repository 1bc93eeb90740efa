"""The bank-card terminal: a certified ZVT terminal in semi-integrated use (PA00P015; ``domain.md`` 8.1 to 8.4).

The kiosk says how much; card, PIN and bank are the terminal's business. What a line that breaks at a bad moment
costs is only certainty, never money, by three rules:

* 06 01 is sent at most once per payment and never repeated. DeviceOffline from :meth:`CardTerminal.pay` means it
  did not leave; PaymentDeclined that the terminal said no; everything else is PaymentUncertain.
* :meth:`CardTerminal.last` answers only when the terminal has said that it is idle: what is not booked then will
  never be.
* A payment belongs to the driver, not to its caller. A caller who is cancelled leaves a task behind that aborts
  (06 B0) and, if the bank was faster, answers the approval with "goods not issued".
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Literal

from hardware.channel import Opener
from hardware.drivers.card_terminal_line import Aborted, Completed, End, Line, Refused, Talk
from hardware.drivers.card_terminal_payment import MOST_REPEATS, PLEASE_WAIT, Held, receipt_of
from hardware.link import Trace, Watched
from hardware.protocols import zvt_messages as say
from hardware.protocols.zvt import ACCEPTED, NOT_ISSUED, Apdu, ZvtError
from hardware.protocols.zvt_codes import result, status
from hardware.protocols.zvt_messages import StatusInformation, status_information, terminal_status
from kiosk_app.devices import CardReceipt, Condition, DayTotals, DeviceState, TerminalNotice
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline, PaymentUncertain, ReversalRefused
from kiosk_app.money.amounts import Fen

POLL, QUICK_POLL = 30.0, 2.0
ADMIN = 30.0
"""Seconds between two messages of a command that needs no person and no bank."""
IDLE_PATIENCE = 10.0
"""Seconds :meth:`CardTerminal.last` waits for a terminal that still works on something."""
ABORT_PATIENCE = 5.0
"""Seconds a cancelled :meth:`CardTerminal.pay` waits for the terminal to stop."""
ALREADY_REVERSED, NOT_REGISTERED = 0xB4, 0x6B
NOTHING_TO_REPEAT = frozenset({0x83, 0xFE})
"""06 1E with these ends 06 20 when the terminal has never booked anything."""


class CardTerminal(Watched):
    """Implements :class:`kiosk_app.devices.CardTerminal`."""

    def __init__(
        self,
        opener: Opener,
        *,
        framing: Literal["tcp", "serial"] = "tcp",
        password: str = "000000",  # noqa: S107 - every ZVT terminal leaves the factory with it
        role: str = "card_terminal",
        trace: Trace | None = None,
    ) -> None:
        super().__init__(role)
        self._line = Line(role, opener, serial=framing == "serial", trace=trace)
        self._link, self._talk = self._line.link, Talk(self._line)
        self._password = password
        self._registered = False
        self._poke = asyncio.Event()
        self._held: Held | None = None
        self._paying: asyncio.Task[None] | None = None

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({"PIN pad", "presence", "reversal", "hold", "end of day"})

    async def run(self) -> None:
        polling = asyncio.create_task(self._poll(), name=f"poll {self.role}")
        try:
            await self._link.run(self._greet, self._gone)
        finally:
            polling.cancel()
            self._abandon()

    # --- the connection ---

    async def _greet(self) -> None:
        """Register, then ask how it is. A terminal still at work (the kiosk restarted) is stopped first."""
        self._abandon()
        async with self._link.turn():
            await self._line.renew()
            with self._nonsense():
                end = await self._talk.ask(say.registration(self._password), patience=ADMIN)
                if isinstance(end, Refused):
                    await self._until_idle()
                    end = await self._talk.ask(say.registration(self._password), patience=ADMIN)
                self._must(end, "registration")
                await self._enquire()
            self._registered = True

    def _gone(self, error: DeviceError) -> None:
        self._abandon()
        self.lost(error)

    def _abandon(self) -> None:
        """The line of a payment is lost: it must not speak on the next one."""
        self._registered = False
        if self._paying is not None:
            self._paying.cancel()

    async def _poll(self) -> None:
        """Notice a dead terminal while nobody pays, and a card that somebody forgot."""
        while True:
            quick = self.condition.state is DeviceState.BUSY or self.condition.supplies.get("card") == "inside"
            with suppress(TimeoutError):
                async with asyncio.timeout(QUICK_POLL if quick else POLL):
                    await self._poke.wait()
            self._poke.clear()
            if self._registered and not self._at_work:
                with suppress(DeviceError):  # a silent terminal loses its line, and that changes the condition
                    await self.status()

    # --- asking ---

    @asynccontextmanager
    async def _mine(self) -> AsyncIterator[None]:
        """The registered terminal for oneself. Raises DeviceOffline."""
        async with self._link.turn():
            if not self._registered:
                raise DeviceOffline(self.role, "not registered")
            with self._nonsense():
                yield

    @contextmanager
    def _nonsense(self) -> Iterator[None]:
        try:
            yield
        except ZvtError as error:
            raise DeviceFault(self.role, str(error)) from error

    def _must(self, end: End, what: str) -> bytes:
        """The data of the completion. Raises DeviceOffline (later, perhaps) or DeviceFault."""
        if isinstance(end, Completed):
            return end.data
        if end.code == NOT_REGISTERED:  # it lost its power behind a line that stayed
            self._line.silent("not registered")
        row = result(end.code)
        detail = f"{what}: {end.code:02X} {row.meaning}"
        raise DeviceOffline(self.role, detail) if row.again else DeviceFault(self.role, detail)

    async def status(self) -> Condition:
        """Ask the terminal how it is (05 01)."""
        async with self._mine():
            await self._enquire()
        return self.condition

    async def _enquire(self) -> bool:
        """Ask for the terminal's status; whether it is idle."""
        end = await self._talk.ask(say.status_enquiry(self._password), patience=ADMIN)
        if isinstance(end, Refused) and result(end.code).again:
            code = PLEASE_WAIT
        else:
            code = terminal_status(self._must(end, "status enquiry"))
        row = status(code)
        self.become(Condition(DeviceState(row.state), row.reason, {"card": "inside" if row.card else "none"}))
        return row.state != DeviceState.BUSY

    async def _until_idle(self) -> None:
        """Stop what still runs and wait until the terminal says that it is idle. Raises DeviceOffline."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + IDLE_PATIENCE
        while not await self._enquire():
            if loop.time() > deadline:
                raise DeviceOffline(self.role, "busy")
            await self._talk.open(say.ABORT)
            await asyncio.sleep(0.5)

    async def _statuses(self, command: Apdu) -> tuple[End, list[StatusInformation]]:
        """A command and the status informations it brought."""
        found: list[StatusInformation] = []

        async def keep(data: bytes) -> Apdu:
            found.append(status_information(data))
            return ACCEPTED

        return await self._talk.ask(command, on_status=keep), found

    # --- paying ---

    @property
    def _at_work(self) -> bool:
        return self._paying is not None and not self._paying.done()

    async def pay(self, amount: Fen, told: Callable[[TerminalNotice], None]) -> CardReceipt:
        return await self._take(Held(amount, told), say.authorisation(amount, MOST_REPEATS))

    async def refund(self, amount: Fen, told: Callable[[TerminalNotice], None]) -> CardReceipt:
        """Give ``amount`` to the card that is presented (06 31). Raises as :meth:`pay`; nothing is held."""
        receipt = await self._take(Held(amount, told, holds=False), say.refund(self._password, amount))
        await self._decided(ACCEPTED, kept=True)
        return receipt

    async def _take(self, held: Held, command: Apdu) -> CardReceipt:
        if self._at_work:
            raise DeviceOffline(self.role, "busy with a payment")
        paying = asyncio.create_task(self._run(held, command), name=f"pay {self.role}")
        paying.add_done_callback(lambda _: held.close(DeviceOffline(self.role, "line lost")))
        self._held, self._paying = held, paying
        try:
            receipt = await asyncio.shield(held.approved)
        except asyncio.CancelledError:
            self._call_off(held)
            await asyncio.wait([paying], timeout=ABORT_PATIENCE)
            raise
        self._talk.unasked = ACCEPTED  # goods may be delivered from now on; what was kept can still be reversed
        return receipt

    async def _run(self, held: Held, command: Apdu) -> None:
        try:
            async with self._mine():
                await held.run(self._talk, command)
        except DeviceOffline as error:
            held.close(error)
        finally:
            self._poke.set()

    def _call_off(self, held: Held) -> None:
        """Nobody wants the payment any more: stop it, and if it is too late let the terminal undo it."""
        held.decide(NOT_ISSUED)
        self._talk.stop()

    async def deliver(self) -> None:
        await self._decided(ACCEPTED, kept=True)

    async def withhold(self) -> None:
        await self._decided(NOT_ISSUED, kept=False)

    async def _decided(self, verdict: Apdu, *, kept: bool) -> None:
        held, paying = self._held, self._paying
        self._held = None
        if held is None or paying is None:
            raise PaymentUncertain("nothing is held")
        self._talk.unasked = verdict
        held.decide(verdict)
        await asyncio.wait([paying])
        if held.kept is not kept:
            raise PaymentUncertain("the terminal gave up holding" if held.kept is None else "decided otherwise")

    # --- afterwards ---

    async def last(self) -> CardReceipt | None:
        await self._end_payment()
        async with self._mine():
            await self._until_idle()
            end, found = await self._statuses(say.repeat_receipt(self._password))
            if isinstance(end, Aborted) and end.code in NOTHING_TO_REPEAT and not found:
                return None
            self._must(end, "repeat receipt")
            if not found:
                raise ZvtError("no status information to a repeated receipt")
            return receipt_of(found[-1])

    async def _end_payment(self) -> None:
        """A payment its caller left is called off and waited for; one that is held must be decided first."""
        if self._held is None or self._paying is None or not self._at_work:
            return
        if self._held.waits:
            raise DeviceOffline(self.role, "a payment is held")
        self._call_off(self._held)
        await asyncio.wait([self._paying], timeout=IDLE_PATIENCE)
        if self._at_work:
            raise DeviceOffline(self.role, "busy with a payment")

    async def reverse(self, receipt_no: int) -> None:
        async with self._mine():
            try:
                end, found = await self._statuses(say.reversal(self._password, receipt_no))
            except (DeviceOffline, ZvtError) as error:
                raise PaymentUncertain(f"reversal: {error}") from error
        self._poke.set()
        said = found[-1].result if found else None
        if isinstance(end, Completed):
            if said == 0:
                return
            raise PaymentUncertain("reversal completed without a result")
        if isinstance(end, Refused) and not end.certain:
            raise PaymentUncertain("reversal sent twice")
        code = said or end.code
        if code == ALREADY_REVERSED:
            return
        if said == 0:
            raise PaymentUncertain("reversal approved, then aborted")
        if result(code).again:
            raise DeviceOffline(self.role, f"reversal: {code:02X} {result(code).meaning}")
        raise ReversalRefused(result(code).meaning, code=code)

    async def end_of_day(self) -> DayTotals:
        async with self._mine():
            end, found = await self._statuses(say.end_of_day(self._password))
            self._must(end, "end of day")
        self._poke.set()
        for entry in reversed(found):
            if entry.result:
                raise DeviceFault(self.role, f"end of day: {entry.result:02X} {result(entry.result).meaning}")
            if entry.totals is not None:
                return DayTotals(entry.totals.count, Fen(entry.totals.amount))
            if entry.amount:
                raise DeviceFault(self.role, "end of day with an amount but without a count")
        return DayTotals(0, Fen(0))

    async def diagnosis(self) -> None:
        """Let the terminal call its host (06 70). Raises DeviceOffline, DeviceFault."""
        async with self._mine():
            self._must(await self._talk.ask(say.DIAGNOSIS), "diagnosis")

    async def log_off(self) -> None:
        """Leave the terminal to its own keys (06 02); the next connection registers again."""
        async with self._mine():
            await self._talk.open(say.LOG_OFF)
