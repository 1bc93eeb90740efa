"""What is installed is whole: a kiosk from a wheel has its layouts, sentences and pages, as one from a checkout."""

from pathlib import Path

import pytest
from setuptools import Distribution

ROOT = Path(__file__).parent.parent
ROOMS = ("kiosk_app", "hardware", "screens", "offline_cache", "provisioning", "central", "stationery")
NOT_FOR_MACHINES = {"provisioning/prepare.sh", "provisioning/models/carriers.in"}  # they set up a checkout


def test_the_wheel_holds_every_file_of_the_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    project = Distribution()
    project.parse_config_files(["setup.cfg"])
    build = project.get_command_obj("build_py")
    build.ensure_finalized()
    packed = {f"{source}/{name}" for _, source, _, names in build.data_files for name in names}
    there = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert there - packed == NOT_FOR_MACHINES
