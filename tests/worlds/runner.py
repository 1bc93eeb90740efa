"""Run worlds: each seed once whole, then once per journal entry with the plug pulled before it and after it."""

import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from structlog.testing import capture_logs

from kiosk_app.money.receipts import CODE
from tests.virtual import VirtualLoop
from tests.worlds.faults import Plan, draw
from tests.worlds.invariants import broken
from tests.worlds.power import Crash
from tests.worlds.world import World

TELL_EVERY = 10.0
"""Seconds."""


@dataclass
class Report:
    """What was run, and every broken promise with what reproduces it."""

    worlds: int = 0
    virtual_seconds: float = 0.0
    crashes: int = 0
    payments: int = 0
    by_code: int = 0
    seconds: float = 0.0
    failures: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        yield f"worlds {self.worlds}, crashes {self.crashes}, payments {self.payments}, by code {self.by_code}"
        yield f"virtual hours {self.virtual_seconds / 3600:.0f} in {self.seconds:.1f} s: x{self.speed:.0f}"
        yield f"invariant failures {len(self.failures)}"
        yield from self.failures

    @property
    def speed(self) -> float:
        """Virtual seconds per real second."""
        return self.virtual_seconds / self.seconds if self.seconds else 0.0


@cache
def _settle() -> None:
    """As the program does when it has started: its goodbyes look through what is new, and not through every module."""
    gc.collect()
    gc.freeze()


def run_one(seed: int, crash: Crash | None = None, plan: Plan | None = None) -> tuple[World, list[str]]:
    """One world; the same arguments give the same world, to the last event."""
    _settle()
    memory = Path("/dev/shm")
    folder = memory if memory.is_dir() else None
    with (
        tempfile.TemporaryDirectory(dir=folder) as place,
        capture_logs() as logs,
        asyncio.Runner(loop_factory=VirtualLoop) as runner,
    ):

        async def live() -> World:
            world = World(seed, plan or draw(Random(f"plan {seed}")), crash, Path(place))
            world.logs = logs
            await world.run()
            return world

        world = runner.run(live())
        world.virtual = runner.get_loop().time()
        return world, broken(world)


def run_seed(seed: int, report: Report, tell: Callable[[str], None] = lambda _: None) -> None:
    """A seed whole, and with a crash before and after each of its journal entries; ``tell``: where it is by now."""
    began = told = time.perf_counter()
    whole = _counted(seed, None, report)
    crashes = [Crash(entry + 1, when) for entry in range(whole.entries if whole else 0) for when in ("before", "after")]
    for done, crash in enumerate(crashes, 1):
        _counted(seed, crash, report)
        if time.perf_counter() - told > TELL_EVERY:
            told = time.perf_counter()
            tell(f"seed {seed}: {done} of {len(crashes)} power cuts")
    report.seconds += time.perf_counter() - began


def _counted(seed: int, crash: Crash | None, report: Report) -> World | None:
    report.worlds += 1
    again = f"python -m tests.worlds --seed {seed}" + (f" --crash {crash.entry}:{crash.when}" if crash else "")
    try:
        world, faults = run_one(seed, crash)
    except Exception as error:  # a world that breaks is a finding, not the end of the run
        report.failures.append(f"{again}: {type(error).__name__}: {error}")
        return None
    report.virtual_seconds += world.virtual
    report.crashes += world.crashes
    approved = [entry for entry in world.journal if entry.state == "approved"]
    report.payments += len(approved)
    report.by_code += sum(1 for entry in approved if entry.body["means"] == CODE)
    report.failures += [f"{again}: {fault}" for fault in faults]
    return world
