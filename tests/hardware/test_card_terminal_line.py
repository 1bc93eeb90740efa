"""The line breaks, garbles, freezes: no step of a payment may end in a belief that the ledger does not share."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.protocols.zvt import ACCEPTED, ACK, NAK, Apdu, Command, serial_frame
from hardware.simulators.card_terminal import CardTerminalSimulator
from kiosk_app.devices import CardReceipt, DeviceState
from kiosk_app.errors import DeviceError, DeviceOffline, PaymentDeclined, PaymentError, PaymentUncertain
from tests.hardware.card_terminal_kit import PRICE, Table, outcome, table
from tests.virtual import run

FRAMINGS = pytest.mark.parametrize("framing", ["tcp", "serial"])
POLICIES = pytest.mark.parametrize("policy", ["keep", "reverse"])


def standing(made: Table) -> list[int]:
    return [one.trace for one in made.sim.ledger.bookings if (one.kind, one.state) == ("payment", "booked")]


async def truth(made: Table) -> CardReceipt | None:
    """What the terminal says as soon as it can be asked: the till does the same."""
    for _ in range(200):
        answer = await outcome(made.driver.last())
        if not isinstance(answer, DeviceError):
            assert answer is None or isinstance(answer, CardReceipt)
            return answer
        await asyncio.sleep(1)
    raise AssertionError("the terminal never answered")


def agrees(made: Table, last: CardReceipt | None) -> bool:
    """Whether the terminal's last transaction tells what became of the only payment."""
    if last is None:
        return standing(made) == []
    return bool(standing(made)) == (last.reverses is None) and last.amount == PRICE


async def citizen(made: Table) -> None:
    """Goes on with card and PIN, whatever happens to the line."""
    await made.wait(lambda: made.sim.stage == "card")
    made.sim.insert()
    await made.wait(lambda: made.sim.stage == "pin")
    made.sim.type_pin()


async def whole_payment(made: Table) -> BaseException | None:
    """Pay and deliver; the error, if any."""
    person = asyncio.create_task(citizen(made))
    try:
        paid = await outcome(made.pay())
        if isinstance(paid, BaseException):
            return paid
        await asyncio.sleep(3)
        delivered = await outcome(made.driver.deliver())
        return delivered if isinstance(delivered, BaseException) else None
    finally:
        await asyncio.wait([person], timeout=70)
        person.cancel()


@FRAMINGS
@POLICIES
@pytest.mark.parametrize("stage", CardTerminalSimulator.stages)
def test_the_line_is_cut_at_each_stage(framing: str, policy: str, stage: str) -> None:
    async def story() -> None:
        async with table(framing=framing, when_abandoned=policy) as made:
            made.sim.cut_at(stage)
            error = await whole_payment(made)
            assert isinstance(error, PaymentUncertain) or (stage == "held" and error is None)
            last = await truth(made)
            await asyncio.sleep(120)
            assert agrees(made, last), "what last() said must be final"
            assert made.sent("0601") == 1

    run(story())


@POLICIES
@pytest.mark.parametrize("stage", CardTerminalSimulator.stages)
def test_the_terminal_is_unplugged_at_each_stage_and_plugged_in_later(policy: str, stage: str) -> None:
    async def story() -> None:
        async with table(when_abandoned=policy) as made:
            made.sim.unplug_at(stage)
            error = await whole_payment(made)
            assert isinstance(error, PaymentUncertain)
            with pytest.raises(DeviceOffline):
                await made.driver.last()
            await made.sim.plug_in()
            assert agrees(made, await truth(made))

    run(story())


@POLICIES
@pytest.mark.parametrize("stage", CardTerminalSimulator.stages)
def test_the_terminal_loses_power_at_each_stage(policy: str, stage: str) -> None:
    async def story() -> None:
        async with table(when_abandoned=policy) as made:
            made.sim.power_loss_at(stage)
            assert isinstance(await whole_payment(made), PaymentUncertain)
            assert not made.sim.plugged
            await made.sim.plug_in()
            assert agrees(made, await truth(made))

    run(story())


