"""What one picture says of one face, as numbers. No limits here: those are data of the kiosk.

The native measures follow ISO/IEC 29794-5 as its public reference implementation (OFIQ) describes them, as far as our
points allow; each is named in :class:`Look`. T is the distance from the middle between the eyes to the chin.
Light and colour are measured on an upright square of the face of one size, so that a number means the same from near
and from afar. Yaw and roll come from mirrored pairs of mesh points, pitch from the line crown-chin of the mesh
less an offset that was calibrated on frontal portraits (+-3 degrees): it guides, it does not refuse.
"""

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face.arrays import Floats, Picture, floats, picture, scaled, warp
from hardware.hosts.face.nets import LEFT_EYE, RIGHT_EYE, Face

PAIRS = np.array(
    [
        *((33, 263), (133, 362), (61, 291), (234, 454), (172, 397), (58, 288), (93, 323), (127, 356)),
        *((54, 284), (103, 332), (70, 300), (105, 334), (50, 280), (205, 425), (98, 327), (149, 378)),
    ]
)
"""Mesh points that mirror each other: the person's right, the person's left."""
FOREHEAD, CHIN = 10, 152
LIDS = (((158, 153), (159, 145), (160, 144)), ((385, 380), (386, 374), (387, 373)))
"""Upper and lower lid, right eye then left."""
INNER_LIPS = ((82, 87), (13, 14), (312, 317))
MOUTH_CORNERS = (61, 291)
PITCH_OFFSET = 8.0
OVAL = np.array(
    [
        *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
        *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
    ]
)
"""The mesh's edge, around."""
SIDE = 128
"""Pixels of the square on which light is measured: three T wide, the middle of the eyes at a third of its height."""
FINE, FINE_SPAN = 256, 2.0
"""The square on which sharpness is measured and how many T wide it is: light is coarse, blur is not."""
DARK, BRIGHT = 25, 247
SKIN = ((128 + 5, 128 + 25), (128 + 5, 128 + 35))
"""CIELAB a and b between which skin of any tone lies, in OpenCV's 8-bit scale."""


@dataclass(frozen=True)
class Look:
    """Everything measured without the person's outline. Pixels are those of the picture.

    ``roll``, ``yaw``, ``pitch`` in degrees (head turned to its own left, chin up: positive). ``eye_gap``: the smaller
    eye's lids / T. ``mouth_gap``: inner lips / T. ``smile``: width of the mouth / distance of the pupils. ``luminance``
    mean 0..1, ``contrast`` its standard deviation, ``over`` and ``under`` shares 0..1, ``entropy`` in bits,
    ``evenness``: overlap of the light of both halves 0..1, ``colour``: distance from skin in CIELAB, ``sharpness``:
    variance of the Laplacian on a larger square of the face, ``glare``: share of clipped spots in the eyes (advisory),
    ``tint``: light of the eye regions / light of the cheeks (advisory).
    """

    box: tuple[float, float, float, float]
    sure: float
    right_eye: tuple[float, float]
    left_eye: tuple[float, float]
    chin: tuple[float, float]
    face_width: float
    eye_distance: float
    roll: float
    yaw: float
    pitch: float
    eye_gap: float
    mouth_gap: float
    smile: float
    luminance: float
    contrast: float
    over: float
    under: float
    entropy: float
    evenness: float
    colour: float
    sharpness: float
    glare: float
    tint: float

    def numbers(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def pose(mesh: Floats) -> tuple[float, float, float]:
    """Roll, yaw and pitch in degrees."""
    across = (mesh[PAIRS[:, 1]] - mesh[PAIRS[:, 0]]).sum(axis=0)
    across = across / np.linalg.norm(across)
    down = mesh[CHIN] - mesh[FOREHEAD]
    down = down - across * float(down @ across)
    roll = np.degrees(np.arctan2(across[1], across[0]))
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = np.degrees(np.arctan2(down[2], np.hypot(down[0], down[1]))) - PITCH_OFFSET
    return float(roll), float(yaw), float(pitch)


def eyes(mesh: Floats) -> Floats:
    """2 x 2: the middle of the corners of the right and the left eye."""
    return floats(np.stack([mesh[list(RIGHT_EYE), :2].mean(axis=0), mesh[list(LEFT_EYE), :2].mean(axis=0)]))


def _gap(mesh: Floats, pairs: tuple[tuple[int, int], ...]) -> float:
    """The mean distance of points that face each other."""
    return float(np.mean([np.linalg.norm(mesh[a, :2] - mesh[b, :2]) for a, b in pairs]))


def look(source: Picture, face: Face, mesh: Floats, pupils: Floats | None = None) -> Look:
    """Measure. ``pupils`` are better than the corners' middle, when there is time for them."""
    at = eyes(mesh) if pupils is None else pupils
    middle, chin = eyes(mesh).mean(axis=0), mesh[CHIN, :2]
    tall = max(float(np.linalg.norm(chin - middle)), 1.0)
    roll, yaw, pitch = pose(mesh)
    distance = float(np.linalg.norm(at[1] - at[0]))
    mouth = float(np.linalg.norm(mesh[MOUTH_CORNERS[1], :2] - mesh[MOUTH_CORNERS[0], :2]))
    square, onto = _upright(source, middle, tall, roll)
    places = _onto(mesh, onto)
    x, y, width, height = (float(value) for value in face.box)
    return Look(
        box=(x, y, width, height),
        sure=face.score,
        right_eye=_pair(at[0]),
        left_eye=_pair(at[1]),
        chin=_pair(chin),
        face_width=float(np.linalg.norm(mesh[454, :2] - mesh[234, :2])),
        eye_distance=distance,
        roll=roll,
        yaw=yaw,
        pitch=pitch,
        eye_gap=min(_gap(mesh, lids) for lids in LIDS) / tall,
        mouth_gap=_gap(mesh, INNER_LIPS) / tall,
        smile=mouth / max(distance, 1.0),
        sharpness=_sharpness(*_upright(source, middle, tall, roll, side=FINE, span=FINE_SPAN), mesh),
        **_light(square, places),
    )


def _pair(point: NDArray[Any]) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _upright(
    source: Picture, middle: NDArray[Any], tall: float, roll: float, *, side: int = SIDE, span: float = 3.0
) -> tuple[Picture, NDArray[np.float64]]:
    """The face in a square ``span`` T wide, and the transform into it. A warp takes single pixels: shrink first."""
    scale = side / (span * tall)
    onto = np.asarray(cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), roll, scale), np.float64)
    onto[:, 2] += np.array((side / 2, side / 3)) - np.asarray(middle, np.float64)
    reach = (span / 2 + 1) * tall
    left, top = (max(0, int(value - reach)) for value in middle)
    near = source[top : int(middle[1] + reach) + 1, left : int(middle[0] + reach) + 1]
    if scale >= 1 or not near.size:
        return warp(source, onto, side), onto
    local = np.hstack([onto[:, :2] / scale, (onto[:, 2] + onto[:, :2] @ np.array((left, top)))[:, None]])
    return warp(scaled(near, scale), local, side), onto


