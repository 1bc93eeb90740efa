"""The rest of the card terminal: last, reversal, end of day, condition, registration, and its simulator's hands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hardware.channel import ChannelClosed, MemoryChannel, memory_pair
from hardware.drivers.card_terminal import CardTerminal
from hardware.protocols.zvt import ACCEPTED, Apdu, Command, take_apdu
from hardware.protocols.zvt_fields import bcd, encode_fields
from hardware.simulators.card_terminal import CardTerminalSimulator
from kiosk_app.devices import CardReceipt, Condition, DayTotals, DeviceState
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline, PaymentDeclined, PaymentUncertain, ReversalRefused
from kiosk_app.money.amounts import Fen
from tests.hardware.card_terminal_kit import PRICE, Table, outcome, table
from tests.virtual import run

FRAMINGS = pytest.mark.parametrize("framing", ["tcp", "serial"])
READY = {"card": "none"}


async def paid(made: Table, amount: Fen = PRICE) -> CardReceipt:
    receipt = await made.approved(amount)
    await made.driver.deliver()
    return receipt


# --- last --------------------------------------------------------------------------------------------------------


@FRAMINGS
def test_a_terminal_that_never_booked_says_so(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            assert await made.driver.last() is None

    run(story())


def test_last_waits_until_the_terminal_is_idle() -> None:
    async def story() -> None:
        async with table() as made:
            await paid(made)
            made.sim.busy(4)
            last = await made.driver.last()
            assert last is not None
            assert last.trace == 1
            assert asyncio.get_running_loop().time() > 4

    run(story())


def test_a_terminal_that_stays_busy_does_not_answer_last() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.busy(60)
            with pytest.raises(DeviceOffline):
                await made.driver.last()

    run(story())


# --- reversal ----------------------------------------------------------------------------------------------------


@FRAMINGS
def test_a_booked_payment_is_reversed_and_a_second_time_is_the_same(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            receipt = await paid(made)
            for _ in range(2):  # the second is answered B4
                await made.driver.reverse(receipt.receipt_no)
            assert [(one.kind, one.state) for one in made.sim.ledger.bookings] == [
                ("payment", "reversed"),
                ("reversal", "booked"),
            ]
            last = await made.driver.last()
            assert last is not None
            assert (last.reverses, last.amount) == (receipt.trace, PRICE)

    run(story())


@pytest.mark.parametrize("closed_by", ["nobody", "terminal", "kiosk"])
def test_a_payment_of_a_closed_day_or_an_unknown_one_cannot_be_reversed(closed_by: str) -> None:
    async def story() -> None:
        async with table() as made:
            receipt = await paid(made)
            if closed_by == "terminal":
                made.sim.close_day()
            if closed_by == "kiosk":
                await made.driver.end_of_day()
            with pytest.raises(ReversalRefused) as caught:
                await made.driver.reverse(77 if closed_by == "nobody" else receipt.receipt_no)
            assert caught.value.code == 0xB5

    run(story())


def test_a_bank_that_refuses_the_reversal_leaves_it_to_a_person() -> None:
    async def story() -> None:
        async with table() as made:
            receipt = await paid(made)
            made.sim.bank_says(25)
            with pytest.raises(ReversalRefused) as caught:
                await made.driver.reverse(receipt.receipt_no)
            assert caught.value.code == 25

    run(story())


@pytest.mark.parametrize("trouble", ["bank", "busy", "unplugged"])
def test_a_reversal_that_did_not_happen_can_be_tried_later(trouble: str) -> None:
    async def story() -> None:
        async with table() as made:
            receipt = await paid(made)
            if trouble == "bank":
                made.sim.bank_line(0)
            elif trouble == "busy":
                made.sim.busy(3)
            else:
                await made.sim.unplug()
                await made.wait(lambda: not made.driver.condition.serves)
            with pytest.raises(DeviceOffline):
                await made.driver.reverse(receipt.receipt_no)
            made.sim.bank_line(1)
            await made.sim.plug_in()
            await asyncio.sleep(20)
            await made.driver.reverse(receipt.receipt_no)
            assert made.sim.ledger.bookings[0].state == "reversed"

    run(story())


@pytest.mark.parametrize("stage", ["host", "decided", "told", "settling"])
def test_a_reversal_whose_answer_is_lost_can_be_asked_again(stage: str) -> None:
    async def story() -> None:
        async with table() as made:
            receipt = await paid(made)
            made.sim.cut_at(stage)
            with pytest.raises(PaymentUncertain):
                await made.driver.reverse(receipt.receipt_no)
            await asyncio.sleep(20)
            await made.driver.reverse(receipt.receipt_no)
            assert [one.kind for one in made.sim.ledger.bookings] == ["payment", "reversal"]

    run(story())


# --- end of day --------------------------------------------------------------------------------------------------


@FRAMINGS
def test_the_end_of_day_counts_what_stands(framing: str) -> None:
    async def story() -> None:
        async with table(framing=framing) as made:
            assert await made.driver.end_of_day() == DayTotals(0, Fen(0))
            receipts = [await paid(made, Fen(amount)) for amount in (100, 2_000, 30_000)]
            await made.driver.reverse(receipts[1].receipt_no)
            assert await made.driver.end_of_day() == DayTotals(2, Fen(30_100))
            assert await made.driver.end_of_day() == DayTotals(0, Fen(0))
            last = await made.driver.last()
            assert last is not None
            assert last.reverses == 2

    run(story())


def test_an_end_of_day_the_bank_does_not_take() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.bank_line(0)
            with pytest.raises(DeviceOffline):
                await made.driver.end_of_day()
            made.sim.bank_line(1)
            made.sim.bank_says(96)
            with pytest.raises(DeviceFault):
                await made.driver.end_of_day()

    run(story())


def test_a_diagnosis_prints_and_ends() -> None:
    async def story() -> None:
        async with table() as made:
            await made.driver.diagnosis()
            assert any(data[:2] == b"\x06\xd1" for _, data in made.trace)

    run(story())


# --- condition ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "condition"),
    [
        (0x51, Condition(DeviceState.HARDWARE_ERROR, "initialisation_needed", READY)),
        (0x9C, Condition(DeviceState.BUSY, "please_wait", READY)),
        (0xCC, Condition(DeviceState.ONLINE, "printer_not_ready", READY)),
        (0xE0, Condition(DeviceState.OFFLINE, "maintenance", READY)),
        (0xE1, Condition(DeviceState.ONLINE, "card_inside", {"card": "inside"})),
        (0xE2, Condition(DeviceState.HARDWARE_ERROR, "card_reader", READY)),
    ],
)
def test_the_terminals_status_is_noticed_while_nobody_pays(code: int, condition: Condition) -> None:
    async def story() -> None:
        async with table() as made:
            seen: list[Condition] = []
            made.driver.watch(seen.append)
            made.sim.status_is(code)
            await asyncio.sleep(31)
            assert seen == [condition]
            made.sim.status_is(0)
            await asyncio.sleep(31)
            assert made.driver.condition == Condition(DeviceState.ONLINE, "", READY)

    run(story())


def test_a_forgotten_card_is_seen_soon_after_the_payment_and_until_it_is_taken() -> None:
    async def story() -> None:
        async with table() as made:
            await (await made.pay_with_pin())
            await made.driver.deliver()
            await asyncio.sleep(1)
            assert made.driver.condition.supplies == {"card": "inside"}
            assert made.driver.condition.serves
            made.sim.remove_card()
            await asyncio.sleep(3)
            assert made.driver.condition.supplies == {"card": "none"}

    run(story())


def test_a_dead_terminal_behind_a_living_line_is_noticed_and_comes_back() -> None:
    async def story() -> None:
        async with table() as made:
            made.sim.freeze()
            await asyncio.sleep(40)
            assert made.driver.condition.state is DeviceState.OFFLINE
            made.sim.thaw()
            await made.online()

    run(story())


def test_a_terminal_that_forgot_its_registration_is_registered_again() -> None:
    async def story() -> None:
        async with table() as made:
            await made.driver.log_off()
            error = await outcome(made.pay())
            assert isinstance(error, PaymentDeclined)
            assert error.sentence == "pay.declined.terminal"
            with pytest.raises(DeviceOffline):
                await made.driver.end_of_day()
            await asyncio.sleep(5)
            assert (await made.approved()).approved

    run(story())


def test_a_wrong_password_is_a_fault_and_not_a_loop_of_payments() -> None:
    async def story() -> None:
        made = Table()
        made.driver = CardTerminal(made._open, password="111111")
        running = asyncio.create_task(made.driver.run())
        await made.wait(lambda: made.driver.condition.state is DeviceState.HARDWARE_ERROR)
        assert isinstance(await outcome(made.driver.status()), DeviceError)
        running.cancel()
        await asyncio.wait([running])

    run(story())


def test_nobody_answers_the_door() -> None:
    async def story() -> None:
        async def nobody() -> MemoryChannel:
            raise ChannelClosed("refused")

        driver = CardTerminal(nobody)
        running = asyncio.create_task(driver.run())
        await asyncio.sleep(100)
        assert driver.condition.state is DeviceState.OFFLINE
        running.cancel()
        await asyncio.wait([running])

    run(story())


# --- a terminal that says strange things --------------------------------------------------------------------------

APPROVED = [(0x27, b"\0"), (0x04, bcd(PRICE, 6)), (0x0B, bcd(7, 3)), (0x87, bcd(7, 2))]
DECLINED = [(0x27, b"\x05")]


def status(*fields: tuple[int, bytes]) -> Apdu:
    return Apdu(Command.STATUS, encode_fields(fields))


DONE, REFUSED = Apdu(Command.COMPLETION), Apdu(Command.ABORTED, b"\x6c")


class Odd:
    """Registers and is ready, then answers 06 01 with a script and hangs up if told so.

    ``heard`` is what the kiosk said to the script. ``repeated`` is said at the next registration and ``answered``.
    """

    def __init__(self, *script: Apdu, hangs_up: bool = False, repeated: Apdu | None = None) -> None:
        self._script = list(script)
        self._hangs_up, self._repeated = hangs_up, repeated
        self._paying = False
        self.answered = b""
        self.heard: list[Apdu] = []

    async def open(self) -> MemoryChannel:
        near, far = memory_pair()
        self._task = asyncio.create_task(self._talk(far))
        return near

    async def _talk(self, line: MemoryChannel) -> None:
        while data := await line.read():
            taken = take_apdu(data)
            assert taken is not None
            apdu = taken[0]
            if apdu.control == Command.REGISTRATION and self._paying and self._repeated is not None:
                await line.write(bytes(self._repeated))
                self.answered = await line.read()
                self._repeated = None
            if apdu.control in (Command.REGISTRATION, Command.STATUS_ENQUIRY):
                await line.write(bytes(ACCEPTED) + bytes(DONE))
            elif apdu.control == Command.AUTHORISATION:
                self._paying = True
                await line.write(bytes(ACCEPTED) + bytes(self._script.pop(0)))
            elif self._paying and self._script:
                self.heard.append(apdu)
                await line.write(bytes(self._script.pop(0)))
                if self._hangs_up and not self._script:
                    line.cut()


@asynccontextmanager
async def driver_of(odd: Odd) -> AsyncIterator[CardTerminal]:
    driver = CardTerminal(odd.open)
    running = asyncio.create_task(driver.run())
    await asyncio.sleep(1)
    try:
        yield driver
    finally:
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.parametrize(
    ("script", "heard"),
    [
        ((status(*DECLINED), DONE), "800000"),
        ((DONE,), ""),
        ((status((0x27, b"\0")), REFUSED), "846600"),
        ((status(*[(0x04, bcd(1, 6)) if tag == 0x04 else (tag, value) for tag, value in APPROVED]), REFUSED), "846600"),
        ((status(), REFUSED), "846600"),
        ((Apdu(Command.STATUS, b"\x5f\x00"), REFUSED), "846600"),
        ((Apdu(Command.INTERMEDIATE),), ""),
        ((ACCEPTED,), ""),
    ],
    ids=["decline-then-completed", "no-result", "no-trace", "other-amount", "empty", "unknown-bmp", "no-code", "twice"],
)
def test_what_is_neither_approval_nor_decline_is_uncertain(script: tuple[Apdu, ...], heard: str) -> None:
    async def story() -> None:
        odd = Odd(*script)
        async with driver_of(odd) as driver:
            with pytest.raises(PaymentUncertain):
                await driver.pay(PRICE, lambda _: None)
        assert b"".join(bytes(apdu) for apdu in odd.heard).hex() == heard

    run(story())


REVERSED = status((0x27, b"\0"), (0x04, bcd(PRICE, 6)), (0x0B, bcd(8, 3)), (0x37, bcd(7, 3)), (0x87, bcd(8, 2)))


@pytest.mark.parametrize(
    ("script", "undone"),
    [
        ((REFUSED,), True),
        ((Apdu(Command.INTERMEDIATE, b"\x05"), REVERSED, DONE), True),
        ((DONE,), False),
        ((Apdu(Command.ABORTED, b"\xb5"),), False),
        ((Apdu(Command.ABORTED, b"\xa3"),), False),
    ],
    ids=["aborted", "booked-reversal", "completed", "not-possible", "no-connection"],
)
def test_withheld_is_only_what_the_terminal_has_undone(script: tuple[Apdu, ...], undone: bool) -> None:
    async def story() -> None:
        odd = Odd(status(*APPROVED), *script)
        async with driver_of(odd) as driver:
            await driver.pay(PRICE, lambda _: None)
            error = await outcome(driver.withhold())
        assert error is None if undone else isinstance(error, PaymentUncertain)
        assert odd.heard[0] == Apdu(0x8466)

    run(story())


@pytest.mark.parametrize(
    "then",
    [status(*DECLINED), status(*[(0x0B, bcd(9, 3)) if tag == 0x0B else (tag, value) for tag, value in APPROVED])],
    ids=["declined", "another"],
)
def test_a_terminal_that_contradicts_its_approval_is_not_believed(then: Apdu) -> None:
    async def story() -> None:
        odd = Odd(status(*APPROVED), then, DONE)
        async with driver_of(odd) as driver:
            await driver.pay(PRICE, lambda _: None)
            await asyncio.sleep(10)
            with pytest.raises(PaymentUncertain):
                await driver.deliver()

    run(story())


def test_an_end_that_was_heard_is_known_even_if_the_line_dies_then() -> None:
    async def story() -> None:
        async with driver_of(Odd(status(*APPROVED), DONE, hangs_up=True)) as driver:
            await driver.pay(PRICE, lambda _: None)
            await driver.deliver()

    run(story())


@pytest.mark.parametrize(
    ("approved", "decision", "answer"),
    [(False, "", 0x8466), (True, "", 0x8000), (True, "deliver", 0x8000), (True, "withhold", 0x8466)],
)
def test_an_approval_repeated_on_a_new_line_is_answered_as_was_decided(
    approved: bool, decision: str, answer: int
) -> None:
    async def story() -> None:
        booked = status(*APPROVED)
        bank = Apdu(Command.INTERMEDIATE, b"\x04")
        odd = Odd(*([booked, booked] if approved else [bank, bank]), hangs_up=True, repeated=booked)
        async with driver_of(odd) as driver:
            paid = await outcome(driver.pay(PRICE, lambda _: None))
            assert isinstance(paid, CardReceipt) == approved
            if decision:
                with pytest.raises(PaymentUncertain):
                    await getattr(driver, decision)()
            await asyncio.sleep(20)
        assert odd.answered == bytes(Apdu(answer))

    run(story())


# --- the simulator's own hands -----------------------------------------------------------------------------------


def test_every_hand_takes_text_or_numbers_and_the_state_can_be_shown() -> None:
    async def story() -> None:
        async with table() as made:
            await paid(made)
            shown = made.sim.state()
            assert shown["ledger"][0]["state"] == "booked"
            assert shown["stage"] == "idle"
            names = set(made.sim.hands())
            assert {"insert", "tap", "type_pin", "press_cancel", "remove_card", "cut_at", "power_loss"} <= names
            with pytest.raises(ValueError, match="decided"):
                made.sim.cut_at("nowhere")

    run(story())


def test_an_abandoning_by_chance_repeats_with_its_seed() -> None:
    def choices(seed: int) -> list[bool]:
        made = CardTerminalSimulator(seed=seed, when_abandoned=None)
        return [made.reverses_abandoned() for _ in range(20)]

    assert choices(1) == choices(1)
    assert len(set(choices(1))) == 2
