"""One portrait that moves. It is cut out, and its mesh is moved in space: a head turned by an angle, lids closed,
lips met; the picture follows triangle by triangle. So whoever uses it knows what is true in every frame.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face.arrays import Floats, Picture, floats, picture
from hardware.hosts.face.backdrop import sharpen
from hardware.hosts.face.look import CHIN, eyes
from hardware.hosts.face.nets import LEFT_LIDS, RIGHT_LIDS, Nets

WIDTH, HEIGHT = 1280, 720
HEAD = 330
"""Pixels from the eyes' line to the chin, times two: about what a person fills who stands where the arrows are."""
WALL = (236, 237, 236)
NOISE = 2.0
"""Grey levels of the sensor's noise."""
UPPER_LIDS = [*RIGHT_LIDS[9:], *LEFT_LIDS[9:]]
LASHES = 0.1
"""Eye widths that the upper lid's dark line lies above its contour: it must come down with it."""
UPPER_LIP = (191, 80, 81, 82, 13, 312, 311, 310, 415)
LOWER_LIP = (95, 88, 178, 87, 14, 317, 402, 318, 324)
"""The lips' inner edges, from the right corner to the left."""


@dataclass(frozen=True)
class Gesture:
    """What the person does in one frame: ``turn`` in degrees to its own left, ``nod`` chin up, ``shut`` 0..1.

    ``open``: how far the mouth is, 0..1; 0 are lips that meet, whatever the portrait does. ``near``: 1 at the arrows.
    ``aside``, ``down``: pixels.
    """

    turn: float = 0.0
    nod: float = 0.0
    shut: float = 0.0
    open: float = 0.0
    near: float = 1.0
    aside: float = 0.0
    down: float = 0.0


