"""Card terminals: each fen that the driver calls taken is booked at the terminal, and nothing else is.

The rig is the citizen, the bank's mood and whoever pulls the plug; ``booked`` is the terminal's own ledger, and
the money in every case is counted there and never by what the driver says.
"""

import asyncio
from contextlib import suppress
from typing import Any

from hardware.contract_kit.device import DeviceContract, case, ended
from hardware.contract_kit.rig import Rig, cannot
from kiosk_app.devices import CardReceipt, TerminalNotice
from kiosk_app.errors import DeviceOffline, PaymentDeclined, PaymentError, PaymentUncertain
from kiosk_app.money.amounts import Fen

PRICE = Fen(1234)


class CardTerminalRig(Rig):
    """``paying``: the longest that one payment takes; ``settling``: until an abandoned one is settled."""

    paying = 90.0
    settling = 60.0

    async def present_card(self) -> None:
        """As soon as the terminal wants a card: a good one, with its PIN if it asks."""
        cannot("present a card")

    async def present_bad_card(self) -> None:
        """The same with a card whose bank says no."""
        cannot("present a bad card")

    def booked(self) -> int:
        """Fen that stand booked at the terminal: payments less reversals."""
        cannot("read the ledger")

    async def lose_the_answer(self) -> None:
        """Cut the line once, after the bank has decided and before the terminal says so."""
        cannot("cut the line at that moment")


class CardTerminalContract(DeviceContract[CardTerminalRig]):
    """Card terminals."""

    role = "card_terminal"

    async def ask(self, driver: Any) -> object:
        return await driver.pay(PRICE, _deaf)

    async def use(self, rig: CardTerminalRig, driver: Any) -> None:
        await driver.last()  # what a cancelled payment before this one has come to
        before = rig.booked()
        await self.pays(rig, driver)
        await driver.deliver()
        assert rig.booked() == before + PRICE

    async def pays(self, rig: CardTerminalRig, driver: Any) -> CardReceipt:
        """Up to the approval, which is then held."""
        paying = asyncio.create_task(driver.pay(PRICE, _deaf))
        await rig.present_card()
        async with asyncio.timeout(rig.paying):
            receipt: CardReceipt = await paying
        assert receipt.approved
        assert receipt.amount == PRICE
        assert sum(sign.isdigit() for sign in receipt.card) <= 10, "never a full card number"
        return receipt

    # --- the cases ---

    @case
    async def test_what_is_not_delivered_is_given_back(self, rig: CardTerminalRig) -> None:
        async with self.at_work(rig) as driver:
            before = rig.booked()
            await self.pays(rig, driver)
            await driver.withhold()
            assert rig.booked() == before

    @case
    async def test_a_payment_is_reversed_once(self, rig: CardTerminalRig) -> None:
        async with self.at_work(rig) as driver:
            before = rig.booked()
            receipt = await self.pays(rig, driver)
            await driver.deliver()
            assert rig.booked() == before + PRICE
            await driver.reverse(receipt.receipt_no)
            await driver.reverse(receipt.receipt_no)
            assert rig.booked() == before

    @case
    async def test_a_decline_takes_nothing(self, rig: CardTerminalRig) -> None:
        async with self.at_work(rig) as driver:
            before = rig.booked()
            paying = asyncio.create_task(ended(driver.pay(PRICE, _deaf), rig.paying))
            await rig.present_bad_card()
            assert isinstance(await paying, PaymentDeclined)
            assert rig.booked() == before
            await self.use(rig, driver)

    @case
    async def test_an_answer_that_is_lost_is_uncertain_and_the_last_transaction_tells(
        self, rig: CardTerminalRig
    ) -> None:
        async with self.at_work(rig) as driver:
            before = rig.booked()
            await rig.lose_the_answer()
            paying = asyncio.create_task(ended(driver.pay(PRICE, _deaf), rig.paying))
            await rig.present_card()
            assert isinstance(await paying, PaymentUncertain)
            await asyncio.sleep(rig.settling)
            await self.serves(rig, driver)
            last = await driver.last()
            standing = last is not None and last.approved and last.reverses is None
            assert rig.booked() == before + PRICE * standing

    @case
    async def test_a_plug_pulled_while_a_card_is_wanted_takes_nothing_unknown(self, rig: CardTerminalRig) -> None:
        async with self.at_work(rig) as driver:
            before = rig.booked()
            paying = asyncio.create_task(ended(driver.pay(PRICE, _deaf), rig.answer))
            await asyncio.sleep(0.5)
            await rig.unplug()
            assert isinstance(await paying, DeviceOffline | PaymentError)
            await rig.plug_in()
            await asyncio.sleep(rig.settling)
            await self.serves(rig, driver)
            with suppress(DeviceOffline):
                await driver.last()
            assert rig.booked() == before

    @case
    async def test_of_two_payments_at_once_one_is_made(self, rig: CardTerminalRig) -> None:
        async with self.at_work(rig) as driver:
            before = rig.booked()
            first = asyncio.create_task(driver.pay(PRICE, _deaf))
            await asyncio.sleep(0.1)
            assert isinstance(await ended(driver.pay(PRICE, _deaf), rig.answer), DeviceOffline)
            await rig.present_card()
            await first
            await driver.deliver()
            assert rig.booked() == before + PRICE

    @case
    async def test_the_day_ends_with_what_was_booked(self, rig: CardTerminalRig) -> None:
        async with self.at_work(rig) as driver:
            await driver.end_of_day()
            await self.use(rig, driver)
            totals = await driver.end_of_day()
            assert (totals.count, totals.amount) == (1, PRICE)


def _deaf(_: TerminalNotice) -> None:
    """Whoever pays here looks at the terminal."""
