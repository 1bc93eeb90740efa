"""The machine: all parts joined by their ports, settled, then serving. Knows no Kivy, no driver and no SQL.

The same assembly runs in the field, in the demo and in the worlds. Order at start: devices and reporting come
up, open payments are settled, the slips that nobody got are printed, and only then is a citizen greeted. A part
that does not come up, or whose driver fails, closes what needs it, not the rest. When the battery ends, what moves is
brought to its end and the machine stops by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import partial
from random import Random, SystemRandom

import structlog

from kiosk_app import health
from kiosk_app.alarms import Alarms
from kiosk_app.booth import Booth
from kiosk_app.central_desk import CentralDesk
from kiosk_app.closing import ClosingScreen
from kiosk_app.contract import DeviceReport, Heartbeat, OutboxReport
from kiosk_app.custody import Custody
from kiosk_app.desk import Aside, Desk, Patience, Site, at_once
from kiosk_app.devices import Backdrop, Condition, DeviceState
from kiosk_app.errors import StoreError
from kiosk_app.fitted import Devices
from kiosk_app.guarded import guarded
from kiosk_app.ids import uuid7
from kiosk_app.lamps import LampScreen
from kiosk_app.local_time import wait_until
from kiosk_app.money.by_code import ByCode
from kiosk_app.money.day import DAY, UNBALANCED, DayEnd
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.till import Till
from kiosk_app.outage import Outage
from kiosk_app.owed_slips import OwedSlips
from kiosk_app.portrait.match import Thresholds
from kiosk_app.ports import CatalogueShelf, Clock, Journal, Observations, Outbox, ProofShelf, Screen, Transport
from kiosk_app.power import Limits, Power
from kiosk_app.reporting import Reporting
from kiosk_app.reprints import Reprints
from kiosk_app.rulebook import Rulebook
from kiosk_app.services.appointment import make_appointment
from kiosk_app.services.complaint import take_feedback
from kiosk_app.services.contribution import pay_contribution
from kiosk_app.services.endorsement import endorse
from kiosk_app.services.guide import show_guide
from kiosk_app.services.id_photo import take_id_photo
from kiosk_app.services.insured_certificate import print_certificate
from kiosk_app.services.living_verification import verify_living
from kiosk_app.services.medical_account import show_medical_account
from kiosk_app.services.my_cases import show_cases
from kiosk_app.services.pension_payments import show_pensions
from kiosk_app.services.places import show_places
from kiosk_app.services.progress import show_progress
from kiosk_app.services.reprint import reprint
from kiosk_app.services.rights_record import show_rights_record
from kiosk_app.services.social_card import serve_card
from kiosk_app.services.social_state import show_benefits
from kiosk_app.services.traffic_fines import pay_traffic_fines
from kiosk_app.session import CARD_OUT, Session
from kiosk_app.spoken import SpeakingScreen, Wording
from kiosk_app.supplies import Supplies, Unkept
from kiosk_app.views import Sorry, text

log = structlog.get_logger()

Services = Mapping[str, Callable[[Desk], Awaitable[bool]]]
SERVICES: Services = {
    "traffic_fines": pay_traffic_fines,
    "progress": show_progress,
    "id_photo": take_id_photo,
    "rights_record": show_rights_record,
    "insured_certificate": print_certificate,
    "living_verification": verify_living,
    "social_card": serve_card,
    "contribution": pay_contribution,
    "pension_payments": show_pensions,
    "medical_account": show_medical_account,
    "social_state": show_benefits,
    "complaint": take_feedback,
    "my_cases": show_cases,
    "reprint": reprint,
    "places": show_places,
    "appointment": make_appointment,
}
STARTING_PATIENCE = 15.0
"""Seconds that devices have to answer before the first screen; later they join by themselves."""
UNRESOLVED = frozenset({State.UNKNOWN, State.REVERSING})
NIGHT, NIGHT_AGAIN = time(3, 0), 60.0
"""Local hour of the cleaning, and seconds until another look while somebody is served then."""
LAST_PATIENCE, LOOK = 100.0, 0.2
"""Seconds that a visit may still take when the battery ends: ``Limits.runtime`` less the system's own shutdown."""


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
    chance: Random = field(default_factory=SystemRandom)
    """Draws the order of gestures: nobody may foresee it."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    backdrop: Backdrop = Backdrop.KEEP
    limits: Limits = field(default_factory=Limits)
    """When the battery's end is near."""
    aside: Aside = at_once


