"""Somebody before the camera, as facts: the other end of the ports Camera and FaceAnalyst, on any clock.

A :class:`Stage` holds who stands there and how; the camera shows it at 25 frames a second and the analyst measures it.
Gestures take their time, like a person's. What a real picture of it measures is tested with the real host
(``tests/hardware``); here the numbers are the truth from the start.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from hardware.link import Watched
from kiosk_app.devices import (
    Backdrop,
    CameraFeatures,
    Condition,
    Control,
    ControlState,
    DeviceState,
    FaceLook,
    Frame,
    FrameFacts,
    PhotoFacts,
    PhotoSpec,
    Picture,
    PictureFormat,
    Preview,
)
from kiosk_app.errors import DeviceError, DeviceOffline, DocumentPictureUnusable, FaceNotSeen, KioskError
from kiosk_app.portrait.liveness import Gesture

RATE = 25
WIDTH, HEIGHT = 1280, 720
ACTS: Mapping[Gesture, Mapping[str, float]] = {
    Gesture.CLOSE_EYES: {"eye_gap": 0.008},
    Gesture.TURN_LEFT: {"yaw": 22.0},
    Gesture.TURN_RIGHT: {"yaw": -22.0},
    Gesture.OPEN_MOUTH: {"mouth_gap": 0.35},
}
CALM = {
    "yaw": 0.5, "roll": 0.3, "pitch": 1.0, "eye_gap": 0.062, "mouth_gap": 0.01, "luminance": 0.55, "over": 0.002,
    "under": 0.02, "colour": 2.0, "evenness": 0.9, "sharpness": 30.0, "glare": 0.0, "tint": 0.8,
}  # fmt: skip
WALL = {"light": 0.92, "spread": 3.0, "saturation": 0.03}
GOOD_PHOTO = {
    **CALM, "wall_light": 0.92, "wall_saturation": 0.03, "wall_spread": 3.0,
    "head_length": 360.0, "face_width": 205.0, "eye_distance": 97.0, "crown": 35.0, "eye_line": 215.0,
    "eyes_across": 177.0, "eyes_to_bottom": 215.0, "bytes": 30000.0,
}  # fmt: skip
ALIKE, NOT_ALIKE = 0.32, 0.85
"""Distances of one person's pictures and of two persons' (``face.md`` 4.3)."""


@dataclass(frozen=True)
class Someone:
    """A person: who it is, and where and how the face is. ``tall``: pixels from the eyes to the chin."""

    name: str = "zhang"
    x: float = 640.0
    y: float = 310.0
    tall: float = 170.0
    measures: Mapping[str, float] = field(default_factory=lambda: dict(CALM))

    def doing(self, **measures: float) -> "Someone":
        """The same person with other measures."""
        return replace(self, measures={**self.measures, **measures})

    @property
    def look(self) -> FaceLook:
        """What the analyst sees of it."""
        t = self.tall
        return FaceLook(
            box=(self.x - t, self.y - 0.8 * t, 2 * t, 2.2 * t),
            right_eye=(self.x - 0.28 * t, self.y),
            left_eye=(self.x + 0.28 * t, self.y),
            chin=(self.x, self.y + t),
            measures=self.measures,
        )


class Scene:
    """Who stands before the camera now; ``acts`` makes gestures that take their time."""

    def __init__(self) -> None:
        self.people: list[Someone] = []
        self.wall: dict[str, float] = dict(WALL)
        self.covered: DeviceError | None = None
        """What the camera says of itself while it shows nothing."""
        self.changed: Callable[[], None] = lambda: None

    def enter(self, *people: Someone) -> None:
        """These and nobody else."""
        self.people = list(people or (Someone(),))

    async def act(self, *gestures: Gesture, hold: float = 0.9, rest: float = 0.6) -> None:
        """Make gestures, one after the other, and come to rest after each."""
        for gesture in gestures:
            was = self.people[0]
            self.people[0] = was.doing(**ACTS[gesture])
            await asyncio.sleep(hold)
            self.people[0] = was
            await asyncio.sleep(rest)

    def facts(self, sequence: int, at: float, *, wall: bool, drift: float | None) -> FrameFacts:
        """The frame as numbers."""
        people = sorted(self.people, key=lambda person: -person.tall)
        return FrameFacts(
            sequence=sequence,
            at=at,
            size=(WIDTH, HEIGHT),
            faces=len(people),
            rival=(people[1].tall / people[0].tall) ** 2 if len(people) > 1 else 0.0,
            face=people[0].look if people else None,
            drift=drift if people else None,
            wall=dict(self.wall) if wall else {},
        )


class ScenePreview:
    """A preview of the scene: only its rhythm is real, its pictures are grey."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._pixels = memoryview(bytes(WIDTH * HEIGHT * 3))
        self.ended = False

    @property
    def number(self) -> int:
        return int(asyncio.get_running_loop().time() * RATE) + 1

    def latest(self) -> Frame | None:
        if self.ended or self._scene.covered is not None:
            return None
        return Frame(WIDTH, HEIGHT, self.number, (self.number - 1) / RATE, self._pixels)

    async def newer(self, than: int = 0) -> Frame:
        now = asyncio.get_running_loop().time
        if self._scene.covered is not None:
            await asyncio.sleep(1.0)
        if self._scene.covered is not None:
            raise self._scene.covered
        await asyncio.sleep(max(0.0, than / RATE - now()) + 1e-4)
        frame = self.latest()
        if frame is None:
            raise self._scene.covered or DeviceOffline("camera", "the preview is over")
        return frame

    @property
    def shared(self) -> int | None:
        return None


