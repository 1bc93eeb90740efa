"""How full supplies were, in the store: some ten rows a day, kept for a year (port ``Observations``).

No chain and no report: nothing depends on it but a forecast. Money goes first: what is left of a full disk is not
for this.
"""

from datetime import datetime, timedelta

from kiosk_app.ports import Seen
from offline_cache.sql import Connection, stamp
from offline_cache.store import Store

KEEP = timedelta(days=366)


class SqlObservations:
    """Implements :class:`kiosk_app.ports.Observations`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, supply: str, seen: Seen) -> None:
        self._store.ready()
        row = (supply, stamp(seen.at), seen.word, seen.level)

        def work(connection: Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?)", row)
            connection.execute("DELETE FROM observation WHERE at < ?", (stamp(seen.at - KEEP),))

        self._store.transact(work)

    def histories(self) -> dict[str, list[Seen]]:
        sql = "SELECT supply, at, word, level FROM observation ORDER BY supply, at"
        found: dict[str, list[Seen]] = {}
        for supply, at, word, level in self._store.read(lambda connection: connection.execute(sql).fetchall()):
            found.setdefault(supply, []).append(Seen(datetime.fromisoformat(at), word, level))
        return found
