"""The permit unit: the wire of ``docs/permit-unit.md`` as :class:`kiosk_app.devices.PermitUnit`.

Rules.

- Nothing is remembered that can be asked. Every operation is a loop: ask where the card (or the job) is, do the
  next thing towards the goal, wait for news. So a lost line, a power cut or a hand in the mouth needs no branch
  of its own: the loop finds what is true and goes on from there, or says why it cannot.
- A new connection asks for the position first. A unit that does not know where its card is (after power loss) is
  told to find out and to leave the card where it is; nobody is served before it knows.
- Only the card that was read is printed: its *stay* is part of the order, and the unit refuses another one. A
  job is sent only after the unit said that it does not know it, so none is ever printed twice.
- A refused or unread card is on its way out before the error is raised; a cancelled wait closes the shutter.
- A trace shows frames, but of lines read or printed only that there were some.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import randbits

import msgspec

from hardware.channel import Opener, opener_of
from hardware.drivers.permit_unit_line import PermitUnitLine, judge, media_of
from hardware.link import Trace
from hardware.protocols import mrz
from hardware.protocols.endorser import Command, Flag, Job, Keep, Malformed, Position, Result
from hardware.protocols.endorser_content import Order, Reading, Status
from kiosk_app.devices import (
    Baud,
    Driver,
    EndorsementOutcome,
    EndorsementPrint,
    EndorsementResult,
    Permit,
    PermitKind,
    PermitMedia,
    Port,
    RetainReason,
)
from kiosk_app.errors import (
    CitizenError,
    DeviceError,
    DeviceFault,
    DeviceOffline,
    PermitGone,
    PermitInTheWay,
    PermitJam,
    PermitNotRead,
    PermitRefused,
)

REREADS = 3
PRINTING = 150.0
"""Seconds for one job, or for a card that must wait for it, with lost lines between; real units take about 40."""
LET_GO = 5.0
"""Seconds for which a cancelled wait may still keep its caller."""
QUEUE = 5.0

_FINAL = {
    Job.PRINTED: EndorsementOutcome.PRINTED,
    Job.NOT_PRINTED: EndorsementOutcome.NOT_PRINTED,
    Job.SPOILED: EndorsementOutcome.SPOILED,
}
_KEEP = {reason: Keep[reason.name] for reason in RetainReason}
_FREE = frozenset({Position.NONE, Position.RETAINED})


def _today() -> date:
    """The day in China, whatever the machine's own zone."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


