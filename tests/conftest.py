"""For all tests: the same examples in every run, and each test leaves the process as it found it.

Hypothesis draws the same examples, so that a red test is a change and not a day; exploring is for the fuzzers, and what
they find becomes an example here. The working directory and the mask of new files belong to the whole process: a test
that leaves them changed fails itself, and not another one an hour later.

Workers take one class or file after the other. Those that wait for real daemons come first, those that compute or play
whole demos beside them, and the many short ones last, so that no worker is left alone with a long one at the end.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")


EARLY = ("contract", "worlds", "e2e", "screens", "hardware")
"""Folders in the order in which they are begun; after them come all others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first."""
    here = Path(__file__).parent
    items.sort(key=lambda item: _turn(item.path.relative_to(here).parts[0]))


def _turn(folder: str) -> int:
    return EARLY.index(folder) if folder in EARLY else len(EARLY)


def _mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@pytest.fixture(autouse=True, scope="session")
def home() -> tuple[Path, int]:
    """Where the run began, and its mask."""
    return Path.cwd(), _mask()


@pytest.fixture(autouse=True)
def as_it_was_found(home: tuple[Path, int]) -> Iterator[None]:
    """Put back what a test has changed, and fail it."""
    yield
    where, mask = home
    left = Path.cwd(), _mask()
    os.chdir(where)
    os.umask(mask)
    assert left == home
