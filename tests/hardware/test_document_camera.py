"""Pages under the document camera: found to the pixel, straightened, judged; and the whole way through its host."""

import asyncio
import io
import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from bench.pages import DESKS, bgr, random_scene
from hardware.drivers.document_camera import DRIVER, DocumentCamera
from hardware.hosts import page
from hardware.simulators.camera_papers import A4_MM, PAPERS
from hardware.simulators.camera_pictures import Scene, on_desk, page_corners
from hardware.simulators.document_camera import DocumentCameraSimulator
from kiosk_app.devices import DeviceState, PictureFormat
from kiosk_app.errors import (
    CameraCovered,
    CitizenError,
    DeviceFault,
    DeviceOffline,
    PageBlurred,
    PageCutOff,
    PageDark,
    PageGlare,
    PageMissing,
    PageMoving,
)
from tests.hardware.camera_kit import above, hosts, until

SIZE = (1600, 1200)


def seen(**scene: Any) -> page.Found:
    where = scene.pop("corners", page_corners(SIZE, fill=0.85, turn=4, tilt=0.06))
    return page.capture(bgr(on_desk(Scene(SIZE, where, **scene))))


@pytest.mark.parametrize("number", range(14))  # bench/pages.py does hundreds
def test_corners_are_found_to_a_pixel_on_every_desk(number: int) -> None:
    scene = random_scene(number, SIZE)
    found = page.capture(bgr(on_desk(scene)))
    assert scene.corners is not None
    assert found.verdict in {"good", "blurred"}
    assert max(math.dist(a, b) for a, b in zip(found.corners, scene.corners, strict=True)) < 1.0


def test_a_straightened_page_is_a4_with_its_print_where_it_was() -> None:
    found = seen(noise=2.0)
    assert found.page is not None
    height, width = found.page.shape[:2]
    assert height / width == pytest.approx(A4_MM[1] / A4_MM[0], abs=0.005)
    assert found.facts["dpi"] == pytest.approx(85, abs=3)
    mm = height / A4_MM[1]
    red = found.page[round(256 * mm), round(130.6 * mm) - 2 : round(130.6 * mm) + 3].mean(axis=0)  # the ring's left
    assert red[2] > 120
    assert red[2] > red[0] + 60
    grey = found.page[round(257 * mm), round(41 * mm)]
    assert 90 < grey.mean() < 190
    assert found.page[round(100 * mm), round(12 * mm)].min() > 235  # margin