class Machine:
    """Everything joined; :meth:`run` serves until cancelled, or until the battery ends."""

    def __init__(
        self,
        *,
        screen: Screen,
        devices: Devices,
        journal: Journal,
        outbox: Outbox,
        proofs: ProofShelf,
        transport: Transport,
        clock: Clock,
        random: Random,
        site: Site,
        patience: Patience,
        surroundings: Surroundings,
        observations: Observations | None = None,
        catalogue: CatalogueShelf | None = None,
        card_first: bool = False,
        wording: Wording | None = None,
    ) -> None:
        devices = guarded(devices)
        self._devices, self._journal, self._outbox, self._clock = devices, journal, outbox, clock
        self._surroundings = surroundings
        self._screen = ClosingScreen(_told_elsewhere(screen, devices, wording))
        self._since = clock.now()
        self._shown = ""
        self.reporting = Reporting(outbox, transport, random, self._status)
        central = CentralDesk(transport, self.reporting)
        self.till = Till(
            journal, outbox, devices.card_terminal, clock, machine=site.machine, codes=ByCode(central, self._channels)
        )
        self._day_end = DayEnd(
            journal,
            self.till,
            devices.card_terminal,
            clock,
            hour=surroundings.day_end,
            quiet=lambda: not self.session.visiting,
        )
        self.custody = self._custody(site.machine)
        self.rulebook = Rulebook(catalogue, central, journal) if catalogue is not None else None
        self.desk = Desk(
            screen=self._screen,
            id_card_reader=devices.id_card_reader,
            receipt_printer=devices.receipt_printer,
            document_printer=devices.document_printer,
            till=self.till,
            central=central,
            journal=journal,
            reprints=Reprints(journal, proofs, clock, site.machine),
            clock=clock,
            site=site,
            new_id=uuid7(clock, random),
            patience=patience,
            custody=self.custody,
            rulebook=self.rulebook,
            booth=self._booth(),
            chip_card_reader=devices.chip_card_reader,
            aside=surroundings.aside,
        )
        services: Services = {
            **SERVICES,
            "endorsement": partial(endorse, card_first=card_first),
            "guide": partial(show_guide, menu=lambda: health.menu(self.parts())),
        }
        self.session = Session(self.desk, services, self.parts)
        self._alarms, self._supplies = Alarms(journal), Supplies(observations or Unkept(), clock)
        self._outage = Outage(devices.ups, surroundings.limits)
        self._slips = OwedSlips(self.desk)
        self._listen()
        self._power_changed(self._outage.power)

    def _listen(self) -> None:
        for device in self._devices.all():
            device.watch(partial(self._condition_changed, device.role))
        if self._devices.keypad is not None:
            self._devices.keypad.watch_keys(self._screen.key)
        self.reporting.link_changed.append(self._link_changed)
        self.till.reported.append(self.reporting.kick)
        if self.custody is not None:
            self.custody.reported.append(self.reporting.kick)
            self.custody.kept.append(self._slips.kept)
        self._alarms.told.append(self.reporting.kick)
        self._outage.changed.append(self._power_changed)
        if self.rulebook is not None:
            self.reporting.catalogue_told.append(self.rulebook.told)
            self.rulebook.renewed.append(self._changed)
        self.reporting.verdict_came.append(lambda _: self.till.settlement.news())

    def _booth(self) -> Booth | None:
        camera, face = self._devices.camera, self._devices.face_analyst
        if camera is None or face is None:
            return None
        around = self._surroundings
        return Booth(camera, face, around.chance, around.thresholds, around.backdrop)

    def _custody(self, machine: str) -> Custody | None:
        if self._devices.permit_unit is None:
            return None
        custody = Custody(
            self._devices.permit_unit,
            self._journal,
            self._clock,
            machine=machine,
            undelivered=self.till.settlement.undelivered,
        )
        custody.changed.append(self._card_moved)
        return custody

    def _channels(self) -> tuple[str, ...]:
        return self.reporting.channels if self.reporting.online else ()

    # --- how it is ---

    def parts(self) -> health.Parts:
        """How the parts are now."""
        conditions = health.conditions_of(self._devices.all())
        return health.Parts(
            conditions=conditions,
            till=self.till.why_closed(),
            central=self.reporting.online,
            custody=self.custody.why_closed() if self.custody else "",
            outage=self.till.outage,
            catalogue=self.rulebook is not None and self.rulebook.version > 0,
            guide=self.rulebook is not None and self.rulebook.guide is not None,
            permit_out=self.custody is not None and self.custody.offered,
        )

    def _condition_changed(self, role: str, condition: Condition) -> None:
        log.info("condition", role=role, state=condition.state.value, reason=condition.reason, detail=condition.detail)
        self.till.settlement.news()
        if self.custody is not None:
            self.custody.news()
        self._alarms.changed(role, condition)
        self._supplies.changed()
        self._changed()

    def _link_changed(self, _online: bool) -> None:
        self.till.settlement.news()  # what waits for an answer by code can have one
        self._changed()

    def _power_changed(self, power: Power) -> None:
        """On the battery what is under way finishes and nothing new is paid; at its end nobody new is served."""
        self.till.outage = "" if power is Power.NORMAL else "menu.closed.power"
        if power is Power.SHUT_DOWN:
            self.session.closed = True
            self._screen.close()
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
                    state=condition.state.value,
                    reason=condition.reason,
                    supplies=dict(condition.supplies),
                    levels=dict(condition.levels),
                    empty_at=self._supplies.empty_at(role, condition),
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
        """What a person should know of: refunds due, payments nobody has answered for, permits, an unbalanced day."""
        waiting = [payment for payment in self.till.open_payments if payment.state in UNRESOLVED]
        owed = [f"{payment.state.value} {payment.reference}" for payment in [*self.till.refunds_due(), *waiting]]
        permits = [*self.custody.retained(), *self.custody.left] if self.custody else []
        owed += [f"permit {stay.place.value} {stay.reference}" for stay in permits]
        day = self._journal.newest(DAY)
        return owed + ([f"day {day.state} {day.reference}"] if day and day.state in UNBALANCED else [])

    def waiting_reports(self) -> int:
        """Events that central has not acknowledged."""
        return self._outbox.report().count

    def _now(self) -> datetime:
        return self._clock.now()

    # --- running ---

    async def run(self) -> Power:
        """Start, settle, serve. Returns SHUT_DOWN when the battery ends and nothing moves any more."""
        devices = self._devices.all()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(device.run(), name=device.role) for device in devices]
            tasks.append(group.create_task(self.reporting.run(), name="reporting"))
            tasks.append(group.create_task(self._alarms.run(devices), name="alarms"))
            if self.rulebook is not None:
                tasks.append(group.create_task(self.rulebook.run(), name="rulebook"))
            tasks.append(group.create_task(self._supplies.run(devices), name="supplies"))
            tasks.append(group.create_task(self._serve(), name="serve"))
            await self._outage.run()
            await self._still()
            self._screen.put(Sorry(title=text("closed.power"), detail=text("sorry.detail.power"), leave=False))
            for task in tasks:
                task.cancel()
        return Power.SHUT_DOWN

    async def _still(self) -> None:
        """Until nobody is served, no money moves and no paper; not longer than the battery allows."""
        try:
            async with asyncio.timeout(LAST_PATIENCE):
                while self.session.visiting or self.till.moving or self._slips.printing:  # noqa: ASYNC110 - no bell rings
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            log.error("not everything came to its end before the battery's")

    async def _serve(self) -> None:
        self._screen.put(Sorry(title=text("closed.starting"), detail=text("sorry.detail.starting"), leave=False))
        await self._devices_up()
        if self.till.open_payments:
            self._screen.put(Sorry(title=text("closed.starting"), detail=text("sorry.detail.settling"), leave=False))
        self._slips.prove_newest()
        self.till.settlement.settled.append(self._settled)
        async with asyncio.TaskGroup() as group:
            if self.custody is not None:
                await self.custody.round()  # money goes by what was printed: the card is asked for first
                group.create_task(self.custody.run(), name="custody")
            await self.till.settlement.round()
            group.create_task(self.till.settlement.run(), name="settlement")
            group.create_task(self._slips.run(), name="slips")
            group.create_task(self.session.run(), name="session")
            group.create_task(self._day_end.run(), name="day end")
            group.create_task(self._clean(), name="cleaning")

    def _settled(self, before: Payment, after: Payment) -> None:
        self._slips.settled(before, after)
        self._changed()

    def _card_moved(self) -> None:
        """A card that waits at the exit is asked for at once, also before anybody is greeted."""
        if self.custody is not None and self.custody.offered and not self.session.visiting:
            self._screen.put(CARD_OUT)
        self._changed()

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


def _told_elsewhere(screen: Screen, devices: Devices, wording: Wording | None) -> Screen:
    """The screen, and what says the same as it: lamps, and a voice where there is one and words for it."""
    if devices.cabinet is not None:
        screen = LampScreen(screen, devices.cabinet)
    if devices.speaker is not None and wording is not None:
        screen = SpeakingScreen(screen, devices.speaker, devices.headphones, wording)
    return screen


__all__ = ["Devices", "Machine", "Surroundings"]
