"""The till: the only module that takes money, and it writes down every move before and after it.

Rules (``architecture.md`` section 5). One payment at a time; none by card while an older one is open at the terminal,
while an open one by code is in nobody's way. ``requested`` is durable before anybody is asked for money, so that after
a crash exactly one step is uncertain and :mod:`kiosk_app.money.settle` can ask what became of it. Leaving
:meth:`Till.charge` with an error gives the money back, leaving it cleanly completes the payment. A cancelled task does
neither: it is the machine going down, and settlement will decide. The report of a payment is in the outbox in the
transaction that makes it *fulfilled*. How money is taken and given back is the means' (:mod:`kiosk_app.money.means`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import structlog

from kiosk_app.contract import Body, PaymentMoved
from kiosk_app.devices import CardReceipt, CardTerminal
from kiosk_app.errors import (
    StoreError,
    TillClosed,
)
from kiosk_app.ids import new_reference
from kiosk_app.money.amounts import Fen
from kiosk_app.money.by_card import ByCard
from kiosk_app.money.charge import Charge, Taking, Told
from kiosk_app.money.means import BY_CARD, Means, Way
from kiosk_app.money.payment import FINAL, KIND, STREAM, Payment, State, fields, from_entry, move
from kiosk_app.money.receipts import CARD, CODE
from kiosk_app.money.settle import Settlement
from kiosk_app.ports import Clock, Journal, Outbox

log = structlog.get_logger()

TOLD_CENTRAL = frozenset({State.APPROVED, State.REVERSED, State.SETTLED, State.REFUND_DUE, State.REFUNDED})
"""States that move value, or say that somebody must: central's books follow these."""


class Till:
    """Takes, completes and gives back, by the table of :mod:`kiosk_app.money.payment`.

    ``machine``: the eight digits that begin every reference of this kiosk. ``codes``: payment by code, if there is.
    """

    def __init__(
        self,
        journal: Journal,
        outbox: Outbox,
        terminal: CardTerminal,
        clock: Clock,
        *,
        machine: str,
        codes: Means | None = None,
    ) -> None:
        self._journal, self._terminal, self._clock, self._machine = journal, terminal, clock, machine
        self._means: dict[str, Means] = {CARD: ByCard(terminal)} | ({CODE: codes} if codes else {})
        unfinished = [from_entry(entry) for entry in journal.latest(KIND, leaving_out=FINAL)]
        self._open = {payment.reference: payment for payment in unfinished}
        self._lock = asyncio.Lock()
        self.charging = ""
        """The reference that is being charged now: settlement leaves it alone."""
        self.paused = ""
        """Text id of why no money is taken for a moment (the day is being closed)."""
        self.outage = ""
        """Text id of why the power supply lets no new money be taken."""
        self.reported: list[Callable[[], None]] = []
        """Called when something for central was written: it should leave now."""
        self.settlement = Settlement(self, outbox)
        self._taking = Taking(self, clock)

    # --- what others may ask ---

    @property
    def open_payments(self) -> list[Payment]:
        """Every payment that is not over, oldest first."""
        return sorted(self._open.values(), key=lambda payment: payment.reference)

    def find(self, reference: str) -> Payment | None:
        """The open payment of this reference."""
        return self._open.get(reference)

    def recall(self, reference: str) -> Payment | None:
        """The payment of this reference as it was written last; one that is over only if that can be read."""
        if payment := self.find(reference):
            return payment
        with suppress(StoreError):
            if entries := self._journal.entries(reference=reference, kind=KIND):
                return from_entry(entries[-1])
        return None

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

    def means(self, payment: Payment) -> Means:
        """How this payment is or was made."""
        return self._means[payment.means]

    def why_closed(self, means: str = "") -> str:
        """The text id of why no money is taken now, by this means or (none named) at all; empty when it is."""
        try:
            self._journal.ready()
        except StoreError:
            return "menu.closed.store"
        if self.outage or self.paused:
            return self.outage or self.paused
        asked = [self._means[means]] if means else list(self._means.values())
        reasons = [one.why_closed(self._open.values()) for one in asked]
        return reasons[0] if all(reasons) else ""

    def ways(self) -> list[Way]:
        """How a citizen can pay now; none when the till is closed."""
        return [way for name, means in self._means.items() if not self.why_closed(name) for way in means.ways()]

    # --- the journal ---

    def write(self, payment: Payment, to: State, *, report: Body | None = None, **changes: Any) -> Payment:
        """Make ``payment`` be in state ``to``, durably. Raises StoreError; then nothing has changed."""
        moved = move(payment, to, **changes)
        reports: list[Body] = [] if report is None else [report]
        if to in TOLD_CENTRAL:
            trace = moved.receipt.trace if isinstance(moved.receipt, CardReceipt) else 0
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

    def _begin(self, amount: Fen, way: Way) -> Payment:
        """Write the intention under a new reference."""
        reference = new_reference(self._machine, self._clock, self._journal)
        payment = Payment(reference, amount, State.INTENDED, means=way.means, channel=way.channel)
        self._journal.append(payment.reference, KIND, payment.state.value, fields(payment))
        self._open[payment.reference] = payment
        return payment

    # --- taking money ---

    @asynccontextmanager
    async def charge(self, amount: Fen, told: Told, cancel: asyncio.Event, way: Way = BY_CARD) -> AsyncIterator[Charge]:
        """Take ``amount``; the body delivers. ``told`` gets the reference and what the means says.

        Setting ``cancel`` ends the taking (not the delivering) and raises Left. Raises TillClosed,
        PaymentDeclined, CodeUnavailable, DeviceOffline (nothing was taken), PaymentUncertain (settlement goes on by
        itself), PaymentUndone (it was given back), StoreError.
        """
        self._be_open(way)  # at once, also while settlement asks the terminal for long
        try:
            async with self._lock:
                self._be_open(way)
                payment = self._begin(amount, way)
                with self._charging(payment.reference):
                    charge = await self._taking.take(payment, told, cancel)
                    try:
                        yield charge
                        if charge.payment.state is State.APPROVED:
                            charge.payment = self.write(charge.payment, State.FULFILLED)
                    except Exception as error:  # whatever it is, the goods were not delivered
                        await self._taking.undo(charge, type(error).__name__)
                        raise
                    await self._taking.finish(charge)
        finally:
            self.settlement.news()  # whatever is still open

    @contextmanager
    def _charging(self, reference: str) -> Iterator[None]:
        self.charging = reference
        try:
            yield
        finally:
            self.charging = ""

    def _be_open(self, way: Way) -> None:
        if why := self.why_closed(way.means):
            raise TillClosed(why)
