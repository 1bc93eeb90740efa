"""What the networks measure of people who move by known amounts, and what a liveness challenge makes of them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import permutations
from statistics import mean

import numpy as np
import pytest

from hardware.hosts.face.arrays import Floats
from hardware.simulators.camera_people import CLIPS, LASTING, ONCE, SCENES, WHO, Stand
from hardware.simulators.people.clips import scenes
from hardware.simulators.people.person import Gesture
from kiosk_app.devices import FrameFacts
from kiosk_app.portrait.liveness import GESTURES, Challenge, Outcome
from kiosk_app.portrait.liveness import Gesture as Asked
from tests.hardware.face_kit import clip, facts, frame, seen

ASKED = {
    Asked.CLOSE_EYES: "close_eyes",
    Asked.TURN_LEFT: "turn_left",
    Asked.TURN_RIGHT: "turn_right",
    Asked.OPEN_MOUTH: "open_mouth",
}

RATE = 15
"""Pictures of a clip in a second."""


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
    """A scene of somebody before the challenge, at the clips' own pace, compared as the face host compares."""

    def __init__(self, order: Sequence[Asked]) -> None:
        self.challenge = Challenge(tuple(order))
        self._count = 0
        self._first: Floats | None = None

    def play(self, scene: str, who: str = WHO[0]) -> None:
        """The whole of it, whatever is asked, until it is over."""
        for number in range(len(measured(who, scene))):
            self._show(scene, who, number)

    def waits(self, who: str = WHO[0]) -> Asked | None:
        """Stand still until something is asked; None when it is over, or nothing was asked for three seconds."""
        for number in range(45):
            if self.challenge.asks is not None or self.challenge.outcome is not Outcome.GOING:
                break
            self._show("still", who, number % len(measured(who, "still")))
        return self.challenge.asks

    def _show(self, scene: str, who: str, number: int) -> None:
        if self.challenge.outcome is not Outcome.GOING:
            return
        facts, embedding = measured(who, scene)[number]
        drift = None
        if self.challenge.wants_track and facts.face is not None:
            self._first = embedding if self._first is None else self._first
            drift = float(np.linalg.norm(embedding - self._first))
        self._count += 1
        seen_now = replace(facts, sequence=self._count, at=self._count / RATE, drift=drift)
        self.challenge = self.challenge.after(seen_now)


@cache
def measured(who: str, scene: str) -> Sequence[tuple[FrameFacts, Floats]]:
    """What the networks say of a clip, picture by picture."""
    return [facts(source) for source in clip(who, scene)]


ORDERS = tuple(permutations(Asked, GESTURES))
"""All 24 that can be drawn."""


def test_who_does_what_is_asked_is_alive_in_every_order() -> None:
    for order in ORDERS:
        film = Filmed(order)
        while (asked := film.waits()) is not None:
            film.play(ASKED[asked])
        assert film.challenge.outcome is Outcome.ALIVE, order


def test_a_film_passes_its_own_order_only_and_is_refused_in_the_23_others() -> None:
    own = (Asked.CLOSE_EYES, Asked.TURN_LEFT, Asked.OPEN_MOUTH)
    for order in ORDERS:
        film = Filmed(order)
        film.play("film")
        assert film.challenge.outcome is (Outcome.ALIVE if order == own else Outcome.WRONG), order


def test_a_print_that_is_held_up_never_does_what_is_asked() -> None:
    for who in WHO:
        for order in ORDERS:
            film = Filmed(order)
            for _ in range(6):
                film.play("photo", who)
            assert film.challenge.outcome is not Outcome.ALIVE
            assert film.challenge.done == 0, (who, order)


def test_another_person_after_a_gesture_is_noticed() -> None:
    """Or never comes to rest: the second portrait looks aside, and who does not look here cannot be compared."""
    for other, noticed in (("collins", Outcome.ANOTHER), ("biden", Outcome.TOO_SLOW)):
        film = Filmed((Asked.CLOSE_EYES, Asked.OPEN_MOUTH, Asked.TURN_LEFT))
        assert film.waits() is Asked.CLOSE_EYES
        film.play("close_eyes")
        assert film.challenge.done == 1
        for _ in range(5):
            film.play("still", other)
        assert film.challenge.outcome is noticed


def test_another_person_is_noticed_as_soon_as_the_last_gesture_was_made() -> None:
    """An accomplice who did the gestures cannot hand over to who is to be compared with the document."""
    film = Filmed((Asked.OPEN_MOUTH, Asked.TURN_LEFT, Asked.CLOSE_EYES))
    for asked in film.challenge.order:
        assert film.waits() is asked
        film.play(ASKED[asked])
    assert film.challenge.done == GESTURES
    film.play("still", "collins")
    assert film.challenge.outcome is Outcome.ANOTHER


def test_a_sensors_noise_moves_the_measures_little() -> None:
    looks = [seen(frame(seed=seed)) for seed in range(8)]
    assert np.std([one.yaw for one in looks]) < 1.0
    assert np.std([one.eye_gap for one in looks]) / mean(one.eye_gap for one in looks) < 0.1