class SceneCamera(Watched):
    """Implements ``kiosk_app.devices.Camera``."""

    def __init__(self, scene: Scene) -> None:
        super().__init__("camera")
        self._scene = scene
        self.previews: list[ScenePreview] = []
        self.become(Condition(DeviceState.ONLINE))

    @property
    def features(self) -> CameraFeatures | None:
        return None

    async def run(self) -> None:
        await asyncio.Event().wait()

    @property
    def open(self) -> bool:
        """Whether somebody looks through it."""
        return any(not preview.ended for preview in self.previews)

    @asynccontextmanager
    async def preview(self) -> AsyncIterator[Preview]:
        preview = ScenePreview(self._scene)
        self.previews.append(preview)
        try:
            yield preview
        finally:
            preview.ended = True

    async def still(self, encoding: PictureFormat = PictureFormat.JPEG, *, of: int | None = None) -> Picture:
        if self._scene.covered is not None:
            raise self._scene.covered
        return Picture(b"still", encoding, WIDTH, HEIGHT, of or 1, 0.0)

    async def adjust(self, control: Control, value: float | None) -> ControlState:
        raise NotImplementedError


class SceneAnalyst(Watched):
    """Implements ``kiosk_app.devices.FaceAnalyst``. ``breaks``: errors to raise at the next looks, in their order.

    A document's picture is the name of who is on it.
    """

    def __init__(self, scene: Scene) -> None:
        super().__init__("face_analyst")
        self._scene = scene
        self.breaks: list[KioskError] = []
        self.photo: dict[str, float] = dict(GOOD_PHOTO)
        self.refuses: list[KioskError] = []
        """What the next finishes raise."""
        self.distance: float | None = None
        self.large, self.file = b"master", b"photo"
        self.finished: list[tuple[PhotoSpec, Backdrop, bytes | None]] = []
        self.forgotten = 0
        self.kept = 0
        self._first = self._last = ""
        self.become(Condition(DeviceState.ONLINE))

    @property
    def models(self) -> Mapping[str, str]:
        return {"embedding.onnx": "ab" * 32}

    @property
    def holds(self) -> bool:
        """Whether anything of a person is here."""
        return bool(self.kept or self._first or self._last)

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def look(self, view: Preview, *, than: int = 0, wall: bool = False, track: bool = False) -> FrameFacts:
        frame = await view.newer(than)
        if self.breaks:
            raise self.breaks.pop(0)
        people = self._scene.people
        self._last = people[0].name if people else ""
        drift = None
        if track and people:
            self._first = self._first or self._last
            drift = ALIKE / 2 if self._last == self._first else NOT_ALIKE
        return self._scene.facts(frame.sequence, frame.captured, wall=wall, drift=drift)

    async def keep(self) -> int:
        if not self._last:
            raise FaceNotSeen
        self.kept = min(10, self.kept + 1)
        return self.kept

    async def finish(self, spec: PhotoSpec, policy: Backdrop, still: bytes | None = None) -> PhotoFacts:
        await asyncio.sleep(0.2)
        if self.refuses:
            raise self.refuses.pop(0)
        if still is None and not self.kept:
            raise FaceNotSeen
        self.finished.append((spec, policy, still))
        return PhotoFacts(self.file, dict(self.photo))

    async def master(self) -> bytes:
        if not self.finished:
            raise FaceNotSeen
        return self.large

    async def same(self, document: bytes) -> tuple[float, ...]:
        if document == b"blank":
            raise DocumentPictureUnusable
        if not self._first:
            raise FaceNotSeen
        if self.distance is not None:
            return (self.distance,) * 3
        return (ALIKE if self._first == document.decode() else NOT_ALIKE,) * 3

    async def forget(self) -> None:
        self.forgotten += 1
        self.kept, self._first, self._last = 0, "", ""
