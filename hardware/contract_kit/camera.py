"""Cameras: what is shown is live, what is kept is whole, and nothing of anybody stays."""

import asyncio
from typing import Any

from hardware.contract_kit.device import AnyRig, DeviceContract, case, ended, until
from hardware.contract_kit.rig import Rig, cannot
from kiosk_app.devices import DeviceState, PictureFormat
from kiosk_app.errors import CameraCovered, PageMissing

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG"


class CameraRig(Rig):
    """``seeing``: the longest from a change in front of the lens until it is told."""

    seeing = 20.0

    async def cover(self) -> None:
        """Hold a hand before the lens."""
        cannot("cover the lens")

    async def uncover(self) -> None:
        """Take it away."""
        cannot("uncover the lens")


class DocumentCameraRig(CameraRig):
    """A desk, empty at first."""

    async def lay(self) -> None:
        """Lay an A4 page on the desk, whole in the picture."""
        cannot("lay a page")

    async def take_away(self) -> None:
        """The empty desk."""
        cannot("take the page away")


class ViewfinderContract(DeviceContract[AnyRig]):
    """What both cameras keep."""

    @case
    async def test_a_preview_is_live_and_leaves_nothing(self, rig: Any) -> None:
        async with self.at_work(rig) as driver:
            async with driver.preview() as preview:
                frame = await preview.newer()
                for _ in range(5):
                    before, frame = frame, await preview.newer(frame.sequence)
                    assert frame.sequence > before.sequence
                    assert frame.captured >= before.captured
                assert len(frame.pixels) == frame.width * frame.height * 3
                assert any(frame.pixels)
            assert not any(frame.pixels), "a picture stayed behind"

    @case
    async def test_a_covered_lens_is_told_to_who_stands_there(self, rig: Any) -> None:
        async with self.at_work(rig) as driver, driver.preview():
            await rig.cover()
            await until(lambda: driver.condition.reason == CameraCovered.reason, rig.seeing, "it is covered")
            assert driver.condition.state is DeviceState.USER_ERROR
            await rig.uncover()
            await until(lambda: driver.condition.serves, rig.seeing, "it sees again")


class CameraContract(ViewfinderContract[CameraRig]):
    """The camera that looks at the person."""

    role = "camera"

    async def ask(self, driver: Any) -> object:
        return await driver.still()

    async def use(self, rig: CameraRig, driver: Any) -> None:
        for encoding, magic in ((PictureFormat.JPEG, JPEG), (PictureFormat.PNG, PNG)):
            picture = await ended(driver.still(encoding), rig.answer)
            assert picture.data.startswith(magic)
            assert (picture.width, picture.height) == driver.features.still

    @case
    async def test_a_picture_of_the_preview_can_be_had_as_a_still(self, rig: CameraRig) -> None:
        async with self.at_work(rig) as driver, driver.preview() as preview:
            frame = await preview.newer()
            picture = await driver.still(of=frame.sequence)
            assert picture.sequence == frame.sequence


class DocumentCameraContract(ViewfinderContract[DocumentCameraRig]):
    """The camera above the desk."""

    role = "document_camera"

    async def ask(self, driver: Any) -> object:
        return await driver.capture_page(within=1.0)

    async def use(self, rig: DocumentCameraRig, driver: Any) -> None:
        await rig.lay()
        page = await ended(driver.capture_page(within=rig.seeing), rig.answer)
        assert page.picture.data.startswith(JPEG)
        assert len(page.corners) == 4
        assert page.facts.dpi > 0
        most = len(page.picture.data) * 2 // 3
        small = await ended(driver.capture_page(within=rig.seeing, most=most), rig.answer)
        assert len(small.picture.data) <= most
        await rig.take_away()
        await asyncio.sleep(0)

    @case
    async def test_an_empty_desk_is_told_as_such(self, rig: DocumentCameraRig) -> None:
        async with self.at_work(rig) as driver:
            assert isinstance(await ended(driver.capture_page(within=0.0), rig.answer), PageMissing)
            await self.use(rig, driver)
