"""What the networks measure of people who move by known amounts, and what a liveness challenge makes of them."""

from collections.abc import Iterator, Sequence
from random import Random
from statistics import mean

import numpy as np
import pytest

from hardware.hosts.face.arrays import Picture
from hardware.simulators.camera_people import CLIPS, LASTING, ONCE, SCENES, WHO, Stand
from hardware.simulators.people.clips import scenes
from hardware.simulators.people.person import Gesture
from kiosk_app.devices import FrameFacts
from kiosk_app.portrait.liveness import Challenge, Outcome, draw
from kiosk_app.portrait.liveness import Gesture as Asked
from tests.hardware.face_kit import clip, facts, frame, seen

ASKED = {
    Asked.CLOSE_EYES: "close_eyes",
    Asked.TURN_LEFT: "turn_left",
    Asked.TURN_RIGHT: "turn_right",
    Asked.OPEN_MOUTH: "open_mouth",
}


def test_the_yaw_grows_with_the_turn_and_has_its_sign() -> None:
    yaws = [seen(frame(Gesture(turn=turn))).yaw for turn in (-24, -16, -8, 0, 8, 16, 24)]
    assert yaws == sorted(yaws)
    assert yaws[0] < -8
    assert yaws[-1] > 8


def test_the_lids_close_and_the_lips_part_by_degrees() -> None:
    gaps = [seen(frame(Gesture(shut=shut))).eye_gap for shut in (0.0, 0.5, 1.0)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 0.5 * gaps[0]
    mouths = [seen(frame(Gesture(open=wide))).mouth_gap for wide in (0.0, 0.5, 1.0)]
    assert mouths[0] < mouths[1] < mouths[2]
    assert mouths[2] - mouths[0] > 0.13


def test_nearer_is_larger_and_aside_is_aside() -> None:
    rest, near, aside = (seen(frame(g)) for g in (Gesture(), Gesture(near=1.3), Gesture(aside=100, down=40)))
    assert near.eye_distance / rest.eye_distance == pytest.approx(1.3, rel=0.03)
    assert aside.chin[0] - rest.chin[0] == pytest.approx(100, abs=4)
    assert aside.chin[1] - rest.chin[1] == pytest.approx(40, abs=4)


def test_every_scene_was_drawn_and_each_that_is_done_once_ends() -> None:
    assert {path.name for path in (CLIPS / WHO[0]).iterdir()} == set(SCENES) == {*scenes(), "nobody", "photo"}
    stand = Stand(WHO[0])
    for scene in ONCE:
        stand.act(scene)
        held = [stand.picture() for _ in range(1000) if stand.busy]
        assert len(set(held)) * 2 == len(held) > 8
        assert not stand.busy
    with pytest.raises(ValueError, match="was not drawn"):
        stand.act("dance")
    assert set(LASTING) & set(ONCE) == set()


class Filmed:
    """A person on film before the challenge: does what is asked, or something else."""

    def __init__(self, order: Sequence[Asked]) -> None:
        self.challenge = Challenge(tuple(order))
        self._frames: list[FrameFacts] = []

    def play(self, pictures: Sequence[Picture]) -> None:
        for source in pictures:
            if self.challenge.outcome is Outcome.GOING:
                self._frames.append(facts(source, len(self._frames) / 15, track=self.challenge.wants_track))
                self.challenge = self.challenge.after(self._frames[-1])


def orders(count: int) -> Iterator[tuple[Asked, ...]]:
    chance = Random(4)
    for _ in range(count):
        yield draw(chance)


@pytest.fixture(scope="module")
def clips() -> dict[str, list[Picture]]:
    return {scene: clip(WHO[0], scene) for scene in (*ONCE, "still", "photo")}


def test_who_does_what_is_asked_is_alive_in_any_order(clips: dict[str, list[Picture]]) -> None:
    for order in orders(3):
        film = Filmed(order)
        film.play(clips["still"][:3])
        while (asked := film.challenge.asks) is not None:
            film.play([*clips[ASKED[asked]], *clips["still"][:10]])
        assert film.challenge.outcome is Outcome.ALIVE, order


def test_a_film_in_another_order_is_refused(clips: dict[str, list[Picture]]) -> None:
    film = Filmed((Asked.OPEN_MOUTH, Asked.TURN_LEFT, Asked.CLOSE_EYES))
    film.play(clips["film"])
    assert film.challenge.outcome is Outcome.WRONG


def test_a_print_that_is_held_up_never_does_what_is_asked(clips: dict[str, list[Picture]]) -> None:
    film = Filmed((Asked.CLOSE_EYES, Asked.OPEN_MOUTH, Asked.TURN_LEFT))
    for _ in range(6):
        film.play(clips["photo"])
    assert film.challenge.outcome in {Outcome.TOO_SLOW, Outcome.WRONG}


def test_another_person_in_the_middle_is_noticed(clips: dict[str, list[Picture]]) -> None:
    film = Filmed((Asked.CLOSE_EYES, Asked.OPEN_MOUTH, Asked.TURN_LEFT))
    film.play([*clips["still"][:3], *clips["close_eyes"]])
    film.play(clip("biden", "still")[:8])
    assert film.challenge.outcome in {Outcome.ANOTHER, Outcome.LOST, Outcome.WRONG}


def test_a_sensors_noise_moves_the_measures_little() -> None:
    looks = [seen(frame(seed=seed)) for seed in range(8)]
    assert np.std([one.yaw for one in looks]) < 1.0
    assert np.std([one.eye_gap for one in looks]) / mean(one.eye_gap for one in looks) < 0.1
