"""SQLCipher through the standard library's interface, and its failures as ours: the one seam of the room.

``sqlcipher3`` is a build of Python's own ``sqlite3`` module against SQLCipher, without types.
"""

import sqlite3
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

NO_ROOM = 64 * 1024
"""With less free than this, an I/O error means a full disk: SQLite says IOERR when its shared memory cannot grow."""

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


def leaf_of(error: Error | MemoryError | OSError, free: int) -> StoreError | None:
    """What the citizen and the operator are told of ``error``; None for a mistake of ours, which stays what it is."""
    if not isinstance(error, Error):
        # After a page that does not decrypt, SQLCipher answers every further statement with NOMEM.
        return StoreCorrupt(f"the store can no longer be read: {error!r}")
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return DiskFull(str(error))
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN if free < NO_ROOM:
            return DiskFull(str(error))
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy(str(error))
        case (
            sqlite3.SQLITE_CORRUPT
            | sqlite3.SQLITE_NOTADB
            | sqlite3.SQLITE_IOERR
            | sqlite3.SQLITE_CANTOPEN
            | sqlite3.SQLITE_READONLY
            | sqlite3.SQLITE_NOMEM
        ):
            return StoreCorrupt(f"{error} ({getattr(error, 'sqlite_errorname', '')})")
    return None
