"""Somebody with a travel permit at the real window: by face and by identity card."""

from pathlib import Path

import pytest

from tests.e2e.playing import play

pytestmark = pytest.mark.whole


def test_a_citizen_gets_an_endorsement_by_the_face(tmp_path: Path) -> None:
    result = play(tmp_path, "--script", "endorsement")
    assert result["problems"] == []
    [stay] = result["journal"]["permits"]
    assert (stay["place"], stay["open"]) == ("returned", False)
    [case] = [case for case in result["central"]["exit_entry"] if case["approval"] == stay["approval"]]
    assert (case["state"], case["reference"]) == ("printed", result["reference"])
    assert set(result["permit_unit"]["jobs"].values()) == {"PRINTED"}
    steps = [entry["step"] for entry in result["timings"]]
    if "identity-card" in steps:
        pytest.skip("this computer was too busy to follow a face, and the citizen took the other way")
    assert len({step for step in steps if step.startswith("face-")} - {"face-again"}) == 3
    assert result["timings"][-1]["at"] < 180  # what real machines need


def test_one_who_declines_the_face_check_and_one_who_comes_again_are_served_one_after_the_other(tmp_path: Path) -> None:
    """The second shows the identity card, gets an endorsement, and asks how far it is."""
    assert play(tmp_path, "--script", "endorsement_declines_face,progress")["problems"] == []
