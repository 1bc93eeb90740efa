"""Good frames of this visit, and the photo that is made of the best of them.

A frame is kept when the kiosk says that all rules held in it; the last :data:`KEPT` are here, scored by a fixed sum:
sharp, straight, eyes open. The photo is cut from the original pixels by one warp, treated by policy, encoded, decoded
again, and everything is measured once more on what the file really shows. :meth:`Shots.forget` overwrites the pixels.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from hardware.hosts.face import backdrop, jpeg
from hardware.hosts.face.crop import Form, cut, head_of, missing, plan
from hardware.hosts.face.look import Look, look
from hardware.hosts.face.nets import Floats, Nets, Picture

KEPT = 10
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
        return min(seen.sharpness / 60, 1.0) + min(seen.eye_gap / 0.08, 1.0) - crooked - 2 * seen.mouth_gap


@dataclass(frozen=True)
class Photo:
    """The finished file, its master, and what was measured on the decoded file (:func:`measures`)."""

    data: bytes
    master: bytes
    quality: int
    measures: dict[str, Any]


class Cannot(Exception):
    """No photo can be made of this; ``why`` is a stable word."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why = why


class Shots:
    """The last good frames."""

    def __init__(self, nets: Nets) -> None:
        self._nets = nets
        self._kept: list[Shot] = []

    def keep(self, shot: Shot) -> int:
        """Keep ``shot``; how many there are. The oldest goes."""
        self._kept.append(Shot(shot.sequence, shot.picture.copy(), shot.look))
        if len(self._kept) > KEPT:
            self._kept.pop(0).picture.fill(0)
        return len(self._kept)

    def forget(self) -> None:
        """Overwrite and drop all of them."""
        for shot in self._kept:
            shot.picture.fill(0)
        self._kept.clear()

    def best(self, count: int) -> list[Shot]:
        """The best, the best first."""
        return sorted(self._kept, key=lambda shot: -shot.score)[:count]

    def still(self, picture: Picture, sequence: int = 0) -> Shot:
        """A full-size still as a shot. Raises Cannot ``no_face``, ``many_faces``."""
        return seen(self._nets, picture, sequence)

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

    def _make(self, shot: Shot, onto: Any, form: Form, file: jpeg.File, policy: str) -> Photo:
        large = Form(form.width * MASTER, form.height * MASTER)
        master = cut(shot.picture, onto * MASTER, large)
        master = backdrop.treat(master, self._nets.outline(master), policy)
        picture = cv2.resize(master, (form.width, form.height), interpolation=cv2.INTER_AREA)
        try:
            data, quality = jpeg.encode(np.asarray(picture, np.uint8), file)
            kept, _ = jpeg.encode(master, jpeg.File(0, 8 * MASTER**2 * file.largest, file.dpi * MASTER))
        except jpeg.TooLarge as error:
            raise Cannot("too_large", str(error)) from error
        return Photo(data, kept, quality, measures(self._nets, data, quality))


def seen(nets: Nets, picture: Picture, sequence: int) -> Shot:
    """Look closely at a picture with one face. Raises Cannot."""
    faces = nets.faces(picture)
    if not faces:
        raise Cannot("no_face")
    if len(faces) > 1 and rival(faces[0].box, faces[1].box) > 0.25:
        raise Cannot("many_faces")
    mesh, pupils = nets.refined(picture, nets.mesh(picture, faces[0])[0])
    return Shot(sequence, picture, look(picture, faces[0], mesh, pupils))


def rival(first: Floats, second: Floats) -> float:
    """The second face's area as a share of the first's."""
    return float(second[2] * second[3]) / max(float(first[2] * first[3]), 1.0)


def measures(nets: Nets, data: bytes, quality: int) -> dict[str, Any]:
    """Everything the rules ask of a finished file, from the file alone; in pixels of the photo. Raises Cannot."""
    picture = jpeg.decode(data)
    shot = seen(nets, picture, 0)
    outline = nets.outline(picture)
    head = head_of(outline, shot.look)
    wall = backdrop.measure(picture, outline)
    return {
        **{
            name: value
            for name, value in shot.look.numbers().items()
            if name not in {"box", "right_eye", "left_eye", "chin"}
        },
        **{f"wall_{name}": value for name, value in wall.items()},
        "width": picture.shape[1],
        "height": picture.shape[0],
        "bytes": len(data),
        "quality": quality,
        "dpi": int.from_bytes(data[14:16], "big"),
        "head_length": head.length,
        "head_width": head.width,
        "crown": head.eyes[1] - head.crown,
        "eye_line": head.eyes[1],
        "eyes_across": head.eyes[0],
        "eyes_to_bottom": picture.shape[0] - head.eyes[1],
        "chin_to_bottom": picture.shape[0] - head.eyes[1] - head.chin,
    }
