"""By bank card: the terminal takes, holds, completes and reverses; its last transaction is the truth.

The terminal knows no reference of ours (``docs/decisions/0002``). So while one card payment is not settled with it,
nobody else pays by card; and a receipt number is worth nothing at another terminal than the one that gave it.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kiosk_app.devices import CardReceipt, CardTerminal
from kiosk_app.errors import ReversalRefused
from kiosk_app.money.means import BY_CARD, SILENT, Found, Tell, Way
from kiosk_app.money.payment import Payment, State, another_terminal, blocking, stands, what_happened

PAUSE = 1.0


class ByCard:
    """Implements :class:`kiosk_app.money.means.Means` with the card terminal."""

    holds = True
    nothing = "pay.declined.terminal"
    patience = 20.0

    def __init__(self, terminal: CardTerminal) -> None:
        self._terminal = terminal

    def why_closed(self, unfinished: Collection[Payment]) -> str:
        if blocking(unfinished):
            return "menu.closed.till"
        return "" if self._terminal.condition.serves else "menu.closed.card_terminal"

    def ways(self) -> Sequence[Way]:
        return (BY_CARD,)

    async def before(self, payment: Payment) -> Mapping[str, Any]:  # noqa: ARG002 - the terminal knows no reference
        last = await self._terminal.last()
        return {"before": last.trace if last else None}

    async def take(self, payment: Payment, tell: Tell) -> CardReceipt:
        return await self._terminal.pay(payment.amount, tell)

    async def find(self, payment: Payment, patience: float) -> Found:
        last = await self._last(patience)
        state = what_happened(payment, last)
        return Found(state, last if state is State.APPROVED else None, "asked")

    async def stands(self, payment: Payment, patience: float) -> bool | None:
        return stands(payment, await self._last(patience))

    async def deliver(self) -> None:
        await self._terminal.deliver()

    async def withhold(self) -> None:
        await self._terminal.withhold()

    async def give_back(self, payment: Payment) -> None:
        if not isinstance(payment.receipt, CardReceipt):
            raise ReversalRefused("no receipt number")
        if another_terminal(payment.receipt, await self._terminal.last()):
            raise ReversalRefused("another terminal")
        await self._terminal.reverse(payment.receipt.receipt_no)

    async def _last(self, patience: float) -> CardReceipt | None:
        """The terminal's last transaction, asked for until patience ends. Raises the last failure."""
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            try:
                return await self._terminal.last()
            except SILENT:
                if asyncio.get_running_loop().time() >= deadline:
                    raise
            await asyncio.sleep(PAUSE)