class Person:
    """A portrait with its mesh, ready to move."""

    def __init__(self, nets: Nets, portrait: Picture) -> None:
        onto = _placed(nets, portrait)
        size = (WIDTH, HEIGHT)
        way = cv2.INTER_CUBIC if np.hypot(onto[0, 0], onto[0, 1]) > 1 else cv2.INTER_AREA
        self.picture = picture(cv2.warpAffine(portrait, onto, size, flags=way, borderValue=WALL))
        outline = nets.outline(self.picture)
        alpha = sharpen(self.picture, outline) * np.clip((outline - 0.5) / 0.4, 0, 1)
        inside = cv2.warpAffine(np.ones(portrait.shape[:2], np.float32), onto, size)
        self.alpha = floats(np.clip((alpha - 0.35) / 0.6, 0, 1) * inside)
        found = nets.faces(self.picture)[0]
        self.mesh, _ = nets.refined(self.picture, nets.mesh(self.picture, found)[0])
        self.mesh[UPPER_LIDS, 1] -= LASHES * float(np.linalg.norm(self.mesh[33, :2] - self.mesh[133, :2]))
        self._anchors = self._fixed()
        self._source = floats(np.vstack([self.mesh[:, :2], self._anchors]))
        self._triangles = _triangles(self._source)
        self._poses: dict[tuple[float, ...], Picture] = {}

    def _fixed(self) -> Floats:
        """Points around the head and at the picture's edge that stay where they are; depth is that of the ears."""
        centre = self.mesh[:, :2].mean(axis=0)
        ring = [
            centre + np.array((math.cos(a) * 1.75, math.sin(a) * 2.1 - 0.15)) * HEAD / 2 * 0.95
            for a in np.linspace(0, 2 * math.pi, 24, endpoint=False)
        ]
        edge = [
            (x, y)
            for x in (0, WIDTH / 2, WIDTH - 1)
            for y in (0, HEIGHT / 2, HEIGHT - 1)
            if (x, y) != (WIDTH / 2, HEIGHT / 2)
        ]
        points = np.array([*ring, *edge], np.float32)
        points[:, 0] = points[:, 0].clip(0, WIDTH - 1)
        points[:, 1] = points[:, 1].clip(0, HEIGHT - 1)
        return points

    def moved(self, gesture: Gesture) -> Floats:
        """The mesh in space, after ``gesture``."""
        mesh = self.mesh.copy()
        self._mouth(mesh, gesture.open)
        centre = self.mesh[[234, 454]].mean(axis=0)
        turn, nod = math.radians(gesture.turn), math.radians(gesture.nod)
        about_y = np.array([[math.cos(turn), 0, -math.sin(turn)], [0, 1, 0], [math.sin(turn), 0, math.cos(turn)]])
        about_x = np.array([[1, 0, 0], [0, math.cos(nod), -math.sin(nod)], [0, math.sin(nod), math.cos(nod)]])
        return floats((mesh - centre) @ (about_y @ about_x).T + centre)

    def _mouth(self, mesh: Floats, wide: float) -> None:
        """Lips meet (0) or part (1): what is below the mouth's line moves, less towards its corners and the chin."""
        upper, lower = mesh[list(UPPER_LIP)], mesh[list(LOWER_LIP)]
        tall = float(mesh[CHIN, 1] - eyes(mesh).mean(axis=0)[1])
        gaps = lower[:, 1] - upper[:, 1]
        line = np.interp(mesh[:, 0], upper[:, 0], (upper[:, 1] + lower[:, 1]) / 2)
        middle, half = float(upper[4, 0]), float(upper[-1, 0] - upper[0, 0]) / 2
        near = np.clip(1 - ((mesh[:, 0] - middle) / (1.25 * half)) ** 2, 0, 1)
        change = np.interp(mesh[:, 0], upper[:, 0], -gaps) * near + wide * 0.3 * tall * near
        below = mesh[:, 1] > line
        below[list(UPPER_LIP)], below[list(LOWER_LIP)] = False, True
        depth = np.clip((mesh[:, 1] - line) / max(float(mesh[CHIN, 1]) - float(line[CHIN]), 1.0), 0, 1)
        mesh[:, 1] += np.where(below, change * (1 - 0.55 * depth), 0).astype(np.float32)

    def _lidded(self, shut: float) -> Picture:
        """The portrait with its lids painted down by ``shut``: the skin above them, and the line of the lashes."""
        if shut <= 0:
            return self.picture
        painted = self.picture.copy()
        for lids in (RIGHT_LIDS, LEFT_LIDS):
            wide = float(np.linalg.norm(self.mesh[lids[0], :2] - self.mesh[lids[8], :2]))
            corners = self.mesh[[lids[0], lids[8]], :2]
            top = np.vstack([corners[:1], self.mesh[list(lids[9:]), :2], corners[1:]])
            low = np.vstack([corners[:1], self.mesh[list(lids[1:8]), :2], corners[1:]])
            edge = top + (low - top) * min(shut, 1.0)
            above = np.round(top[1:-1] - (0, 0.12 * wide)).astype(int)
            skin = self.picture[above[:, 1], above[:, 0]].astype(float).mean(axis=0)
            cover = np.zeros(painted.shape[:2], np.float32)
            cv2.fillPoly(cover, [np.round(np.vstack([top, edge[::-1]])).astype(np.int32)], 1.0)
            weight = cv2.GaussianBlur(cover, (0, 0), 0.03 * wide)[..., None]
            painted = (painted * (1 - weight) + skin * 0.93 * weight).astype(np.uint8)
            line = [np.round(edge).astype(np.int32)]
            cv2.polylines(painted, line, False, (skin * 0.35).tolist(), max(1, round(0.05 * wide)), cv2.LINE_AA)
        return painted

    def frame(self, gesture: Gesture, chance: np.random.Generator) -> Picture:
        """One frame: the person as it stands, before the wall, with the sensor's noise."""
        place = np.asarray(cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 0, gesture.near), np.float64)
        place[:, 2] += np.array((gesture.aside, gesture.down))
        moved = picture(cv2.warpAffine(self._posed(gesture), place, (WIDTH, HEIGHT)))
        weight = floats(moved[..., 3] / np.float32(255))
        return finish(picture(cv2.blendLinear(moved[..., :3].copy(), wall(), weight, floats(1 - weight))), chance)

    def _posed(self, gesture: Gesture) -> Picture:
        """Colours and opacity of the person in this pose; drawn once for each."""
        key = (gesture.turn, gesture.nod, gesture.shut, gesture.open)
        if key not in self._poses:
            after = self.moved(gesture)
            target = floats(np.vstack([after[:, :2], self._anchors]))
            depth = np.concatenate([after[:, 2], np.full(len(self._anchors), self.mesh[[234, 454], 2].mean())])
            layers = picture(np.dstack([self._lidded(gesture.shut), (self.alpha * 255).astype(np.uint8)]))
            order = sorted(self._triangles, key=lambda corners: -float(depth[corners].mean()))
            self._poses[key] = _follow(layers, order, self._source, target)
        return self._poses[key]


