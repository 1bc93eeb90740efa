"""A payment and a wire that breaks, or a kiosk that loses its power, at each stage: bank and kiosk stay of one mind."""

import asyncio
from contextlib import suppress

import pytest

from kiosk_app.devices import CardReceipt
from kiosk_app.errors import DeviceError, PaymentDeclined, PaymentError, PaymentUncertain
from kiosk_app.money.payment import State
from tests.contract.terminals import MAKES, PRICE, Table, judged, outcome, story

PLACES = [pytest.param(make, stage, id=f"{make.make}-{stage}") for make in MAKES for stage in make.stages]


@pytest.mark.parametrize("older", [False, True], ids=["first payment", "after another"])
@pytest.mark.parametrize(("make", "stage"), PLACES)
def test_a_wire_cut_at_any_stage_leaves_the_kiosk_and_the_bank_of_one_mind(
    make: type[Table], stage: str, older: bool
) -> None:
    """Also when another payment of the same amount stands before it."""

    async def tell(table: Table) -> None:
        before, kept = None, 0
        if older:
            before, kept = await table.approved(), PRICE
            await table.driver.deliver()
            table.sim.remove_card()
            await asyncio.sleep(5)
        table.sim.cut_at(stage)
        paying = table.pay()
        person = asyncio.create_task(table.card_and_pin())
        error = await outcome(paying)
        person.cancel()
        if isinstance(error, CardReceipt):  # the stage came after the answer
            table.conserved()
            return
        last = await table.told_last()
        if isinstance(error, PaymentUncertain):
            state = judged(before, last)
            assert table.taken == kept + (PRICE if state is State.APPROVED else 0)
        else:
            assert isinstance(error, PaymentDeclined | DeviceError)
            assert table.taken == kept
        assert table.taken >= kept

    story(make, tell)


@pytest.mark.parametrize(("make", "stage"), PLACES)
def test_a_kiosk_that_loses_its_power_at_any_stage_finds_the_truth_when_it_is_back(
    make: type[Table], stage: str
) -> None:
    async def tell(table: Table) -> None:
        paying = table.pay()
        person = asyncio.create_task(table.card_and_pin())
        await table.wait(lambda: (table.sim.working and table.sim.stage == stage) or paying.done())
        paying.cancel()
        await table.stop()
        with suppress(asyncio.CancelledError, PaymentError, DeviceError):
            await paying
        person.cancel()
        await asyncio.sleep(10)
        await table.start()
        last = await table.told_last()
        state = judged(None, last)
        assert table.taken == (PRICE if state is State.APPROVED else 0)
        if last is not None and state is State.APPROVED:
            await table.driver.reverse(last.receipt_no)
        assert table.taken == 0
        table.sim.remove_card()
        await asyncio.sleep(5)
        await table.approved()

    story(make, tell)
