"""The machine: all parts joined by their ports, settled, then serving. Knows no Kivy, no driver and no SQL.

The same assembly runs in the field, in the demo and in the worlds. Order at start: devices and reporting come
up, open payments are settled, the slips that nobody got are printed, and only then is a citizen greeted. A part
that does not come up closes what needs it, not the rest.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from random import Random

import structlog

from kiosk_app import health
from kiosk_app.central_desk import CentralDesk
from kiosk_app.contract import DeviceReport, Heartbeat, OutboxReport
from kiosk_app.desk import Aside, Desk, Patience, Site, at_once
from kiosk_app.devices import (
    CardTerminal,
    Condition,
    Device,
    DeviceState,
    DocumentPrinter,
    IdCardReader,
    PrintOutcome,
    ReceiptPrinter,
)
from kiosk_app.errors import StoreError
from kiosk_app.local_time import wait_until
from kiosk_app.money.day import DAY, UNBALANCED, DayEnd
from kiosk_app.money.payment import KIND, OPEN_AT_TERMINAL, Payment, State, from_entry
from kiosk_app.money.till import Till
from kiosk_app.ports import Clock, Entry, Journal, Outbox, Screen, Transport
from kiosk_app.reporting import Reporting
from kiosk_app.services.traffic_fines import pay_traffic_fines
from kiosk_app.session import Session
from kiosk_app.views import Sorry, text

log = structlog.get_logger()

SERVICES: Mapping[str, Callable[[Desk], Awaitable[bool]]] = {"traffic_fines": pay_traffic_fines}
STARTING_PATIENCE = 15.0
"""Seconds that devices have to answer before the first screen; later they join by themselves."""
UNRESOLVED = frozenset({State.UNKNOWN, State.REVERSING})
STILL_WAITING = timedelta(minutes=10)
NIGHT, NIGHT_AGAIN = time(3, 0), 60.0
"""Local hour of the cleaning, and seconds until another look while somebody is served then."""
ENDED = frozenset({State.COMPLETED, State.SETTLED, State.REVERSED, State.REFUND_DUE})
PROVEN = frozenset({PrintOutcome.PRINTED.value, PrintOutcome.SENT.value})


@dataclass(frozen=True)
class Devices:
    """One device per role."""

    id_card_reader: IdCardReader
    card_terminal: CardTerminal
    receipt_printer: ReceiptPrinter
    document_printer: DocumentPrinter

    def all(self) -> tuple[Device, ...]:
        """Every device."""
        return (self.id_card_reader, self.card_terminal, self.receipt_printer, self.document_printer)


@dataclass(frozen=True)
class Surroundings:
    """What tells the heartbeat about the box around the program."""

    software: str = ""
    disk_free_mb: Callable[[], int] = lambda: 0
    clock_quality: Callable[[], str] = lambda: "unknown"
    issues: tuple[str, ...] = ()
    day_end: time = time(23, 30)
    """Local hour at which the terminal's batch is closed."""
    clean: Callable[[], None] = lambda: None
    """Deletes what is old enough; called each night when nobody is served. Raises StoreError."""
    aside: Aside = at_once


