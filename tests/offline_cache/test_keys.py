"""A store says which store it is."""

from pathlib import Path

import pytest

from kiosk_app.errors import StoreCorrupt
from offline_cache.keys import lineage
from offline_cache.store import open_store
from tests.offline_cache.books import KEY, moved, opened


def test_a_store_that_replaces_a_lost_one_has_another_lineage(tmp_path: Path) -> None:
    seen = set()
    for name in ("first", "second"):
        with open_store(tmp_path / name, KEY):
            seen.add(lineage(tmp_path / f"{name}.id"))
            assert lineage(tmp_path / f"{name}.id") == lineage(tmp_path / f"{name}.id")
    assert len(seen) == 2
    assert all(len(mark) == 4 for mark in seen)


def test_a_store_without_a_readable_id_has_no_lineage(tmp_path: Path) -> None:
    (tmp_path / "id").write_bytes(b"rubbish")
    with pytest.raises(StoreCorrupt):
        lineage(tmp_path / "id")


def test_streams_carry_the_lineage_so_that_a_new_store_does_not_fork_the_old_ones(tmp_path: Path) -> None:
    with opened(tmp_path / "store", lineage="ab12") as books:
        books.journal.append("R1", "payment", "approved", reports=[moved("R1")])
        assert [event.stream for event in books.outbox.pending(9)] == ["pay.ab12"]
