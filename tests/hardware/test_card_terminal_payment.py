"""Paying at the card terminal: what citizen, bank and kiosk may do, and that driver and ledger agree afterwards."""

import asyncio

import pytest

from hardware.drivers.card_terminal_payment import HOLD_INTERVAL
from kiosk_app.devices import CardReceipt, DeviceState, TerminalNotice
from kiosk_app.errors import DeviceOffline, PaymentDeclined, PaymentUncertain
from kiosk_app.money.amounts import Fen
from tests.hardware.card_terminal_kit import PRICE, Table, outcome, table
from tests.virtual import run

FRAMINGS = pytest.mark.parametrize("framing", ["tcp", "serial"])


def standing(made: Table) -> list[int]:
    """Traces of payments that the terminal's ledger has booked and not undone."""
    return [one.trace for one in made.sim.ledger.bookings if (one.kind, one.state) == ("payment", "booked")]


@FRAMINGS
def test_a_payment_with_card_and_pin_is_held_and_then_delivered(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            receipt = await (await made.pay_with_pin())
            assert receipt == CardReceipt(
                trace=1,
                receipt_no=1,
                amount=PRICE,
                approved=True,
                card="622000******0017",
                card_name="UnionPay",
                authorisation="007919",
                terminal_id="00000001",
            )
            assert made.told == [TerminalNotice.INSERT_CARD, TerminalNotice.ENTER_PIN, TerminalNotice.BANK]
            await asyncio.sleep(60)
            assert made.sent("849c") > 60 / (HOLD_INTERVAL + 1)
            await made.driver.deliver()
            assert standing(made) == [1]
            assert not made.sim.working
            assert made.told[-1] is TerminalNotice.REMOVE_CARD
            assert await made.driver.last() == receipt

    run(story())


@FRAMINGS
def test_goods_that_were_not_delivered_make_the_terminal_reverse(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            paid = await made.approved()
            await asyncio.sleep(7)
            await made.driver.withhold()
            assert standing(made) == []
            assert made.told[-1] is TerminalNotice.REVERSING
            last = await made.driver.last()
            assert last is not None
            assert (last.reverses, last.approved) == (paid.trace, True)

    run(story())


def test_two_payments_one_after_the_other() -> None:
    async def story() -> None:
        async with table() as made:
            for trace in (1, 2):
                assert (await made.approved()).trace == trace
                await made.driver.deliver()
            assert standing(made) == [1, 2]

    run(story())


def test_a_dear_payment_asks_for_the_pin_of_a_tapped_card() -> None:
    async def story() -> None:
        async with table() as made:
            paying = made.pay(Fen(100_001))
            await made.until("card")
            made.sim.tap()
            await made.until("pin")
            made.sim.type_pin("123456")
            assert (await paying).approved

    run(story())


# --- no ---------------------------------------------------------------------------------------------------------


@FRAMINGS
@pytest.mark.parametrize(
    ("code", "sentence"),
    [(51, "pay.declined.funds"), (5, "pay.declined.other_card"), (54, "pay.declined.card_expired")],
)
def test_the_bank_says_no(framing: str, code: int, sentence: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            made.sim.bank_says(code)
            with pytest.raises(PaymentDeclined) as caught:
                await made.approved()
            assert (caught.value.code, caught.value.sentence) == (code, sentence)
            assert made.sim.ledger.bookings == []
            assert await made.driver.last() is None

    run(story())


def test_every_code_a_bank_may_say_is_a_decline() -> None:
    async def story() -> None:
        async with table() as made:
            for code in range(1, 100):
                made.sim.bank_says(code)
                error = await outcome(made.approved())
                assert isinstance(error, PaymentDeclined)
                assert error.code == code
            assert made.sim.ledger.bookings == []

    run(story())


@pytest.mark.parametrize(("card", "code"), [("sample-empty", 51), ("sample-expired", 54)])
def test_a_card_that_cannot_pay(card: str, code: int) -> None:
    async def story() -> None:
        async with table() as made:
            paying = made.pay()
            await made.until("card")
            made.sim.tap(card)
            with pytest.raises(PaymentDeclined) as caught:
                await paying
            assert caught.value.code == code

    run(story())


def test_a_wrong_pin_may_be_typed_again_and_the_third_ends_it() -> None:
    async def story() -> None:
        async with table() as made:
            paying = await made.pay_with_pin("000000")
            for _ in range(2):
                await asyncio.sleep(0.1)
                made.sim.type_pin("000000")
            with pytest.raises(PaymentDeclined) as caught:
                await paying
            assert caught.value.sentence == "pay.declined.pin_locked"
            assert made.told.count(TerminalNotice.WRONG_PIN) == 2
            assert made.sim.ledger.bookings == []

    run(story())


def test_the_citizen_presses_cancel() -> None:
    async def story() -> None:
        async with table() as made:
            paying = made.pay()
            await made.until("card")
            made.sim.press_cancel()
            with pytest.raises(PaymentDeclined) as caught:
                await paying
            assert (caught.value.code, caught.value.sentence) == (0x6C, "pay.declined.cancelled")

    run(story())


def test_nobody_presents_a_card() -> None:
    async def story() -> None:
        async with table() as made:
            with pytest.raises(PaymentDeclined) as caught:
                await made.pay()
            assert caught.value.code == 0x6C

    run(story())


def test_the_bank_is_not_reachable() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.bank_line(0)
            with pytest.raises(PaymentDeclined) as caught:
                await made.approved()
            assert caught.value.sentence == "pay.declined.bank_unreachable"

    run(story())


def test_please_wait_is_no_decline_since_the_terminal_may_begin_later() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.busy(3)
            with pytest.raises(PaymentUncertain):
                await made.pay()
            assert await made.driver.last() is None
            assert (await made.approved()).approved

    run(story())


# --- cancelled by the kiosk --------------------------------------------------------------------------------------


@FRAMINGS
@pytest.mark.parametrize("stage", ["card", "pin"])
def test_a_cancelled_payment_is_aborted_at_the_terminal(framing: str, stage: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            paying = await made.pay_with_pin("") if stage == "pin" else made.pay()
            await made.until(stage)
            paying.cancel()
            await asyncio.wait([paying])
            assert paying.cancelled()
            assert made.sent("06b0") == 1
            assert not made.sim.working
            assert await made.driver.last() is None
            made.sim.remove_card()
            assert (await made.approved()).approved

    run(story())


@pytest.mark.parametrize("steps", range(12))
def test_a_payment_cancelled_at_once_is_not_there_afterwards(steps: int) -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.insert()
            paying = made.pay()
            for _ in range(steps):
                await asyncio.sleep(0)
            paying.cancel()
            await asyncio.wait([paying])
            made.sim.type_pin()
            assert await made.driver.last() is None
            await asyncio.sleep(100)
            assert made.sim.ledger.bookings == []

    run(story())


def test_a_payment_cancelled_too_late_is_undone_by_the_terminal() -> None:
    async def story() -> None:
        async with table() as made:
            paying = made.pay()
            await made.until("card")
            made.sim.tap()
            await made.until("host")
            paying.cancel()
            await asyncio.wait([paying])
            assert paying.cancelled()
            last = await made.driver.last()
            assert last is not None
            assert last.reverses == 1
            assert standing(made) == []
            assert made.sent("8466") == 1

    run(story())


def test_last_waits_for_a_bank_that_is_slower_than_the_caller() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.timings = type(made.sim.timings)(host=12.0)
            paying = made.pay()
            await made.until("card")
            made.sim.tap()
            await made.until("host")
            paying.cancel()
            await asyncio.wait([paying])
            assert made.sim.working
            last = await made.driver.last()
            assert last is not None
            assert last.reverses == 1
            assert standing(made) == []

    run(story())


def test_what_is_still_with_the_bank_is_not_reported_as_nothing() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.timings = type(made.sim.timings)(host=60.0)
            paying = made.pay()
            await made.until("card")
            made.sim.tap()
            await made.until("host")
            paying.cancel()
            await asyncio.wait([paying])
            with pytest.raises(DeviceOffline):
                await made.driver.last()

    run(story())


# --- holding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "kept"), [("keep", [1]), ("reverse", [])])
def test_a_terminal_that_gave_up_holding_is_not_believed_to_have_decided_as_we_wish(
    policy: str, kept: list[int]
) -> None:
    async def story() -> None:
        async with table(when_abandoned=policy) as made:
            await made.approved()
            await asyncio.sleep(400)
            assert not made.sim.working
            decision = made.driver.withhold() if policy == "keep" else made.driver.deliver()
            with pytest.raises(PaymentUncertain):
                await decision
            assert standing(made) == kept
            last = await made.driver.last()
            assert last is not None
            assert (last.reverses is None) == bool(kept)

    run(story())


def test_nothing_is_held_nothing_can_be_decided() -> None:
    async def story() -> None:
        async with table() as made:
            for decide in (made.driver.deliver, made.driver.withhold):
                with pytest.raises(PaymentUncertain):
                    await decide()
            await made.approved()
            await made.driver.deliver()
            with pytest.raises(PaymentUncertain):
                await made.driver.withhold()
            assert standing(made) == [1]

    run(story())


def test_while_one_is_held_nobody_else_pays_and_nobody_asks_for_the_last() -> None:
    async def story() -> None:
        async with table() as made:
            await made.approved()
            for other in (made.pay(), made.driver.last()):
                with pytest.raises(DeviceOffline):
                    await other
            assert made.sent("0601") == 1
            await made.driver.deliver()

    run(story())


@FRAMINGS
def test_a_refund_needs_a_card_and_no_decision(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            refunding = asyncio.create_task(made.driver.refund(PRICE, made.told.append))
            await made.until("card")
            made.sim.tap()
            receipt = await refunding
            assert (receipt.amount, receipt.approved) == (PRICE, True)
            assert [one.kind for one in made.sim.ledger.bookings] == ["refund"]
            made.sim.bank_says(5)
            again = asyncio.create_task(made.driver.refund(PRICE, made.told.append))
            await made.until("card")
            made.sim.tap()
            with pytest.raises(PaymentDeclined):
                await again

    run(story())


# --- nothing was sent ---------------------------------------------------------------------------------------------


def test_without_a_line_nothing_is_sent_and_that_is_certain() -> None:
    async def story() -> None:
        async with table() as made:
            await made.sim.unplug()
            await made.wait(lambda: made.driver.condition.state is DeviceState.OFFLINE)
            with pytest.raises(DeviceOffline):
                await made.pay()
            assert made.sent("0601") == 0

    run(story())


@pytest.mark.parametrize("steps", range(10))
def test_a_line_lost_while_the_request_leaves_never_leaves_the_caller_waiting(steps: int) -> None:
    async def story() -> None:
        async with table() as made:
            paying = made.pay()
            for _ in range(steps):
                await asyncio.sleep(0)
            await made.sim.unplug()
            async with asyncio.timeout(10):
                error = await outcome(paying)
            assert isinstance(error, PaymentUncertain | DeviceOffline)
            if isinstance(error, DeviceOffline):
                assert made.sent("0601") == 0

    run(story())


def test_before_it_has_registered_nothing_is_sent() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.frozen = True
            made.sim.freeze()
            await made.wait(lambda: made.driver.condition.state is DeviceState.OFFLINE)
            with pytest.raises(DeviceOffline):
                await made.pay()
            assert made.sent("0601") == 0

    run(story())


def test_the_end_of_the_program_leaves_no_task_behind() -> None:
    async def story() -> None:
        async with table() as made:
            await made.approved()
        await asyncio.sleep(0)
        left = {task.get_name() for task in asyncio.all_tasks()}
        assert not {name for name in left if "card_terminal" in name and "simulated" not in name}
        with pytest.raises(PaymentUncertain):
            await made.driver.deliver()

    run(story())
