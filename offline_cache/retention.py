"""What is deleted when, and what it was (``fleet.md`` C.11).

Events that central acknowledged stay 35 days for reconciliation, and so do proofs; journal entries five years.
Only the oldest part of a chain goes, and ``base`` keeps its last seq and hash, so that the rest still verifies and
the next row continues it. The bytes are gone as well: ``secure_delete`` overwrites them in the file, the checkpoint
empties the WAL that still held them, and the freed pages go back to the system. (``VACUUM`` would do the same by
copying the whole store through memory.)

A clock that central does not vouch for deletes nothing: one jump of an unbuffered RTC must not empty the journal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from kiosk_app.ports import Clock
from offline_cache.journal import CHAIN, note_head
from offline_cache.outbox import chain_of, streams
from offline_cache.proofs import forget
from offline_cache.sql import Connection, stamp
from offline_cache.store import Store

EVENTS = timedelta(days=35)
JOURNAL = timedelta(days=5 * 366)
TRUSTED = frozenset({"ntp", "server"})
Span = tuple[int, int]
"""The first and last seq of what was deleted."""


@dataclass(frozen=True)
class Deleted:
    """What one run deleted: seqs per stream and of the journal, how many proofs, and bytes the store shrank by.

    ``wiped`` is False while another process, reading, keeps the old bytes alive in the WAL: run again.
    ``refused`` says why nothing was even looked at.
    """

    events: Mapping[str, Span] = field(default_factory=dict)
    entries: Span | None = None
    proofs: int = 0
    freed: int = 0
    wiped: bool = True
    refused: str = ""


class Retention:
    """Deletes what is old enough; to be run when nobody is served."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        clock_quality: Callable[[], str],
        *,
        keep_events: timedelta = EVENTS,
        keep_journal: timedelta = JOURNAL,
    ) -> None:
        self._store, self._clock, self._quality = store, clock, clock_quality
        self._keep_events, self._keep_journal = keep_events, keep_journal

    def run(self) -> Deleted:
        """Delete what is due, for good. Raises StoreError."""
        quality = self._quality()
        if quality not in TRUSTED:
            return Deleted(refused=f"the clock is {quality}")
        now, before = self._clock.now(), self._store.size()
        old_event, old_entry = stamp(now - self._keep_events), stamp(now - self._keep_journal)

        def work(connection: Connection) -> tuple[dict[str, Span], Span | None, int]:
            spans = {stream: _prune_stream(connection, stream, old_event) for stream in streams(connection)}
            note_head(connection)
            events = {stream: span for stream, span in spans.items() if span}
            return events, _prune_journal(connection, old_entry), forget(connection, now)

        events, entries, proofs = self._store.transact(work)
        wiped = self._store.shrink()
        return Deleted(events, entries, proofs, before - self._store.size(), wiped)


def _prune_stream(connection: Connection, stream: str, old: str) -> Span | None:
    """Delete the acknowledged events before the first one that is not old."""
    upto = connection.execute(
        "SELECT min(acked, ifnull((SELECT min(seq) - 1 FROM outbox WHERE stream = ?1 AND at >= ?2), acked))"
        " FROM base WHERE chain = ?3",
        (stream, old, chain_of(stream)),
    ).fetchone()[0]
    first, last = connection.execute(
        "SELECT min(seq), max(seq) FROM outbox WHERE stream = ? AND seq <= ?", (stream, upto)
    ).fetchone()
    if last is None:
        return None
    connection.execute(
        "UPDATE base SET seq = ?1, hash = (SELECT hash FROM outbox WHERE stream = ?2 AND seq = ?1) WHERE chain = ?3",
        (last, stream, chain_of(stream)),
    )
    connection.execute("DELETE FROM outbox WHERE stream = ? AND seq <= ?", (stream, last))
    connection.execute("DELETE FROM answer WHERE stream = ? AND seq <= ?", (stream, last))
    return first, last


def _prune_journal(connection: Connection, old: str) -> Span | None:
    """Delete the entries before the first one that is not old."""
    first, last = connection.execute(
        "SELECT min(seq), max(seq) FROM journal WHERE seq < ifnull((SELECT min(seq) FROM journal WHERE at >= ?), 9e18)",
        (old,),
    ).fetchone()
    if last is None:
        return None
    connection.execute(
        "UPDATE base SET seq = ?1, hash = (SELECT hash FROM journal WHERE seq = ?1) WHERE chain = ?2",
        (last, CHAIN),
    )
    connection.execute("DELETE FROM journal WHERE seq <= ?", (last,))
    return first, last
