"""How fast the worlds are: virtual seconds of the whole machine per real second, crashes included.

Measured over whole seeds (once without a crash, then before and after each journal entry). The peer in the same
run is the bare virtual loop that only sleeps as often as the machine polls: what asyncio itself allows.
"""

import asyncio
import time
from typing import Any

from tests.virtual import run
from tests.worlds.runner import Report, run_seed

SEEDS = (0, 1)
POLLS_PER_SECOND = 4.0


def measure() -> dict[str, Any]:
    """Figures by name."""
    report = Report()
    for seed in SEEDS:
        run_seed(seed, report)
    bare = _bare()
    return {
        "worlds": report.worlds,
        "crashes": report.crashes,
        "invariant failures": len(report.failures),
        "virtual hours": round(report.virtual_seconds / 3600, 1),
        "virtual seconds per real second": round(report.speed),
        "bare loop, virtual seconds per real second": round(bare),
        "ratio to the bare loop": round(report.speed / bare, 4),
    }


def _bare(seconds: float = 20_000.0) -> float:
    async def sleep() -> None:
        for _ in range(int(seconds * POLLS_PER_SECOND)):
            await asyncio.sleep(1 / POLLS_PER_SECOND)

    began = time.perf_counter()
    run(sleep())
    return seconds / (time.perf_counter() - began)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name}: {value}")
