"""Proofs that were handed out, for whoever lost theirs: beside the journal, and forgotten long before it.

The journal is kept for years, is chained, and names nobody: what is in it cannot be forgotten one by one. A proof says
what somebody paid for, so it stands apart, for as long as events stay (:mod:`offline_cache.retention`). Whose it is
stands as a salted digest of the identity number: two proofs of one person are not seen to be of one, and a card tells
its own. It is no secret for who has the store's key and patience: numbers can be tried out. The key is what keeps it.
"""

import hashlib
import hmac
import os
from datetime import datetime, timedelta
from typing import Final

import msgspec

from kiosk_app.ports import KeptProof
from offline_cache.sql import Connection, stamp
from offline_cache.store import Store

KEEP: Final = timedelta(days=35)
SALT: Final = 16
_Row = tuple[str, str, bytes, bytes]
"""reference, at, whose, body."""
_COLUMNS: Final = "SELECT reference, at, whose, body FROM proof"


class SqlProofs:
    """Implements :class:`kiosk_app.ports.ProofShelf` in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, proof: KeptProof, number: str) -> None:
        self._store.ready()  # money goes first: what is left of a full disk is not for this
        body = msgspec.json.encode(proof)
        row = (proof.reference, stamp(proof.at), _digest(os.urandom(SALT), number) if number else b"", body)
        self._store.transact(
            lambda connection: connection.execute("INSERT OR REPLACE INTO proof VALUES (?, ?, ?, ?)", row)
        )

    def of_holder(self, number: str) -> list[KeptProof]:
        rows = self._rows(f"{_COLUMNS} WHERE whose != x'' ORDER BY at DESC")
        return [_proof(row) for row in rows if hmac.compare_digest(row[2], _digest(row[2][:SALT], number))]

    def of_nobody(self, reference: str) -> KeptProof | None:
        rows = self._rows(f"{_COLUMNS} WHERE whose = x'' AND reference = ?", reference)
        return next((_proof(row) for row in rows), None)

    def held(self, reference: str) -> bool:
        return bool(self._rows(f"{_COLUMNS} WHERE whose != x'' AND reference = ?", reference))

    def _rows(self, sql: str, *given: str) -> list[_Row]:
        return self._store.read(lambda connection: connection.execute(sql, given).fetchall())


def forget(connection: Connection, now: datetime) -> int:
    """Delete what is old enough; how many that was.

    What a clock that was ahead has written is counted from now: else it would stay until that time has come.
    """
    connection.execute("UPDATE proof SET at = ?1 WHERE at > ?1", (stamp(now),))
    return connection.execute("DELETE FROM proof WHERE at < ?", (stamp(now - KEEP),)).rowcount


def _digest(salt: bytes, number: str) -> bytes:
    return salt + hashlib.sha256(salt + number.encode()).digest()


def _proof(row: _Row) -> KeptProof:
    return msgspec.json.decode(row[3], type=KeptProof)
