"""What to say to the person before the camera: one sentence at a time, and when to release the shutter by itself.

Rules.

- The first thing that is wrong is said, in the order in which a photographer would mend them: is somebody there, alone,
  near enough, in the middle, straight, with open eyes and closed lips, well lit, sharp, before an even wall.
- A sentence stands for :data:`STANDS` seconds, so that it can be read and spoken; only "keep still" gives way at once.
- What was right stays right a little longer (each limit has a *slack*), so that a value at its limit does not flicker.
  Limit and slack together are narrower than the photo's own rule (``specs.toml``), so that the finished photo passes;
  whatever the rules judge of face, light and wall is judged here too, or a good look would end in a refused photo.
- The shutter is released after all has been right for :data:`STILL` seconds. An advisory check (glasses: a heuristic
  without a network behind it) makes that :data:`ADVISED` seconds and never prevents it.

The person sees itself in a mirror. A face left of the middle of the camera's picture is the person's own right.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk_app.portrait.face import FaceLook, FrameFacts

STANDS = 0.8
STILL, ADVISED = 1.0, 4.0
RIVAL = 0.2
"""A second face of a fifth of the first one's area is a second person, not somebody passing far behind."""
NEAR, FAR = 0.30, 0.18
"""Eyes to chin as a share of the frame's height: nearer, or farther, and head and shoulders do not fit the photo."""
ASIDE, HIGH, LOW = 0.12, 0.30, 0.56
"""The eyes' middle: from the middle of the frame's width, and between these shares of its height."""
PLACE_SLACK = 0.02
INF = float("inf")


@dataclass(frozen=True)
class Limit:
    """``measure`` lies between ``low`` and ``high``, and ``slack`` beyond once it has; ``say`` when it does not."""

    check: str
    measure: str
    low: float
    high: float
    slack: float
    say: str

    def holds(self, value: float, *, before: bool) -> bool:
        """Whether ``value`` is right; ``before``: it was in the frame before."""
        slack = self.slack if before else 0.0
        return self.low - slack <= value <= self.high + slack


LIMITS = (
    Limit("facing", "roll", -3.5, 3.5, 1.0, "photo.say.straight"),
    Limit("facing", "yaw", -4.5, 4.5, 0.7, "photo.say.look_here"),
    Limit("facing", "pitch", -10.0, 10.0, 1.0, "photo.say.chin"),
    Limit("calm", "eye_gap", 0.040, INF, 0.004, "photo.say.eyes"),
    Limit("calm", "mouth_gap", -INF, 0.062, 0.006, "photo.say.mouth"),
    Limit("light", "luminance", 0.32, 0.80, 0.03, "photo.say.dark"),
    Limit("light", "over", -INF, 0.008, 0.003, "photo.say.bright"),
    Limit("light", "under", -INF, 0.18, 0.03, "photo.say.dark"),
    Limit("light", "evenness", 0.76, INF, 0.02, "photo.say.uneven"),
    Limit("light", "colour", -INF, 10.0, 1.5, "photo.say.colour"),
    Limit("sharp", "sharpness", 9.0, INF, 1.0, "photo.say.still"),
    Limit("wall", "wall_light", 0.83, INF, 0.02, "photo.say.wall"),
    Limit("wall", "wall_spread", -INF, 10.0, 1.5, "photo.say.wall"),
    Limit("wall", "wall_saturation", -INF, 0.10, 0.015, "photo.say.wall"),
    Limit("glasses", "glare", -INF, 0.007, 0.002, "photo.say.glasses"),
    Limit("glasses", "tint", 0.50, INF, 0.04, "photo.say.glasses"),
)
"""In the order in which they are said. The measures are those of the face host; the wall's are named ``wall_...``.

Frame and finished file measure a little differently: the limits keep the differences that were seen between the two
(``bench/face_live.py``): 1 for sharpness at 9, 1.5 degrees of yaw and 2.7 of pitch, 0.02 of the lips' gap, and what is
too bright by a factor of 3.5. Sharpness: the softest good portrait measures 9.4, and one blurred by 1.6 pixels 7.
"""
CHECKS = ("facing", "place", "calm", "light", "sharp", "wall", "glasses")
"""What the screen lists, each right or wrong."""
ADVISORY = frozenset({"glasses"})
READY, NOBODY, ALONE = "photo.say.ready", "photo.say.nobody", "photo.say.alone"


