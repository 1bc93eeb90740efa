"""Central's database: one set of tables, wherever they are written down, and the one way to read and write them.

Rules. One writer at a time (SQLite has only one anyway; a lock makes the others wait in line instead of
failing, and those who wait share one commit). ``synchronous=FULL`` in WAL mode, so that a committed transaction
survives a power cut: the commit is the acknowledgement (C.10).
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

Result = TypeVar("Result")


class Utc(sa.TypeDecorator[datetime]):
    """Aware times in UTC, also in databases that forget the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


metadata = sa.MetaData()

# --- engines ---


def _prepare(engine: sa.Engine) -> sa.Engine:
    """Take transactions away from the driver, which begins them late and lets two readers become writers."""

    @sa.event.listens_for(engine, "connect")
    def _connect(driver: Any, _record: Any) -> None:
        driver.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "secure_delete=ON"):
            driver.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


def memory_engine(content: bytes = b"") -> sa.Engine:
    """A database that lives as long as the engine, with its tables: for the worlds.

    ``content``: what :func:`content_of` said of another one; it begins as that one was.
    """
    engine = _prepare(sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}))
    if content:
        with engine.connect() as connection:
            _driver(connection).deserialize(content)
    else:
        metadata.create_all(engine)
    return engine


def content_of(engine: sa.Engine) -> bytes:
    """The whole database of a :func:`memory_engine`."""
    with engine.connect() as connection:
        content: bytes = _driver(connection).serialize()
    return content


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection


def file_engine(path: Path) -> sa.Engine:
    """The database in a file, brought up to date by the migrations."""
    from central.migrations import upgrade  # noqa: PLC0415 - the worlds need no migrations and start without them

    path.parent.mkdir(parents=True, exist_ok=True)
    engine = _prepare(sa.create_engine(f"sqlite:///{path}"))
    upgrade(engine)
    return engine


@dataclass
class _Job:
    """One caller's part of a shared transaction."""

    work: Callable[[sa.Connection], Any]
    done: bool = False
    result: Any = None
    failure: BaseException | None = None

    def run(self, connection: sa.Connection) -> None:
        try:
            with connection.begin_nested():
                self.result = self.work(connection)
        except Exception as failure:
            self.failure = failure


class Store:
    """Reads beside each other, writes one after the other; writes that wait share the next commit."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(immediate=True)
        self._lock = threading.RLock()
        self._waiting: deque[_Job] = deque()
        self._alone = isinstance(engine.pool, StaticPool)

    def commit(self, work: Callable[[sa.Connection], Result]) -> Result:
        """Do ``work`` in a transaction; durable when this returns, undone when it raises.

        While one caller waits for the disk, others queue up; the first of them does the work of all in one
        transaction, each in its savepoint, so that the disk is waited for once.
        """
        job = _Job(work)
        self._waiting.append(job)
        with self._lock:
            if not job.done:
                self._together([self._waiting.popleft() for _ in range(len(self._waiting))])
        if job.failure is not None:
            raise job.failure
        result: Result = job.result
        return result

    def _together(self, jobs: list[_Job]) -> None:
        try:
            with self._writer.begin() as connection:
                for job in jobs:
                    job.run(connection)
        except BaseException as failure:  # nothing of anybody is durable
            for job in jobs:
                job.failure = failure
        for job in jobs:
            job.done = True

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction of one's own; durable when the block is left, undone when it raises."""
        with self._lock, self._writer.begin() as connection:
            yield connection

    def overwrite(self) -> bool:
        """Empty the log of the database, in which what was deleted still stands; False if a reader was in the way."""
        with self._lock:
            raw = self._engine.raw_connection()
            try:
                [(busy, *_)] = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                raw.close()
        return not busy

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A consistent view."""
        if self._alone:  # one connection for everybody: a reader would be inside the writer's transaction
            with self._lock, self._engine.begin() as connection:
                yield connection
            return
        with self._engine.begin() as connection:
            yield connection
