"""The keypad's driver: a press is told once, nothing acts that nobody meant, and what the line cannot do is said."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from random import Random

import msgspec
import pytest

from hardware.channel import Channel, ChannelClosed, MemoryChannel
from hardware.drivers.keypad import DRIVER, KEYS, Keypad, Settings
from hardware.evdev import EvdevChannel, EvdevOpener, open_evdev
from hardware.protocols.evdev_keys import NAMES
from hardware.simulators.evdev import BUTTONS, EvdevSimulator, KeypadSimulator
from hardware.simulators.wire import PtyWire
from kiosk_app.devices import DeviceState, KeypadKey, KeyStroke
from kiosk_app.errors import ConfigError
from tests import virtual
from tests.hardware.chaos import Chaos
from tests.hardware.lines import opener_to, running, until
from tests.hardware.test_wire import descriptors

DOWN, UP, LOST = KeyStroke.DOWN, KeyStroke.UP, KeyStroke.LOST
Told = list[tuple[KeypadKey, KeyStroke]]
Tell = Callable[[Keypad, KeypadSimulator, Told], Awaitable[None]]


def asking(simulator: EvdevSimulator, spoil: Callable[[MemoryChannel], object] = lambda _: None) -> EvdevOpener:
    """A line in memory with the kernel's answers beside it."""
    open_line = opener_to(simulator, spoil)

    async def opener() -> EvdevChannel:
        return EvdevChannel(await open_line(), simulator.ask)

    return opener


def listened(keypad: Keypad) -> Told:
    told: Told = []
    keypad.watch_keys(lambda key, stroke: told.append((key, stroke)))
    return told


def story(tell: Tell, **settings: float) -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        keypad = Keypad(asking(simulator), **settings)  # type: ignore[arg-type] # one keyword for all stories
        told = listened(keypad)
        async with asyncio.timeout(600), running(keypad, simulator):
            await tell(keypad, simulator, told)

    virtual.run(main())


async def heard() -> None:
    await asyncio.sleep(0.2)


def test_every_button_is_told_down_and_up_by_what_it_means() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        assert {KEYS[code] for code in BUTTONS.values()} == set(KeypadKey)
        for button in BUTTONS:
            await simulator.press(button)
            await heard()
            assert told == [(KeypadKey(button), DOWN), (KeypadKey(button), UP)]
            told.clear()

    story(tell)


def test_the_keys_are_kept_from_the_window_system_and_the_state_can_be_asked() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        assert simulator.grabbed
        assert keypad.missing == frozenset()
        assert keypad.condition.state is DeviceState.ONLINE
        assert keypad.condition.supplies == {}

    story(tell)


def test_a_key_held_down_is_one_press() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        await simulator.hold("next")
        for _ in range(50):
            await simulator.repeat("next")
        await simulator.let_go("next")
        await heard()
        assert told == [(KeypadKey.NEXT, DOWN), (KeypadKey.NEXT, UP)]

    story(tell)


def test_a_trembling_hand_presses_once() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        await simulator.press("select")
        await asyncio.sleep(0.3)
        await simulator.press("select")
        await simulator.press("next")
        await heard()
        assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, UP), (KeypadKey.NEXT, DOWN), (KeypadKey.NEXT, UP)]
        await asyncio.sleep(1)
        told.clear()
        await simulator.press("select")
        await heard()
        assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, UP)]

    story(tell, again_after=0.5)


def test_a_key_that_lies_under_something_at_the_start_means_nothing_until_pressed_again() -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        await simulator.hold("select")
        keypad = Keypad(asking(simulator))
        told = listened(keypad)
        async with running(keypad, simulator):
            await simulator.let_go("select")
            await heard()
            assert told == []
            await simulator.press("select")
            await heard()
            assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, UP)]

    virtual.run(main())


def test_a_keypad_pulled_while_a_key_is_down_does_not_press_it() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        await simulator.hold("select")
        await heard()
        await simulator.unplug()
        await heard()
        assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, LOST)]
        assert keypad.condition.state is DeviceState.OFFLINE
        simulator.on = frozenset()
        simulator.grabbed = False
        await simulator.plug_in()
        await asyncio.sleep(20)
        told.clear()
        await simulator.press("back")
        await heard()
        assert told == [(KeypadKey.BACK, DOWN), (KeypadKey.BACK, UP)]
        assert simulator.grabbed

    story(tell)


def test_after_lost_events_the_state_is_asked_and_nothing_acts_by_guess() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        await simulator.hold("select")
        await heard()
        simulator.freeze()
        await simulator.let_go("select")
        await simulator.hold("back")
        simulator.thaw()
        await simulator.overrun()
        await heard()
        assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, LOST)]
        told.clear()
        await simulator.let_go("back")
        await simulator.press("back")
        await heard()
        assert told == [(KeypadKey.BACK, DOWN), (KeypadKey.BACK, UP)]

    story(tell)


