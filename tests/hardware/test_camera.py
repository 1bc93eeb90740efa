"""The camera's driver, its real host and OpenCV before a network camera that has hands."""

import asyncio
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from hardware.drivers import viewfinder
from hardware.drivers.camera import DRIVER, KEPT, Camera, CameraSettings, optics_of
from hardware.drivers.viewfinder import JUMP, Optics
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.camera_pictures import portrait
from hardware.simulators.wire import TcpWire
from kiosk_app.devices import Control, DeviceState, Frame, PictureFormat, Preview
from kiosk_app.errors import CameraCovered, CameraFrozen, DeviceFault, DeviceOffline, PictureGone
from tests.hardware.camera_kit import SMALL, address, filming, hosts, living, remembers, story, until


async def some(view: Preview, count: int) -> list[Frame]:
    """The next ``count`` pictures."""
    frames = [await view.newer()]
    while len(frames) < count:
        frames.append(await view.newer(frames[-1].sequence))
    return frames


def test_the_preview_shows_what_the_camera_sees_now_and_in_its_colours() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            frames = await some(view, 12)
            numbers = [frame.sequence for frame in frames]
            assert numbers == sorted(set(numbers))
            assert asyncio.get_running_loop().time() - frames[-1].captured < 2.0
            shown = Image.frombytes("RGB", (frames[-1].width, frames[-1].height), frames[-1].pixels)
            expected = portrait(SMALL)
            for place in ((20, 180), (320, 190), (320, 350), (320, 90)):  # wall, skin, clothes, hair
                got, wanted = shown.getpixel(place), expected.getpixel(place)
                assert isinstance(got, tuple)
                assert isinstance(wanted, tuple)
                assert max(abs(a - b) for a, b in zip(got, wanted, strict=True)) < 25

    story(tell)


def test_a_slow_reader_misses_pictures_and_never_sees_an_old_one() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            first = await view.newer()
            await asyncio.sleep(1.0)
            late = await view.newer(first.sequence)
            assert late.sequence > first.sequence + 5
            assert asyncio.get_running_loop().time() - late.captured < 0.5

    story(tell)


def test_an_idle_camera_watches_nobody() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        await until(lambda: simulator.state()["viewers"] == 0)
        async with camera.preview() as view, camera.preview() as other:
            await view.newer()
            await other.newer()
            assert simulator.state()["viewers"] == 1
        await until(lambda: simulator.state()["viewers"] == 0)

    story(tell)


def test_when_the_preview_ends_nothing_of_the_picture_stays_in_either_process() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        host = hosts()[0]
        async with camera.preview() as view:
            frames = await some(view, 10)
            still = await camera.still(PictureFormat.PNG)
            red, green, blue = Image.open(io.BytesIO(still.data)).crop((100, 100, 124, 101)).split()
            as_rgb = Image.merge("RGB", (red, green, blue)).tobytes()
            as_bgr = Image.merge("RGB", (blue, green, red)).tobytes()
            assert remembers(host, as_rgb) or remembers(host, as_bgr)
            encoded = simulator._reel[0][0][4000:4048]
        assert not any(frames[-1].pixels)
        for what in (as_rgb, as_bgr, encoded):
            assert not remembers(host, what)
        memory = camera._host.memory
        assert memory is not None
        assert os.pread(memory.lent[0], 1 << 24, 0).count(0) == os.fstat(memory.lent[0]).st_size

    story(tell)


def test_a_still_may_be_one_of_the_last_pictures_of_the_preview() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            seen = (await some(view, 6))[-3]
            still = await camera.still(PictureFormat.PNG, of=seen.sequence)
            assert still.sequence == seen.sequence
            assert still.captured == pytest.approx(seen.captured, abs=1e-6)
            with pytest.raises(PictureGone):
                await camera.still(of=seen.sequence - KEPT - 20)
            with pytest.raises(PictureGone):
                await camera.still(of=seen.sequence + 10_000)

    story(tell)


