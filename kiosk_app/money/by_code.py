"""By code: central makes the order, the citizen's telephone pays it, the kiosk asks (``domain.md`` 8.8).

Rules. An order is known by the payment's reference, so an open one keeps nobody else from paying. A code is shown for
LIFE seconds at most. "Not paid" is believed only after the order was closed and asked for once more: a payment may
be on its way while we ask, and while we close. Central's silence means nothing. What central refuses to give back
is a person's. Who paid is never in an answer.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from kiosk_app.contract import CloseOrder, CreateOrder, Order, OrderState, QueryOrder, RefundOrder
from kiosk_app.contract.common import Question
from kiosk_app.errors import CentralRefused, CentralUnreachable, CodeUnavailable, PaymentUncertain, ReversalRefused
from kiosk_app.money.amounts import Fen
from kiosk_app.money.means import CodeShown, Found, Tell, Way
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.receipts import CODE, CodeReceipt

LIFE = 120
"""Seconds (8.8: 60 to 120 on a screen)."""
POLL, PAUSE = 2.0, 1.0
DEADLINE = 5.0
CREATE_PATIENCE = 15.0
UNKNOWN_ORDER = "unknown-order"

Reply = TypeVar("Reply")


class Asks(Protocol):
    """Central, as :class:`kiosk_app.central_desk.CentralDesk` is."""

    async def ask(self, question: Question, reply: type[Reply], *, deadline: float) -> Reply:
        """Its answer. Raises CentralUnreachable, CentralRefused."""


class ByCode:
    """Implements :class:`kiosk_app.money.means.Means` with central's orders. ``channels``: what central offers now."""

    holds = False
    nothing = "pay.code.not_paid"
    patience = 0.0

    def __init__(self, central: Asks, channels: Callable[[], Sequence[str]]) -> None:
        self._central, self._channels = central, channels

    def why_closed(self, unfinished: Collection[Payment]) -> str:  # noqa: ARG002 - an open order is in nobody's way
        return "" if self._channels() else "menu.closed.central"

    def ways(self) -> Sequence[Way]:
        return tuple(Way(CODE, channel) for channel in self._channels())

    async def before(self, payment: Payment) -> Mapping[str, Any]:  # noqa: ARG002 - the reference says it all
        return {}

    async def take(self, payment: Payment, tell: Tell) -> CodeReceipt:
        loop = asyncio.get_running_loop()
        shown, end = await self._create(payment)
        tell(shown)
        reached = True
        while loop.time() < end:
            await asyncio.sleep(min(POLL, end - loop.time()))
            try:
                order, answers = await self._query(payment), True
            except PaymentUncertain:
                order, answers = None, False
            if answers != reached:
                reached = answers
                tell(CodeShown(shown.code, shown.channel, shown.seconds, reached))
            if order is not None and order.state is not OrderState.WAITING:
                found = _found(payment, order)
                if found.state is State.APPROVED:
                    return _receipt(order)
                break
        raise PaymentUncertain(payment.reference)

    async def _create(self, payment: Payment) -> tuple[CodeShown, float]:
        """The code, and the loop's time at which it must be gone. Raises CodeUnavailable."""
        wanted = CreateOrder(reference=payment.reference, amount=payment.amount, channel=payment.channel, seconds=LIFE)
        loop = asyncio.get_running_loop()
        give_up = loop.time() + CREATE_PATIENCE
        while True:
            asked = loop.time()
            try:
                order = await self._central.ask(wanted, Order, deadline=DEADLINE)
            except CentralUnreachable as error:
                if loop.time() >= give_up:
                    raise CodeUnavailable(error.detail) from error
            except CentralRefused as error:
                raise CodeUnavailable(error.code) from error
            else:
                seconds = min(order.seconds_left, LIFE)
                if (
                    not order.code
                    or seconds <= 0
                    or (order.reference, order.amount) != (wanted.reference, wanted.amount)
                ):
                    raise CodeUnavailable(f"order is {order.state.value}")
                return CodeShown(order.code, payment.channel, seconds), asked + seconds
            await asyncio.sleep(PAUSE)

    async def find(self, payment: Payment, patience: float) -> Found:
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            try:
                return await self._end(payment)
            except PaymentUncertain:
                if asyncio.get_running_loop().time() >= deadline:
                    raise
            await asyncio.sleep(PAUSE)

    async def _end(self, payment: Payment) -> Found:
        """Query, close, query. Raises PaymentUncertain while it is still open, or central is silent."""
        order = await self._query(payment)
        if order is None or order.state is OrderState.WAITING:
            await self._close(payment)
            order = await self._query(payment)
        if order is None or order.state is OrderState.WAITING:
            raise PaymentUncertain(payment.reference)
        return _found(payment, order)

    async def stands(self, payment: Payment, patience: float) -> bool | None:  # noqa: ARG002 - nobody waits for it
        order = await self._query(payment)
        if order is None or order.state not in {OrderState.PAID, OrderState.REFUNDED}:
            return None
        return order.state is OrderState.PAID

    async def deliver(self) -> None:
        """Nothing is held: the money was taken when it was paid."""

    async def withhold(self) -> None:
        """Nothing is held."""

    async def give_back(self, payment: Payment) -> None:
        try:
            order = await self._ask(payment, RefundOrder(reference=payment.reference, amount=payment.amount))
        except CentralRefused as error:
            raise ReversalRefused(f"refund refused: {error.code}") from error
        if order.state is not OrderState.REFUNDED:
            raise PaymentUncertain(payment.reference)

    # --- central ---

    async def _query(self, payment: Payment) -> Order | None:
        """The order as it is now, None when central never heard of it. Raises PaymentUncertain."""
        try:
            return await self._ask(payment, QueryOrder(reference=payment.reference))
        except CentralRefused as error:
            if error.code == UNKNOWN_ORDER:
                return None
            raise PaymentUncertain(payment.reference) from error

    async def _close(self, payment: Payment) -> None:
        try:
            await self._ask(
                payment, CloseOrder(reference=payment.reference, channel=payment.channel, amount=payment.amount)
            )
        except CentralRefused as error:
            raise PaymentUncertain(payment.reference) from error

    async def _ask(self, payment: Payment, question: Question) -> Order:
        try:
            order = await self._central.ask(question, Order, deadline=DEADLINE)
        except CentralUnreachable as error:
            raise PaymentUncertain(payment.reference) from error
        if order.reference != payment.reference:  # an answer that strayed says nothing of this one
            raise PaymentUncertain(payment.reference)
        return order


def _found(payment: Payment, order: Order) -> Found:
    """What an order that is not waiting any more means for its payment."""
    if order.state is OrderState.CLOSED:
        return Found(State.DECLINED, why="order closed")
    if order.state is OrderState.DISPUTED or order.amount != payment.amount:
        return Found(State.REFUND_DUE, why="another amount")
    back = order.state is OrderState.REFUNDED
    return Found(State.REVERSED if back else State.APPROVED, _receipt(order), "refunded elsewhere" if back else "")


def _receipt(order: Order) -> CodeReceipt:
    return CodeReceipt(order.channel, order.transaction, Fen(order.amount))
