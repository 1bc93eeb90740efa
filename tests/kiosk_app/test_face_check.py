"""The face check: consent that is a choice, gestures, one comparison, and in the end nothing of the face."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from kiosk_app.errors import CameraCovered, DeviceFault, DeviceOffline, FaceVisitLost, Left, WalkedAway
from kiosk_app.services.steps.consent import consent_to_face_check
from kiosk_app.services.steps.counter import to_counter
from kiosk_app.services.steps.face_check import KIND, FaceCheck, FaceResult, check_face
from kiosk_app.views import Back, Chosen, Consent, IdleWarning, Leave, LivePortrait, Sorry, text
from tests.booth import STEPS, BoothStand, booth_story
from tests.faces import Someone
from tests.stand import Stand

OTHER, AGAIN = Chosen("other"), Chosen("again")


def checks(stand: Stand) -> list[tuple[str, dict[str, Any]]]:
    """What the journal keeps."""
    return [(entry.state, dict(entry.body)) for entry in stand.books_here.entries(kind=KIND)]


@asynccontextmanager
async def obeying(booth: BoothStand, *, wrong: bool = False) -> AsyncIterator[None]:
    task = asyncio.create_task(booth.obeys(wrong=wrong))
    try:
        yield
    finally:
        task.cancel()


@booth_story
async def test_who_agrees_and_does_what_is_asked_is_found_the_same(booth: BoothStand) -> None:
    agreeing = booth.begin(consent_to_face_check(booth.desk, text("plain", words="why"), STEPS))
    await booth.sees(Consent)
    await booth.touches(Chosen("agree"))
    assert await agreeing

    booth.scene.enter(Someone("zhang"))
    async with obeying(booth):
        check = await check_face(booth.desk, b"zhang", STEPS)

    assert check.passed
    assert (check.score, check.tries, check.threshold) == (0.32, 1, 0.5)
    state, kept = checks(booth.stand)[0]
    assert (state, set(kept)) == ("same", {"score", "threshold", "tries", "models"})
    gestures = [say for say in booth.says() if say.startswith("face.gesture.")]
    assert len(set(gestures)) == 3
    assert booth.says()[-1] == "face.say.compare"


@booth_story
async def test_the_optional_networks_word_is_logged_and_decides_nothing(booth: BoothStand) -> None:
    """Even when it is sure of a print: it is advisory (docs/face-check.md)."""
    booth.scene.enter(Someone("zhang").doing(live=0.03))
    async with obeying(booth):
        check = await check_face(booth.desk, b"zhang", STEPS)
    assert check.passed
    (logged,) = (entry for entry in booth.stand.logs if entry["event"] == "presence")
    assert logged["advisory"] == 0.03
    assert "live" not in checks(booth.stand)[0][1]


@booth_story
async def test_declining_is_a_choice_with_a_way_of_its_own(booth: BoothStand) -> None:
    agreeing = booth.begin(consent_to_face_check(booth.desk, text("plain", words="why"), STEPS))
    view = await booth.sees(Consent)
    assert {key for key, _, _ in view.ways} == {"agree", "decline"}
    await booth.touches(Chosen("decline"))
    assert not await agreeing
    going = booth.begin(to_counter(booth.desk, text("counter.declined"), STEPS))
    sorry = await booth.sees(Sorry, "counter.title")
    assert text("counter.printed") in sorry.facts
    assert "请到窗口办理" in booth.stand.slips()[0]
    assert "选择不做人脸核验" in booth.stand.slips()[0]
    await booth.touches(OTHER)
    assert await going
    assert booth.camera.previews == []


@booth_story
async def test_the_notice_says_all_that_the_law_asks_for(booth: BoothStand) -> None:
    agreeing = booth.begin(consent_to_face_check(booth.desk, text("plain", words="why"), STEPS))
    view = await booth.sees(Consent)
    about = [heading.id for heading, _ in view.points]
    assert about == [f"consent.about.{name}" for name in ("who", "what", "how", "kept", "need", "rights")]
    site = booth.desk.site
    named = text("named", zh=site.name, en=site.name_en or site.name)
    assert dict(view.points[0][1].args) == {"site": named, "phone": site.hotline}
    await booth.touches(Leave())
    with pytest.raises(Left):
        await agreeing


@booth_story
async def test_a_slip_that_cannot_be_printed_is_not_promised(booth: BoothStand) -> None:
    booth.stand.receipt_printer.open_cover()
    going = booth.begin(to_counter(booth.desk, text("counter.declined"), STEPS, reference="440703011123"))
    sorry = await booth.sees(Sorry, "counter.title")
    assert text("counter.not_printed") in sorry.facts
    assert text("counter.reference", reference="440703011123") in sorry.facts
    await booth.touches(OTHER)
    await going


async def refused(booth: BoothStand, picture: bytes, title: str = "") -> FaceCheck:
    """The check runs to its slip, every retry taken."""
    checking = booth.begin(check_face(booth.desk, picture, STEPS))
    while True:
        view = await booth.sees(Sorry, within=90)
        if view.title.id == "counter.title":
            break
        assert not title or view.title.id == title
        await booth.touches(AGAIN)
    await booth.touches(OTHER)
    check = await checking
    assert isinstance(check, FaceCheck)
    assert not check.passed
    assert len(booth.stand.slips()) == 1
    return check


@booth_story
async def test_another_person_is_not_the_same(booth: BoothStand) -> None:
    booth.scene.enter(Someone("li"))
    async with obeying(booth):
        check = await refused(booth, b"zhang", "face.failed.not_same")
    assert (check.result, check.score, check.tries) == (FaceResult.NOT_SAME, 0.85, 2)
    assert checks(booth.stand)[0][0] == "not_same"


@booth_story
async def test_between_the_limits_staff_decides(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.face.distance = 0.55
    async with obeying(booth):
        check = await refused(booth, b"zhang")
    assert (check.result, check.tries) == (FaceResult.STAFF, 1)
    assert "需工作人员核对照片" in booth.stand.slips()[0]
    assert "0.55" not in booth.stand.slips()[0]


@booth_story
async def test_the_wrong_order_is_refused_and_the_next_order_is_another(booth: BoothStand) -> None:
    booth.scene.enter()
    async with obeying(booth, wrong=True):
        check = await refused(booth, b"zhang", "face.failed.wrong")
    assert (check.result, check.score) == (FaceResult.NOT_ALIVE, None)


@booth_story
async def test_too_slow(booth: BoothStand) -> None:
    booth.scene.enter()
    check = await refused(booth, b"zhang", "face.failed.too_slow")
    assert check.result is FaceResult.NOT_ALIVE


@booth_story
async def test_the_second_try_counts(booth: BoothStand) -> None:
    booth.scene.enter()
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(Sorry, "face.failed.too_slow")
    await booth.touches(AGAIN)
    async with obeying(booth):
        check = await checking
    assert (check.passed, check.tries) == (True, 2)


@booth_story
async def test_two_people(booth: BoothStand) -> None:
    booth.scene.enter(Someone(), Someone("li", x=1000.0, tall=140.0))
    check = await refused(booth, b"zhang", "face.failed.not_alone")
    assert check.result is FaceResult.NOT_ALIVE


@booth_story
async def test_another_face_comes_in_between(booth: BoothStand) -> None:
    booth.scene.enter()
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    view = await booth.sees(LivePortrait, within=30)
    while not view.gesture:
        view = await booth.sees(LivePortrait)
    first = booth.begin(booth.obeys())
    await booth.sees(LivePortrait, "face.say.rest")
    first.cancel()
    booth.scene.enter(Someone("li"))
    await booth.sees(Sorry, "face.failed.another")
    await booth.touches(Chosen("counter"))
    await booth.sees(Sorry, "counter.title")
    await booth.touches(OTHER)
    assert (await checking).result is FaceResult.NOT_ALIVE


@booth_story
async def test_nobody_comes(booth: BoothStand) -> None:
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(LivePortrait, "photo.say.nobody")
    await booth.sees(IdleWarning, within=booth.desk.patience.idle + 5)
    with pytest.raises(WalkedAway):
        await checking


@booth_story
async def test_whoever_needs_more_time_gets_it(booth: BoothStand) -> None:
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(IdleWarning)
    await booth.touches(Chosen("more_time"))
    booth.scene.enter()
    async with obeying(booth):
        assert (await checking).passed


@booth_story
async def test_walked_away_in_the_middle(booth: BoothStand) -> None:
    booth.scene.enter()
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(LivePortrait, "face.say.look")
    await asyncio.sleep(2)
    booth.scene.people = []
    await booth.sees(Sorry, "face.failed.lost")
    with pytest.raises(WalkedAway):
        await checking


@booth_story
async def test_back_declines_and_prints_nothing(booth: BoothStand) -> None:
    booth.scene.enter()
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(LivePortrait)
    await booth.touches(Back())
    assert (await checking).result is FaceResult.DECLINED
    assert booth.stand.slips() == []


@booth_story
async def test_leaving_ends_the_visit(booth: BoothStand) -> None:
    booth.scene.enter()
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(LivePortrait)
    await booth.touches(Leave())
    with pytest.raises(Left):
        await checking


@booth_story
async def test_a_covered_lens_is_said_and_forgiven(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.scene.covered = CameraCovered("camera")
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(LivePortrait, "error.camera_covered")
    booth.scene.covered = None
    async with obeying(booth):
        assert (await checking).passed


@booth_story
async def test_a_camera_that_vanishes_for_good_leads_to_the_counter(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.scene.covered = DeviceOffline("camera", "pulled")
    check = await refused(booth, b"zhang")
    assert check.result is FaceResult.UNAVAILABLE
    assert "本机现在不能做人脸核验" in booth.stand.slips()[0]


@booth_story
async def test_an_analyst_that_is_broken_leads_to_the_counter(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.face.breaks = [DeviceFault("face_analyst", "nonsense")] * 200
    assert (await refused(booth, b"zhang")).result is FaceResult.UNAVAILABLE


@booth_story
async def test_a_host_that_dies_in_the_middle_begins_the_challenge_anew(booth: BoothStand) -> None:
    booth.scene.enter()
    checking = booth.begin(check_face(booth.desk, b"zhang", STEPS))
    await booth.sees(LivePortrait)
    await asyncio.sleep(1)
    booth.face.breaks = [DeviceOffline("face_analyst", "gone"), FaceVisitLost("face_analyst")]
    await booth.sees(Sorry, "face.failed.lost")
    await booth.touches(AGAIN)
    async with obeying(booth):
        assert (await checking).passed


@pytest.mark.parametrize("picture", [b"", b"blank"])
def test_a_document_without_a_usable_picture_leads_to_the_counter(picture: bytes) -> None:
    @booth_story
    async def tell(booth: BoothStand) -> None:
        booth.scene.enter()
        async with obeying(booth):
            assert (await refused(booth, picture)).result is FaceResult.UNAVAILABLE

    tell()


@booth_story
async def test_a_machine_without_a_booth_says_so(booth: BoothStand) -> None:
    desk = replace(booth.desk, booth=None)
    checking = booth.begin(check_face(desk, b"zhang", STEPS))
    await booth.sees(Sorry, "counter.title")
    await booth.touches(OTHER)
    assert (await checking).result is FaceResult.UNAVAILABLE


@booth_story
async def test_nothing_that_could_be_compared_again_is_journaled(booth: BoothStand) -> None:
    booth.scene.enter()
    async with obeying(booth):
        await check_face(booth.desk, b"zhang", STEPS)
    assert "zhang" not in repr(checks(booth.stand))


@booth_story
async def test_a_store_in_trouble_does_not_stop_the_check(booth: BoothStand) -> None:
    booth.scene.enter()
    booth.stand.kill_store()
    async with obeying(booth):
        assert (await check_face(booth.desk, b"zhang", STEPS)).passed
