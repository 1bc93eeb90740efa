"""Pictures of which the truth is known: simulated persons under a similarity, a light and a noise of their own."""

from dataclasses import dataclass
from functools import cache
from math import comb

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face.arrays import Floats, Picture, floats, picture
from hardware.hosts.face.crop import Form, cut, head_of, plan
from hardware.hosts.face.nets import Nets
from hardware.hosts.face.shots import Shot, seen
from hardware.simulators.camera_people import WHO
from hardware.simulators.people.person import HEIGHT, WALL, WIDTH, Gesture, Person
from kiosk_app.devices import FACE_MODELS
from kiosk_app.portrait.spec import specs

SPEC = specs()["exit_entry"]
FORM = Form(SPEC.form.width, SPEC.form.height, head=SPEC.form.head, crown=SPEC.form.crown)
MM = 30.0 / FORM.width
"""Millimetres of a pixel: 354 pixels are 30 mm at 300 dots per inch."""
FACING = {"obama": Gesture(), "biden": Gesture(turn=-17), "collins": Gesture()}
"""How each portrait looks into the camera: one of them was taken from the side."""


@cache
def nets() -> Nets:
    """The networks, in this process."""
    return Nets(FACE_MODELS)


@cache
def person(who: str) -> Person:
    """One of the simulated persons."""
    (portrait,) = FACE_MODELS.with_name("portraits").glob(f"{who}.*")
    return Person(nets(), picture(cv2.imread(str(portrait))))


@cache
def rest(who: str) -> Picture:
    """The person who looks into the camera, before anything is done to the picture."""
    return person(who).frame(FACING[who], np.random.default_rng(0))


@dataclass(frozen=True)
class Known:
    """A frame, and by what it came from :func:`rest`."""

    who: str
    frame: Picture
    onto: NDArray[np.float64]

    @property
    def scale(self) -> float:
        """How much larger than at rest."""
        return float(np.hypot(self.onto[0, 0], self.onto[0, 1]))

    def place(self, points: Floats) -> Floats:
        """Where points of the frame at rest are in this one."""
        return floats(points @ self.onto[:, :2].T + self.onto[:, 2])


def varied(
    chance: np.random.Generator,
    *,
    who: str = "",
    source: Picture | None = None,
    scale: tuple[float, float] = (0.8, 1.2),
    roll: float = 6.0,
    shift: float = 60.0,
    gain: tuple[float, float] = (0.75, 1.2),
    noise: float = 4.0,
) -> Known:
    """A frame by chance. ``source`` instead of the person at rest."""
    who = who or str(chance.choice(WHO))
    size = float(chance.uniform(*scale))
    onto = np.asarray(
        cv2.getRotationMatrix2D((WIDTH / 2, 0.44 * HEIGHT), float(chance.uniform(-roll, roll)), size), np.float64
    )
    onto[:, 2] += chance.uniform(-shift, shift, 2) * (1, 0.4)
    way = cv2.INTER_CUBIC if size > 1 else cv2.INTER_AREA
    moved = cv2.warpAffine(rest(who) if source is None else source, onto, (WIDTH, HEIGHT), flags=way, borderValue=WALL)
    lit = moved * float(chance.uniform(*gain)) + chance.normal(0, chance.uniform(0, noise) + 1e-6, moved.shape)
    return Known(who, picture(lit.clip(0, 255).astype(np.uint8)), onto)


@dataclass(frozen=True)
class Cropped:
    """The photo before it becomes a file, and how much each pixel truly is the person: 0..1."""

    photo: Picture
    person: Floats


def cropped(known: Known, form: Form = FORM) -> Cropped:
    """As the kiosk crops it. Raises Cannot."""
    shot: Shot = seen(nets(), known.frame)
    onto = plan(head_of(nets().outline(known.frame), shot.look), form)
    whole = np.vstack([known.onto, (0, 0, 1)])
    truth = cv2.warpAffine(
        person(known.who).alpha, (np.vstack([onto, (0, 0, 1)]) @ whole)[:2], (form.width, form.height)
    )
    return Cropped(cut(known.frame, onto, form), floats(truth))


def upper_bound(errors: int, of: int, sure: float = 0.95) -> float:
    """Clopper and Pearson's one-sided upper bound of a rate; without errors it is the "rule of three"."""

    low, high = errors / of, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        below = sum(comb(of, k) * middle**k * (1 - middle) ** (of - k) for k in range(errors + 1))
        low, high = (middle, high) if below > 1 - sure else (low, middle)
    return round(high, 4)
