"""The challenge: the right order passes, every other is refused, and chance is all that a film has."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk_app.devices import FrameFacts
from kiosk_app.portrait.liveness import GESTURES, HOLD, LOST, WITHIN, Challenge, Gesture, Outcome, draw, overlap
from tests.faces import ACTS, ALIKE, NOT_ALIKE, RATE, Scene, Someone

ORDERS = tuple(permutations(Gesture, GESTURES))
Moves = Sequence[tuple[Gesture | None, float]]
NOISY = (Gesture.CLOSE_EYES, Gesture.TURN_LEFT, Gesture.TURN_RIGHT)
"""Looks in this order did not come to rest after one frame of very wide eyes, or of a head to the side."""
REST = 0.6


class Film:
    """Frames of somebody; ``shake``: noise on every measure, drawn from ``seed``."""

    def __init__(self, *, shake: float = 0.0, seed: int = 0, start: float = 0.0) -> None:
        self.scene, self.at, self.number = Scene(), start, 0
        self.scene.enter()
        self._shake, self._chance = shake, Random(seed)

    def frames(self, moves: Moves) -> Iterator[FrameFacts]:
        """Each move for its seconds."""
        for gesture, seconds in moves:
            for _ in range(round(seconds * RATE)):
                yield self.frame(gesture)

    def frame(self, gesture: Gesture | None = None, *, drift: float | None = ALIKE / 2) -> FrameFacts:
        """The next frame."""
        was = self.scene.people
        if gesture is not None:
            self.scene.people = [was[0].doing(**ACTS[gesture]), *was[1:]]
        if self._shake and self.scene.people:
            first = self.scene.people[0]
            noise = {"yaw": 1.5, "eye_gap": 0.006, "mouth_gap": 0.008}
            shaken = {k: first.measures[k] + self._shake * self._chance.gauss(0, s) for k, s in noise.items()}
            self.scene.people = [first.doing(**shaken), *self.scene.people[1:]]
        self.at += 1 / RATE
        self.number += 1
        facts = self.scene.facts(self.number, self.at, wall=False, drift=drift)
        self.scene.people = was
        return facts


def performance(gestures: Sequence[Gesture], *, hold: float = 0.9, rest: float = REST) -> Moves:
    """These gestures, each from rest and back."""
    moves: list[tuple[Gesture | None, float]] = [(None, rest)]
    for gesture in gestures:
        moves += [(gesture, hold), (None, rest)]
    return moves


def shown(order: Sequence[Gesture], moves: Moves, film: Film | None = None) -> Challenge:
    """The challenge after a performance that does not listen."""
    challenge = Challenge(tuple(order))
    for frame in (film or Film()).frames(moves):
        challenge = challenge.after(frame)
    return challenge


def obeyed(order: Sequence[Gesture], film: Film, *, hold: float = 0.9, wait: float = 0.8) -> Challenge:
    """The challenge after somebody who does what is asked, ``wait`` seconds later."""
    challenge = Challenge(tuple(order))
    for _ in range(round(60 * RATE)):
        challenge = challenge.after(film.frame())
        if challenge.outcome is not Outcome.GOING:
            break
        if (asks := challenge.asks) is not None:
            for gesture, seconds in ((None, wait), (asks, hold), (None, 0.2)):
                for _ in range(round(seconds * RATE)):
                    challenge = challenge.after(film.frame(gesture))
    return challenge


@pytest.mark.parametrize("order", ORDERS)
def test_who_does_what_is_asked_is_alive(order: tuple[Gesture, ...]) -> None:
    assert obeyed(order, Film()).outcome is Outcome.ALIVE


def test_a_film_of_a_fixed_order_passes_one_order_of_twenty_four() -> None:
    """The probability that docs/face-check.md states."""
    for film in ORDERS:
        outcomes = {order: shown(order, performance(film)).outcome for order in ORDERS}
        assert outcomes.pop(film) is Outcome.ALIVE
        assert set(outcomes.values()) == {Outcome.WRONG}
    assert len(ORDERS) == 24


@settings(max_examples=60, deadline=None)
@given(
    film=st.lists(st.sampled_from(list(Gesture)), min_size=1, max_size=8),
    order=st.sampled_from(ORDERS),
    hold=st.floats(0.6, 1.5),
    rest=st.floats(0.45, 1.2),
)
def test_a_longer_film_has_no_more_chance(
    film: list[Gesture], order: tuple[Gesture, ...], hold: float, rest: float
) -> None:
    """Whatever it shows after the first wrong gesture: over is over. Only a film that begins with the order passes."""
    outcome = shown(order, performance(film, hold=hold, rest=rest)).outcome
    assert (outcome is Outcome.ALIVE) == (tuple(film[:GESTURES]) == order)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), hold=st.floats(0.65, 1.4), wait=st.floats(0.3, 4.0), order=st.sampled_from(ORDERS))
@example(seed=768, hold=1.0, wait=2.0, order=NOISY)
@example(seed=1432, hold=1.0, wait=2.0, order=NOISY)
def test_noise_slow_people_and_short_gestures_are_no_attack(
    seed: int, hold: float, wait: float, order: tuple[Gesture, ...]
) -> None:
    assert obeyed(order, Film(shake=1.0, seed=seed), hold=hold, wait=wait).outcome is Outcome.ALIVE


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.sampled_from(ORDERS), other=st.sampled_from(ORDERS))
def test_a_wrong_order_never_passes_through_any_noise(
    seed: int, order: tuple[Gesture, ...], other: tuple[Gesture, ...]
) -> None:
    """Noise may make it too slow instead of wrong, and never right."""
    if order != other:
        film = [*performance(other, rest=1.0), (None, WITHIN + 1)]
        assert shown(order, film, Film(shake=1.0, seed=seed)).outcome in {Outcome.WRONG, Outcome.TOO_SLOW}


def test_a_blink_that_nobody_can_suppress_is_no_gesture() -> None:
    order = (Gesture.TURN_LEFT, Gesture.OPEN_MOUTH, Gesture.TURN_RIGHT)
    blink = (Gesture.CLOSE_EYES, HOLD[Gesture.CLOSE_EYES] - 0.15)
    turn: Moves = [(Gesture.TURN_LEFT, 0.8), (None, 0.4)]
    moves: Moves = [(None, 1.0), blink, (None, 0.4), *turn, blink, *performance(order[1:])]
    assert shown(order, moves).outcome is Outcome.ALIVE


def test_a_blink_does_not_answer_for_closed_eyes() -> None:
    order = (Gesture.CLOSE_EYES, Gesture.OPEN_MOUTH, Gesture.TURN_RIGHT)
    moves: Moves = [(None, 1.0), (Gesture.CLOSE_EYES, 0.3), (None, 1.0)]
    assert shown(order, moves).done == 0


def test_too_slow() -> None:
    assert shown(ORDERS[0], [(None, 0.5 + WITHIN + 0.2)]).outcome is Outcome.TOO_SLOW


def test_who_never_comes_back_to_rest_is_too_slow_too() -> None:
    order = (Gesture.TURN_LEFT, Gesture.OPEN_MOUTH, Gesture.CLOSE_EYES)
    assert shown(order, [(None, 1.0), (Gesture.TURN_LEFT, WITHIN + 1)]).outcome is Outcome.TOO_SLOW


def test_another_face_after_a_gesture_is_refused() -> None:
    order, film = (Gesture.TURN_LEFT, Gesture.OPEN_MOUTH, Gesture.CLOSE_EYES), Film()
    challenge = Challenge(order)
    for frame in film.frames([(None, 1.0), (Gesture.TURN_LEFT, 0.5)]):
        challenge = challenge.after(frame)
    assert challenge.done == 1
    for _ in range(10):
        challenge = challenge.after(film.frame(drift=NOT_ALIKE))
    assert challenge.outcome is Outcome.ANOTHER


def test_a_face_that_is_not_compared_does_not_go_on() -> None:
    """Embedding at each step: without it the next gesture is never asked for."""
    order, film = (Gesture.TURN_LEFT, Gesture.OPEN_MOUTH, Gesture.CLOSE_EYES), Film()
    challenge = Challenge(order)
    for frame in film.frames([(None, 1.0), (Gesture.TURN_LEFT, 0.5)]):
        challenge = challenge.after(frame)
    for _ in range(2 * RATE):
        challenge = challenge.after(film.frame(drift=None))
    assert (challenge.done, challenge.asks, challenge.wants_track) == (1, None, True)


def test_a_turned_face_is_not_compared() -> None:
    """Turned by 20 degrees one is unlike oneself: only a face at rest is looked at closely."""
    challenge = Challenge(ORDERS[0])
    film = Film()
    assert not challenge.after(film.frame(Gesture.TURN_LEFT, drift=None)).wants_track
    assert challenge.after(film.frame(drift=None)).wants_track


def test_leaving_the_picture_in_the_middle() -> None:
    challenge, film = shown(ORDERS[0], [(None, 1.0)]), Film()
    film.at = 1.0
    film.scene.people = []
    for _ in range(round(LOST * RATE) + 2):
        challenge = challenge.after(film.frame())
    film.scene.enter()
    assert challenge.after(film.frame()).outcome is Outcome.LOST


def test_a_face_that_leaps_is_another_picture() -> None:
    challenge, film = shown(ORDERS[0], [(None, 1.0)]), Film(start=1.0)
    film.scene.enter(Someone(x=200.0))
    assert challenge.after(film.frame()).outcome is Outcome.LOST


def test_somebody_else_comes_near() -> None:
    challenge, film = shown(ORDERS[0], [(None, 1.0)]), Film(start=1.0)
    film.scene.enter(Someone(), Someone("li", x=1100.0, tall=120.0))
    assert challenge.after(film.frame()).outcome is Outcome.NOT_ALONE


def test_who_leaves_before_anything_was_asked_begins_again() -> None:
    film = Film()
    challenge = Challenge(ORDERS[0]).after(film.frame(drift=None))
    film.at += 3.0
    assert challenge.after(film.frame(drift=None)) == Challenge(ORDERS[0])


def test_over_is_over() -> None:
    refused = shown(ORDERS[0], performance(ORDERS[-1]))
    film = Film(start=60.0)
    assert refused.outcome is Outcome.WRONG
    assert obeyed_from(refused, film) == refused


def obeyed_from(challenge: Challenge, film: Film) -> Challenge:
    for frame in film.frames(performance(challenge.order)):
        challenge = challenge.after(frame)
    return challenge


def test_orders_are_drawn_evenly() -> None:
    chance, seen = Random(5), dict.fromkeys(ORDERS, 0)
    for _ in range(2400):
        seen[draw(chance)] += 1
    assert min(seen.values()) > 60
    assert max(seen.values()) < 145


def test_seconds_left_are_those_of_the_present_gesture() -> None:
    challenge = shown(ORDERS[0], [(None, 1.0)])
    assert challenge.asks is ORDERS[0][0]
    assert challenge.left(challenge.since + 3) == pytest.approx(WITHIN - 3)
    assert challenge.left(challenge.since + 30) == 0
    assert replace(challenge, resting=False).left(99.0) == WITHIN


def test_boxes_that_do_not_touch_do_not_overlap() -> None:
    assert overlap((0, 0, 10, 10), (20, 0, 10, 10)) == 0
    assert overlap((0, 0, 10, 10), (0, 0, 10, 10)) == pytest.approx(1)
    assert overlap((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)


def test_who_reads_slowly_has_longer_for_a_gesture_also_after_beginning_anew() -> None:
    slow = Challenge((Gesture.TURN_LEFT,), within=2 * WITHIN)
    assert slow.left(0.0) == 2 * WITHIN
    nobody = FrameFacts(sequence=1, at=0.0, size=(640, 480), faces=0)
    begun_anew = slow
    for at in range(1, 4):
        begun_anew = begun_anew.after(replace(nobody, sequence=at, at=at * LOST))
    assert begun_anew == slow