class PermitUnit(PermitUnitLine):
    """A permit unit. ``today`` decides centuries; ``new_session`` must not repeat within a unit's memory."""

    def __init__(
        self,
        opener: Opener,
        *,
        role: str = "permit_unit",
        trace: Trace | None = None,
        today: Callable[[], date] = _today,
        new_session: Callable[[], int] = lambda: randbits(32),
    ) -> None:
        super().__init__(opener, role=role, trace=trace, new_session=new_session)
        self._today = today
        self._one = asyncio.Lock()
        self._stay = 0
        self._sent_job = ""

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({"read line", "rewritable print", "eject", "retain", "media position", "shutter"})

    async def wait_permit(self) -> Permit:
        async with self._alone():
            self._stay = 0
            before = await self._look()
            if before.position not in _FREE:
                raise PermitInTheWay(self.role, before.position.name)
            try:
                return await self._take_and_read(before.stay)
            except asyncio.CancelledError:
                await self._let_go()
                raise

    async def print(self, job: EndorsementPrint, told: Callable[[int], None]) -> EndorsementResult:
        async with self._alone():
            try:
                order = Order(job.job, self._stay, job.lines).encode()
            except ValueError as error:
                raise DeviceFault(self.role, f"no such order: {error}") from error
            return await self._follow(job.job, order, told)

    async def outcome(self, job: str) -> EndorsementResult:
        if not job.isascii():  # no such order can have been sent
            return EndorsementResult(EndorsementOutcome.NOT_PRINTED)
        async with self._alone():
            return await self._follow(job, None, lambda _: None)

    async def give_back(self, within: float = 30.0) -> PermitMedia:
        now = asyncio.get_running_loop().time
        waits_since: float | None = None
        async with self._alone():
            end = now() + within + PRINTING
            while True:
                status = await self._look()
                if status.position in _FREE:
                    break
                if status.position is Position.EXIT and not status.flags & Flag.MOVING:
                    waits_since = now() if waits_since is None else waits_since
                    if now() - waits_since >= within:
                        return PermitMedia.EXIT
                elif status.position is Position.INSIDE and not status.flags & Flag.MOVING:
                    await self._order(Command.EJECT)
                await self._news(end)
            self._stay = 0
            return media_of(status)

    async def retain(self, reason: RetainReason) -> PermitMedia:
        async with self._alone():
            end = asyncio.get_running_loop().time() + PRINTING
            while (status := await self._look()).position not in _FREE:
                if status.position in {Position.INSIDE, Position.EXIT} and not status.flags & Flag.MOVING:
                    await self._order(Command.RETAIN, bytes([_KEEP[reason]]))
                await self._news(end)
            self._stay = 0
            return media_of(status)

    async def position(self) -> PermitMedia:
        try:
            return media_of(await self._look_now())
        except DeviceError:
            return PermitMedia.UNKNOWN

    # --- taking and reading ---

    async def _take_and_read(self, before: int) -> Permit:
        try:
            stay = await self._take_in(before)
            permit = await self._read(stay)
        except CitizenError:
            await self._ask(Command.EJECT)
            raise
        self._stay = stay
        return permit

    async def _take_in(self, before: int) -> int:
        """Keep the shutter open until a new card is inside; its stay."""
        while True:
            status = await self._look()
            if status.position is Position.INSIDE and not status.flags & Flag.MOVING and status.stay != before:
                return status.stay
            if status.position is Position.EXIT:
                raise PermitNotRead("put out again while it was drawn in")
            if status.position in _FREE and not status.flags & Flag.SHUTTER_OPEN:
                await self._order(Command.ACCEPT)
            await self._news()

    async def _read(self, stay: int) -> Permit:
        """Read the line, and again if it was not read well. What is not certain is not a permit."""
        error: CitizenError = PermitNotRead("nothing that looks like a line")
        for _ in range(1 + REREADS):
            answer = await self._ask(Command.READ)
            if answer.status.stay != stay:
                raise PermitGone("another card")
            if answer.result is Result.UNREADABLE:
                continue
            judge(self.role, answer)
            try:
                reading = Reading.decode(answer.more)
                line = mrz.parse(reading.line, today=self._today())
            except mrz.BadLine as bad:
                other = mrz.is_other_document(reading.line)
                error = PermitRefused("another document") if other else PermitNotRead(str(bad))
                continue
            except Malformed as bad:
                error = PermitNotRead(str(bad))
                continue
            kind = PermitKind(line.kind)
            return Permit(kind, line.number, line.expiry, line.birth, reading.line, reading.endorsed)
        raise error

    async def _let_go(self) -> None:
        """Nobody waits any more: the shutter closes, and a card that is in goes out. Best effort, bounded."""
        with suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(LET_GO):
                await self._ask(Command.CLOSE)
                await self._ask(Command.EJECT)

    # --- printing ---

    async def _follow(self, job: str, order: bytes | None, told: Callable[[int], None]) -> EndorsementResult:
        """To the end of ``job``; begin it with ``order`` if the unit does not know it."""
        progress = -1
        try:
            async with asyncio.timeout(PRINTING):
                while True:
                    answer = await self._ask(Command.JOB, job.encode())
                    status = answer.status
                    if answer.result is Result.NO_SUCH_JOB:
                        if order is None:
                            return EndorsementResult(EndorsementOutcome.NOT_PRINTED)
                        await self._begin(job, order)
                        continue
                    judge(self.role, answer)
                    if status.state in _FINAL:
                        reason = "" if status.state is Job.PRINTED else status.job_reason.name.lower()
                        return EndorsementResult(_FINAL[status.state], reason)
                    if status.progress > progress:
                        progress = status.progress
                        told(progress)
                    await self._news()
        except (DeviceOffline, TimeoutError) as error:
            if job == self._sent_job:
                return EndorsementResult(EndorsementOutcome.UNKNOWN, "offline")
            raise DeviceOffline(self.role, "no word of the job") from error
        except (CitizenError, DeviceError):  # the unit will not say, and has the order: the head may be at work
            if job == self._sent_job:
                return EndorsementResult(EndorsementOutcome.UNKNOWN, "no word")
            raise

    async def _begin(self, job: str, order: bytes) -> None:
        """Send the order. From now on, without an answer, nobody knows; a refusal is certain again."""
        self._sent_job = job
        try:
            answer = await self._ask(Command.PRINT, order)
            if answer.result is Result.BUSY:
                await self._news()
            else:
                judge(self.role, answer)
        except (CitizenError, PermitJam, DeviceFault):
            self._sent_job = ""
            raise

    # --- looking ---

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One operation at a time: there is one card."""
        try:
            async with asyncio.timeout(QUEUE):
                await self._one.acquire()
        except TimeoutError as error:
            raise DeviceOffline(self.role, "busy") from error
        try:
            yield
        finally:
            self._one.release()

    async def _look(self) -> Status:
        status = (await self._ask(Command.STATUS)).status
        if status.position is Position.JAMMED:
            raise PermitJam(self.role, status.reason.name)
        return status

    async def _order(self, command: Command, payload: bytes = b"") -> None:
        """Have it done. Being busy, or the card being gone meanwhile, shows at the next look."""
        answer = await self._ask(command, payload)
        if answer.result not in {Result.BUSY, Result.NO_CARD}:
            judge(self.role, answer)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The line of ``docs/permit-unit.md``."""

    port: Port
    baud: Baud = 115200


def _build(settings: Settings, _: Path) -> PermitUnit:
    return PermitUnit(opener_of(settings.port, baud=settings.baud))


DRIVER = Driver("permit_unit", "open-permit", Settings, _build)
