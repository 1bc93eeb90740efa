"""What central makes durable per second, against a bare ``sqlite3`` loop with the same durability, in one run.

Heartbeats and batches go through :class:`central.front.Front` as the listener calls it, into a file with WAL and
``synchronous=FULL``; each reply means a commit. Peers: the bare loop that commits one row of the heartbeat's size,
and the one that commits as many rows of an event's size as a batch has. Rounds alternate and the median of the
ratios of neighbours counts. ``one CPU second`` leaves the disk out: what a core could answer.
"""

import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from central.db import file_engine
from central.front import Front
from central.limits import PER_MINUTE, Limits
from kiosk_app import contract
from kiosk_app.contract import Batch, DeviceReport, Event, Heartbeat, OutboxReport, PaymentMoved
from provisioning.device_key import DeviceKey

ROUNDS, CALLS, EVENTS = 5, 40, 50
KIOSK = "bench"


class _WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


def measure(place: Path | None = None) -> dict[str, Any]:
    """Calls per second and ratios to the bare loops, on the disk of ``place`` (default: temporary files)."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        contenders = _contenders(Path(folder))
        rates: dict[str, list[tuple[float, float]]] = {name: [] for name in contenders}
        for _ in range(ROUNDS):
            for name, calls in contenders.items():
                rates[name].append(_rate(calls, CALLERS if name == _MANY else 1))
    wall = {name: [wall for wall, _ in pairs] for name, pairs in rates.items()}
    return {
        "per_second": {name: round(median(values)) for name, values in wall.items()},
        "one_cpu_second": {name: round(median(cpu for _, cpu in pairs)) for name, pairs in rates.items()},
        "events_per_second": round(median(wall[_BATCH]) * EVENTS),
        "ratio": {
            "heartbeat to bare row": _ratio(wall["heartbeat"], wall["bare row"]),
            f"{_MANY} to bare row": _ratio(wall[_MANY], wall["bare row"]),
            f"{_BATCH} to bare rows": _ratio(wall[_BATCH], wall["bare rows"]),
            "payment report to bare row": _ratio(wall["payment report"], wall["bare row"]),
        },
    }


CALLERS = 16
_MANY = f"heartbeat, {CALLERS} callers"
_BATCH = f"batch of {EVENTS}"


def _ratio(ours: list[float], bare: list[float]) -> float:
    return round(median(a / b for a, b in zip(ours, bare, strict=True)), 2)


def _rate(calls: list[Callable[[], object]], callers: int) -> tuple[float, float]:
    """Calls per second of wall time and of CPU time; what is called was made before."""
    turn = calls[:CALLS]
    del calls[:CALLS]
    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(time.sleep, [0.01] * callers))  # its threads are there
        cpu, wall = time.process_time(), time.perf_counter()
        list(pool.map(lambda call: call(), turn))
    return len(turn) / (time.perf_counter() - wall), len(turn) / (time.process_time() - cpu)


def _contenders(folder: Path) -> dict[str, list[Callable[[], object]]]:
    front = Front(file_engine(folder / "central.db"), _WallClock(), limits=Limits(dict.fromkeys(PER_MINUTE, 10**9)))
    key = DeviceKey.from_number(secrets.randbelow(2**200) + 1)
    front.register(KIOSK, key.public_pem)
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None, check_same_thread=False)
    bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE row (n INTEGER PRIMARY KEY, x)")
    beats, total = _heartbeats(), ROUNDS * CALLS
    ones, many = _batches(key, "one", 1), _batches(key, "many", EVENTS)
    return {
        "bare row": [lambda: _insert(bare, 1)] * total,
        "bare rows": [lambda: _insert(bare, EVENTS)] * total,
        "heartbeat": [_call(front, "/hb", next(beats)) for _ in range(total)],
        _MANY: [_call(front, "/hb", next(beats)) for _ in range(total)],
        "payment report": [_call(front, "/tx/batch", next(ones)) for _ in range(total)],
        _BATCH: [_call(front, "/tx/batch", next(many)) for _ in range(total)],
    }


def _call(front: Front, path: str, body: bytes) -> Callable[[], object]:
    def call() -> None:
        status, answer = front.post(KIOSK, path, body)
        if status != 200:
            raise AssertionError(answer)

    return call


def _insert(bare: sqlite3.Connection, rows: int) -> None:
    bare.execute("BEGIN IMMEDIATE")
    bare.executemany("INSERT INTO row (x) VALUES (?)", [("x" * 600,)] * rows)
    bare.execute("COMMIT")


def _heartbeats() -> Iterator[bytes]:
    """A heartbeat as a kiosk with four devices sends it."""
    now = datetime.now(UTC)
    roles = ("id_card_reader", "card_terminal", "receipt_printer", "document_printer")
    for seq in count(1):
        yield msgspec.json.encode(
            Heartbeat(
                seq=seq,
                state="open",
                screen="menu",
                since=now,
                devices={role: DeviceReport(state="online", supplies={"paper": "full"}) for role in roles},
                services={"traffic_fines": "open"},
                outbox=OutboxReport(count=0, heads={"pay": "0" * 64, "audit": "0" * 64}),
                at_wall=now,
            )
        )


def _batches(key: DeviceKey, stream: str, size: int) -> Iterator[bytes]:
    """Signed and chained batches of one stream."""
    prev, numbers, now = contract.GENESIS, count(1), datetime.now(UTC)
    while True:
        events = []
        for seq in (next(numbers) for _ in range(size)):
            schema, body = contract.schema_of(PaymentMoved(reference=f"{stream}-{seq}", state="settled", amount=20000))
            event = Event(
                schema=schema,
                kiosk=KIOSK,
                boot_id="bench",
                stream=stream,
                seq=seq,
                id=f"{stream}-{seq}",
                at_wall=now,
                at_mono=1.0,
                clock_q="ntp",
                prev=prev,
                body=body,
            )
            prev = contract.digest(event)
            events.append(msgspec.structs.replace(event, sig=key.sign(contract.canonical(event))))
        yield msgspec.json.encode(Batch(events=events))