def test_uneven_light_and_a_shadow_are_taken_out_and_red_stays_red() -> None:
    found = seen(light=0.35, shadow=0.4, seed=3)
    assert found.page is not None
    margins = np.concatenate([found.page[:, 12:30].reshape(-1, 3), found.page[:, -30:-12].reshape(-1, 3)])
    assert float((margins.min(axis=1) > 200).mean()) > 0.9
    hsv = cv2.cvtColor(found.page[found.page.shape[0] * 3 // 4 :], cv2.COLOR_BGR2HSV)
    stamp = hsv[(hsv[:, :, 1] > 100) & (hsv[:, :, 2] > 90)]
    assert len(stamp) > 300
    assert float(((stamp[:, 0] < 12) | (stamp[:, 0] > 168)).mean()) > 0.95


def test_a_photograph_as_large_as_on_a_marriage_certificate_is_not_taken_for_paper() -> None:
    found = seen(page="marriage", light=0.3)
    assert found.page is not None
    mm = found.page.shape[0] / A4_MM[1]
    inside = found.page[round(120 * mm) : round(128 * mm), round(65 * mm) : round(145 * mm)]
    assert 120 < float(inside.mean()) < 190


@pytest.mark.parametrize(("turn", "lying"), [(0, False), (90, True), (180, False), (270, True)])
def test_what_was_up_stays_up(turn: int, lying: bool) -> None:
    found = seen(corners=page_corners(SIZE, fill=0.8, turn=turn + 3))
    assert found.page is not None
    height, width = found.page.shape[:2]
    assert (width > height) is lying
    upright = np.rot90(found.page, turn // 90)  # counter-clockwise, as much as it was turned clockwise
    foot = upright[-len(upright) // 5 :].astype(int)
    grey = np.abs(foot - 150).max(axis=2) < 40  # the picture that stands at the foot
    assert float(grey.mean()) > 0.03


@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize(
    ("scene", "verdict"),
    [
        ({"corners": None}, "missing"),
        ({"corners": None, "shadow": 0.5, "light": 0.3}, "missing"),
        ({"corners": page_corners(SIZE, fill=0.85, turn=5, shift=(0.0, 0.14))}, "cut"),
        ({"corners": page_corners(SIZE, fill=0.85, turn=-5, shift=(-0.35, 0.0))}, "cut"),
        ({"blur": 4.0}, "blurred"),
        ({"glare": 0.8}, "glare"),
        ({"exposure": 0.25}, "dark"),
        ({"exposure": 0.5, "light": 0.3}, "good"),
        ({"exposure": 1.0, "light": 0.0}, "good"),
    ],
)
def test_a_page_that_cannot_be_used_is_refused_for_its_reason(
    desk: tuple[int, int, int], scene: dict[str, Any], verdict: str
) -> None:
    found = seen(desk=desk, **scene)
    assert found.verdict == verdict
    assert (found.page is not None) is (verdict == "good")


def test_a_sheet_too_small_to_be_read_is_no_page() -> None:
    assert seen(corners=page_corners(SIZE, fill=0.3)).verdict == "missing"


def test_a_page_that_moves_between_two_pictures_is_not_taken() -> None:
    still = bgr(on_desk(Scene(SIZE, page_corners(SIZE, fill=0.8))))
    moved = bgr(on_desk(Scene(SIZE, page_corners(SIZE, fill=0.8, shift=(0.03, 0.0)), seed=1)))
    assert page.capture(moved, still).verdict == "moving"
    assert page.capture(bgr(on_desk(Scene(SIZE, page_corners(SIZE, fill=0.8), seed=2))), still).verdict == "good"


def test_a_bare_sheet_is_a_page_without_sharpness() -> None:
    sheet = np.full((600, 800, 3), 60, np.uint8)
    sheet[80:520, 240:551] = 235
    noisy = cv2.add(sheet, np.random.default_rng(0).integers(0, 6, sheet.shape, np.uint8))
    found = page.capture(cv2.GaussianBlur(cv2.resize(noisy, None, fx=3, fy=3), (0, 0), 1.0))
    assert (found.verdict, found.facts["sharpness"]) == ("good", None)


@pytest.mark.parametrize("shape", [(8, 8), (1, 1), (3, 900), (900, 3), (480, 640)])
def test_pictures_of_any_size_and_content_have_a_verdict(shape: tuple[int, int]) -> None:
    chance = np.random.default_rng(1)
    for picture in (np.zeros((*shape, 3), np.uint8), chance.integers(0, 256, (*shape, 3), np.uint8)):
        assert page.capture(picture, picture).verdict in {"missing", "cut", "blurred", "glare", "moving", "dark"}


# --- through the host ---


def story(tell: Callable[[DocumentCamera, DocumentCameraSimulator], Any]) -> None:
    async def main() -> None:
        simulator = DocumentCameraSimulator(size=SIZE)
        async with asyncio.timeout(90), above(simulator) as driver:
            await tell(driver, simulator)

    asyncio.run(main())


async def told(camera: DocumentCamera, error: type[CitizenError]) -> CitizenError:
    """What the person is told once all pictures of before have passed, of the empty desk; never is a page taken."""
    while True:  # the story has a limit
        with pytest.raises(CitizenError) as caught:
            await camera.capture_page(within=0.5)
        if isinstance(caught.value, error):
            return caught.value
        assert isinstance(caught.value, PageMissing | PageMoving), "what one picture of before and one of now give"


def test_a_page_laid_down_is_captured() -> None:
    async def tell(camera: DocumentCamera, desk: DocumentCameraSimulator) -> None:
        waiting = asyncio.create_task(camera.capture_page(PictureFormat.PNG, within=30))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        desk.lay(2)
        found = await waiting
        picture = Image.open(io.BytesIO(found.picture.data))
        assert picture.size == (found.picture.width, found.picture.height)
        assert picture.height / picture.width == pytest.approx(A4_MM[1] / A4_MM[0], abs=0.01)
        assert desk.scene.corners is not None
        assert max(math.dist(a, b) for a, b in zip(found.corners, desk.scene.corners, strict=True)) < 2.0
        assert camera.capabilities == {"preview", "page"}
        assert found.facts.dpi > 70
        assert found.facts.glare < page.GLARE_LIMIT
        await until(lambda: desk.state()["viewers"] == 0)

    story(tell)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda desk: desk.take_away(), PageMissing),
        (lambda desk: desk.shift(40), PageCutOff),
        (lambda desk: desk.blur(6), PageBlurred),
        (lambda desk: desk.reflect(80), PageGlare),
        (lambda desk: desk.dim(75), PageDark),
    ],
)
def test_the_person_is_told_what_is_wrong_and_can_mend_it(
    spoil: Callable[[DocumentCameraSimulator], None], error: type[CitizenError]
) -> None:
    async def tell(camera: DocumentCamera, desk: DocumentCameraSimulator) -> None:
        desk.lay()
        spoil(desk)
        async with camera.preview() as view:
            await until(lambda: desk.state()["drawn"])
            await view.newer((await view.newer()).sequence + 1)
            assert "{" not in str(await told(camera, error))
            assert camera.condition.serves
            desk.lay()
            assert (await camera.capture_page(within=20)).facts.sharpness

    story(tell)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_sample_paper_is_a_page_that_can_be_read(paper: str) -> None:
    found = page.capture(bgr(on_desk(Scene(SIZE, page_corners(SIZE, fill=0.86), page=paper))))
    assert found.verdict == "good"
    assert found.facts["sharpness"] is not None


def test_a_file_is_as_small_as_it_has_to_be_and_still_a_whole_page() -> None:
    async def tell(camera: DocumentCamera, desk: DocumentCameraSimulator) -> None:
        desk.lay_paper("hukou-1")
        whole = await camera.capture_page(within=30)
        for most in (len(whole.picture.data) * 2 // 3, 20_000):
            small = await camera.capture_page(within=30, most=most)
            assert len(small.picture.data) <= most
            assert Image.open(io.BytesIO(small.picture.data)).size == (small.picture.width, small.picture.height)
        assert small.picture.width < whole.picture.width
        with pytest.raises(DeviceFault):
            await camera.capture_page(within=30, most=500)
        with pytest.raises(ValueError, match="no paper"):
            desk.lay_paper("diploma")

    story(tell)


def test_a_page_that_never_lies_still_is_told_so() -> None:
    async def tell(camera: DocumentCamera, desk: DocumentCameraSimulator) -> None:
        desk.push()
        async with camera.preview():
            await until(lambda: desk.state()["drawn"])
            await told(camera, PageMoving)

    story(tell)


def test_document_camera_pulled_in_the_middle() -> None:
    async def tell(camera: DocumentCamera, desk: DocumentCameraSimulator) -> None:
        capturing = asyncio.create_task(camera.capture_page(within=30))
        await until(lambda: desk.state()["viewers"])
        await desk.unplug()
        with pytest.raises(DeviceOffline):
            await capturing
        await desk.plug_in()
        await until(lambda: camera.condition.serves)
        desk.lay()
        assert (await camera.capture_page(within=20)).picture.data

    story(tell)


def test_a_lid_on_the_document_camera_is_told_from_an_empty_dark_desk() -> None:
    async def tell(camera: DocumentCamera, desk: DocumentCameraSimulator) -> None:
        assert camera.condition.serves
        desk.cover()
        with pytest.raises(CameraCovered):
            await camera.capture_page(within=20)
        assert camera.condition.state is DeviceState.USER_ERROR

    story(tell)
    assert hosts() == []


def test_the_driver_is_registered_under_its_role() -> None:
    assert (DRIVER.role, DRIVER.name) == ("document_camera", "opencv")
