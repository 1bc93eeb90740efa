"""The journal of money and paper: what was intended, and what became of it (``architecture.md`` section 5).

Append-only with a gapless ``seq``. Each entry's hash covers the hash before it and its own fields, so that a
changed or removed entry is found by :meth:`SqlJournal.verify`. That the last ones were removed shows in the
highest seq known, which each start and each night's retention write down (a counter per entry would cost a page).
The reports of an entry go into the outbox in the same transaction: both are durable or neither exists.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import msgspec

from kiosk_app.contract import GENESIS, Body
from kiosk_app.errors import DiskFull, StoreBusy
from kiosk_app.ports import Clock, Entry
from offline_cache.outbox import SqlOutbox
from offline_cache.sql import Connection, stamp
from offline_cache.store import Head, Store

CHAIN: Final = "journal"
_ALL = "SELECT * FROM journal WHERE seq > ? ORDER BY seq"
_OF_KIND = "SELECT * FROM journal WHERE seq > ? AND kind = ? ORDER BY seq"
_OF_BOTH = "SELECT * FROM journal WHERE seq > ? AND reference = ? AND kind = ? ORDER BY seq"
_LATEST = """
    SELECT * FROM journal WHERE seq IN (SELECT max(seq) FROM journal WHERE kind = ? GROUP BY reference)
    AND state NOT IN (SELECT value FROM json_each(?)) ORDER BY seq
"""
_NEWEST = "SELECT * FROM journal WHERE seq = (SELECT max(seq) FROM journal WHERE kind = ?)"
# The index begins with the kind: hop through the few kinds there are.
_OF_REFERENCE = """
    WITH RECURSIVE kinds (name) AS (
        SELECT min(kind) FROM journal
        UNION ALL SELECT (SELECT min(kind) FROM journal WHERE kind > name) FROM kinds WHERE name NOT NULL
    )
    SELECT * FROM journal WHERE seq > ? AND reference = ? AND kind IN (SELECT name FROM kinds) ORDER BY seq
"""
_Row = tuple[int, str, str, str, str, str, str]
"""seq, at, reference, kind, state, body, hash."""


class SqlJournal:
    """Implements :class:`kiosk_app.ports.Journal` in the store."""

    def __init__(self, store: Store, outbox: SqlOutbox, clock: Clock) -> None:
        self._store, self._outbox, self._clock = store, outbox, clock
        with suppress(DiskFull, StoreBusy):  # the books can be read all the same
            store.transact(note_head)

    def append(
        self,
        reference: str,
        kind: str,
        state: str,
        body: Mapping[str, Any] | None = None,
        *,
        reports: Sequence[tuple[str, Body]] = (),
    ) -> Entry:
        at = stamp(self._clock.now())
        text = msgspec.json.encode(body or {}, order="sorted").decode()

        def work(connection: Connection) -> _Row:
            seq, prev = self._store.heads.get(CHAIN) or _head(connection)
            row = _sealed(prev, seq + 1, at, reference, kind, state, text)
            connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            self._outbox.extend(connection, reports)
            self._store.heads[CHAIN] = seq + 1, row[-1]
            return row

        return _entry(self._store.transact(work))

    def entries(self, *, reference: str | None = None, kind: str | None = None, after: int = 0) -> list[Entry]:
        match reference, kind:
            case None, None:
                return self._select(_ALL, after)
            case None, str():
                return self._select(_OF_KIND, after, kind)
            case str(), None:
                return self._select(_OF_REFERENCE, after, reference)
            case _:
                return self._select(_OF_BOTH, after, reference, kind)

    def latest(self, kind: str, *, leaving_out: Collection[str] = ()) -> list[Entry]:
        return self._select(_LATEST, kind, msgspec.json.encode(sorted(leaving_out)).decode())

    def newest(self, kind: str) -> Entry | None:
        return next(iter(self._select(_NEWEST, kind)), None)

    def ready(self) -> None:
        self._store.ready()

    def verify(self) -> list[str]:
        """What was tampered with, in words; empty if every entry ever written is there, unchanged and in order."""
        live, _ = self._store.heads.get(CHAIN, (0, ""))
        return self._store.read(lambda connection: list(_faults(connection, live)))

    def _select(self, sql: str, *given: str | int | None) -> list[Entry]:
        return [_entry(row) for row in self._store.read(lambda connection: connection.execute(sql, given).fetchall())]


def _sealed(prev: str, *fields: Any) -> _Row:
    row: _Row = (*fields, hashlib.sha256(msgspec.json.encode((prev, *fields))).hexdigest())
    return row


def _entry(row: _Row) -> Entry:
    seq, at, reference, kind, state, body, _ = row
    return Entry(seq, datetime.fromisoformat(at), reference, kind, state, msgspec.json.decode(body))


def _base(connection: Connection) -> Head:
    base: Head | None = connection.execute("SELECT seq, hash FROM base WHERE chain = ?", (CHAIN,)).fetchone()
    return base or (0, GENESIS)


def _noted(connection: Connection) -> int:
    """The highest seq known when somebody last looked."""
    row = connection.execute("SELECT acked FROM base WHERE chain = ?", (CHAIN,)).fetchone()
    return row[0] if row else 0


def note_head(connection: Connection) -> None:
    """Write down how far the journal goes, so that a later removal of its end is seen."""
    seq, _ = _head(connection)
    connection.execute("INSERT INTO base (chain, hash) VALUES (?, ?) ON CONFLICT DO NOTHING", (CHAIN, GENESIS))
    connection.execute("UPDATE base SET acked = ?1 WHERE chain = ?2 AND acked < ?1", (seq, CHAIN))


def _head(connection: Connection) -> Head:
    last = connection.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    seq, sealed = last or _base(connection)
    return max(seq, _noted(connection)), sealed


def _faults(connection: Connection, live: int) -> Iterator[str]:
    seq, prev = _base(connection)
    rows: Iterable[_Row] = connection.execute(_ALL, (0,))
    for row in rows:
        if row[0] != seq + 1:
            yield f"entries {seq + 1} to {row[0] - 1} are missing"
        elif row != _sealed(prev, *row[:-1]):
            yield f"entry {row[0]} was changed, or the one before it"
        seq, prev = row[0], row[-1]
    last = max(live, _noted(connection))
    if seq < last:
        yield f"entries {seq + 1} to {last} are missing"
