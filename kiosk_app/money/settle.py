"""Settlement: what became of a payment, asked of whoever took it and of central; never of our hopes.

Rules. It runs before any screen is shown, again whenever a payment is left open, and never while a citizen
pays by the same terminal or that very code. We do not resume a conversation, the person is gone: an uncertain payment
is given back, a delivered one is completed. Terminal and order are believed over our memory; if they cannot tell, the
case is a person's (refund due). Every step can be repeated after a crash in the middle of it: asking changes nothing
(an order is closed once), a second reversal or refund is answered like the first.
"""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from kiosk_app.errors import ReversalRefused, StoreError
from kiosk_app.money.means import SILENT, Found
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.receipts import CARD, CODE
from kiosk_app.ports import Outbox

if TYPE_CHECKING:
    from kiosk_app.money.till import Till

PATIENCE = 20.0
"""Seconds a citizen waits until it is clear what was done, before the slip is printed instead."""
BETWEEN_ROUNDS = 5.0
GOODS_OWED = frozenset({State.APPROVED, State.FULFILLED, State.COMPLETED})
"""The money is with us, and what it was paid for may not have been made."""
LONGEST_PAUSE = 600.0


class PutOff:
    """When an open payment by code is asked for again: a provider may take days over a refund.

    The pause doubles from BETWEEN_ROUNDS to LONGEST_PAUSE while nothing changes. News ends it for once.
    """

    def __init__(self) -> None:
        self._pauses: dict[str, float] = {}
        self._until: dict[str, float] = {}

    def due(self, reference: str) -> bool:
        """Whether it may be asked for now."""
        return asyncio.get_running_loop().time() >= self._until.get(reference, 0.0)

    def asked(self, before: Payment, after: Payment | None) -> None:
        """This came of asking; None when it is open no more."""
        pause = self._pauses.pop(before.reference, BETWEEN_ROUNDS / 2)
        self._until.pop(before.reference, None)
        if after is not None and after.state is before.state:
            self._pauses[before.reference] = pause = min(2 * pause, LONGEST_PAUSE)
            self._until[before.reference] = asyncio.get_running_loop().time() + pause

    def news(self) -> None:
        """Everything is due."""
        self._until.clear()


