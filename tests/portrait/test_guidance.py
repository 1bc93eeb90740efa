"""One sentence at a time, in a photographer's order, without flicker; and the shutter when all has been right."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_app.devices import FrameFacts
from kiosk_app.portrait.guidance import ADVISED, CHECKS, LIMITS, NOBODY, READY, STANDS, STILL, Guidance, wrongs
from kiosk_app.portrait.spec import specs
from screens.words import LANGUAGES, catalogue
from tests.faces import RATE, WALL, Scene, Someone


def frame(*people: Someone, at: float = 0.0, **spoiled: float) -> FrameFacts:
    """One frame of somebody with some measures spoiled."""
    scene = Scene()
    people = people or (Someone(),)
    scene.enter(*(person.doing(**{k: v for k, v in spoiled.items() if k not in WALL}) for person in people))
    scene.wall.update({k: v for k, v in spoiled.items() if k in WALL})
    return scene.facts(1, at, wall=True, drift=None)


EMPTY = replace(frame(), faces=0, face=None)


def said(frames: Iterable[FrameFacts], guidance: Guidance | None = None) -> list[str]:
    """Every sentence that is said, each once as long as it stands."""
    guidance, heard = guidance or Guidance(), list[str]()
    for seen in frames:
        guidance = guidance.after(seen)
        if not heard or heard[-1] != guidance.say:
            heard.append(guidance.say)
    return heard


def film(seconds: float, *, start: float = 0.0, **spoiled: float) -> list[FrameFacts]:
    return [frame(at=start + n / RATE, **spoiled) for n in range(round(seconds * RATE))]


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (Someone(tall=110.0), "photo.say.closer"),
        (Someone(tall=240.0), "photo.say.back"),
        (Someone(x=440.0), "photo.say.left"),
        (Someone(x=840.0), "photo.say.right"),
        (Someone(y=190.0), "photo.say.lower"),
        (Someone(y=430.0), "photo.say.higher"),
    ],
)
def test_how_to_stand_is_said(person: Someone, sentence: str) -> None:
    """A face left of the middle of the camera's picture is to the person's own right: it moves to its left."""
    assert said([frame(person)]) == [sentence]


@pytest.mark.parametrize(
    ("measure", "value", "sentence"),
    [
        ("roll", 6.0, "photo.say.straight"),
        ("yaw", -9.0, "photo.say.look_here"),
        ("pitch", 15.0, "photo.say.chin"),
        ("eye_gap", 0.02, "photo.say.eyes"),
        ("mouth_gap", 0.2, "photo.say.mouth"),
        ("luminance", 0.2, "photo.say.dark"),
        ("luminance", 0.9, "photo.say.bright"),
        ("over", 0.1, "photo.say.bright"),
        ("under", 0.3, "photo.say.dark"),
        ("evenness", 0.5, "photo.say.uneven"),
        ("colour", 20.0, "photo.say.colour"),
        ("sharpness", 5.0, "photo.say.still"),
        ("light", 0.5, "photo.say.wall"),
        ("spread", 30.0, "photo.say.wall"),
        ("saturation", 0.4, "photo.say.wall"),
        ("glare", 0.2, "photo.say.glasses"),
        ("tint", 0.2, "photo.say.glasses"),
    ],
)
def test_what_is_wrong_is_said_and_marked(measure: str, value: float, sentence: str) -> None:
    guidance = Guidance().after(frame(**{measure: value}))
    assert guidance.say == sentence
    assert guidance.wrong is not None
    assert len(guidance.wrong) == 1
    assert guidance.wrong < set(CHECKS)


def test_nobody_and_too_many_are_said_before_all_else() -> None:
    assert said([EMPTY]) == [NOBODY]
    assert said([frame(Someone(), Someone("li", x=1000.0, tall=120.0), eye_gap=0.0)]) == ["photo.say.alone"]
    assert Guidance().after(EMPTY).wrong is None


def test_a_small_face_far_behind_is_nobody() -> None:
    assert said([frame(Someone(), Someone("li", x=1000.0, tall=60.0))]) == [READY]


def test_the_first_thing_to_mend_is_said_first() -> None:
    everything = frame(Someone(tall=110.0), eye_gap=0.01, luminance=0.1, spread=40.0)
    assert [wrong.say for wrong in wrongs(everything)] == [
        "photo.say.closer", "photo.say.eyes", "photo.say.dark", "photo.say.wall",
    ]  # fmt: skip


def test_a_sentence_stands_long_enough_to_be_read() -> None:
    flicker = [frame(at=n / RATE, **({"roll": 9.0} if n % 2 else {"eye_gap": 0.01})) for n in range(5 * RATE)]
    assert 2 <= len(said(flicker)) <= 5 / STANDS + 1


def test_keep_still_gives_way_at_once() -> None:
    guidance = Guidance()
    for seen in film(0.5):
        guidance = guidance.after(seen)
    assert guidance.say == READY
    assert guidance.after(frame(at=0.52, eye_gap=0.01)).say == "photo.say.eyes"


@settings(max_examples=60, deadline=None)
@given(limit=st.sampled_from(LIMITS), side=st.sampled_from((-1, 1)), part=st.floats(0.05, 0.95))
def test_a_value_that_trembles_at_its_limit_does_not_flicker(limit: object, side: int, part: float) -> None:
    """Once right, a measure stays right within its slack."""
    assert isinstance(limit, type(LIMITS[0]))
    edge = limit.low if side < 0 else limit.high
    if edge in {float("inf"), float("-inf")}:
        return
    name = limit.measure.removeprefix("wall_")
    inside, outside = edge - side * 0.01 * limit.slack, edge + side * part * limit.slack
    trembling = [frame(at=n / RATE, **{name: outside if n % 2 else inside}) for n in range(3 * RATE)]
    assert said(trembling) == [READY]
    assert said([frame(**{name: outside})]) != [READY]


def released(frames: Iterable[FrameFacts]) -> float | None:
    """When the shutter went."""
    guidance = Guidance()
    for seen in frames:
        guidance = guidance.after(seen)
        if guidance.releases(seen.at):
            return seen.at
    return None


def test_the_shutter_goes_by_itself_when_all_has_been_right() -> None:
    assert released(film(3.0)) == pytest.approx(STILL, abs=2 / RATE)


def test_a_blink_in_between_begins_the_wait_anew() -> None:
    frames = [*film(0.8), *film(0.1, start=0.8, eye_gap=0.01), *film(3.0, start=0.9)]
    assert released(frames) == pytest.approx(0.9 + STILL, abs=2 / RATE)


def test_a_heuristic_delays_the_shutter_and_never_prevents_it() -> None:
    assert released(film(2 * ADVISED, glare=0.3)) == pytest.approx(ADVISED, abs=2 / RATE)


def test_the_shutter_never_goes_while_something_is_wrong() -> None:
    assert released(film(20.0, eye_gap=0.01)) is None


def test_the_wall_seen_last_counts() -> None:
    """It is measured in some frames only."""
    guidance = Guidance().after(frame(spread=40.0)).after(replace(frame(at=1.0), wall={}))
    assert guidance.say == "photo.say.wall"
    assert guidance.after(frame(at=2.0)).say == READY


def test_what_guidance_lets_pass_the_rules_of_the_photo_let_pass_too() -> None:
    """Limit and slack lie inside the rule of the finished photo, or a good look would end in a refused photo."""
    for spec in specs().values():
        rules = {rule.measure: rule for rule in spec.rules}
        for limit in LIMITS:
            rule = rules[limit.measure]
            assert rule.low <= limit.low - limit.slack, limit
            assert limit.high + limit.slack <= rule.high, limit


def test_whatever_a_rule_says_of_face_light_and_wall_is_guided_live_too() -> None:
    """What the crop sets (size, place, file) is not the person's to mend; a tilted head is turned upright by it."""
    of_the_crop = {"head_length", "face_width", "eye_distance", "crown", "eye_line", "eyes_across", "eyes_to_bottom"}
    for spec in specs().values():
        guided = {limit.measure for limit in LIMITS} | of_the_crop | {"bytes"}
        assert {rule.measure for rule in spec.rules} <= guided


def test_every_sentence_and_check_is_written_in_both_languages() -> None:
    places = ("closer", "back", "left", "right", "lower", "higher", "nobody", "alone", "ready")
    ids = {limit.say for limit in LIMITS} | {f"photo.say.{place}" for place in places}
    ids |= {f"photo.check.{check}" for check in CHECKS}
    for language in LANGUAGES:
        assert ids <= catalogue(language).keys()
