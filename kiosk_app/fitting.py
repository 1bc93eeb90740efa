"""A heartbeat that central takes: it refuses one that is too long, and a refused one says nothing at all.

Issues are what can grow (an issue per open payment), so they are what is left out, the newest first, and the last line
says how many: central then knows that it does not know everything (``central/payments/reconcile.py`` gives nothing back
by itself while that line is there). If it is too long even without any (a driver of another maker with a lot to say),
devices say their state only.
"""

from collections.abc import Iterator, Sequence

import msgspec

from kiosk_app.contract import DeviceReport, Heartbeat

MOST = 8_000
"""Bytes (``fleet.md`` C.2)."""


def encoded(beat: Heartbeat) -> bytes:
    """``beat`` in at most MOST bytes."""
    message = msgspec.json.encode(beat)
    if len(message) <= MOST:
        return message
    if _size(beat, _left_out(beat.issues)) > MOST:
        terse = {role: DeviceReport(state=device.state) for role, device in beat.devices.items()}
        beat = msgspec.structs.replace(beat, devices=terse)
    room = MOST - _size(beat, _left_out(beat.issues))
    kept = list(_that_fit(beat.issues, room))
    left = beat.issues[len(kept) :]
    return msgspec.json.encode(msgspec.structs.replace(beat, issues=kept + _left_out(left)))


def _that_fit(issues: Sequence[str], room: int) -> Iterator[str]:
    for issue in issues:
        room -= len(msgspec.json.encode(issue)) + 1  # and its comma
        if room < 0:
            return
        yield issue


def _left_out(issues: Sequence[str]) -> list[str]:
    return [f"left out: {len(issues)} more, see `kiosk books`"] if issues else []


def _size(beat: Heartbeat, issues: list[str]) -> int:
    return len(msgspec.json.encode(msgspec.structs.replace(beat, issues=issues)))
