"""Where an A4 page lies in a picture of a desk, to a fraction of a pixel.

The picture, small, is cut into bright and dark in several ways (by lightness, by colour, along edges); of all outlines
with four corners the one that is most like a sheet of A4 wins. Its sides are then measured again in the full picture,
each at many places across the edge, and joined by a straight line that outliers do not bend; the corners are where the
lines meet. All limits are our own, set on drawn pages (``bench/pages.py``); the shape of A4 is ISO 216.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from cv2.typing import MatLike

A4_MM = (210.0, 297.0)
SMALL = 640
"""Pixels of the longer side in which a page is looked for."""
LEAST_AREA = 0.12
"""Of the picture: a smaller sheet is too far away to be read."""
LEAST_EDGE = 6.0
"""Grey levels between paper and desk: how faint an edge may be."""
BORDER = 2
"""Pixels from the border, small picture: a page that comes nearer is cut off."""


def find(picture: MatLike) -> tuple[str, MatLike]:
    """What is wrong ("" if nothing), and the four corners in pixels, from the upper left clockwise."""
    scale = SMALL / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    likeness, best = max(_quads(small), key=lambda scored: scored[0], default=(0.0, np.empty((0, 2))))
    if not likeness:
        return "missing", np.empty((0, 2))
    if _touches(best, small.shape):
        return "cut", _ordered(best / scale)
    return "", _refined(picture, _ordered((best + 0.5) / scale - 0.5), 3 / scale)


def _masks(small: MatLike) -> Iterator[MatLike]:
    """The picture in two, in several ways: white where the page may be."""
    smooth = cv2.bilateralFilter(cv2.medianBlur(small, 5), 7, 30, 7)
    lab = cv2.cvtColor(smooth, cv2.COLOR_BGR2LAB)
    light = lab[:, :, 0]
    yield cv2.threshold(light, 0, 255, cv2.THRESH_OTSU)[1]
    rim = np.concatenate([lab[:6].reshape(-1, 3), lab[:, :6].reshape(-1, 3), lab[:, -6:].reshape(-1, 3)])
    desk = np.median(rim, axis=0)
    far = np.sqrt(((lab.astype(np.float32) - desk) ** 2).sum(axis=2))
    yield cv2.threshold(np.minimum(far, 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[1]
    around = cv2.blur(light, (101, 101)).astype(np.int16)
    yield np.where(light.astype(np.int16) > around + 4, 255, 0).astype(np.uint8)
    for low in (12, 30):
        edges = cv2.dilate(cv2.Canny(smooth, low, 3 * low), np.ones((3, 3), np.uint8))
        yield _enclosed(edges)


def _enclosed(edges: MatLike) -> MatLike:
    """What no way leads to from the border without crossing an edge, and the edges round it."""
    padded = cv2.copyMakeBorder(edges, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(padded, None, (0, 0), 128)
    return np.where(padded[1:-1, 1:-1] == 128, 0, 255).astype(np.uint8)


def _quads(small: MatLike) -> Iterator[tuple[float, MatLike]]:
    """Every outline with four corners that may be the page, and how much it is like one."""
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    area = small.shape[0] * small.shape[1]
    for mask in _masks(small):
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        for opening in (5, 15):
            cleaned = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((opening, opening), np.uint8))
            outlines, _ = cv2.findContours(cleaned, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            for outline in outlines:
                hull = cv2.convexHull(outline)
                if cv2.contourArea(hull) >= LEAST_AREA * area:
                    yield from ((_likeness(quad, outline, grey), quad) for quad in _shapes(hull, small.shape))


def _shapes(hull: MatLike, shape: tuple[int, ...]) -> Iterator[MatLike]:
    quad = _four(hull)
    if quad is not None:
        yield quad
    if _touches(hull.reshape(-1, 2), shape):  # a page of which a corner is cut off has five
        yield cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64)


def _four(hull: MatLike) -> MatLike | None:
    length = cv2.arcLength(hull, True)
    for share in (0.01, 0.02, 0.035, 0.05, 0.08):
        corners = cv2.approxPolyDP(hull, share * length, True)
        if len(corners) <= 4:
            return corners.reshape(-1, 2).astype(np.float64) if len(corners) == 4 else None
    return None


def _likeness(quad: MatLike, outline: MatLike, grey: MatLike) -> float:
    """0 for what cannot be a sheet; else larger the more of its outline is straight edge of bright paper."""
    filled = cv2.contourArea(outline) / max(1.0, cv2.contourArea(quad.astype(np.float32)))
    sides = np.roll(quad, -1, axis=0) - quad
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    following = np.roll(sides, -1, axis=0)
    cosines = np.abs((sides * following).sum(axis=1)) / (lengths * np.roll(lengths, -1) + 1e-9)
    if filled < 0.8 or cosines.max() > 0.5:
        return 0.0
    whole = not _touches(quad, grey.shape)
    if whole:
        one, other = (lengths[0] + lengths[2]) / 2, (lengths[1] + lengths[3]) / 2
        shape = max(one, other) / max(1.0, min(one, other)) / (A4_MM[1] / A4_MM[0])
        if not 0.72 < shape < 1.35:  # a steep view makes it shorter, no other sheet is accepted as A4
            return 0.0
    contrast = _contrast(quad, grey)
    if contrast < LEAST_EDGE:
        return 0.0
    share = cv2.contourArea(quad.astype(np.float32)) / grey.size
    return float(min(contrast, 40.0) * min(filled, 1.0) * (1 - cosines.max()) * share**0.25 * (1.0 if whole else 0.2))


def _contrast(quad: MatLike, grey: MatLike) -> float:
    """By how much it is brighter inside than outside, at the faintest of its sides within the picture."""
    steps = []
    centre = quad.mean(axis=0)
    height, width = grey.shape
    for begin, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along = begin + (end - begin) * np.linspace(0.1, 0.9, 24)[:, None]
        normal = np.array([end[1] - begin[1], begin[0] - end[0]]) / max(1.0, float(np.hypot(*(end - begin))))
        if normal @ (centre - along.mean(axis=0)) < 0:
            normal = -normal
        inside, outside = along + 5 * normal, along - 5 * normal
        within = ((outside >= 0) & (outside < (width, height))).all(axis=1)
        within &= ((inside >= 0) & (inside < (width, height))).all(axis=1)
        if within.sum() >= 6:
            at_in, at_out = inside[within].astype(int), outside[within].astype(int)
            step = grey[at_in[:, 1], at_in[:, 0]].astype(float) - grey[at_out[:, 1], at_out[:, 0]]
            steps.append(float(np.median(step)))
    return min(steps, default=0.0)


def _touches(quad: MatLike, shape: tuple[int, ...]) -> bool:
    height, width = shape[:2]
    low, high = quad.min(axis=0), quad.max(axis=0)
    return bool((low < BORDER).any() or high[0] >= width - 1 - BORDER or high[1] >= height - 1 - BORDER)


def _ordered(quad: MatLike) -> MatLike:
    """Clockwise from the corner that is the page's upper left, as the camera sees up."""
    centre = quad.mean(axis=0)
    around = quad[np.argsort(np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0]))]
    tops = [around[at][1] + around[(at + 1) % 4][1] for at in range(4)]
    return np.roll(around, -int(np.argmin(tops)), axis=0)


