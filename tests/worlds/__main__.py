"""``make worlds SEEDS=n``; a failing world is run again by ``--seed`` and ``--crash ENTRY:WHEN``."""

import argparse
import sys

from tests.worlds.power import Crash
from tests.worlds.runner import Report, run_one, run_seed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--crash", default="")
    given = parser.parse_args()
    if given.seed is not None:
        entry, _, when = given.crash.partition(":")
        world, faults = run_one(given.seed, Crash(int(entry), when) if entry else None)
        print("plan", world.plan)
        for line in world.journal:
            print(f"{line.seq:4} {line.at:%H:%M:%S} {line.reference} {line.kind} {line.state} {dict(line.body)}")
        print(*faults or ["all promises hold"], sep="\n")
        return 1 if faults else 0
    report = Report()
    for seed in range(given.first, given.first + given.seeds):
        known = len(report.failures)
        run_seed(seed, report, lambda where: print(where, file=sys.stderr))
        for failure in report.failures[known:]:  # whoever stops the run has seen them
            print(failure, file=sys.stderr)
    print(*report.lines(), sep="\n")
    return 1 if report.failures else 0


sys.exit(main())
