"""A stand: one machine with its simulators, central and a person, on virtual time, so that a test reads like a story.

Real are services, session, till, settlement, the encrypted store, drivers, codecs, simulators and central's
front, as in the worlds (:mod:`tests.worlds.world`); here nothing is left to chance. The person looks at a
:class:`Glass` instead of a window, and does with hands and touches what the story says. A story that leaves a
task's failure unread fails: somebody in the machine did not look.
"""

import asyncio
import gc
import inspect
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import structlog

from central.departments.exit_entry import samples as exit_samples
from central.departments.rules import china_day
from central.departments.samples import SAMPLES
from hardware.drivers.cabinet import Cabinet
from hardware.drivers.card_terminal import CardTerminal
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.document_printer import DocumentPrinter
from hardware.drivers.id_card_reader import IdCardReader
from hardware.drivers.permit_unit import PermitUnit
from hardware.drivers.receipt_printer import ReceiptPrinter
from hardware.drivers.ups import Ups
from hardware.protocols.mrz import PermitLine
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.card_terminal_ledger import Booking
from hardware.simulators.chip_card_reader import ChipCardReaderSimulator
from hardware.simulators.permit_cards import PermitCard
from hardware.simulators.ups import UpsSimulator
from kiosk_app.contract import Heartbeat
from kiosk_app.desk import Patience, Site
from kiosk_app.devices import KeypadKey, KeyStroke
from kiosk_app.errors import StoreCorrupt, StoreError
from kiosk_app.ids import uuid7
from kiosk_app.machine import Devices, Machine
from kiosk_app.money.payment import KIND
from kiosk_app.no_store import NoStore
from kiosk_app.ports import CatalogueShelf, Entry, Records
from kiosk_app.surroundings import Surroundings
from kiosk_app.views import (
    Attract,
    ChooseMany,
    Chosen,
    Done,
    Intent,
    Leave,
    Marked,
    Menu,
    Pay,
    PayCode,
    PayWay,
    PlaceCard,
    View,
)
from offline_cache.catalogue import SqlCatalogue
from offline_cache.journal import SqlJournal
from offline_cache.observations import SqlObservations
from offline_cache.outbox import SqlOutbox
from offline_cache.proofs import SqlProofs
from offline_cache.retention import Deleted, Retention
from offline_cache.store import Store, open_store
from tests.faces import SceneAnalyst, SceneCamera
from tests.tabletop import TableCamera
from tests.virtual import VirtualLoop
from tests.worlds.faults import Plan
from tests.worlds.founding import authority
from tests.worlds.power import Power, PowerCut
from tests.worlds.world import KEY, KIOSK, SITE, STORE_KEY, World

Seen = TypeVar("Seen", bound=View)
PARKING, MARKING, WRONG_LANE, SIGN = (sample.number for sample in SAMPLES[:4])
"""The decisions against the sample citizen; only WRONG_LANE costs little enough to be tapped without a PIN."""
CAMERA = SAMPLES[4].number
BOOTH = frozenset({"camera", "face_analyst", "document_camera"})
"""Before which faces are compared, and the desk on which papers are laid; a story without them says so."""
SLOTS = ("id_card_reader", "card_terminal", "receipt_printer", "document_printer")
"""The lamps of the cabinet, where a story has one."""
PIN, WRONG_PIN = "123456", "000000"
LONGEST = 10_000.0
"""Virtual seconds of a story: one that hangs fails."""
LOOK = 0.02
"""Seconds between two looks of somebody who waits for something."""


