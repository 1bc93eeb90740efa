"""What is old goes for good, and the chains go on as if it were still there."""

from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kiosk_app.contract import StreamAck, digest
from offline_cache.retention import Deleted, Retention
from tests.offline_cache.books import KEY, Books, SetClock, moved, opened, paid, yes

PAGE, RESERVE = 4096, 80
CANARY = "CANARY-REFERENCE-0042"


def test_acknowledged_events_go_after_35_days_and_the_chain_continues(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books:
        books.outbox.append([moved("R1"), moved("R2"), moved("R3")])
        third = books.outbox.pending(9)[2]
        books.outbox.acknowledge("pay", StreamAck(ack_seq=3))
        clock.go(days=35)
        assert run(books).events == {}
        clock.go(seconds=1)
        assert run(books).events == {"pay": (1, 3)}
        assert run(books).events == {}
    with opened(tmp_path / "store", clock=clock) as books:
        assert books.outbox.report().heads == {"pay": digest(third)}
        books.outbox.append([moved("R4")])
        (event,) = books.outbox.pending(9)
        assert (event.seq, event.prev) == (4, digest(third))
        assert books.outbox.verify() == []


def test_an_event_central_does_not_have_is_never_deleted_however_old(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books:
        books.outbox.append([moved("R1"), moved("R2"), moved("R3")])
        books.outbox.acknowledge("pay", StreamAck(ack_seq=1))
        clock.go(days=4000)
        assert run(books).events == {"pay": (1, 1)}
        assert [event.seq for event in books.outbox.pending(9)] == [2, 3]
        assert books.outbox.verify() == []


def test_only_the_old_beginning_goes_when_the_clock_once_ran_ahead(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books:
        for days in (0, 100, -100):
            clock.go(days=days)
            books.outbox.append([moved("R")])
        books.outbox.acknowledge("pay", StreamAck(ack_seq=3))
        clock.go(days=40)
        assert run(books).events == {"pay": (1, 1)}
        assert books.outbox.verify() == []


def test_a_verdict_goes_with_its_event(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books:
        books.outbox.append([paid("R1")])
        (event,) = books.outbox.pending(1)
        books.outbox.acknowledge("pay", StreamAck(ack_seq=1, verdicts=[yes(event)]))
        clock.go(days=36)
        run(books)
        assert books.outbox.verdict("R1") is None


def test_the_journal_is_kept_five_years_and_goes_on_counting(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books:
        books.journal.append("R1", "payment", "settled")
        clock.go(days=5 * 365)
        assert run(books).entries is None
        books.journal.append("R2", "payment", "settled")
        clock.go(days=10)
        assert run(books).entries == (1, 1)
        assert [entry.reference for entry in books.journal.entries()] == ["R2"]
        clock.go(days=5 * 370)
        assert run(books).entries == (2, 2)
    with opened(tmp_path / "store", clock=clock) as books:
        assert books.journal.entries() == []
        assert books.journal.append("R3", "payment", "requested").seq == 3
        assert books.journal.verify() == []


def test_a_clock_nobody_vouches_for_deletes_nothing(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books:
        books.journal.append("R1", "payment", "settled")
        clock.go(days=10_000)
        for quality in ("drifted", "unknown"):
            assert run(books, quality) == Deleted(refused=f"the clock is {quality}")
        assert len(books.journal.entries()) == 1


def test_what_was_deleted_is_in_no_page_even_for_one_who_has_the_key(tmp_path: Path) -> None:
    clock = SetClock()
    store = tmp_path / "store"
    with opened(store, clock=clock) as books:
        for _ in range(200):
            books.journal.append(CANARY, "payment", "approved", {"note": CANARY * 5}, reports=[moved(CANARY)])
        books.journal.append("R2", "payment", "approved")
        assert b"R2" in decrypted(store)
        assert CANARY.encode() in decrypted(store), "the probe sees what is there"
        books.outbox.acknowledge("pay", StreamAck(ack_seq=200))
        clock.go(days=2000)
        books.journal.append("R3", "payment", "approved")
        deleted = run(books)
        assert deleted.entries == (1, 201)
        assert deleted.wiped
        assert deleted.freed > 100_000
        assert b"R3" in decrypted(store)
        assert CANARY.encode() not in decrypted(store)


def test_a_reader_that_keeps_old_bytes_alive_is_told(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books, opened(tmp_path / "store") as reader, ExitStack() as held:
        books.store.read(lambda connection: connection.execute("PRAGMA busy_timeout = 1").close())
        books.journal.append("R1", "payment", "settled")
        slow = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 9) SELECT * FROM n, journal"
        rows = reader.store.read(lambda connection: connection.execute(slow))
        held.callback(rows.close)
        next(rows)
        clock.go(days=10_000)
        books.journal.append("R2", "payment", "settled")
        assert not run(books).wiped
        rows.close()
        assert run(books).wiped


def run(books: Books, quality: str = "server") -> Deleted:
    return Retention(books.store, books.clock, lambda: quality, keep_events=timedelta(days=35)).run()


def decrypted(store: Path) -> bytes:
    """Every page of file and log, decrypted as SQLCipher 4 does: AES-256-CBC, the IV in the page's reserve."""
    data, log = store.read_bytes(), store.with_name(store.name + "-wal").read_bytes()[32:]
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    pages += [log[at + 24 : at + 24 + PAGE] for at in range(0, len(log), PAGE + 24)]
    return b"".join(_page(page, 16 if page[:16] == data[:16] else 0) for page in pages)


def _page(page: bytes, start: int) -> bytes:
    iv = page[PAGE - RESERVE : PAGE - RESERVE + 16]
    cipher = Cipher(algorithms.AES(KEY), modes.CBC(iv)).decryptor()
    return cipher.update(page[start : PAGE - RESERVE]) + cipher.finalize()
