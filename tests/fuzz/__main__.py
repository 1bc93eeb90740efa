"""``make fuzz``: every codec under a coverage-guided fuzzer, ``python -m tests.fuzz NAME ...`` for some.

Each codec runs in its own process, which libFuzzer ends at a crash, a hang or too much memory. What ended it is
kept in ``found/NAME/``, where the suite tries it for ever. "features" are libFuzzer's: edges with how often each
was passed. The figures are one line per codec; the return code is 1 if anything was found.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import TARGETS

FOUND = Path(__file__).parent / "found"
HANG = 5
"""Seconds for one input."""
MEGABYTES = 512
COLUMNS = "{:18}{:>10}{:>9}{:>10}{:>7}{:>10}{:>8}{:>9}  {}"


@dataclass
class Result:
    """What became of one codec; ``found`` are the files that made it fail."""

    name: str
    said: str
    seconds: float
    found: list[str]
    code: int

    @property
    def sound(self) -> bool:
        """Whether it came to its end."""
        return self.code == 0

    def row(self) -> str:
        """One line of the table."""
        inputs = self._last(r"stat::number_of_executed_units:\s+(\d+)") or self._last(r"#(\d+)\s")
        verdict = "sound" if self.sound else f"FAILED: {' '.join(self.found) or self.said[-300:]}"
        return COLUMNS.format(
            self.name,
            inputs,
            f"{self.seconds:.0f}",
            f"{inputs / self.seconds:.0f}",
            self._last(r"cov: (\d+)"),
            self._last(r"ft: (\d+)"),
            self._last(r"corp: (\d+)"),
            self._last(r"stat::peak_rss_mb:\s+(\d+)"),
            verdict,
        )

    def _last(self, pattern: str) -> int:
        return int((re.findall(pattern, self.said) or [0])[-1])


async def fuzz(name: str, runs: int) -> Result:
    """Run one codec to its end."""
    target, keep = TARGETS[name], FOUND / name
    keep.mkdir(parents=True, exist_ok=True)
    before = set(keep.iterdir())
    with tempfile.TemporaryDirectory(prefix=f"fuzz-{name}-") as corpus:
        for number, seed in enumerate((*target.run.seeds(), *(path.read_bytes() for path in before))):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        options = {
            "runs": runs,
            "timeout": HANG,
            "rss_limit_mb": MEGABYTES,
            "max_len": target.longest,
            "artifact_prefix": f"{keep}/",
            "print_final_stats": 1,
        }
        argv = [sys.executable, "-m", "tests.fuzz.one", name, *(f"-{key}={value}" for key, value in options.items())]
        began = time.monotonic()
        child = await asyncio.create_subprocess_exec(
            *argv, corpus, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said = (await child.communicate())[0].decode(errors="replace")
        took = time.monotonic() - began
    found = [str(path.relative_to(Path.cwd())) for path in set(keep.iterdir()) - before]
    if not any(keep.iterdir()):
        keep.rmdir()
    return Result(name, said, took, found, child.returncode or 0)


async def fuzz_all(names: list[str], runs: int, jobs: int) -> list[Result]:
    """All of them, ``jobs`` at a time; each is told of when it has ended."""
    turns = asyncio.Semaphore(jobs)

    async def one(name: str) -> Result:
        async with turns:
            result = await fuzz(name, runs)
        print(result.row(), flush=True)
        if not result.sound:
            print(result.said[-3000:], file=sys.stderr)
        return result

    return list(await asyncio.gather(*map(one, names)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=2)
    given = parser.parse_args()
    if unknown := set(given.names) - set(TARGETS):
        parser.error(f"no codec {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    print(COLUMNS.format("codec", "inputs", "seconds", "inputs/s", "edges", "features", "corpus", "peak MB", "result"))
    results = asyncio.run(fuzz_all(given.names or list(TARGETS), given.runs, given.jobs))
    return 0 if all(result.sound for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
