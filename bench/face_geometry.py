"""How well eyes and head are found again under known transforms, and whether every photo has a head of the right size.

Repeatability against known similarities, not accuracy against a person's marks: there are none for these portraits.
"""

from typing import Any

import numpy as np

from bench.face_pictures import FORM, MM, SPEC, nets, rest, upper_bound, varied
from hardware.hosts.face import jpeg
from hardware.hosts.face.arrays import Picture, floats
from hardware.hosts.face.crop import head_of
from hardware.hosts.face.eyes import Cannot
from hardware.hosts.face.shots import Shots, seen
from hardware.simulators.camera_people import WHO

TRANSFORMS, CROPS = 40, 500
EYES_LIMIT, HEAD_LIMIT = 0.35, 0.7
HEAD_MM = (28.0, 33.0)
FILE = jpeg.File(SPEC.file.smallest, SPEC.file.largest, SPEC.file.dpi)


def measure() -> dict[str, Any]:
    """Millimetres on the finished photo."""
    return {**_repeated(), **_crops()}


def _head(frame: Picture) -> tuple[Any, float]:
    """The eyes, 2 x 2, and the head's length, in pixels of the frame."""
    shot = seen(nets(), frame)
    return floats((shot.look.right_eye, shot.look.left_eye)), head_of(nets().outline(frame), shot.look).length


def _repeated() -> dict[str, Any]:
    chance = np.random.default_rng(11)
    eyes, heads = [], []
    for who in WHO:
        first_eyes, first_head = _head(rest(who))
        for _ in range(TRANSFORMS):
            known = varied(chance, who=who)
            found, length = _head(known.frame)
            to_mm = MM * FORM.head / (first_head * known.scale)
            eyes += (np.linalg.norm(found - known.place(first_eyes), axis=1) * to_mm).tolist()
            heads.append(abs(length - first_head * known.scale) * to_mm)
    p95 = [float(np.quantile(values, 0.95)) for values in (eyes, heads)]
    return {
        "eyes_p95_mm": round(p95[0], 3),
        "eyes_median_mm": round(float(np.median(eyes)), 3),
        "eyes_n": len(eyes),
        "eyes_met": p95[0] <= EYES_LIMIT,
        "head_p95_mm": round(p95[1], 3),
        "head_median_mm": round(float(np.median(heads)), 3),
        "head_n": len(heads),
        "head_met": p95[1] <= HEAD_LIMIT,
    }


def _crops() -> dict[str, Any]:
    chance = np.random.default_rng(12)
    shots = Shots(nets())
    lengths: list[float] = []
    refused = 0
    while len(lengths) < CROPS:
        known = varied(chance, scale=(0.8, 1.15), shift=40.0)
        try:
            photo = shots.finish([seen(nets(), known.frame)], FORM, FILE, "keep")
        except Cannot:  # beyond the frame: it would be asked for again
            refused += 1
            continue
        lengths.append(photo.measures["head_length"] * MM)
    outside = sum(not HEAD_MM[0] <= length <= HEAD_MM[1] for length in lengths)
    return {
        "crops": len(lengths),
        "crops_not_made": refused,
        "head_mm_least": round(min(lengths), 2),
        "head_mm_most": round(max(lengths), 2),
        "crops_outside_28_33_mm": outside,
        "crops_outside_upper_bound": upper_bound(outside, len(lengths)),
        "crops_met": outside == 0,
    }
