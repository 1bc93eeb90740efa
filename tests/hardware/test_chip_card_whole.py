"""The chip-card chain for real: driver, smart-card host, a pcscd of our own, a virtual card in a virtual reader."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hardware.drivers.chip_card_host import smartcard_host
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.simulators.chip_card import TRIES
from hardware.simulators.virtual_reader import READER, VirtualReader
from kiosk_app.devices import DeviceState
from kiosk_app.errors import ChipCardNotRead, ChipCardRefused, DeviceOffline, PinBlocked, PinWrong

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(bool(VirtualReader.missing()), reason=f"not installed: {VirtualReader.missing()}"),
]
RECOVERED = 2.0


@dataclass
class Hall:
    """The driver, the reader, and how long recoveries took."""

    driver: ChipCardReader
    reader: VirtualReader
    took: list[float] = field(default_factory=list)

    async def state(self, state: DeviceState) -> None:
        changed = asyncio.Event()
        self.driver.watch(lambda _: changed.set())
        while self.driver.condition.state is not state:
            changed.clear()
            await changed.wait()

    async def empty(self) -> None:
        await self.reader.remove()
        for _ in range(500):
            if await self.driver.card_present() is False:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("the driver never noticed")

    async def recovers(self) -> None:
        begun = asyncio.get_running_loop().time()
        await self.state(DeviceState.ONLINE)
        self.took.append(asyncio.get_running_loop().time() - begun)


def story(tell: Callable[[Hall], Awaitable[None]]) -> Hall:
    async def main() -> Hall:
        with tempfile.TemporaryDirectory(prefix="chip-") as folder:
            async with asyncio.timeout(60), VirtualReader(Path(folder) / "pcscd") as reader:
                hall = Hall(ChipCardReader(smartcard_host(reader.socket), reader=READER), reader)
                life = asyncio.create_task(hall.driver.run())
                try:
                    await hall.state(DeviceState.ONLINE)
                    await tell(hall)
                finally:
                    life.cancel()
                    with suppress(asyncio.CancelledError):
                        await life
        return hall

    return asyncio.run(main())


def hosts() -> list[int]:
    """Smart-card hosts that are our children."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in children if b"hosts.smartcard" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_cards_of_every_style_are_read_through_pcsc_and_others_refused() -> None:
    async def tell(hall: Hall) -> None:
        for name in ("zhang by tag", "zhang by number", "li", "wang"):
            await hall.empty()
            await hall.reader.insert(name)
            assert (await hall.driver.wait_card()).name.endswith("样本")
        for name, error in (("bank card", ChipCardRefused), ("wrong way round", ChipCardNotRead)):
            await hall.empty()
            await hall.reader.insert(name)
            with pytest.raises(error):
                await hall.driver.wait_card()

    story(tell)


def test_a_pin_counts_down_on_the_card_and_is_forgotten_after_success() -> None:
    async def tell(hall: Hall) -> None:
        await hall.reader.insert("zhang")
        card = await hall.driver.wait_card()
        virtual = hall.reader.card
        assert virtual is not None
        with pytest.raises(PinWrong) as wrong:
            await hall.driver.verify_pin("000000", card)
        assert (wrong.value.tries, virtual.tries) == (TRIES - 1, TRIES - 1)
        await hall.driver.verify_pin("123456", card)
        assert (virtual.tries, virtual.verified) == (TRIES, False)
        hall.reader.block()
        with pytest.raises(PinBlocked):
            await hall.driver.verify_pin("123456", card)

    story(tell)


def test_a_card_pulled_in_the_middle_asks_to_put_it_in_again() -> None:
    async def tell(hall: Hall) -> None:
        hall.reader.interrupt("remove", 9)
        await hall.reader.insert("zhang")
        with pytest.raises(ChipCardNotRead):
            await hall.driver.wait_card()
        await hall.empty()
        await hall.reader.insert("zhang")
        assert (await hall.driver.wait_card()).name == "张样本"

    story(tell)


def test_pcscd_restarted_in_the_middle_of_a_card_is_recovered_and_the_card_read() -> None:
    async def tell(hall: Hall) -> None:
        for after in (1, 9, 17):
            await hall.empty()
            hall.reader.interrupt("restart_service", after)
            await hall.reader.insert("zhang")
            reading = asyncio.create_task(hall.driver.wait_card())
            await hall.state(DeviceState.OFFLINE)
            await hall.recovers()
            assert (await reading).name == "张样本"

    assert max(story(tell).took) < RECOVERED


def test_pcscd_restarted_during_the_pin_never_sends_it_again() -> None:
    async def tell(hall: Hall) -> None:
        await hall.reader.insert("zhang")
        card = await hall.driver.wait_card()
        virtual = hall.reader.card
        assert virtual is not None
        before = len(virtual.heard)
        await hall.driver.verify_pin("123456", card)
        hall.reader.interrupt("restart_service", len(virtual.heard) - before)
        with pytest.raises(DeviceOffline):
            await hall.driver.verify_pin("000000", card)
        await hall.recovers()
        assert await hall.driver.card_present() is not None
        assert virtual.tries == TRIES - 1
        assert virtual.heard.count(b"\x00\x20\x00\x00") == 2

    assert max(story(tell).took) < RECOVERED


def test_a_pcscd_that_stays_away_is_offline_and_taken_when_it_is_back() -> None:
    async def tell(hall: Hall) -> None:
        await hall.reader.stop_service()
        await hall.state(DeviceState.OFFLINE)
        await hall.reader.start_service()
        await hall.recovers()

    assert max(story(tell).took) < RECOVERED


def test_a_pcscd_that_hangs_costs_the_host_and_is_recovered() -> None:
    async def tell(hall: Hall) -> None:
        hall.reader.freeze()
        await hall.state(DeviceState.OFFLINE)
        hall.reader.thaw()
        await hall.state(DeviceState.ONLINE)
        await hall.reader.insert("zhang")
        assert (await hall.driver.wait_card()).name == "张样本"

    story(tell)


def test_the_host_killed_twenty_times_is_replaced_within_two_seconds_each_time() -> None:
    async def tell(hall: Hall) -> None:
        waiting = asyncio.create_task(hall.driver.wait_card())
        for _ in range(20):
            (host,) = hosts()
            os.kill(host, signal.SIGKILL)
            await hall.state(DeviceState.OFFLINE)
            await hall.recovers()
        await hall.reader.insert("wang")
        assert (await waiting).name == "王样本"
        assert len(hosts()) == 1

    took = story(tell).took
    assert len(took) == 20
    assert max(took) < RECOVERED
    assert hosts() == []