class Glass:
    """A window one can only look at and touch: implements ``kiosk_app.ports.Screen``."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, View]] = []
        self.touched = 0.0
        self.language = "zh_CN"
        self.large = False
        self.forgotten = 0
        self._listening: list[asyncio.Future[Intent]] = []

    def put(self, view: View) -> None:
        self.seen.append((asyncio.get_running_loop().time(), view))

    async def show(self, view: View) -> Intent:
        self.put(view)
        answer: asyncio.Future[Intent] = asyncio.get_running_loop().create_future()
        self._listening.append(answer)
        try:
            return await answer
        finally:
            self._listening.remove(answer)

    def key(self, key: KeypadKey, stroke: KeyStroke) -> None:
        self.touched = asyncio.get_running_loop().time()

    def forget(self) -> None:
        self.forgotten += 1
        self.language = "zh_CN"
        self.large = False

    @property
    def view(self) -> View | None:
        """What is shown now."""
        return self.seen[-1][1] if self.seen else None

    @property
    def listens(self) -> bool:
        """Whether somebody waits for an intent."""
        return bool(self._listening) and not self._listening[-1].done()

    def touch(self, intent: Intent | None) -> None:
        """Touch what means ``intent``, or (None) somewhere: scrolling."""
        self.touched = asyncio.get_running_loop().time()
        if intent is not None:
            assert self.listens, f"nobody listens to {intent} at {self.view}"
            self._listening[-1].set_result(intent)


class TellingJournal:
    """The real journal; ``before`` and ``after`` an entry of a state something may happen, once."""

    def __init__(self, journal: SqlJournal, power: Power) -> None:
        self._journal, self._power = journal, power
        self.before: dict[str, Callable[[], None]] = {}
        self.after: dict[str, Callable[[], None]] = {}

    def append(self, reference: str, kind: str, state: str, *rest: Any, **named: Any) -> Entry:
        if not self._power.on:
            raise PowerCut
        self.before.pop(state, lambda: None)()
        entry = self._journal.append(reference, kind, state, *rest, **named)
        self.after.pop(state, lambda: None)()
        return entry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)


class Stand(World):
    """One machine and what surrounds it. ``start`` powers it on, ``stop`` off, ``power_cut`` pulls the plug."""

    def __init__(self, folder: Path) -> None:
        super().__init__(0, Plan((), 0.0), None, folder)
        self.card_terminal.abandons("keep")
        self.somebody_takes = False
        self.presenter = True
        self.fitted = set(BOOTH)
        self.drivers_fail = False
        self.cabinet, self.ups = CabinetSimulator(), UpsSimulator()
        self.chip_card_reader = ChipCardReaderSimulator()
        self.patience = Patience()
        self.card_first = False
        self.site: Site = SITE
        self.glass = Glass()
        self.person = Person(self)
        self.machine: Machine
        self.store: Store
        self.books_here: TellingJournal
        self.logs: list[Any] = []
        self.cleaned: list[Deleted] = []
        self.made_aside: list[bytes] = []
        self._power = Power(None)
        self._running: asyncio.Task[Any] | None = None
        self._held = ExitStack()

    # --- power ---

    async def start(self, *, store_error: StoreError | None = None) -> None:
        """Power on. ``store_error``: the store cannot be opened."""
        self._power = Power(None)
        self.glass = Glass()
        self.person.screen_is_new()
        self.machine = Machine(
            screen=self.glass,
            devices=Devices(
                id_card_reader=IdCardReader(self._wire(self.id_card_reader, self._power)),
                card_terminal=CardTerminal(self._wire(self.card_terminal, self._power)),
                receipt_printer=ReceiptPrinter(self._wire(self.receipt_printer, self._power), presenter=self.presenter),
                document_printer=DocumentPrinter(self._wire(self.document_printer, self._power), queue="a4"),
                chip_card_reader=ChipCardReader(self._wire(self.chip_card_reader, self._power)),
                permit_unit=PermitUnit(self._wire(self.permit_unit, self._power), today=self._today),
                **self._fitted(),
            ),
            records=self._records_here(store_error),
            transport=self.network,
            clock=self.clock,
            random=Random(7),
            site=self.site,
            patience=self.patience,
            surroundings=Surroundings(aside=self._aside, chance=Random(7)),
            card_first=self.card_first,
        )
        self._running = asyncio.create_task(self.machine.run(), name="machine")

    def _fitted(self) -> dict[str, Any]:
        """What this machine has besides."""
        box: dict[str, Any] = {}
        if "cabinet" in self.fitted:
            box["cabinet"] = Cabinet(self._wire(self.cabinet, self._power), lamps=SLOTS)
        if "camera" in self.fitted:
            box["camera"] = SceneCamera(self.scene)
        if "face_analyst" in self.fitted:
            box["face_analyst"] = self.analyst = SceneAnalyst(self.scene)
        if "document_camera" in self.fitted:
            box["document_camera"] = self.table_camera = TableCamera(self.table)
        if "ups" in self.fitted:
            box["ups"] = Ups(self._wire(self.ups, self._power))
        return box

    def lit(self) -> list[str]:
        """The slots whose lamps blink."""
        return [slot for slot, shows in zip(SLOTS, self.cabinet.lamps, strict=False) if shows == "blink"]

    def _open(self) -> tuple[TellingJournal, SqlOutbox]:
        self._held = ExitStack()
        self.store = self._held.enter_context(open_store(self.folder / "store", STORE_KEY, ballast=4096, reserve=0))
        outbox = SqlOutbox(
            self.store,
            kiosk=KIOSK,
            boot_id=str(self.random.getrandbits(64)),
            sign=KEY.sign,
            clock=self.clock,
            mono=lambda: asyncio.get_running_loop().time(),
            clock_quality=lambda: "ntp",
            new_id=uuid7(self.clock, self.random),
        )
        return TellingJournal(SqlJournal(self.store, outbox, self.clock), self._power), outbox

    async def _aside(self, make: Callable[[], bytes]) -> bytes:
        self.made_aside.append(make())
        return self.made_aside[-1]

    def _records_here(self, store_error: StoreError | None) -> Records:
        if store_error is not None:  # as app.py does
            nothing = NoStore(store_error)
            return Records(nothing, nothing, nothing, nothing, nothing, f"store {type(store_error).__name__}")
        self.books_here, outbox = self._open()
        return Records(
            self.books_here,
            outbox,
            SqlObservations(self.store),
            self.shelf(),
            SqlProofs(self.store),
            clean=lambda: self.cleaned.append(self._clean()),
        )

    def shelf(self) -> CatalogueShelf:
        """Where the signed catalogue is kept."""
        return SqlCatalogue(self.store, authority().root_pem.encode(), self.clock)

    def _clean(self) -> Deleted:
        return Retention(self.store, self.clock, lambda: "ntp").run()

    async def stop(self) -> None:
        """Power off, as an operator does. Raises what the machine died of, if it did."""
        running, self._running = self._running, None
        if running is None:
            return
        alive = self._power.on
        running.cancel()
        try:
            async with asyncio.timeout(60):
                await asyncio.wait({running})
            if not running.cancelled() and alive:
                running.result()
            elif not running.cancelled():
                running.exception()
        finally:
            self._power.cut()
            self._held.close()

    async def power_cut(self) -> None:
        """Pull the plug now: every wire is dead and nothing more is written."""
        self._power.cut()
        await self.stop()

    def cut_power_at(self, state: str, *, when: str = "after") -> None:
        """Pull the plug before or after the journal entry of ``state`` is durable."""

        def cut() -> None:
            self._power.cut()
            raise PowerCut

        getattr(self.books_here, when)[state] = cut

    async def dark(self) -> None:
        """Wait until the plug was pulled, and clear away."""
        await self._power.failed.wait()
        await self.stop()

    def kill_store(self) -> None:
        """The disk dies under the open store."""
        self.store._broken = StoreCorrupt("the disk died")

    def fill_disk(self, *, full: bool = True) -> None:
        """No room for the outcome of a payment."""
        self.store._ballast.reserve = 1 << 60 if full else 0

    def shift_clock(self, by: timedelta) -> None:
        """Wall time jumps; the loop's time does not."""
        now = self.clock.now
        self.clock.now = lambda: now() + by  # type: ignore[method-assign] # as an RTC does

    async def codes_are_offered(self, *names: str) -> None:
        """Central offers codes (none named: both), and the machine has heard of it."""
        self.offer_codes(*(names or self.provider.channels))
        self.machine.reporting.changed()
        await self.until(lambda: set(self.machine.reporting.channels) == set(self.channels))

    def has_card(self, key: str) -> str:
        """The sample holder of this key has the permit in hand."""
        if key not in self.permit_unit.body.cards:
            permit = exit_samples.SAMPLES[key].permit(china_day(self.clock.now()))
            line = str(PermitLine(permit.kind, permit.number, permit.expiry, permit.birth))
            self.permit_unit.body.cards[key] = PermitCard(key, line)
        return key

    # --- looking at the machine ---

    @property
    def ended(self) -> object:
        """What the machine ended with by itself; None while it runs."""
        return self._running.result() if self._running is not None and self._running.done() else None

    def alive(self) -> None:
        """Raise what the machine died of, or a driver that is not meant to."""
        for device in self.machine._devices.all() if self._power.on and not self.drivers_fail else ():
            for failure in device.failures:  # type: ignore[attr-defined] # each is Guarded
                raise AssertionError(f"{device.role}: {failure}")
        if self._running is not None and self._running.done() and self._power.on:
            self._running.result()

    async def until(self, true: Callable[[], object], *, within: float = 120.0, why: str = "") -> None:
        """Wait until ``true()`` is."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while not true():
            self.alive()
            assert loop.time() < end, why or f"not within {within:g} s: {inspect.getsource(true).strip()}"
            await asyncio.sleep(LOOK)

    def states(self, reference: str = "") -> list[str]:
        """The states that the newest (or this) payment walked through."""
        entries = self.books_here.entries(kind=KIND)
        name = reference or entries[-1].reference
        return [entry.state for entry in entries if entry.reference == name]

    def papers_of(self, kind: str = "receipt") -> list[str]:
        """What the journal says became of papers of this kind."""
        return [entry.state for entry in self.books_here.entries(kind=kind)]

    def slips(self) -> list[str]:
        """The text of every slip that came out."""
        return [paper.text for paper in self.receipt_printer.papers]

    def standing(self) -> list[Booking]:
        """Payments that stand at the terminal: the citizen's money is with us."""
        return [b for b in self.card_terminal.ledger.bookings if (b.kind, b.state) == ("payment", "booked")]

    def paid_by_code(self) -> int:
        """Fen that the provider has and has not given back."""
        return sum(trade.amount for trade in self.provider.trades() if trade.state == "paid")

    def orders(self) -> list[tuple[str, str]]:
        """What central says of each order: its state and what the kiosk reported, oldest first."""
        return [(line.state, line.reported) for line in self.books().orders]

    def heartbeat(self) -> Heartbeat:
        """What the machine says of itself now."""
        return self.machine._status(0)


