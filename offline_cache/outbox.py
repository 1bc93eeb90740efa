"""Events on their way to central: per stream a gapless sequence and a hash chain (``fleet.md`` C.3, 10-13, 16).

An event is made, chained and signed inside the transaction of the journal entry it reports, and kept as the
exact bytes that were signed. It is sent until central acknowledged it; then it stays for reconciliation until
:mod:`offline_cache.retention` deletes it. An acknowledgement never goes back and never beyond what exists;
a rejected event counts as acknowledged (central keeps it in quarantine) and blocks nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

import msgspec

from kiosk_app.contract import (
    BATCH_BYTES,
    GENESIS,
    PURCHASES,
    Body,
    Event,
    OutboxReport,
    Rejection,
    StreamAck,
    Verdict,
    canonical,
    digest,
    schema_of,
)
from kiosk_app.ports import Clock, NewId
from offline_cache.sql import Connection, stamp
from offline_cache.store import Head, Store

_FRAME = len(b'{"events":[]}')
_CHAINS = "outbox/"
_Waiting = tuple[int, bytes]


class SqlOutbox:
    """Implements :class:`kiosk_app.ports.Outbox` in the store.

    ``sign`` gives hex of the device key's signature; ``mono`` is seconds of a clock that never goes back within
    ``boot_id``; ``clock_quality`` one of ``ntp``, ``server``, ``drifted``, ``unknown`` (C.17). ``lineage`` is added
    to every stream's name: a store that replaces a lost one begins at 1 again, and under the old names central
    would rightly call that a fork.
    """

    def __init__(
        self,
        store: Store,
        *,
        kiosk: str,
        boot_id: str,
        sign: Callable[[bytes], str],
        clock: Clock,
        mono: Callable[[], float],
        clock_quality: Callable[[], str],
        new_id: NewId,
        lineage: str = "",
    ) -> None:
        self._store, self._kiosk, self._boot_id, self._sign = store, kiosk, boot_id, sign
        self._clock, self._mono, self._quality, self._new_id = clock, mono, clock_quality, new_id
        self._lineage = f".{lineage}" if lineage else ""

    # --- in ---

    def append(self, reports: Sequence[tuple[str, Body]]) -> list[Event]:
        """Put an event per (stream, body) into the outbox, durably, in a transaction of its own (alarms)."""
        return self._store.transact(lambda connection: self.extend(connection, reports))

    def extend(self, connection: Connection, reports: Iterable[tuple[str, Body]]) -> list[Event]:
        """The same inside somebody's transaction."""
        return [self._put(connection, stream + self._lineage, body) for stream, body in reports]

    def _put(self, connection: Connection, stream: str, body: Body) -> Event:
        chain = chain_of(stream)
        head = self._store.heads.get(chain) or _head(connection, stream)
        event = self._event(stream, body, head)
        unsigned = canonical(event)
        event = msgspec.structs.replace(event, sig=self._sign(unsigned))
        data = msgspec.json.encode(event)
        if len(data) + _FRAME > BATCH_BYTES:
            raise ValueError(f"an event of {len(data)} bytes can never be sent")
        sealed = digest(event)
        if event.seq == 1:
            connection.execute("INSERT INTO base (chain, hash) VALUES (?, ?)", (chain, GENESIS))
        connection.execute(
            "INSERT INTO outbox (stream, seq, at, reference, event, hash) VALUES (?, ?, ?, ?, ?, ?)",
            (stream, event.seq, stamp(event.at_wall), event.body.get("reference"), data, sealed),
        )
        self._store.heads[chain] = event.seq, sealed
        return event

    def _event(self, stream: str, body: Body, head: Head) -> Event:
        schema, fields = schema_of(body)
        seq, prev = head
        return Event(
            schema=schema,
            kiosk=self._kiosk,
            boot_id=self._boot_id,
            stream=stream,
            seq=seq + 1,
            id=self._new_id(),
            at_wall=self._clock.now(),
            at_mono=self._mono(),
            clock_q=self._quality(),
            prev=prev,
            body=fields,
        )

    # --- out ---

    def pending(self, limit: int) -> list[Event]:
        """The oldest unacknowledged events across all streams, at most ``limit`` and at most one batch's bytes."""

        def work(connection: Connection) -> list[bytes]:
            waiting = [_waiting(connection, stream, limit) for stream in streams(connection)]
            return list(_fitting(islice(merge(*waiting), limit)))

        return [msgspec.json.decode(data, type=Event) for data in self._store.read(work)]

    def acknowledge(self, stream: str, ack: StreamAck) -> list[Verdict]:
        def work(connection: Connection) -> list[Verdict]:
            for rejection in ack.rejected:
                _keep_rejection(connection, stream, rejection)
            answered = {verdict.seq for verdict in ack.verdicts}
            silent = [rejection for rejection in ack.rejected if rejection.seq not in answered]
            refusals = [_refusal(connection, stream, rejection, self._clock.now()) for rejection in silent]
            news = [v for v in (*ack.verdicts, *refusals) if v is not None and _keep_verdict(connection, stream, v)]
            upto = min(ack.ack_seq, _head(connection, stream)[0])
            connection.execute("UPDATE base SET acked = ?1 WHERE chain = ?2 AND acked < ?1", (upto, chain_of(stream)))
            return news

        return self._store.transact(work)

    def verdict(self, reference: str) -> Verdict | None:
        sql = "SELECT verdict FROM answer WHERE reference = ? AND verdict NOT NULL ORDER BY stream, seq DESC LIMIT 1"
        row = self._store.read(lambda connection: connection.execute(sql, (reference,)).fetchone())
        return msgspec.json.decode(row[0], type=Verdict) if row else None

    def rejections(self) -> list[tuple[str, str | None, Rejection]]:
        """What central put into quarantine: (stream, payment reference, rejection). A person must look at each."""
        sql = "SELECT stream, reference, seq, rejected FROM answer WHERE rejected NOT NULL ORDER BY stream, seq"
        rows = self._store.read(lambda connection: connection.execute(sql).fetchall())
        return [(stream, reference, Rejection(seq=seq, code=code)) for stream, reference, seq, code in rows]

    def report(self) -> OutboxReport:
        def work(connection: Connection) -> OutboxReport:
            heads = {stream: _head(connection, stream) for stream in streams(connection)}
            waiting = {stream: heads[stream][0] - _acked(connection, stream) for stream in heads}
            oldest = [_oldest(connection, stream) for stream, count in waiting.items() if count]
            return OutboxReport(
                count=sum(waiting.values()),
                oldest_at=min(oldest, default=None),
                heads={stream: sealed for stream, (_, sealed) in heads.items()},
            )

        return self._store.read(work)

    def verify(self) -> list[str]:
        """What is missing or was changed among the events still kept, in words; empty if nothing."""
        return self._store.read(lambda connection: list(_faults(connection)))


