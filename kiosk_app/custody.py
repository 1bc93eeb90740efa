"""Custody: the only module that lets a permit in, prints it, gives it back or keeps it, and it writes down each before.

Rules, like the till's. Where a card is, is never unknown: with its citizen, in the machine with a record, or in the box
with a record (:mod:`kiosk_app.custody_table`). A job has one id, durable before the unit gets the order, and the unit
is asked what became of it before anything else: nothing is printed twice. What the unit says is believed over our
memory. Outcome and report are one transaction; a kept card is reported in the one that makes it *retained*. After a
crash the card is settled before any screen is shown, and money goes by what was printed: a payment whose print did not
come to be is given back. A store that died keeps no card in: it goes out unwritten and is found gone at the next start;
but nothing is kept without a record. A cancelled task does nothing more: it is the machine going down.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

import structlog

from kiosk_app.contract import Body
from kiosk_app.contract.exit_entry import EndorsementPrinted, PermitRetained, PrintResult
from kiosk_app.custody_table import KIND, OVER, Place, Stay, fields, from_entry
from kiosk_app.devices import EndorsementResult, PermitMedia, PermitUnit, RetainReason
from kiosk_app.errors import DeviceError, StoreError
from kiosk_app.ids import new_reference
from kiosk_app.ports import Clock, Journal
from kiosk_app.waiting import event_or_pause

log = structlog.get_logger()

MONEY, AUDIT = "pay", "audit"
"""Streams: a print goes behind its payment, a kept card beside the alarms."""
FORGOTTEN = 30.0
"""Seconds that a card waits at the exit before it is taken in."""
STILL_HERE = timedelta(minutes=10)
"""After a crash: whoever was at the machine so recently may still wait there for the card."""
BETWEEN_ROUNDS = 5.0
GONE = frozenset({PermitMedia.NONE, PermitMedia.RETAINED})
FOUND = "found without a record"

Undelivered = Callable[[str], Awaitable[None]]
"""Gives back the payment of this reference, if it is still open: nothing was printed for it."""


class Custody:
    """Card after card. ``machine``: the eight digits that begin every reference; ``undelivered``: the till's."""

    def __init__(
        self, unit: PermitUnit, journal: Journal, clock: Clock, *, machine: str, undelivered: Undelivered
    ) -> None:
        self.unit, self._journal, self._clock = unit, journal, clock
        self._machine, self._undelivered = machine, undelivered
        entries = journal.latest(KIND, leaving_out=OVER)
        stays = {entry.reference: from_entry(entry) for entry in entries}
        self._open = {reference: stay for reference, stay in stays.items() if stay.place is not Place.RETAINED}
        self._kept = {reference: stay for reference, stay in stays.items() if stay.place is Place.RETAINED}
        self._since = {entry.reference: entry.at for entry in entries}
        self._visit = ""
        self._news = asyncio.Event()
        self.kept: list[Callable[[Stay], None]] = []
        """Called when a card was kept or does not come out: its citizen must be told."""
        self.reported: list[Callable[[], None]] = []
        """Called when something for central was written: it should leave now."""
        self.changed: list[Callable[[], None]] = []

    # --- what others may ask ---

    @property
    def open_stays(self) -> list[Stay]:
        """Cards that the machine is not done with, oldest first."""
        return sorted(self._open.values(), key=lambda stay: stay.reference)

    @property
    def left(self) -> list[Stay]:
        """Those of them that nobody's visit looks after."""
        return [stay for stay in self.open_stays if stay.reference != self._visit]

    @property
    def offered(self) -> bool:
        """Whether a card waits at the exit though nobody is served: whoever stands there should take it."""
        return any(stay.place in {Place.RETURNING, Place.RETAINING} for stay in self.left)

    @property
    def at_exit(self) -> bool:
        """Whether the unit says that a card waits to be taken."""
        return self.unit.condition.supplies.get("media") == PermitMedia.EXIT.value

    def retained(self) -> list[Stay]:
        """Cards in the box; ``kiosk books`` may have closed a case beside us. Raises StoreError."""
        for reference in list(self._kept):
            if self._journal.entries(reference=reference, kind=KIND)[-1].state in OVER:
                del self._kept[reference]
        return sorted(self._kept.values(), key=lambda stay: stay.reference)

    def why_closed(self) -> str:
        """The text id of why no card is taken in now; empty when one is."""
        try:
            self._journal.ready()
        except StoreError:
            return "menu.closed.store"
        if self.left:
            return "menu.closed.permit_inside"
        return "menu.closed.permit_box" if self.unit.condition.supplies.get("retain_box") == "full" else ""

    # --- the journal ---

    def write(self, stay: Stay, to: Place, *reports: tuple[str, Body], **changes: str) -> Stay:
        """Make ``stay`` be at ``to``, durably. Raises StoreError; then nothing has changed."""
        return self._keep(stay.moved(to, **changes), reports)

    def _keep(self, stay: Stay, reports: Sequence[tuple[str, Body]] = ()) -> Stay:
        entry = self._journal.append(stay.reference, KIND, stay.place.value, fields(stay), reports=reports)
        self._open.pop(stay.reference, None)
        self._since[stay.reference] = entry.at
        if stay.place is Place.RETAINED:
            self._kept[stay.reference] = stay
        elif stay.place not in OVER:
            self._open[stay.reference] = stay
        self._tell(*self.changed, *(self.reported if reports else ()))
        return stay

    def write_if_possible(self, stay: Stay, to: Place, *reports: tuple[str, Body], **changes: str) -> Stay:
        """The same, where a dead store must not keep a card from its citizen, or an outcome from the money."""
        try:
            return self.write(stay, to, *reports, **changes)
        except StoreError:
            return stay.moved(to, **changes)

    def begin(self, place: Place, why: str = "") -> Stay:
        """A new record. Raises StoreError."""
        return self._keep(Stay(new_reference(self._machine, self._clock, self._journal), place, why=why))

    @staticmethod
    def _tell(*listeners: Callable[[], None]) -> None:
        for listener in listeners:
            listener()

    # --- visits ---

    def enter(self) -> Stay:
        """Somebody is going to put a card in. Raises StoreError."""
        stay = self.begin(Place.AWAITED)
        self._visit = stay.reference
        return stay

    def leave(self) -> None:
        """That visit is over; a card that is still somewhere is settled in the background."""
        self._visit = ""
        self._news.set()
        self._tell(*self.changed)

    # --- the steps, each repeatable ---

    def learn(self, stay: Stay, result: EndorsementResult) -> Stay:
        """What became of the job, with its report. Unknown: the card stays *printing*, and the unit is asked again."""
        outcome = PrintResult(result.outcome.value)
        unknown = outcome is PrintResult.UNKNOWN
        if unknown and stay.outcome == outcome.value:
            return stay
        printed = EndorsementPrinted(
            reference=stay.payment or stay.reference,
            approval=stay.approval,
            job=stay.job,
            outcome=outcome,
            reason=result.reason,
        )
        to = Place.PRINTING if unknown else Place.INSIDE
        return self.write_if_possible(stay, to, (MONEY, printed), outcome=outcome.value, why=result.reason)

    async def ask(self, stay: Stay) -> Stay:
        """What became of the job, by the unit's own memory. Raises DeviceError while it does not say."""
        return self.learn(stay, await self.unit.outcome(stay.job))

    async def bring_out(self, stay: Stay, *, wait: float = FORGOTTEN) -> Stay:
        """Give the card back; keep it if nobody takes it. Where it stops for an error it is open, and tried again."""
        try:
            stay = await self._out(stay, wait)
        except (DeviceError, StoreError) as error:
            stay = self._open.get(stay.reference, stay)
            log.warning("a card does not come out", reference=stay.reference, error=type(error).__name__)
        return stay

    async def _out(self, stay: Stay, wait: float) -> Stay:
        if stay.place is Place.AWAITED:
            came = await self.unit.position() not in GONE
            stay = self.write_if_possible(stay, Place.INSIDE if came else Place.ABSENT)
        if stay.place is Place.PRINTING:
            stay = await self.ask(stay)
        if stay.place is Place.INSIDE and wait:
            stay = self.write_if_possible(stay, Place.RETURNING)
        if stay.place is Place.RETURNING and wait and await self.unit.give_back(within=wait) is PermitMedia.NONE:
            return self.write_if_possible(stay, Place.RETURNED)
        if stay.place in {Place.INSIDE, Place.RETURNING}:
            stay = self.write(stay, Place.RETAINING)
        return await self._retain(stay) if stay.place is Place.RETAINING else stay

    async def _retain(self, stay: Stay) -> Stay:
        """Raises RetainBoxFull: the card stays where it is, and may still be taken."""
        reason = RetainReason.FORGOTTEN
        if await self.unit.retain(reason) is PermitMedia.NONE:
            return self.write_if_possible(stay, Place.RETURNED, why="taken in the last moment")
        body = PermitRetained(
            slip=stay.reference, reason=reason.value, at=self._clock.now(), token=stay.token, approval=stay.approval
        )
        return self.write(stay, Place.RETAINED, (AUDIT, body))

    # --- afterwards ---

    async def round(self) -> None:
        """Settle every card of before once; leave alone what is in a visit, and wait while the unit says nothing."""
        media = await self.unit.position()
        if self._visit or media is PermitMedia.UNKNOWN:
            return
        try:
            if not self._open and media not in GONE:
                self.begin(Place.INSIDE, FOUND)
            for stay in self.left:
                await self._settle(stay)
        except (DeviceError, StoreError) as error:
            log.warning("a card is not settled", error=type(error).__name__)

    async def _settle(self, stay: Stay) -> None:
        """Money by what was printed, then the card. Raises DeviceError, StoreError: then again later."""
        if stay.place is Place.PRINTING:
            stay = await self.ask(stay)
        if stay.place is Place.PRINTING:
            return
        if stay.undelivered:
            with suppress(StoreError):  # nothing is written: after the next start it is found so again
                await self._undelivered(stay.payment)
        here = stay.why != FOUND and self._clock.now() - self._since[stay.reference] < STILL_HERE
        if stay.place is Place.INSIDE and await self.unit.position() is PermitMedia.NONE:
            self.write(stay, Place.RETURNED, why="gone from the unit")  # its citizen's hand, or a technician's
            return
        stay = await self.bring_out(stay, wait=FORGOTTEN if here else 0.0)
        if stay.place is Place.RETAINED:
            for listener in self.kept:
                listener(stay)

    def news(self) -> None:
        """The unit is back, or somebody freed a card: look again soon."""
        self._news.set()

    async def run(self) -> None:
        """Settle for ever: at once, after news, and every few seconds while a card is somewhere it should not be."""
        while True:
            self._news.clear()
            await self.round()
            await event_or_pause(self._news, BETWEEN_ROUNDS if self.left else None)
