"""The machine: all parts joined by their ports, settled, then serving. Knows no Kivy, no driver and no SQL.

The same assembly runs in the field, in the demo and in the worlds. Order at start: devices and reporting come
up, open payments are settled, the slips that nobody got are printed, and only then is a citizen greeted. A part
that does not come up, or whose driver fails, closes what needs it, not the rest. When the battery ends, what moves is
brought to its end and the machine stops by itself.
"""

import asyncio
from functools import partial
from random import Random

import structlog

from kiosk_app import health
from kiosk_app.alarms import Alarms
from kiosk_app.booth import Booth
from kiosk_app.central_desk import CentralDesk
from kiosk_app.closing import ClosingScreen
from kiosk_app.contract import Heartbeat
from kiosk_app.custody import Custody
from kiosk_app.desk import Desk, Patience, Site
from kiosk_app.devices import Condition
from kiosk_app.fitted import Devices
from kiosk_app.guarded import guarded
from kiosk_app.heartbeat import Heart
from kiosk_app.lamps import LampScreen
from kiosk_app.money.by_code import ByCode
from kiosk_app.money.day import DayEnd
from kiosk_app.money.payment import Payment
from kiosk_app.money.till import Till
from kiosk_app.night import clean_nightly
from kiosk_app.outage import Outage
from kiosk_app.owed_slips import OwedSlips
from kiosk_app.ports import Clock, Records, Screen, Transport
from kiosk_app.power import Power
from kiosk_app.reporting import Reporting
from kiosk_app.reprints import Reprints
from kiosk_app.rulebook import Rulebook
from kiosk_app.services.table import services
from kiosk_app.session import CARD_OUT, Session
from kiosk_app.spoken import SpeakingScreen, Wording
from kiosk_app.starting import wait_until_heard
from kiosk_app.supplies import Supplies
from kiosk_app.surroundings import Surroundings
from kiosk_app.views import Sorry, text

log = structlog.get_logger()

LAST_PATIENCE, LOOK = 100.0, 0.2
"""Seconds that a visit may still take when the battery ends: ``Limits.runtime`` less the system's own shutdown."""


class Machine:
    """Everything joined; :meth:`run` serves until cancelled, or until the battery ends."""

    def __init__(
        self,
        *,
        screen: Screen,
        devices: Devices,
        records: Records,
        transport: Transport,
        clock: Clock,
        random: Random,
        site: Site,
        patience: Patience,
        surroundings: Surroundings,
        card_first: bool = False,
        wording: Wording | None = None,
    ) -> None:
        devices = guarded(devices)
        self._devices, self._records, self._clock, self._surroundings = devices, records, clock, surroundings
        self._screen = ClosingScreen(_told_elsewhere(screen, devices, wording))
        self.reporting = Reporting(records.outbox, transport, random, self._status)
        central = CentralDesk(transport, self.reporting)
        self.till = self._till(ByCode(central, self._channels), site.machine)
        self._day_end = DayEnd(
            records.journal, self.till, devices.card_terminal, clock, hour=surroundings.day_end, quiet=self._quiet
        )
        self.custody = self._custody(site.machine)
        self.rulebook = Rulebook(records.catalogue, central, records.journal)
        self.desk = self._desk(central, site, patience)
        table = services(card_first=card_first, menu=lambda: health.menu(self.parts()))
        self.session = Session(self.desk, table, self.parts)
        self._alarms, self._supplies = Alarms(records.journal), Supplies(records.observations, clock)
        self._outage = Outage(devices.ups, surroundings.limits)
        self._slips = OwedSlips(self.desk)
        self._heart = Heart(
            records=records,
            till=self.till,
            custody=self.custody,
            supplies=self._supplies,
            clock=clock,
            surroundings=surroundings,
        )
        self._listen()
        self._power_changed(self._outage.power)

    def _till(self, codes: ByCode, machine: str) -> Till:
        records = self._records
        return Till(
            records.journal, records.outbox, self._devices.card_terminal, self._clock, machine=machine, codes=codes
        )

    def _desk(self, central: CentralDesk, site: Site, patience: Patience) -> Desk:
        devices, records = self._devices, self._records
        return Desk(
            screen=self._screen,
            id_card_reader=devices.id_card_reader,
            receipt_printer=devices.receipt_printer,
            document_printer=devices.document_printer,
            till=self.till,
            central=central,
            journal=records.journal,
            reprints=Reprints(records.journal, records.proofs, self._clock, site.machine),
            prices=self.rulebook,
            clock=self._clock,
            site=site,
            patience=patience,
            custody=self.custody,
            booth=self._booth(),
            chip_card_reader=devices.chip_card_reader,
            aside=self._surroundings.aside,
        )

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
            self._records.journal,
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
            catalogue=self.rulebook.version > 0,
            guide=self.rulebook.guide is not None,
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
        self.session.changed()  # a disk that is full, or has room again, tells nobody
        return self._heart.beat(seq, self.parts(), visiting=self.session.visiting)

    def _quiet(self) -> bool:
        return not self.session.visiting

    def waiting_reports(self) -> int:
        """Events that central has not acknowledged."""
        return self._records.outbox.report().count

    # --- running ---

    async def run(self) -> Power:
        """Start, settle, serve. Returns SHUT_DOWN when the battery ends and nothing moves any more."""
        devices = self._devices.all()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(device.run(), name=device.role) for device in devices]
            tasks.append(group.create_task(self.reporting.run(), name="reporting"))
            tasks.append(group.create_task(self._alarms.run(devices), name="alarms"))
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
        await wait_until_heard(self._devices.all())
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
            cleaning = clean_nightly(self._records.clean, self._clock, quiet=self._quiet)
            group.create_task(cleaning, name="cleaning")

    def _settled(self, before: Payment, after: Payment) -> None:
        self._slips.settled(before, after)
        self._changed()

    def _card_moved(self) -> None:
        """A card that waits at the exit is asked for at once, also before anybody is greeted."""
        if self.custody is not None and self.custody.offered and not self.session.visiting:
            self._screen.put(CARD_OUT)
        self._changed()


def _told_elsewhere(screen: Screen, devices: Devices, wording: Wording | None) -> Screen:
    """The screen, and what says the same as it: lamps, and a voice where there is one and words for it."""
    if devices.cabinet is not None:
        screen = LampScreen(screen, devices.cabinet)
    if devices.speaker is not None and wording is not None:
        screen = SpeakingScreen(screen, devices.speaker, devices.headphones, wording)
    return screen


__all__ = ["Devices", "Machine"]
