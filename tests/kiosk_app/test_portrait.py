"""Taking a portrait: one sentence at a time, the shutter by itself, reasons in words, and nothing left behind."""

import asyncio
from typing import Any

import pytest

from kiosk_app.devices import Backdrop, PhotoSpec
from kiosk_app.errors import (
    CameraCovered,
    DeviceFault,
    DeviceOffline,
    FaceOutside,
    FaceVisitLost,
    Left,
    ModelsMissing,
    WalkedAway,
)
from kiosk_app.portrait.spec import specs
from kiosk_app.services.steps.portrait import TRIES, Portrait, take_portrait
from kiosk_app.views import Back, Chosen, IdleWarning, Leave, LivePortrait, PortraitReview, Sorry, text
from tests.booth import STEPS, BoothStand, booth_story
from tests.faces import Someone

EXIT: PhotoSpec = specs()["exit_entry"]
USE, AGAIN, RELEASE = Chosen("use"), Chosen("again"), Chosen("release")


def begin(booth: BoothStand) -> "asyncio.Task[Any]":
    return booth.begin(take_portrait(booth.desk, EXIT, STEPS))


@booth_story
async def test_who_stands_well_is_taken_by_itself_and_uses_the_photo(booth: BoothStand) -> None:
    taking = begin(booth)
    await booth.sees(LivePortrait, "photo.say.nobody")
    booth.scene.enter(Someone(tall=100.0))
    await booth.sees(LivePortrait, "photo.say.closer")
    booth.scene.enter(Someone().doing(mouth_gap=0.2))
    await booth.sees(LivePortrait, "photo.say.mouth")
    booth.scene.enter()
    await booth.sees(LivePortrait, "photo.say.ready")
    review = await booth.sees(PortraitReview, "photo.review.good")
    assert (review.picture, review.size, review.reasons) == (b"photo", (354, 472), ())
    await booth.touches(USE)
    photo = await taking
    assert isinstance(photo, Portrait)
    assert (photo.data, photo.master) == (b"photo", b"master")
    assert all(finding.holds for finding in photo.findings)
    assert booth.face.finished == [(EXIT, Backdrop.KEEP, None)]


@booth_story
async def test_each_check_is_shown_right_wrong_or_unknown(booth: BoothStand) -> None:
    taking = begin(booth)
    nobody = await booth.sees(LivePortrait)
    assert {right for _, right in nobody.checks} == {None}
    booth.scene.enter(Someone().doing(luminance=0.1))
    dark = await booth.sees(LivePortrait, "photo.say.dark")
    assert [words.id for words, right in dark.checks if not right] == ["photo.check.light"]
    await booth.touches(Back())
    assert await taking is None


@booth_story
async def test_the_citizen_may_release_and_the_rules_judge_it_all_the_same(booth: BoothStand) -> None:
    booth.scene.enter(Someone().doing(roll=9.0))
    booth.face.photo["roll"] = 9.0
    taking = begin(booth)
    await booth.sees(LivePortrait, "photo.say.straight")
    await booth.touches(RELEASE)
    review = await booth.sees(PortraitReview, "photo.review.unusable")
    assert review.reasons == (text("photo.rule.tilted"),)
    assert review.use is None
    assert booth.face.finished[0][2] == b"still"
    booth.scene.enter()
    booth.face.photo["roll"] = 0.0
    await booth.touches(AGAIN)
    await booth.sees(PortraitReview, "photo.review.good")
    await booth.touches(USE)
    assert isinstance(await taking, Portrait)


@booth_story
async def test_a_heuristic_is_told_and_refuses_nothing(booth: BoothStand) -> None:
    booth.scene.enter(Someone().doing(glare=0.3))
    booth.face.photo["glare"] = 0.3
    taking = begin(booth)
    await booth.sees(LivePortrait, "photo.say.glasses")
    review = await booth.sees(PortraitReview, "photo.review.advice")
    assert (review.advice, review.use) == ((text("photo.rule.glare"),), text("photo.use"))
    await booth.touches(USE)
    assert isinstance(await taking, Portrait)


