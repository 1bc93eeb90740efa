"""The reader's driver against its simulator, on virtual time over memory: stories and faults."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import pytest

from hardware.channel import Channel, ChannelClosed, MemoryChannel, memory_pair
from hardware.drivers.id_card_reader import PATIENCE, IdCardReader
from hardware.protocols import sdt
from hardware.protocols.sdt import Command, Response
from hardware.simulators.id_card_reader import IdCardReaderSimulator
from hardware.simulators.samples import CARDS, ZHANG
from kiosk_app.devices import CardKind, DeviceState, IdentityCard
from kiosk_app.errors import CardNotRead, CardRefused, DeviceFault, DeviceOffline
from tests import virtual
from tests.hardware.chaos import Chaos

Presence = Literal["reset", "none"]


@dataclass
class Bench:
    """A reader, its driver and the line between them."""

    sim: IdCardReaderSimulator
    reader: IdCardReader
    states: list[DeviceState] = field(default_factory=list)
    wire: list[tuple[str, bytes]] = field(default_factory=list)
    lines: list[MemoryChannel] = field(default_factory=list)

    def sent(self, command: Command) -> int:
        return sum(way == ">" and data == sdt.request(command) for way, data in self.wire)

    async def until(self, state: DeviceState) -> None:
        changed = asyncio.Event()
        self.reader.watch(lambda _: changed.set())
        while self.reader.condition.state is not state:
            changed.clear()
            await changed.wait()


@asynccontextmanager
async def bench(
    *, presence: Presence = "reset", spoil: Callable[[MemoryChannel, MemoryChannel], object] | None = None
) -> AsyncIterator[Bench]:
    sim = IdCardReaderSimulator(seed=1)
    serving: set[asyncio.Task[None]] = set()

    async def opener() -> Channel:
        if not sim.plugged:
            raise ChannelClosed("no such device")
        near, far = memory_pair()
        desk.lines.append(near)
        if spoil is not None:
            spoil(near, far)
        task = asyncio.create_task(sim.serve(far))
        serving.add(task)
        task.add_done_callback(serving.discard)
        return near

    desk = Bench(sim, IdCardReader(opener, presence=presence, trace=lambda way, data: desk.wire.append((way, data))))
    desk.reader.watch(lambda condition: desk.states.append(condition.state))
    running = asyncio.create_task(desk.reader.run())
    try:
        yield desk
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await sim.unplug()


def story(tell: Callable[[Bench], Coroutine[Any, Any, None]], *, presence: Presence = "reset") -> None:
    async def whole() -> None:
        async with asyncio.timeout(600), bench(presence=presence) as desk:
            await tell(desk)

    virtual.run(whole())


def says(status: int, _: bytes) -> list[bytes]:
    return [Response(status).encode()]


async def silent(reader: IdCardReader, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await reader.wait_card()
    except TimeoutError:
        return True
    return False


def test_a_card_laid_down_is_read_and_says_who_it_is() -> None:
    async def tell(desk: Bench) -> None:
        waiting = asyncio.create_task(desk.reader.wait_card())
        await asyncio.sleep(1)
        desk.sim.lay("zhang")
        card = await waiting
        assert card == IdentityCard(
            kind=CardKind.RESIDENT,
            number="440703199003070013",
            name="张样本",
            english_name="",
            sex="男",
            nation="汉",
            birth=ZHANG.birth,
            address="广东省江门市蓬江区样本路1号",
            authority="蓬江样本公安分局",
            valid_from=ZHANG.valid_from,
            valid_to=ZHANG.valid_to,
            photo=CARDS["zhang"].photo,
        )
        assert desk.reader.condition.state is DeviceState.ONLINE
        assert desk.reader.sam_id.startswith("05.03-")

    story(tell)


@pytest.mark.parametrize(
    ("name", "kind", "nation"),
    [
        ("chan", CardKind.HK_MACAU_TAIWAN, ""),
        ("foreigner_2017", CardKind.FOREIGNER_2017, "KAZ"),
        ("foreigner_2023", CardKind.FOREIGNER_2023, "USA"),
    ],
)
def test_the_other_kinds_of_card_are_read_too(name: str, kind: CardKind, nation: str) -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay(name)
        card = await desk.reader.wait_card()
        text = CARDS[name].text
        assert (card.kind, card.nation, card.number) == (kind, nation, text.number)
        assert (card.english_name, card.pass_number) == (text.english_name, text.pass_number)

    story(tell)


def test_the_newest_address_of_the_card_is_the_address() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("li")
        card = await desk.reader.wait_card()
        assert card.address == "广东省江门市江海区样本新路5号"
        assert card.valid_to is None

    story(tell)


def test_a_card_that_lay_there_before_anybody_asked_is_read() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("zhang")
        await asyncio.sleep(60)
        assert (await desk.reader.wait_card()).name == "张样本"

    story(tell)


def test_a_card_lifted_too_early_asks_to_lay_it_again() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("zhang")
        asyncio.get_running_loop().call_later(0.8, desk.sim.lift)
        with pytest.raises(CardNotRead):
            await desk.reader.wait_card()
        desk.sim.lay("zhang")
        assert (await desk.reader.wait_card()).name == "张样本"

    story(tell)


def test_a_card_exchanged_while_it_is_read_is_nobodys() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("zhang")
        asyncio.get_running_loop().call_later(0.8, desk.sim.lay, "li")
        with pytest.raises(CardNotRead):
            await desk.reader.wait_card()
        assert (await desk.reader.wait_card()).name == "李样本"

    story(tell)


@pytest.mark.parametrize("presence", ["reset", "none"])
def test_a_card_read_once_is_not_read_again_before_it_is_lifted(presence: Presence) -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("zhang")
        await desk.reader.wait_card()
        await asyncio.sleep(10)
        if presence == "reset":
            with pytest.raises(CardNotRead, match="still lies there"):
                await desk.reader.wait_card()
        assert await silent(desk.reader, 20)
        desk.sim.lift()
        await asyncio.sleep(3)
        desk.sim.lay("zhang")
        assert (await desk.reader.wait_card()).name == "张样本"

    story(tell, presence=presence)


def test_a_forgotten_card_does_not_identify_the_next_person_even_after_a_reset() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("zhang")
        await desk.reader.wait_card()
        assert await desk.reader.card_present() is True
        await desk.sim.unplug()
        await asyncio.sleep(5)
        await desk.sim.plug_in()
        await desk.until(DeviceState.ONLINE)
        with pytest.raises(CardNotRead, match="still lies there"):
            await desk.reader.wait_card()
        assert await silent(desk.reader, 20)
        desk.sim.lay("li")
        await asyncio.sleep(0)
        desk.sim.lift()
        assert await silent(desk.reader, 2)
        desk.sim.lay("li")
        assert (await desk.reader.wait_card()).name == "李样本"

    story(tell)


def test_a_lifted_card_is_noticed_while_nobody_waits() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("zhang")
        await desk.reader.wait_card()
        desk.sim.lift()
        await asyncio.sleep(3)
        desk.sim.lay("li")
        assert (await desk.reader.wait_card()).name == "李样本"

    story(tell)


def test_the_reader_tells_whether_a_card_still_lies_there() -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        assert await desk.reader.card_present() is False
        desk.sim.lay("zhang")
        await desk.reader.wait_card()
        assert await desk.reader.card_present() is True
        assert await desk.reader.card_present() is True
        desk.sim.lift()
        assert await desk.reader.card_present() is False
        desk.sim.lay_foreign_card()
        assert await desk.reader.card_present() is True
        await desk.sim.unplug()
        assert await desk.reader.card_present() is None

    story(tell)


def test_a_reader_that_cannot_tell_says_so() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("zhang")
        await desk.reader.wait_card()
        assert await desk.reader.card_present() is None
        assert desk.sent(Command.RESET) == 1

    story(tell, presence="none")


def test_a_bank_card_is_refused_once_and_not_again_while_it_lies() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay_foreign_card()
        with pytest.raises(CardRefused, match="40"):
            await desk.reader.wait_card()
        assert await silent(desk.reader, 20)
        desk.sim.lift()
        assert await silent(desk.reader, 1)
        desk.sim.lay("zhang")
        assert (await desk.reader.wait_card()).name == "张样本"

    story(tell)


@pytest.mark.parametrize("fault", ["revoke", "fail_self_test"])
def test_a_broken_security_module_is_a_hardware_error_until_it_is_well(fault: str) -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        getattr(desk.sim, fault)()
        await desk.until(DeviceState.HARDWARE_ERROR)
        with pytest.raises(DeviceFault):
            await desk.reader.wait_card()
        desk.sim.repair()
        await desk.until(DeviceState.ONLINE)
        desk.sim.lay("zhang")
        assert (await desk.reader.wait_card()).name == "张样本"
        assert DeviceState.OFFLINE not in desk.states

    story(tell)


def test_a_module_broken_from_the_start_never_serves() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.revoke()
        await desk.until(DeviceState.HARDWARE_ERROR)
        await asyncio.sleep(60)
        assert set(desk.states) == {DeviceState.HARDWARE_ERROR}

    story(tell)


def test_a_frozen_reader_is_noticed_within_seconds_though_nobody_waits() -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        began = asyncio.get_running_loop().time()
        desk.sim.freeze()
        await desk.until(DeviceState.OFFLINE)
        assert asyncio.get_running_loop().time() - began < 7
        desk.sim.thaw()
        await desk.until(DeviceState.ONLINE)

    story(tell)


def test_a_frozen_reader_costs_a_waiting_citizen_seconds_not_minutes() -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        desk.sim.freeze()
        began = asyncio.get_running_loop().time()
        with pytest.raises(DeviceOffline):
            await desk.reader.wait_card()
        assert asyncio.get_running_loop().time() - began < PATIENCE + 3

    story(tell)


def test_damaged_answers_are_asked_for_again_unnoticed() -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        for _ in range(20):
            desk.sim.corrupt(2)
            desk.sim.lay("zhang")
            assert (await desk.reader.wait_card()).number == "440703199003070013"
            desk.sim.lift()
            await desk.reader.card_present()

    story(tell)


def test_noise_on_the_line_is_not_an_answer() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.noise(1000)
        desk.sim.lay("zhang")
        assert (await desk.reader.wait_card()).name == "张样本"
        assert len(desk.lines) == 1

    story(tell)


def test_three_resends_then_the_line_is_opened_anew() -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        desk.sim.lay("zhang")
        far = desk.lines[0].peer
        assert far is not None
        far.hook = partial(says, 0x10)
        before = desk.sent(Command.FIND)
        assert (await desk.reader.wait_card()).name == "张样本"
        assert desk.sent(Command.FIND) - before == 4 + 1
        assert len(desk.lines) == 2

    story(tell)


def test_a_status_that_is_no_status_is_a_fault() -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        far = desk.lines[0].peer
        assert far is not None
        for status, asked in ((0xEE, 1), (0x24, 2), (0x23, 1), (0x21, 2)):
            far.hook = partial(says, status)
            before = desk.sent(Command.FIND)
            with pytest.raises(DeviceFault, match=f"{status:02X}"):
                await desk.reader.wait_card()
            assert desk.sent(Command.FIND) - before == asked

    story(tell)


def test_a_wait_given_up_in_the_middle_leaves_no_answer_for_the_next_one() -> None:
    async def tell(desk: Bench) -> None:
        await desk.until(DeviceState.ONLINE)
        for tenth in range(1, 125, 7):
            desk.sim.lay("zhang")
            if not await silent(desk.reader, tenth / 100):
                break
            desk.sim.lay("li")
            await asyncio.sleep(0)
            with suppress(CardNotRead):
                assert (await desk.reader.wait_card()).name == "李样本"
            desk.sim.lift()
            assert await desk.reader.card_present() is False

    story(tell)


def test_a_reader_pulled_while_somebody_waits_serves_when_it_is_back() -> None:
    async def tell(desk: Bench) -> None:
        waiting = asyncio.create_task(desk.reader.wait_card())
        await asyncio.sleep(1)
        await desk.sim.unplug()
        await asyncio.sleep(0.3)
        await desk.sim.plug_in()
        desk.sim.lay("zhang")
        assert (await waiting).name == "张样本"
        assert desk.states.count(DeviceState.OFFLINE) == 1

    story(tell)


def test_a_reader_that_stays_away_ends_the_wait() -> None:
    async def tell(desk: Bench) -> None:
        await desk.sim.unplug()
        with pytest.raises(DeviceOffline):
            await desk.reader.wait_card()
        assert desk.reader.condition.state is DeviceState.OFFLINE

    story(tell)


def test_nothing_of_the_card_is_in_the_trace_or_in_the_driver() -> None:
    async def tell(desk: Bench) -> None:
        desk.sim.lay("li")
        await desk.reader.wait_card()
        said = b"".join(data for _, data in desk.wire)
        text = CARDS["li"].text
        for personal in (text.name, text.number, text.address, CARDS["li"].newest_address):
            assert personal.encode("utf-16-le") not in said
        assert CARDS["li"].photo not in said
        assert desk.sent(Command.READ) == 1
        kept = repr(vars(desk.reader)) + repr(vars(desk.reader._link))
        assert text.number not in kept
        assert text.name not in kept

    story(tell)


@pytest.mark.parametrize("seed", range(12))
def test_a_hostile_line_gives_the_right_card_or_a_typed_error(seed: int) -> None:
    chance = random.Random(seed)
    monsters: list[Chaos] = []

    def spoil(near: MemoryChannel, far: MemoryChannel) -> None:
        for end in (near, far):
            monsters.extend([Chaos(end, chance, split=0.3, corrupt=0.02, drop=0.005, disconnect=0.01)])

    async def whole() -> int:
        served = 0
        async with asyncio.timeout(7200), bench(spoil=spoil) as desk:
            for turn in range(40):
                name = ("zhang", "li", "foreigner_2023")[turn % 3]
                desk.sim.lay(name)
                with suppress(DeviceOffline, DeviceFault, CardNotRead, TimeoutError):
                    async with asyncio.timeout(60):
                        card = await desk.reader.wait_card()
                    assert (card.number, card.name) == (CARDS[name].text.number, CARDS[name].text.name)
                    served += 1
                desk.sim.lift()
                await asyncio.sleep(4)
        return served

    served = virtual.run(whole())
    assert {"split", "corrupt", "drop", "disconnect"} <= {kind for one in monsters for kind in one.harm}
    assert served >= 30
