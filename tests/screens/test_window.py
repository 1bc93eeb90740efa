"""Whether there is a window at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPEN = """
import sys
from kiosk_app.errors import ConfigError
from screens.window import open_window
try:
    open_window((540, 960), fullscreen=True)
except ConfigError as error:
    sys.exit(0 if error.key == "DISPLAY" else 2)
sys.exit(1)
"""


@pytest.mark.parametrize("display", ["", ":4711"])
def test_a_window_that_nobody_could_see_is_none(tmp_path: Path, display: str) -> None:
    """SDL would rather draw into its own memory, for ever and without a word."""
    env = {name: value for name, value in os.environ.items() if name != "SDL_VIDEODRIVER"}
    unseen = {**env, "DISPLAY": display, "KIVY_HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", OPEN], env=unseen, capture_output=True, check=False, timeout=30)
    assert ended.returncode == 0, ended.stderr