def test_a_still_without_a_preview_opens_the_camera_for_a_moment() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        still = await camera.still()
        assert Image.open(io.BytesIO(still.data)).size == (still.width, still.height) == SMALL
        await until(lambda: simulator.state()["viewers"] == 0)

    story(tell)


def test_a_camera_mounted_on_its_side_is_put_upright() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            frame = await view.newer()
            assert (frame.width, frame.height) == (360, 640)
            shown = Image.frombytes("RGB", (360, 640), frame.pixels)
            clothes = shown.getpixel((5, 320))  # what was below is now at the left
            assert isinstance(clothes, tuple)
            assert clothes[2] > clothes[0] + 20

    story(tell, turn=90)


def test_what_the_camera_declares_is_what_it_has() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        declared = camera.features
        assert declared is not None
        assert (declared.still, declared.preview, declared.controls) == (SMALL, SMALL, {})
        with pytest.raises(DeviceFault, match="no_control"):
            await camera.adjust(Control.FOCUS, 10)

    story(tell)


def test_a_larger_camera_is_shown_in_the_size_of_a_preview_and_taken_in_its_own() -> None:
    async def main() -> None:
        async with filming(CameraSimulator(size=(1920, 1080), rate=10)) as camera, camera.preview() as view:
            frame = await view.newer()
            assert (frame.width, frame.height) == (1280, 720)
            assert (await camera.still()).width == 1920

    asyncio.run(main())


# --- faults ---


def test_host_killed() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            for _ in range(3):
                frame = await view.newer()
                of_the_next = frame.sequence + JUMP
                os.kill(hosts()[0], signal.SIGKILL)
                while frame.sequence < of_the_next:
                    frame = await view.newer(frame.sequence)
                await until(lambda: camera.condition.serves)
        await until(lambda: len(hosts()) == 2)

    story(tell)


def test_the_next_host_stands_ready_and_takes_over() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        await until(lambda: len(hosts()) == 2)
        at_work, ready = hosts()
        os.kill(at_work, signal.SIGKILL)
        await until(lambda: not camera.condition.serves)
        await until(lambda: camera.condition.serves)
        assert hosts()[0] == ready
        assert (await camera.still()).width == SMALL[0]

    story(tell)


def test_the_next_host_killed_is_replaced_and_nobody_notices() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        await until(lambda: len(hosts()) == 2)
        at_work, ready = hosts()
        conditions = [camera.condition]
        camera.watch(conditions.append)
        os.kill(ready, signal.SIGKILL)
        await until(lambda: ready not in hosts() and len(hosts()) == 2)
        assert hosts()[0] == at_work
        assert len(conditions) == 1

    story(tell)


def test_both_hosts_killed_at_once() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        await until(lambda: len(hosts()) == 2)
        for host in (killed := hosts()):
            os.kill(host, signal.SIGKILL)
        await until(lambda: not camera.condition.serves)
        await until(lambda: camera.condition.serves)
        assert not set(killed) & set(hosts())

    story(tell)


def test_camera_vanished_and_came_back() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            last = await view.newer()
            await simulator.unplug()
            await until(lambda: camera.condition.state is DeviceState.OFFLINE)
            with pytest.raises(DeviceOffline):
                await view.newer(last.sequence + 1000)
            with pytest.raises(DeviceOffline):
                await camera.still()
            await simulator.plug_in()
            await until(lambda: camera.condition.serves)
            assert (await view.newer(last.sequence)).sequence > last.sequence

    story(tell)


def test_picture_frozen() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        simulator.stick()
        with pytest.raises(CameraFrozen):
            await camera.still()
        assert (camera.condition.state, camera.condition.reason) == (DeviceState.HARDWARE_ERROR, "camera_frozen")
        simulator.unstick()
        await until(lambda: camera.condition.serves)
        async with camera.preview() as view:
            await view.newer()
            simulator.stick()
            await until(lambda: camera.condition.reason == "camera_frozen")
            simulator.unstick()
            await until(lambda: camera.condition.serves)

    story(tell)