def test_a_lost_answer_and_then_last_tells_the_truth() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.lose_next_answer()
            with pytest.raises(PaymentUncertain):
                await made.approved()
            last = await truth(made)
            assert last is not None
            assert (last.trace, last.amount, last.approved, last.reverses) == (1, PRICE, True, None)
            await made.driver.reverse(last.receipt_no)
            assert standing(made) == []

    run(story())


def test_a_lost_decline_is_uncertain_and_last_shows_that_nothing_was_booked() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.bank_says(51)
            made.sim.lose_next_answer()
            with pytest.raises(PaymentUncertain):
                await made.approved()
            assert await truth(made) is None

    run(story())


def test_a_terminal_frozen_after_the_request_costs_certainty_only() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.freeze()
            with pytest.raises(PaymentUncertain):
                await made.pay()
            made.sim.thaw()
            assert await truth(made) is None
            assert not made.sim.working

    run(story())


def test_a_terminal_frozen_while_holding_is_asked_again_later() -> None:
    async def story() -> None:
        async with table(when_abandoned="reverse") as made:
            await made.approved()
            made.sim.freeze()
            delivering = asyncio.create_task(made.driver.deliver())
            await asyncio.sleep(300)
            made.sim.thaw()
            assert isinstance(await outcome(delivering), PaymentUncertain)
            assert agrees(made, await truth(made))

    run(story())


def test_the_kiosk_restarts_while_a_card_is_asked_for_and_the_old_payment_is_stopped() -> None:
    async def story() -> None:
        async with table() as made:
            made.pay()
            await made.until("card")
            made.sim.cut_at("pin")
            made.sim.insert()
            await asyncio.sleep(20)
            assert not made.sim.working
            assert made.sim.ledger.bookings == []
            assert await truth(made) is None

    run(story())


# --- slow, split, noisy, damaged ----------------------------------------------------------------------------------


