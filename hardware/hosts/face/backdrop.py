"""What is behind the person: measured, and by policy kept, whitened or replaced.

The rules for exit-entry photos forbid altering the person, and a consular text any later editing, so ``keep`` is
the main road: a white wall behind the machine, and a check. ``whiten`` divides the wall by its own light, outside
the person only. ``replace`` cuts the person out: the outline is sharpened with a colour guided filter (He, Sun, Tang
2013) and the colour of the edge pixels is freed from the wall by blur fusion (Forte 2021), since a rim of the old wall
is what people see first. Which policy was used is part of the result and is logged.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face.nets import Floats, Picture

POLICIES = ("keep", "whiten", "replace")
WHITE = 250
"""From here on a channel counts as white."""
SEEN = 480
"""The longer side at which the wall is measured: noise is not unevenness."""
COARSE = 32
"""Points across on which the wall's light is computed: it changes slowly."""


def measure(picture: Picture, outline: Floats) -> dict[str, float]:
    """The wall as numbers: ``light`` and ``saturation`` 0..1, ``spread`` and ``gradient`` in grey levels.

    ``white`` is the share of white pixels, ``share`` how much of the picture it is; with next to nothing of it the others say nothing.
    """
    if (shrink := SEEN / max(outline.shape)) < 1:
        picture = np.asarray(cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)
        outline = np.asarray(cv2.resize(outline, (picture.shape[1], picture.shape[0])), np.float32)
    away = cv2.dilate((outline > 0.1).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    share = float(away.mean())
    if share < 0.01:
        return {"light": 0.0, "spread": 0.0, "gradient": 0.0, "saturation": 0.0, "white": 0.0, "share": share}
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    smooth = cv2.GaussianBlur(grey, (0, 0), 2).astype(np.float32)
    steps = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(smooth, cv2.CV_32F, 0, 1) / 8)
    saturation = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[..., 1]
    return {
        "light": float(grey[away].mean()) / 255,
        "spread": float(smooth[away].std()),
        "gradient": float(steps[away].mean()),
        "saturation": float(saturation[away].mean()) / 255,
        "white": float((picture[away] >= WHITE).all(axis=1).mean()),
        "share": share,
    }


def treat(picture: Picture, outline: Floats, policy: str) -> Picture:
    """The picture with its backdrop by ``policy``. Raises ValueError for an unknown one."""
    if policy not in POLICIES:
        raise ValueError(f"policy {policy!r}; there are: {', '.join(POLICIES)}")
    if policy == "keep":
        return picture
    alpha = sharpen(picture, outline)
    if policy == "whiten":
        return _blend(picture, _whitened(picture, outline), alpha)
    return _blend(_person(picture, alpha), np.full_like(picture, 255), alpha)


def sharpen(picture: Picture, outline: Floats, *, radius: int = 7, epsilon: float = 1e-4) -> Floats:
    """The outline drawn along the picture's own edges, sure where it was sure. 0..1."""
    inside = cv2.erode((outline > 0.9).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    outside = cv2.dilate((outline > 0.05).astype(np.uint8), np.ones((9, 9), np.uint8)) == 0
    alpha = _guided(picture.astype(np.float32) / np.float32(255), outline, radius, epsilon)
    alpha = np.clip((alpha - 0.08) / 0.84, 0, 1)
    alpha[inside], alpha[outside] = 1, 0
    return np.asarray(alpha, np.float32)


def _guided(guide: Floats, values: Floats, radius: int, epsilon: float) -> Floats:
    """The guided filter with three colours: in each window ``values`` as a linear function of the colour."""
    size = (2 * radius + 1, 2 * radius + 1)

    def mean(array: Any) -> Floats:
        return np.asarray(cv2.blur(array, size), np.float32)

    colour, level = mean(guide), mean(values)
    cross = mean(guide * values[..., None]) - colour * level[..., None]
    spread = np.empty((*values.shape, 3, 3), np.float32)
    for i in range(3):
        for j in range(i, 3):
            spread[..., i, j] = spread[..., j, i] = (
                mean(guide[..., i] * guide[..., j]) - colour[..., i] * colour[..., j]
            )
    spread += np.eye(3, dtype=np.float32) * np.float32(epsilon)
    slope = np.linalg.solve(spread, cross[..., None])[..., 0]
    offset = level - (slope * colour).sum(axis=-1)
    return np.asarray((mean(slope) * guide).sum(axis=-1) + mean(offset), np.float32)


def _person(picture: Picture, alpha: Floats) -> Picture:
    """The colours of the person alone: at the edge freed from the wall, by two passes of blur fusion."""
    image = picture.astype(np.float32)
    person = image
    wall = image
    weight = alpha[..., None]
    for size in (61, 7):
        blurred = cv2.blur(alpha, (size, size))[..., None]
        of_person = cv2.blur(person * weight, (size, size)) / (blurred + 1e-5)
        wall = cv2.blur(wall * (1 - weight), (size, size)) / (1 - blurred + 1e-5)
        person = of_person + weight * (image - weight * of_person - (1 - weight) * wall)
        person = np.clip(person, 0, 255)
    return np.asarray(np.where(weight > 0.995, picture, person), np.uint8)


def _whitened(picture: Picture, outline: Floats) -> Picture:
    """The wall divided by its light: a plane per channel, fitted where nobody is."""
    height, width = outline.shape
    away = cv2.dilate((outline > 0.05).astype(np.uint8), np.ones((15, 15), np.uint8)) == 0
    rows, columns = np.nonzero(away)
    if rows.size < 500:
        return picture
    take = slice(None, None, max(1, rows.size // 4000))
    design = _plane(rows[take] / height, columns[take] / width)
    all_rows, all_columns = np.indices((COARSE, COARSE)) / (COARSE - 1)
    fitted, *_ = np.linalg.lstsq(design, picture[rows[take], columns[take]].astype(np.float64), rcond=None)
    surface = (_plane(all_rows.ravel(), all_columns.ravel()) @ fitted).reshape(COARSE, COARSE, 3)
    light = cv2.resize(surface.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(picture * (np.float32(253) / np.maximum(light, 64)), 0, 255), np.uint8)


def _plane(down: NDArray[Any], across: NDArray[Any]) -> NDArray[np.float64]:
    """Terms of a surface of second degree."""
    return np.stack([np.ones_like(down), down, across, down * across, down**2, across**2], axis=1).astype(np.float64)


def _blend(person: Picture, wall: Picture, alpha: Floats) -> Picture:
    weight = alpha[..., None]
    mixed = person * weight + wall * (1 - weight)
    return np.asarray(np.where(weight >= 1, person, np.round(mixed)), np.uint8)
