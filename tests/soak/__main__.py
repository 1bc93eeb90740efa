"""``make soak``: the long runs, ``python -m tests.soak hosts|plugs NAME ...`` for some. Status 1 if anything failed."""

import argparse
import asyncio
import sys

from tests.soak.census import overheard
from tests.soak.hosts import HOSTS, kill_many
from tests.soak.plugs import PLUGS, pull_many


def kill_hosts(names: list[str], times: int) -> list[str]:
    """Every host; prints the table and returns what was wrong."""
    print(f"hosts killed {times} times; seconds from the kill to serving again\n")
    print(f"{'host':12}{'phase':10}{'kills':>6}{'p50':>8}{'p95':>8}{'max':>8}")
    wrong: list[str] = []
    for name in names or HOSTS:
        if missing := HOSTS[name].missing():
            wrong.append(f"{name}: not installed: {missing}")
            continue
        with overheard() as ears:
            kills = asyncio.run(kill_many(name, times, ears))
        kills.faults += ears.tracebacks
        print(*kills.rows(name), sep="\n", flush=True)
        wrong += kills.faults
    return wrong


def pull_plugs(names: list[str], times: int) -> list[str]:
    """Every device; prints the table and returns what was wrong."""
    print(f"plugs pulled and put back {times} times; from the second operation to the end\n")
    print(f"{'role':22}{'rounds':>7}{'ops':>6}{'max ms':>9}{'fds':>10}{'tasks':>10}{'py KiB':>10}{'RSS MiB':>10}")
    wrong: list[str] = []
    for name in names or PLUGS:
        with overheard() as ears:
            pulls = asyncio.run(pull_many(name, times))
        print(pulls.row(name), flush=True)
        wrong += [f"{name}: {fault}" for fault in pulls.faults + ears.tracebacks]
    return wrong


RUNS = {"hosts": (kill_hosts, 100), "plugs": (pull_plugs, 1000)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=list(RUNS), help="without it: both")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--times", type=int)
    given = parser.parse_args()
    wrong: list[str] = []
    for what in [given.what] if given.what else RUNS:
        run, times = RUNS[what]
        wrong += run(given.names, given.times or times)
        print(flush=True)
    print(*wrong or ["all as it must be"], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
