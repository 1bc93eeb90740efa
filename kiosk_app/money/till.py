"""The till: the only module that takes money, and it writes down every move before and after it.

Rules (``architecture.md`` section 5). One payment at a time, and none while an older one is open at the terminal.
``requested`` is durable before the terminal is asked, so that after a crash exactly one step is uncertain and
:mod:`kiosk_app.money.settle` can ask the terminal what became of it. Leaving :meth:`Till.charge` with an error
gives the money back, leaving it cleanly completes the payment. A cancelled task does neither: it is the machine
going down, and settlement will decide. The report of a payment is in the outbox in the transaction that makes
it *fulfilled*.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn

import structlog

from kiosk_app.contract import Body, PaymentMoved
from kiosk_app.devices import CardReceipt, CardTerminal, TerminalNotice
from kiosk_app.errors import (
    DeviceError,
    Left,
    PaymentDeclined,
    PaymentUncertain,
    PaymentUndone,
    ReversalRefused,
    StoreError,
    TillClosed,
)
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen
from kiosk_app.money.payment import FINAL, KIND, STREAM, Payment, State, blocking, fields, from_entry, move
from kiosk_app.money.settle import Settlement
from kiosk_app.ports import Clock, Journal, Outbox

log = structlog.get_logger()

TOLD_CENTRAL = frozenset({State.APPROVED, State.REVERSED, State.SETTLED, State.REFUND_DUE, State.REFUNDED})
"""States that move value, or say that somebody must: central's books follow these."""


Told = Callable[[str, TerminalNotice | None], None]
"""Gets a payment's reference and what the terminal says; None: its answer was lost, and it is asked what it did."""


class Charge:
    """A payment that was approved and is not completed: what a service holds inside ``async with``."""

    def __init__(self, till: "Till", payment: Payment, approved_at: datetime) -> None:
        self._till = till
        self.payment = payment
        self.approved_at = approved_at
        self.held = True

    @property
    def reference(self) -> str:
        """Ties payment, report, print job and receipt."""
        return self.payment.reference

    @property
    def amount(self) -> Fen:
        """In fen."""
        return self.payment.amount

    @property
    def receipt(self) -> CardReceipt:
        """What the terminal says of it."""
        if self.payment.receipt is None:
            raise PaymentUncertain(self.reference)
        return self.payment.receipt

    def fulfil(self, body: Body) -> None:
        """The report ``body`` is on its way to central from this instant, whatever happens. Raises StoreError."""
        self.payment = self._till.write(self.payment, State.FULFILLED, report=body)