@booth_story
async def test_the_tries_end(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.face.photo["eye_gap"] = 0.0
    taking = begin(booth)
    for left in reversed(range(1, TRIES)):
        review = await booth.sees(PortraitReview, "photo.review.unusable")
        assert text("photo.review.left", count=left) in review.facts
        await booth.touches(AGAIN)
    last = await booth.sees(PortraitReview, "photo.review.last")
    assert (last.use, last.again) == (None, None)
    await booth.touches(Back())
    assert await taking is None


@booth_story
async def test_who_comes_too_near_hears_it_and_tries_again(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.face.refuses = [FaceOutside()]
    taking = begin(booth)
    sorry = await booth.sees(Sorry, "error.face_outside")
    assert sorry.actions == (("again", text("photo.again")),)
    await booth.touches(AGAIN)
    await booth.sees(PortraitReview)
    await booth.touches(USE)
    assert isinstance(await taking, Portrait)


@booth_story
async def test_what_is_done_to_the_wall_is_the_operators_decision_and_logged(booth: BoothStand) -> None:
    booth.backdrop = Backdrop.WHITEN
    booth.scene.enter()
    taking = begin(booth)
    await booth.sees(PortraitReview)
    await booth.touches(USE)
    await taking
    assert booth.face.finished[0][1] is Backdrop.WHITEN
    logged = next(entry for entry in booth.stand.logs if entry["event"] == "portrait")
    assert (logged["backdrop"], logged["broken"]) == ("whiten", [])


@booth_story
async def test_nobody_comes(booth: BoothStand) -> None:
    taking = begin(booth)
    await booth.sees(LivePortrait, "photo.say.nobody")
    await booth.sees(IdleWarning)
    with pytest.raises(WalkedAway):
        await taking


@booth_story
async def test_a_poster_on_the_wall_is_not_served_for_ever(booth: BoothStand) -> None:
    booth.scene.enter(Someone().doing(eye_gap=0.0))
    taking = begin(booth)
    await booth.sees(IdleWarning, within=130)
    with pytest.raises(WalkedAway):
        await taking


@booth_story
async def test_whoever_stands_there_without_touching_is_not_idle(booth: BoothStand) -> None:
    booth.scene.enter(Someone().doing(eye_gap=0.0))
    taking = begin(booth)
    await asyncio.sleep(booth.desk.patience.idle * 2)
    assert not any(isinstance(view, IdleWarning) for _, view in booth.glass.seen)
    booth.scene.enter()
    await booth.sees(PortraitReview)
    await booth.touches(USE)
    assert isinstance(await taking, Portrait)


@booth_story
async def test_two_people(booth: BoothStand) -> None:
    booth.scene.enter(Someone(), Someone("li", x=1000.0, tall=140.0))
    taking = begin(booth)
    await booth.sees(LivePortrait, "photo.say.alone")
    await asyncio.sleep(10)
    assert booth.face.finished == []
    await booth.touches(Leave())
    with pytest.raises(Left):
        await taking


@booth_story
async def test_walked_away_from_the_review(booth: BoothStand) -> None:
    booth.scene.enter()
    taking = begin(booth)
    await booth.sees(PortraitReview)
    with pytest.raises(WalkedAway):
        await taking


@booth_story
async def test_a_covered_lens_is_said_and_forgiven(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.scene.covered = CameraCovered("camera")
    taking = begin(booth)
    await booth.sees(LivePortrait, "error.camera_covered")
    booth.scene.covered = None
    await booth.sees(PortraitReview)
    await booth.touches(USE)
    assert isinstance(await taking, Portrait)


@booth_story
async def test_a_camera_that_vanishes_is_told_after_a_while(booth: BoothStand) -> None:
    booth.scene.covered = DeviceOffline("camera", "pulled")
    taking = begin(booth)
    with pytest.raises(DeviceOffline, match="pulled"):
        await taking


@pytest.mark.parametrize("error", [DeviceFault("face_analyst", "nonsense"), ModelsMissing("face_analyst")])
def test_an_analyst_that_cannot_is_told(error: Exception) -> None:
    @booth_story
    async def tell(booth: BoothStand) -> None:
        booth.scene.enter()
        booth.face.breaks = [error] * 200  # type: ignore[list-item] # one of the two
        with pytest.raises(type(error)):
            await take_portrait(booth.desk, EXIT, STEPS)

    tell()


@booth_story
async def test_a_host_that_dies_begins_the_look_anew(booth: BoothStand) -> None:
    booth.scene.enter()
    taking = begin(booth)
    await booth.sees(LivePortrait, "photo.say.ready")
    booth.face.breaks = [DeviceOffline("face_analyst", "gone"), FaceVisitLost("face_analyst")]
    await booth.sees(PortraitReview)
    await booth.touches(USE)
    assert isinstance(await taking, Portrait)


@booth_story
async def test_a_host_that_dies_while_the_photo_is_made(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.face.refuses = [FaceVisitLost("face_analyst")]
    taking = begin(booth)
    await booth.sees(PortraitReview)
    await booth.touches(USE)
    assert isinstance(await taking, Portrait)


@booth_story
async def test_a_machine_that_goes_down_in_the_middle_forgets_too(booth: BoothStand) -> None:
    booth.scene.enter(Someone().doing(roll=9.0))
    taking = begin(booth)
    await booth.sees(LivePortrait, "photo.say.straight")
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
