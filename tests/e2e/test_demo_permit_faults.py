"""Somebody with a travel permit at the real window, and a jam or a power cut while it is printed on."""

from pathlib import Path

import pytest

from tests.e2e.playing import play

pytestmark = pytest.mark.whole


@pytest.mark.parametrize(
    ("fault", "ends", "starts"), [("printer_jam_after_payment", "reversed", 1), ("kill_during_printing", "settled", 2)]
)
def test_money_card_and_case_agree_after(fault: str, ends: str, starts: int, tmp_path: Path) -> None:
    result = play(tmp_path, "--script", "endorsement", "--fault", fault)
    assert result["problems"] == []
    assert (result["states"][-1], result["kiosk_starts"]) == (ends, starts)
    assert [stay["place"] for stay in result["journal"]["permits"]] == ["returned"]
