"""Is somebody alive before the camera: three of four gestures, in an order nobody can know before.

Rules.

- The order is drawn from the injected chance for each try: 24 are possible, all equally likely.
- A face is at rest before and after each gesture. From rest exactly the gesture asked for must be made, within
  :data:`WITHIN` seconds; another one made instead of it fails the whole, whatever follows. So a film of a fixed
  sequence passes only if its first three gestures happen to be the order: 1 in 24 for a try.
- A gesture counts when it has been seen for its :data:`HOLD`: one noisy frame is none, and neither is the blink that
  everybody makes every few seconds and cannot suppress: eyes are to be *kept* closed.
- The face stays in view and moves without leaps, alone; at rest after every gesture its embedding is compared with the
  first: another face fails.

Failing costs the citizen nothing but a new order or the counter. This is an active challenge. It was **not** tested to
ISO/IEC 30107-3, and no certified detection of presentation attacks is claimed (``docs/face-check.md``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from kiosk_app.portrait.face import FaceLook, FrameFacts
from kiosk_app.portrait.guidance import RIVAL

GESTURES = 3
WITHIN = 8.0
CALM = 0.3
"""Seconds at rest before the next gesture is asked for."""
LOST = 0.7
"""Seconds without a face, or between two frames, after which it is not the same look any more."""
LEAP = 0.2
"""Overlap of the face's boxes in two frames of a face that moved and was not exchanged."""
SAME = 0.6
"""Drift of the embedding (dlib's published threshold)."""
TURNED, MOUTH, SHUT = 9.0, 0.13, 0.55
"""Degrees from rest; gap of the lips above rest / T; gap of the lids as a share of that at rest."""
RESTS = (6.0, 0.06, 0.7)
"""The same three within which a face is at rest again."""
OPENING, FALLING, TURNING = 0.5, 0.1, 0.2
"""How far the rest that all is measured from follows a frame: quickly to wider eyes and closer lips, slowly back. By
the very widest that was seen, in a noisy picture, half of all frames would show lids that are closing."""
SEES = 0.02
"""Gap of the lids / T below which eyes are not open at all."""


class Gesture(StrEnum):
    """What is asked for; left and right are the person's own."""

    CLOSE_EYES = "close_eyes"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    OPEN_MOUTH = "open_mouth"


HOLD = {Gesture.CLOSE_EYES: 0.5, Gesture.TURN_LEFT: 0.12, Gesture.TURN_RIGHT: 0.12, Gesture.OPEN_MOUTH: 0.2}
"""Seconds. A spontaneous blink is over in 0.1 to 0.4 s (general knowledge)."""


class Outcome(StrEnum):
    """How it ended, or that it has not."""

    GOING = "going"
    ALIVE = "alive"
    TOO_SLOW = "too_slow"
    WRONG = "wrong"
    LOST = "lost"
    ANOTHER = "another"
    NOT_ALONE = "not_alone"


def draw(chance: Random) -> tuple[Gesture, ...]:
    """Three different gestures in an order that cannot be known before."""
    return tuple(chance.sample(list(Gesture), GESTURES))


@dataclass(frozen=True)
class Rest:
    """The face at rest: what a gesture is measured from."""

    yaw: float
    eye_gap: float
    mouth_gap: float

    def seen(self, face: FaceLook) -> "Rest":
        """After one more frame of a calm face."""
        yaw, eyes, lips = (
            face.measures[name] - now
            for name, now in (("yaw", self.yaw), ("eye_gap", self.eye_gap), ("mouth_gap", self.mouth_gap))
        )
        return Rest(
            self.yaw + TURNING * yaw,
            self.eye_gap + (OPENING if eyes > 0 else FALLING) * eyes,
            self.mouth_gap + (OPENING if lips < 0 else FALLING) * lips,
        )


