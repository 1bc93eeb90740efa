"""A world: the whole machine, its simulators, central and a person, on one virtual clock and from one seed.

What is real: services, session, till, settlement, journal and outbox in an encrypted file, drivers, codecs,
simulators, central's ingest and department over SQLite. What is replaced: the window by a scripted person, the
wires by memory channels, TLS by a function call. A power cut strikes before or after a chosen journal entry:
every wire dies with it, nothing more can be written, and some time later the machine starts again on the same
file. Simulators, central and people live on. The world owns all chance; the product cannot tell.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from central.authority import DocumentSigner
from central.books import Books
from central.certificates.sealing import Sealer
from central.db import memory_engine
from central.departments import samples
from central.departments.exit_entry import ExitEntry
from central.departments.hall import Halls
from central.departments.social import MedicalInsurance, SocialSecurity
from central.departments.traffic import Traffic
from central.departments.traffic_tables import decision as decisions
from central.front import Front
from central.limits import CAPS, Limits
from central.payments import Channel as Provider
from central.payments.reconcile import Night, reconcile
from central.payments.simulated import Faults, NotPossible, SimulatedProvider
from hardware.protocols.endorser import Position
from kiosk_app.contract.catalogue import PURPOSE, PURPOSE_OID
from kiosk_app.custody_table import KIND as PERMIT
from kiosk_app.custody_table import OVER, Place
from kiosk_app.desk import Patience, Site
from kiosk_app.ids import uuid7
from kiosk_app.machine import Machine
from kiosk_app.ports import Entry, Records
from kiosk_app.surroundings import Surroundings
from offline_cache.catalogue import SqlCatalogue
from offline_cache.journal import SqlJournal
from offline_cache.observations import SqlObservations
from offline_cache.outbox import SqlOutbox
from offline_cache.proofs import SqlProofs
from offline_cache.store import open_store
from provisioning.device_key import DeviceKey
from tests.people import ScriptedScreen
from tests.worlds.citizen import Citizen
from tests.worlds.faults import EVERY, Plan
from tests.worlds.founding import MORNING, authority, founded
from tests.worlds.network import Network
from tests.worlds.power import Crash, FragileJournal, Power, PowerCut
from tests.worlds.things import Things

KIOSK = "0198c0de-0000-7000-8000-0000000000ff"
PLENTY = dict.fromkeys(CAPS, 10**9)
SITE = Site(name="样本服务区", hotline="0750-0000000", machine="44070399", proof_url="https://example.invalid/proof")
KEY = DeviceKey.from_number(4407)
STORE_KEY = bytes(range(32))
QUIET, REST, LONGEST_REST = 30.0, 300.0, 1800.0
"""Seconds after the last fault; after everything was mended; and how long something may be open then."""


def _cells(connection: Any) -> list[str]:
    """Every cell of every table."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    rows = (row for (table,) in tables for row in connection.execute(f"SELECT * FROM {table}"))
    return [cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell) for row in rows for cell in row]


