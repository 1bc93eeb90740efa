"""The end of a kiosk: the window's, the battery's, and what the system is asked then."""

import asyncio
import sys
from pathlib import Path

import pytest
import structlog

from kiosk_app import ending
from kiosk_app.ending import power_off, until_either
from kiosk_app.power import Power
from tests.virtual import run


async def after(seconds: float, gone: list[str], who: str) -> Power:
    try:
        await asyncio.sleep(seconds)
    finally:
        gone.append(who)
    return Power.SHUT_DOWN


async def window(seconds: float, gone: list[str]) -> None:
    await after(seconds, gone, "window")


def test_a_machine_that_ends_takes_its_window_with_it_and_says_why() -> None:
    gone: list[str] = []
    assert run(until_either(after(5, gone, "machine"), window(1000, gone))) is Power.SHUT_DOWN
    assert gone == ["machine", "window"]


def test_a_window_that_is_closed_ends_the_machine_and_powers_nothing_off() -> None:
    gone: list[str] = []
    assert run(until_either(after(1000, gone, "machine"), window(5, gone))) is None
    assert gone == ["window", "machine"]


def test_what_the_machine_died_of_is_not_lost() -> None:
    async def dies() -> Power:
        raise ValueError("x")

    with pytest.raises(ExceptionGroup) as died:
        run(until_either(dies(), window(1000, [])))
    assert died.group_contains(ValueError, match="x")


def test_the_command_of_the_file_is_given_and_its_words_are_not_split(tmp_path: Path) -> None:
    there = tmp_path / "a file"
    command = (sys.executable, "-c", "import sys; open(sys.argv[1], 'w').close()", str(there))
    assert asyncio.run(power_off(command))
    assert there.exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ((sys.executable, "-c", "raise SystemExit(3)"), {"status": 3}),
        (("/no/such/command",), {"error": "[Errno 2] No such file or directory: '/no/such/command'"}),
    ],
)
def test_a_system_that_cannot_is_in_the_log(command: tuple[str, ...], says: dict[str, object]) -> None:
    with structlog.testing.capture_logs() as logs:
        assert not asyncio.run(power_off(command))
    assert says.items() <= logs[-1].items()
    assert logs[-1]["event"] == "cannot power off"


def test_a_command_that_hangs_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "PATIENCE", 0.2)
    assert not asyncio.run(power_off((sys.executable, "-c", "import time; time.sleep(2)")))


def test_without_a_command_nobody_is_asked() -> None:
    assert not asyncio.run(power_off(()))
