"""Paying at the desk: how, then a charge of the till, and on the screen what the terminal or the code's provider says.

Rule: whatever ends a payment, the citizen hears where the money is. Nothing was taken: they may try again. It was, and
nothing was delivered: a slip says so, and so does what is raised.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from kiosk_app import pay_views
from kiosk_app.errors import (
    CodeUnavailable,
    DeviceError,
    PaymentDeclined,
    PaymentTrouble,
    PaymentUncertain,
    PaymentUndone,
    TillClosed,
)
from kiosk_app.money.amounts import Fen
from kiosk_app.money.charge import Charge
from kiosk_app.money.means import CodeShown, Notice, Way
from kiosk_app.money.payment import Payment
from kiosk_app.money.till import Till
from kiosk_app.ports import Screen
from kiosk_app.views import Chosen, Intent, Pay, PayCode, PayWay, Sorry, Steps, Text, View, text
from kiosk_app.waiting import cancelled


class Paying:
    """One payment. ``ask`` shows a view and raises when the visit ends; ``in_trouble`` prints the slip."""

    def __init__(
        self,
        screen: Screen,
        till: Till,
        ask: Callable[[View], Awaitable[Intent]],
        in_trouble: Callable[[Payment, Exception], Awaitable[PaymentTrouble]],
    ) -> None:
        self._screen, self._till, self._ask, self._in_trouble = screen, till, ask, in_trouble

    @asynccontextmanager
    async def charge(self, amount: Fen, purpose: Text, steps: Steps) -> AsyncIterator[Charge]:
        """As :meth:`Desk.charge` promises."""
        choice = PayWay(title=text("pay.way.title"), amount=amount, purpose=purpose, ways=(), steps=steps)
        taken: Charge | None = None
        try:
            async with AsyncExitStack() as stack:
                taken, view = await self._take(stack, choice)
                self._screen.put(replace(view, title=text("pay.title.approved")))
                try:
                    yield taken
                except Exception:
                    self._screen.put(replace(view, title=text("pay.title.reversing")))
                    raise
        except (PaymentUncertain, PaymentUndone) as error:
            lost = taken.payment if taken else self._till.recall(error.detail)
            if lost is None:
                raise
            raise await self._in_trouble(lost, error) from error
        except Exception as error:  # also after a bug of ours the citizen must hear where the money is
            if taken is None:
                raise
            raise await self._in_trouble(taken.payment, error) from error

    async def _take(self, stack: AsyncExitStack, choice: PayWay) -> tuple[Charge, Pay | PayCode]:
        """The charge, and the view that says what becomes of it."""
        while True:
            try:
                return await self._take_once(stack, choice, await self._way(choice))
            except (PaymentDeclined, CodeUnavailable, DeviceError) as error:
                sentence = error.sentence if isinstance(error, PaymentDeclined) else error.citizen
                again = Sorry(
                    title=text(sentence),
                    detail=text("pay.nothing_taken"),
                    actions=(("again", text("pay.again")),),
                    steps=choice.steps,
                )
                await self._ask(again)

    async def _way(self, choice: PayWay) -> Way:
        """How the citizen pays: asked only where there is a choice. Raises TillClosed, Left, WalkedAway."""
        while True:
            ways = {way.key: way for way in self._till.ways()}
            if not ways:
                raise TillClosed(self._till.why_closed())
            if len(ways) == 1:
                return next(iter(ways.values()))
            answer = await self._ask(replace(choice, ways=tuple(ways)))
            if isinstance(answer, Chosen) and answer.key in {way.key for way in self._till.ways()}:
                return ways[answer.key]

    async def _take_once(self, stack: AsyncExitStack, choice: PayWay, way: Way) -> tuple[Charge, Pay | PayCode]:
        cancel, over = asyncio.Event(), asyncio.Event()
        view = pay_views.first(choice, way)

        def told(reference: str, notice: Notice | None) -> None:
            nonlocal view
            if over.is_set() or (cancel.is_set() and isinstance(notice, CodeShown)):
                return  # a terminal that was given up still speaks: not over what is shown now
            view = pay_views.renewed(view, reference, notice)
            self._screen.put(replace(view, cancellable=view.cancellable and not cancel.is_set()))

        async def watch_cancel() -> None:
            await self._screen.show(view)
            self._screen.put(
                replace(pay_views.without_code(view), title=text("pay.title.cancelling"), cancellable=False)
            )
            cancel.set()

        stack.callback(over.set)
        watching = asyncio.create_task(watch_cancel(), name="watch cancel")
        try:
            taken = await stack.enter_async_context(self._till.charge(choice.amount, told, cancel, way))
        except BaseException:
            over.set()
            raise
        finally:
            await cancelled(watching)
        return taken, pay_views.last(view, taken.reference)
