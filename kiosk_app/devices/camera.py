"""Cameras: the one that looks at the person, and the one that looks at a page on the desk.

Rules. A camera is open only while somebody uses it (and for a moment when its health is checked): nobody is watched
by an idle machine. Nothing of a picture stays behind: when a preview ends its memory is zeroed, and a still belongs to
whoever asked for it. Times are seconds of the loop's clock, so that the age of a picture can be told.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kiosk_app.devices.base import Device


class Control(StrEnum):
    """What a camera may let one set; which of them it has, it declares."""

    FOCUS = "focus"
    EXPOSURE = "exposure"
    WHITE_BALANCE = "white_balance"
    ZOOM = "zoom"


@dataclass(frozen=True)
class ControlState:
    """How one control stands. ``value`` is in the camera's own units; ``automatic`` None if it has no automatic."""

    value: float
    automatic: bool | None


@dataclass(frozen=True)
class CameraFeatures:
    """What the camera said when it was last opened: the size of a still, of the preview, and its controls."""

    still: tuple[int, int]
    preview: tuple[int, int]
    controls: Mapping[Control, ControlState] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """One picture of the preview: RGB, 8 bits, rows from the top, no padding.

    ``pixels`` is read-only and stands until the preview is asked for the next one, or ends: then it is zeros.
    ``sequence`` grows by one with every picture the camera gave, ``captured`` is on the loop's clock.
    """

    width: int
    height: int
    sequence: int
    captured: float
    pixels: memoryview = field(repr=False)


class PictureFormat(StrEnum):
    """How a still is encoded; PNG is without loss."""

    JPEG = "jpeg"
    PNG = "png"


@dataclass(frozen=True)
class Picture:
    """A still, as a file. ``sequence`` and ``captured`` as in :class:`Frame`."""

    data: bytes = field(repr=False)
    encoding: PictureFormat
    width: int
    height: int
    sequence: int
    captured: float


class Preview(Protocol):
    """The live picture, newest first: who is slow misses pictures and never sees old ones."""

    @property
    def shared(self) -> int | None:
        """A descriptor of the memory in which the pictures stand, for a process of ours that looks at them itself.

        It is the camera's, to be lent at once and not kept; None while the camera is being recovered.
        """

    def latest(self) -> Frame | None:
        """The newest picture; None before the first, and while the camera is being recovered. Never waits."""

    async def newer(self, than: int = 0) -> Frame:
        """The newest picture once its sequence is above ``than``. Raises DeviceOffline, DeviceFault, CameraFrozen
        when none comes for some seconds; it may be called again: the camera is recovered meanwhile.
        """


class Viewfinder(Device, Protocol):
    """What both cameras have. Condition: USER_ERROR ``camera_covered``, HARDWARE_ERROR ``camera_frozen``,
    NO_DEVICE ``no_camera``.
    """

    @property
    def features(self) -> CameraFeatures | None:
        """What the camera can; None before it was first seen."""

    def preview(self) -> AbstractAsyncContextManager[Preview]:
        """Open the camera and show what it sees; leaving the context zeroes every picture. Several share one camera.

        Raises DeviceOffline, DeviceFault on entering.
        """

    async def adjust(self, control: Control, value: float | None) -> ControlState:
        """Set ``control`` to ``value``, None to automatic, for as long as the machine runs; what the camera made of it.

        Raises DeviceFault when the camera has no such control (:attr:`features`), DeviceOffline.
        """


class Camera(Viewfinder, Protocol):
    """The camera that looks at the person."""

    async def still(self, encoding: PictureFormat = PictureFormat.JPEG, *, of: int | None = None) -> Picture:
        """A picture in full size: the next one, or during a preview one of the last ten by its sequence number.

        Raises CameraCovered, CameraFrozen, PictureGone (``of`` is too old), DeviceOffline, DeviceFault.
        """


@dataclass(frozen=True)
class PageFacts:
    """How good a page is. ``dpi``: what the camera resolved, before any scaling. ``sharpness``: edges per millimetre
    of paper, None on a page without print. ``glare``: share of the page burnt out by a light, 0 to 1.
    """

    dpi: int
    sharpness: float | None
    glare: float


@dataclass(frozen=True)
class Page:
    """An A4 page: found, straightened, evenly lit, the side that was up in the camera's picture up.

    ``corners``: where it lay, in pixels of the camera's picture, from the upper left clockwise.
    """

    picture: Picture
    facts: PageFacts
    corners: tuple[tuple[float, float], ...]


class DocumentCamera(Viewfinder, Protocol):
    """The camera above the desk on which a page is laid."""

    async def capture_page(
        self, encoding: PictureFormat = PictureFormat.JPEG, *, within: float = 6.0, most: int | None = None
    ) -> Page:
        """The first good picture of a page, looked for ``within`` seconds; ``most``: bytes that a JPEG may have.

        Raises what was wrong with the last: PageMissing, PageCutOff, PageMoving, PageDark, PageBlurred, PageGlare;
        CameraCovered, CameraFrozen, DeviceOffline, DeviceFault.
        """
