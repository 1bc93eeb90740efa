"""A process that writes the journal for ever and says what it was promised; ``test_crash.py`` kills it."""

import sys
from pathlib import Path

from tests.offline_cache.books import moved, opened

if __name__ == "__main__":
    with opened(Path(sys.argv[1])) as books:
        while True:
            entry = books.journal.append("R1", "payment", "approved", {"amount": 1}, reports=[moved("R1")])
            print(entry.seq, flush=True)