class World(Things):
    """See the module. ``folder`` holds the store; use one per world."""

    def __init__(self, seed: int, plan: Plan, crash: Crash | None, folder: Path) -> None:
        super().__init__(Random(f"world {seed}"))
        self.plan, self.crash, self.folder = plan, crash, folder
        self.engine = memory_engine(founded())
        self.department = Traffic()
        self.provider = SimulatedProvider(self.clock, wait=self._provider_waits)
        self.channels: dict[str, Provider] = {}
        self.front = Front(
            self.engine,
            self.clock,
            traffic=self.department,
            signer=DocumentSigner(authority(), lambda: MORNING, PURPOSE, PURPOSE_OID),
            channels=self.channels,
            limits=Limits(PLENTY),
            sealer=Sealer(authority(), lambda: MORNING),
        )
        assert isinstance(self.front.exit_entry, ExitEntry)
        self.exit_entry = self.front.exit_entry
        self.front.register(KIOSK, KEY.public_pem)
        self.front.offer_samples()
        self.network = Network(self.front, KIOSK, Random(self.random.randrange(2**32)))
        self.offer_codes(*plan.channels)
        self.citizen = Citizen(self)
        self.somebody_takes = True
        """Whether a hand takes a card from the exit, sooner or later; a story has hands of its own."""
        self._offered = False
        self.strays: list[str] = []
        """Moments at which a card was where its record did not say."""
        self._records: SqlJournal | None = None
        self._unit_tells = self.permit_unit.body.changed
        self.permit_unit.body.changed = self._look_at_card
        self.entries = 0
        self.crashes = 0
        self.waiting = 0
        self.journal: list[Entry] = []
        self.stored: list[str] = []
        """Every cell of the store, as text."""
        self.faces: list[str] = []
        """What was left of a face when a life of the machine ended."""
        self.logs: Sequence[MutableMapping[str, Any]] = ()
        """What the machine logged."""
        self.requested = asyncio.Event()
        self.screens: list[ScriptedScreen] = []
        self.virtual = 0.0
        self.lives: list[tuple[float, float]] = []

    # --- hands of the world ---

    def offer_codes(self, *names: str) -> None:
        """Central has contracts with these providers, as kiosks hear with a heartbeat."""
        every = self.provider.channels
        self.channels.update({name: every[name] for name in names})

    def pay_later(self, code: str, delay: float, lag: float) -> None:
        """A telephone pays this code after ``delay`` seconds, whatever became of the machine that showed it."""

        async def pay() -> None:
            await asyncio.sleep(delay)
            with contextlib.suppress(NotPossible):
                self.provider.pay(code, lag=lag)

        self.soon(pay())

    async def _take_permit(self) -> None:
        """A hand at the exit, quick or slow, or too late."""
        await asyncio.sleep(self.random.choice((0.5, 3.0, 12.0, 29.9, 40.0)))
        self.permit_unit.take()

    def _provider_waits(self, seconds: float) -> None:
        self.network.waits += seconds

    def offices(self, *, available: bool) -> None:
        """Departments that take no money of this world's, all at once."""
        for office in (self.front.social, self.front.medical, self.front.halls):
            assert isinstance(office, SocialSecurity | MedicalInsurance | Halls)
            office.available = available

    def reconcile(self) -> Night:
        """Central's night comes."""
        return reconcile(self.front.store, self.front.orders, self.clock)

    def pay_at_counter(self) -> None:
        """One of the sample citizen's open decisions is paid elsewhere."""
        with self.engine.begin() as connection:
            connection.execute(
                decisions.update()
                .where(decisions.c.id_number == samples.ZHANG.id_number, decisions.c.voucher == "")
                .where(decisions.c.number == samples.SAMPLES[0].number)
                .values(voucher="paid at the counter")
            )

    def books(self) -> Books:
        """Central's books."""
        return self.front.books()

    def _look_at_card(self) -> None:
        """After every move: a card in the path has a record that is open, and only one that may, is on its way out."""
        self._unit_tells()
        body, journal = self.permit_unit.body, self._records
        if body.place is Position.EXIT and not body.moving and not self._offered and self.somebody_takes:
            self.soon(self._take_permit())
        self._offered = body.place is Position.EXIT
        if journal is None or body.card is None:
            return
        newest = journal.newest(PERMIT)
        place = Place(newest.state) if newest is not None else None
        if place is None or place in OVER | {Place.RETAINED}:
            self.strays.append(f"{body.card.key} is at {body.place.name}, and the record says {place}")
        elif body.place is Position.EXIT and place in {Place.PRINTING, Place.RETAINED}:
            self.strays.append(f"{body.card.key} is put out while the record says {place}")

    # --- life ---

    async def run(self) -> None:
        """Visits with faults and at most one power cut; then everything is mended, and comes to rest."""
        faults = [asyncio.create_task(EVERY[name](self), name=name) for name in self.plan.names]
        await self._live(Power(self.crash), len(self.plan.errands), faults)
        if self.crashes:
            await asyncio.sleep(self.random.uniform(3, 60))
            await self._live(Power(None, self.entries), 0, faults)
        await self._mend()
        await self._live(Power(None, self.entries), 0, [])
        self.reconcile()

    async def _mend(self) -> None:
        self.network.up, self.network.lose_replies, self.department.available = True, 0.0, True
        self.network.lose_all, self.exit_entry.available = frozenset(), True
        self.offices(available=True)
        self.provider.set_faults(**msgspec.to_builtins(Faults()))
        await self.mend_devices()

    async def _live(self, power: Power, visits: int, faults: "Sequence[asyncio.Task[None]]") -> None:
        """One life of the machine, from power on to power off: ``visits``, until the faults are over, and some time."""
        began = asyncio.get_running_loop().time()
        async with self._machine(power) as (machine, screen):
            running = asyncio.create_task(machine.run(), name="machine")
            living = asyncio.create_task(self._visits(visits, faults) if visits or faults else self._rest(machine))
            failing = asyncio.create_task(power.failed.wait(), name="power")
            try:
                await asyncio.wait({running, living, failing}, return_when=asyncio.FIRST_COMPLETED)
                if running.done() and power.on:
                    await running
            finally:
                if power.on:
                    self.waiting = machine.waiting_reports()
                    self.faces += ["something of a face is left"] if self.analyst.holds else []
                    assert [failure for device in machine._devices.all() for failure in device.failures] == []  # type: ignore[attr-defined]
                else:
                    self.crashes += 1
                power.cut()
                for task in (running, living, failing):
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError, PowerCut, BaseExceptionGroup):
                        await task
                self.entries = power.entries
                self.screens.append(screen)
                self.lives.append((began, asyncio.get_running_loop().time()))

    async def _visits(self, count: int, faults: "Sequence[asyncio.Task[None]]") -> None:
        for _ in range(count):
            await self.citizen.visit()
        if faults:
            await asyncio.wait(faults)
        await asyncio.sleep(QUIET)

    async def _rest(self, machine: Machine) -> None:
        """Long enough for what is done again after a while; then until nothing is open, but not for ever."""
        await asyncio.sleep(REST)
        for _ in range(round((LONGEST_REST - REST) / QUIET)):
            if not self._moving(machine):
                return
            await asyncio.sleep(QUIET)

    def _moving(self, machine: Machine) -> bool:
        newest = machine.desk.journal.latest(PERMIT)
        cards = [entry for entry in newest if Place(entry.state) not in OVER | {Place.RETAINED}]
        return bool(cards or machine.till.open_payments or machine.waiting_reports() or machine._slips.printing)

    @asynccontextmanager
    async def _machine(self, power: Power) -> AsyncIterator[tuple[Machine, ScriptedScreen]]:
        screen = ScriptedScreen(self.citizen.answer)
        with ExitStack() as stack:
            store = stack.enter_context(open_store(self.folder / "store", STORE_KEY, ballast=4096, reserve=0))
            outbox = SqlOutbox(
                store,
                kiosk=KIOSK,
                boot_id=str(self.random.getrandbits(64)),
                sign=KEY.sign,
                clock=self.clock,
                mono=lambda: asyncio.get_running_loop().time(),
                clock_quality=lambda: "ntp",
                new_id=uuid7(self.clock, self.random),
            )
            journal = self._records = SqlJournal(store, outbox, self.clock)
            machine = Machine(
                screen=screen,
                devices=self.devices(power),
                records=Records(
                    FragileJournal(journal, power, self.requested),
                    outbox,
                    SqlObservations(store),
                    SqlCatalogue(store, authority().root_pem.encode(), self.clock),
                    SqlProofs(store),
                ),
                transport=self.network,
                clock=self.clock,
                random=Random(self.random.getrandbits(64)),
                site=SITE,
                patience=Patience(),
                surroundings=Surroundings(chance=Random(self.random.getrandbits(64))),
            )
            try:
                yield machine, screen
            finally:
                self.journal = journal.entries()
                self.stored = store.read(_cells)
                self._records = None
