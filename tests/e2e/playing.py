"""Run a scripted demo as a person would, from the command line."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

DEMO = [sys.executable, "-m", "kiosk_app", "demo"]
LONGEST = 170


def play(out: Path, *arguments: str) -> dict[str, Any]:
    """Run a scripted visit; its result. The exit status must tell the same as the result."""
    argv = [*DEMO, "--headless", "--out", str(out), *arguments]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert (out / "result.json").exists(), ran.stdout + ran.stderr
    result: dict[str, Any] = json.loads((out / "result.json").read_text("utf-8"))
    assert (ran.returncode == 0) is result["ok"]
    return result