def test_a_key_still_down_after_lost_events_stays_down() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        await simulator.hold("select")
        await simulator.overrun()
        await heard()
        await simulator.let_go("select")
        await heard()
        assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, UP)]

    story(tell)


def test_keys_that_have_no_meaning_mean_nothing() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        for name in ("KEY_F4", "KEY_PAUSE", "KEY_MENU"):
            await simulator.turn(NAMES[name], 1)
            await simulator.turn(NAMES[name], 0)
        await simulator.turn(30, 1)  # a letter of a real keyboard
        await heard()
        assert told == []

    story(tell)


def test_a_pad_held_by_another_program_is_offline_until_it_is_let_go() -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        simulator.take()
        keypad = Keypad(asking(simulator))
        async with running(keypad, simulator):
            assert keypad.condition.state is DeviceState.OFFLINE
            simulator.let_be()
            await asyncio.sleep(20)
            assert keypad.condition.serves

    virtual.run(main())


def test_a_path_that_leads_to_another_device_is_a_fault_that_says_so() -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        simulator.codes = frozenset({NAMES["KEY_VOLUMEUP"], NAMES["KEY_DOWN"]})
        keypad = Keypad(asking(simulator))
        async with running(keypad, simulator):
            assert keypad.condition.state is DeviceState.HARDWARE_ERROR

    virtual.run(main())


def test_noise_on_the_line_costs_the_line_and_no_press() -> None:
    async def tell(keypad: Keypad, simulator: KeypadSimulator, told: Told) -> None:
        await simulator.hold("select")
        await heard()
        simulator.noise(1)
        await simulator.press("next")
        await heard()
        assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, LOST)]
        await asyncio.sleep(2)
        await simulator.press("next")
        await heard()
        assert told[2:] == [(KeypadKey.NEXT, DOWN), (KeypadKey.NEXT, UP)]

    story(tell)


@pytest.mark.parametrize("seed", range(8))
def test_over_a_hostile_line_every_press_ends_and_the_pad_serves_again(seed: int) -> None:
    async def main() -> None:
        simulator, chance, lines = KeypadSimulator(seed=seed), Random(seed), list[Chaos]()

        def spoil(far: MemoryChannel) -> None:
            lines.append(Chaos(far, chance, split=0.5, corrupt=0.05, drop=0.05, disconnect=0.02))

        keypad = Keypad(asking(simulator, spoil))
        told = listened(keypad)
        async with asyncio.timeout(6000), running(keypad, simulator):
            for button in list(BUTTONS) * 20:
                await simulator.press(button)
                await asyncio.sleep(0.5)
            chance.random = lambda: 1.0  # type: ignore[method-assign] # from here on the line is good
            await simulator.unplug()
            simulator.on = frozenset()
            await simulator.plug_in()
            await asyncio.sleep(20)
            assert sum(stroke is DOWN for _, stroke in told) == sum(stroke is not DOWN for _, stroke in told)
            told.clear()
            await simulator.press("select")
            await heard()
            assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, UP)]
        assert sum(len(line.harm) for line in lines) > 20

    virtual.run(main())


def test_typed_digits_are_in_no_trace_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    async def typed(digits: str) -> bytes:
        wire = list[bytes]()
        simulator = KeypadSimulator()
        keypad = Keypad(asking(simulator), trace=lambda _, data: wire.append(data))
        async with running(keypad, simulator):
            for digit in digits:
                await simulator.press(digit)
                await heard()
        return b"".join(wire)

    with caplog.at_level(logging.DEBUG):
        traces = [virtual.run(typed(digits)) for digits in ("4407", "9182")]
    assert traces[0] == traces[1] != b""
    assert [record for record in caplog.records if record.name != "asyncio"] == []


def test_a_machine_with_short_longs_has_short_events() -> None:
    async def main() -> None:
        simulator = KeypadSimulator(size=16)
        keypad = Keypad(asking(simulator), size=16)
        told = listened(keypad)
        async with running(keypad, simulator):
            await simulator.press("select")
            await heard()
            assert told == [(KeypadKey.SELECT, DOWN), (KeypadKey.SELECT, UP)]

    virtual.run(main())


def test_the_line_of_a_device_that_vanishes_between_opening_and_asking_is_offline() -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        open_line = asking(simulator)

        async def opener() -> Channel:
            line = await open_line()
            simulator.plugged = False
            return line

        keypad = Keypad(opener)  # type: ignore[arg-type] # it is one, by way of the port
        async with running(keypad, simulator):
            assert keypad.condition.state is DeviceState.OFFLINE

    virtual.run(main())


