"""An A4 printer behind a queue behind a printing host, all three simulated: speaks ``hostlink`` as the host does.

For worlds and tests on virtual time; ``print_queue`` is the same with a real cupsd. It keeps the traps of the real
chain: out of paper is "processing" for ever, a job cancelled during a fault leaves the queue paused, a queue says
"completed" although the sheet is stuck, a printer without IPP (``confirms=False``) says nothing of itself.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hardware.channel import Channel
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from hardware.simulators.base import Simulator, hand

TRAY = 250
LOW = 25
SECONDS_PER_PAGE = 2.0
NOT_FOUND = 0x0406


@dataclass
class Job:
    """One job of the queue; the document is dropped when it ends."""

    title: str
    pdf: bytes = field(repr=False)
    state: int = 5
    pages_done: int = 0

    @property
    def pages(self) -> int:
        """Pages of the document."""
        return len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", self.pdf)) or 1


class DocumentPrinterSimulator(Simulator):
    """``papers`` are the documents that came out complete, oldest first; ``spool`` is what the queue still holds."""

    role = "document_printer"

    def __init__(self, *, seed: int = 0, confirms: bool = True) -> None:
        super().__init__(seed=seed)
        self.confirms = confirms
        self.papers: list[bytes] = []
        self.spool: dict[int, Job] = {}
        self.sheets = TRAY
        self.toner = 100
        self.in_tray = 0
        self.cover_open = self.jammed = self.jam_at_next = self.paused = self.lies = False
        self.uncounted = 0
        self.on = True
        self._serial = 0
        self._changed = asyncio.Event()
        self._engine: asyncio.Task[None] | None = None

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        """Answer the driver as the host does."""
        self._engine = self._engine or asyncio.create_task(self._run_engine(), name="print engine")
        codec = HostLink()
        while data := await channel.read():
            for ask in codec.feed(data):
                if isinstance(ask, Broken):
                    return
                head = self._obey(ask)
                await self.answer(channel, encode(Message({"id": ask.head.get("id"), **head})))

    def _obey(self, ask: Message) -> dict[str, Any]:
        op, number = ask.head.get("op"), ask.head.get("job")
        if op == "print":
            self._serial += 1
            self.spool[self._serial] = Job(ask.head["title"], ask.body)
            self._changed.set()
            return {"job": self._serial}
        if op in {"job", "cancel"}:
            return self._job(op, self.spool.get(number or 0))
        if op == "purge":
            self.spool.clear()
        elif op == "resume":
            self.paused = False
        elif op != "status":
            return {"error": "question", "detail": str(op)}
        self._changed.set()
        return self._status() if op == "status" else {}

    def _job(self, op: str, job: Job | None) -> dict[str, Any]:
        if job is None or (op == "cancel" and job.state != 5):
            return {"error": "ipp", "code": NOT_FOUND if job is None else 0x0404, "detail": "client-error"}
        if op == "cancel":
            job.state = 7
            self.paused = bool(self._reasons)
            self._changed.set()
            return {}
        told = {
            "state": job.state,
            "reasons": [],
            "impressions": job.pages_done - self.uncounted if self.confirms else 0,
        }
        return {"job": told, **self._status()}

    def _status(self) -> dict[str, Any]:
        working = any(job.state == 5 for job in self.spool.values())
        reasons = self._reasons or ["none"]
        queue_state = 5 if self.paused else 4 if working else 3
        device: dict[str, Any] | None = None
        if self.confirms:
            able = {"sides": ["one-sided", "two-sided-long-edge"]}
            parts = {"marker_levels": [self.toner], "trays": [self._tray]}
            said = {"state": 4 if working else 3, "reasons": reasons, **parts, **able}
            device = said if self.on else {"state": 0, "reasons": []}
        queue = {"state": queue_state, "reasons": reasons if working else ["none"], "accepting": True, "uri": "sim:"}
        return {"queue": queue, "device": device}

    @property
    def _tray(self) -> str:
        return f"type=sheetFeedAutoRemovableTray;maxcapacity={TRAY};level={self.sheets};name=main"

    @property
    def _reasons(self) -> list[str]:
        facts = {
            "cover-open-error": self.cover_open,
            "media-jam-error": self.jammed,
            "media-empty-error": self.sheets == 0,
            "media-low-report": 0 < self.sheets <= LOW,
            "offline-error": not self.on,
        }
        return [reason for reason, holds in facts.items() if holds]

    # --- the mechanism ---

    async def _run_engine(self) -> None:
        """Pull sheets for the oldest running job, as long as nothing is in the way."""
        while True:
            await self._thaw.wait()
            job = next((job for job in self.spool.values() if job.state == 5), None)
            stuck = self.paused or any(not reason.endswith("-report") for reason in self._reasons)
            if job is None or stuck:
                self._changed.clear()
                await self._changed.wait()
            elif self.jam_at_next:
                self.jam_at_next, self.jammed = False, True
                job.state = 9 if self.lies else job.state
            else:
                await asyncio.sleep(SECONDS_PER_PAGE)
                self._page_out(job)

    def _page_out(self, job: Job) -> None:
        self.sheets -= 1
        self.in_tray += 1
        job.pages_done += 1
        if job.pages_done >= job.pages and job.state == 5:
            job.state = 9
            self.papers.append(job.pdf)

    # --- hands ---

    @hand("refill tray")
    def refill(self, sheets: int = TRAY) -> None:
        """Put paper in."""
        self.sheets = int(sheets)
        self._changed.set()

    @hand("tray empty")
    def paper_out(self) -> None:
        """Take all paper out of the tray."""
        self.sheets = 0

    @hand("toner to per cent")
    def set_toner(self, percent: int = 100) -> None:
        """Change the cartridge for one that is so full."""
        if not 0 <= int(percent) <= 100:
            raise ValueError("a cartridge holds 0 to 100 per cent")
        self.toner = int(percent)

    @hand("jam the next sheet")
    def jam_next(self) -> None:
        """The next sheet gets stuck."""
        self.jam_at_next = True

    @hand("clear jam")
    def clear_jam(self) -> None:
        """Pull the sheet out."""
        self.jammed = False
        self._changed.set()

    @hand("open cover")
    def open_cover(self) -> None:
        """Open the front cover."""
        self.cover_open = True

    @hand("close cover")
    def close_cover(self) -> None:
        """Shut it."""
        self.cover_open = False
        self._changed.set()

    @hand("take paper")
    def take_paper(self) -> None:
        """The citizen takes what lies in the tray."""
        self.in_tray = 0

    @hand("pause queue")
    def pause(self) -> None:
        """What CUPS does by itself after a fault."""
        self.paused = True

    @hand("printer off")
    def switch_off(self) -> None:
        """The printer's own switch; the queue stays."""
        self.on = False

    @hand("printer on")
    def switch_on(self) -> None:
        """On again."""
        self.on = True
        self._changed.set()

    @hand("say completed at a jam")
    def lie(self) -> None:
        """From now on a job counts as completed although its sheet is stuck."""
        self.lies = True

    @hand("count pages short")
    def miscount(self, pages: int = 1) -> None:
        """From now on the printer counts fewer pages than it was sent, as after a double feed."""
        self.uncounted = int(pages)

    def state(self) -> Mapping[str, Any]:
        """For the bench."""
        return {
            **super().state(),
            "on": self.on,
            "sheets": self.sheets,
            "toner": self.toner,
            "in_tray": self.in_tray,
            "reasons": self._reasons,
            "paused": self.paused,
            "spooled": len(self.spool),
            "documents": len(self.papers),
        }
