"""The table of services is true: each of the menu has its row, and what that names is collected and can be played."""

import re
from functools import cache, partial
from pathlib import Path

import pytest

from kiosk_app.demo_scripts import SCRIPTS
from kiosk_app.health import SERVICES
from kiosk_app.services.table import services
from tests.test_tables import rows
from tests.worlds import test_deeds
from tests.worlds.deeds import OFFERED

PROCEDURES = services(card_first=False, menu=tuple)
ROOT = Path(__file__).parent.parent
STORIES = ROOT / "tests/kiosk_app"
PAGE = {cells[0].strip("`"): cells[1:] for cells in rows("docs/services.md", 7)}


def named(cell: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


@cache
def collected(session: pytest.Session, file: str) -> frozenset[str]:
    """The tests that a run of this file would tell, by their names without parameters."""
    module: pytest.Module = pytest.Module.from_parent(session, path=STORIES / file)
    return frozenset(item.name.partition("[")[0] for item in module.collect())


def test_every_service_of_the_menu_has_its_row_in_the_menus_order() -> None:
    assert list(PAGE) == [*(service.key for service in SERVICES), *OFFERED]


@pytest.mark.parametrize("service", PAGE)
def test_its_procedure_is_the_one_that_the_machine_runs(service: str) -> None:
    [file] = named(PAGE[service][1])
    assert (ROOT / "kiosk_app/services" / file).exists()
    run = PROCEDURES[service]
    run = run.func if isinstance(run, partial) else run
    assert run.__module__ == f"kiosk_app.services.{file.removesuffix('.py')}"


@pytest.mark.parametrize("service", PAGE)
def test_its_story_and_its_faults_are_tests_that_run(request: pytest.FixtureRequest, service: str) -> None:
    [story], faults = named(PAGE[service][2]), named(PAGE[service][3])
    own = story.partition("::")[0]
    assert len(faults) > 1
    for test in (story, *faults):
        file, _, name = test.rpartition("::")
        assert name in collected(request.session, file or own), test


def test_every_script_is_in_the_row_of_its_service() -> None:
    scripts = [script for row in PAGE.values() for script in named(row[4])]
    assert sorted(scripts) == sorted(SCRIPTS)
    assert all(named(row[4]) for row in PAGE.values())


def test_what_it_says_of_the_time_without_central_is_what_the_menu_does() -> None:
    said = {service: not row[5].startswith("closed") for service, row in PAGE.items()}
    assert said == {service.key: service.alone for service in SERVICES} | dict.fromkeys(OFFERED, False)


def test_somebody_comes_for_each_of_them_in_the_worlds() -> None:
    [mark] = test_deeds.test_every_service_is_somebodys_errand_and_all_promises_hold.pytestmark  # type: ignore[attr-defined]
    assert mark.args[1] == list(PAGE)
