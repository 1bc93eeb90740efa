"""SQLCipher through the standard library's interface, and its failures as ours: the one seam of the room.

``sqlcipher3`` is a build of Python's own ``sqlite3`` module against SQLCipher, without types.
"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as sqlcipher

from kiosk_app.errors import DiskFull, StoreBusy, StoreCorrupt, StoreError

if TYPE_CHECKING:
    Connection = sqlite3.Connection
    Error = sqlite3.Error
else:
    Connection = sqlcipher.Connection
    Error = sqlcipher.Error

_NO_FILE = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_DAMAGE = _NO_FILE | {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM}
UNTOLD = "SQL logic error"
"""SQLite's words for an error that has none of its own: SQLCipher's, at a page it cannot authenticate."""

_PRAGMAS = (
    "busy_timeout = 2000",
    "auto_vacuum = INCREMENTAL",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "temp_store = MEMORY",
)


def stamp(at: datetime) -> str:
    """A time as the tables keep it: UTC and of one length, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def connect(path: Path, key: bytes, *, read_only: bool) -> Connection:
    """A connection that has proven its key. Read-only, it changes not a byte, not even by recovering a WAL."""
    mode = "ro" if read_only else "rwc"
    connection: Connection = sqlcipher.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE").fetchall()  # its log goes to stderr; ours is the leaf
        connection.execute("PRAGMA cipher_memory_security = ON").fetchall()
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"").fetchall()
        connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        for pragma in () if read_only else _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def leaf_of(error: Error | MemoryError | OSError, room: Callable[[], bool]) -> StoreError | None:
    """What the citizen and the operator are told of ``error``; None for a mistake of ours, which stays what it is.

    ``room`` tells whether a small file can still be written: SQLite says IOERR as well when its shared memory
    cannot grow or a quota is used up.
    """
    if not isinstance(error, Error):
        # After a page that does not decrypt, SQLCipher answers every further statement with NOMEM.
        return StoreCorrupt(f"the store can no longer be read: {error!r}")
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or (code in _NO_FILE and not room()):
        return DiskFull(str(error))
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreBusy(str(error))
    if code in _DAMAGE or (code == sqlite3.SQLITE_ERROR and str(error) == UNTOLD):
        return StoreCorrupt(f"{error} ({getattr(error, 'sqlite_errorname', '')})")
    return None