@dataclass(frozen=True)
class Challenge:
    """Where it stands. ``done`` counts gestures; ``resting``: at rest, and the next one is asked for.

    ``within``: seconds for each gesture. ``since``: when what is waited for now was begun; ``calm``: since when the
    face has been at rest; ``checked``: it was compared after the last gesture; ``doing``: the gestures seen now, each
    with since when.
    """

    order: tuple[Gesture, ...]
    outcome: Outcome = Outcome.GOING
    within: float = WITHIN
    done: int = 0
    rest: Rest | None = None
    since: float = 0.0
    resting: bool = False
    calm: float | None = None
    checked: bool = False
    doing: tuple[tuple[Gesture, float], ...] = ()
    last: FrameFacts | None = None

    @property
    def asks(self) -> Gesture | None:
        """The gesture to make now; None when it is over or the face must first be at rest."""
        return self.order[self.done] if self.outcome is Outcome.GOING and self.resting else None

    @property
    def wants_track(self) -> bool:
        """Whether the next frame must be compared with the first face: it looks straight, and was not yet compared."""
        if self.rest is None:
            return self.last is not None and self.last.face is not None and frontal(self.last.face)
        return not self.resting and not self.checked and self.calm is not None

    def left(self, at: float) -> float:
        """Seconds left for the gesture asked for."""
        return max(0.0, self.within - (at - self.since)) if self.asks else self.within

    def after(self, frame: FrameFacts) -> "Challenge":
        """Where it stands after ``frame``; over is over."""
        if self.outcome is not Outcome.GOING:
            return self
        broken = self._broken(frame)
        if broken is Outcome.LOST and self.rest is None:  # nothing was asked yet: somebody else may begin
            return Challenge(self.order, within=self.within)
        if broken is not None:
            return replace(self, outcome=broken)
        if frame.face is None:
            return self
        seen = replace(self, last=frame)
        if seen.rest is None:
            return seen._begin(frame)
        return seen._made(frame, frame.face) if seen.resting else seen._rest(frame, frame.face, seen.rest)

    def _broken(self, frame: FrameFacts) -> Outcome | None:
        """Whether the look was interrupted, is of somebody else, or lasts too long."""
        if self.rest is not None and frame.at - self.since > self.within:
            return Outcome.TOO_SLOW
        if frame.rival > RIVAL:
            return Outcome.NOT_ALONE
        before = self.last
        if before is None or before.face is None:
            return None
        if frame.at - before.at > LOST:
            return Outcome.LOST
        if frame.face is not None and overlap(before.face.box, frame.face.box) < LEAP:
            return Outcome.LOST
        return None

    def _begin(self, frame: FrameFacts) -> "Challenge":
        """The first frontal face that was looked at closely is the one all others are compared with."""
        face = frame.face
        if face is None or frame.drift is None or not frontal(face):
            return self
        m = face.measures
        rest = Rest(m["yaw"], m["eye_gap"], m["mouth_gap"])
        return replace(self, rest=rest, since=frame.at, calm=frame.at, checked=True)

    def _rest(self, frame: FrameFacts, face: FaceLook, rest: Rest) -> "Challenge":
        """Before each gesture and after the last the face comes to rest, and is compared."""
        if gestures(face, rest, at_rest=True):
            return replace(self, calm=None)
        if frame.drift is not None and frame.drift > SAME:
            return replace(self, outcome=Outcome.ANOTHER)
        calm = frame.at if self.calm is None else self.calm
        if self.done == 0:  # a blink, or lips just closing, is no rest to measure from
            rest = rest.seen(face)
        seen = replace(self, rest=rest, calm=calm, checked=self.checked or frame.drift is not None)
        if not seen.checked or frame.at - calm < CALM:
            return seen
        if seen.done == len(seen.order):
            return replace(seen, outcome=Outcome.ALIVE)
        return replace(seen, resting=True, since=frame.at, doing=())

    def _made(self, frame: FrameFacts, face: FaceLook) -> "Challenge":
        """Nothing yet, the gesture asked for, or another one."""
        if self.rest is None:
            return self
        now, before = gestures(face, self.rest), dict(self.doing)
        doing = {gesture: before.get(gesture, frame.at) for gesture in Gesture if gesture in now}
        made = {gesture for gesture, since in doing.items() if frame.at - since >= HOLD[gesture]}
        if not made:
            return replace(self, doing=tuple(doing.items()))
        if made != {self.order[self.done]}:
            return replace(self, outcome=Outcome.WRONG)
        return replace(self, done=self.done + 1, resting=False, since=frame.at, calm=None, checked=False, doing=())


def frontal(face: FaceLook) -> bool:
    """Whether it looks here, with open eyes and closed lips: a face to measure from."""
    m = face.measures
    return abs(m["yaw"]) <= TURNED and m["mouth_gap"] <= MOUTH and m["eye_gap"] >= SEES


def gestures(face: FaceLook, rest: Rest, *, at_rest: bool = False) -> frozenset[Gesture]:
    """The gestures that ``face`` makes; with ``at_rest``, those it has not quite ended.

    Lids of a turned head look closed: they count only while it looks here.
    """
    turned, mouth, shut = RESTS if at_rest else (TURNED, MOUTH, SHUT)
    m = face.measures
    yaw = m["yaw"] - rest.yaw
    found = {
        Gesture.TURN_LEFT: yaw > turned,
        Gesture.TURN_RIGHT: yaw < -turned,
        Gesture.OPEN_MOUTH: m["mouth_gap"] - rest.mouth_gap > mouth,
        Gesture.CLOSE_EYES: abs(yaw) <= turned and m["eye_gap"] < shut * rest.eye_gap,
    }
    return frozenset(gesture for gesture, seen in found.items() if seen)


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes x, y, width, height."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[0] + one[2], other[0] + other[2]), min(one[1] + one[3], other[1] + other[3])
    both = max(0.0, right - left) * max(0.0, bottom - top)
    return both / max(one[2] * one[3] + other[2] * other[3] - both, 1e-9)
