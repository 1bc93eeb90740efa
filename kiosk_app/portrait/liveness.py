"""Is somebody alive before the camera: three of four gestures, in an order nobody can know before.

Rules. The order is drawn from the injected chance for each visit. Each gesture is asked once and must be done within
:data:`WITHIN` seconds from a face at rest; another gesture done instead of it fails the whole, so that a film in the
wrong order is refused. The face stays in view and moves without leaps, and at the end of every gesture its embedding is
compared with the first: another face fails. Failing costs the citizen nothing but a new order or the counter.

This is an active challenge. It was **not** tested to ISO/IEC 30107-3, and no certified detection of presentation
attacks is claimed: a person in a mask, or a film made live to the orders, may pass. What it is compared with decides
too (:mod:`kiosk_app.portrait.match`), and the citizen may always go to a counter instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from kiosk_app.portrait.face import FaceLook, FrameFacts

WITHIN = 8.0
LOST = 0.7
"""Seconds without a face, or between two frames, after which it is not the same look any more."""
LEAP = 0.2
"""Overlap of the face's boxes in two frames of a face that moved and was not exchanged."""
SAME = 0.6
"""Drift of the embedding (dlib's published threshold)."""
TURNED, MOUTH, SHUT = 9.0, 0.13, 0.55
"""Degrees from rest; gap of the lips above rest / T; gap of the lids as a share of that at rest."""
RESTS = (4.0, 0.05, 0.75)
"""The same three within which a face is at rest again."""


class Gesture(StrEnum):
    """What is asked for; left and right are the person's own."""

    BLINK = "blink"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    OPEN_MOUTH = "open_mouth"


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
    return tuple(chance.sample(list(Gesture), 3))


@dataclass(frozen=True)
class Rest:
    """The face at rest: what a gesture is measured from."""

    yaw: float
    eye_gap: float
    mouth_gap: float


@dataclass(frozen=True)
class Challenge:
    """Where it stands. ``asks`` is what the screen says now; ``done`` counts gestures."""

    order: tuple[Gesture, ...]
    outcome: Outcome = Outcome.GOING
    done: int = 0
    rest: Rest | None = None
    asked_at: float | None = None
    resting: bool = False
    checked: bool = True
    last: FrameFacts | None = None

    @property
    def asks(self) -> Gesture | None:
        """The gesture to do now; None when it is over or the face must first be at rest."""
        going = self.outcome is Outcome.GOING and self.resting and self.done < len(self.order)
        return self.order[self.done] if going else None

    @property
    def wants_track(self) -> bool:
        """Whether the next frame must be compared with the first face: a gesture was just done, or none is known."""
        return not self.checked or self.rest is None

    def after(self, frame: FrameFacts) -> "Challenge":
        """Where it stands after ``frame``; over is over."""
        if self.outcome is not Outcome.GOING:
            return self
        if broken := self._broken(frame):
            return replace(self, outcome=broken)
        if frame.face is None:
            return self
        seen = replace(self, last=frame)
        if frame.drift is not None:
            seen = replace(seen, checked=True)
        return seen._gesture(frame.face, frame.at)

    def _broken(self, frame: FrameFacts) -> Outcome | None:  # noqa: PLR0911 - one line per way to be broken
        """Whether the look was interrupted, or is of somebody else."""
        if self.asked_at is not None and self.asks and frame.at - self.asked_at > WITHIN:
            return Outcome.TOO_SLOW
        if frame.rival > 0.2:
            return Outcome.NOT_ALONE
        if frame.drift is not None and frame.drift > SAME:
            return Outcome.ANOTHER
        if self.last is None or self.last.face is None:
            return None
        if frame.at - self.last.at > LOST:
            return Outcome.LOST
        if frame.face is not None and overlap(self.last.face.box, frame.face.box) < LEAP:
            return Outcome.LOST
        return None

    def _gesture(self, face: FaceLook, at: float) -> "Challenge":  # noqa: PLR0911 - one line per state
        if self.rest is None:
            return self._first(face, at)
        if not self.resting:  # between two gestures the face comes to rest, and is compared
            if doing(face, self.rest, at_rest=True) or not self.checked:
                return self
            if self.done == len(self.order):
                return replace(self, outcome=Outcome.ALIVE)
            return replace(self, resting=True, asked_at=at)
        done = doing(face, self.rest)
        if not done:
            return self
        if self.order[self.done] not in done:
            return replace(self, outcome=Outcome.WRONG)
        return replace(self, done=self.done + 1, resting=False, checked=False, asked_at=None)

    def _first(self, face: FaceLook, at: float) -> "Challenge":
        """The first frontal, calm face is the rest to measure from."""
        m = face.measures
        if abs(m["yaw"]) > TURNED or m["mouth_gap"] > MOUTH:
            return self
        return replace(self, rest=Rest(m["yaw"], m["eye_gap"], m["mouth_gap"]), resting=True, asked_at=at)


def doing(face: FaceLook, rest: Rest, *, at_rest: bool = False) -> frozenset[Gesture]:
    """The gestures that ``face`` makes; with ``at_rest``, those it has not quite ended."""
    turned, mouth, shut = RESTS if at_rest else (TURNED, MOUTH, SHUT)
    m = face.measures
    yaw = m["yaw"] - rest.yaw
    found = set()
    if yaw > turned:
        found.add(Gesture.TURN_LEFT)
    if yaw < -turned:
        found.add(Gesture.TURN_RIGHT)
    if m["mouth_gap"] - rest.mouth_gap > mouth:
        found.add(Gesture.OPEN_MOUTH)
    if abs(yaw) <= turned and m["eye_gap"] < shut * rest.eye_gap:
        found.add(Gesture.BLINK)
    return frozenset(found)


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes x, y, width, height."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[0] + one[2], other[0] + other[2]), min(one[1] + one[3], other[1] + other[3])
    both = max(0.0, right - left) * max(0.0, bottom - top)
    return both / max(one[2] * one[3] + other[2] * other[3] - both, 1e-9)
