"""The camera's driver and host before OpenCV's own V4L2 code: a camera made of a small C library (``v4l2_camera.c``).

What a network camera cannot show: controls, a device that is pulled, a wait for a picture that never ends.
"""

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hardware.drivers.camera import Camera
from hardware.drivers.viewfinder import Optics
from hardware.simulators.camera_pictures import portrait, with_noise
from kiosk_app.devices import Control, ControlState, DeviceState
from kiosk_app.errors import DeviceFault
from tests.hardware.camera_kit import DEADLINE, SMALL, hosts, living, until

Told = Callable[[Camera, Path], Awaitable[None]]
DEVICE = "/dev/full"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("v4l2") / "v4l2_camera.so"
    source = Path(__file__).with_suffix("").with_name("v4l2_camera.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", made, source], check=True)
    return made


@pytest.fixture
def story(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Tell it of a driver whose camera looks into a folder for what happens to it."""
    for number in range(6):
        with_noise(portrait(SMALL), 3.0, number).save(tmp_path / f"{number}.jpg")
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("SAMPLE_CAMERA", str(tmp_path))

    def run(tell: Told, **controls: float | None) -> None:
        async def main() -> None:
            async with asyncio.timeout(DEADLINE), living(Camera(Optics(DEVICE, *SMALL, controls=controls))) as camera:
                await until(lambda: camera.condition.serves)
                await tell(camera, tmp_path)

        asyncio.run(main())

    return run


def test_a_camera_declares_the_controls_that_it_has_and_obeys(story: Callable[..., None]) -> None:
    async def tell(camera: Camera, _: Path) -> None:
        async with camera.preview() as view:
            await view.newer()
            assert camera.features is not None
            assert camera.features.controls == {
                Control.FOCUS: ControlState(20, True),
                Control.EXPOSURE: ControlState(156, True),
            }
            assert camera.capabilities == {"preview", "still", "focus", "exposure"}
            assert await camera.adjust(Control.FOCUS, 55) == ControlState(55, False)
            assert await camera.adjust(Control.EXPOSURE, 300) == ControlState(300, False)
            assert await camera.adjust(Control.EXPOSURE, None) == ControlState(300, True)
            with pytest.raises(DeviceFault, match="no_control"):
                await camera.adjust(Control.ZOOM, 2)
            with pytest.raises(DeviceFault, match="no_control"):
                await camera.adjust(Control.WHITE_BALANCE, None)
        assert (await camera.still()).width == SMALL[0]
        assert camera.features.controls[Control.FOCUS] == ControlState(55, False)

    story(tell)


def test_what_the_configuration_sets_is_set_again_in_every_new_host(story: Callable[..., None]) -> None:
    async def tell(camera: Camera, _: Path) -> None:
        assert camera.features is not None
        assert camera.features.controls[Control.FOCUS] == ControlState(70, False)

    story(tell, focus=70)


def test_a_control_of_the_configuration_that_the_camera_lacks_is_a_fault_that_names_it(
    story: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        told: list[bytes] = []
        camera = Camera(Optics(DEVICE, *SMALL, controls={"zoom": 2.0}), trace=lambda _, head: told.append(head))
        async with living(camera):
            await until(lambda: camera.condition.state is DeviceState.HARDWARE_ERROR)
        assert any(b'"no_control"' in head and b"zoom" in head for head in told)

    asyncio.run(main())


def test_camera_pulled_out(story: Callable[..., None]) -> None:
    async def tell(camera: Camera, folder: Path) -> None:
        async with camera.preview() as view:
            last = await view.newer()
            (folder / "gone").touch()
            await until(lambda: camera.condition.state is DeviceState.OFFLINE)
            (folder / "gone").unlink()
            await until(lambda: camera.condition.serves)
            assert (await view.newer(last.sequence)).sequence > last.sequence

    story(tell)


def test_a_read_that_never_returns(story: Callable[..., None]) -> None:
    async def tell(camera: Camera, folder: Path) -> None:
        async with camera.preview() as view:
            last = await view.newer()
            stuck = hosts()[0]
            (folder / "stuck").touch()
            await until(lambda: camera.condition.state is DeviceState.OFFLINE)
            (folder / "stuck").unlink()
            await until(lambda: camera.condition.serves)
            assert stuck not in hosts()
            assert (await view.newer(last.sequence)).sequence > last.sequence

    story(tell)
