"""A machine whose disk fills up while it takes money; run by ``test_store.py`` inside a tmpfs of 8 MB of its own.

Prints what it saw as JSON: a real ENOSPC, so nothing of the store is replaced.
"""

import json
import sys
from pathlib import Path

from kiosk_app.errors import DiskFull
from offline_cache.store import open_store
from tests.offline_cache.books import KEY, Books, moved, write_up

MIB = 1 << 20


def main(place: Path) -> dict[str, object]:
    seen: dict[str, object] = {}
    with small_store(place) as store:
        books = write_up(store)
        books.journal.append("R1", "payment", "requested", reports=[moved("R1")])
        seen["ready at first"] = ready(books)
        fill(place)
        seen["ready when full"] = ready(books)
        books.journal.append("R1", "payment", "approved", reports=[moved("R1")])
        seen["outcome written"] = [entry.state for entry in books.journal.entries()]
        seen["ballast after the outcome"] = (place / "store.ballast").exists()
        written = append_until_full(books) + 2
        seen["lost"] = written - [entry.seq for entry in books.journal.entries()][-1]
        seen["events"] = books.outbox.report().count - written
        seen["faults"] = books.journal.verify() + books.outbox.verify()
        (place / "filler").unlink()
        seen["ready after room returned"] = ready(books)
        seen["ballast after room returned"] = (place / "store.ballast").stat().st_size
        fill(place)
    with small_store(place) as store:
        books = write_up(store)
        seen["reopened on the full disk"] = len(books.journal.entries()) - written
        seen["ready when reopened"] = ready(books)
    return seen


def small_store(place: Path):  # type: ignore[no-untyped-def]  # Store
    return open_store(place / "store", KEY, ballast=MIB, reserve=MIB)


def ready(books: Books) -> str:
    try:
        books.journal.ready()
    except DiskFull:
        return "DiskFull"
    return "yes"


def fill(place: Path) -> None:
    with (place / "filler").open("wb", buffering=0) as file:
        for piece in (64 * 1024, 1024, 1):
            try:
                while True:
                    file.write(b"x" * piece)
            except OSError:
                continue


def append_until_full(books: Books) -> int:
    """How many more entries the journal says it wrote."""
    for written in range(100_000):
        try:
            books.journal.append("R2", "payment", "requested", {"note": "x" * 300}, reports=[moved("R2")])
        except DiskFull:
            return written
    raise AssertionError("the disk never filled")


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