class Settlement:
    """Brings every open payment to an end, or to a person."""

    def __init__(self, till: "Till", outbox: Outbox) -> None:
        self._till, self._outbox = till, outbox
        self._news = asyncio.Event()
        self._put_off = PutOff()
        self.settled: list[Callable[[Payment, Payment], None]] = []

    # --- steps, each repeatable ---

    async def ask(self, payment: Payment, patience: float = PATIENCE) -> Payment:
        """UNKNOWN becomes APPROVED, DECLINED, REVERSED or REFUND_DUE; stays UNKNOWN if nobody answers."""
        try:
            found = await self._till.means(payment).find(payment, patience)
        except SILENT:
            return payment
        return self._learn(payment, found)

    def _learn(self, payment: Payment, found: Found) -> Payment:
        if found.state is State.APPROVED:
            return self._till.write(payment, State.APPROVED, receipt=found.receipt)
        if found.state is State.REVERSED:  # the books walk the whole way that the money went
            payment = self._till.write(payment, State.APPROVED, receipt=found.receipt)
            payment = self._till.write(payment, State.REVERSING, why=found.why)
            return self._till.write(payment, State.REVERSED)
        whys = (found.why, payment.why) if found.state is State.REFUND_DUE else (payment.why, found.why)
        return self._till.write(payment, found.state, why=next(filter(None, whys), ""))

    async def confirm(self, payment: Payment, patience: float = PATIENCE) -> Payment:
        """FULFILLED becomes COMPLETED if the payment stands; if not, it is undone here too."""
        try:
            standing = await self._till.means(payment).stands(payment, patience)
        except SILENT:
            return payment
        if standing:
            return self._till.write(payment, State.COMPLETED)
        payment = self._till.write(payment, State.REVERSING, why="undone elsewhere")
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
        """Return the money: withhold a held payment, else reverse or refund it."""
        payment = self._till.write(payment, State.REVERSING, why=why)
        if held:
            try:
                await self._till.means(payment).withhold()
                return self._till.write(payment, State.REVERSED)
            except SILENT:
                pass  # the answer was lost: a reversal tells, since repeating it is harmless
        return await self.reverse(payment)

    async def reverse(self, payment: Payment) -> Payment:
        """REVERSING becomes REVERSED or REFUND_DUE; stays if nobody answers."""
        try:
            await self._till.means(payment).give_back(payment)
        except ReversalRefused as error:
            code = f"reversal refused {error.code:02x}" if error.code else ""
            why = ": ".join(filter(None, (code, error.detail)))  # in its own words a person finds the payment by hand
            return self._till.write(payment, State.REFUND_DUE, why=why)
        except SILENT:
            return payment
        return self._till.write(payment, State.REVERSED)

    async def undelivered(self, reference: str) -> None:
        """What was paid for was not made, as who made it says: give it back, unless it is over. Raises StoreError."""
        payment = self._till.find(reference)
        async with self._till.lock if payment is not None and payment.means == CARD else nullcontext():
            payment = self._till.find(reference)
            if payment is not None and payment.state in GOODS_OWED and reference != self._till.charging:
                self._tell(payment, await self.give_back(payment, held=False, why="not made"))

    # --- the whole ---

    async def settle(self, payment: Payment) -> Payment:
        """Bring one payment as far as it goes now."""
        patience = self._till.means(payment).patience
        if payment.state is State.INTENDED:
            return self._till.write(payment, State.ABANDONED)
        if payment.state is State.REQUESTED:
            payment = self._till.write(payment, State.UNKNOWN)
        if payment.state is State.UNKNOWN:
            payment = await self.ask(payment, patience)
        if payment.state is State.APPROVED or (payment.state is State.FULFILLED and self._refused(payment)):
            return await self.give_back(payment, held=False, why=payment.why or "never delivered")
        if payment.state is State.REVERSING:
            return await self.reverse(payment)
        if payment.state is State.FULFILLED:
            payment = await self.confirm(payment, patience)
        if payment.state is State.COMPLETED:
            return await self.close(payment)
        return payment

    def _refused(self, payment: Payment) -> bool:
        verdict = self._outbox.verdict(payment.reference)
        return verdict is not None and not verdict.accepted

    async def round(self) -> None:
        """Settle every open payment once; those that need only a person are left to them.

        One by card waits until nobody pays and keeps others from it; one by code is in nobody's way, and is asked for
        less and less often.
        """
        for payment in self._till.open_payments:
            try:
                if payment.means == CARD:
                    async with self._till.lock:
                        await self._settle_now(payment.reference)
                elif payment.reference != self._till.charging and self._put_off.due(payment.reference):
                    await self._settle_now(payment.reference)
                    self._put_off.asked(payment, self._till.find(payment.reference))
            except StoreError:  # nothing can be written: the till is closed and says so, until it can
                return

    async def _settle_now(self, reference: str) -> None:
        payment = self._till.find(reference)
        if payment is None or payment.state is State.REFUND_DUE:
            return
        after = await self.settle(payment)
        if after.state is not payment.state:
            self._tell(payment, after)

    def _tell(self, before: Payment, after: Payment) -> None:
        for listener in self.settled:
            listener(before, after)

    async def given_back_elsewhere(self) -> None:
        """REFUND_DUE by code is REFUNDED when a person did it at central: nobody shall hand it out here as well."""
        with suppress(StoreError, *SILENT):
            for payment in self._till.refunds_due():
                if payment.means != CODE or await self._till.means(payment).stands(payment, 0.0) is not False:
                    continue
                if payment in self._till.refunds_due():  # `kiosk books` may have closed it while we asked
                    self._tell(payment, self._till.write(payment, State.REFUNDED, why="given back at central"))

    def news(self) -> None:
        """A verdict came, or a device is back: look again soon."""
        self._news.set()

    async def run(self) -> None:
        """Settle for ever: at once, after news, and every few seconds while something is uncertain.

        What only a person can end is looked at after news alone.
        """
        told = True
        while True:
            self._news.clear()
            if told:
                self._put_off.news()
            await self.round()
            if told:
                await self.given_back_elsewhere()
            waiting = any(p.state not in {State.REFUND_DUE, State.COMPLETED} for p in self._till.open_payments)
            try:
                async with asyncio.timeout(BETWEEN_ROUNDS if waiting else None):
                    told = await self._news.wait()
            except TimeoutError:
                told = False