@FRAMINGS
def test_bytes_one_by_one_are_the_same_payment(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            made.to_kiosk = made.to_terminal = lambda data: [bytes([byte]) for byte in data]
            assert await whole_payment(made) is None
            assert standing(made) == [1]

    run(story())


@FRAMINGS
def test_a_slow_terminal_is_waited_for(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            made.sim.slow_down(1500)
            assert await whole_payment(made) is None
            assert standing(made) == [1]

    run(story())


@pytest.mark.parametrize("direction", ["to_kiosk", "to_terminal"])
def test_a_damaged_serial_frame_is_refused_and_sent_again(direction: str) -> None:
    async def story() -> None:
        async with table(framing="serial") as made:
            frames = 0
            naks = 0

            def every_third(data: bytes) -> Sequence[bytes]:
                nonlocal frames
                frames += len(data) > 1
                return [data[:-1] + bytes([data[-1] ^ 1])] if len(data) > 1 and frames % 3 == 0 else [data]

            def count(data: bytes) -> Sequence[bytes]:
                nonlocal naks
                naks += data == NAK
                return [data]

            made.to_kiosk, made.to_terminal = (every_third, count) if direction == "to_kiosk" else (count, every_third)
            assert await whole_payment(made) is None
            assert standing(made) == [1]
            assert naks > 0
            assert made.sent("0601") == 1

    run(story())


@pytest.mark.parametrize("direction", ["to_kiosk", "to_terminal"])
def test_a_lost_acknowledgement_does_not_pay_twice(direction: str) -> None:
    async def story() -> None:
        async with table(framing="serial") as made:

            def no_ack(data: bytes) -> Sequence[bytes]:
                return [] if data == ACK and made.sim.stage in ("", "card") else [data]

            setattr(made, direction, no_ack)
            error = await whole_payment(made)
            assert error is None or isinstance(error, PaymentError)
            made.to_kiosk = made.to_terminal = lambda data: [data]
            last = await truth(made)
            assert agrees(made, last)
            assert len(made.sim.ledger.bookings) <= 2

    run(story())


def test_a_line_that_damages_everything_is_given_up_after_three_tries() -> None:
    async def story() -> None:
        async with table(framing="serial") as made:
            tries = 0

            def spoil(data: bytes) -> Sequence[bytes]:
                nonlocal tries
                tries += len(data) > 1 and data[2:4] == b"\x06\x01"
                return [data[:-1] + bytes([data[-1] ^ 1])] if len(data) > 1 else [data]

            made.to_terminal = spoil
            with pytest.raises(PaymentUncertain):
                await made.pay()
            assert tries == 3
            made.to_terminal = lambda data: [data]
            assert await truth(made) is None

    run(story())


@pytest.mark.parametrize("repeated", [False, True])
def test_a_refusal_is_certain_only_if_the_request_went_out_once(repeated: bool) -> None:
    async def story() -> None:
        async with table(framing="serial") as made:
            await made.driver.log_off()
            tries = 0

            def second_try_only(data: bytes) -> Sequence[bytes]:
                return [data] if tries == 2 or not repeated else []

            def count(data: bytes) -> Sequence[bytes]:
                nonlocal tries
                tries += data[2:4] == b"\x06\x01"
                return [data]

            made.to_kiosk, made.to_terminal = second_try_only, count
            with pytest.raises(PaymentUncertain if repeated else PaymentDeclined):
                await made.pay()
            assert made.sim.ledger.bookings == []

    run(story())


@FRAMINGS
@given(seed=st.integers(0, 10_000), code=st.sampled_from([0, 5, 51]), after=st.integers(0, 8), noise=st.booleans())
@settings(max_examples=60, deadline=None)
def test_garbled_answers_never_turn_a_decline_into_an_approval(
    framing: str, seed: int, code: int, after: int, noise: bool
) -> None:
    async def story() -> None:
        async with table(framing=framing, seed=seed) as made:
            made.sim.bank_says(code)
            answers = 0

            def spoil(data: bytes) -> Sequence[bytes]:
                nonlocal answers
                answers += 1
                if answers == after:
                    made.sim.noise(1) if noise else made.sim.corrupt(1)
                return [data]

            made.to_terminal = spoil
            paying = made.pay()
            await outcome(made.until("card", seconds=30))
            made.sim.tap()
            paid = await outcome(paying)
            if isinstance(paid, CardReceipt):
                assert code == 0
                assert (paid.amount, paid.trace) == (PRICE, 1)
                delivered = await outcome(made.driver.deliver())
                assert delivered is None or isinstance(delivered, PaymentUncertain)
            else:
                assert isinstance(paid, PaymentError)
            if isinstance(paid, PaymentDeclined):
                await asyncio.sleep(100)
                assert standing(made) == []
            assert agrees(made, await truth(made))

    run(story())


def test_a_late_answer_that_outlives_a_serial_connection_is_not_taken_for_the_next() -> None:
    async def story() -> None:
        async with table(framing="serial") as made:
            seen: list[DeviceState] = []
            made.driver.watch(lambda condition: seen.append(condition.state))
            made.sim.freeze()
            with pytest.raises(DeviceOffline):
                await made.driver.status()
            made.sim.thaw()
            await made.wait(lambda: bool(seen))
            made.stale = serial_frame(ACCEPTED) + serial_frame(Apdu(Command.COMPLETION, b"\xdf"))
            await made.online()
            assert set(seen) == {DeviceState.OFFLINE, DeviceState.ONLINE}
            assert made.driver.condition.reason == ""

    run(story())


def test_nonsense_over_tcp_costs_the_line_and_not_the_machine() -> None:
    async def story() -> None:
        async with table() as made:
            made.to_kiosk = lambda data: [b"HTTP/1.1 400 Bad Request\r\n"]
            with pytest.raises(DeviceError):
                await made.driver.status()
            made.to_kiosk = lambda data: [data]
            await asyncio.sleep(2)
            assert await truth(made) is None

    run(story())


def test_a_trace_of_a_payment_shows_no_card_number_and_no_password() -> None:
    async def story() -> None:
        async with table() as made:
            await made.approved()
            await made.driver.deliver()
            seen = b"".join(data for _, data in made.trace).hex()
            assert "622000" not in seen
            assert "0601" in seen
            assert all(data[3:6] == b"\xee" * 3 for way, data in made.trace if data[:2] in (b"\x05\x01", b"\x06\x00"))

    run(story())
