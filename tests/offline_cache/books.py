"""A store with journal and outbox as the tests use it: a clock that can be set, ids that count, a readable seal."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from kiosk_app.contract import Event, FinesPaid, PaidItem, PaymentMoved, Verdict
from offline_cache.journal import SqlJournal
from offline_cache.outbox import SqlOutbox
from offline_cache.store import Store, open_store

KEY = bytes(range(32))
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@dataclass
class SetClock:
    """A wall clock that only the test moves."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def go(self, **more: float) -> None:
        self.at += timedelta(**more)


@dataclass
class Books:
    """What survives, opened."""

    store: Store
    journal: SqlJournal
    outbox: SqlOutbox
    clock: SetClock = field(default_factory=SetClock)


def seal(data: bytes) -> str:
    """Stands for the device key: shows that exactly these bytes were signed."""
    return hashlib.sha256(b"device key" + data).hexdigest()


def write_up(store: Store, clock: SetClock | None = None, ids: Iterator[int] | None = None, lineage: str = "") -> Books:
    """Journal and outbox over ``store``."""
    clock, numbers = clock or SetClock(), ids or count(1)
    outbox = SqlOutbox(
        store,
        kiosk="kiosk-1",
        boot_id="boot-1",
        sign=seal,
        clock=clock,
        mono=lambda: 12.5,
        clock_quality=lambda: "server",
        new_id=lambda: f"id-{next(numbers)}",
        lineage=lineage,
    )
    return Books(store, SqlJournal(store, outbox, clock), outbox, clock)


@contextmanager
def opened(
    path: Path, *, key: bytes = KEY, clock: SetClock | None = None, reserve: int = 1 << 20, lineage: str = ""
) -> Iterator[Books]:
    """The books in ``path``, closed at the end."""
    with open_store(path, key, reserve=reserve) as store:
        yield write_up(store, clock, lineage=lineage)


def moved(reference: str, state: str = "approved", amount: int = 20_000) -> tuple[str, PaymentMoved]:
    """A report for the stream of payments."""
    return "pay", PaymentMoved(reference=reference, state=state, amount=amount)


def paid(reference: str) -> tuple[str, FinesPaid]:
    """The report that central answers with a verdict."""
    item = PaidItem(number="1101011234567890", fine=20_000, late_fee=0)
    body = FinesPaid(
        reference=reference, amount=20_000, items=[item], paid_at=NOON, trace=7, receipt_no=8, terminal_id="T1"
    )
    return "pay", body


def yes(event: Event, voucher: str = "V-1") -> Verdict:
    """Central accepts ``event``."""
    return Verdict(seq=event.seq, id=event.id, accepted=True, voucher=voucher, at=NOON)


def tamper(books: Books, sql: str) -> None:
    """What somebody with the key could do behind the journal's back."""
    books.store.transact(lambda connection: connection.execute(sql).close())