def chain_of(stream: str) -> str:
    """The name of a stream's chain in ``base`` and in the store's heads."""
    return _CHAINS + stream


def streams(connection: Connection) -> list[str]:
    """Every stream there ever was."""
    return [
        chain[len(_CHAINS) :] for (chain,) in connection.execute("SELECT chain FROM base WHERE chain GLOB 'outbox/*'")
    ]


def _base(connection: Connection, stream: str) -> tuple[int, str, int]:
    row = connection.execute("SELECT seq, hash, acked FROM base WHERE chain = ?", (chain_of(stream),)).fetchone()
    return row or (0, GENESIS, 0)


def _acked(connection: Connection, stream: str) -> int:
    return _base(connection, stream)[2]


def _head(connection: Connection, stream: str) -> Head:
    sql = "SELECT seq, hash FROM outbox WHERE stream = ? ORDER BY seq DESC LIMIT 1"
    last: Head | None = connection.execute(sql, (stream,)).fetchone()
    return last or _base(connection, stream)[:2]


def _waiting(connection: Connection, stream: str, limit: int) -> Iterator[_Waiting]:
    sql = "SELECT position, event FROM outbox WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
    return iter(connection.execute(sql, (stream, _acked(connection, stream), limit)))


def _fitting(waiting: Iterable[_Waiting]) -> Iterator[bytes]:
    room = BATCH_BYTES - _FRAME
    for _, data in waiting:
        room -= len(data) + 1
        if room < -1:  # the last one has no comma
            return
        yield data


def _oldest(connection: Connection, stream: str) -> datetime:
    sql = "SELECT at FROM outbox WHERE stream = ? AND seq > ? ORDER BY seq LIMIT 1"
    (at,) = connection.execute(sql, (stream, _acked(connection, stream))).fetchone()
    return datetime.fromisoformat(at)


def _keep_verdict(connection: Connection, stream: str, verdict: Verdict) -> bool:
    """Keep the first verdict on an event of ours. One with another id answers somebody else's event."""
    sql = "SELECT event, reference FROM outbox WHERE stream = ? AND seq = ?"
    row = connection.execute(sql, (stream, verdict.seq)).fetchone()
    if row is None or msgspec.json.decode(row[0], type=Event).id != verdict.id:
        return False
    changed = connection.execute(
        "INSERT INTO answer (stream, seq, reference, verdict) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET verdict = excluded.verdict WHERE verdict IS NULL",
        (stream, verdict.seq, row[1], msgspec.json.encode(verdict)),
    ).rowcount
    return changed == 1


def _refusal(connection: Connection, stream: str, rejection: Rejection, now: datetime) -> Verdict | None:
    """A payment's report in quarantine will never be accepted: its money must go back, said or not."""
    sql = "SELECT event FROM outbox WHERE stream = ? AND seq = ?"
    row = connection.execute(sql, (stream, rejection.seq)).fetchone()
    event = msgspec.json.decode(row[0], type=Event) if row else None
    if event is None or event.schema not in PURCHASES:
        return None
    return Verdict(seq=event.seq, id=event.id, accepted=False, code=rejection.code, at=now)


def _keep_rejection(connection: Connection, stream: str, rejection: Rejection) -> None:
    connection.execute(
        "INSERT INTO answer (stream, seq, reference, rejected)"
        " SELECT stream, seq, reference, ? FROM outbox WHERE stream = ? AND seq = ?"
        " ON CONFLICT DO UPDATE SET rejected = excluded.rejected WHERE rejected IS NULL",
        (rejection.code, stream, rejection.seq),
    )


def _faults(connection: Connection) -> Iterator[str]:
    for stream in streams(connection):
        seq, prev, acked = _base(connection, stream)
        rows: Iterable[Any] = connection.execute(
            "SELECT seq, event, hash FROM outbox WHERE stream = ? ORDER BY seq", (stream,)
        )
        for at, data, kept in rows:
            if at != seq + 1:
                yield f"{stream}: events {seq + 1} to {at - 1} are missing"
            elif not _intact(data, at, prev, kept):
                yield f"{stream}: event {at} was changed, or the one before it"
            seq, prev = at, kept
        if seq < acked:
            yield f"{stream}: events {seq + 1} to {acked} are missing"


def _intact(data: bytes, seq: int, prev: str, kept: str) -> bool:
    try:
        event = msgspec.json.decode(data, type=Event)
    except msgspec.MsgspecError:
        return False
    return (event.seq, event.prev, digest(event)) == (seq, prev, kept)
