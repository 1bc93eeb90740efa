"""Simulated persons before the camera: a portrait that turns, blinks, opens its mouth, comes and goes.

``python -m hardware.simulators.people PORTRAIT FOLDER`` writes one folder of numbered JPEG frames per scene, which the
camera simulator then plays as if live. A portrait is cut out, set before a wall, and moved by known transforms:
its mesh points are moved in space (a head turned by an angle, lids closed, lips met) and the picture follows triangle by
triangle. So tests know what is true in every frame. The portraits are of public persons and come with
set-up (``provisioning/models``); every frame says SAMPLE. It is no likeness of how people attack or defend a camera.
"""

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face.backdrop import sharpen
from hardware.hosts.face.look import CHIN, eyes
from hardware.hosts.face.nets import LEFT_LIDS, RIGHT_LIDS, Floats, Nets, Picture

WIDTH, HEIGHT = 1280, 720
HEAD = 330
"""Pixels from the eyes' line to the chin, times two: about what a person fills who stands where the arrows are."""
WALL = (236, 237, 236)
UPPER_LIDS = [*RIGHT_LIDS[9:], *LEFT_LIDS[9:]]
LOWER_LIDS = [*RIGHT_LIDS[1:8], *LEFT_LIDS[1:8]]
LASHES = 0.1
"""Eye widths that the upper lid's dark line lies above its contour: it must come down with it."""
UPPER_LIP = (191, 80, 81, 82, 13, 312, 311, 310, 415)
LOWER_LIP = (95, 88, 178, 87, 14, 317, 402, 318, 324)
"""The lips' inner edges, from the right corner to the left."""


@dataclass(frozen=True)
class Gesture:
    """What the person does in one frame: ``turn`` in degrees to its own left, ``nod`` chin up, ``shut`` and ``open`` 0..1.

    ``open``: how far the mouth is; 0 are lips that meet, whatever the portrait does. ``near``: 1 at the arrows.
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
        face = nets.faces(portrait)[0]
        mesh, _ = nets.mesh(portrait, face)
        middle = eyes(mesh).mean(axis=0)
        self.scale = HEAD / 2 / float(np.linalg.norm(mesh[CHIN, :2] - middle))
        onto = np.array([[self.scale, 0, WIDTH / 2], [0, self.scale, 0.44 * HEIGHT]])
        onto[:, 2] -= self.scale * middle
        way = cv2.INTER_CUBIC if self.scale > 1 else cv2.INTER_AREA
        size = (WIDTH, HEIGHT)
        self.picture = cv2.warpAffine(portrait, onto, size, flags=way, borderMode=cv2.BORDER_REFLECT)
        alpha = sharpen(self.picture, nets.outline(self.picture))
        inside = cv2.warpAffine(np.ones(portrait.shape[:2], np.float32), onto, size)
        self.alpha = (np.clip((alpha - 0.35) / 0.6, 0, 1) * inside).astype(np.float32)
        found = nets.faces(self.picture)[0]
        self.mesh, _ = nets.refined(self.picture, nets.mesh(self.picture, found)[0])
        self.mesh[UPPER_LIDS, 1] -= LASHES * float(np.linalg.norm(self.mesh[33, :2] - self.mesh[133, :2]))
        self._anchors = self._fixed()
        self._source = np.vstack([self.mesh[:, :2], self._anchors]).astype(np.float32)
        self._triangles = _triangles(self._source)

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
        return np.asarray((mesh - centre) @ (about_y @ about_x).T + centre, np.float32)

    def _mouth(self, mesh: Floats, wide: float) -> None:
        """Lips meet (0) or part (1): all below the mouth's line moves, less towards its corners and towards the chin."""
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
        picture = self.picture.copy()
        for lids in (RIGHT_LIDS, LEFT_LIDS):
            wide = float(np.linalg.norm(self.mesh[lids[0], :2] - self.mesh[lids[8], :2]))
            corners = self.mesh[[lids[0], lids[8]], :2]
            top = np.vstack([corners[:1], self.mesh[list(lids[9:]), :2], corners[1:]])
            low = np.vstack([corners[:1], self.mesh[list(lids[1:8]), :2], corners[1:]])
            edge = top + (low - top) * min(shut, 1.0)
            above = np.round(top[1:-1] - (0, 0.12 * wide)).astype(int)
            skin = self.picture[above[:, 1], above[:, 0]].astype(float).mean(axis=0)
            cover = np.zeros(picture.shape[:2], np.float32)
            cv2.fillPoly(cover, [np.round(np.vstack([top, edge[::-1]])).astype(np.int32)], 1.0)
            weight = cv2.GaussianBlur(cover, (0, 0), 0.03 * wide)[..., None]
            picture = np.asarray(picture * (1 - weight) + skin * 0.93 * weight, np.uint8)
            line = [np.round(edge).astype(np.int32)]
            cv2.polylines(picture, line, False, (skin * 0.35).tolist(), max(1, round(0.05 * wide)), cv2.LINE_AA)
        return picture

    def frame(self, gesture: Gesture, chance: np.random.Generator) -> Picture:
        """One frame: the person as it stands, before the wall, with the sensor's noise."""
        after = self.moved(gesture)
        target = np.vstack([after[:, :2], self._anchors]).astype(np.float32)
        depth = np.concatenate([after[:, 2], np.full(len(self._anchors), self.mesh[[234, 454], 2].mean())])
        layers = np.dstack([self._lidded(gesture.shut).astype(np.float32), self.alpha * np.float32(255)])
        order = sorted(self._triangles, key=lambda corners: -float(depth[corners].mean()))
        moved = _follow(layers, order, self._source, target)
        place = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 0, gesture.near)
        place[:, 2] += (gesture.aside, gesture.down)
        moved = cv2.warpAffine(moved, place, (WIDTH, HEIGHT))
        weight = moved[..., 3:] / 255
        whole = moved[..., :3] * weight + wall() * (1 - weight)
        return finish(whole, chance)


