"""A desk under a document camera, as facts: the other end of the port DocumentCamera, on any clock.

Hands lay a page down, spoil it, take it away; the camera says of it what a real one would, after as long as that takes.
What real pictures of it are judged to be is tested with the real host (``tests/hardware``).
"""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from PIL import Image

from hardware.link import Watched
from kiosk_app.devices import (
    CameraFeatures,
    Condition,
    Control,
    ControlState,
    DeviceState,
    Page,
    PageFacts,
    Picture,
    PictureFormat,
    Preview,
)
from kiosk_app.errors import DeviceError, DeviceOffline, KioskError, PageMissing
from tests.faces import Scene, ScenePreview

SIZE = (620, 877)
TAKES, AGAIN = 0.3, 0.2
"""Seconds of one look, and until the next."""


def page_file(name: str) -> bytes:
    """A JPEG of a page that says ``name``: in it, and in its grey."""
    file = io.BytesIO()
    grey = 96 + sum(name.encode()) % 128
    Image.new("L", SIZE, grey).save(file, "JPEG", quality=70, comment=name.encode())
    return file.getvalue()


class Tabletop:
    """What lies there: a page by name, or nothing; ``wrong``: why it cannot be taken; ``dead``: of the camera."""

    def __init__(self) -> None:
        self.page = ""
        self.wrong: KioskError | None = None
        self.dead: DeviceError | None = None
        self.files: list[bytes] = []
        """Everything that was taken."""

    def lay(self, name: str, *, wrong: KioskError | None = None) -> None:
        """This page and no other."""
        self.page, self.wrong = name, wrong

    def take_away(self) -> None:
        """The empty desk."""
        self.page, self.wrong = "", None


class TableCamera(Watched):
    """Implements ``kiosk_app.devices.DocumentCamera``."""

    def __init__(self, table: Tabletop) -> None:
        super().__init__("document_camera")
        self._table = table
        self.previews: list[ScenePreview] = []
        self.become(Condition(DeviceState.ONLINE))

    @property
    def features(self) -> CameraFeatures | None:
        return CameraFeatures((2592, 1944), (960, 720))

    @property
    def open(self) -> bool:
        """Whether somebody looks through it."""
        return any(not preview.ended for preview in self.previews)

    async def run(self) -> None:
        await asyncio.Event().wait()

    @asynccontextmanager
    async def preview(self) -> AsyncIterator[Preview]:
        if isinstance(self._table.dead, DeviceOffline):
            raise self._table.dead
        preview = ScenePreview(Scene())
        self.previews.append(preview)
        try:
            yield preview
        finally:
            preview.ended = True

    async def capture_page(
        self, encoding: PictureFormat = PictureFormat.JPEG, *, within: float = 6.0, most: int | None = None
    ) -> Page:
        loop = asyncio.get_running_loop()
        until = loop.time() + within
        while True:
            await asyncio.sleep(TAKES)
            wrong = self._table.dead or self._table.wrong or (None if self._table.page else PageMissing())
            if wrong is None:
                return self._taken(encoding, most)
            if isinstance(wrong, DeviceError) or loop.time() >= until:
                raise wrong
            await asyncio.sleep(AGAIN)

    def _taken(self, encoding: PictureFormat, most: int | None) -> Page:
        data = page_file(self._table.page)
        assert most is None or len(data) <= most
        self._table.files.append(data)
        corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
        return Page(Picture(data, encoding, *SIZE, 1, 0.0), PageFacts(160, 2.0, 0.0), corners)

    async def adjust(self, control: Control, value: float | None) -> ControlState:
        raise NotImplementedError
