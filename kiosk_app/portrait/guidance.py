"""What to say to the person before the camera: one sentence at a time, and when to release the shutter by itself.

Rules. The first thing that is wrong is said, in the order in which a photographer would mend them: is somebody there,
alone, near enough, in the middle, straight, with open eyes and closed lips, well lit, still. A sentence stands for
:data:`STANDS` seconds, so that it can be read and spoken; the shutter is released after all has been right for
:data:`STILL` seconds. Limits are a little narrower than the photo's own, so that the finished photo passes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk_app.portrait.face import FaceLook, FrameFacts

STANDS = 0.8
STILL = 0.6
RIVAL = 0.2
NEAR, FAR = 0.30, 0.18
"""Eyes to chin as a share of the frame's height: nearer, or farther, and head and shoulders do not fit the photo."""
ASIDE, HIGH, LOW = 0.12, 0.30, 0.56
"""The eyes' middle: from the middle of the frame's width, and between these shares of its height."""
LIMITS: tuple[tuple[str, float, float, str], ...] = (
    ("roll", -4.0, 4.0, "photo.say.straight"),
    ("yaw", -6.0, 6.0, "photo.say.look_here"),
    ("pitch", -11.0, 11.0, "photo.say.chin"),
    ("eye_gap", 0.038, 1.0, "photo.say.eyes"),
    ("mouth_gap", -1.0, 0.07, "photo.say.mouth"),
    ("luminance", 0.30, 1.0, "photo.say.dark"),
    ("over", -1.0, 0.03, "photo.say.bright"),
    ("evenness", 0.75, 1.0, "photo.say.uneven"),
    ("sharpness", 8.0, float("inf"), "photo.say.still"),
)
WALL: tuple[tuple[str, float, float, str], ...] = (
    ("light", 0.80, 1.0, "photo.say.wall"),
    ("spread", -1.0, 12.0, "photo.say.wall"),
)
READY = "photo.say.ready"


def fault(frame: FrameFacts) -> str:
    """The id of the one sentence that helps most now; :data:`READY` when all is right."""
    face = frame.face
    if face is None or frame.faces == 0:
        return "photo.say.nobody"
    if frame.rival > RIVAL:
        return "photo.say.alone"
    return _place(face, frame.size) or _within(face.measures, LIMITS) or _within(frame.wall, WALL) or READY


def _place(face: FaceLook, size: tuple[int, int]) -> str:
    """Too far, too near, or beside the middle. The preview is shown in a mirror: left is left."""
    width, height = size
    share = face.tall / height
    if share < FAR:
        return "photo.say.closer"
    if share > NEAR:
        return "photo.say.back"
    x, y = face.middle
    if abs(x / width - 0.5) > ASIDE:
        return "photo.say.left" if x < width / 2 else "photo.say.right"
    if not HIGH <= y / height <= LOW:
        return "photo.say.lower" if y / height < HIGH else "photo.say.higher"
    return ""


def _within(measures: Mapping[str, float], limits: tuple[tuple[str, float, float, str], ...]) -> str:
    for name, low, high, sentence in limits:
        if name in measures and not low <= measures[name] <= high:
            return sentence
    return ""


@dataclass(frozen=True)
class Guidance:
    """What is said, since when, and since when all has been right."""

    say: str = ""
    since: float = float("-inf")
    right_since: float | None = None
    wall: Mapping[str, float] | None = None

    def after(self, frame: FrameFacts) -> "Guidance":
        """What to say after ``frame``. The wall is measured in some frames only: what was seen last counts."""
        wall = frame.wall or self.wall or {}
        now = fault(replace(frame, wall=wall))
        right = (frame.at if self.right_since is None else self.right_since) if now == READY else None
        stands = now == self.say or (frame.at - self.since < STANDS and self.say not in {"", READY})
        say, since = (self.say, self.since) if stands else (now, frame.at)
        return Guidance(say, since, right, wall)

    def releases(self, at: float) -> bool:
        """Whether the shutter goes now."""
        return self.right_since is not None and at - self.right_since >= STILL
