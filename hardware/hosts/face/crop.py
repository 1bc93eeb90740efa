"""From a frame to a document photo: where crown and chin are, and one warp from the original pixels.

The mesh ends at the forehead, so the crown comes from the person's outline: going up from the forehead in a strip half
an eye distance wide, the first row that belongs to the person by less than half. Voluminous hair raises it, and local
rules let high hair be cut: the crown is never more than :data:`HIGHEST` T above the eyes. What would lie outside the
frame is refused and never made up: edge pixels drawn outwards are seen at once (``face.md`` 4.6).
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face.arrays import Floats, Picture, floats, picture, scaled
from hardware.hosts.face.look import Look

HIGHEST = 1.35
UNIT = 48
"""Pixels of an eye distance in the small upright picture in which crown and width are looked for."""


@dataclass(frozen=True)
class Form:
    """The picture wanted, in pixels. Exactly one of ``head`` (crown to chin) and ``face_width`` sets the scale.

    ``crown``: from the upper edge to the crown. ``eyes_to_bottom``: at least so much below the eyes; where both cannot
    be had it wins over ``crown`` (GA 461-2004).
    """

    width: int
    height: int
    head: float = 0.0
    face_width: float = 0.0
    crown: float = 0.0
    eyes_to_bottom: float = 0.0


@dataclass(frozen=True)
class Head:
    """The head in the frame: the middle of the eyes, unit vectors to the right and up, and distances in pixels.

    ``crown`` and ``chin`` are measured from the eyes, up and down; ``width`` is the head's with hair, at the eyes.
    """

    eyes: tuple[float, float]
    right: tuple[float, float]
    up: tuple[float, float]
    crown: float
    chin: float
    width: float
    face_width: float
    eye_distance: float

    @property
    def length(self) -> float:
        """Crown to chin."""
        return self.crown + self.chin


def head_of(outline: Floats, look: Look) -> Head:
    """Measure the head in the person's outline."""
    right_eye, left_eye = np.array(look.right_eye), np.array(look.left_eye)
    middle = (right_eye + left_eye) / 2
    across = (left_eye - right_eye) / max(look.eye_distance, 1.0)
    up = np.array((across[1], -across[0]))
    chin = float((np.array(look.chin) - middle) @ -up)
    small, scale = _upright(outline, middle, across, look.eye_distance)
    crown, width = _crown(small, chin * scale) / scale, _width(small) / scale
    return Head(
        eyes=(float(middle[0]), float(middle[1])),
        right=(float(across[0]), float(across[1])),
        up=(float(up[0]), float(up[1])),
        crown=min(crown, HIGHEST * chin),
        chin=chin,
        width=width,
        face_width=look.face_width,
        eye_distance=look.eye_distance,
    )


def _upright(outline: Floats, middle: NDArray[Any], across: NDArray[Any], distance: float) -> tuple[Floats, float]:
    """The outline upright, the eyes in the middle of a square of eight eye distances; and pixels per pixel."""
    scale = UNIT / max(distance, 1.0)
    side = 8 * UNIT
    turn = np.array([[across[0], across[1]], [-across[1], across[0]]]) * scale
    onto = np.hstack([turn, (np.array((side / 2, side / 2)) - turn @ middle)[:, None]])
    return floats(cv2.warpAffine(outline, onto, (side, side), flags=cv2.INTER_LINEAR)), scale


def _crown(small: Floats, chin: float) -> float:
    """Pixels from the eyes up to the crown, between rows by the value on both sides of one half."""
    middle, half = small.shape[1] // 2, UNIT // 4
    rows: list[float] = small[:, middle - half : middle + half].mean(axis=1).tolist()
    eyes = len(rows) / 2
    for row in range(int(eyes - 0.5 * chin), 0, -1):
        if rows[row] < 0.5:
            step = rows[row + 1] - rows[row]
            return eyes - row - ((0.5 - rows[row]) / step if step > 0 else 0.0)
    return eyes


def _width(small: Floats) -> float:
    """Pixels of the person between the edges, at the height of the eyes."""
    line = small[small.shape[0] // 2 - 3 : small.shape[0] // 2 + 4].mean(axis=0) >= 0.5
    middle = small.shape[1] // 2
    left = middle - int(np.argmin(line[:middle][::-1])) if not line[:middle].all() else 0
    right = middle + int(np.argmin(line[middle:])) if not line[middle:].all() else len(line)
    return float(right - left)


def plan(head: Head, form: Form) -> NDArray[np.float64]:
    """The affine transform from the frame into the picture."""
    scale = form.head / head.length if form.head else form.face_width / head.face_width
    eyes_at = min(form.crown + scale * head.crown, form.height - form.eyes_to_bottom)
    turn = scale * np.array([head.right, [-head.up[0], -head.up[1]]])
    place = np.array((form.width / 2, eyes_at)) - turn @ np.array(head.eyes)
    return np.hstack([turn, place[:, None]])


def missing(onto: NDArray[np.float64], form: Form, frame: tuple[int, int]) -> tuple[str, ...]:
    """Which sides of the picture lie outside the frame (height, width): ``left``, ``right``, ``top``, ``bottom``."""
    back = cv2.invertAffineTransform(onto)
    corners = np.array([(0, 0), (form.width, 0), (0, form.height), (form.width, form.height)], np.float64)
    places = corners @ back[:, :2].T + back[:, 2]
    height, width = frame
    sides = {
        "left": places[:, 0].min() < 0,
        "right": places[:, 0].max() > width,
        "top": places[:, 1].min() < 0,
        "bottom": places[:, 1].max() > height,
    }
    return tuple(side for side, out in sides.items() if out)


def cut(source: Picture, onto: NDArray[np.float64], form: Form) -> Picture:
    """One warp from the original; a picture that is much larger is smoothed to the new size first."""
    scale = float(np.hypot(onto[0, 0], onto[0, 1]))
    if scale < 0.5:
        source = scaled(source, 2 * scale)
        onto = np.hstack([onto[:, :2] / (2 * scale), onto[:, 2:]])
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR
    size = (form.width, form.height)
    return picture(cv2.warpAffine(source, onto, size, flags=way, borderMode=cv2.BORDER_REPLICATE))