def _placed(nets: Nets, portrait: Picture) -> NDArray[np.float64]:
    """The transform that puts the portrait's face upright, in the middle, and as large as at the arrows."""
    mesh, _ = nets.mesh(portrait, nets.faces(portrait)[0])
    right, left = eyes(mesh)
    middle = (right + left) / 2
    roll = math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))
    scale = HEAD / 2 / float(np.linalg.norm(mesh[CHIN, :2] - middle))
    onto = np.asarray(cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), roll, scale), np.float64)
    onto[:, 2] += np.array((WIDTH / 2, 0.44 * HEIGHT)) - middle
    return onto


@cache
def wall() -> Picture:
    """A white wall with a little less light at its edges."""
    rows, columns = np.indices((HEIGHT, WIDTH), np.float32)
    fall = 1 - 0.02 * ((columns / WIDTH - 0.5) ** 2 + (rows / HEIGHT - 0.5) ** 2)
    return picture(np.round(np.array(WALL, np.float32) * fall[..., None]).astype(np.uint8))


@cache
def _noise() -> NDArray[np.int16]:
    grain = np.random.default_rng(7).normal(0, NOISE, (HEIGHT, WIDTH, 1))
    return np.round(grain.repeat(3, axis=2)).astype(np.int16)


def finish(whole: Picture, chance: np.random.Generator) -> Picture:
    """The sensor's noise, laid elsewhere every time, and the word that says what this is."""
    grain = np.roll(_noise(), chance.integers(0, (HEIGHT, WIDTH)), axis=(0, 1))
    frame = picture(cv2.add(whole, grain, dtype=cv2.CV_8U))
    cv2.putText(frame, "SAMPLE", (24, HEIGHT - 24), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (150, 150, 150), 2, cv2.LINE_AA)
    return frame


def _follow(layers: Picture, triangles: Sequence[NDArray[np.int64]], source: Floats, target: Floats) -> Picture:
    """``layers`` with every triangle of ``source`` where ``target`` has it, the later ones in front."""
    across = np.full(layers.shape[:2], np.nan, np.float32)
    down = across.copy()
    for corners in triangles:
        if cv2.contourArea(target[corners]) < 0.3:
            continue
        back = cv2.getAffineTransform(target[corners], source[corners])
        left, top = (int(value) for value in np.floor(target[corners].min(axis=0)).clip(0))
        right, bottom = (int(value) + 1 for value in np.ceil(target[corners].max(axis=0)))
        mask = np.zeros((max(bottom - top, 0), max(right - left, 0)), np.uint8)
        cv2.fillConvexPoly(mask, np.round(target[corners] - (left, top)).astype(np.int32), (1,))
        mask = mask[: layers.shape[0] - top, : layers.shape[1] - left]
        ys, xs = np.nonzero(mask)
        x, y = back @ np.stack([xs + left, ys + top, np.ones_like(ys)]).astype(np.float64)
        across[ys + top, xs + left], down[ys + top, xs + left] = x, y
    rows, columns = np.indices(across.shape, np.float32)
    across, down = np.where(np.isnan(across), columns, across), np.where(np.isnan(down), rows, down)
    return picture(cv2.remap(layers, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _triangles(points: Floats) -> Sequence[NDArray[np.int64]]:
    """Delaunay, as indices."""
    plane = cv2.Subdiv2D((-1, -1, WIDTH + 2, HEIGHT + 2))
    names: dict[tuple[float, float], int] = {}
    for index, (x, y) in enumerate(points.tolist()):
        plane.insert((x, y))
        names[(round(x, 2), round(y, 2))] = index
    found = []
    triangles: Any = plane.getTriangleList()
    for row in triangles.reshape(-1, 3, 2):
        corners = [names.get((round(float(x), 2), round(float(y), 2))) for x, y in row]
        if None not in corners:
            found.append(np.array(corners))
    return found
