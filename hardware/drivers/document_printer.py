"""The A4 printer behind a print queue (port ``DocumentPrinter``), spoken to through the printing host.

Rules, each against a way in which CUPS is known to mislead:

- ``completed`` of the queue is not paper. PRINTED needs a printer that reports its own jobs (IPP), that is idle
  again, names no fault, and counted at least the pages of the document; a queue that cannot know is SENT.
- An idle queue remembers old reasons, so the printer is believed first, and the queue only while it works.
- A queue stays paused after the refill: it is resumed whenever the printer has no fault.
- Out of paper may be "processing" for ever: a fault that lasts :data:`SETTLE` seconds ends the job.
- Whatever the end, the job is cancelled and purged, and every connect purges what a crash left: nothing of a
  citizen stays in the spool, and nothing is printed for the next one. Cancel comes first and gets time, because
  a purge kills the backend before it can tell the printer to stop.
- Every question to the host has a deadline; a host that misses it is ended and started again.
"""

import asyncio
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hardware.channel import Opener, open_child
from hardware.drivers.printer_reasons import levels_of, supplies_of, trouble
from hardware.link import Link, Trace, Watched, condition_of
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from kiosk_app.devices import Condition, DeviceState, Driver, PrintOutcome
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline

ANSWER = 10.0
"""Seconds for one answer of the host; a large document over a slow socket is the longest."""
POLL, IDLE_POLL = 0.5, 3.0
SETTLE, OFFLINE_SETTLE = 2.0, 10.0
"""Printers flash reasons such as media-needed while they start; a fault is one that stays."""
STOP = 2.0
"""Seconds for the backend to tell the printer that a job is cancelled; the queue does not show when it has."""
NOT_FOUND = 0x0406

_ROOT = Path(__file__).parents[2]
_HOST = "import sys; sys.path.insert(0, sys.argv.pop(1)); from hardware.hosts.printing import main; main()"

IDLE, STOPPED = 3, 5
CANCELED, ABORTED, COMPLETED = 7, 8, 9  # and what is smaller runs

Said = Mapping[str, Any]


def printing_host(server: str = "") -> Opener:
    """Starts the host; ``server`` is cupsd's socket or address, else CUPS_SERVER or the machine's own."""
    argv = [sys.executable, "-c", _HOST, str(_ROOT), *([server] if server else [])]
    return lambda: open_child(argv)


class _HostGone(DeviceOffline):
    """Host, socket or cupsd are gone; what the printer does meanwhile, nobody knows."""


class _JobGone(DeviceFault):
    """The queue keeps no history and has dropped the job, done or not."""


