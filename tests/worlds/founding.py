"""Central on the first morning of every world: its tables, its samples, its first catalogue. Made once, and copied."""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from central.authority import Authority
from central.db import content_of, memory_engine
from central.departments import samples
from central.departments.counter import samples as counter_samples
from central.departments.exit_entry import samples as exit_samples
from central.departments.hall import samples as hall_samples
from central.departments.rules import china_day
from central.departments.social import samples as social_samples
from central.front import Front

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@cache
def authority() -> Authority:
    """Central's own, made once: it signs the catalogue, and every machine here pins its root."""
    folder = Path(tempfile.mkdtemp(prefix="authority-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority(folder, lambda: MORNING)


class Dawn:
    """The clock of who founds central."""

    def now(self) -> datetime:
        """Aware, UTC."""
        return MORNING


@cache
def founded() -> bytes:
    """The database. Pictures of holders say whose face they show (:mod:`tests.faces`)."""
    engine, today = memory_engine(), china_day(MORNING)
    Front(engine, Dawn())
    with tempfile.TemporaryDirectory() as folder, engine.begin() as connection:
        pictures = Path(folder)
        for key in exit_samples.SAMPLES.keys() | social_samples.SAMPLES.keys():
            (pictures / f"{key}.jpg").write_bytes(key.encode())
        samples.load(connection, today)
        exit_samples.load(connection, today, pictures)
        social_samples.load(connection, today, pictures)
        hall_samples.load(connection)
        counter_samples.load(connection, today)
    content = content_of(engine)
    engine.dispose()
    return content
