"""The tables of roles in README and in the technician's handbook say what is installed, key by key and file by file."""

import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import msgspec

from kiosk_app.devices.driver import GROUP
from tests.contract import test_cameras_whole, test_daemons_whole, test_drivers, test_faces_whole, test_speech_whole

ROOT = Path(__file__).parent.parent
CONTRACTS = (test_drivers, test_cameras_whole, test_daemons_whole, test_faces_whole, test_speech_whole)
POINTS = {point.name: point for point in entry_points(group=GROUP) if point.dist and point.dist.name == "yimen-kiosk"}


def rows(page: str, columns: int) -> Iterator[list[str]]:
    """Rows of that many cells whose first is a word in backquotes."""
    for line in (ROOT / page).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == columns:
            yield cells


def keys(cell: str) -> set[str]:
    """What stands in backquotes outside brackets."""
    return set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", cell)))


def settings(point: EntryPoint) -> tuple[set[str], set[str]]:
    """Keys that must be set, and those that may be."""
    fields = msgspec.structs.fields(point.load().settings)
    return {f.name for f in fields if f.required}, {f.name for f in fields if not f.required}


def test_the_readme_names_every_driver_its_simulator_and_its_tests() -> None:
    found = list(rows("README.md", 6))
    assert {name.strip("`") for name, *_ in found} == set(POINTS)
    for name, _, driver, simulator, contract, faults in ((cell.strip("`") for cell in row) for row in found):
        assert POINTS[name].module.startswith(f"hardware.drivers.{driver.removesuffix('.py')}")
        assert (ROOT / "hardware/drivers" / driver).is_file()
        assert (ROOT / "hardware/simulators" / simulator).is_file()
        assert (ROOT / "tests/hardware" / faults).is_file()
        kept = next(vars(file)[contract] for file in CONTRACTS if contract in vars(file))
        assert kept.role == name.partition(".")[0]


def test_the_handbook_names_every_driver_and_every_setting() -> None:
    found = {f"{role}.{driver}".replace("`", ""): (must, may) for role, driver, must, may in rows(HANDBOOK, 4)}
    assert set(found) == set(POINTS)
    for name, (must, may) in found.items():
        assert (keys(must), keys(may) if "the same" not in may else settings(POINTS[name])[1]) == settings(POINTS[name])


HANDBOOK = "docs/handbook-technician.md"