class Till:
    """Takes, completes and gives back, by the table of :mod:`kiosk_app.money.payment`.

    ``machine``: the eight digits that begin every reference of this kiosk.
    """

    def __init__(self, journal: Journal, outbox: Outbox, terminal: CardTerminal, clock: Clock, *, machine: str) -> None:
        self._journal, self._terminal, self._clock, self._machine = journal, terminal, clock, machine
        unfinished = [from_entry(entry) for entry in journal.latest(KIND, leaving_out=FINAL)]
        self._open = {payment.reference: payment for payment in unfinished}
        self._lock = asyncio.Lock()
        self.paused = ""
        """Text id of why no money is taken for a moment (the day is being closed)."""
        self.outage = ""
        """Text id of why the power supply lets no new money be taken."""
        self.reported: list[Callable[[], None]] = []
        """Called when something for central was written: it should leave now."""
        self.settlement = Settlement(self, terminal, outbox)

    # --- what others may ask ---

    @property
    def open_payments(self) -> list[Payment]:
        """Every payment that is not over, oldest first."""
        return sorted(self._open.values(), key=lambda payment: payment.reference)

    def find(self, reference: str) -> Payment | None:
        """The open payment of this reference."""
        return self._open.get(reference)

    def refunds_due(self) -> list[Payment]:
        """What only a person can give back; ``kiosk books`` may have closed a case beside us. Raises StoreError."""
        due = [payment for payment in self.open_payments if payment.state is State.REFUND_DUE]
        for payment in due:
            if self._journal.entries(reference=payment.reference, kind=KIND)[-1].state in FINAL:
                del self._open[payment.reference]
        return [payment for payment in due if payment.reference in self._open]

    @property
    def card_inside(self) -> bool:
        """Whether the terminal says that a bank card is still in its slot."""
        return self._terminal.condition.supplies.get("card") == "inside"

    @property
    def moving(self) -> bool:
        """Whether money moves now: nobody may be timed out."""
        return self._lock.locked()

    @property
    def lock(self) -> asyncio.Lock:
        """Held while money moves; settlement waits for it."""
        return self._lock

    def why_closed(self) -> str:
        """The text id of why no money is taken now; empty when the till is open."""
        try:
            self._journal.ready()
        except StoreError:
            return "menu.closed.store"
        if self.outage or self.paused:
            return self.outage or self.paused
        if blocking(self._open.values()):
            return "menu.closed.till"
        return "" if self._terminal.condition.serves else "menu.closed.card_terminal"

    # --- the journal ---

    def write(self, payment: Payment, to: State, *, report: Body | None = None, **changes: Any) -> Payment:
        """Make ``payment`` be in state ``to``, durably. Raises StoreError; then nothing has changed."""
        moved = move(payment, to, **changes)
        reports: list[Body] = [] if report is None else [report]
        if to in TOLD_CENTRAL:
            trace = moved.receipt.trace if moved.receipt else 0
            reports.append(
                PaymentMoved(
                    reference=moved.reference, state=to.value, amount=moved.amount, trace=trace, detail=moved.why
                )
            )
        self._journal.append(
            moved.reference, KIND, to.value, fields(moved), reports=[(STREAM, body) for body in reports]
        )
        if to in FINAL:
            self._open.pop(moved.reference, None)
        else:
            self._open[moved.reference] = moved
        if reports:
            for listener in self.reported:
                listener()
        return moved

    def _begin(self, amount: Fen) -> Payment:
        """Write the intention under a new reference: machine, local day and second, never one that was used."""
        reference = f"{self._machine}{self._clock.now().astimezone(LOCAL):%y%m%d%H%M%S}"
        while self._journal.entries(reference=reference):  # the clock was set back
            reference = str(int(reference) + 1)
        payment = Payment(reference, amount, State.INTENDED)
        self._journal.append(payment.reference, KIND, payment.state.value, fields(payment))
        self._open[payment.reference] = payment
        return payment

    # --- taking money ---

    @asynccontextmanager
    async def charge(self, amount: Fen, told: Told, cancel: asyncio.Event) -> AsyncIterator[Charge]:
        """Take ``amount``; the body delivers. ``told`` gets the reference and what the terminal says.

        Setting ``cancel`` ends the taking (not the delivering) and raises Left. Raises TillClosed,
        PaymentDeclined, DeviceOffline (nothing was taken), PaymentUncertain (settlement goes on by itself),
        PaymentUndone (it was given back), StoreError.
        """
        self._be_open()  # at once, also while settlement asks the terminal for long
        try:
            async with self._lock:
                self._be_open()
                charge = await self._take(self._begin(amount), told, cancel)
                try:
                    yield charge
                    if charge.payment.state is State.APPROVED:
                        charge.payment = self.write(charge.payment, State.FULFILLED)
                except Exception as error:  # whatever it is, the goods were not delivered
                    await self._undo(charge, type(error).__name__)
                    raise
                await self._finish(charge)
        finally:
            self.settlement.news()  # whatever is still open

    def _be_open(self) -> None:
        if why := self.why_closed():
            raise TillClosed(why)

    async def _take(self, payment: Payment, told: Told, cancel: asyncio.Event) -> Charge:
        try:
            before = await self._terminal.last()
        except (DeviceError, PaymentUncertain):
            self.write(payment, State.ABANDONED, why="terminal silent")
            raise
        if cancel.is_set():
            self.write(payment, State.ABANDONED, why="cancelled")
            raise Left("payment cancelled")
        payment = self.write(payment, State.REQUESTED, before=before.trace if before else None)
        paying = asyncio.create_task(
            self._terminal.pay(payment.amount, lambda notice: told(payment.reference, notice)), name="pay"
        )
        try:
            receipt = await _unless(cancel, paying)
        except PaymentDeclined as error:
            self.write(payment, State.DECLINED, why=f"result {error.code:02x}")
            raise
        except DeviceError as error:
            self.write(payment, State.DECLINED, why=error.reason)
            raise
        except Exception as error:  # uncertain; also after a bug in a driver nobody knows what the terminal did
            if not isinstance(error, PaymentUncertain):
                log.error("bug", at="pay", error=type(error).__name__, reference=payment.reference)
            told(payment.reference, None)
            return await self._ask(payment, wanted=True)
        if receipt is None:
            return await self._ask(payment, wanted=False)
        try:
            payment = self.write(payment, State.APPROVED, receipt=receipt)
        except StoreError as error:
            with suppress(DeviceError, PaymentUncertain):
                await self._terminal.withhold()
            raise PaymentUncertain(payment.reference) from error
        if cancel.is_set():  # touched in the instant of the approval
            await self._call_off(payment, held=True)
        return Charge(self, payment, self._clock.now())

    async def _ask(self, payment: Payment, *, wanted: bool) -> Charge:
        """The answer was lost or the citizen cancelled: the terminal decides what is true."""
        try:
            payment = self.write(payment, State.UNKNOWN, why="" if wanted else "cancelled")
            payment = await self.settlement.ask(payment)
        except StoreError as error:  # what it says cannot be written: settlement asks again when it can
            raise PaymentUncertain(payment.reference) from error
        if payment.state is State.APPROVED and wanted:
            charge = Charge(self, payment, self._clock.now())
            charge.held = False
            return charge
        if payment.state is State.APPROVED:
            await self._call_off(payment, held=False)
        if payment.state is State.DECLINED and wanted:
            raise PaymentDeclined("the terminal booked nothing", sentence="pay.declined.terminal")
        if payment.state is not State.DECLINED:
            raise PaymentUncertain(payment.reference)
        raise Left("payment cancelled")

    async def _call_off(self, payment: Payment, *, held: bool) -> NoReturn:
        """The citizen cancelled and the bank was faster. Raises Left, or PaymentUncertain while it is not back."""
        charge = Charge(self, payment, self._clock.now())
        charge.held = held
        await self._undo(charge, "cancelled")
        if charge.payment.state is not State.REVERSED:
            raise PaymentUncertain(payment.reference)
        raise Left("payment cancelled")

    async def _undo(self, charge: Charge, why: str) -> None:
        """Give back. A dead store does not stop it: after the restart the terminal answers "already reversed"."""
        try:
            charge.payment = await self.settlement.give_back(charge.payment, held=charge.held, why=why)
        except StoreError:
            with suppress(DeviceError, PaymentUncertain, ReversalRefused):
                await self._return(charge)
                charge.payment = replace(charge.payment, state=State.REVERSED)

    async def _return(self, charge: Charge) -> None:
        """Give back without writing. Raises DeviceError, PaymentUncertain, ReversalRefused."""
        if charge.held:
            with suppress(DeviceError, PaymentUncertain):
                await self._terminal.withhold()
                return
        await self._terminal.reverse(charge.receipt.receipt_no)

    async def _finish(self, charge: Charge) -> None:
        """The goods were delivered: let the terminal complete, then see what central said."""
        try:
            if charge.held:
                await self._terminal.deliver()
        except (DeviceError, PaymentUncertain) as error:
            charge.payment = await self.settlement.confirm(charge.payment)
            if charge.payment.state is State.FULFILLED:
                raise PaymentUncertain(charge.reference) from error
        with suppress(StoreError):  # report and money are where they belong; settlement writes the rest when it can
            if charge.payment.state is State.FULFILLED:
                charge.payment = self.write(charge.payment, State.COMPLETED)
            if charge.payment.state is State.COMPLETED:
                charge.payment = await self.settlement.close(charge.payment)
        if charge.payment.state in {State.REVERSING, State.REVERSED, State.REFUND_DUE}:
            raise PaymentUndone(charge.reference)


async def _unless(cancel: asyncio.Event, paying: "asyncio.Task[CardReceipt]") -> CardReceipt | None:
    """The receipt, or None if ``cancel`` came first. The task is over in any case."""
    cancelling = asyncio.create_task(cancel.wait(), name="cancel payment")
    try:
        await asyncio.wait({paying, cancelling}, return_when=asyncio.FIRST_COMPLETED)
        if paying.done():
            return paying.result()
        paying.cancel()
        await asyncio.wait({paying})
        return None if paying.cancelled() else paying.result()
    finally:
        paying.cancel()
        cancelling.cancel()
