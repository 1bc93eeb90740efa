"""How a camera is opened, which controls it has, and what its pictures say of it: for the camera host.

A V4L2 device is opened by OpenCV's own V4L2 code, an address or a file by FFmpeg. A control is there if OpenCV reads a
value from it; what is set is read back, because a camera rounds, and refuses without a word. Whether a camera is frozen
or covered shows in its pictures alone: a sensor has noise, and a lid has no shape.
"""

import os
import stat
import time
import zlib
from dataclasses import dataclass, field
from typing import Any, Protocol

import cv2
import numpy as np
from cv2.typing import MatLike

OPEN_MS, READ_MS = 2000, 2000
"""Milliseconds after which FFmpeg gives up a network camera; V4L2 has a limit of its own, set in ``camera.main``."""
NO_CONTROL = -1
"""What OpenCV reads from a control that is not there."""
CONTROLS: dict[str, tuple[int, int | None, tuple[int, ...], int]] = {
    "focus": (cv2.CAP_PROP_FOCUS, cv2.CAP_PROP_AUTOFOCUS, (1,), 0),
    "exposure": (cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE, (3, 0), 1),
    "white_balance": (cv2.CAP_PROP_WB_TEMPERATURE, cv2.CAP_PROP_AUTO_WB, (1,), 0),
    "zoom": (cv2.CAP_PROP_ZOOM, None, (), 0),
}
"""Value, its automatic, the automatic's words for on (first one that the camera takes) and for off.

Exposure speaks V4L2's menu: 0 automatic, 1 manual, 3 aperture priority, which is the automatic of UVC cameras
(linux/v4l2-controls.h).
"""

DARK, FLAT, DIM = 40, 2.5, 130
"""Grey levels, measured on pictures of our own: nothing brighter than DARK, or no detail above FLAT and below DIM."""
BLACK = 16
"""Nothing brighter than this is what is left to be told of a camera above a desk: an empty one may be dark and even."""

SPARSE = 8
"""Every eighth pixel of every eighth row is what a picture is judged by."""


class Refused(Exception):
    """The camera does not do it; ``why`` is a word of the protocol."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail)
        self.why = why


class Capture(Protocol):
    """What is used of ``cv2.VideoCapture``."""

    def read(self, image: MatLike | None = ..., /) -> tuple[bool, MatLike]: ...
    def get(self, propId: int, /) -> float: ...  # noqa: N803 - OpenCV's name
    def set(self, propId: int, value: float, /) -> bool: ...  # noqa: N803
    def release(self) -> None: ...


@dataclass(frozen=True)
class Wish:
    """What the driver asks for. ``first``: the sequence of the first picture; ``turn``: how the camera is mounted;
    ``desk``: it looks at one.
    """

    source: str
    width: int
    height: int
    rate: int
    turn: int = 0
    first: int = 1
    keep: int = 10
    desk: bool = False
    controls: dict[str, float | None] = field(default_factory=dict)


def present(source: str) -> bool:
    """Whether the camera's device is there, without opening it: nobody is looked at. A network camera may be."""
    if not source.startswith("/"):
        return True
    try:
        mode = os.stat(source).st_mode  # noqa: PTH116 - the kind of it is asked
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISREG(mode)


def open_capture(wish: Wish) -> cv2.VideoCapture:
    """The camera. Raises Refused: ``no_camera``, ``not_open``."""
    source = wish.source.removeprefix("file://")
    if not present(source):
        raise Refused("no_camera", "no such device")
    if source.startswith("/dev/"):
        size = [cv2.CAP_PROP_FRAME_WIDTH, wish.width, cv2.CAP_PROP_FRAME_HEIGHT, wish.height]
        packed = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")]  # raw 720p does not fit through USB 2
        capture = cv2.VideoCapture(source, cv2.CAP_V4L2, [*packed, *size, cv2.CAP_PROP_FPS, wish.rate])
    else:
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
        capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, [*limits, cv2.CAP_PROP_N_THREADS, 1])
    if not capture.isOpened():
        raise Refused("not_open", "the camera cannot be opened")
    return capture


def control_state(capture: Capture, name: str) -> dict[str, Any] | None:
    """How a control stands; None if the camera does not have it."""
    value, automatic, on, _ = CONTROLS[name]
    now = capture.get(value)
    if now == NO_CONTROL:
        return None
    auto = NO_CONTROL if automatic is None else capture.get(automatic)
    return {"value": now, "automatic": None if auto == NO_CONTROL else auto in on}


def set_control(capture: Capture, name: str, wanted: float | None) -> dict[str, Any]:
    """Set a control, None to its automatic, and read back what came of it. Raises Refused ``no_control``."""
    if name not in CONTROLS or control_state(capture, name) is None:
        raise Refused("no_control", name)
    value, automatic, on, off = CONTROLS[name]
    if wanted is None:
        if automatic is None or not any(capture.set(automatic, word) for word in on):
            raise Refused("no_control", f"{name} has no automatic")
    else:
        if automatic is not None:
            capture.set(automatic, off)  # a camera without automatic refuses, and needs none
        if not capture.set(value, wanted):
            raise Refused("no_control", f"{name} does not take this value")
    return control_state(capture, name) or {}


class Judge:
    """What the pictures say of the camera: ``same`` pictures in a row, ``dark`` for so many seconds."""

    def __init__(self, desk: bool) -> None:
        self.same = 0
        self._desk = desk
        self._digest = 0
        self._dark_since: float | None = None

    @property
    def dark(self) -> float:
        """For how many seconds it has seen nothing."""
        return 0.0 if self._dark_since is None else time.monotonic() - self._dark_since

    def look(self, picture: MatLike, now: float) -> None:
        """One more picture."""
        sparse = np.ascontiguousarray(picture[::SPARSE, ::SPARSE])
        digest = zlib.crc32(sparse.data)
        self.same = self.same + 1 if digest == self._digest else 0
        self._digest = digest
        if not _covered(sparse, self._desk):
            self._dark_since = None
        elif self._dark_since is None:
            self._dark_since = now
        sparse.fill(0)


def _covered(sparse: MatLike, desk: bool) -> bool:
    """Dark all over, or dim and without any shape: a lid, a finger. A bright even wall is neither."""
    tiles = cv2.cvtColor(cv2.resize(sparse, (16, 9), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
    brightest, mean, detail = float(tiles.max()), float(tiles.mean()), float(tiles.std())
    if desk:
        return brightest < BLACK
    return brightest < DARK or (detail < FLAT and mean < DIM)
