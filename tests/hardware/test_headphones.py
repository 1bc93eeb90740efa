"""The headphone jack: in, out, or nobody knows."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from hardware.drivers.headphones import DRIVER, Headphones
from hardware.protocols.evdev import SW_HEADPHONE_INSERT
from hardware.simulators.evdev import HeadphonesSimulator
from hardware.simulators.wire import PtyWire
from kiosk_app.devices import Condition, DeviceState
from tests import virtual
from tests.hardware.lines import running, until
from tests.hardware.test_keypad import asking

Tell = Callable[[Headphones, HeadphonesSimulator, list[bool | None]], Awaitable[None]]


def story(tell: Tell, *, inserted: bool = False) -> None:
    async def main() -> None:
        simulator = HeadphonesSimulator()
        simulator.on = frozenset({SW_HEADPHONE_INSERT} if inserted else ())
        jack = Headphones(asking(simulator))
        told = list[bool | None]()
        jack.watch_plug(told.append)
        async with asyncio.timeout(600), running(jack, simulator):
            await tell(jack, simulator, told)

    virtual.run(main())


def test_headphones_plugged_in_and_pulled_out_are_told_once_each() -> None:
    async def tell(jack: Headphones, simulator: HeadphonesSimulator, told: list[bool | None]) -> None:
        assert jack.plugged is False
        await simulator.insert()
        await asyncio.sleep(0.1)
        assert jack.condition == Condition(DeviceState.ONLINE, "", {"jack": "in use"})
        await simulator.insert()
        await simulator.pull()
        await asyncio.sleep(0.1)
        assert told == [False, True, False]
        assert jack.condition.supplies == {"jack": "empty"}

    story(tell)


def test_headphones_that_were_in_before_we_came_are_known() -> None:
    async def tell(jack: Headphones, simulator: HeadphonesSimulator, told: list[bool | None]) -> None:
        assert (jack.plugged, told) == (True, [True])
        assert not simulator.grabbed

    story(tell, inserted=True)


def test_a_jack_that_is_gone_is_not_an_empty_one() -> None:
    async def tell(jack: Headphones, simulator: HeadphonesSimulator, told: list[bool | None]) -> None:
        await simulator.unplug()
        await asyncio.sleep(0.1)
        assert jack.plugged is None
        assert jack.condition == Condition(DeviceState.OFFLINE, "offline")
        simulator.on = frozenset()
        await simulator.plug_in()
        await asyncio.sleep(20)
        assert told == [True, None, False]

    story(tell, inserted=True)


def test_after_lost_events_the_switch_is_asked() -> None:
    async def tell(jack: Headphones, simulator: HeadphonesSimulator, told: list[bool | None]) -> None:
        simulator.freeze()
        await simulator.insert()
        simulator.thaw()
        await simulator.overrun()
        await asyncio.sleep(0.1)
        assert jack.plugged is True

    story(tell)


def test_an_input_device_without_a_jack_is_a_fault() -> None:
    async def main() -> None:
        simulator = HeadphonesSimulator()
        simulator.codes = frozenset({0})
        jack = Headphones(asking(simulator))
        async with running(jack, simulator):
            assert jack.condition.state is DeviceState.HARDWARE_ERROR

    virtual.run(main())


def test_over_a_line_that_cannot_be_asked_nobody_knows_until_the_first_change(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = HeadphonesSimulator()
        jack = DRIVER.build(msgspec.convert({"path": "jack"}, DRIVER.settings), tmp_path)
        assert isinstance(jack, Headphones)
        async with asyncio.timeout(10), PtyWire(simulator, tmp_path / "jack"), running(jack, simulator):
            assert jack.plugged is None
            assert jack.missing == {"state"}
            assert jack.condition.supplies == {"jack": "unknown", "state": "missing"}
            await simulator.insert()
            await until(lambda: jack.plugged is True)
            assert jack.condition.supplies == {"jack": "in use", "state": "missing"}

    asyncio.run(main())
