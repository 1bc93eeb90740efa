"""The face analyst's driver and its real host, before a camera's memory that a test fills."""

import asyncio
import os
import signal
import struct
import time
import zlib
from functools import partial
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from hardware.drivers.face import DRIVER, FaceAnalyst, FaceSettings, face_host
from hardware.hosts.face.arrays import picture
from hardware.hosts.face.nets import FILES
from hardware.simulators.people.person import Gesture
from kiosk_app.devices import FACE_MODELS, Backdrop, DeviceState
from kiosk_app.errors import (
    DeviceFault,
    DeviceOffline,
    DocumentPictureUnusable,
    FaceNotAlone,
    FaceNotSeen,
    FaceOutside,
    FaceVisitLost,
    ModelsMissing,
    PhotoTooLarge,
)
from tests.hardware import camera_kit
from tests.hardware.camera_kit import living, peak_of, remembers, until
from tests.hardware.face_kit import EXIT_ENTRY, Screened, analysing, file_of, frame, nets, presence_net, story

hosts = partial(camera_kit.hosts, of=b"hosts.face")


async def looked(analyst: FaceAnalyst, view: Screened, gesture: Gesture | None = None, who: str = "obama") -> None:
    """One tracked, kept frame."""
    sequence = view.show(frame(gesture, who))
    await analyst.look(view, than=sequence - 1, track=True)
    await analyst.keep()


def test_a_frame_becomes_numbers_and_no_picture_passes_through_the_kiosk() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        sequence = view.show(frame())
        facts = await analyst.look(view, wall=True)
        assert (facts.sequence, facts.size, facts.faces) == (sequence, (1280, 720), 1)
        assert facts.face is not None
        assert abs(facts.face.middle[0] - 640) < 12
        assert abs(facts.face.middle[1] - 0.44 * 720) < 12
        assert abs(facts.face.tall - 165) < 12
        assert abs(facts.face.measures["roll"]) < 2
        assert facts.wall["light"] > 0.85
        assert facts.drift is None
        assert "live" not in facts.face.measures
        assert asyncio.get_running_loop().time() - facts.at < 30

    story(tell)


def test_the_next_look_waits_for_a_newer_frame() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        first = view.show(frame())
        assert (await analyst.look(view)).sequence == first
        waiting = asyncio.create_task(analyst.look(view, than=first))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        second = view.show(frame(Gesture(turn=20)))
        assert (await waiting).sequence == second

    story(tell)


def test_a_camera_that_gives_nothing_new_is_the_cameras_fault() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        with pytest.raises(DeviceOffline, match="camera"):
            await analyst.look(view)
        assert analyst.condition.serves
        view.show(frame())
        assert (await analyst.look(view)).faces == 1

    story(tell)


def test_a_camera_that_came_back_with_new_memory_is_looked_at_again() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        view.show(frame())
        await analyst.look(view)
        again = Screened()
        again.sequence = 1000
        again.show(frame(Gesture(aside=200)))
        view.memory.close()
        facts = await analyst.look(again, than=1)
        assert facts.sequence == 1001
        assert facts.face is not None
        assert facts.face.middle[0] > 800
        view.memory = again.memory

    story(tell)


def test_another_face_is_farther_away_than_the_same_one_that_turned() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        drifts = []
        for gesture, who in (
            (Gesture(), "obama"),
            (Gesture(turn=15), "obama"),
            (Gesture(open=1), "obama"),
            (Gesture(), "biden"),
        ):
            sequence = view.show(frame(gesture, who))
            drifts.append((await analyst.look(view, than=sequence - 1, track=True)).drift)
        first, turned, mouth, other = (drift or 0.0 for drift in drifts)
        assert first == 0.0
        assert max(turned, mouth) < 0.5
        assert other > 0.65

    story(tell)


@pytest.mark.parametrize("policy", list(Backdrop))
def test_a_kept_frame_becomes_a_photo_of_the_right_size_and_file(policy: Backdrop) -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        await looked(analyst, view)
        photo = await analyst.finish(EXIT_ENTRY, policy)
        shown = picture(cv2.imdecode(np.frombuffer(photo.data, np.uint8), cv2.IMREAD_COLOR))
        assert shown.shape == (472, 354, 3)
        assert 20_000 <= len(photo.data) <= 80_000
        assert photo.measures["dpi"] == 300
        assert 331 <= photo.measures["head_length"] <= 390
        assert (photo.measures["wall_white"] > 0.97) == (policy is not Backdrop.KEEP)
        master = picture(cv2.imdecode(np.frombuffer(await analyst.master(), np.uint8), cv2.IMREAD_COLOR))
        assert master.shape == (944, 708, 3)

    story(tell)


