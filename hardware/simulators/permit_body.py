"""The mechanics of a simulated permit unit: one path, one head, one box, and a memory that survives power loss.

Rules. A card is always in exactly one place: with its citizen, in the path, in the box, or collected from it by
staff. Motion goes on whatever becomes of the line; only power stops it. What the unit *says* is
:meth:`PermitBody.status`; where the card *is* can be looked up in :attr:`PermitBody.place`, and after power loss
the two differ until the unit has homed itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial

from hardware.protocols.endorser import Flag, Item, Job, Position, Reason, Result
from hardware.protocols.endorser_content import Order, Status
from hardware.simulators.permit_cards import MOST_ENDORSEMENTS, PermitCard

BOX_ROOM, BOX_LOW = 20, 15
JOBS_KEPT = 64
Motion = Callable[[], Awaitable[None]]
RUNNING = frozenset({Job.WAITING, Job.ERASING, Job.PRINTING})


@dataclass(frozen=True)
class Timing:
    """Seconds that the mechanics take; erasing and printing together about 40 (``domain.md`` 4.4)."""

    feed: float = 1.0
    read: float = 0.8
    eject: float = 1.5
    retain: float = 2.0
    home: float = 1.0
    erase: float = 10.0
    line: float = 2.5


@dataclass(frozen=True)
class JobRecord:
    """What the unit remembers of a job."""

    state: Job
    progress: int = 0
    reason: Reason = Reason.NONE


class _Stuck(Exception):
    """The motion cannot go on."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