class Machine:
    """Everything joined; :meth:`run` serves until cancelled."""

    def __init__(
        self,
        *,
        screen: Screen,
        devices: Devices,
        journal: Journal,
        outbox: Outbox,
        transport: Transport,
        clock: Clock,
        random: Random,
        site: Site,
        patience: Patience,
        surroundings: Surroundings,
    ) -> None:
        self._devices, self._journal, self._outbox, self._clock = devices, journal, outbox, clock
        self._screen, self._surroundings = screen, surroundings
        self._since = clock.now()
        self._shown = ""
        self._owed: asyncio.Queue[Payment] = asyncio.Queue()
        self.till = Till(journal, outbox, devices.card_terminal, clock, machine=site.machine)
        self._day_end = DayEnd(
            journal,
            self.till,
            devices.card_terminal,
            clock,
            hour=surroundings.day_end,
            quiet=lambda: not self.session.visiting,
        )
        self.reporting = Reporting(outbox, transport, random, self._status)
        self.desk = Desk(
            screen=screen,
            id_card_reader=devices.id_card_reader,
            receipt_printer=devices.receipt_printer,
            document_printer=devices.document_printer,
            till=self.till,
            central=CentralDesk(transport, self.reporting),
            journal=journal,
            clock=clock,
            site=site,
            patience=patience,
            aside=surroundings.aside,
        )
        self.session = Session(self.desk, SERVICES, self.parts)
        self._listen()

    def _listen(self) -> None:
        for device in self._devices.all():
            device.watch(partial(self._condition_changed, device.role))
        self.reporting.link_changed.append(lambda _: self._changed())
        self.till.reported.append(self.reporting.kick)
        self.reporting.verdict_came.append(lambda _: self.till.settlement.news())

    # --- how it is ---

    def parts(self) -> health.Parts:
        """How the parts are now."""
        conditions = {device.role: device.condition for device in self._devices.all()}
        return health.Parts(conditions=conditions, till=self.till.why_closed(), central=self.reporting.online)

    def _condition_changed(self, role: str, condition: Condition) -> None:
        log.info("condition", role=role, state=condition.state.value, reason=condition.reason)
        self.till.settlement.news()
        self._changed()

    def _changed(self) -> None:
        self.reporting.changed()
        self.session.changed()

    def _status(self, seq: int) -> Heartbeat:
        parts = self.parts()
        state = health.state(parts)
        if state != self._shown:
            self._shown, self._since = state, self._clock.now()
        self.session.changed()  # a disk that is full, or has room again, tells nobody
        outbox, issues = self._records()
        return Heartbeat(
            seq=seq,
            state=state,
            screen="visit" if self.session.visiting else "idle",
            since=self._since,
            devices={
                role: DeviceReport(
                    state=condition.state.value, reason=condition.reason, supplies=dict(condition.supplies)
                )
                for role, condition in parts.conditions.items()
            },
            services={item.key: item.closed.id if item.closed else "open" for item in health.menu(parts)},
            outbox=outbox,
            issues=list(dict.fromkeys([*self._surroundings.issues, *issues])),
            software=self._surroundings.software,
            disk_free_mb=self._surroundings.disk_free_mb(),
            clock_q=self._surroundings.clock_quality(),
            at_wall=self._now(),
        )

    def _records(self) -> tuple[OutboxReport, list[str]]:
        """What waits for central and for a person; a store in trouble is an issue itself."""
        try:
            self._journal.ready()
            trouble = []
        except StoreError as error:
            trouble = [f"store {type(error).__name__}"]
        try:
            return self._outbox.report(), trouble + self._cases()
        except StoreError:
            return OutboxReport(count=0), trouble

    def _cases(self) -> list[str]:
        """What a person should know of: refunds due, payments the terminal has not answered for, an unbalanced day."""
        waiting = [payment for payment in self.till.open_payments if payment.state in UNRESOLVED]
        owed = [f"{payment.state.value} {payment.reference}" for payment in [*self.till.refunds_due(), *waiting]]
        day = self._journal.newest(DAY)
        return owed + ([f"day {day.state} {day.reference}"] if day and day.state in UNBALANCED else [])

    def waiting_reports(self) -> int:
        """Events that central has not acknowledged."""
        return self._outbox.report().count

    def _now(self) -> datetime:
        return self._clock.now()

    # --- running ---

    async def run(self) -> None:
        """Start, settle, serve."""
        async with asyncio.TaskGroup() as group:
            for device in self._devices.all():
                group.create_task(device.run(), name=device.role)
            group.create_task(self.reporting.run(), name="reporting")
            group.create_task(self._serve(), name="serve")

    async def _serve(self) -> None:
        self._screen.put(Sorry(title=text("closed.starting"), detail=text("sorry.detail.starting"), leave=False))
        await self._devices_up()
        if self.till.open_payments:
            self._screen.put(Sorry(title=text("closed.starting"), detail=text("sorry.detail.settling"), leave=False))
        self._prove_newest()
        self.till.settlement.settled.append(self._settled)
        async with asyncio.TaskGroup() as group:
            await self.till.settlement.round()
            group.create_task(self.till.settlement.run(), name="settlement")
            group.create_task(self._print_slips(), name="slips")
            group.create_task(self.session.run(), name="session")
            group.create_task(self._day_end.run(), name="day end")
            group.create_task(self._clean(), name="cleaning")

    async def _devices_up(self) -> None:
        """Wait until every device has said how it is, but not for long."""
        starting = [device for device in self._devices.all() if device.condition.state is DeviceState.STARTING]
        left = {device.role for device in starting}
        done = asyncio.Event()

        def heard(role: str) -> Callable[[Condition], None]:
            def listener(_: Condition) -> None:
                left.discard(role)
                if not left:
                    done.set()

            return listener

        for device in starting:
            device.watch(heard(device.role))
        if starting:
            try:
                async with asyncio.timeout(STARTING_PATIENCE):
                    await done.wait()
            except TimeoutError:
                log.warning("devices silent at start", roles=sorted(left))

    async def _clean(self) -> None:
        """Night by night, between two visits."""
        pause = wait_until(self._now(), NIGHT)
        while True:
            await asyncio.sleep(pause)
            pause = NIGHT_AGAIN
            if not self.session.visiting:
                with suppress(StoreError):  # the heartbeat names a store in trouble
                    self._surroundings.clean()
                pause = wait_until(self._now(), NIGHT)

    # --- slips for those who did not get their proof ---

    def _settled(self, before: Payment, after: Payment) -> None:
        """Settlement brought an uncertain payment to an end: its citizen has no proof yet."""
        if before.state in OPEN_AT_TERMINAL - {State.INTENDED}:
            self._owed.put_nowait(after)
        self._changed()

    def _prove_newest(self) -> None:
        """The machine may have stopped between the payment's end and its receipt; one visit at a time: the newest.

        Hours later nobody waits for it any more, and the slip would lie there for the next citizen.
        """
        with suppress(StoreError):
            self._owe(self._journal.newest(KIND))

    def _owe(self, newest: Entry | None) -> None:
        if newest is None or self._clock.now() - newest.at > STILL_WAITING or newest.state not in ENDED:
            return
        self._owed.put_nowait(from_entry(newest))

    async def _print_slips(self) -> None:
        while True:
            payment = await self._owed.get()
            if not self._proven(payment):
                await self.desk.print_slip(payment.reference, self.desk.trouble_slip(payment))

    def _proven(self, payment: Payment) -> bool:
        """Whether its slip came out. A store that cannot tell does not keep the slip back."""
        try:
            entries = self._journal.entries(reference=payment.reference, kind="receipt")
        except StoreError:
            return False
        return any(entry.state in PROVEN for entry in entries)