@dataclass(frozen=True)
class Wrong:
    """One thing to mend: which check, and the sentence's id."""

    check: str
    say: str


def wrongs(frame: FrameFacts, passed: frozenset[str] = frozenset()) -> tuple[Wrong, ...]:
    """Everything to mend in ``frame``, the first first. ``passed``: measures that were right in the frame before."""
    face = frame.face
    if face is None or frame.faces == 0:
        return (Wrong("place", NOBODY),)
    if frame.rival > RIVAL:
        return (Wrong("place", ALONE),)
    place = misplaced(face, frame.size, PLACE_SLACK if "place" in passed else 0.0)
    measures = measures_of(frame)
    found = [Wrong("place", place)] if place else []
    wrong = [
        Wrong(limit.check, _said(limit, measures[limit.measure]))
        for limit in LIMITS
        if limit.measure in measures and not limit.holds(measures[limit.measure], before=limit.measure in passed)
    ]
    return (*found, *wrong)


def measures_of(frame: FrameFacts) -> Mapping[str, float]:
    """Those of the face and of the wall under one name each."""
    of_face = frame.face.measures if frame.face is not None else {}
    return {**of_face, **{f"wall_{name}": value for name, value in frame.wall.items()}}


def _said(limit: Limit, value: float) -> str:
    return "photo.say.bright" if limit.measure == "luminance" and value > limit.high else limit.say


def misplaced(face: FaceLook, size: tuple[int, int], slack: float = 0.0) -> str:
    """Too far, too near, or beside the middle; empty when the face is where it should be."""
    width, height = size
    share = face.tall / height
    if share < FAR - slack / 2:
        return "photo.say.closer"
    if share > NEAR + slack / 2:
        return "photo.say.back"
    x, y = face.middle
    if abs(x / width - 0.5) > ASIDE + slack:
        return "photo.say.left" if x < width / 2 else "photo.say.right"
    if not HIGH - slack <= y / height <= LOW + slack:
        return "photo.say.lower" if y / height < HIGH else "photo.say.higher"
    return ""


@dataclass(frozen=True)
class Guidance:
    """What is said, since when; which checks are wrong (None: nobody to check); since when all has been right."""

    say: str = ""
    since: float = -INF
    right_since: float | None = None
    wrong: frozenset[str] | None = None
    passed: frozenset[str] = frozenset()
    wall: Mapping[str, float] | None = None

    def after(self, frame: FrameFacts) -> "Guidance":
        """What to say after ``frame``. The wall is measured in some frames only: what was seen last counts."""
        wall = frame.wall or self.wall or {}
        seen = replace(frame, wall=wall)
        found = wrongs(seen, self.passed)
        right = all(wrong.check in ADVISORY for wrong in found)
        now = found[0].say if found else READY
        stands = now == self.say or (frame.at - self.since < STANDS and self.say not in {"", READY})
        return Guidance(
            say=self.say if stands else now,
            since=self.since if stands else frame.at,
            right_since=(frame.at if self.right_since is None else self.right_since) if right else None,
            wrong=frozenset(wrong.check for wrong in found) if now not in {NOBODY, ALONE} else None,
            passed=_passed(seen, self.passed),
            wall=wall,
        )

    @property
    def right(self) -> bool:
        """Whether the frame seen last is a good one."""
        return self.right_since is not None

    def releases(self, at: float) -> bool:
        """Whether the shutter goes now."""
        wait = ADVISED if self.wrong else STILL
        return self.right_since is not None and at - self.right_since >= wait


def _passed(frame: FrameFacts, before: frozenset[str]) -> frozenset[str]:
    """The measures that are right in ``frame``, by the limits that hold for each now; empty without a face."""
    if frame.face is None:
        return frozenset()
    measures = measures_of(frame)
    good = {
        limit.measure
        for limit in LIMITS
        if limit.measure in measures and limit.holds(measures[limit.measure], before=limit.measure in before)
    }
    if not misplaced(frame.face, frame.size, PLACE_SLACK if "place" in before else 0.0):
        good.add("place")
    return frozenset(good)