def test_lens_covered() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            simulator.cover()
            await until(lambda: camera.condition.reason == "camera_covered")
            assert camera.condition.state is DeviceState.USER_ERROR
            with pytest.raises(CameraCovered):
                await camera.still()
            last = await view.newer()  # the preview goes on: the person sees that it is dark
            simulator.uncover()
            await until(lambda: camera.condition.serves)
            assert (await view.newer(last.sequence)).sequence > last.sequence

    story(tell)


def test_stream_stalled() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            last = await view.newer()
            simulator.freeze()
            await until(lambda: camera.condition.state is DeviceState.OFFLINE)
            simulator.thaw()
            await until(lambda: camera.condition.serves)
            assert (await view.newer(last.sequence)).sequence > last.sequence

    story(tell)


def test_garbage_in_the_stream() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:
            last = await view.newer()
            simulator.send_garbage(40)
            await until(lambda: not simulator.garbage)
            await until(lambda: (frame := view.latest()) and frame.sequence > last.sequence + 5)
            await until(lambda: camera.condition.serves)

    story(tell)


def test_host_stopped() -> None:
    """It neither answers nor ends: as a native library that hangs with the interpreter's lock."""

    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        host = hosts()[0]
        os.kill(host, signal.SIGSTOP)
        await until(lambda: camera.condition.state is DeviceState.OFFLINE)
        await until(lambda: camera.condition.serves)
        assert host not in hosts()

    story(tell)


@pytest.mark.parametrize(
    ("source", "state", "reason"),
    [
        ("http://127.0.0.1:9/", DeviceState.OFFLINE, "offline"),
        ("/dev/v4l/by-id/none", DeviceState.NO_DEVICE, "no_camera"),
        (__file__, DeviceState.OFFLINE, "offline"),
    ],
)
def test_refuses_to_open(source: str, state: DeviceState, reason: str) -> None:
    async def main() -> None:
        async with living(Camera(Optics(source))) as camera:
            await until(lambda: camera.condition.state is not DeviceState.STARTING)
            assert (camera.condition.state, camera.condition.reason) == (state, reason)
            with pytest.raises(DeviceOffline):
                async with camera.preview():
                    pass

    asyncio.run(main())