@dataclass
class PermitBody:
    """``changed`` is called after everything that an observer could see."""

    cards: dict[str, PermitCard]
    changed: Callable[[], None]
    timing: Timing = field(default_factory=Timing)
    place: Position = Position.NONE
    card: PermitCard | None = None
    box: list[PermitCard] = field(default_factory=list)
    collected: list[PermitCard] = field(default_factory=list)
    jobs: dict[str, JobRecord] = field(default_factory=dict)
    stay: int = 0
    shutter: bool = False
    head_broken: bool = False
    jam_armed: Reason = Reason.NONE
    reason: Reason = Reason.NONE
    lost: bool = False
    reachable: bool = False
    _motion: asyncio.Task[None] | None = None

    @property
    def moving(self) -> bool:
        """Whether a motor runs."""
        return self._motion is not None and not self._motion.done()

    def status(self, job: str | None = None) -> Status:
        """What the unit says; of ``job``, or of the last one."""
        job = next(reversed(self.jobs), "") if job is None else job
        record = self.jobs.get(job, JobRecord(Job.NONE))
        kept = len(self.box)
        flags = (
            Flag.SHUTTER_OPEN * self.shutter
            | Flag.MOVING * self.moving
            | Flag.BOX_LOW * (BOX_LOW <= kept < BOX_ROOM)
            | Flag.BOX_FULL * (kept >= BOX_ROOM)
            | Flag.HEAD_FAULT * self.head_broken
        )
        position = Position.UNKNOWN if self.lost else self.place
        told = (record.state, record.progress, record.reason)
        return Status(position, Flag(flags), self.reason, kept, self.stay, job, *told)

    # --- what may be ordered -----------------------------------------------------------------------------------

    def accept(self) -> Result:
        """Open the shutter."""
        if self.card is not None:
            return Result.BUSY
        self.place, self.shutter = Position.NONE, True
        self.changed()
        return Result.OK

    def close(self) -> Result:
        """Close the shutter; a card that is being drawn in is put out again."""
        if self.place is Position.ENTRY:
            self._start(self._put_out)
        self.shutter = False
        self.changed()
        return Result.OK

    def print(self, order: Order) -> Result:
        """Begin a job, unless it was begun before: then nothing is done."""
        if order.job in self.jobs:
            return Result.OK
        if refused := self._refuses(order):
            return refused
        self.jobs[order.job] = JobRecord(Job.WAITING)
        while len(self.jobs) > JOBS_KEPT:
            del self.jobs[next(iter(self.jobs))]
        self._start(partial(self._print, order))
        return Result.OK

    def _refuses(self, order: Order) -> Result:
        if self.place is Position.JAMMED or self.head_broken or self.lost:
            return Result.FAULT
        if self.moving:
            return Result.BUSY
        if self.card is None or self.place is not Position.INSIDE:
            return Result.NO_CARD
        if order.stay != self.stay:
            return Result.OTHER_CARD
        return Result.CARD_FULL if self.card.endorsed >= MOST_ENDORSEMENTS else Result.OK

    def eject(self) -> Result:
        """Put the card out; nothing to do when it is there already."""
        return self._move(self._put_out, Position.INSIDE)

    def retain(self) -> Result:
        """Put the card into the box."""
        if len(self.box) >= BOX_ROOM:
            return Result.BOX_FULL
        return self._move(self._keep, Position.INSIDE, Position.EXIT)

    def reset(self, item: Item) -> Result:
        """Find out what is in the path, then do with it what was asked."""
        if self.moving:
            return Result.BUSY
        if self.place is Position.JAMMED:
            self.lost = False  # where it sticks is known, though nothing can be done about it
            return Result.FAULT
        if item is Item.RETAIN and len(self.box) >= BOX_ROOM:
            return Result.BOX_FULL
        self._start(partial(self._home, item))
        return Result.OK

    def _move(self, motion: Motion, *origins: Position) -> Result:
        if self.place is Position.JAMMED or self.lost:
            return Result.FAULT
        if self.moving:
            return Result.BUSY
        if self.card is None:
            return Result.NO_CARD
        if self.place in origins:
            self._start(motion)
        return Result.OK

    # --- motion ------------------------------------------------------------------------------------------------

    def put_in(self, card: PermitCard) -> None:
        """A hand pushes ``card`` into the mouth: the rollers take it."""
        del self.cards[card.key]
        self.card, self.place, self.reachable = card, Position.ENTRY, True
        self._start(self._draw_in)

    def hand_over(self) -> None:
        """The card is in a person's hand."""
        if self.card is not None:
            self._stop()
            self.cards[self.card.key] = self.card
            self.card.upside_down = False
            self.card, self.place, self.reachable, self.lost = None, Position.NONE, False, False
            self.changed()

    def cut_power(self) -> None:
        """Everything stops where it is. The rollers run free: a card in the mouth is the citizen's."""
        self._stop()
        for job, record in self.jobs.items():
            if record.state in RUNNING:
                self.jobs[job] = self._failed(record, Reason.POWER)
        if self.place is Position.ENTRY:
            self.hand_over()
        elif self.place is Position.PRINTING:
            self.place = Position.INSIDE
        self.shutter, self.reachable, self.lost = False, False, self.card is not None

    def _start(self, motion: Motion) -> None:
        self._stop()
        self._motion = asyncio.create_task(self._guarded(motion), name="permit unit moves")
        self.changed()

    def _stop(self) -> None:
        if self._motion is not None:
            self._motion.cancel()
            self._motion = None

    async def _guarded(self, motion: Motion) -> None:
        try:
            await motion()
        except _Stuck as stuck:
            if stuck.reason is not Reason.HEAD:
                self.place, self.reason = Position.JAMMED, stuck.reason
        self._motion, self.reachable = None, False
        self.changed()

    def _pass(self, where: Reason) -> None:
        if self.jam_armed is where:
            self.jam_armed = Reason.NONE
            raise _Stuck(where)

    async def _draw_in(self) -> None:
        await asyncio.sleep(self.timing.feed)
        self.shutter, self.stay, self.reachable = False, self.stay + 1, False
        self._pass(Reason.JAM_FEED)
        self.place = Position.INSIDE

    async def _put_out(self) -> None:
        self.place, self.reachable = Position.INSIDE, True
        await asyncio.sleep(self.timing.eject)
        self._pass(Reason.JAM_EXIT)
        self.place = Position.EXIT

    async def _keep(self) -> None:
        self.reachable = self.place is Position.EXIT
        await asyncio.sleep(self.timing.retain)
        if self.card is not None:
            self.box.append(self.card)
            self.card, self.place = None, Position.RETAINED

    async def _home(self, item: Item) -> None:
        await asyncio.sleep(self.timing.home)
        self.lost, self.reason = False, Reason.NONE
        if self.card is not None and item is Item.EJECT and self.place is Position.INSIDE:
            await self._put_out()
        elif self.card is not None and item is Item.RETAIN:
            await self._keep()

    async def _print(self, order: Order) -> None:
        self.place = Position.PRINTING
        try:
            await self._rewrite(order)
        except _Stuck as stuck:
            self.jobs[order.job] = self._failed(self.jobs[order.job], stuck.reason)
            self.place = Position.INSIDE
            raise
        self.place = Position.INSIDE

    async def _rewrite(self, order: Order) -> None:
        card = self.card
        if card is None:
            raise AssertionError("a job begins with a card inside")
        await asyncio.sleep(self.timing.home)
        self._work(order.job, Job.ERASING, 0)
        card.back, card.endorsed = (), card.endorsed + 1
        await asyncio.sleep(self.timing.erase)
        for at, line in enumerate(order.lines):
            self._work(order.job, Job.PRINTING, 25 + 75 * at // len(order.lines))
            card.back += (line,)
            await asyncio.sleep(self.timing.line)
        self._work(order.job, Job.PRINTED, 100)

    def _work(self, job: str, state: Job, progress: int) -> None:
        if self.head_broken:
            raise _Stuck(Reason.HEAD)
        self._pass(Reason.JAM_PRINT)
        self.jobs[job] = JobRecord(state, progress)
        self.changed()

    @staticmethod
    def _failed(record: JobRecord, reason: Reason) -> JobRecord:
        state = Job.NOT_PRINTED if record.state is Job.WAITING else Job.SPOILED
        return replace(record, state=state, reason=reason)