def _onto(mesh: Floats, onto: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the mesh's points are after the transform."""
    return np.asarray(mesh[:, :2] @ onto[:, :2].T + onto[:, 2], np.float64)


def _oval(places: NDArray[Any], side: int) -> Picture:
    """1 inside of the face's edge."""
    inside = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(inside, places[OVAL].astype(np.int32), (1,))
    return inside


def _sharpness(square: Picture, onto: NDArray[np.float64], mesh: Floats) -> float:
    """Variance of the Laplacian on the face, as a share of its light."""
    inside = _oval(_onto(mesh, onto), FINE) > 0
    if not inside.any():
        return 0.0
    grey = cv2.cvtColor(square, cv2.COLOR_BGR2GRAY)
    laplacian = cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 0.8), cv2.CV_32F)
    return float(laplacian[inside].var()) / max(float(grey[inside].mean()), 16.0) ** 2 * 1e4


def _light(square: Picture, places: NDArray[Any]) -> dict[str, float]:
    """Light and colour of the face's oval in the upright square."""
    inside = _oval(places, SIDE)
    grey = picture(cv2.cvtColor(square, cv2.COLOR_BGR2GRAY))
    values = grey[inside > 0]
    if values.size == 0:  # a face whose points lie outside the picture
        values = grey.reshape(-1)
    counts = np.bincount(values, minlength=256) / values.size
    used = counts[counts > 0]
    lab = cv2.cvtColor(square, cv2.COLOR_BGR2LAB)[inside > 0].astype(np.float32)
    a, b = (float(lab[:, n].mean()) for n in (1, 2)) if len(lab) else (128.0, 128.0)
    return {
        "luminance": float(values.mean()) / 255,
        "contrast": float(values.std()) / 255,
        "over": float(counts[BRIGHT:].sum()),
        "under": float(counts[: DARK + 1].sum()),
        "entropy": float(-(used * np.log2(used)).sum()),
        "evenness": _evenness(grey, inside, places),
        "colour": float(np.hypot(_beyond(a, *SKIN[0]), _beyond(b, *SKIN[1]))),
        **_at_the_eyes(grey, places),
    }


def _beyond(value: float, low: float, high: float) -> float:
    return max(low - value, 0.0, value - high)


def _evenness(grey: Picture, inside: Picture, places: NDArray[Any]) -> float:
    """How much the histograms of both halves of the face overlap, to the power 0.3 as in 29794-5."""
    line = float(places[[168, 6, 197, 195, 5, 4, CHIN], 0].mean())
    columns = np.arange(SIDE)[None, :]
    halves = []
    for side in (columns < line, columns >= line):
        values = grey[(inside > 0) & side]
        halves.append(np.histogram(values, 32, (0, 256))[0] / max(values.size, 1))
    return float(np.minimum(*halves).sum() ** 0.3)


def _at_the_eyes(grey: Picture, places: NDArray[Any]) -> dict[str, float]:
    """Glare and tint: what glasses do. Advisory: no packaged network tells tinted lenses (``face.md`` section 7)."""
    around = np.zeros((SIDE, SIDE), np.uint8)
    for corners, lids in zip((RIGHT_EYE, LEFT_EYE), LIDS, strict=True):
        polygon = places[[corners[0], *(up for up, _ in lids), corners[1], *(low for _, low in lids)]]
        cv2.fillConvexPoly(around, cv2.convexHull(polygon.astype(np.int32)), 1)
    wide = cv2.dilate(around, np.ones((7, 7), np.uint8))
    cheeks = np.zeros((SIDE, SIDE), np.uint8)
    for point in (50, 280):
        cv2.circle(cheeks, (int(places[point, 0]), int(places[point, 1])), 5, 1, -1)
    near, on = grey[wide > 0], grey[cheeks > 0]
    glare = float((near >= BRIGHT).mean()) if near.size else 0.0
    return {"glare": glare, "tint": float(near.mean() / max(float(on.mean()), 1.0)) if near.size and on.size else 1.0}
