"""What is taken out of events that are kept: whom they name, when the time of what they brought is over.

Rules. An event's signature proves nothing any more then, but its digest still links the chain. An event that had no
effect brought nothing that could end by itself: of it the whole body goes after the same time. Whoever forgets says
which names; this module knows how events are kept.
"""

from collections.abc import Set
from datetime import datetime

import msgspec
import sqlalchemy as sa

from central.tables import event as events
from central.tables import fork as forks
from kiosk_app.contract import Event


def wipe(connection: sa.Connection, kiosk: str, stream: str, references: Set[str], names: Set[str]) -> None:
    """Take these fields out of the events of these references."""
    of_stream = (events.c.kiosk == kiosk) & (events.c.stream == stream)
    there = sa.or_(*(sa.func.instr(events.c.raw, f'"{name}"'.encode()) > 0 for name in names))
    for kept in connection.execute(sa.select(events.c.seq, events.c.raw).where(of_stream, there)).all():
        event = msgspec.json.decode(kept.raw, type=Event)
        if event.body.get("reference") in references:
            body = {name: value for name, value in event.body.items() if name not in names}
            connection.execute(
                events.update().where(of_stream, events.c.seq == kept.seq).values(raw=_with(event, body))
            )


def wipe_aside(connection: sa.Connection, stream: str, before: datetime) -> None:
    """Empty what was set aside of this stream and came before this moment: quarantined events and forks."""
    for table, aside in ((events, events.c.quarantine != ""), (forks, sa.true())):
        full = sa.func.instr(table.c.raw, b'"body":{}') == 0
        old = sa.select(table).where(table.c.stream == stream, aside, full, table.c.received_at < before)
        for kept in connection.execute(old).all():
            mine = [table.c[name] == getattr(kept, name) for name in ("kiosk", "stream", "seq", "digest")]
            raw = _with(msgspec.json.decode(kept.raw, type=Event), {})
            connection.execute(table.update().where(*mine).values(raw=raw))


def _with(event: Event, body: dict[str, object]) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(event, body=body))
