"""A few rounds of the long runs, and proof that they would notice."""

import asyncio
import os
from collections.abc import Callable

import pytest

from hardware.channel import FdChannel
from hardware.link import Link
from tests.soak import hosts
from tests.soak.census import Census, overheard
from tests.soak.hosts import HOSTS, kill_many
from tests.soak.plugs import PLUGS, Pulls, pull_many

pytestmark = pytest.mark.whole
KILLS, ROUNDS = 3, 8


def busy() -> float:
    """How many times more is asked of the processors than they have, beside four workers: ``make soak`` allows 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@pytest.mark.parametrize("name", HOSTS)
def test_a_killed_host_is_back_within_two_seconds_and_nobody_reads_a_traceback(name: str) -> None:
    if missing := HOSTS[name].missing():
        pytest.skip(f"not installed: {missing}")
    with overheard() as ears:
        kills = asyncio.run(kill_many(name, KILLS, ears, limit=hosts.LIMIT * busy()))
    assert kills.faults + ears.tracebacks == []
    assert [len(took) for took in kills.took.values()] == [1] * len(hosts.PHASES)


@pytest.mark.parametrize("name", PLUGS)
def test_a_plug_pulled_again_and_again_leaks_nothing_and_the_device_serves(name: str) -> None:
    pulls = asyncio.run(pull_many(name, ROUNDS, every=ROUNDS))
    assert pulls.faults == []
    assert (len(pulls.took), pulls.operations) == (ROUNDS, 2)


def test_the_count_notices_a_channel_that_is_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, kept = FdChannel.close, list[Callable[[], None]]()

    async def forgetful(channel: FdChannel) -> None:
        if not kept and channel._open:
            kept.append(channel._release)
            channel._release = lambda: None
        await closed(channel)

    async def pulled() -> Pulls:
        asyncio.get_running_loop().call_later(0.5, monkeypatch.setattr, FdChannel, "close", forgetful)
        return await pull_many("cabinet", 4 * ROUNDS, every=ROUNDS)

    monkeypatch.setattr("tests.soak.census.SETTLE", 0.2)
    pulls = asyncio.run(pulled())
    kept[0]()
    assert any(fault.startswith("descriptors") for fault in pulls.faults), pulls.faults


def test_the_count_notices_a_task_that_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped, left = Link.drop, set[asyncio.Task[bool]]()

    def careless(line: "Link[object]") -> None:
        left.add(asyncio.create_task(asyncio.Event().wait()))
        dropped(line)

    monkeypatch.setattr(Link, "drop", careless)
    monkeypatch.setattr("tests.soak.census.SETTLE", 0.2)
    pulls = asyncio.run(pull_many("cabinet", ROUNDS, every=ROUNDS))
    assert any(fault.startswith("tasks") for fault in pulls.faults), pulls.faults


def test_the_count_notices_memory_that_grows() -> None:
    first = Census(10, 3, 0, 50.0)
    assert Census(10, 3, 100_000, 55.0).leaks(first) == []
    assert Census(10, 3, 200_000, 60.0).leaks(first) == ["traced bytes: 0 -> 200000", "resident MiB: 50.0 -> 60.0"]


def test_a_traceback_of_a_child_is_heard() -> None:
    async def child() -> None:
        process = await asyncio.create_subprocess_exec("python3", "-c", "raise SystemError")
        await process.wait()

    with overheard() as ears:
        asyncio.run(child())
    assert "SystemError" in ears.tracebacks[0]
