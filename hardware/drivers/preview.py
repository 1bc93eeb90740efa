"""One reader of the live picture, and the host's answers about pictures in the words of the port."""

import asyncio
from collections.abc import Callable

from hardware.drivers.camera_answers import About, Opened
from hardware.drivers.camera_host import CameraHost
from hardware.protocols.frame_ring import ROOM
from kiosk_app.devices import CameraFeatures, Control, ControlState, Frame, Picture, PictureFormat
from kiosk_app.errors import DeviceError

PATIENCE = 3.0
"""Seconds a recovery takes at most; after that, whoever waits for a picture is told."""


class View:
    """A reader copies into one buffer of its own, which is zeroed at the end. ``fault`` says why no picture comes."""

    def __init__(self, host: CameraHost, fault: Callable[[], DeviceError]) -> None:
        self._host, self._fault = host, fault
        self._buffer = bytearray(ROOM)
        self._pixels = memoryview(self._buffer)
        self._frame: Frame | None = None

    @property
    def shared(self) -> int | None:
        memory = self._host.memory
        return None if memory is None else memory.lent[0]

    def latest(self) -> Frame | None:
        memory = self._host.memory
        if memory is None or not memory.ring.latest:
            return None
        shown = memory.ring.read(self._pixels, than=self._frame.sequence if self._frame else 0)
        if shown is not None:
            pixels = self._pixels[: shown.size].toreadonly()
            self._frame = Frame(shown.width, shown.height, shown.sequence, shown.captured, pixels)
        return self._frame

    async def newer(self, than: int = 0) -> Frame:
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    news = self._host.news
                    frame = self.latest()
                    if frame is not None and frame.sequence > than:
                        return frame
                    await news.wait()
        except TimeoutError as error:
            raise self._fault() from error

    def end(self) -> None:
        """Nothing of the last picture stays."""
        self._frame = None
        self._pixels[:] = bytes(ROOM)


def picture_of(about: About, data: bytes, encoding: PictureFormat) -> Picture:
    """The picture in an answer."""
    return Picture(data, encoding, about.width, about.height, about.sequence, about.captured)


def features_of(said: Opened) -> CameraFeatures:
    """What a camera that was just opened says of itself."""
    known = set(Control)
    controls = {
        Control(name): ControlState(state.value, state.automatic)
        for name, state in said.controls.items()
        if name in known
    }
    return CameraFeatures(said.still, said.preview, controls)
