"""The tables of the store, as numbered steps: ``PRAGMA user_version`` says how many are done.

A step that was released is never edited; a change is a further step. Times are ISO 8601 text in UTC.
"""

from collections.abc import Sequence

from offline_cache.sql import Connection

STEPS: Sequence[str] = (
    # 1: `base` is where a chain begins now (its newest row that retention deleted); `acked` is what central has of
    # a stream, and of the journal the highest seq known at the last start. As few pages as can be change per entry.
    """
    CREATE TABLE journal (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL, reference TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
        body TEXT NOT NULL, hash TEXT NOT NULL
    ) STRICT;
    CREATE INDEX journal_by_kind ON journal (kind, reference);
    CREATE TABLE outbox (
        position INTEGER PRIMARY KEY,
        stream TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, reference TEXT,
        event BLOB NOT NULL, hash TEXT NOT NULL,
        UNIQUE (stream, seq)
    ) STRICT;
    CREATE TABLE answer (
        stream TEXT NOT NULL, seq INTEGER NOT NULL, reference TEXT,
        rejected TEXT, verdict BLOB,
        PRIMARY KEY (stream, seq)
    ) STRICT;
    CREATE INDEX answer_by_reference ON answer (reference);
    CREATE TABLE base (
        chain TEXT PRIMARY KEY,
        seq INTEGER NOT NULL DEFAULT 0, hash TEXT NOT NULL, acked INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    """,
    # 2: how full supplies were; `level` is per cent left, if the device measures it.
    """
    CREATE TABLE observation (
        supply TEXT NOT NULL, at TEXT NOT NULL, word TEXT NOT NULL, level INTEGER,
        PRIMARY KEY (supply, at)
    ) STRICT, WITHOUT ROWID;
    """,
    # 3: the newest signed catalogue as it came, and when: one row, and it only grows newer.
    """
    CREATE TABLE catalogue (
        version INTEGER PRIMARY KEY,
        at TEXT NOT NULL, document BLOB NOT NULL, signature TEXT NOT NULL, chain TEXT NOT NULL
    ) STRICT;
    """,
    # 4: proofs that were handed out; `whose` is salt and digest of an identity number, empty if nobody was identified.
    """
    CREATE TABLE proof (
        reference TEXT PRIMARY KEY,
        at TEXT NOT NULL, whose BLOB NOT NULL, body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
)


def migrate(connection: Connection) -> int:
    """Bring the tables to the newest version, each step whole or not at all. Returns the version found."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    for version, step in enumerate(STEPS[found:], start=found + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {step} PRAGMA user_version = {version}; COMMIT;")
    return found