# --- the real wire ---------------------------------------------------------------------------------------------


def built(settings: dict[str, object], folder: Path) -> Keypad:
    keypad = DRIVER.build(msgspec.convert(settings, DRIVER.settings), folder)
    assert isinstance(keypad, Keypad)
    return keypad


def test_over_a_pseudo_terminal_the_pad_serves_and_says_what_the_line_cannot(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        keypad = built({"path": "by-id-kbd", "again_after_ms": 0}, tmp_path)
        told = listened(keypad)
        async with asyncio.timeout(30), PtyWire(simulator, tmp_path / "by-id-kbd"), running(keypad, simulator):
            assert keypad.missing == {"grab", "state"}
            assert keypad.condition.supplies == {"grab": "missing", "state": "missing"}
            for _ in range(3):  # under the same name it is another terminal each time
                await until(lambda: keypad.condition.serves)
                for button in BUTTONS:
                    await simulator.press(button)
                await until(lambda: len(told) == 2 * len(BUTTONS))
                assert told == [(KeypadKey(b), stroke) for b in BUTTONS for stroke in (DOWN, UP)]
                told.clear()
                await simulator.unplug()
                await until(lambda: not keypad.condition.serves)
                await simulator.plug_in()

    asyncio.run(main())


def test_what_lay_in_the_terminal_before_it_was_opened_is_gone(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        async with asyncio.timeout(10), PtyWire(simulator, tmp_path / "pad"):
            await asyncio.sleep(0.05)
            await simulator.say(b"half an event")
            await asyncio.sleep(0.05)
            line = await open_evdev(tmp_path / "pad")
            await simulator.press("select")
            assert len(await line.read()) % simulator.size == 0
            await line.close()

    asyncio.run(main())


def test_a_pad_pulled_and_plugged_in_fifty_times_leaks_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        async with asyncio.timeout(30), PtyWire(simulator, tmp_path / "pad"):
            before = descriptors()
            for _ in range(50):
                line = await open_evdev(tmp_path / "pad")
                await until(lambda: bool(simulator._listeners))
                await simulator.hold("select")
                assert await line.read()
                await simulator.unplug()
                assert await line.read() == b""
                await line.close()
                with pytest.raises(ChannelClosed):
                    await open_evdev(tmp_path / "pad")
                await simulator.plug_in()
            assert descriptors() == before

    asyncio.run(main())


@pytest.mark.parametrize("held", [False, True])
def test_a_line_that_comes_and_goes_a_thousand_times_leaves_nothing_in_the_driver(held: bool) -> None:
    async def main() -> None:
        simulator = KeypadSimulator()
        keypad = Keypad(asking(simulator))
        told = listened(keypad)
        async with running(keypad, simulator):
            tasks = len(asyncio.all_tasks())
            for _ in range(1000):
                await (simulator.hold if held else simulator.press)("select")
                await heard()
                await simulator.unplug()
                simulator.on = frozenset()
                await simulator.plug_in()
                await asyncio.sleep(1)
            assert len(told) == 2000
            assert len(asyncio.all_tasks()) == tasks
            assert keypad._down == {}

    virtual.run(main())


def test_a_path_that_is_not_there_is_a_closed_channel(tmp_path: Path) -> None:
    with pytest.raises(ChannelClosed):
        asyncio.run(open_evdev(tmp_path / "nothing"))


def test_the_configuration_gives_keys_another_meaning(tmp_path: Path) -> None:
    keypad = built({"path": "x", "keys": {"KEY_F13": "back", "KEY_F14": "select"}}, tmp_path)
    assert keypad._keys[NAMES["KEY_F13"]] is KeypadKey.BACK
    assert keypad._keys[NAMES["KEY_UP"]] is KeypadKey.PREVIOUS
    with pytest.raises(ConfigError, match=r"KEY_F99.*KEY_F13"):
        built({"path": "x", "keys": {"KEY_F99": "back"}}, tmp_path)
    for wrong in ({"path": ""}, {}, {"path": "x", "keys": {"KEY_F13": "jump"}}, {"path": "x", "again_after_ms": 1001}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(wrong, Settings)


def test_the_opener_is_the_path_under_the_folder_of_the_configuration(tmp_path: Path) -> None:
    opener = built({"path": "pad"}, tmp_path)._opener
    assert isinstance(opener, partial)
    assert opener.args == (tmp_path / "pad",)


@pytest.mark.parametrize("path", ["/dev/zero", "file", "."])
def test_what_is_no_input_device_is_never_a_keypad(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    before = descriptors()
    with pytest.raises(ChannelClosed, match="no input device"):
        asyncio.run(open_evdev(tmp_path / path))
    assert descriptors() == before
