"""The plug of a world: pulled before or after a chosen journal entry, every wire dies and nothing can be written."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hardware.channel import MemoryChannel
from kiosk_app.contract import Body
from kiosk_app.ports import Entry
from offline_cache.journal import SqlJournal


class PowerCut(BaseException):
    """The plug is pulled."""


@dataclass(frozen=True)
class Crash:
    """Pull the plug ``when`` ("before" or "after") the ``entry``-th journal entry of the world is durable."""

    entry: int
    when: str


class Power:
    """On, until it is cut; then every wire is dead and nothing can be written."""

    def __init__(self, crash: Crash | None, count: int = 0) -> None:
        self.crash, self.entries = crash, count
        self.on = True
        self.failed = asyncio.Event()
        self.wires: list[MemoryChannel] = []

    def check(self, when: str) -> None:
        if not self.on:
            raise PowerCut
        if self.crash == Crash(self.entries, when):
            self.cut()
            raise PowerCut

    def cut(self) -> None:
        self.on = False
        self.failed.set()
        for wire in self.wires:
            wire.cut()


class FragileJournal:
    """The real journal under the power switch. ``requested`` is set when a terminal is about to be asked."""

    def __init__(self, journal: SqlJournal, power: Power, requested: asyncio.Event) -> None:
        self._journal, self._power, self._requested = journal, power, requested

    def append(
        self,
        reference: str,
        kind: str,
        state: str,
        body: Mapping[str, Any] | None = None,
        *,
        reports: Sequence[tuple[str, Body]] = (),
    ) -> Entry:
        self._power.entries += 1
        self._power.check("before")
        entry = self._journal.append(reference, kind, state, body, reports=reports)
        self._power.check("after")
        if state == "requested":
            self._requested.set()
        return entry

    def entries(self, *, reference: str | None = None, kind: str | None = None, after: int = 0) -> list[Entry]:
        return self._journal.entries(reference=reference, kind=kind, after=after)

    def latest(self, kind: str, *, leaving_out: Collection[str] = ()) -> list[Entry]:
        return self._journal.latest(kind, leaving_out=leaving_out)

    def newest(self, kind: str) -> Entry | None:
        return self._journal.newest(kind)

    def ready(self) -> None:
        self._journal.ready()