def wall() -> Floats:
    """A white wall with a little less light at its edges."""
    rows, columns = np.indices((HEIGHT, WIDTH), np.float32)
    fall = 1 - 0.02 * ((columns / WIDTH - 0.5) ** 2 + (rows / HEIGHT - 0.5) ** 2)
    return np.asarray(np.array(WALL, np.float32) * fall[..., None], np.float32)


def finish(whole: Floats, chance: np.random.Generator) -> Picture:
    """Noise, and the word that says what this is."""
    noisy = whole + chance.normal(0, 2.0, (HEIGHT, WIDTH, 1)).astype(np.float32)
    frame = np.asarray(np.clip(noisy, 0, 255), np.uint8)
    cv2.putText(frame, "SAMPLE", (24, HEIGHT - 24), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (150, 150, 150), 2, cv2.LINE_AA)
    return frame


def _follow(layers: Floats, triangles: Sequence[NDArray[np.int64]], source: Floats, target: Floats) -> Floats:
    """``layers`` with every triangle of ``source`` where ``target`` has it, the later ones in front."""
    across = np.full(layers.shape[:2], np.nan, np.float32)
    down = across.copy()
    for corners in triangles:
        if cv2.contourArea(target[corners]) < 0.3:
            continue
        back = cv2.getAffineTransform(target[corners], source[corners])
        left, top = np.floor(target[corners].min(axis=0)).astype(int).clip(0)
        right, bottom = np.ceil(target[corners].max(axis=0)).astype(int) + 1
        mask = np.zeros((bottom - top, right - left), np.uint8)
        cv2.fillConvexPoly(mask, np.round(target[corners] - (left, top)).astype(np.int32), 1)
        mask = mask[: layers.shape[0] - top, : layers.shape[1] - left]
        rows, columns = np.nonzero(mask)
        places = np.stack([columns + left, rows + top, np.ones_like(rows)]).astype(np.float64)
        x, y = back @ places
        across[rows + top, columns + left], down[rows + top, columns + left] = x, y
    rows, columns = np.indices(across.shape, np.float32)
    across, down = np.where(np.isnan(across), columns, across), np.where(np.isnan(down), rows, down)
    return np.asarray(cv2.remap(layers, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _triangles(points: Floats) -> Sequence[NDArray[np.int64]]:
    """Delaunay, as indices."""
    plane = cv2.Subdiv2D((-1, -1, WIDTH + 2, HEIGHT + 2))
    names: dict[tuple[float, float], int] = {}
    for index, (x, y) in enumerate(points.tolist()):
        plane.insert((x, y))
        names[(round(x, 2), round(y, 2))] = index
    found = []
    for row in plane.getTriangleList().reshape(-1, 3, 2):
        corners = [names.get((round(float(x), 2), round(float(y), 2))) for x, y in row]
        if None not in corners:
            found.append(np.array(corners))
    return found


def _swing(frames: int, top: float) -> list[float]:
    """From rest to ``top``, a moment there, and back."""
    return [top * math.sin(math.pi * n / (frames - 1)) ** 0.5 for n in range(frames)]


def scenes() -> Mapping[str, Sequence[Gesture]]:
    """What a person does before the camera, at 15 frames a second."""
    rest = [Gesture()] * 8
    return {
        "still": [Gesture(aside=math.sin(n / 5), down=math.cos(n / 7)) for n in range(30)],
        "blink": [*rest, *(Gesture(shut=v) for v in _swing(8, 1.0)), *rest],
        "turn_left": [*rest[:4], *(Gesture(turn=v) for v in _swing(24, 24.0)), *rest[:4]],
        "turn_right": [*rest[:4], *(Gesture(turn=-v) for v in _swing(24, 24.0)), *rest[:4]],
        "open_mouth": [*rest[:4], *(Gesture(open=v) for v in _swing(20, 1.0)), *rest[:4]],
        "far": [Gesture(near=0.55)] * 8,
        "close": [Gesture(near=1.45)] * 8,
        "left_of_centre": [Gesture(aside=-240)] * 8,
        "eyes_shut": [Gesture(shut=1.0)] * 8,
        "mouth_open": [Gesture(open=0.8)] * 8,
        "turned": [Gesture(turn=20)] * 8,
    }


def play(person: Person, gestures: Sequence[Gesture], seed: int = 0) -> Iterator[Picture]:
    """The frames of a scene."""
    chance = np.random.default_rng(seed)
    for gesture in gestures:
        yield person.frame(gesture, chance)


def write(nets: Nets, portrait: Path, folder: Path) -> None:
    """Every scene of ``portrait`` as numbered JPEG frames, and an empty place."""
    loaded: Any = cv2.imread(str(portrait))
    person = Person(nets, loaded)
    for name, gestures in scenes().items():
        _save(folder / name, play(person, gestures))
    chance = np.random.default_rng(1)
    _save(folder / "nobody", (finish(wall(), chance) for _ in range(8)))


def _save(folder: Path, frames: Iterator[Picture]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"{number:03}.jpg"), frame, [cv2.IMWRITE_JPEG_QUALITY, 92])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m hardware.simulators.people", description=__doc__)
    parser.add_argument("models", type=Path)
    parser.add_argument("portrait", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    write(Nets(options.models), options.portrait, options.folder)


if __name__ == "__main__":
    main()
