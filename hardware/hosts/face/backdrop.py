"""What is behind the person: measured, and by policy kept, whitened or replaced.

The rules for exit-entry photos forbid altering the person, and a consular text any later editing, so ``keep`` is
the main road: a white wall behind the machine, and a check. ``whiten`` divides the wall by its own light, outside the
person only. ``replace`` cuts the person out: the outline is sharpened with a colour guided filter (He, Sun, Tang 2013;
its linear maps at half the size, as in He and Sun 2015) and the colour of the edge pixels is freed from the wall by
blur fusion (Forte 2021), since a rim of the old wall is what people see first. Which policy was used is logged.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face.arrays import Floats, Picture, floats, picture, scaled

POLICIES = ("keep", "whiten", "replace")
WHITE = 250
"""From here on a channel counts as white."""
SEEN = 480
"""The longer side at which the wall is measured: noise is not unevenness."""
COARSE = 32
"""Points across on which the wall's light is computed: it changes slowly."""


def small(source: Picture) -> Picture:
    """The picture in the size in which its wall is measured."""
    shrink = SEEN / max(source.shape)
    return scaled(source, shrink) if shrink < 1 else source


def measure(source: Picture, outline: Floats) -> dict[str, float]:
    """The wall of a :func:`small` picture: ``light`` and ``saturation`` 0..1, ``spread``, ``gradient`` in grey levels.

    ``white`` is the share of white pixels, ``share`` how much of the picture it is; with next to nothing of it the
    others say nothing.
    """
    near = cv2.dilate((outline > 0.1).view(np.uint8), np.ones((9, 9), np.uint8))
    away = (near == 0).view(np.uint8)
    share = cv2.countNonZero(away) / away.size
    if share < 0.01:
        return {"light": 0.0, "spread": 0.0, "gradient": 0.0, "saturation": 0.0, "white": 0.0, "share": share}
    grey = cv2.cvtColor(source, cv2.COLOR_BGR2GRAY)
    smooth = cv2.GaussianBlur(grey, (0, 0), 2)
    steps = cv2.magnitude(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    white = cv2.bitwise_and(cv2.inRange(source, (WHITE,) * 3, (255,) * 3), away)
    return {
        "light": cv2.mean(grey, away)[0] / 255,
        "spread": float(cv2.meanStdDev(smooth, mask=away)[1][0, 0]),
        "gradient": cv2.mean(steps, away)[0] / 8,
        "saturation": cv2.mean(cv2.cvtColor(source, cv2.COLOR_BGR2HSV), away)[1] / 255,
        "white": cv2.countNonZero(white) / cv2.countNonZero(away),
        "share": share,
    }


def treat(source: Picture, outline: Floats, policy: str) -> Picture:
    """The picture with its backdrop by ``policy``. Raises ValueError for an unknown one."""
    if policy not in POLICIES:
        raise ValueError(f"policy {policy!r}; there are: {', '.join(POLICIES)}")
    if policy == "keep":
        return source
    alpha = sharpen(source, outline)
    if policy == "whiten":
        return _blend(source, _whitened(source, outline), alpha)
    return _blend(_person(source, alpha), np.full_like(source, 255), alpha)


def sharpen(source: Picture, outline: Floats, *, radius: int = 7, epsilon: float = 1e-4) -> Floats:
    """The outline drawn along the picture's own edges, sure where it was sure. 0..1."""
    inside = cv2.erode((outline > 0.9).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    outside = cv2.dilate((outline > 0.05).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    alpha = np.clip((_guided(source, outline, radius, epsilon) - 0.08) / 0.84, 0, 1)
    alpha[inside], alpha[outside] = 1, 0
    return floats(alpha)


def _guided(source: Picture, values: Floats, radius: int, epsilon: float) -> Floats:
    """The guided filter with three colours: in each window ``values`` as a linear function of the colour."""
    size = (values.shape[1], values.shape[0])
    half = (size[0] // 2, size[1] // 2)
    box = (radius | 1, radius | 1)
    guide = cv2.resize(source, half, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    slope, offset = _maps(guide, floats(cv2.resize(values, half, interpolation=cv2.INTER_AREA)), box, epsilon)
    total = floats(cv2.resize(cv2.blur(offset, box), size))
    for channel in range(3):
        total += cv2.resize(cv2.blur(slope[channel], box), size) * (source[..., channel] / np.float32(255))
    return total


def _maps(guide: Floats, level: Floats, box: tuple[int, int], epsilon: float) -> tuple[list[Floats], Floats]:
    """Slope per colour and offset, where each window is in the middle; the 3 x 3 systems solved by cofactors."""

    def mean(array: Any) -> Floats:
        return floats(cv2.blur(array, box))

    b, g, r = (np.ascontiguousarray(guide[..., n]) for n in range(3))
    mb, mg, mr, ml = mean(b), mean(g), mean(r), mean(level)
    vb, vg, vr = (mean(c * level) - m * ml for c, m in ((b, mb), (g, mg), (r, mr)))
    bb, gg, rr = (mean(c * c) - m * m + np.float32(epsilon) for c, m in ((b, mb), (g, mg), (r, mr)))
    bg, br, gr = mean(b * g) - mb * mg, mean(b * r) - mb * mr, mean(g * r) - mg * mr
    c1, c2, c3 = gg * rr - gr * gr, gr * br - bg * rr, bg * gr - gg * br
    c4, c5, c6 = bb * rr - br * br, bg * br - bb * gr, bb * gg - bg * bg
    whole = bb * c1 + bg * c2 + br * c3
    slope = [
        (c1 * vb + c2 * vg + c3 * vr) / whole,
        (c2 * vb + c4 * vg + c5 * vr) / whole,
        (c3 * vb + c5 * vg + c6 * vr) / whole,
    ]
    return slope, ml - slope[0] * mb - slope[1] * mg - slope[2] * mr


def _person(source: Picture, alpha: Floats) -> Picture:
    """The colours of the person alone: at the edge freed from the wall, by two passes of blur fusion."""
    freed = source.copy()
    edge = alpha <= 0.995
    for channel in range(3):  # one after the other, for the room it takes
        image = source[..., channel].astype(np.float32)
        person = wall = image
        for size in ((61, 61), (7, 7)):
            blurred = cv2.blur(alpha, size)
            of_person = cv2.blur(person * alpha, size) / (blurred + np.float32(1e-5))
            wall = floats(cv2.blur(wall * (1 - alpha), size) / (1 - blurred + np.float32(1e-5)))
            person = floats((of_person + alpha * (image - alpha * of_person - (1 - alpha) * wall)).clip(0, 255))
        freed[..., channel][edge] = person[edge]
    return freed


def _whitened(source: Picture, outline: Floats) -> Picture:
    """The wall divided by its light: a surface per channel, fitted where nobody is."""
    height, width = outline.shape
    away = cv2.dilate((outline > 0.05).astype(np.uint8), np.ones((15, 15), np.uint8)) == 0
    rows, columns = np.nonzero(away)
    if rows.size < 500:
        return source
    take = slice(None, None, max(1, rows.size // 4000))
    rows, columns = rows[take], columns[take]
    design = _surface(rows / height, columns / width)
    all_rows, all_columns = np.indices((COARSE, COARSE)) / (COARSE - 1)
    fitted, *_ = np.linalg.lstsq(design, source[rows, columns].astype(np.float64), rcond=None)
    light = (_surface(all_rows.ravel(), all_columns.ravel()) @ fitted).reshape(COARSE, COARSE, 3)
    gain = cv2.resize(floats(253 / light.clip(64)), (width, height), interpolation=cv2.INTER_LINEAR)
    return picture(cv2.multiply(source, gain, dtype=cv2.CV_8U))


def _surface(down: NDArray[Any], across: NDArray[Any]) -> NDArray[np.float64]:
    """Terms of a surface of second degree."""
    return np.stack([np.ones_like(down), down, across, down * across, down**2, across**2], axis=1).astype(np.float64)


def _blend(person: Picture, wall: Picture, alpha: Floats) -> Picture:
    return picture(cv2.blendLinear(person, wall, alpha, floats(1 - alpha)))
