"""The camera that looks at the person (port ``Camera``), through the camera host.

A still is what the camera gives, in full size; during a preview it may be one of the last :data:`KEPT` pictures, so
that whoever judges the live picture can take the best of those it has seen.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from hardware.drivers.camera_answers import Still
from hardware.drivers.preview import picture_of
from hardware.drivers.viewfinder import Optics, Viewfinder
from kiosk_app.devices import Driver, Picture, PictureFormat

KEPT = 10

Pixels = Annotated[int, msgspec.Meta(ge=160, le=8192)]
Setting = Annotated[float | Literal["auto"] | None, msgspec.Meta(description='a number or "auto"')]


class CameraSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``device``: a V4L2 device by its stable name, an ``http://`` address of a network camera, or a ``file://``.

    ``/dev/video0`` may be another camera after the next start; ``ls -l /dev/v4l/by-id/`` names each by maker and
    serial number (of the two names of one camera the one that ends in ``index0``), ``/dev/v4l/by-path/`` by its USB
    socket, for two cameras of one make. ``turn``: degrees clockwise by which the picture of a camera that is mounted
    on its side is put upright. A control that is not named is left as the camera has it; a number is in the camera's
    own units (``kiosk device ROLE controls`` shows them), ``"auto"`` is its automatic.
    """

    device: Annotated[str, msgspec.Meta(min_length=1)]
    width: Pixels = 1280
    height: Pixels = 720
    rate: Annotated[int, msgspec.Meta(ge=1, le=120)] = 30
    turn: Literal[0, 90, 180, 270] = 0
    focus: Setting = None
    exposure: Setting = None
    white_balance: Setting = None
    zoom: float | None = None


class Camera(Viewfinder):
    """One camera."""

    usual_role, takes = "camera", "still"

    async def still(self, encoding: PictureFormat = PictureFormat.JPEG, *, of: int | None = None) -> Picture:
        async with self._in_use():
            said, data = await self._shot("still", Still, encoding, of=of)
            return picture_of(said.picture, data, encoding)


def optics_of(settings: CameraSettings, folder: Path, *, keep: int, desk: bool = False) -> Optics:
    """What the section of ``kiosk.toml`` asks for; a ``file://`` that is not absolute is beside it."""
    source = settings.device
    if source.startswith("file://"):
        source = f"file://{folder / source.removeprefix('file://')}"
    named = {name: getattr(settings, name) for name in ("focus", "exposure", "white_balance", "zoom")}
    controls = {name: None if value == "auto" else value for name, value in named.items() if value is not None}
    size = (settings.width, settings.height)
    return Optics(source, *size, settings.rate, settings.turn, keep, desk, controls)


def _build(settings: CameraSettings, folder: Path) -> Camera:
    return Camera(optics_of(settings, folder, keep=KEPT))


DRIVER = Driver(role="camera", name="opencv", settings=CameraSettings, build=_build)
