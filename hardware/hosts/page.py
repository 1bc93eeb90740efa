"""One A4 page in a picture of a desk: found (``page_outline``), judged, straightened, evenly lit. No text is read.

Straightened: one perspective warp to the shape of A4, never larger than what the camera resolved.
Evenly lit: every channel is divided by the paper's own brightness round about, so white paper becomes white and a red
stamp stays red. All limits are our own, set on drawn pages (``bench/pages.py``); the shape of A4 is ISO 216.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from cv2.typing import MatLike

from hardware.hosts.page_outline import A4_MM, find

MOVING = 6.0
"""Mean difference in grey levels of two pictures in a row, small and smooth; a sensor's noise gives under 1."""
LARGEST_DPI, SMALLEST_DPI = 300, 60
JUDGED_DPI = 120
"""Sharpness is measured at this resolution at most, so that its window is always as large on paper."""
PRINT, LEAST_PRINT = 35, 0.003
"""Grey levels between print and paper, and the share of a page near print without which it is a bare sheet."""
BLUR_LIMIT = 0.8
"""Edges per millimetre; below it print of 12 points (4.2 mm) is no longer read with ease."""
DARK = 80
"""Grey level of the bare paper below which noise is as strong as thin print."""
BURNT, GLARE_LIMIT = 250, 0.006
"""Grey level in every channel of what is burnt out, noise averaged, and its share of the page that loses words."""
TILE_MM = 12.0
BLACK, WHITE = 0.10, 0.94
"""Of the paper's brightness round about: what becomes black, and white."""
TRIM_MM = 0.5
"""Cut off all round: the edge of the sheet is not part of it."""


@dataclass(frozen=True)
class Found:
    """``verdict``: ``good`` (with a ``page``), ``missing``, ``cut``, ``moving``, ``dark``, ``blurred`` or ``glare``."""

    verdict: str
    facts: dict[str, float | None] = field(default_factory=dict)
    corners: list[list[float]] = field(default_factory=list)
    page: MatLike | None = None


def capture(picture: MatLike, before: MatLike | None = None) -> Found:
    """The page in ``picture`` (BGR); ``before`` is an earlier picture, to see whether anything moves."""
    if before is not None and _moves(picture, before):
        return Found("moving")
    verdict, corners = find(picture)
    where = [[float(x), float(y)] for x, y in corners]
    if verdict:
        return Found(verdict, corners=where)
    dpi = _resolved(corners)
    flat = straighten(picture, corners, max(SMALLEST_DPI, min(LARGEST_DPI, dpi)))
    sharp, glare = sharpness(flat), _burnt(flat)
    facts: dict[str, float | None] = {"dpi": dpi, "sharpness": sharp, "glare": glare}
    if float(np.quantile(flat[::8, ::8].max(axis=2), 0.8)) < DARK:
        return Found("dark", facts, where)
    if glare > GLARE_LIMIT:
        return Found("glare", facts, where)
    if dpi < SMALLEST_DPI or (sharp is not None and sharp < BLUR_LIMIT):
        return Found("blurred", facts, where)
    return Found("good", facts, where, enhance(flat))


# --- judged ---


def _moves(picture: MatLike, before: MatLike) -> bool:
    one, other = (
        cv2.resize(shot, (64, 48), interpolation=cv2.INTER_AREA).astype(np.int16) for shot in (picture, before)
    )
    blocks = np.abs(one - other).reshape(8, 6, 8, 8, 3).mean(axis=(1, 3, 4))
    return bool(blocks.max() > MOVING)


def _sides(corners: MatLike) -> tuple[float, float]:
    """Mean width and height in pixels."""
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    return float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2


def _resolved(corners: MatLike) -> int:
    """Pixels per inch of paper in the camera's picture, along the side that has fewer."""
    width, height = _sides(corners)
    short, long = sorted((width, height))
    return int(min(short / A4_MM[0], long / A4_MM[1]) * 25.4)


def sharpness(flat: MatLike) -> float | None:
    """Edges per millimetre: one over the width of the steepest tenth of edges of print; None where there is no print.

    The width of an edge is its step over its slope, so neither the contrast of the print nor how much there is counts.
    """
    shrink: float = min(1.0, JUDGED_DPI / 25.4 * A4_MM[1] / max(flat.shape[:2]))
    grey = cv2.resize(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(grey, (0, 0), 0.8).astype(np.float32)
    margin = min(grey.shape) // 40
    grey = grey[margin:-margin, margin:-margin]
    slope = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=1 / 8))
    window = np.ones((11, 11), np.uint8)
    step = cv2.dilate(grey, window) - cv2.erode(grey, window)
    printed = step > PRINT
    if float(printed.mean()) < LEAST_PRINT:
        return None
    ratios = slope[printed] / step[printed]
    pixels_per_mm: float = shrink * max(flat.shape[:2]) / A4_MM[1]
    return round(float(np.quantile(ratios, 0.95)) * pixels_per_mm, 2)


def _burnt(flat: MatLike) -> float:
    """The share of the page that is one bright spot or several: lone bright pixels of noise do not count."""
    burnt = (cv2.blur(flat.min(axis=2), (5, 5)) >= BURNT).astype(np.uint8)
    return round(float(cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)).mean()), 4)


# --- straightened, evenly lit ---


def straighten(picture: MatLike, corners: MatLike, dpi: int) -> MatLike:
    """The page alone, A4 at ``dpi``, upright or lying as it lay."""
    width, height = _sides(corners)
    mm = A4_MM if height >= width else A4_MM[::-1]
    size = (round(mm[0] / 25.4 * dpi), round(mm[1] / 25.4 * dpi))
    trim = TRIM_MM / 25.4 * dpi
    low, right, bottom = -trim, size[0] + trim, size[1] + trim
    target = np.array([[low, low], [right, low], [right, bottom], [low, bottom]], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def enhance(flat: MatLike) -> MatLike:
    """White paper, dark print, colours kept, a little sharper."""
    paper = np.maximum(_paper(flat), 24)
    even = (flat.astype(np.float32) / paper - BLACK) * (255 / (WHITE - BLACK))
    soft = cv2.GaussianBlur(even, (0, 0), 1.2)
    return np.clip(cv2.addWeighted(even, 1.5, soft, -0.5, 0), 0, 255).astype(np.uint8)


def _paper(flat: MatLike) -> MatLike:
    """How bright the bare paper is at every place, per channel: what stands out of its neighbourhood is not paper."""
    height, width = flat.shape[:2]
    tall = height >= width
    mm = A4_MM if tall else A4_MM[::-1]
    tiles = (round(mm[0] / TILE_MM), round(mm[1] / TILE_MM))
    cell = 8
    small = cv2.resize(flat, (tiles[0] * cell, tiles[1] * cell), interpolation=cv2.INTER_AREA)
    cells = small.reshape(tiles[1], cell, tiles[0], cell, 3).transpose(0, 2, 1, 3, 4).reshape(tiles[1], tiles[0], -1, 3)
    bright = np.quantile(cells, 0.8, axis=2).astype(np.uint8)
    # over nine tiles: a photograph of 60 x 90 mm on a certificate is not bare paper
    calm = cv2.medianBlur(cv2.copyMakeBorder(bright, 4, 4, 4, 4, cv2.BORDER_REPLICATE), 9)[4:-4, 4:-4]
    bare = np.where((bright.min(axis=2) + 14 < calm.min(axis=2))[:, :, None], calm, bright)
    smooth = cv2.GaussianBlur(bare.astype(np.float32), (0, 0), 0.8)
    whole: MatLike = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_CUBIC)
    return whole
