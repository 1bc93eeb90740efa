"""Whether what is said live is never looser than the rules of the file: good looks that end in a refused photo.

People stand a little wrong in every way at once: turned, nodding, lids and lips moving, too bright, too dark, out of
focus. Judged is the frame with every slack given, which is the loosest that guidance ever is, and then the photo of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from bench.face_pictures import FACING, FORM, SPEC, nets, person, upper_bound, varied
from hardware.hosts.face import backdrop, jpeg
from hardware.hosts.face.arrays import Picture, picture
from hardware.hosts.face.eyes import Cannot
from hardware.hosts.face.shots import Shots, seen
from hardware.simulators.camera_people import WHO
from hardware.simulators.people.person import Gesture
from kiosk_app.portrait.face import FaceLook, FrameFacts
from kiosk_app.portrait.guidance import ADVISORY, LIMITS, wrongs
from kiosk_app.portrait.rules import judge

LOOKS = 160
FILE = jpeg.File(SPEC.file.smallest, SPEC.file.largest, SPEC.file.dpi)
HELD = frozenset(limit.measure for limit in LIMITS) | {"place"}
"""Everything was right a moment ago: each limit with its slack."""


@dataclass(frozen=True)
class Compared:
    """One look: what guidance would say of it, and, if that is nothing, which rules its photo breaks."""

    live: tuple[str, ...]
    broken: tuple[str, ...] = ()


def measure() -> dict[str, Any]:
    """How many looks were good, and how many of their photos were refused."""
    good = [look for look in compared(LOOKS, seed=31) if not look.live]
    refused = sum(bool(look.broken) for look in good)
    return {
        "live_good": f"{len(good)} of {LOOKS} looks",
        "live_good_refused": f"{refused}/{len(good)}",
        "live_good_refused_bound": upper_bound(refused, len(good)),
    }


def compared(count: int, seed: int, spoil: float = 1.0) -> Iterator[Compared]:
    """Looks by chance, every third without a pose; ``spoil``: how much they stand wrong."""
    chance = np.random.default_rng(seed)
    for number in range(count):
        who = str(chance.choice(WHO))
        frame = varied(
            chance,
            who=who,
            source=person(who).frame(_pose(chance, who, spoil if number % 3 else 0.0), chance),
            scale=(0.85, 1.15),
            roll=4.0 * spoil,
            shift=40.0,
            gain=(1 - 0.25 * spoil, 1 + 0.2 * spoil),
            noise=3.0,
        ).frame
        if number % 2:
            frame = picture(cv2.GaussianBlur(frame, (0, 0), float(chance.uniform(0.3, 0.4 + 0.9 * spoil))))
        yield _compared(frame)


def _pose(chance: np.random.Generator, who: str, spoil: float) -> Gesture:
    turn, nod = (float(value) * spoil for value in chance.uniform(-9, 9, 2))
    return Gesture(
        turn=FACING[who].turn + turn,
        nod=nod,
        shut=float(chance.uniform(0, 0.4)) * spoil,
        open=float(chance.uniform(0, 0.15)) * spoil,
    )


def _compared(frame: Picture) -> Compared:
    shot = seen(nets(), frame)
    numbers, small = shot.look.numbers(), backdrop.small(frame)
    measures = {name: float(value) for name, value in numbers.items() if isinstance(value, float)}
    face = FaceLook(numbers["box"], numbers["right_eye"], numbers["left_eye"], numbers["chin"], measures)
    wall = backdrop.measure(small, nets().outline(small))
    facts = FrameFacts(1, 0.0, (frame.shape[1], frame.shape[0]), 1, face=face, wall=wall)
    live = tuple(wrong.say for wrong in wrongs(facts, HELD) if wrong.check not in ADVISORY)
    if live:
        return Compared(live)
    try:
        photo = Shots(nets()).finish([shot], FORM, FILE, "keep")
    except Cannot as error:
        return Compared(live, (error.why,))
    return Compared(live, tuple(found.rule.measure for found in judge(photo.measures, SPEC) if found.refuses))