@pytest.mark.parametrize("at_first", [True, False])
def test_a_driver_told_to_end_while_it_looks_through_the_camera_ends(
    at_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its greeting, and at a look by itself: the error of a question to a host that ends hides no cancellation."""
    for pause in ("IDLE", "CHECK", "RECHECK"):
        monkeypatch.setattr(viewfinder, pause, 0.02)

    async def main() -> None:
        simulator = CameraSimulator(size=SMALL)
        async with TcpWire(simulator, "127.0.0.1", 0) as wire:
            camera = Camera(Optics(address(wire)))
            life = asyncio.create_task(camera.run())
            if not at_first:
                await until(lambda: camera.condition.serves)
            simulator.cover()  # it looks twice before it says so
            await until(lambda: simulator.state()["viewers"] == 1)
            life.cancel()
            await asyncio.wait([life], timeout=20)
            assert life.cancelled()

    asyncio.run(main())
    assert hosts() == []


def test_leaving_in_the_middle_closes_the_camera() -> None:
    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        for seconds in (0.0, 0.05, 0.15, 0.25):
            taking = asyncio.create_task(camera.still())
            await asyncio.sleep(seconds)
            taking.cancel()
            await asyncio.wait([taking])
            assert taking.cancelled()
            await until(lambda: simulator.state()["viewers"] == 0)
        assert (await camera.still()).width == SMALL[0]

    story(tell)


def test_nothing_is_left_of_many_previews_and_hosts() -> None:
    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        await until(lambda: len(hosts()) == 2)
        files, tasks = open_files(), len(asyncio.all_tasks())
        for _ in range(3):
            async with camera.preview() as view:
                await view.newer()
            os.kill(hosts()[0], signal.SIGKILL)
            await until(lambda: not camera.condition.serves)
            await until(lambda: camera.condition.serves)
        await until(lambda: simulator.state()["viewers"] == 0)
        await until(lambda: (open_files(), len(asyncio.all_tasks())) <= (files, tasks))

    story(tell)
    assert hosts() == []


_KIOSK = """
import asyncio, sys
from hardware.drivers.camera import Camera
from hardware.drivers.viewfinder import JUMP, Optics
async def main():
    camera = Camera(Optics(sys.argv[1]))
    life = asyncio.create_task(camera.run())
    async with camera.preview() as view:
        await view.newer()
        print("live", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


def test_kiosk_killed_takes_its_host_and_the_pictures_with_it() -> None:
    async def main() -> None:
        async with TcpWire(CameraSimulator(size=SMALL), "127.0.0.1", 0) as wire:
            kiosk = await asyncio.create_subprocess_exec(
                sys.executable, "-c", _KIOSK, address(wire), stdout=subprocess.PIPE
            )
            assert kiosk.stdout is not None
            async with asyncio.timeout(30):
                assert await kiosk.stdout.readline() == b"live\n"
            await until(lambda: len(hosts(kiosk.pid)) == 2)
            both = hosts(kiosk.pid)
            assert "/dev/shm" not in Path(f"/proc/{both[0]}/maps").read_text()  # noqa: ASYNC240
            kiosk.kill()
            await kiosk.wait()
            await until(lambda: all(_is_zombie(host) for host in both))

    asyncio.run(main())


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


# --- the simulator, the settings ---


def test_picture_sets_and_videos_are_played_as_if_live(tmp_path: Path) -> None:
    red, green = Image.new("RGB", (320, 180), (200, 40, 40)), Image.new("RGB", (320, 180), (40, 180, 40))
    (tmp_path / "set").mkdir()
    red.save(tmp_path / "set" / "one.png")
    jpegs = io.BytesIO()
    for _ in range(30):
        green.save(jpegs, "JPEG")
    (tmp_path / "video.mjpeg").write_bytes(jpegs.getvalue())
    red.save(tmp_path / "video.gif", save_all=True, append_images=[red] * 3)

    async def tell(camera: Camera, simulator: CameraSimulator) -> None:
        async with camera.preview() as view:

            def strongest() -> int:
                frame = view.latest()
                return max(range(3), key=lambda at: frame.pixels[at]) if frame else -1

            simulator.show_folder(str(tmp_path / "set"))
            await until(lambda: strongest() == 0)
            simulator.show_video(str(tmp_path / "video.mjpeg"))
            await until(lambda: strongest() == 1)
            simulator.show_video(str(tmp_path / "video.gif"))
            await until(lambda: strongest() == 0)
        with pytest.raises(ValueError, match="no pictures"):
            simulator.show_folder(str(tmp_path))
        with pytest.raises(ValueError, match="cannot identify"):
            simulator.show_video(__file__)

    story(tell)


def test_a_video_file_can_be_the_camera(tmp_path: Path) -> None:
    jpegs = io.BytesIO()
    for at in range(60):
        portrait(SMALL, sway=at / 60).save(jpegs, "JPEG")
    (tmp_path / "sample.mjpeg").write_bytes(jpegs.getvalue())

    async def main() -> None:
        settings = msgspec.convert({"device": "file://sample.mjpeg"}, CameraSettings)
        async with living(Camera(optics_of(settings, tmp_path, keep=KEPT))) as camera:
            await until(lambda: camera.condition.serves)
            assert (await camera.still()).width == SMALL[0]

    asyncio.run(main())


def test_the_section_of_the_configuration_becomes_the_camera() -> None:
    section = {"device": "/dev/v4l/by-id/usb-x-index0", "turn": 270, "focus": 30, "exposure": "auto"}
    optics = optics_of(msgspec.convert(section, DRIVER.settings), Path("/etc/kiosk"), keep=KEPT)
    assert (optics.source, optics.turn, optics.controls) == (section["device"], 270, {"focus": 30, "exposure": None})
    assert isinstance(DRIVER.build(msgspec.convert(section, DRIVER.settings), Path()), Camera)
    for wrong in ({"turn": 45}, {"width": 1}, {"lens": "x"}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**section, **wrong}, DRIVER.settings)