class DocumentPrinter(Watched):
    """``patience``: seconds after which a job that neither ends nor fails is given up as unknown."""

    def __init__(
        self,
        opener: Opener,
        *,
        queue: str,
        role: str = "document_printer",
        patience: float = 60.0,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(role)
        self._link: Link[Message | Broken] = Link(role, opener, HostLink, trace=trace)
        self._queue, self._patience = queue, patience
        self._id = 0
        self._can = frozenset[str]()

    @property
    def capabilities(self) -> frozenset[str]:
        return self._can

    async def run(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._link.run(self._greet, self.lost))
            both.create_task(self._keep_asking())

    async def print(self, pdf: bytes, title: str) -> PrintOutcome:
        async with self._link.turn(within=self._patience):
            fault = await self._look()
            if fault is not None:
                raise fault
            job: int | None = None
            try:
                job = (await self._ask("print", pdf, title=title))["job"]
                return await self._follow(job, pages_of(pdf))
            except _HostGone as error:
                self.lost(error)
                return PrintOutcome.UNKNOWN
            except _JobGone:
                return PrintOutcome.UNKNOWN
            except DeviceError as error:
                self.lost(error)
                raise
            finally:
                with suppress(DeviceError):  # a host that is gone purges when it comes back
                    await self._forget(job)

    # --- a conversation ---

    async def _greet(self) -> None:
        async with self._link.turn():
            await self._ask("purge")
            await self._look()

    async def _keep_asking(self) -> None:
        while True:
            await asyncio.sleep(IDLE_POLL)
            if self._link.connected:
                try:
                    async with self._link.turn(within=self._patience):
                        await self._look()
                except DeviceError as error:
                    self.lost(error)

    async def _look(self) -> DeviceError | None:
        """Ask how printer and queue are, keep the condition true, resume a queue that need not be paused."""
        status = await self._ask("status")
        fault = self._fault(status, working=False)
        if fault is None and _paused(status):
            await self._ask("resume")
        condition = Condition(DeviceState.ONLINE) if fault is None else condition_of(fault)
        self._can = _abilities(status)
        self.become(replace(condition, supplies=supplies_of(status), levels=levels_of(status)))
        return fault

    async def _follow(self, job: int, pages: int | None) -> PrintOutcome:
        """Until the job has ended, a fault has lasted, or patience is over."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + self._patience
        faulty_since: float | None = None
        resumed = False
        while True:
            said = await self._ask("job", job=job)
            fault = self._fault(said, working=True)
            if fault is None:
                faulty_since = None
                outcome = self._outcome(said, pages)
                if outcome is not None:
                    return outcome
                if _paused(said):
                    if resumed:
                        raise DeviceFault(self.role, "the queue stops again and again")
                    resumed = True
                    await self._ask("resume")
            else:
                faulty_since = loop.time() if faulty_since is None else faulty_since
                settle = OFFLINE_SETTLE if isinstance(fault, DeviceOffline) else SETTLE
                if loop.time() - faulty_since >= settle:
                    return self._verdict(said, fault)
            if loop.time() >= give_up:
                return PrintOutcome.SENT if said["job"]["state"] == COMPLETED else PrintOutcome.UNKNOWN
            await asyncio.sleep(POLL)

    def _outcome(self, said: Said, pages: int | None) -> PrintOutcome | None:
        """What a job without a fault has come to; None while it runs, or while its printer is still busy."""
        state, device = said["job"]["state"], said["device"]
        if state in {CANCELED, ABORTED}:
            raise DeviceFault(self.role, f"the queue gave the job up: {said['job'].get('reasons')}")
        if state != COMPLETED:
            return None
        if device is None:
            return PrintOutcome.SENT
        if device["state"] != IDLE:
            return None
        return PrintOutcome.PRINTED if _counted(said, pages) else PrintOutcome.SENT

    def _verdict(self, said: Said, fault: DeviceError) -> PrintOutcome:
        """A fault that lasts: the paper is not out, unless the job already counted as completed."""
        begun = said["job"]["state"] == COMPLETED or said["job"].get("impressions", 0)
        if begun and (isinstance(fault, DeviceOffline) or said["job"]["state"] == COMPLETED):
            return PrintOutcome.UNKNOWN
        raise fault

    async def _forget(self, job: int | None) -> None:
        """Stop the job in the printer too, then leave nothing of it in the queue."""
        with suppress(DeviceFault):  # it has ended, or is gone
            if job is not None:
                await self._ask("cancel", job=job)
                await asyncio.sleep(STOP)
        await self._ask("purge")

    async def _ask(self, op: str, body: bytes = b"", **more: Any) -> Said:
        """One question to the host. A late or broken answer ends the host."""
        self._id += 1
        question = Message({"id": self._id, "op": op, "queue": self._queue, **more}, body)
        try:
            async with asyncio.timeout(ANSWER):
                await self._link.send(encode(question))
                answer = await self._answer()
        except TimeoutError as error:
            self._link.lose()
            raise _HostGone(self.role, f"the printing host did not answer {op!r}") from error
        except DeviceOffline as error:
            raise _HostGone(self.role, "the printing host is gone") from error
        if answer.get("error") == "unreachable":
            raise _HostGone(self.role, str(answer.get("detail")))
        if answer.get("code") == NOT_FOUND and op == "job":
            raise _JobGone(self.role, "the queue does not remember the job")
        if "error" in answer:
            raise DeviceFault(self.role, f"{op}: {answer.get('detail')}")
        if not _whole(op, answer):  # what is missing is not guessed
            raise DeviceFault(self.role, f"{op}: the queue does not say how it is")
        return answer

    async def _answer(self) -> Said:
        while True:
            frame = await self._link.receive(2 * ANSWER)
            if isinstance(frame, Broken):
                self._link.lose()
                raise _HostGone(self.role, f"the printing host: {frame.why}")
            if frame.head.get("id") == self._id:
                return frame.head

    def _fault(self, said: Said, *, working: bool) -> DeviceError | None:
        """What is wrong, from whoever can know it: the printer, else the queue while it works or stands still."""
        device = said["device"]
        if device is None:
            working = working or _paused(said)
            return trouble(self.role, said["queue"]["reasons"]) if working else None
        if not device["state"]:
            return DeviceOffline(self.role, "the printer does not answer")
        return trouble(self.role, device["reasons"])


def pages_of(pdf: bytes) -> int | None:
    """The number of pages, if the page tree can be read without decompressing it."""
    counts = re.findall(rb"/Type\s*/Page(?![a-zA-Z])", pdf)
    return len(counts) or None


def _abilities(said: Said) -> frozenset[str]:
    """What the printer says it can; one behind a queue that cannot ask it has said nothing."""
    device = said["device"]
    if device is None:
        return frozenset()
    able = {
        "follows jobs": bool(device["state"]),
        "duplex": any(side.startswith("two-sided") for side in device.get("sides", ())),
        "colour": bool(device.get("color")),
    }
    return frozenset(word for word, has in able.items() if has)


def _whole(op: str, answer: Said) -> bool:
    """Whether everything is there that is read from an answer."""
    if op == "print":
        return isinstance(answer.get("job"), int)
    if op not in {"status", "job"}:
        return True
    device = answer.get("device", "not a word of it")
    printers = [answer.get("queue"), *([] if device is None else [device])]
    jobs = [answer.get("job")] if op == "job" else []
    return all(_has(part, "state", int) for part in printers + jobs) and all(
        _has(part, "reasons", list) for part in printers
    )


def _has(part: object, name: str, kind: type) -> bool:
    return isinstance(part, dict) and isinstance(part.get(name), kind)


def _paused(said: Said) -> bool:
    return said["queue"]["state"] == STOPPED or not said["queue"].get("accepting", True)


def _counted(said: Said, pages: int | None) -> bool:
    """Whether the count of pages, where there is one, agrees."""
    counts: Sequence[int] = [count for name in ("impressions", "sheets") if (count := said["job"].get(name))]
    return pages is None or not counts or max(counts) >= pages


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``socket`` names a cupsd other than the machine's own."""

    queue: Annotated[str, msgspec.Meta(min_length=1)]
    socket: str = ""


def _build(settings: Settings, _: Path) -> DocumentPrinter:
    return DocumentPrinter(printing_host(settings.socket), queue=settings.queue)


DRIVER = Driver("document_printer", "cups", Settings, _build)
