"""What a process holds: descriptors, tasks, memory. A leak is what grows with the rounds.

Bounds. Descriptors and tasks must be as many as at the first count, exactly; who lets go of one is given
:data:`SETTLE` seconds. Python's own memory (tracemalloc) may grow by :data:`TRACED` bytes between the first count
and the last, whatever the number of rounds: asyncio keeps up to a hundred timers that were cancelled, with what they
hold, and the counts meet more or fewer of them. A connection is some kilobytes, and a thousand would show. The
resident set may grow by :data:`RESIDENT` megabytes, for an allocator does not give everything back.
"""

import asyncio
import gc
import os
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTLE = 3.0
TRACED = 128 * 1024
RESIDENT = 8.0


@dataclass(frozen=True)
class Census:
    """One count. ``traced`` in bytes, ``resident`` in MiB."""

    descriptors: int
    tasks: int
    traced: int
    resident: float

    @classmethod
    def now(cls) -> "Census":
        """Count what is there; memory that nobody holds does not count."""
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            descriptors=len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - the count is all that matters
            tasks=len(asyncio.all_tasks()),
            traced=tracemalloc.get_traced_memory()[0],
            resident=pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        )

    def leaks(self, first: "Census") -> list[str]:
        """What has grown since ``first`` beyond its bound."""
        grown = {
            "descriptors": (self.descriptors, first.descriptors, 0),
            "tasks": (self.tasks, first.tasks, 0),
            "traced bytes": (self.traced, first.traced, TRACED),
            "resident MiB": (round(self.resident, 1), round(first.resident, 1), RESIDENT),
        }
        return [f"{what}: {then} -> {now}" for what, (now, then, most) in grown.items() if now - then > most]


async def settled(first: Census) -> Census:
    """A count as soon as nothing leaks, else the last one."""
    end = asyncio.get_running_loop().time() + SETTLE
    while (count := Census.now()).leaks(first) and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return count


@contextmanager
def traced() -> Iterator[None]:
    """Python's memory is traced inside."""
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


class Overheard:
    """What nobody may ever read: text on standard error, of us and of our children, and failures of the loop."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self.said = ""

    def listen(self) -> None:
        """From now on the running loop reports here."""
        asyncio.get_running_loop().set_exception_handler(self._failed)

    def _failed(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.failures.append(f"{context.get('message')}: {context.get('exception')!r}")

    @property
    def tracebacks(self) -> list[str]:
        """Every failure and every traceback."""
        return self.failures + ([self.said] if "Traceback" in self.said else [])


@contextmanager
def overheard() -> Iterator[Overheard]:
    """Standard error goes to a file, which is read at the end."""
    ears = Overheard()
    with tempfile.TemporaryFile() as file:
        before = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            yield ears
        finally:
            os.dup2(before, 2)
            os.close(before)
            file.seek(0)
            ears.said = file.read().decode(errors="replace")