# --- measured again ---


def _refined(picture: MatLike, quad: MatLike, reach: float) -> MatLike:
    """The corners from lines through the steepest places across each side, within ``reach`` pixels."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (0, 0), 1.2).astype(np.float32)
    lines = [_side(grey, quad[at], quad[(at + 1) % 4], quad.mean(axis=0), reach) for at in range(4)]
    meets = np.array([_meet(lines[at - 1], lines[at]) for at in range(4)])
    far = np.hypot(*(meets - quad).T) > 4 * reach
    meets[far] = quad[far]
    return meets


def _side(grey: MatLike, begin: MatLike, end: MatLike, centre: MatLike, reach: float) -> MatLike:
    """Point and direction of one side."""
    length = float(np.hypot(*(end - begin)))
    direction = (end - begin) / max(length, 1.0)
    inwards = np.array([-direction[1], direction[0]])
    if inwards @ (centre - (begin + end) / 2) < 0:
        inwards = -inwards
    places = begin + (end - begin) * np.linspace(0.04, 0.96, max(24, min(240, int(length / 4))))[:, None]
    offsets = np.arange(-reach, reach + 0.25, 0.5)
    at = (places[:, None, :] + offsets[None, :, None] * inwards).astype(np.float32)
    profile = cv2.remap(grey, at[:, :, 0], at[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    rise = np.gradient(profile, axis=1)
    top = rise.argmax(axis=1).clip(1, len(offsets) - 2)
    row = np.arange(len(places))
    before, peak, after = rise[row, top - 1], rise[row, top], rise[row, top + 1]
    bend = before - 2 * peak + after
    shift = np.where(np.abs(bend) > 1e-6, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0).clip(-1, 1)
    edge = places + ((offsets[top] + 0.5 * shift)[:, None]) * inwards
    steep = peak > max(1.0, 0.4 * float(np.median(peak)))
    return _line(edge[steep] if steep.sum() >= 8 else places)


def _line(points: MatLike) -> MatLike:
    """A line that outliers do not bend: fitted, the far ones left out, fitted again."""
    for _ in range(3):
        vx, vy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
        away = np.abs((points[:, 0] - x) * vy - (points[:, 1] - y) * vx)
        near = away <= max(0.5, 2.5 * float(np.median(away)))
        if near.all() or near.sum() < 8:
            break
        points = points[near]
    return np.array([x, y, vx, vy])


def _meet(one: MatLike, other: MatLike) -> MatLike:
    (x, y, vx, vy), (u, v, wx, wy) = one, other
    cross = vx * wy - vy * wx
    if abs(cross) < 1e-6:
        return np.array([x, y])
    step = ((u - x) * wy - (v - y) * wx) / cross
    return np.array([x + step * vx, y + step * vy])
