"""The live picture: a mirror that shows what is there, redraws itself alone, costs little, and leaves nothing."""

import asyncio
import time
from dataclasses import replace

import pytest
from PIL import Image

from kiosk_app.devices import Frame
from kiosk_app.views import Back, Chosen, IdleWarning, Leave, LivePortrait, PortraitReview, text
from screens.sample_person import BOOTH, DrawnPreview, asked, drawn_photo, live
from screens.widgets.mirror import Mirror, part_of
from tests.screens.conftest import Booth

LEFT, RIGHT = (200, 30, 30), (30, 30, 200)
READY = live("photo.say.ready", right=True)


class Halves:
    """A live picture whose left half is red and whose right half is blue, and a new frame at every look."""

    def __init__(self, width: int = 1280, height: int = 720) -> None:
        self.width, self.height = width, height
        picture = Image.new("RGB", (width, height), LEFT)
        picture.paste(RIGHT, (width // 2, 0, width, height))
        self.pixels, self.looks = memoryview(picture.tobytes()).toreadonly(), 0

    def latest(self) -> Frame | None:
        self.looks += 1
        return Frame(self.width, self.height, self.looks, 0.0, self.pixels)


def mirror(booth: Booth) -> Mirror:
    return next(part for part in booth.stage._root.walk(restrict=True) if isinstance(part, Mirror))


def colours(booth: Booth) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Of the mirror at a tenth of its width from either side, near its lower edge."""
    tile, screen = mirror(booth), booth.screen()
    y = round(booth.stage.size[1] - tile.y - 0.1 * tile.height)
    ends = (screen.getpixel((round(tile.x + part * tile.width), y)) for part in (0.1, 0.9))
    one, other = (tuple(end) if isinstance(end, tuple) else () for end in ends)
    return one, other


def test_left_is_left_as_in_a_mirror(booth: Booth) -> None:
    """The left of the camera's picture is to the person's right, and the person sees it there."""

    async def story() -> None:
        booth.stage.put(replace(READY, live=Halves()))
        await asyncio.sleep(0.3)
        left, right = colours(booth)
        assert (left, right) == (RIGHT, LEFT)

    booth.run(story())


def test_rows_come_from_the_top(upright: Booth) -> None:
    async def story() -> None:
        preview = Halves()
        picture = Image.new("RGB", (1280, 720), LEFT)
        picture.paste(RIGHT, (0, 360, 1280, 720))
        preview.pixels = memoryview(picture.tobytes())
        upright.stage.put(replace(READY, live=preview))
        await asyncio.sleep(0.3)
        tile, screen = mirror(upright), upright.screen()
        x = round(tile.x + tile.width * 0.1)
        ends = [screen.getpixel((x, round(upright.stage.size[1] - tile.y - part * tile.height))) for part in (0.9, 0.1)]
        assert ends == [LEFT, RIGHT]

    upright.run(story())


def test_video_redraws_its_tile_and_nothing_else(upright: Booth) -> None:
    """Each frame no larger than the mirror, and as many as a third of the loop's time allows."""

    async def story() -> None:
        stage, preview = upright.stage, Halves()
        stage.put(replace(READY, live=preview))
        await asyncio.sleep(0.3)
        before, looks, began = dict(stage.frames), preview.looks, time.monotonic()
        await asyncio.sleep(2.0)
        seconds = time.monotonic() - began
        drawn = stage.frames["part"] - before["part"]
        assert stage.frames["whole"] == before["whole"]
        assert drawn == pytest.approx(preview.looks - looks, abs=3)
        assert drawn / seconds > 6, "on shared cores; bench/mirror.py measures"
        tile = mirror(upright)
        assert (stage.frames["pixels"] - before["pixels"]) / drawn < 1.1 * (tile.width + 4) * (tile.height + 4)

    upright.run(story())


def test_where_drawing_is_slow_frames_are_left_out_and_the_loop_keeps_its_time(upright: Booth) -> None:
    """A frame that takes 60 ms is followed by 120 ms for others; a quick one by the next frame of the camera."""

    async def story() -> None:
        preview = Halves()
        upright.stage.put(replace(READY, live=preview))
        upright.stage._root.took = lambda: 0.06
        await asyncio.sleep(0.3)
        looks, began = preview.looks, time.monotonic()
        await asyncio.sleep(2.0)
        assert (preview.looks - looks) / (time.monotonic() - began) < 6

    upright.run(story())


def test_no_new_frame_draws_nothing(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(READY)
        await asyncio.sleep(0.3)
        before = dict(upright.stage.frames)
        await asyncio.sleep(0.5)
        assert upright.stage.frames == before

    upright.run(story())


def pixels_of(texture: object) -> bytes:
    return bytes(getattr(texture, "pixels", b""))


def test_when_the_view_goes_its_pixels_are_zeros(upright: Booth) -> None:
    """Not merely let go of: a texture that is freed keeps its picture until its memory is used again."""

    async def story() -> None:
        for view in (READY, BOOTH["review_good"]):
            upright.stage.put(replace(view, live=Halves()) if isinstance(view, LivePortrait) else view)
            await asyncio.sleep(0.2)
            parts = list(upright.stage._root.walk(restrict=True))
            held = [part.picture for part in parts if getattr(part, "picture", None) is not None]
            assert len(held) == 1
            assert any(pixels_of(held[0]))
            buffer = mirror(upright)._pixels if isinstance(view, LivePortrait) else bytearray()
            upright.stage.forget()
            colour = [value for at, value in enumerate(pixels_of(held[0])) if at % 4 != 3]
            assert not any(colour)
            assert not any(buffer)

    upright.run(story())


def test_the_idle_warning_covers_the_picture_and_gives_it_back(upright: Booth) -> None:
    async def story() -> None:
        view = replace(READY, live=Halves())
        upright.stage.put(view)
        await asyncio.sleep(0.2)
        tile = mirror(upright)
        upright.stage.put(IdleWarning(seconds=15))
        assert tile.picture is None
        upright.stage.put(view)
        await asyncio.sleep(0.2)
        assert mirror(upright) is tile
        assert tile.picture is not None

    upright.run(story())


def test_another_sentence_keeps_the_widgets_and_a_press_in_progress(booth: Booth) -> None:
    async def story() -> None:
        preview = Halves()
        wall = replace(live("photo.say.wall", ("wall",)), live=preview)
        asking = asyncio.create_task(booth.stage.show(wall))
        await asyncio.sleep(0.1)
        await booth.press(*booth.where("release"))
        tile = mirror(booth)
        booth.stage.put(replace(READY, live=preview))
        assert mirror(booth) is tile
        said = [say.text for say in booth.stage.sayings()]
        assert booth.stage.look.say(text("photo.say.ready")) in said
        assert booth.stage.look.say(text("photo.say.wall")) not in said
        await booth.release()
        async with asyncio.timeout(5):
            assert await asking == Chosen("release")

    booth.run(story())


def test_what_is_shown_after_a_change_is_what_a_new_page_would_show(booth: Booth) -> None:
    """A sentence of another length moves everything: no pixel of before may stay."""

    async def story() -> None:
        stage = booth.stage
        for first, then in (
            (live("photo.say.wall", ("wall",)), READY),
            (asked("turn_left", 0), asked("open_mouth", 2)),
        ):
            stage.put(then)
            await asyncio.sleep(0.3)
            wanted = booth.screen()
            stage.forget()
            stage.put(first)
            await asyncio.sleep(0.3)
            stage.put(then)
            await asyncio.sleep(0.3)
            assert booth.screen().tobytes() == wanted.tobytes()
            stage.forget()

    booth.run(story())


def test_the_seconds_of_a_gesture_are_counted_down(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(asked("turn_left", 0))
        await asyncio.sleep(1.8)
        assert {"7", "6"} & {say.text for say in upright.stage.sayings()}

    upright.run(story())


@pytest.mark.parametrize(
    ("name", "key", "intent"),
    [
        ("live_ready", "release", Chosen("release")),
        ("live_ready", "back", Back()),
        ("live_ready", "leave", Leave()),
        ("face_turn_left", "back", Back()),
        ("consent", "agree", Chosen("agree")),
        ("consent", "decline", Chosen("decline")),
        ("review_good", "use", Chosen("use")),
        ("review_good", "again", Chosen("again")),
        ("choose_one", "2", Chosen("2")),
    ],
)
def test_a_touch_and_a_key_mean_the_same(upright: Booth, name: str, key: str, intent: object) -> None:
    from screens.samples import SAMPLES  # noqa: PLC0415 - beside its only use

    async def story() -> None:
        assert await upright.ask(SAMPLES[name], key) == intent
        asking = asyncio.create_task(upright.stage.show(SAMPLES[name]))
        await asyncio.sleep(0.35)  # keys wait until a view has settled
        await upright.focus(key)
        await upright.key("select")
        async with asyncio.timeout(5):
            assert await asking == intent

    upright.run(story())


def test_keys_begin_where_nothing_is_consented_to(upright: Booth) -> None:
    """A key pressed in haste must not agree."""

    async def story() -> None:
        upright.stage.put(BOOTH["consent"])
        await asyncio.sleep(0.35)
        await upright.key("next")
        assert upright.stage.focused == "decline"

    upright.run(story())


def test_both_answers_to_the_notice_look_the_same(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.put(BOOTH["consent"])
        await asyncio.sleep(0.1)
        one, other = (target for target in booth.stage.targets() if target["key"] in {"agree", "decline"})
        assert (one["w"], one["h"]) == (other["w"], other["h"])

    booth.run(story())


SHAPES = [(1280, 720, 0.75), (720, 1280, 0.75), (640, 480, 0.75), (640, 480, 2.0), (100, 100, 1.0), (3, 1000, 0.75)]


@pytest.mark.parametrize(("width", "height", "ratio"), SHAPES)
def test_the_part_that_shows_lies_in_the_frame_and_has_the_tiles_shape(width: int, height: int, ratio: float) -> None:
    left, top, wide, tall = part_of(width, height, ratio)
    assert 0 <= left <= left + wide <= width
    assert 0 <= top <= top + tall <= height
    assert wide / tall == pytest.approx(ratio, rel=0.3 if wide < 10 else 0.01)


def test_samples_show_nobody_and_a_whole_photo() -> None:
    assert DrawnPreview().latest() is not None
    assert drawn_photo()[:2] == b"\xff\xd8"
    assert isinstance(BOOTH["review_good"], PortraitReview)
