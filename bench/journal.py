"""Journal commits against a bare ``sqlite3`` loop with the same durability (WAL, synchronous FULL), in one run.

Short turns alternate A-B-A-B and the median of five rounds' ratios counts, so that a disk that gets slower slows
both. Three ladders up from the bare loop say where the time goes: SQLCipher alone, the journal, the journal with a
signed report. ``same rows``: the bare loop that writes as many rows per commit.
"""

import secrets
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk_app.contract import PaymentMoved
from offline_cache.journal import SqlJournal
from offline_cache.outbox import SqlOutbox
from offline_cache.store import open_store

ROUNDS, TURNS, COMMITS = 5, 12, 25
TARGET = 0.6
_ROW = ("2026-03-02T04:00:00.000000+00:00", "1234567800000001", "payment", "approved", "x" * 200, "h" * 64)


class _WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def measure(place: Path | None = None) -> dict[str, Any]:
    """Commits per second and ratios to the bare loop, on the disk of ``place`` (default: where temporary files are)."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=place)))
        runs = _contenders(directory, stack)
        rates: dict[str, list[float]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, rate in _round(runs).items():
                rates[name].append(rate)
    ratio = {name: _ratio(rates[name], rates["bare"]) for name in runs}
    ratio["journal and signed report, to same rows"] = _ratio(
        rates["journal and signed report"], rates["bare, same rows"]
    )
    return {
        "commits_per_second": {name: round(median(values)) for name, values in rates.items()},
        "ratio_to_bare": {name: round(value, 2) for name, value in ratio.items()},
        "spread_of_journal_ratio": [
            round(pick(a / b for a, b in zip(rates["journal"], rates["bare"], strict=True)), 2) for pick in (min, max)
        ],
        "target": TARGET,
        "met": ratio["journal"] >= TARGET,
    }


def _contenders(directory: Path, stack: ExitStack) -> dict[str, Callable[[], object]]:
    bare = _loop(sqlite3.connect(directory / "bare", isolation_level=None), stack)
    twice = _loop(sqlite3.connect(directory / "twice", isolation_level=None), stack, rows=2)
    cipher = _loop(
        sqlcipher.connect(str(directory / "cipher"), isolation_level=None), stack, key=secrets.token_bytes(32)
    )
    store = stack.enter_context(open_store(directory / "store", secrets.token_bytes(32), reserve=0))
    device_key, numbers = ec.generate_private_key(ec.SECP256R1()), count()
    outbox = SqlOutbox(
        store,
        kiosk="bench",
        boot_id="bench",
        sign=lambda data: device_key.sign(data, ec.ECDSA(hashes.SHA256())).hex(),
        clock=_WallClock(),
        mono=time.monotonic,
        clock_quality=lambda: "ntp",
        new_id=lambda: f"id-{next(numbers)}",
    )
    journal = SqlJournal(store, outbox, _WallClock())
    body = {"amount": 20_000, "note": "x" * 160}
    report = ("pay", PaymentMoved(reference=_ROW[1], state="approved", amount=20_000))
    return {
        "bare": bare,
        "journal": lambda: journal.append(_ROW[1], "payment", "approved", body),
        "bare, same rows": twice,
        "journal and signed report": lambda: journal.append(_ROW[1], "payment", "approved", body, reports=[report]),
        "bare SQLCipher": cipher,
    }


def _loop(connection: Any, stack: ExitStack, *, rows: int = 1, key: bytes = b"") -> Callable[[], object]:
    """A loop that does nothing but commit rows like the journal's."""
    stack.callback(connection.close)
    if key:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for number in range(rows):
        connection.execute(
            f"CREATE TABLE t{number} (seq INTEGER PRIMARY KEY, at TEXT, reference TEXT, kind TEXT, state TEXT,"
            " body TEXT, hash TEXT)"
        )

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for number in range(rows):
            connection.execute(
                f"INSERT INTO t{number} (at, reference, kind, state, body, hash) VALUES (?, ?, ?, ?, ?, ?)", _ROW
            )
        connection.execute("COMMIT")

    return commit


def _round(runs: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Commits per second of each by its median commit, in short turns: what else the machine does meets all alike."""
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(TURNS):
        for name, commit in runs.items():
            for _ in range(COMMITS):
                began = time.perf_counter()
                commit()
                took[name].append(time.perf_counter() - began)
    return {name: 1 / median(seconds) for name, seconds in took.items()}


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(a / b for a, b in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    result = measure(Path(sys.argv[1]) if sys.argv[1:] else None)
    for name, value in result.items():
        print(f"{name}: {value}")
