"""Settlement: what became of a payment, asked of the terminal and of central; never of our hopes.

Rules. It runs before any screen is shown, again whenever a payment is left open, and never while a citizen
pays. We do not resume a conversation, the person is gone: an uncertain payment is given back, a delivered one
is completed. The terminal is believed over our memory; if it cannot tell, the case is a person's (refund due).
Every step can be repeated after a crash in the middle of it: asking changes nothing, a second reversal is
answered "already reversed".
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk_app.devices import CardReceipt, CardTerminal
from kiosk_app.errors import DeviceError, PaymentUncertain, ReversalRefused, StoreError
from kiosk_app.money.payment import Payment, State, another_terminal, stands, what_happened
from kiosk_app.ports import Outbox

if TYPE_CHECKING:
    from kiosk_app.money.till import Till

PATIENCE = 20.0
"""Seconds a citizen waits for the terminal to tell what it did, before the slip is printed instead."""
PAUSE = 1.0
BETWEEN_ROUNDS = 5.0


class Settlement:
    """Brings every open payment to an end, or to a person."""

    def __init__(self, till: "Till", terminal: CardTerminal, outbox: Outbox) -> None:
        self._till, self._terminal, self._outbox = till, terminal, outbox
        self._news = asyncio.Event()
        self.settled: list[Callable[[Payment, Payment], None]] = []

    # --- steps, each repeatable ---

    async def ask(self, payment: Payment) -> Payment:
        """UNKNOWN becomes APPROVED, DECLINED or REFUND_DUE; stays UNKNOWN if the terminal keeps silent."""
        try:
            last = await self._last()
        except (DeviceError, PaymentUncertain):
            return payment
        state = what_happened(payment, last)
        if state is State.APPROVED:
            return self._till.write(payment, state, receipt=last)
        return self._till.write(payment, state, why=payment.why or "asked")

    async def confirm(self, payment: Payment) -> Payment:
        """FULFILLED becomes COMPLETED if it stands at the terminal; if not, it is undone here too."""
        try:
            standing = stands(payment, await self._last())
        except (DeviceError, PaymentUncertain):
            return payment
        if standing:
            return self._till.write(payment, State.COMPLETED)
        payment = self._till.write(payment, State.REVERSING, why="undone by terminal")
        return await self.reverse(payment) if standing is None else self._till.write(payment, State.REVERSED)

    async def close(self, payment: Payment) -> Payment:
        """COMPLETED becomes SETTLED when central has accepted; it is given back when central refused."""
        verdict = self._outbox.verdict(payment.reference)
        if verdict is None:
            return payment
        if verdict.accepted:
            return self._till.write(payment, State.SETTLED)
        return await self.give_back(payment, held=False, why=verdict.code)

    async def give_back(self, payment: Payment, *, held: bool, why: str) -> Payment:
        """Return the money: withhold a held payment (84 66), else reverse it (06 30)."""
        payment = self._till.write(payment, State.REVERSING, why=why)
        if held:
            try:
                await self._terminal.withhold()
                return self._till.write(payment, State.REVERSED)
            except (DeviceError, PaymentUncertain):
                pass  # the answer was lost: a reversal tells, since repeating it is harmless
        return await self.reverse(payment)

    async def reverse(self, payment: Payment) -> Payment:
        """REVERSING becomes REVERSED or REFUND_DUE; stays if the terminal keeps silent.

        A receipt number is the terminal's own: on another terminal it is somebody else's payment.
        """
        if payment.receipt is None:
            return self._till.write(payment, State.REFUND_DUE)
        try:
            if another_terminal(payment.receipt, await self._terminal.last()):
                return self._till.write(payment, State.REFUND_DUE, why="another terminal")
            await self._terminal.reverse(payment.receipt.receipt_no)
        except ReversalRefused as error:
            return self._till.write(payment, State.REFUND_DUE, why=f"reversal refused {error.code:02x}")
        except (DeviceError, PaymentUncertain):
            return payment
        return self._till.write(payment, State.REVERSED)

    async def _last(self) -> CardReceipt | None:
        """The terminal's last transaction, asked for until PATIENCE ends. Raises the last failure."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                return await self._terminal.last()
            except (DeviceError, PaymentUncertain):
                if asyncio.get_running_loop().time() >= deadline:
                    raise
            await asyncio.sleep(PAUSE)

    # --- the whole ---

    async def settle(self, payment: Payment) -> Payment:
        """Bring one payment as far as it goes now."""
        if payment.state is State.INTENDED:
            return self._till.write(payment, State.ABANDONED)
        if payment.state is State.REQUESTED:
            payment = self._till.write(payment, State.UNKNOWN)
        if payment.state is State.UNKNOWN:
            payment = await self.ask(payment)
        if payment.state is State.APPROVED or (payment.state is State.FULFILLED and self._refused(payment)):
            return await self.give_back(payment, held=False, why=payment.why or "never delivered")
        if payment.state is State.REVERSING:
            return await self.reverse(payment)
        if payment.state is State.FULFILLED:
            payment = await self.confirm(payment)
        if payment.state is State.COMPLETED:
            return await self.close(payment)
        return payment

    def _refused(self, payment: Payment) -> bool:
        verdict = self._outbox.verdict(payment.reference)
        return verdict is not None and not verdict.accepted

    async def round(self) -> None:
        """Settle every open payment once; those that need only a person are left to them."""
        for reference in [payment.reference for payment in self._till.open_payments]:
            async with self._till.lock:
                payment = self._till.find(reference)
                if payment is None or payment.state is State.REFUND_DUE:
                    continue
                try:
                    after = await self.settle(payment)
                except StoreError:  # nothing can be written: the till is closed and says so, until it can
                    return
            if after.state is not payment.state:
                for listener in self.settled:
                    listener(payment, after)

    def news(self) -> None:
        """A verdict came, or a device is back: look again soon."""
        self._news.set()

    async def run(self) -> None:
        """Settle for ever: at once, after news, and every few seconds while something is open at the terminal."""
        while True:
            self._news.clear()
            await self.round()
            waiting = any(p.state not in {State.REFUND_DUE, State.COMPLETED} for p in self._till.open_payments)
            try:
                async with asyncio.timeout(BETWEEN_ROUNDS if waiting else None):
                    await self._news.wait()
            except TimeoutError:
                continue
