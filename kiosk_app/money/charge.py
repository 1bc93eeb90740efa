"""Taking money and standing by it: from the intention to the goods, or back to whoever paid.

Rules. Every step is written before and after it (:meth:`kiosk_app.money.till.Till.write`). Whatever goes wrong while
money may have moved is found out, not guessed: the citizen hears "nothing was taken" only when that is known. What
was taken and not delivered goes back, also when the store is dead.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

import structlog

from kiosk_app.contract import Body
from kiosk_app.errors import (
    CodeUnavailable,
    DeviceError,
    Left,
    PaymentDeclined,
    PaymentUncertain,
    PaymentUndone,
    ReversalRefused,
    StoreError,
)
from kiosk_app.money.amounts import Fen
from kiosk_app.money.means import SILENT, CodeShown, Notice
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.receipts import CARD, Receipt
from kiosk_app.ports import Clock

if TYPE_CHECKING:
    from kiosk_app.money.till import Till

log = structlog.get_logger()

NEVER_SHOWN = "never shown"
"""Why of a payment by code that nobody can have paid: its order only has to be closed."""


Told = Callable[[str, Notice | None], None]
"""Gets a payment's reference and what its means says; None: the answer was lost, and it is found out what was done."""


class Charge:
    """A payment that was approved and is not completed: what a service holds inside ``async with``."""

    def __init__(self, till: "Till", payment: Payment, approved_at: datetime) -> None:
        self._till = till
        self.payment = payment
        self.approved_at = approved_at
        self.held = till.means(payment).holds

    @property
    def reference(self) -> str:
        """Ties payment, report, print job and receipt."""
        return self.payment.reference

    @property
    def amount(self) -> Fen:
        """In fen."""
        return self.payment.amount

    @property
    def receipt(self) -> Receipt:
        """What whoever took it says of it."""
        if self.payment.receipt is None:
            raise PaymentUncertain(self.reference)
        return self.payment.receipt

    def fulfil(self, body: Body) -> None:
        """The report ``body`` is on its way to central from this instant, whatever happens. Raises StoreError."""
        self.payment = self._till.write(self.payment, State.FULFILLED, report=body)


