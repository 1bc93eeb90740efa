"""One kiosk per machine."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_app.alone import alone, is_running
from kiosk_app.errors import ConfigError

HOLDS = """
import sys
from pathlib import Path
from kiosk_app.alone import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_kiosk_in_the_same_place_is_refused(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(ConfigError, match="another kiosk is running"), alone(tmp_path):
        pass


def test_the_lock_is_seen_from_another_process_and_dies_with_its_holder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert is_running(tmp_path)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert not is_running(tmp_path)


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    assert not is_running(tmp_path)
    assert list(tmp_path.iterdir()) == []
