"""Good frames of this visit, and the photo that is made of the best of them.

A frame is kept when the kiosk says that all rules held in it. Of the last :data:`RECENT` the best :data:`KEPT` by a
fixed sum are here: sharp, straight, eyes open, lips closed. The photo is cut from the original pixels by one warp,
treated by policy, encoded, decoded again, and everything is measured once more on what the file really shows.
:meth:`Shots.forget` overwrites the pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.hosts.face import backdrop, jpeg
from hardware.hosts.face.arrays import Picture, picture
from hardware.hosts.face.crop import Form, cut, head_of, missing, plan
from hardware.hosts.face.eyes import Cannot
from hardware.hosts.face.look import Look, look
from hardware.hosts.face.nets import Face, Nets

RECENT, KEPT = 10, 3
RIVAL = 0.25
"""A second face of this share of the first one's area is a second person."""
MASTER = 2
"""The master is this many times as large as the photo."""


@dataclass(frozen=True)
class Shot:
    """A frame with what was seen in it."""

    sequence: int
    picture: Picture
    look: Look

    @property
    def score(self) -> float:
        """Higher is better."""
        seen = self.look
        crooked = abs(seen.roll) / 10 + abs(seen.yaw) / 10 + abs(seen.pitch) / 30
        return min(seen.sharpness / 20, 1.0) + min(seen.eye_gap / 0.08, 1.0) - crooked - 5 * seen.mouth_gap


@dataclass(frozen=True)
class Photo:
    """The finished file, its master, and what was measured on the decoded file (:func:`measures`)."""

    data: bytes
    master: bytes
    quality: int
    measures: dict[str, Any]


class Shots:
    """The good frames, by the number under which each was kept."""

    def __init__(self, nets: Nets) -> None:
        self._nets = nets
        self._kept: dict[int, Shot] = {}
        self._count = 0

    def keep(self, shot: Shot) -> int:
        """Keep ``shot`` unless there are better ones; how many there are."""
        self._count += 1
        self._kept[self._count] = replace(shot, picture=shot.picture.copy())
        for number in [number for number in self._kept if number <= self._count - RECENT]:
            self._drop(number)
        if len(self._kept) > KEPT:
            self._drop(min(self._kept, key=lambda number: self._kept[number].score))
        return len(self._kept)

    def _drop(self, number: int) -> None:
        self._kept.pop(number).picture.fill(0)

    def forget(self) -> None:
        """Overwrite and drop all of them."""
        for number in list(self._kept):
            self._drop(number)

    def best(self) -> list[Shot]:
        """All that are kept, the best first."""
        return sorted(self._kept.values(), key=lambda shot: -shot.score)

    def finish(self, shots: list[Shot], form: Form, file: jpeg.File, policy: str) -> Photo:
        """The photo of the first shot that holds all of the picture.

        Raises Cannot ``no_shot``, ``outside`` (with the sides), ``too_large``.
        """
        outside: tuple[str, ...] = ()
        for shot in shots:
            head = head_of(self._nets.outline(shot.picture), shot.look)
            onto = plan(head, form)
            outside = missing(onto, form, (shot.picture.shape[0], shot.picture.shape[1]))
            if not outside:
                return self._make(shot, onto, form, file, policy)
        raise Cannot("outside", " ".join(outside)) if outside else Cannot("no_shot")

    def _make(self, shot: Shot, onto: NDArray[np.float64], form: Form, file: jpeg.File, policy: str) -> Photo:
        large = Form(form.width * MASTER, form.height * MASTER)
        master = cut(shot.picture, onto * MASTER, large)
        master = backdrop.treat(master, self._nets.outline(master), policy)
        small = picture(cv2.resize(master, (form.width, form.height), interpolation=cv2.INTER_AREA))
        try:
            data, quality = jpeg.encode(small, file)
        except jpeg.TooLarge as error:
            raise Cannot("too_large", str(error)) from error
        whole = jpeg.whole(master, file.dpi * MASTER)
        for done in (master, small):
            done.fill(0)
        return Photo(data, whole, quality, measures(self._nets, data, quality))


def seen(nets: Nets, source: Picture, sequence: int = 0) -> Shot:
    """Look closely at a picture with one face. Raises Cannot."""
    faces = nets.faces(source)
    if not faces:
        raise Cannot("no_face")
    if len(faces) > 1 and rival(faces) > RIVAL:
        raise Cannot("many_faces")
    mesh, pupils = nets.refined(source, nets.mesh(source, faces[0])[0])
    return Shot(sequence, source, look(source, faces[0], mesh, pupils))


def rival(faces: Sequence[Face]) -> float:
    """The second face's area as a share of the first's; 0 without a second."""
    areas = [float(face.box[2] * face.box[3]) for face in faces[:2]]
    return areas[1] / max(areas[0], 1.0) if len(areas) > 1 else 0.0


def measures(nets: Nets, data: bytes, quality: int) -> dict[str, Any]:
    """Everything the rules ask of a finished file, from the file alone; in pixels of the photo. Raises Cannot."""
    shown = jpeg.decode(data)
    shot = seen(nets, shown)
    outline = nets.outline(shown)
    head = head_of(outline, shot.look)
    wall = backdrop.measure(shown, outline)
    return {
        **{
            name: value
            for name, value in shot.look.numbers().items()
            if name not in {"box", "right_eye", "left_eye", "chin"}
        },
        **{f"wall_{name}": value for name, value in wall.items()},
        "width": shown.shape[1],
        "height": shown.shape[0],
        "bytes": len(data),
        "quality": quality,
        "dpi": int.from_bytes(data[14:16], "big"),
        "head_length": head.length,
        "head_width": head.width,
        "crown": head.eyes[1] - head.crown,
        "eye_line": head.eyes[1],
        "eyes_across": head.eyes[0],
        "eyes_to_bottom": shown.shape[0] - head.eyes[1],
        "chin_to_bottom": shown.shape[0] - head.eyes[1] - head.chin,
    }
