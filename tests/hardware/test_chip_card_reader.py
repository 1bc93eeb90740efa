"""The chip-card reader's driver against its simulator, on virtual time over memory: stories and faults."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from hardware.channel import Channel, ChannelClosed, memory_pair
from hardware.drivers.chip_card_reader import PATIENCE, ChipCardReader
from hardware.simulators.chip_card import TRIES, ChipCard, sample
from hardware.simulators.chip_card_reader import ChipCardReaderSimulator
from kiosk_app.devices import Condition, DeviceState, SocialSecurityCard
from kiosk_app.errors import ChipCardNotRead, ChipCardRefused, DeviceOffline, PinBlocked, PinWrong
from tests import virtual

RECOVERED = 2.0


@dataclass
class Bench:
    """A reader, its driver and what was seen of both."""

    sim: ChipCardReaderSimulator
    reader: ChipCardReader
    states: list[DeviceState] = field(default_factory=list)
    wire: list[tuple[str, bytes]] = field(default_factory=list)
    hosts: int = 0

    async def put(self, card: ChipCard) -> ChipCard:
        self.sim.remove()
        await self.seen(False)
        self.sim.put(card)
        return card

    async def seen(self, present: bool) -> None:
        for _ in range(100):
            if await self.reader.card_present() is present:
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the driver never noticed")

    async def read(self, name: str = "zhang") -> SocialSecurityCard:
        await self.put(sample(name))
        return await self.reader.wait_card()

    async def until(self, state: DeviceState) -> float:
        """Seconds until the driver says so."""
        begun = asyncio.get_running_loop().time()
        changed = asyncio.Event()
        self.reader.watch(lambda _: changed.set())
        while self.reader.condition.state is not state:
            changed.clear()
            await changed.wait()
        return asyncio.get_running_loop().time() - begun


@asynccontextmanager
async def bench(reader: str = "") -> AsyncIterator[Bench]:
    sim = ChipCardReaderSimulator(seed=1)
    serving: set[asyncio.Task[None]] = set()

    async def opener() -> Channel:
        if not sim.plugged:
            raise ChannelClosed("no host")
        near, far = memory_pair()
        desk.hosts += 1
        task = asyncio.create_task(sim.serve(far))
        serving.add(task)
        task.add_done_callback(serving.discard)
        return near

    desk = Bench(sim, ChipCardReader(opener, reader=reader, trace=lambda way, data: desk.wire.append((way, data))))
    desk.reader.watch(lambda condition: desk.states.append(condition.state))
    running = asyncio.create_task(desk.reader.run())
    await asyncio.sleep(0.1)
    try:
        yield desk
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await sim.unplug()


def story(tell: Callable[[Bench], Coroutine[Any, Any, None]], reader: str = "") -> None:
    async def whole() -> None:
        async with asyncio.timeout(3600), bench(reader) as desk:
            await tell(desk)

    virtual.run(whole())


async def nothing_within(reader: ChipCardReader, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await reader.wait_card()
            return False
    return True


def test_a_card_put_in_is_read_and_says_whose_it_is() -> None:
    async def tell(desk: Bench) -> None:
        waiting = asyncio.create_task(desk.reader.wait_card())
        await asyncio.sleep(3)
        desk.sim.insert("li")
        begun = asyncio.get_running_loop().time()
        assert await waiting == SocialSecurityCard(
            number="440703195501010023",
            name="李样本李样本李样本李样本李样本之样本",
            sex="女",
            nation="汉",
            birthplace="440703",
            birth=date(1955, 1, 1),
            card_number="B00000002",
            region="440700",
            issued=date(2020, 5, 18),
            expires=date(2030, 5, 18),
            generation=2,
            card_class="3",
        )
        assert asyncio.get_running_loop().time() - begun < 1.0
        assert desk.reader.condition == Condition(DeviceState.ONLINE)

    story(tell)


@pytest.mark.parametrize("name", ["zhang", "zhang by tag", "zhang by number", "wang", "wang blocked"])
def test_every_kind_of_card_can_be_read(name: str) -> None:
    async def tell(desk: Bench) -> None:
        assert (await desk.read(name)).name.endswith("样本")

    story(tell)


def test_a_forgotten_card_never_identifies_the_next_person() -> None:
    async def tell(desk: Bench) -> None:
        await desk.read()
        with pytest.raises(ChipCardNotRead):
            await desk.reader.wait_card()
        assert await nothing_within(desk.reader, 60)
        desk.sim.stop_service()
        await asyncio.sleep(1)
        desk.sim.start_service()
        await desk.sim.unplug()
        await asyncio.sleep(1)
        await desk.sim.plug_in()
        assert await nothing_within(desk.reader, 60)
        assert (await desk.read()).name == "张样本"

    story(tell)


def test_a_card_taken_out_while_nobody_asks_is_noticed() -> None:
    async def tell(desk: Bench) -> None:
        await desk.read()
        desk.sim.remove()
        await asyncio.sleep(2)
        desk.sim.insert("wang")
        assert (await desk.reader.wait_card()).name == "王样本"

    story(tell)


def test_a_bank_card_is_refused_once_and_then_only_waited_for_to_go() -> None:
    async def tell(desk: Bench) -> None:
        with pytest.raises(ChipCardRefused):
            await desk.read("bank card")
        assert await nothing_within(desk.reader, 30)

    story(tell)


def test_a_card_the_wrong_way_round_asks_to_put_it_in_again() -> None:
    async def tell(desk: Bench) -> None:
        with pytest.raises(ChipCardNotRead):
            await desk.read("wrong way round")
        assert await nothing_within(desk.reader, 30)
        assert (await desk.read()).name == "张样本"

    story(tell)


@pytest.mark.parametrize("after", range(1, 18))
def test_a_card_pulled_at_any_command_asks_to_put_it_in_again(after: int) -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.interrupt("remove", after)
        with pytest.raises(ChipCardNotRead):
            await desk.read()
        desk.sim.insert("zhang")
        assert (await desk.reader.wait_card()).name == "张样本"

    story(tell)


def test_a_card_that_answers_without_end_is_given_up() -> None:
    class Endless(ChipCard):
        def answer(self, command: bytes) -> bytes:
            return b"\x55" * 200 + b"\x61\x00"

    async def tell(desk: Bench) -> None:
        await desk.put(Endless({}))
        with pytest.raises(ChipCardRefused):
            await desk.reader.wait_card()
        assert (await desk.read()).name == "张样本"

    story(tell)


def test_a_card_that_takes_for_ever_is_given_up_in_time_and_not_tried_again() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.slow_card(4000)
        begun = asyncio.get_running_loop().time()
        with pytest.raises(ChipCardRefused):
            await desk.read()
        assert asyncio.get_running_loop().time() - begun < 25
        desk.sim.slow_card(0)
        await desk.until(DeviceState.ONLINE)
        assert await nothing_within(desk.reader, 30)
        assert (await desk.read()).name == "张样本"

    story(tell)


@pytest.mark.parametrize(("times", "read"), [(3, True), (1000, False)])
def test_a_card_that_somebody_holds_for_a_moment_is_read_after_it(times: int, read: bool) -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.hold(times)
        if read:
            assert (await desk.read()).name == "张样本"
        else:
            with pytest.raises(ChipCardNotRead):
                await desk.read()

    story(tell)


# --- the PIN


def test_the_right_pin_is_accepted_and_forgotten_by_the_card() -> None:
    async def tell(desk: Bench) -> None:
        card = await desk.read()
        await desk.reader.verify_pin("123456", card)
        assert desk.sim.card is not None
        assert (desk.sim.card.tries, desk.sim.card.verified) == (TRIES, False)

    story(tell)


def test_wrong_pins_count_down_to_blocked() -> None:
    async def tell(desk: Bench) -> None:
        card = await desk.read()
        for left in (2, 1):
            with pytest.raises(PinWrong) as wrong:
                await desk.reader.verify_pin("000000", card)
            assert wrong.value.tries == left
        with pytest.raises(PinBlocked):
            await desk.reader.verify_pin("000000", card)
        with pytest.raises(PinBlocked):
            await desk.reader.verify_pin("123456", card)

    story(tell)


def test_a_card_exchanged_after_reading_is_not_asked_for_its_pin() -> None:
    async def tell(desk: Bench) -> None:
        read = await desk.read("zhang")
        other = await desk.put(sample("wang"))
        with pytest.raises(ChipCardRefused):
            await desk.reader.verify_pin("123456", read)
        assert other.tries == TRIES
        assert b"\x00\x20\x00\x00" not in other.heard

    story(tell)


def test_a_card_taken_out_before_the_pin_asks_to_put_it_in_again() -> None:
    async def tell(desk: Bench) -> None:
        card = await desk.read()
        desk.sim.remove()
        with pytest.raises(ChipCardNotRead):
            await desk.reader.verify_pin("123456", card)

    story(tell)


@pytest.mark.parametrize("what", ["stop_service", "pull_reader", "remove"])
def test_a_pin_whose_answer_was_lost_is_not_sent_again(what: str) -> None:
    async def tell(desk: Bench) -> None:
        read = await desk.read()
        card = desk.sim.card
        assert card is not None
        before = len(card.heard)
        await desk.reader.verify_pin("123456", read)
        commands = len(card.heard) - before
        desk.sim.interrupt(what, commands)  # the last of them is VERIFY
        with pytest.raises((DeviceOffline, ChipCardNotRead)):
            await desk.reader.verify_pin("000000", read)
        assert card.tries == TRIES - 1
        desk.sim.start_service()
        desk.sim.plug_reader()
        await asyncio.sleep(30)
        assert card.heard.count(b"\x00\x20\x00\x00") == 2

    story(tell)


def test_neither_pin_nor_person_is_in_the_trace_or_left_in_the_driver() -> None:
    async def tell(desk: Bench) -> None:
        card = await desk.read()
        await desk.reader.verify_pin("123456", card)
        wire = b" ".join(data for _, data in desk.wire)
        assert b"\x00\xb2\x08\x00" in wire  # it does trace
        assert [secret for secret in (b"\x12\x34\x56", b"440703199003", "样本".encode("gbk")) if secret in wire] == []
        del card
        gc.collect()
        assert not [thing for thing in gc.get_objects() if isinstance(thing, SocialSecurityCard)]

    story(tell)


# --- readers, daemons and hosts come and go


@pytest.mark.parametrize(
    ("pull", "back", "state"),
    [
        ("pull_reader", "plug_reader", DeviceState.NO_DEVICE),
        ("stop_service", "start_service", DeviceState.OFFLINE),
        ("unplug", "plug_in", DeviceState.OFFLINE),
    ],
)
def test_what_went_away_is_named_and_back_within_two_seconds(pull: str, back: str, state: DeviceState) -> None:
    async def tell(desk: Bench) -> None:
        for hand, expected in ((pull, state), (back, DeviceState.ONLINE)):
            done = getattr(desk.sim, hand)()
            if done is not None:
                await done
            assert await desk.until(expected) < RECOVERED

    story(tell)


@pytest.mark.parametrize("what", ["stop_service", "pull_reader"])
@pytest.mark.parametrize("after", [1, 9, 17])
def test_a_loss_in_the_middle_of_reading_is_no_matter_to_the_citizen(what: str, after: int) -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.interrupt(what, after)
        waiting = asyncio.create_task(desk.read())
        await asyncio.sleep(1.5)
        assert not (desk.sim.service and desk.sim.reader)
        desk.sim.start_service()
        desk.sim.plug_reader()
        begun = asyncio.get_running_loop().time()
        assert (await waiting).name == "张样本"
        assert asyncio.get_running_loop().time() - begun < RECOVERED

    story(tell)


def test_a_host_that_dies_twenty_times_while_a_card_is_awaited_is_replaced_each_time() -> None:
    async def tell(desk: Bench) -> None:
        waiting = asyncio.create_task(desk.reader.wait_card())
        for _ in range(20):
            await desk.sim.unplug()
            await desk.sim.plug_in()
            await desk.until(DeviceState.OFFLINE)
            assert await desk.until(DeviceState.ONLINE) < RECOVERED
        desk.sim.insert("wang")
        assert (await waiting).name == "王样本"
        assert desk.states.count(DeviceState.OFFLINE) == 20

    story(tell)


def test_a_host_that_hangs_is_ended_and_the_citizen_told_in_time() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.freeze()
        begun = asyncio.get_running_loop().time()
        with pytest.raises(DeviceOffline):
            await desk.reader.wait_card()
        assert asyncio.get_running_loop().time() - begun < 2 * PATIENCE
        desk.sim.thaw()
        await desk.until(DeviceState.ONLINE)
        assert (await desk.read()).name == "张样本"

    story(tell)


def test_a_host_that_never_answers_is_started_less_and_less_often() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.freeze()
        before = desk.hosts
        await asyncio.sleep(60)
        assert 3 < desk.hosts - before < 12

    story(tell)


def test_a_garbled_answer_of_the_host_costs_the_host_and_nothing_else() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.corrupt(1)
        assert (await desk.read()).name == "张样本"
        assert DeviceState.OFFLINE in desk.states

    story(tell)


def test_a_reader_of_another_name_is_not_taken() -> None:
    async def tell(desk: Bench) -> None:
        assert desk.reader.condition == Condition(DeviceState.NO_DEVICE, "no_reader")
        assert await desk.reader.card_present() is None
        with pytest.raises(DeviceOffline):
            await desk.reader.wait_card()

    story(tell, reader="Somebody else's")


def test_walking_away_in_the_middle_leaves_the_card_reset_and_the_reader_free() -> None:
    async def tell(desk: Bench) -> None:
        await desk.put(sample("zhang"))
        waiting = asyncio.create_task(desk.reader.wait_card())
        await asyncio.sleep(0.1)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        assert not desk.sim.connected
        assert (await desk.reader.wait_card()).name == "张样本"

    story(tell)


def test_the_hands_of_the_bench_are_these() -> None:
    sim = ChipCardReaderSimulator()
    assert {"insert", "remove", "block", "pull_reader", "stop_service", "interrupt"} <= sim.hands().keys()
    with pytest.raises(ValueError, match="zhang"):
        sim.insert("nobody")
    with pytest.raises(ValueError, match="what"):
        sim.interrupt("dance")
    sim.insert("zhang")
    sim.block()
    assert sim.state()["card"] == {"tries": 0, "mute": False, "verified": False}
