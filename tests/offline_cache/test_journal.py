"""What was intended and what became of it is there afterwards, whole and in order."""

from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path

import pytest

from kiosk_app.ports import Entry
from offline_cache import journal
from offline_cache.sql import Connection
from tests.offline_cache.books import NOON, Books, moved, opened, tamper


def test_an_entry_is_read_back_after_a_restart_exactly_as_it_was_returned(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        written = books.journal.append("R1", "payment", "requested", {"amount": 20_000, "items": ["决定书"]})
    assert written == Entry(1, NOON, "R1", "payment", "requested", {"amount": 20_000, "items": ["决定书"]})
    with opened(tmp_path / "store") as books:
        assert books.journal.entries() == [written]


def test_entries_are_found_by_reference_by_kind_and_by_both(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        write = books.journal.append
        one, two = write("R1", "payment", "requested"), write("R1", "print", "sent")
        three, four = write("R2", "payment", "requested"), write("R1", "payment", "approved")
        entries = books.journal.entries
        assert entries(reference="R1") == [one, two, four]
        assert entries(kind="payment") == [one, three, four]
        assert entries(reference="R1", kind="print") == [two]
        assert entries(reference="nobody") == entries(kind="nothing") == []


def test_latest_gives_each_reference_once_in_the_order_of_its_newest_entry(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        for reference, state in (("R1", "requested"), ("R2", "requested"), ("R1", "approved")):
            books.journal.append(reference, "payment", state)
        books.journal.append("R1", "print", "sent")
        assert [(e.reference, e.state) for e in books.journal.latest("payment")] == [
            ("R2", "requested"),
            ("R1", "approved"),
        ]


def test_a_reference_is_searched_in_the_index_not_through_years_of_entries(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        for sql, given in ((journal._OF_REFERENCE, (0, "R")), (journal._OF_BOTH, (0, "R", "payment"))):
            plan = books.store.read(partial(explain, sql, given))
            assert not [step for step in plan if step.startswith("SCAN journal")], plan


def test_entry_and_report_are_both_there_or_neither(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.journal.append("R1", "payment", "approved", reports=[moved("R1")])
        with pytest.raises(ValueError, match="can never be sent"):
            books.journal.append("R2", "payment", "approved", reports=[moved("R2"), moved("R2" * 600_000)])
        assert [e.reference for e in books.journal.entries()] == ["R1"]
        assert [e.body["reference"] for e in books.outbox.pending(10)] == ["R1"]
        books.journal.append("R3", "payment", "approved", reports=[moved("R3")])
        assert [e.seq for e in books.outbox.pending(10)] == [1, 2]
        assert_sound(books)


def test_a_changed_entry_is_found(tmp_path: Path) -> None:
    with three_entries(tmp_path) as books:
        tamper(books, "UPDATE journal SET body = '{\"amount\":1}' WHERE seq = 2")
        assert books.journal.verify() == ["entry 2 was changed, or the one before it"]


def test_an_entry_changed_together_with_its_hash_is_found_at_the_next(tmp_path: Path) -> None:
    with three_entries(tmp_path) as books:
        tamper(books, "UPDATE journal SET hash = '00' WHERE seq = 3")
        assert books.journal.verify() == ["entry 3 was changed, or the one before it"]
        tamper(books, "UPDATE journal SET state = 'declined', hash = '00' WHERE seq = 1")
        assert "entry 2 was changed, or the one before it" in books.journal.verify()


def test_what_is_over_is_left_out_and_the_very_last_is_found(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        for reference, states in (("R1", ("requested", "settled")), ("R2", ("requested",)), ("R3", ("intended",))):
            for state in states:
                books.journal.append(reference, "payment", state)
        open_ones = books.journal.latest("payment", leaving_out={"settled"})
        assert [entry.reference for entry in open_ones] == ["R2", "R3"]
        assert [entry.seq for entry in books.journal.entries(kind="payment", after=2)] == [3, 4]
        newest = books.journal.newest("payment")
        assert newest is not None
        assert newest.reference == "R3"
        assert books.journal.newest("day") is None


@pytest.mark.parametrize("removed", [1, 2, 3])
@pytest.mark.parametrize("restart", [False, True])
def test_a_removed_entry_is_found_even_the_last_and_its_number_is_not_used_again(
    tmp_path: Path, removed: int, restart: bool
) -> None:
    with ExitStack() as stack:
        books = stack.enter_context(three_entries(tmp_path))
        if not restart:
            books.journal.append("R2", "payment", "requested")
            removed += 1
        last = 3 if restart else 4
        tamper(books, f"DELETE FROM journal WHERE seq = {removed}")
        if restart:
            stack.close()
            books = stack.enter_context(opened(tmp_path / "store"))
        missing = [f"entries {removed} to {removed} are missing"]
        assert books.journal.verify() == missing
        assert books.journal.append("R9", "payment", "requested").seq == last + 1
        assert books.journal.verify() == missing


def test_two_programs_may_write_and_no_chain_forks(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as kiosk, opened(tmp_path / "store") as office:
        for turn in range(6):
            books = (kiosk, office)[turn % 2]
            assert books.journal.append(f"R{turn}", "payment", "approved", reports=[moved(f"R{turn}")]).seq == turn + 1
        assert_sound(kiosk)
        assert [e.seq for e in office.outbox.pending(10)] == [1, 2, 3, 4, 5, 6]


def explain(sql: str, given: tuple[str | int, ...], connection: Connection) -> list[str]:
    return [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + sql, given)]


def three_entries(tmp_path: Path) -> AbstractContextManager[Books]:
    with opened(tmp_path / "store") as books:
        for state in ("requested", "approved", "settled"):
            books.journal.append("R1", "payment", state, {"amount": 20_000})
    return opened(tmp_path / "store")


def assert_sound(books: Books) -> None:
    assert books.journal.verify() == books.outbox.verify() == []
