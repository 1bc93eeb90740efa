"""One citizen after the other at the real window: the services that take no money, no permit and no face."""

from pathlib import Path

import pytest

from tests.e2e.playing import play

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(
    "scripts",
    [
        ("contribution_history", "insured_certificate", "pension_payments", "medical_account", "social_state"),
        ("card_loss", "guide", "complaint", "places", "appointment", "file_transfer"),
    ],
)
def test_one_after_the_other_is_served_and_nothing_of_them_stays(scripts: tuple[str, ...], tmp_path: Path) -> None:
    result = play(tmp_path, "--script", ",".join(scripts))
    assert result["problems"] == []
    assert sum(entry["step"] == "attract" for entry in result["timings"]) == len(scripts)


def test_papers_are_sent_to_a_counter_though_the_line_is_lost(tmp_path: Path) -> None:
    result = play(tmp_path, "--script", "case_papers", "--fault", "line_lost_while_sending")
    assert result["problems"] == []
    [case] = [case for case in result["central"]["counter"] if case["receipts"]]
    assert (case["there"], case["asked"], case["pages"]) == (3, 3, 4)
    assert {"glare", "line-lost"} <= {entry["step"] for entry in result["timings"]}


def test_a_service_that_is_data_is_paid_at_the_real_window(tmp_path: Path) -> None:
    assert play(tmp_path, "--script", "record_copies")["problems"] == []
