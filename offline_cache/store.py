"""One encrypted file holds what must survive: journal, outbox, answers (``architecture.md`` sections 3, 5).

SQLCipher with a raw key, WAL, synchronous FULL: what :meth:`Store.transact` returned is on the disk. Rules:

- A damaged, foreign or wrongly keyed file is never changed: it is examined read-only before it is opened.
- A full disk costs the ballast first (:mod:`offline_cache.ballast`), so that outcomes can still be written.
- After damage or an I/O error the store stays shut until the process starts again: an fsync that failed once
  must not be believed when repeated.
- Two processes may have it open (``kiosk books`` beside the kiosk); what one remembers of the chains' heads it
  forgets when the other has written.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TypeVar

from kiosk_app.errors import DiskFull, StoreCorrupt, StoreError, WrongKey
from offline_cache.ballast import MIB, Ballast
from offline_cache.keys import KEY_BYTES, check_id, write_id
from offline_cache.migrations import STEPS, migrate
from offline_cache.sql import Connection, Error, connect, leaf_of

Result = TypeVar("Result")
Head = tuple[int, str]
"""The newest seq of a chain and its hash."""


def open_store(path: Path, key: bytes, *, ballast: int = 2 * MIB, reserve: int = 32 * MIB) -> "Store":
    """Open the store in ``path`` or make a new one. Raises WrongKey, StoreCorrupt, DiskFull, StoreBusy."""
    if len(key) != KEY_BYTES:
        raise WrongKey(f"a key has {KEY_BYTES} bytes")
    load = Ballast(path.with_name(path.name + ".ballast"), size=ballast, reserve=reserve)
    try:
        return _open(path, key, load)
    except DiskFull:
        if not load.release():
            raise
        return _open(path, key, load)


def _open(path: Path, key: bytes, ballast: Ballast) -> "Store":
    identity = path.with_name(path.name + ".id")
    known = check_id(identity, key)
    exists = path.exists() and path.stat().st_size > 0
    if known and not exists:
        raise StoreCorrupt(f"{path} is gone, though {identity.name} says it was there")
    try:
        if exists:
            _examine(path, key)
        connection = connect(path, key, read_only=False)
    except (Error, MemoryError, OSError) as error:
        leaf = leaf_of(error, ballast.room)
        if isinstance(leaf, StoreCorrupt) and not known:
            leaf = StoreCorrupt(f"{path} is damaged, foreign, or of another key ({identity.name} is missing): {error}")
        raise leaf or error from error
    store = Store(connection, path, ballast)
    try:
        store.prepare()
        if not known:
            write_id(identity, key)
        with suppress(DiskFull):  # a full disk shuts the till, not the books
            ballast.hold()
    except BaseException:
        store.close()
        raise
    return store


def _examine(path: Path, key: bytes) -> None:
    """Read every page through its HMAC, changing nothing."""
    connection = connect(path, key, read_only=True)
    try:
        said = [row[0] for row in connection.execute("PRAGMA quick_check")]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    finally:
        connection.close()
    if said != ["ok"]:
        raise StoreCorrupt(f"{path}: {said[0]}")
    if version > len(STEPS):
        raise StoreCorrupt(f"{path} is of version {version}; this software knows {len(STEPS)}")


class Store:
    """The open file. Made by :func:`open_store`; used from one thread."""

    def __init__(self, connection: Connection, path: Path, ballast: Ballast) -> None:
        self._connection, self._path, self._ballast = connection, path, ballast
        self._name, self._inode = str(path), path.stat().st_ino
        self._generation = -1
        self._broken: StoreError | None = None
        self.heads: dict[str, Head] = {}
        """The newest committed row of each chain, as far as known: saves a query per append."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go. May be called twice; a damaged store closes as well as it can."""
        with suppress(Error, MemoryError):
            self._connection.close()

    def prepare(self) -> None:
        """Bring the tables up to date and check each page on the disk. For :func:`open_store`."""
        self._guarded(lambda: migrate(self._connection))
        # First the WAL goes into the file: a checkpoint cut short by a power loss may have left torn pages there.
        self._pragma("wal_checkpoint(TRUNCATE)")
        bad = self._pragma("cipher_integrity_check")
        if bad:
            raise StoreCorrupt(f"{self._path}: {bad[0][0]}")

    def ready(self) -> None:
        """Raise a StoreError while no money may be taken: damage, or no room for its outcome."""
        self._usable()
        self._ballast.hold()

    def read(self, work: Callable[[Connection], Result]) -> Result:
        """What ``work`` reads, in one consistent view if it is one statement."""
        self._usable()
        return self._guarded(lambda: work(self._connection))

    def transact(self, work: Callable[[Connection], Result]) -> Result:
        """Do ``work`` in one durable transaction, whole or not at all.

        On a full disk the ballast is given up and ``work`` is done again; it must bear being repeated.
        """
        self._usable()
        try:
            return self._guarded(lambda: self._attempt(work))
        except DiskFull:
            if not self._ballast.release():
                raise
            return self._guarded(lambda: self._attempt(work))

    def size(self) -> int:
        """Bytes of the file and its WAL."""
        wal = self._path.with_name(self._path.name + "-wal")
        return self._path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)

    def shrink(self) -> bool:
        """Give freed pages back and empty the WAL, so that deleted bytes are nowhere; False if a reader prevents it."""
        self._usable()
        self._pragma("incremental_vacuum")
        return bool(self._pragma("wal_checkpoint(TRUNCATE)")[0][0] == 0)

    def _attempt(self, work: Callable[[Connection], Result]) -> Result:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            generation = connection.execute("PRAGMA data_version").fetchone()[0]
            if generation != self._generation:  # another process has written
                self.heads.clear()
                self._generation = generation
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            self.heads.clear()
            with suppress(Error, MemoryError):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            raise
        return result

    def _guarded(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except (Error, MemoryError) as error:
            leaf = leaf_of(error, self._ballast.room)
            if leaf is None:
                raise
            if isinstance(leaf, StoreCorrupt):
                self._broken = leaf
            raise leaf from error

    def _pragma(self, pragma: str) -> list[Any]:
        return self._guarded(lambda: self._connection.execute(f"PRAGMA {pragma}").fetchall())

    def _usable(self) -> None:
        if self._broken is not None:
            raise StoreCorrupt(self._broken.detail)
        try:
            same = os.stat(self._name).st_ino == self._inode  # noqa: PTH116  # per entry, and five times faster
        except OSError:
            same = False
        if not same:
            self._broken = StoreCorrupt(f"{self._path} was removed or replaced while open")
            raise self._broken
