"""What a citizen and the machine's own day go by. Every time that is kept or sent is in UTC."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LOCAL: Final = ZoneInfo("Asia/Shanghai")


def wait_until(now: datetime, hour: time) -> float:
    """Seconds from ``now`` to the next local ``hour``."""
    local = now.astimezone(LOCAL)
    due = datetime.combine(local.date(), hour, LOCAL)
    if due <= local:
        due += timedelta(days=1)
    return (due - local).total_seconds()
