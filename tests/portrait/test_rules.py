"""Specifications are data: each is whole, each rule has words, and a photo is judged by all of them."""

import pytest

from kiosk_app.errors import ConfigError
from kiosk_app.portrait.match import Match, Thresholds
from kiosk_app.portrait.rules import advice, judge, reasons
from kiosk_app.portrait.spec import PhotoSpec, parse, specs
from screens.words import LANGUAGES, catalogue
from tests.faces import GOOD_PHOTO

SPECS = list(specs().items())
EXIT = specs()["exit_entry"]
IDS = [name for name, _ in SPECS]


def test_there_are_the_four_documents() -> None:
    assert set(IDS) == {"exit_entry", "id_card", "social_card", "driving_licence"}


@pytest.mark.parametrize("spec", [spec for _, spec in SPECS], ids=IDS)
def test_every_rule_has_a_sentence_in_both_languages(spec: PhotoSpec) -> None:
    sentences = {rule.sentence for rule in spec.rules}
    for language in LANGUAGES:
        assert sentences <= catalogue(language).keys()


@pytest.mark.parametrize("spec", [spec for _, spec in SPECS], ids=IDS)
def test_what_the_crop_aims_at_lies_inside_the_rules(spec: PhotoSpec) -> None:
    """The middle of the form is nowhere near an edge of its own rule."""
    rules = {rule.measure: rule for rule in spec.rules}
    aims = {
        "head_length": spec.form.head,
        "face_width": spec.form.face_width,
        "crown": spec.form.crown,
        "eyes_to_bottom": spec.form.eyes_to_bottom,
        "eyes_across": spec.form.width / 2,
    }
    for measure, value in aims.items():
        if value and measure in rules:
            assert rules[measure].low <= value <= rules[measure].high, measure
    assert (rules["bytes"].low, rules["bytes"].high) == (spec.file.smallest, spec.file.largest)


@pytest.mark.parametrize("spec", [spec for _, spec in SPECS], ids=IDS)
def test_the_paper_has_the_shape_of_the_picture(spec: PhotoSpec) -> None:
    """But for exit-entry, whose 30 x 40 mm picture stands on a paper of 33 x 48 (domain.md 7.1)."""
    wide, tall = (30.0, 40.0) if spec is EXIT else spec.paper
    assert spec.form.width / spec.form.height == pytest.approx(wide / tall, rel=0.01)
    assert spec.form.width / spec.file.dpi * 25.4 == pytest.approx(wide, rel=0.02)


@pytest.mark.parametrize("rule", EXIT.rules, ids=lambda rule: f"{rule.measure}")
def test_each_rule_refuses_by_itself(rule: object) -> None:
    """Just beyond each end of the interval; inside, and at the ends, it holds."""
    assert isinstance(rule, type(EXIT.rules[0]))
    assert reasons(judge(GOOD_PHOTO, EXIT)) == ()
    for edge, beyond in ((rule.low, -1e-6), (rule.high, 1e-6)):
        if edge in {float("inf"), float("-inf")}:
            continue
        at = judge({**GOOD_PHOTO, rule.measure: edge}, EXIT)
        over = judge({**GOOD_PHOTO, rule.measure: edge + beyond}, EXIT)
        assert reasons(at) == advice(at) == ()
        told = advice(over) if rule.advisory else reasons(over)
        assert told == (rule.sentence,)
        assert (reasons(over) == ()) == rule.advisory


def test_what_was_not_measured_does_not_hold() -> None:
    measures = {name: value for name, value in GOOD_PHOTO.items() if name != "head_length"}
    assert reasons(judge(measures, EXIT)) == ("photo.rule.head_length",)


def test_a_reason_is_told_once() -> None:
    spec = parse(
        """[x]
title = "x"
title_en = "x"
source = "a test"
paper = [1.0, 1.0]
form = { width = 1, height = 1 }
file = { smallest = 1, largest = 2, dpi = 300 }
rules = [
  { measure = "a", high = 1, sentence = "photo.rule.light" },
  { measure = "b", high = 1, sentence = "photo.rule.light" },
]"""
    )["x"]
    assert reasons(judge({"a": 2, "b": 2}, spec)) == ("photo.rule.light",)


@pytest.mark.parametrize("text", ["[x", "[x]\ntitle = 1", "x = 1", "[x]\ntitle = 'x'\nrules = []"])
def test_wrong_data_name_the_file(text: str) -> None:
    with pytest.raises(ConfigError, match=r"specs\.toml"):
        parse(text)


def test_the_three_results_of_a_comparison() -> None:
    limits = Thresholds(same=0.5, staff=0.6)
    assert [limits.judge([d]).result for d in (0.0, 0.5, 0.501, 0.6, 0.601)] == [
        Match.SAME, Match.SAME, Match.STAFF, Match.STAFF, Match.NOT_SAME,
    ]  # fmt: skip


def test_the_mean_of_all_frames_counts_as_it_is_kept() -> None:
    """What is judged is what is written down: a score beside its result can be checked later."""
    matched = Thresholds(same=0.5, staff=0.6).judge([0.4, 0.6004])
    assert (matched.score, matched.result, matched.frames) == (0.5, Match.SAME, 2)


@pytest.mark.parametrize("distances", [[], [float("nan")], [0.3, float("inf")], [-0.1]])
def test_nothing_to_compare_is_no_result(distances: list[float]) -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        Thresholds().judge(distances)


@pytest.mark.parametrize(("same", "staff"), [(0.0, 0.5), (0.7, 0.6), (-1.0, 1.0)])
def test_thresholds_that_make_no_sense_are_refused(same: float, staff: float) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        Thresholds(same=same, staff=staff)


def test_staff_may_be_left_out_of_it() -> None:
    """Both limits the same: no middle."""
    assert Thresholds(same=0.5, staff=0.5).judge([0.51]).result is Match.NOT_SAME
