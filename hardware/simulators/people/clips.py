"""The scenes that a simulated person plays, at 15 pictures a second, and the files in which they wait."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hardware.hosts.face.arrays import Picture, picture
from hardware.hosts.face.nets import Nets
from hardware.simulators.camera_people import REST
from hardware.simulators.people.person import HEAD, HEIGHT, WIDTH, Gesture, Person, finish, wall

QUALITY = 85


def _swing(frames: int, top: float) -> list[float]:
    """From rest to ``top``, a moment there, and back; the same values down as up, so that each is drawn once."""
    up = [round(top * math.sin(math.pi * n / (frames - 1)) ** 0.5, 4) for n in range((frames + 1) // 2)]
    return up + up[::-1][frames % 2 :]


def scenes() -> Mapping[str, Sequence[Gesture]]:
    """What a person does before the camera."""
    still = [Gesture(aside=math.sin(n / 5), down=math.cos(n / 7)) for n in range(30)]
    eyes = [Gesture(shut=value) for value in (*_swing(8, 1.0)[:4], *[1.0] * 14, *_swing(8, 1.0)[4:])]
    left = [Gesture(turn=value) for value in _swing(24, 24.0)]
    right = [Gesture(turn=-value) for value in _swing(24, 24.0)]
    mouth = [Gesture(open=value) for value in _swing(20, 1.0)]
    rest = still[:8]
    return {
        REST: still,
        "close_eyes": eyes,
        "turn_left": left,
        "turn_right": right,
        "open_mouth": mouth,
        "film": [*rest, *eyes, *rest, *left, *rest, *mouth, *rest, *right, *rest],
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


def nobody(frames: int = 8) -> Iterator[Picture]:
    """The wall."""
    chance = np.random.default_rng(1)
    for _ in range(frames):
        yield finish(wall(), chance)


def photo(person: Person, frames: int = 30) -> Iterator[Picture]:
    """A print of the person on paper with a white edge, held up, shifted and tilted as a whole."""
    chance = np.random.default_rng(2)
    shown = person.frame(Gesture(), chance)
    tall, wide = round(1.9 * HEAD), round(1.5 * HEAD)
    left, top = (WIDTH - wide) // 2, (HEIGHT - tall) // 2
    paper = np.full((tall + 40, wide + 40, 3), 250, np.uint8)
    paper[20:-20, 20:-20] = shown[top : top + tall, left : left + wide]
    high, broad = paper.shape[:2]
    corners = np.array([(0, 0), (broad, 0), (broad, high), (0, high)], np.float32)
    middle = np.array((WIDTH / 2, HEIGHT / 2), np.float32)
    for n in range(frames):
        turn = 0.35 * math.sin(n / 4.5)
        near = 1 + 0.25 * math.sin(turn) * np.sign(corners[:, :1] - broad / 2)
        places = (corners - (broad / 2, high / 2)) * (math.cos(turn), 1) * near + middle + (6 * math.sin(n / 7), 0)
        onto = cv2.getPerspectiveTransform(corners, places.astype(np.float32))
        whole = cv2.warpPerspective(paper, onto, (WIDTH, HEIGHT), dst=wall().copy(), borderMode=cv2.BORDER_TRANSPARENT)
        yield finish(picture(whole), chance)


def write(nets: Nets, portrait: Path, folder: Path, *, only: Sequence[str] = ()) -> None:
    """The scenes of ``portrait``, all or ``only`` some, as numbered JPEG files; the empty place, and the print."""
    loaded: Any = cv2.imread(str(portrait))
    person = Person(nets, loaded)
    films: dict[str, Iterator[Picture]] = {name: play(person, gestures) for name, gestures in scenes().items()}
    films |= {"nobody": nobody(), "photo": photo(person)}
    for name, film in films.items():
        if not only or name in only:
            _save(folder / name, film)


def _save(folder: Path, frames: Iterator[Picture]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"{number:03}.jpg"), frame, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
