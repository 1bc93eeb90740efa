"""The whole product, as `kiosk demo` runs it: a real window, touches, wires, print queue, central over mutual TLS.

Demos are spread over files, since each file is one worker's: money here, permits and services in files of their own.
"""

import os
import subprocess
import time
from itertools import takewhile
from pathlib import Path

import pytest

from kiosk_app.demo_display import NOVNC
from tests.e2e.playing import DEMO, play

pytestmark = pytest.mark.whole


def test_a_citizen_pays_traffic_fines_at_the_real_window(tmp_path: Path) -> None:
    result = play(tmp_path, "--script", "traffic_fines")
    assert result["problems"] == []
    assert result["states"] == ["intended", "requested", "approved", "fulfilled", "completed", "settled"]
    reference = result["reference"]
    assert [booking["amount"] for booking in result["terminal"]["ledger"]] == [result["amount"]] == [70000]
    assert [(line["reference"], line["held"]) for line in result["central"]["payments"]] == [(reference, True)]
    steps = ["attract", "menu", "place-card", "choose", "pay", "paid", "done", "voucher", "goodbye"]
    assert [entry["step"] for entry in result["timings"]] == steps
    assert sorted(path.stem[3:] for path in tmp_path.glob("[0-9][0-9]-*.png")) == sorted(steps)
    assert (tmp_path / "voucher-1.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "receipt-1.png").read_bytes().startswith(b"\x89PNG")
    assert reference in (tmp_path / "receipt-1.txt").read_text("utf-8")


def test_the_books_agree_after_a_power_cut_between_approval_and_delivery(tmp_path: Path) -> None:
    result = play(tmp_path, "--script", "traffic_fines", "--fault", "kill_during_payment")
    assert result["problems"] == []
    assert result["kiosk_starts"] == 2
    assert result["timings"][-1]["step"] == "after-restart"
    assert result["reference"] in (tmp_path / "receipt-1.txt").read_text("utf-8")


def test_a_citizen_pays_with_a_telephone_at_the_real_window(tmp_path: Path) -> None:
    result = play(tmp_path, "--script", "traffic_fines_by_code")
    assert result["problems"] == []
    assert result["states"] == ["intended", "requested", "approved", "fulfilled", "completed", "settled"]
    [trade] = result["provider"]["trades"]
    assert (trade["number"], trade["amount"], trade["state"]) == (result["reference"], 70000, "paid")
    assert result["terminal"]["ledger"] == []
    assert [(order["state"], order["reported"]) for order in result["central"]["orders"]] == [("paid", "settled")]
    assert trade["transaction"] in "".join((tmp_path / "receipt-1.txt").read_text("utf-8").split())


def test_a_payment_by_code_survives_a_power_cut_in_the_instant_of_the_payment(tmp_path: Path) -> None:
    result = play(tmp_path, "--script", "traffic_fines_by_code", "--fault", "kill_during_payment")
    assert result["problems"] == []
    assert result["kiosk_starts"] == 2
    assert result["states"][-1] in {"settled", "reversed"}


def test_a_demo_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    if not Path(NOVNC).is_dir():
        pytest.skip("noVNC is not installed")
    clean = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    argv = [*DEMO, "--out", str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=clean, start_new_session=True) as demo:
        try:
            assert demo.stdout is not None
            said = list(takewhile(lambda line: "central http://" not in line, demo.stdout))
            assert demo.poll() is None, "".join(said)  # it says where everything is, then waits
            there = {pid for pid in _processes() if _parent(pid) == demo.pid}
            grandchildren = {pid for pid in _processes() if _parent(pid) in there}
        finally:
            demo.kill()
    assert len(there) >= 6  # X server, two for the browser's view, bench, central, kiosk
    assert len(grandchildren) >= 3  # cupsd, its printer and its bus
    end = time.monotonic() + 30
    while left := (there | grandchildren) & _processes():
        assert time.monotonic() < end, [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in left]
        os.sched_yield()


def _processes() -> set[int]:
    """Living processes; a zombie is only waited for by somebody else."""
    found = {int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()}
    return {pid for pid in found if _stat(pid)[:1] not in ([], ["Z"])}


def _parent(pid: int) -> int:
    return int((_stat(pid) or ["", "0"])[1])


def _stat(pid: int) -> list[str]:
    """State, parent and so on, after the name in parentheses; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
