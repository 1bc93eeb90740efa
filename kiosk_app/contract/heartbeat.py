"""How a machine is, said every minute, and what central says back."""

from datetime import datetime
from typing import Annotated

import msgspec

from kiosk_app.contract.common import Aware


class DeviceReport(msgspec.Struct, frozen=True, kw_only=True):
    """One device in the heartbeat: XFS state, reason, supplies and levels (per cent) as in ``devices.Condition``.

    ``empty_at``: when a supply will be empty at the present use, as far as that can be said.
    """

    state: str
    reason: str = ""
    supplies: dict[str, str] = {}
    levels: dict[str, int] = {}
    empty_at: dict[str, Aware] = {}


class OutboxReport(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be sent; ``heads`` is the chain head (hash) per stream (C.12)."""

    count: int
    oldest_at: datetime | None = None
    heads: dict[str, str] = {}


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /hb`` (C.6). ``state``: open, limited, closed. ``services``: open ones, and why others are not."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    state: str
    screen: str
    since: Aware
    devices: dict[str, DeviceReport]
    services: dict[str, str]
    outbox: OutboxReport
    issues: list[str] = []
    software: str = ""
    disk_free_mb: int = 0
    clock_q: str = "unknown"
    at_wall: Aware


class HeartbeatReply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer (C.7): server time, and when to call again. ``channels``: by whose codes a citizen can pay now."""

    now: datetime
    next_s: int = 60
    channels: list[str] = []
    catalogue: int = 0
    """The newest version of the signed catalogue."""
