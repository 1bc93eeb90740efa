"""What the till may rely on, of every make of bank-card terminal: the same stories against each driver and simulator.

In each of them the simulator's ledger must be right in the end: what stands there is what the kiosk believes.
"""

import asyncio

import pytest

from kiosk_app.devices import TerminalNotice
from kiosk_app.errors import (
    DeviceOffline,
    PaymentDeclined,
    PaymentUncertain,
    ReversalRefused,
)
from kiosk_app.money.amounts import Fen
from kiosk_app.money.payment import State
from tests.contract.terminals import MAKES, PRICE, Table, judged, outcome, story

pytestmark = pytest.mark.parametrize("make", MAKES, ids=lambda made: made.make)


# --- paying ----------------------------------------------------------------------------------------------------


def test_an_approved_payment_that_is_delivered_stands_and_is_the_last_one_known(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        receipt = await table.approved()
        assert receipt.approved
        assert receipt.amount == PRICE
        assert receipt.terminal_id
        await table.driver.deliver()
        last = await table.told_last()
        assert last is not None
        assert (last.trace, last.receipt_no, last.amount, last.approved, last.reverses) == (
            receipt.trace,
            receipt.receipt_no,
            PRICE,
            True,
            None,
        )
        assert table.taken == PRICE

    story(make, tell)


def test_the_citizen_is_told_what_to_do_in_its_order(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        await table.approved()
        await table.driver.deliver()
        await table.wait(lambda: TerminalNotice.REMOVE_CARD in table.told)
        wanted = [
            TerminalNotice.INSERT_CARD,
            TerminalNotice.ENTER_PIN,
            TerminalNotice.BANK,
            TerminalNotice.REMOVE_CARD,
        ]
        assert [notice for notice in table.told if notice in wanted] == wanted

    story(make, tell)


def test_a_card_is_said_to_be_inside_until_it_is_taken(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        await table.approved()
        await table.driver.deliver()
        await table.wait(lambda: table.driver.condition.supplies.get("card") == "inside")
        table.sim.remove_card()
        await table.wait(lambda: table.driver.condition.supplies.get("card") == "none")

    story(make, tell)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (5, "pay.declined.other_card"),
        (41, "pay.declined.other_card"),
        (45, "pay.declined.insert_card"),
        (51, "pay.declined.funds"),
        (54, "pay.declined.card_expired"),
        (61, "pay.declined.amount"),
        (75, "pay.declined.pin_locked"),
        (97, "pay.declined.terminal"),
    ],
)
def test_a_refusal_of_the_bank_has_its_code_and_sentence_and_nothing_is_taken(
    make: type[Table], code: int, sentence: str
) -> None:
    async def tell(table: Table) -> None:
        paying = await table.pays()
        table.sim.bank_says(code)
        error = await outcome(paying)
        assert isinstance(error, PaymentDeclined)
        assert (error.code, error.sentence) == (code, sentence)
        assert table.taken == 0
        assert judged(None, await table.told_last()) is State.DECLINED

    story(make, tell)


def test_the_next_citizen_pays_after_a_refusal(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        with pytest.raises(PaymentDeclined):
            await (await table.pays(card="sample-empty"))
        table.sim.remove_card()
        await asyncio.sleep(5)
        await table.approved()
        await table.driver.deliver()
        assert table.taken == PRICE

    story(make, tell)


def test_a_wrong_pin_may_be_corrected(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        paying = table.pay()
        await table.until("card")
        table.sim.insert()
        await table.until("pin")
        table.sim.type_pin("000000")
        await table.wait(lambda: TerminalNotice.WRONG_PIN in table.told)
        await asyncio.sleep(1)
        table.sim.type_pin()
        assert (await paying).approved
        await table.driver.deliver()
        assert table.taken == PRICE

    story(make, tell)


# --- giving up -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["card", "pin"])
def test_a_payment_given_up_before_the_bank_is_asked_takes_nothing(make: type[Table], stage: str) -> None:
    async def tell(table: Table) -> None:
        paying = table.pay()
        await table.until("card")
        if stage == "pin":
            table.sim.insert()
            await table.until("pin")
        paying.cancel()
        await asyncio.wait([paying])
        assert paying.cancelled()
        assert judged(None, await table.told_last()) is State.DECLINED
        table.sim.remove_card()
        await asyncio.sleep(5)
        assert table.taken == 0
        await table.approved()

    story(make, tell)


def test_the_red_key_ends_it(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        paying = table.pay()
        await table.until("card")
        table.sim.insert()
        await table.until("pin")
        table.sim.press_cancel()
        error = await outcome(paying)
        assert isinstance(error, PaymentDeclined)
        assert error.sentence == "pay.declined.cancelled"
        assert table.taken == 0

    story(make, tell)


def test_nobody_comes_and_the_wait_has_an_end(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        error = await outcome(table.pay())
        assert isinstance(error, PaymentDeclined)
        assert error.sentence == "pay.declined.cancelled"

    story(make, tell)


def test_a_payment_given_up_while_the_bank_decides_is_told_by_last_or_undone(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        paying = await table.pays()
        await table.until(make.at_bank)
        paying.cancel()
        await asyncio.wait([paying])
        last = await table.told_last()
        if judged(None, last) is State.APPROVED and last is not None:
            await table.driver.reverse(last.receipt_no)
        assert table.taken == 0

    story(make, tell)


# --- lost answers ----------------------------------------------------------------------------------------------


def test_a_booking_whose_answer_was_lost_is_told_by_last_or_has_been_undone(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        table.sim.lose_next_answer()
        assert isinstance(await outcome(await table.pays()), PaymentUncertain)
        state = judged(None, await table.told_last())
        assert table.taken == (PRICE if state is State.APPROVED else 0)
        assert state in {State.APPROVED, State.DECLINED}

    story(make, tell)


# --- giving back -----------------------------------------------------------------------------------------------


def test_what_is_withheld_is_given_back_and_told(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        receipt = await table.approved()
        await table.driver.withhold()
        assert table.taken == 0
        last = await table.told_last()
        assert last is not None
        assert last.reverses == receipt.trace or (last.trace == receipt.trace and not last.approved)

    story(make, tell)


def test_a_delivered_payment_can_be_reversed_and_a_second_time_is_no_harm(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        receipt = await table.approved()
        await table.driver.deliver()
        table.sim.remove_card()
        await asyncio.sleep(5)
        for _ in range(2):
            await table.driver.reverse(receipt.receipt_no)
            assert table.taken == 0

    story(make, tell)


def test_an_older_payment_is_reversed_and_the_newer_one_stands(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        older = await table.approved(Fen(11_000))
        await table.driver.deliver()
        table.sim.remove_card()
        await asyncio.sleep(5)
        await table.approved(Fen(12_000))
        await table.driver.deliver()
        await asyncio.sleep(5)
        await table.driver.reverse(older.receipt_no)
        assert table.taken == 12_000

    story(make, tell)


def test_a_payment_nobody_knows_cannot_be_reversed(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        with pytest.raises(ReversalRefused):
            await table.driver.reverse(4711)

    story(make, tell)


def test_a_payment_of_a_closed_day_is_for_a_person(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        receipt = await table.approved()
        await table.driver.deliver()
        await asyncio.sleep(5)
        table.sim.close_day()
        with pytest.raises(ReversalRefused):
            await table.driver.reverse(receipt.receipt_no)
        assert table.taken == PRICE

    story(make, tell)


@pytest.mark.parametrize("way", ["withhold", "reverse"])
def test_giving_back_whose_answer_was_lost_can_be_repeated(make: type[Table], way: str) -> None:
    async def tell(table: Table) -> None:
        receipt = await table.approved()
        if way == "reverse":
            await table.driver.deliver()
            await asyncio.sleep(5)
        table.sim.lose_next_answer()
        await outcome(table.driver.withhold() if way == "withhold" else table.driver.reverse(receipt.receipt_no))
        for _ in range(3):  # as settlement does
            await table.told_last()
            if await outcome(table.driver.reverse(receipt.receipt_no)) is None:
                break
        assert table.taken == 0
        await table.driver.reverse(receipt.receipt_no)

    story(make, tell)


def test_nothing_is_held_and_that_is_said(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        with pytest.raises(PaymentUncertain):
            await table.driver.deliver()
        with pytest.raises(PaymentUncertain):
            await table.driver.withhold()

    story(make, tell)


# --- the day ---------------------------------------------------------------------------------------------------


def test_the_day_is_closed_with_the_count_and_the_sum_of_what_stands(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        for amount in (11_000, 12_000, 13_000):
            receipt = await table.approved(Fen(amount))
            await table.driver.deliver()
            table.sim.remove_card()
            await asyncio.sleep(5)
        await table.driver.reverse(receipt.receipt_no)
        totals = await table.driver.end_of_day()
        assert (totals.count, totals.amount) == (2, 23_000)
        await asyncio.sleep(10)
        assert (await table.driver.end_of_day()).count == 0

    story(make, tell)


def test_the_bank_can_be_called_and_says_when_it_cannot_be_reached(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        await table.driver.diagnosis()
        if make.make == "umsips":  # a ZVT terminal's diagnosis is its own affair
            table.sim.bank_line(0)
            with pytest.raises(DeviceOffline):
                await table.driver.diagnosis()

    story(make, tell)


def test_a_plug_that_is_pulled_is_offline_and_comes_back_by_itself(make: type[Table]) -> None:
    async def tell(table: Table) -> None:
        await table.simulator.unplug()
        await table.wait(lambda: not table.driver.condition.serves)
        with pytest.raises(DeviceOffline):
            await table.driver.last()
        with pytest.raises(DeviceOffline):
            await table.pay()
        await table.simulator.plug_in()
        await table.online()
        await table.approved()

    story(make, tell)