class Taking:
    """How :meth:`Till.charge` takes, gives back and finishes; holds nothing of a payment itself."""

    def __init__(self, till: "Till", clock: Clock) -> None:
        self._till, self._clock = till, clock

    async def take(self, payment: Payment, told: Told, cancel: asyncio.Event) -> Charge:
        """Take an intended payment; raises what :meth:`Till.charge` says."""
        payment, means = await self._request(payment, cancel), self._till.means(payment)
        payable = payment.means == CARD  # a code can be paid from the instant in which it is seen

        def tell(notice: Notice) -> None:
            nonlocal payable
            payable = payable or isinstance(notice, CodeShown)
            told(payment.reference, notice)

        paying = asyncio.create_task(means.take(payment, tell), name="pay")
        try:
            receipt = await _unless(cancel, paying)
        except PaymentDeclined as error:
            self._till.write(payment, State.DECLINED, why=f"result {error.code:02x}")
            raise
        except DeviceError as error:
            self._till.write(payment, State.DECLINED, why=error.reason)
            raise
        except CodeUnavailable:
            self._till.write(payment, State.UNKNOWN, why=NEVER_SHOWN)
            raise
        except Exception as error:  # uncertain; also after a bug in a driver nobody knows what the terminal did
            if not isinstance(error, PaymentUncertain):
                log.error("bug", at="pay", error=type(error).__name__, reference=payment.reference)
            told(payment.reference, None)
            return await self._ask(payment, wanted=not cancel.is_set())
        if receipt is None and not payable:
            self._till.write(payment, State.UNKNOWN, why=NEVER_SHOWN)
            raise Left("payment cancelled")
        if receipt is None:
            return await self._ask(payment, wanted=False)
        return await self._approved(payment, receipt, cancel)

    async def _request(self, payment: Payment, cancel: asyncio.Event) -> Payment:
        """REQUESTED, durably, with all that must be known before money may move; or ABANDONED."""
        try:
            known = await self._till.means(payment).before(payment)
        except SILENT:
            self._till.write(payment, State.ABANDONED, why="terminal silent")
            raise
        if cancel.is_set():
            self._till.write(payment, State.ABANDONED, why="cancelled")
            raise Left("payment cancelled")
        return self._till.write(payment, State.REQUESTED, **known)

    async def _approved(self, payment: Payment, receipt: Receipt, cancel: asyncio.Event) -> Charge:
        held = self._till.means(payment).holds
        try:
            payment = self._till.write(payment, State.APPROVED, receipt=receipt)
        except StoreError as error:
            with suppress(*SILENT, ReversalRefused):
                await self._return(replace(payment, receipt=receipt), held=held)
            raise PaymentUncertain(payment.reference) from error
        if cancel.is_set():  # touched in the instant of the approval
            await self._call_off(payment, held=held)
        return Charge(self._till, payment, self._clock.now())

    async def _ask(self, payment: Payment, *, wanted: bool) -> Charge:
        """The answer was lost or the citizen cancelled: terminal or order decide what is true."""
        try:
            payment = self._till.write(payment, State.UNKNOWN, why="" if wanted else "cancelled")
            payment = await self._till.settlement.ask(payment)
        except StoreError as error:  # what it says cannot be written: settlement asks again when it can
            raise PaymentUncertain(payment.reference) from error
        if payment.state is State.APPROVED and wanted:
            charge = Charge(self._till, payment, self._clock.now())
            charge.held = False
            return charge
        if payment.state is State.APPROVED:
            await self._call_off(payment, held=False)
        if payment.state not in {State.DECLINED, State.REVERSED}:
            raise PaymentUncertain(payment.reference)
        if payment.state is State.REVERSED and wanted:
            raise PaymentUndone(payment.reference)
        if wanted:
            raise PaymentDeclined("nothing was booked", sentence=self._till.means(payment).nothing)
        raise Left("payment cancelled")

    async def _call_off(self, payment: Payment, *, held: bool) -> NoReturn:
        """The citizen cancelled and the money was faster. Raises Left, or PaymentUncertain while it is not back."""
        charge = Charge(self._till, payment, self._clock.now())
        charge.held = held
        await self.undo(charge, "cancelled")
        if charge.payment.state is not State.REVERSED:
            raise PaymentUncertain(payment.reference)
        raise Left("payment cancelled")

    async def undo(self, charge: Charge, why: str) -> None:
        """Give back. A dead store does not stop it: after the restart it is answered "already given back"."""
        try:
            charge.payment = await self._till.settlement.give_back(charge.payment, held=charge.held, why=why)
        except StoreError:
            with suppress(*SILENT, ReversalRefused):
                await self._return(charge.payment, held=charge.held)
                charge.payment = replace(charge.payment, state=State.REVERSED)

    async def _return(self, payment: Payment, *, held: bool) -> None:
        """Give back without writing. Raises SILENT, ReversalRefused."""
        means = self._till.means(payment)
        if held:
            with suppress(*SILENT):
                await means.withhold()
                return
        await means.give_back(payment)

    async def finish(self, charge: Charge) -> None:
        """The goods were delivered: complete what is held, then see what central said."""
        try:
            if charge.held:
                await self._till.means(charge.payment).deliver()
        except SILENT as error:
            charge.payment = await self._till.settlement.confirm(charge.payment)
            if charge.payment.state is State.FULFILLED:
                raise PaymentUncertain(charge.reference) from error
        with suppress(StoreError):  # report and money are where they belong; settlement writes the rest when it can
            if charge.payment.state is State.FULFILLED:
                charge.payment = self._till.write(charge.payment, State.COMPLETED)
            if charge.payment.state is State.COMPLETED:
                charge.payment = await self._till.settlement.close(charge.payment)
        if charge.payment.state in {State.REVERSING, State.REVERSED, State.REFUND_DUE}:
            raise PaymentUndone(charge.reference)


async def _unless(cancel: asyncio.Event, paying: "asyncio.Task[Receipt]") -> Receipt | None:
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
