"""Who is there: the newest heartbeat of each kiosk, and the alarms it raised and has not cleared (C.6, C.7)."""

from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from central.tables import alarm as alarms
from central.tables import presence
from kiosk_app.contract import Alarm, Heartbeat

NEXT_S: Final = 60
_INSERT: Final = insert(presence)
_NEWEST: Final = _INSERT.on_conflict_do_update(
    index_elements=["kiosk"], set_={name: _INSERT.excluded[name] for name in ("seen_at", "seq", "report")}
)


def heartbeat(connection: sa.Connection, kiosk: str, beat: Heartbeat, now: datetime) -> None:
    """Keep the newest report. Last seen is central's clock: a kiosk's own may be wrong."""
    row = {"kiosk": kiosk, "seen_at": now, "seq": beat.seq, "report": msgspec.json.encode(beat)}
    connection.execute(_NEWEST, row)


def alarm(connection: sa.Connection, kiosk: str, raised: Alarm, now: datetime) -> None:
    """Open or clear one alarm; the first ``since`` stays while it is raised again and again."""
    key = {"kiosk": kiosk, "component": raised.component, "code": raised.code}
    if raised.raised:
        row = key | {"since": now, "detail": raised.detail}
        connection.execute(insert(alarms).values(row).on_conflict_do_nothing())
    else:
        connection.execute(alarms.delete().where(*(alarms.c[name] == value for name, value in key.items())))
