"""A full disk, a damaged file and a wrong key are three different things, and none of them loses an entry."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk_app.errors import DiskFull, StoreBusy, StoreCorrupt, StoreError, WrongKey
from offline_cache.keys import load_or_make_key
from offline_cache.sql import Connection
from offline_cache.store import open_store
from tests.offline_cache.books import KEY, moved, opened
from tests.offline_cache.full_disk import append_until_full

OTHER = bytes(reversed(KEY))
PAGE = 4096


# --- the key ---------------------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    key = load_or_make_key(tmp_path / "key")
    assert len(key) == 32
    assert load_or_make_key(tmp_path / "key") == key
    assert load_or_make_key(tmp_path / "another") != key
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", "key"]


def test_a_cut_off_key_file_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(KEY[:31])
    with pytest.raises(WrongKey):
        load_or_make_key(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == KEY[:31]


def test_a_wrong_key_is_called_so_and_changes_nothing(tmp_path: Path) -> None:
    store = used_store(tmp_path)
    assert_refused(store, WrongKey, key=OTHER)
    with opened(store) as books:
        assert len(books.journal.entries()) == 50


def test_a_wrong_key_for_a_damaged_file_is_still_a_wrong_key(tmp_path: Path) -> None:
    store = used_store(tmp_path)
    flip(store, 100)
    assert_refused(store, WrongKey, key=OTHER)


def test_a_lost_id_is_made_again_by_the_right_key(tmp_path: Path) -> None:
    store = used_store(tmp_path)
    (tmp_path / "store.id").unlink()
    with opened(store) as books:
        assert len(books.journal.entries()) == 50
    assert_refused(store, WrongKey, key=OTHER)


def test_without_its_id_nobody_pretends_to_know_what_is_wrong(tmp_path: Path) -> None:
    store = used_store(tmp_path)
    (tmp_path / "store.id").unlink()
    assert "damaged, foreign, or of another key" in assert_refused(store, StoreCorrupt, key=OTHER).detail


# --- damage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 20, PAGE - 1, PAGE + 7, -PAGE + 7, -1], ids=str)
def test_one_flipped_bit_anywhere_is_damage_and_the_file_is_kept(tmp_path: Path, place: int) -> None:
    store = used_store(tmp_path)
    flip(store, place)
    assert_refused(store, StoreCorrupt)


def _cut(store: Path) -> None:
    store.write_bytes(store.read_bytes()[: 3 * PAGE])


def _empty(store: Path) -> None:
    store.write_bytes(b"")


def _foreign(store: Path) -> None:
    store.unlink()
    with sqlite3.connect(store) as other:
        other.execute("CREATE TABLE somebody_elses (x)")
    other.close()


def _remove(store: Path) -> None:
    store.unlink()


def _damage_id(store: Path) -> None:
    store.with_name("store.id").write_text("{}")


@pytest.mark.parametrize("damage", [_cut, _empty, _foreign, _remove, _damage_id])
def test_a_store_that_is_not_what_was_left_is_never_replaced_by_an_empty_one(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    store = used_store(tmp_path)
    damage(store)
    assert_refused(store, StoreCorrupt)


def test_a_damaged_file_with_entries_in_its_log_is_not_touched_either(tmp_path: Path) -> None:
    with opened(used_store(tmp_path)) as books:
        books.journal.append("R1", "payment", "settled")
        crashed = tmp_path / "crashed"
        crashed.mkdir()
        for name in ("store", "store-wal", "store.id"):
            shutil.copy(tmp_path / name, crashed / name)
    flip(crashed / "store", 5 * PAGE + 9)
    assert_refused(crashed / "store", StoreCorrupt)


def test_a_store_of_newer_software_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.store.transact(lambda connection: connection.execute("PRAGMA user_version = 99").close())
    assert "version 99" in assert_refused(tmp_path / "store", StoreCorrupt).detail


def test_damage_met_while_open_shuts_the_store_until_the_next_start(tmp_path: Path) -> None:
    store = used_store(tmp_path)
    with opened(store) as books:
        books.store.read(lambda connection: connection.execute("PRAGMA shrink_memory").close())
        for page in range(3, store.stat().st_size // PAGE):
            flip(store, page * PAGE + 9)
        with pytest.raises(StoreCorrupt):
            books.journal.entries()
        with pytest.raises(StoreCorrupt):
            books.journal.ready()
        with pytest.raises(StoreCorrupt):
            books.journal.append("R1", "payment", "requested")


def test_a_store_removed_under_the_running_kiosk_closes_the_till(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.journal.append("R1", "payment", "requested")
        (tmp_path / "store").rename(tmp_path / "stolen")
        with pytest.raises(StoreCorrupt, match="removed or replaced"):
            books.journal.ready()
        with pytest.raises(StoreCorrupt):
            books.journal.append("R1", "payment", "approved")


def test_another_program_that_keeps_the_store_locked_is_named_as_that(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as mine, opened(tmp_path / "store") as other:
        mine.store.read(lambda connection: connection.execute("PRAGMA busy_timeout = 1").close())

        def try_meanwhile(connection: Connection) -> None:
            with pytest.raises(StoreBusy):
                mine.journal.append("R1", "payment", "requested")

        other.store.transact(try_meanwhile)
        assert mine.journal.append("R1", "payment", "requested").seq == 1


# --- no room ---------------------------------------------------------------------------------------------------


def test_when_the_file_may_not_grow_neither_entry_nor_event_is_written(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        limit = books.store.read(lambda c: c.execute("PRAGMA page_count").fetchone()[0]) + 3
        books.store.read(lambda c: c.execute(f"PRAGMA max_page_count = {limit}").fetchone())
        written = append_until_full(books)
        assert len(books.journal.entries()) == books.outbox.report().count == written > 0
        books.store.read(lambda c: c.execute("PRAGMA max_page_count = 100000").fetchone())
        assert books.journal.append("R1", "payment", "requested", reports=[moved("R1")]).seq == written + 1
        assert books.journal.verify() == books.outbox.verify() == []


def test_no_money_is_taken_below_the_reserve(tmp_path: Path) -> None:
    with opened(tmp_path / "store", reserve=1 << 60) as books:
        with pytest.raises(DiskFull):
            books.journal.ready()
        books.journal.append("R1", "payment", "approved")


def test_on_a_full_disk_the_outcome_is_still_written_and_the_till_opens_again_with_room(tmp_path: Path) -> None:
    inside = (
        f'mount -t tmpfs -o size=8m none "{tmp_path}" && exec "{sys.executable}" -m tests.offline_cache.full_disk "$0"'
    )
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", inside, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip(f"this machine allows no private mount: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "ready at first": "yes",
        "ready when full": "DiskFull",
        "outcome written": ["requested", "approved"],
        "ballast after the outcome": False,
        "lost": 0,
        "events": 0,
        "faults": [],
        "ready after room returned": "yes",
        "ballast after room returned": 1 << 20,
        "reopened on the full disk": 0,
        "ready when reopened": "DiskFull",
    }


# --- helpers ---------------------------------------------------------------------------------------------------


def used_store(tmp_path: Path) -> Path:
    """A store of a few pages, closed."""
    with opened(tmp_path / "store") as books:
        for number in range(50):
            books.journal.append(f"R{number}", "payment", "approved", {"amount": 100}, reports=[moved(f"R{number}")])
    return tmp_path / "store"


def flip(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place, 0 if place >= 0 else 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))


def assert_refused(store: Path, leaf: type[StoreError], *, key: bytes = KEY) -> StoreError:
    """Opening raises exactly ``leaf`` and changes no byte of what was there."""
    before = picture(store.parent)
    with pytest.raises(StoreError) as caught:
        open_store(store, key)
    assert type(caught.value) is leaf
    assert picture(store.parent) == before
    return caught.value


def picture(place: Path) -> dict[str, bytes]:
    """Every file but the ballast, SQLite's shared memory and an empty log."""
    files = {path.name: path.read_bytes() for path in place.iterdir() if path.is_file()}
    ours = {"store.ballast", "store-shm"} | ({"store-wal"} if not files.get("store-wal") else set())
    return {name: data for name, data in files.items() if name not in ours}
