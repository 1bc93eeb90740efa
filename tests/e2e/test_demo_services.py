"""One citizen after the other at the real window: the services that take no money, no permit and no face."""

from pathlib import Path

import pytest

from tests.e2e.playing import play

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(
    "scripts",
    [
        ("contribution_history", "insured_certificate", "pension_payments", "medical_account", "social_state"),
        ("card_loss", "guide", "complaint", "places", "appointment"),
    ],
)
def test_one_after_the_other_is_served_and_nothing_of_them_stays(scripts: tuple[str, ...], tmp_path: Path) -> None:
    result = play(tmp_path, "--script", ",".join(scripts))
    assert result["problems"] == []
    assert sum(entry["step"] == "attract" for entry in result["timings"]) == len(scripts)
