"""Central's tables, and the one way to read and write them.

Rules. One writer at a time (SQLite has only one anyway; a lock makes the others wait in line instead of
failing, and those who wait share one commit). ``synchronous=FULL`` in WAL mode, so that a committed transaction
survives a power cut: the commit is the acknowledgement (C.10). The department's tables stand apart from the
fleet's: nothing joins across. Presence has its own narrow table and no index on last seen, so that a heartbeat
touches one small row.
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

# --- the fleet ---

kiosk = sa.Table(
    "kiosk",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("site", sa.String, nullable=False),
    sa.Column("public_key", sa.Text, nullable=False),  # PEM; events are verified with it
    sa.Column("enrolled_at", Utc, nullable=False),
    sa.Column("revoked_at", Utc),
)

enrolment = sa.Table(
    "enrolment",
    metadata,
    sa.Column("selector", sa.String, primary_key=True),  # first 4 characters of the code; not secret
    sa.Column("keyed_hash", sa.String, nullable=False),
    sa.Column("site", sa.String, nullable=False),
    sa.Column("number", sa.String, nullable=False, unique=True),  # the machine's eight digits
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("used_at", Utc),
    sa.Column("kiosk", sa.String),
    sa.Column("public_key", sa.Text),
    sa.Column("certificate", sa.Text),
)

presence = sa.Table(
    "presence",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("report", sa.LargeBinary, nullable=False),  # the heartbeat as it came
)

alarm = sa.Table(
    "alarm",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("component", sa.String, primary_key=True),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("since", Utc, nullable=False),
    sa.Column("detail", sa.String, nullable=False),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("id", sa.String, nullable=False),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("schema", sa.String, nullable=False),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("quarantine", sa.String, nullable=False),  # "" or why it has no effect
    sa.Column("verdict", sa.LargeBinary),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Index("event_id", "kiosk", "id"),
)

fork = sa.Table(
    "fork",
    metadata,
    sa.Column("kiosk", sa.String, primary_key=True),
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("verdict", sa.LargeBinary),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)

# --- reported payments, whatever was bought ---

payment = sa.Table(
    "payment",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),  # the running number, for vouchers
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("reference", sa.String, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("paid", sa.LargeBinary),  # the report as it came; none when only a reversal arrived
    sa.Column("at", Utc, nullable=False),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("voucher", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),  # the last state the kiosk reported
    sa.UniqueConstraint("kiosk", "reference", name="one_payment_per_reference"),
)

# --- the traffic department ---

vehicle = sa.Table(
    "traffic_vehicle",
    metadata,
    sa.Column("plate", sa.String, primary_key=True),
    sa.Column("plate_kind", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False, index=True),  # ID number
)

decision = sa.Table(
    "traffic_decision",
    metadata,
    sa.Column("base", sa.String, primary_key=True),  # the first 15 digits; a citizen may type only these
    sa.Column("number", sa.String, nullable=False, unique=True),
    sa.Column("id_number", sa.String, nullable=False, index=True),  # "" for a record that nobody has handled
    sa.Column("at", Utc, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sa.Column("plate", sa.String, nullable=False, index=True),
    sa.Column("plate_kind", sa.String, nullable=False),
    sa.Column("code", sa.String, nullable=False),
    sa.Column("what", sa.String, nullable=False),
    sa.Column("what_en", sa.String, nullable=False),
    sa.Column("points", sa.Integer, nullable=False),
    sa.Column("fine", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.String, nullable=False),
    sa.Column("decided_on", sa.Date),  # none: a camera record that is not handled yet
    sa.Column("licence_measures", sa.Boolean, nullable=False),
    sa.Column("voucher", sa.String, nullable=False),  # "" while open
)

# --- the signed catalogue ---

catalogue = sa.Table(
    "catalogue",
    metadata,
    sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("published_at", Utc, nullable=False),
)

# --- payment by code ---

order = sa.Table(
    "payment_order",
    metadata,
    sa.Column("reference", sa.String, primary_key=True),  # the payment's, and the provider's out_trade_no
    sa.Column("kiosk", sa.String, nullable=False),  # whose it is
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),  # fen; 0: closed before it was heard of
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("word", sa.String, nullable=False),  # the provider's own for the state
    sa.Column("code", sa.String, nullable=False),
    sa.Column("transaction", sa.String, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("expires_at", Utc, nullable=False),
    sa.Column("paid_at", Utc),  # when central learned of it
    sa.Column("refund_wanted_at", Utc),  # written before the provider is asked
    sa.Column("reported", sa.String, nullable=False),  # what the kiosk last said became of the payment
    sa.Column("day", sa.Integer),  # the day's end that counted it
    sa.Column("refunded_by", sa.String, nullable=False),  # a person, if it was one
)

day = sa.Table(
    "day_end",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("kiosk", sa.String, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("closed", sa.LargeBinary, nullable=False),  # the kiosk's report as it came
    sa.Column("order_count", sa.Integer, nullable=False),  # central's own column for code payments
    sa.Column("order_amount", sa.BigInteger, nullable=False),
)


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

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A consistent view."""
        if self._alone:  # one connection for everybody: a reader would be inside the writer's transaction
            with self._lock, self._engine.begin() as connection:
                yield connection
            return
        with self._engine.begin() as connection:
            yield connection
