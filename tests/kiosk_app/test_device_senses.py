"""``kiosk device`` for what sees and listens: each verb waits for a person, and tells no more than it must."""

import asyncio
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hardware.simulators.camera import CameraSimulator
from hardware.simulators.code_scanner import CodeScannerSimulator
from hardware.simulators.evdev import HeadphonesSimulator, KeypadSimulator
from hardware.simulators.wire import PtyWire, TcpWire
from kiosk_app.config import Config
from kiosk_app.device_verbs import Facts, Given, exercise
from tests.kiosk_app.test_device_verbs import done, fitted

SMALL = "width = 640\nheight = 360"


async def with_hand(config: Config, role: str, verb: str, hand: Callable[[], Awaitable[None]]) -> Facts:
    """Do ``verb`` while a person moves ``hand`` again and again."""

    async def moving() -> None:
        while True:
            await asyncio.sleep(0.3)
            await hand()

    person = asyncio.create_task(moving())
    try:
        return await exercise(config, role, verb, Given())
    finally:
        person.cancel()


def test_a_scanned_code_is_told_by_its_kind_and_never_by_its_text(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = CodeScannerSimulator()
        config = fitted(tmp_path, "code_scanner", f'driver = "lines"\nport = "{tmp_path}/line"')
        async with PtyWire(simulator, tmp_path / "line"):
            return await with_hand(config, "code_scanner", "read", simulator.show)

    facts = done(work())
    assert facts == {"ok": True, "kind": "wechat", "characters": 18}


def test_a_key_is_told_by_what_it_means(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = KeypadSimulator()
        config = fitted(tmp_path, "keypad", f'driver = "evdev"\npath = "{tmp_path}/pad"')
        async with PtyWire(simulator, tmp_path / "pad"):
            return await with_hand(config, "keypad", "press", lambda: simulator.press("select"))

    assert done(work()) == {"ok": True, "key": "select"}


def test_a_plug_in_the_jack_is_told(tmp_path: Path) -> None:
    async def work() -> Facts:
        simulator = HeadphonesSimulator()
        config = fitted(tmp_path, "headphones", f'driver = "evdev"\npath = "{tmp_path}/jack"')
        async with PtyWire(simulator, tmp_path / "jack"):
            return await with_hand(config, "headphones", "plug", simulator.insert)

    assert done(work()) == {"ok": True, "jack": "in use"}


def seen(folder: Path, verb: str, file: str = "") -> Facts:
    """What the camera verb says of a simulated camera."""

    async def work() -> Facts:
        async with TcpWire(CameraSimulator(size=(640, 360)), "127.0.0.1", 0) as wire:
            section = f'driver = "opencv"\ndevice = "http://{wire.host}:{wire.port}/"\n{SMALL}'
            return await exercise(fitted(folder, "camera", section), "camera", verb, Given(what=file))

    async def bounded() -> Facts:
        async with asyncio.timeout(60):
            return await work()

    return asyncio.run(bounded())


def test_a_still_goes_into_a_new_file_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "still.jpg"
    assert seen(tmp_path, "still", str(file)) == {"ok": True, "file": str(file), "size": "640 x 360"}
    assert file.read_bytes().startswith(b"\xff\xd8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["", "there.jpg", "no/such/folder.jpg"])
def test_a_still_without_a_new_file_is_not_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / "there.jpg").write_text("mine")
    facts = seen(tmp_path, "still", str(tmp_path / name) if name else "")
    assert (facts["ok"], facts["error"]) == (False, "ConfigError")
    assert (tmp_path / "there.jpg").read_text() == "mine"


def test_a_cameras_controls_are_shown_in_its_own_units(tmp_path: Path) -> None:
    facts = seen(tmp_path, "controls")
    assert (facts["ok"], facts["still"], facts["controls"]) == (True, "640 x 360", "none that can be set")
