"""Every rule of an exit-entry photo on generated violations, and on photos that hold to all of them.

A violation is made on purpose and clearly: what is just beyond a limit is a matter of where the limit is, and no
standard says so for light and sharpness. Judged is what the kiosk judges: the file, encoded and decoded again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from bench.face_pictures import FORM, SPEC, Cropped, cropped, nets, person, upper_bound, varied
from hardware.hosts.face import jpeg
from hardware.hosts.face.arrays import Floats, Picture, floats, picture
from hardware.hosts.face.crop import Form
from hardware.hosts.face.eyes import Cannot
from hardware.hosts.face.look import look
from hardware.hosts.face.shots import measures
from hardware.simulators.camera_people import WHO
from hardware.simulators.people.person import Gesture
from kiosk_app.portrait.rules import judge

VIOLATIONS, COMPLIANT = 20, 60
ALLOWED = 0.05
FILE = jpeg.File(SPEC.file.smallest, SPEC.file.largest, SPEC.file.dpi)
Chance = np.random.Generator
Make = Callable[[Chance], tuple[Picture, jpeg.File]]


def measure() -> dict[str, Any]:
    """Per rule: violations missed, compliant photos refused, of how many, and 95 % upper bounds of both rates."""
    chance = np.random.default_rng(21)
    good = [_judged(*_fine(chance)) for _ in range(COMPLIANT)]
    table: dict[str, Any] = {}
    for rule in SPEC.rules:
        kinds = MAKERS[rule.measure]
        made = [kinds[number % len(kinds)] for number in range(VIOLATIONS)]
        missed = sum(_judged(*make(chance)).get(rule.measure, False) for make in made)
        refused = sum(not one[rule.measure] for one in good)
        table[f"rule_{rule.measure}"] = {
            "missed": f"{missed}/{VIOLATIONS}",
            "missed_bound": upper_bound(missed, VIOLATIONS),
            "false": f"{refused}/{COMPLIANT}",
            "false_bound": upper_bound(refused, COMPLIANT),
            "advisory": rule.advisory,
            "met": missed <= ALLOWED * VIOLATIONS and refused <= ALLOWED * COMPLIANT,
        }
    return table | {"rules_met": f"{sum(one['met'] for one in table.values())} of {len(table)}"}


def _judged(photo: Picture, file: jpeg.File) -> dict[str, bool]:
    """Which rules hold; none are told when no face is found, and then every one refuses."""
    try:
        data, quality = jpeg.encode(photo, file)
        found = measures(nets(), data, quality)
    except Cannot:
        return {}
    return {finding.rule.measure: finding.holds for finding in judge(found, SPEC)}


def _base(chance: Chance, gesture: Gesture | None = None, who: str = "", form: Form = FORM) -> Cropped:
    """A photo that holds to all rules but for ``gesture`` and ``form``, of a person by chance."""
    who = who or str(chance.choice(WHO))
    source = None if gesture is None else person(who).frame(gesture, chance)
    known = varied(chance, who=who, source=source, scale=(0.9, 1.1), roll=3.0, shift=25.0, gain=(0.92, 1.04), noise=2.0)
    return cropped(known, form)


def _fine(chance: Chance) -> tuple[Picture, jpeg.File]:
    return _base(chance).photo, FILE


def _posed(pose: Callable[[Chance], Gesture]) -> Make:
    """The person does something. From the two portraits that were taken from the front."""
    return lambda chance: (_base(chance, pose(chance), str(chance.choice(("obama", "collins")))).photo, FILE)


def _edited(edit: Callable[[Cropped, Chance], Any]) -> Make:
    """Something happens to the finished picture."""

    def make(chance: Chance) -> tuple[Picture, jpeg.File]:
        return picture(np.clip(edit(_base(chance), chance), 0, 255).astype(np.uint8)), FILE

    return make


def _formed(form: Callable[[Chance], Form]) -> Make:
    """The crop is wrong."""
    return lambda chance: (_base(chance, form=form(chance)).photo, FILE)


def _either(chance: Chance, one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(chance.uniform(*(one if chance.random() < 0.5 else other)))


def _rolled(base: Cropped, chance: Chance) -> Any:
    turn = cv2.getRotationMatrix2D((FORM.width / 2, 200), _either(chance, (7, 14), (-14, -7)), 1)
    return cv2.warpAffine(base.photo, turn, (FORM.width, FORM.height), borderMode=cv2.BORDER_REPLICATE)


def _shifted(base: Cropped, right: float, down: float) -> Any:
    onto = np.array([[1, 0, right], [0, 1, down]], np.float64)
    return cv2.warpAffine(base.photo, onto, (FORM.width, FORM.height), borderMode=cv2.BORDER_REPLICATE)


def _walled(base: Cropped, wall: Any) -> Any:
    """Another wall behind the person."""
    weight = base.person[..., None]
    return base.photo * weight + wall * (1 - weight)


def _ramp(chance: Chance, low: float) -> Floats:
    """From ``low`` to 1 across the picture, in a direction by chance."""
    angle = chance.uniform(0, 2 * np.pi)
    rows, columns = np.indices((FORM.height, FORM.width)) / FORM.height
    way = np.cos(angle) * columns + np.sin(angle) * rows
    return floats(low + (1 - low) * (way - way.min()) / np.ptp(way))[..., None]


def _side_light(base: Cropped, chance: Chance) -> Any:
    """One half of the face in the shade."""
    columns = np.arange(FORM.width, dtype=np.float32) - FORM.width / 2
    edge = 1 / (1 + np.exp(columns / 10 * chance.choice((-1, 1))))
    return base.photo * (chance.uniform(0.25, 0.4) + 0.75 * edge)[None, :, None]


def _around_the_eyes(base: Cropped) -> list[tuple[int, int, int]]:
    """Middle and half the width of each eye region, in pixels of the photo."""
    face = nets().faces(base.photo)[0]
    mesh, pupils = nets().refined(base.photo, nets().mesh(base.photo, face)[0])
    wide = look(base.photo, face, mesh, pupils).eye_distance
    return [(int(x), int(y), int(0.3 * wide)) for x, y in pupils]


def _reflected(base: Cropped, chance: Chance) -> Any:
    """A lamp's reflection on each lens."""
    photo = base.photo.copy()
    for x, y, half in _around_the_eyes(base):
        at = (x + int(chance.integers(-half // 2, half // 2)), y + int(chance.integers(-half // 4, half // 4)))
        cv2.ellipse(photo, at, (int(0.4 * half), int(0.25 * half)), 20, 0, 360, (255, 255, 255), -1, cv2.LINE_AA)
    return photo


def _sunglasses(base: Cropped, chance: Chance) -> Any:
    photo = base.photo.astype(np.float32)
    mask = np.zeros(photo.shape[:2], np.uint8)
    for x, y, half in _around_the_eyes(base):
        cv2.ellipse(mask, (x, y), (int(1.25 * half), int(0.95 * half)), 0, 0, 360, (1,), -1)
    photo[mask > 0] *= chance.uniform(0.1, 0.35)
    return photo


def _tinted(base: Cropped, chance: Chance) -> Any:
    """A lamp of another colour: blue, green or violet."""
    cast = np.array(((1.6, 1.0, 0.5), (0.8, 1.5, 0.6), (1.5, 0.6, 1.1))[int(chance.integers(3))])
    return base.photo * cast


def _noisy(base: Cropped, chance: Chance) -> Any:
    return base.photo + chance.normal(0, 40, base.photo.shape)


def _small_file(chance: Chance) -> tuple[Picture, jpeg.File]:
    return _edited(_blurred)(chance)[0], replace(FILE, smallest=0, largest=int(chance.uniform(14_000, 19_000)))


def _large_file(chance: Chance) -> tuple[Picture, jpeg.File]:
    return _edited(_noisy)(chance)[0], replace(FILE, largest=400_000)


def _blurred(base: Cropped, chance: Chance) -> Any:
    return cv2.GaussianBlur(base.photo, (0, 0), chance.uniform(2.0, 4.0))


def _coloured_wall(base: Cropped, chance: Chance) -> Any:
    hue = np.array([[[chance.integers(0, 180), chance.integers(70, 200), 225]]], np.uint8)
    return _walled(base, cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0].astype(float))


def _striped_wall(base: Cropped, chance: Chance) -> Any:
    """A shelf, a door frame: bars behind the person."""
    wall = np.full(base.photo.shape, 235.0, np.float32)
    for left in chance.integers(0, FORM.width, 4):
        wall[:, left : left + 30] = chance.uniform(120, 180)
    return _walled(base, wall)


MAKERS: Mapping[str, list[Make]] = {
    "roll": [_edited(_rolled)],
    "yaw": [_posed(lambda c: Gesture(turn=_either(c, (18, 28), (-28, -18))))],
    "pitch": [_posed(lambda c: Gesture(nod=_either(c, (27, 35), (-35, -27))))],
    "eye_gap": [_posed(lambda c: Gesture(shut=float(c.uniform(0.75, 1.0))))],
    "mouth_gap": [_posed(lambda c: Gesture(open=float(c.uniform(0.35, 1.0))))],
    "luminance": [_edited(lambda b, c: b.photo * c.uniform(0.2, 0.4))],
    "over": [_edited(lambda b, c: b.photo * c.uniform(1.7, 2.4))],
    "under": [_edited(lambda b, c: b.photo.astype(float) ** 2 / 255 * c.uniform(0.08, 0.15))],
    "evenness": [_edited(_side_light)],
    "sharpness": [_edited(_blurred)],
    "colour": [_edited(_tinted)],
    "wall_light": [_edited(lambda b, c: _walled(b, c.uniform(90, 195)))],
    "wall_saturation": [_edited(_coloured_wall)],
    "wall_spread": [_edited(_striped_wall), _edited(lambda b, c: _walled(b, 235 * _ramp(c, 0.7)))],
    "glare": [_edited(_reflected)],
    "tint": [_edited(_sunglasses)],
    "head_length": [
        _formed(lambda c: replace(FORM, head=float(c.uniform(270, 318)))),
        _formed(lambda c: replace(FORM, head=float(c.uniform(405, 440)), crown=15)),
    ],
    "face_width": [_formed(lambda c: replace(FORM, head=float(c.uniform(150, 210))))],
    "eye_distance": [
        _formed(lambda c: replace(FORM, head=float(c.uniform(220, 270)))),
        _formed(lambda c: replace(FORM, head=float(c.uniform(465, 520)), crown=-60)),
    ],
    "crown": [
        _edited(lambda b, c: _shifted(b, 0, -c.uniform(24, 33))),
        _edited(lambda b, c: _shifted(b, 0, c.uniform(24, 45))),
    ],
    "eye_line": [
        _edited(lambda b, c: _shifted(b, 0, -c.uniform(70, 100))),
        _edited(lambda b, c: _shifted(b, 0, c.uniform(65, 95))),
    ],
    "eyes_across": [_edited(lambda b, c: _shifted(b, _either(c, (24, 60), (-60, -24)), 0))],
    "bytes": [_small_file, _large_file],
}
