"""The camera above the desk (port ``DocumentCamera``): one good A4 page, through the camera host.

Finding, judging and straightening are the host's (``hosts/page.py``); here is only how often it is asked. A page that
was just laid down moves, then the focus is found: what is wrong at first is asked again for some seconds, and only
then told to the person, as the last thing that was wrong.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec

from hardware.drivers.camera import CameraSettings, Pixels, optics_of
from hardware.drivers.camera_answers import Page as Found
from hardware.drivers.preview import picture_of
from hardware.drivers.viewfinder import Viewfinder
from kiosk_app.devices import Driver, Page, PageFacts, PictureFormat
from kiosk_app.errors import CitizenError, PageBlurred, PageCutOff, PageDark, PageGlare, PageMissing, PageMoving

AGAIN = 0.2
"""Seconds between two attempts."""
KEPT = 2
"""Pictures the host keeps: this one and the one before, to see whether the page lies still."""
WRONG: Mapping[str, type[CitizenError]] = {
    "missing": PageMissing,
    "cut": PageCutOff,
    "moving": PageMoving,
    "dark": PageDark,
    "blurred": PageBlurred,
    "glare": PageGlare,
}


class DocumentCameraSettings(CameraSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As for the camera (:class:`CameraSettings`); it is another V4L2 device, with a name of its own.

    A page needs more pixels than a face: A4 in 2592 x 1944 is about 160 dots per inch when it fills the picture's
    height, and 220 when the camera is mounted so that the page's long side lies along the picture's (``turn``).
    """

    width: Pixels = 2592
    height: Pixels = 1944
    rate: int = 15


class DocumentCamera(Viewfinder):
    """One camera above a desk."""

    usual_role, takes = "document_camera", "page"

    async def capture_page(
        self, encoding: PictureFormat = PictureFormat.JPEG, *, within: float = 6.0, most: int | None = None
    ) -> Page:
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        async with self._in_use():
            while isinstance(found := await self._attempt(encoding, most), CitizenError):
                if loop.time() >= until:
                    raise found
                await asyncio.sleep(AGAIN)
            return found

    async def _attempt(self, encoding: PictureFormat, most: int | None) -> Page | CitizenError:
        said, data = await self._shot("page", Found, encoding, most=most)
        if said.verdict in WRONG or said.picture is None:
            facts = msgspec.to_builtins(said.facts)
            return WRONG[said.verdict](", ".join(f"{name} {value}" for name, value in facts.items()))
        quality = PageFacts(said.facts.dpi, said.facts.sharpness, said.facts.glare)
        return Page(picture_of(said.picture, data, encoding), quality, tuple(said.corners))


def _build(settings: DocumentCameraSettings, folder: Path) -> DocumentCamera:
    return DocumentCamera(optics_of(settings, folder, keep=KEPT, desk=True))


DRIVER = Driver(role="document_camera", name="opencv", settings=DocumentCameraSettings, build=_build)