def test_a_still_becomes_a_photo_too() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        large = picture(cv2.resize(frame(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
        photo = await analyst.finish(EXIT_ENTRY, Backdrop.KEEP, file_of(large))
        assert 331 <= photo.measures["head_length"] <= 390

    story(tell)


def test_the_best_of_the_kept_frames_is_taken() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        for gesture in (Gesture(turn=15), Gesture(shut=1), Gesture(), Gesture(open=1), Gesture(turn=-15)):
            await looked(analyst, view, gesture)
        photo = await analyst.finish(EXIT_ENTRY, Backdrop.KEEP)
        assert abs(photo.measures["yaw"]) < 5
        assert photo.measures["mouth_gap"] < 0.09
        assert photo.measures["eye_gap"] > 0.03

    story(tell)


def test_what_cannot_be_a_photo_is_said_in_the_citizens_words() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        with pytest.raises(FaceNotSeen):
            await analyst.finish(EXIT_ENTRY, Backdrop.KEEP)
        with pytest.raises(FaceNotSeen):
            await analyst.master()
        with pytest.raises(FaceNotSeen):
            await analyst.keep()
        wall = np.full((720, 1280, 3), 230, np.uint8)
        view.show(wall)
        facts = await analyst.look(view)
        assert (facts.faces, facts.face) == (0, None)
        with pytest.raises(FaceNotSeen):
            await analyst.finish(EXIT_ENTRY, Backdrop.KEEP, file_of(wall))
        two = np.hstack([frame()[:, 320:960], frame(who="biden")[:, 320:960]])
        with pytest.raises(FaceNotAlone):
            await analyst.finish(EXIT_ENTRY, Backdrop.KEEP, file_of(picture(two)))
        with pytest.raises(FaceOutside, match="top"):
            await analyst.finish(EXIT_ENTRY, Backdrop.KEEP, file_of(frame(Gesture(near=1.45, down=-150))))
        tight = msgspec.structs.replace(EXIT_ENTRY, file=msgspec.structs.replace(EXIT_ENTRY.file, largest=5000))
        with pytest.raises(PhotoTooLarge):
            await analyst.finish(tight, Backdrop.KEEP, file_of(frame()))

    story(tell)


def test_the_live_face_is_near_its_own_document_and_far_from_another() -> None:
    """A card's picture is small: 102 x 126 pixels, compressed."""

    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        for sway in (0, 4, 8):
            sequence = view.show(frame(Gesture(aside=sway)))
            await analyst.look(view, than=sequence - 1, track=True)
        cards = {who: picture(cv2.resize(frame(who=who)[120:540, 470:810], (102, 126))) for who in ("obama", "biden")}
        own = await analyst.same(file_of(cards["obama"]))
        other = await analyst.same(file_of(cards["biden"]))
        assert len(own) == len(other) == 3
        assert max(own) < 0.5 < 0.65 < min(other)
        await analyst.forget()
        with pytest.raises(FaceNotSeen):
            await analyst.same(file_of(cards["obama"]))

    story(tell)


def _chunk(content: bytes) -> bytes:
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


HUGE = b"IHDR" + struct.pack(">II5B", 60000, 60000, 8, 2, 0, 0, 0)
HOSTILE = {
    "nothing": b"",
    "garbage": b"\xff\xd8\xff" + os.urandom(5000),
    "a cut file": file_of(frame())[:4000],
    "a picture of a kind nobody sends": b"II*\x00" + bytes(200),
    "a header of sixty thousand pixels a side": b"\x89PNG\r\n\x1a\n" + _chunk(HUGE),
    "a line": file_of(np.zeros((2, 4000, 3), np.uint8), ".png"),
    "a wall": file_of(np.full((300, 300, 3), 200, np.uint8)),
    "too long": b"\xff\xd8\xff" + bytes(5 << 20),
}


def test_hostile_pictures_are_refused_and_the_host_lives() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        await looked(analyst, view)
        (host,) = hosts()
        for what in HOSTILE.values():
            with pytest.raises(DocumentPictureUnusable):
                await analyst.same(what)
        for name in ("garbage", "a line", "a header of sixty thousand pixels a side"):
            with pytest.raises(DeviceFault):
                await analyst.finish(EXIT_ENTRY, Backdrop.KEEP, HOSTILE[name])
        assert hosts() == [host]
        assert (await analyst.finish(EXIT_ENTRY, Backdrop.KEEP)).data
        assert peak_of(host) < 250_000

    story(tell)


def written_by(pid: int) -> str:
    """Bytes that the process has sent towards a disk since it began."""
    (line,) = (line for line in Path(f"/proc/{pid}/io").read_text().splitlines() if line.startswith("write_bytes"))
    return line


def test_forgetting_leaves_neither_pixels_nor_photos_nor_embeddings_and_nothing_on_a_disk() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        (host,) = hosts()
        source, written = frame(), written_by(host)
        await looked(analyst, view)
        card = file_of(picture(cv2.resize(source[120:540, 470:810], (240, 300))), ".png")
        await analyst.same(card)
        photo = await analyst.finish(EXIT_ENTRY, Backdrop.REPLACE)
        marks = {
            "frame": source[300, 600:640].tobytes(),
            "frame as the camera has it": source[300, 600:640, ::-1].tobytes(),
            "photo": photo.data[9000:9060],
            "document": card[9000:9060],
            "embedding": nets().embedding(source, nets().faces(source)[0])[:16].tobytes(),
        }
        assert [name for name in ("frame", "photo", "embedding") if not remembers(host, marks[name])] == []
        await analyst.forget()
        assert [name for name, mark in marks.items() if remembers(host, mark)] == []
        assert hosts() == [host]
        assert written_by(host) == written

    story(tell)


def test_a_killed_host_is_back_within_two_seconds_and_the_lost_visit_is_told_once() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        await looked(analyst, view)
        (host,) = hosts()
        os.kill(host, signal.SIGKILL)
        began = time.monotonic()
        with pytest.raises(FaceVisitLost):
            await analyst.finish(EXIT_ENTRY, Backdrop.KEEP)
        view.show(frame())
        assert (await analyst.look(view, than=view.sequence - 1)).faces == 1
        assert time.monotonic() - began < 2.0 * max(1.0, os.getloadavg()[0])
        with pytest.raises(FaceNotSeen):
            await analyst.finish(EXIT_ENTRY, Backdrop.KEEP)

    story(tell)


def test_a_visit_lost_while_the_driver_itself_asked_is_still_told_to_who_asks_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hardware.drivers.face.IDLE_POLL", 0.05)

    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        await looked(analyst, view)
        os.kill(hosts()[0], signal.SIGSTOP)
        await until(lambda: not analyst.condition.serves)
        await until(lambda: analyst.condition.serves)
        with pytest.raises(FaceVisitLost):
            await analyst.master()
        with pytest.raises(FaceNotSeen):
            await analyst.master()

    story(tell)


def test_a_host_that_dies_between_two_visits_took_nothing() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        await looked(analyst, view)
        await analyst.forget()
        os.kill(hosts()[0], signal.SIGKILL)
        await until(lambda: not analyst.condition.serves)
        view.show(frame())
        assert (await analyst.look(view)).faces == 1

    story(tell)


def test_a_hung_host_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        monkeypatch.setattr("hardware.drivers.face.ANSWER", 0.5)
        (host,) = hosts()
        os.kill(host, signal.SIGSTOP)
        view.show(frame())
        with pytest.raises(DeviceOffline):
            await analyst.look(view)
        await until(lambda: analyst.condition.serves and host not in hosts())
        monkeypatch.undo()
        assert (await analyst.look(view)).faces == 1

    story(tell)


def test_a_host_may_take_longer_to_start_than_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.drivers.face.ANSWER", 0.01)

    async def main() -> None:
        async with analysing() as analyst:
            assert analyst.condition.serves

    asyncio.run(main())


def test_forgetting_a_hung_host_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        await looked(analyst, view)
        (host,) = hosts()
        monkeypatch.setattr("hardware.drivers.face.ANSWER", 0.5)
        os.kill(host, signal.SIGSTOP)
        await analyst.forget()
        await until(lambda: analyst.condition.serves and host not in hosts())

    story(tell)


def test_without_its_networks_the_device_says_which_and_serves_when_they_are_there(tmp_path: Path) -> None:
    async def main() -> None:
        models = tmp_path / "models"
        models.mkdir()
        for name in FILES[:-1]:
            (models / name).symlink_to(FACE_MODELS / name)
        async with asyncio.timeout(60), living(FaceAnalyst(face_host(models))) as analyst:
            await until(lambda: analyst.condition.state is DeviceState.HARDWARE_ERROR)
            assert analyst.condition.reason == "models_missing"
            view = Screened()
            with pytest.raises(ModelsMissing):
                await analyst.look(view)
            view.memory.close()
            (models / FILES[-1]).symlink_to(FACE_MODELS / FILES[-1])
            await until(lambda: analyst.condition.serves)
            assert set(analyst.models) == set(FILES)

    asyncio.run(main())


def test_the_drivers_section_names_models_and_presence_networks(tmp_path: Path) -> None:
    section = {"models": "nets", "presence": [{"path": "a.onnx", "scale": 2.7}]}
    settings = msgspec.convert(section, FaceSettings)
    assert DRIVER.build(settings, tmp_path).role == "face_analyst"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"presence": [{"path": "a.onnx"}]}, FaceSettings)


def test_two_analysts_do_not_meet() -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        await looked(analyst, view)
        async with analysing() as other:
            with pytest.raises(FaceNotSeen):
                await other.finish(EXIT_ENTRY, Backdrop.KEEP)
        assert (await analyst.finish(EXIT_ENTRY, Backdrop.KEEP)).data

    story(tell)


def test_a_configured_network_adds_an_advisory_score_and_its_digest(tmp_path: Path) -> None:
    async def tell(analyst: FaceAnalyst, view: Screened) -> None:
        view.show(frame())
        plain = await analyst.look(view)
        walled = await analyst.look(view, wall=True)
        assert plain.face is not None
        assert walled.face is not None
        assert "live" not in plain.face.measures
        assert 0 <= walled.face.measures["live"] <= 1
        assert "print.onnx" in analyst.models

    story(tell, presence=[(presence_net(tmp_path / "print.onnx"), 2.7)])