class Person:
    """Somebody at the machine: sees views one after the other, touches, and has hands."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._looked = 0

    def screen_is_new(self) -> None:
        """The machine was switched on again."""
        self._looked = 0

    async def sees(self, kind: type[Seen], title: str = "", *, within: float = 120.0) -> Seen:
        """Wait for the next view of this kind (and title id); views in between are passed over."""
        loop = asyncio.get_running_loop()
        end = loop.time() + within
        while True:
            seen = self._stand.glass.seen
            for at in range(self._looked, len(seen)):
                view = seen[at][1]
                if isinstance(view, kind) and (not title or _title(view) == title):
                    self._looked = at + 1
                    return view
            self._stand.alive()
            saw = [f"{type(view).__name__} {_title(view)}" for _, view in seen[self._looked :]]
            assert loop.time() < end, f"no {kind.__name__} {title} within {within:g} s; saw {saw}"
            await asyncio.sleep(LOOK)

    def touches(self, intent: Intent | None) -> None:
        """Touch what means ``intent``."""
        self._stand.glass.touch(intent)

    # --- the usual ways ---

    async def comes(self) -> Menu:
        """Touch the invitation, once it is there; the menu."""
        glass = self._stand.glass
        await self._stand.until(lambda: isinstance(glass.view, Attract) and glass.listens, within=200)
        self.touches(Chosen("begin"))
        return await self.sees(Menu)

    async def begins(self) -> None:
        """Come and choose the service."""
        await self.comes()
        self.touches(Chosen("traffic_fines"))

    async def shows_card(self, card: str = "zhang") -> ChooseMany:
        """Lay the identity card down; what is open."""
        await self.sees(PlaceCard)
        self._stand.id_card_reader.lay(card)
        return await self.sees(ChooseMany)

    async def comes_to_pay(self, *numbers: str) -> None:
        """Begin, show the card, mark these decisions (none: the first that can be paid)."""
        await self.begins()
        payable = (await self.shows_card()).marked
        self.touches(Marked(numbers or payable[:1]))

    async def inserts_card(self, card: str = "sample") -> None:
        """When the terminal asks for it, put the bank card in."""
        await self.sees(Pay, "pay.title.insert_card")
        self._stand.card_terminal.insert(card)

    async def chooses(self, way: str) -> None:
        """When asked how to pay, choose this."""
        await self.sees(PayWay)
        self.touches(Chosen(way))

    async def comes_to_scan(self, channel: str = "wechat", *numbers: str) -> PayCode:
        """Begin, show the card, mark, choose this code; the view with the code."""
        await self.comes_to_pay(*numbers)
        await self.chooses(channel)
        return await self.sees(PayCode, "pay.code.scan")

    async def pays_a_fine_by_code(self, channel: str = "wechat") -> Done:
        """A whole visit with the telephone up to the last view."""
        shown = await self.comes_to_scan(channel)
        self._stand.provider.pay(shown.code)
        return await self.sees(Done)

    async def types_pin(self, pin: str = PIN) -> None:
        """When the terminal asks for it, type the PIN."""
        await self.sees(Pay, "pay.title.enter_pin")
        self._stand.card_terminal.type_pin(pin)

    async def pays(self) -> None:
        """Card and PIN, and the card out again."""
        await self.inserts_card()
        await self.types_pin()

    def takes_everything(self) -> None:
        """Cards and papers."""
        self._stand.card_terminal.remove_card()
        self._stand.receipt_printer.take_paper()
        self._stand.document_printer.take_paper()
        self._stand.id_card_reader.lift()

    async def goes(self) -> None:
        """Take everything and leave; the machine is ready for the next."""
        self.takes_everything()
        self.touches(Leave())
        await self.sees(Attract)

    async def pays_a_fine(self) -> Done:
        """A whole visit up to the last view."""
        await self.comes_to_pay()
        await self.pays()
        return await self.sees(Done)


def _title(view: View) -> str:
    title = getattr(view, "title", None)
    return title.id if title is not None else ""


Story = Callable[..., Awaitable[None]]


def story(tell: Story) -> Any:
    """Make a test of ``async def test_...(stand, ...)``; the machine is on when it begins."""
    return _test(tell, asleep=False)


def story_without_booth(tell: Story) -> Any:
    """The same; the machine sees no faces."""
    return _test(tell, asleep=False, fitted=frozenset())


def story_from_the_dark(tell: Story) -> Any:
    """The same; the machine is off when it begins."""
    return _test(tell, asleep=True)


def _test(tell: Story, *, asleep: bool, fitted: frozenset[str] = BOOTH) -> Any:
    def test(**given: Any) -> None:
        unread: list[str] = []
        gc.freeze()  # what was there before is not looked through again
        memory = Path("/dev/shm")
        with (
            tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder,
            structlog.testing.capture_logs() as logs,
            asyncio.Runner(loop_factory=VirtualLoop) as runner,
        ):
            runner.get_loop().set_exception_handler(lambda _, what: unread.append(f"{what}"))
            stand = runner.run(_tell(tell, Path(folder), logs, asleep=asleep, fitted=fitted, given=given))
        del stand  # what the devices still do ended with the loop
        gc.collect()
        assert not unread, "\n".join(unread)

    parameters = list(inspect.signature(tell).parameters.values())[1:]
    test.__name__, test.__doc__, test.__module__ = tell.__name__, tell.__doc__, tell.__module__
    test.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what pytest reads
    test.__dict__.update(tell.__dict__)
    return test


async def _tell(
    tell: Story, folder: Path, logs: list[Any], *, asleep: bool, fitted: frozenset[str], given: dict[str, Any]
) -> Stand:
    stand = Stand(folder)
    stand.fitted = set(fitted)
    stand.logs = logs
    try:
        async with asyncio.timeout(LONGEST):
            if not asleep:
                await stand.start()
            await tell(stand, **given)
    finally:
        await stand.stop()
    return stand
