"""Host processes killed a hundred times, at rest, at work and while they start: the machine is back within 2 s.

A row of :data:`HOSTS` is a host with its driver, what stands behind it (a real cupsd, a real pcscd, a network camera,
networks that see a face, a compiled UnionPay library with its bank) and a piece of work for a person. The time counts
from the kill to the condition that serves again. What the person gets from work that was interrupted is an outcome or
one of our errors, whose sentence is in the catalogue; and nobody, neither we nor a host, writes a traceback to standard
error. Where a next host stands ready, the one at work is killed, and while it starts, both.
"""

import asyncio
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from hardware.drivers import card_terminal_umsips_bank
from hardware.drivers.camera import Camera
from hardware.drivers.card_terminal_umsips import CardTerminalUmsips
from hardware.drivers.card_terminal_umsips_host import unionpay_host
from hardware.drivers.chip_card_host import smartcard_host
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.document_printer import DocumentPrinter, printing_host
from hardware.drivers.face import FaceAnalyst, face_host
from hardware.drivers.viewfinder import Optics
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.card_terminal_stages import Timings
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from hardware.simulators.print_queue import PrintQueue
from hardware.simulators.umsips_library import library_in
from hardware.simulators.umsips_library import missing as compiler_missing
from hardware.simulators.virtual_reader import READER, VirtualReader
from hardware.simulators.wire import TcpWire
from kiosk_app.devices import FACE_MODELS, CardTerminal, Condition, Device, DeviceState, PrintOutcome
from kiosk_app.errors import DeviceError, KioskError, PaymentUncertain, ReversalStuck
from kiosk_app.money.amounts import Fen
from screens.words import catalogue
from tests.hardware.face_kit import Screened, frame
from tests.soak.census import Census, Overheard, settled

LIMIT = 2.0
LONGEST = 30.0
"""Seconds after which a machine that has not recovered never will."""
WORK = 120.0
"""Seconds after which work never ends, with all that a person would wait for in between."""
PHASES = ("idle", "working", "starting")
_PAGE = b"%PDF-1.4\n" + b"\n".join(b"%d 0 obj << /Type /Page >> endobj" % number for number in (1, 2)) + b"\n%%EOF\n"


@dataclass
class Place:
    """A driver at work. ``work`` raises what its person would be told; ``lasts``: seconds of it, about."""

    driver: Device
    work: Callable[[], Awaitable[str]]
    lasts: float
    whole: str
    """What :attr:`work` comes to when nobody interrupts it."""


@dataclass(frozen=True)
class Host:
    """``module`` is in the host's command line; ``missing`` names programs that are not installed.

    ``starts``: seconds that it takes from its first instruction to its first answer, about.
    """

    module: str
    missing: Callable[[], list[str]]
    place: Callable[[Path], AbstractAsyncContextManager[Place]]
    starts: float = 0.15


@dataclass
class Kills:
    """What became of one host's kills; ``took`` in seconds by phase, ``told`` counts what a person was told."""

    took: dict[str, list[float]] = field(default_factory=lambda: {phase: [] for phase in PHASES})
    told: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[float]:
        """Every recovery."""
        return [took for phase in self.took.values() for took in phase]

    def rows(self, name: str) -> list[str]:
        """The table, one line per phase."""
        lines = [f"{name:12}{phase:10}{_figures(took)}" for phase, took in self.took.items() if took]
        return [*lines, f"{name:12}{'all':10}{_figures(self.all)}  told: {dict(self.told)}", *self.faults]


def _figures(took: list[float]) -> str:
    ordered = sorted(took)
    p95 = ordered[int(len(ordered) * 0.95)] if len(ordered) > 1 else ordered[-1]
    return f"{len(took):>6}{median(took):>8.2f}{p95:>8.2f}{ordered[-1]:>8.2f}"


# --- the hosts -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _printing(folder: Path) -> AsyncIterator[Place]:
    async with PrintQueue(folder) as queue:
        driver = DocumentPrinter(printing_host(queue.server), queue=queue.queue, patience=20.0)

        async def work() -> str:
            outcome: PrintOutcome = await driver.print(_PAGE, "sample")
            queue.take_paper()
            return outcome.value

        async with running(driver):
            yield Place(driver, work, 1.5, PrintOutcome.PRINTED.value)


@asynccontextmanager
async def _smartcard(folder: Path) -> AsyncIterator[Place]:
    async with VirtualReader(folder / "pcscd") as reader:
        driver = ChipCardReader(smartcard_host(reader.socket), reader=READER)

        async def work() -> str:
            await reader.insert("zhang")
            try:
                card = await driver.wait_card()
                await driver.verify_pin("123456", card)
                return card.name
            finally:
                await reader.remove()
                while await driver.card_present() is not False:  # noqa: ASYNC110 - as a person would look
                    await asyncio.sleep(0.02)

        async with running(driver):
            yield Place(driver, work, 1.5, "张样本")


@asynccontextmanager
async def _camera(folder: Path) -> AsyncIterator[Place]:
    del folder
    simulator = CameraSimulator(size=(640, 360))
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        driver = Camera(Optics(f"http://127.0.0.1:{wire.port}/"))

        async def work() -> str:
            async with driver.preview() as preview:
                frame = await preview.newer()
                for _ in range(5):
                    frame = await preview.newer(frame.sequence)
                picture = await driver.still()
            return f"{picture.width} x {picture.height}"

        async with running(driver):
            yield Place(driver, work, 1.5, "640 x 360")


@asynccontextmanager
async def _face(folder: Path) -> AsyncIterator[Place]:
    """A visit: somebody is looked at for a while, and forgotten."""
    del folder
    driver, view, somebody = FaceAnalyst(face_host(FACE_MODELS)), Screened(), frame()

    async def work() -> str:
        try:
            for _ in range(8):
                faces = (await driver.look(view, than=view.show(somebody) - 1, track=True)).faces
            return f"{faces} face"
        finally:
            await driver.forget()

    try:
        async with running(driver):
            yield Place(driver, work, 1.0, "1 face")
    finally:
        view.memory.close()


PRICE = Fen(1010)
BRISK = Timings(host=0.2, host_silence=0.5)


@asynccontextmanager
async def _unionpay(folder: Path) -> AsyncIterator[Place]:
    """Every payment that somebody was told of stands at the bank in the end, and no other."""
    simulator, sold = UmsTerminalSimulator(wire="library", timings=BRISK), 0
    before, card_terminal_umsips_bank.PAUSES = card_terminal_umsips_bank.PAUSES, (0.0, 0.5, 0.5)
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        await asyncio.to_thread(library_in, folder / "vendor", wire.port)
        driver = CardTerminalUmsips(unionpay_host(folder / "vendor" / "libumsapi.so", folder / "ours"), folder / "ours")

        async def work() -> str:
            nonlocal sold
            await _settled(driver)
            citizen = asyncio.create_task(_citizen(simulator))
            try:
                await driver.pay(PRICE, lambda _: None)
                await driver.deliver()
                sold += 1
            finally:
                citizen.cancel()
                simulator.remove_card()
            return "paid"

        try:
            async with running(driver):
                yield Place(driver, work, 1.5, "paid")
                await _settled(driver)
        finally:
            card_terminal_umsips_bank.PAUSES = before
    standing = [b for b in simulator.ledger.bookings if (b.kind, b.state) == ("payment", "booked")]
    assert len(standing) == sold, f"{len(standing)} payments stand, {sold} were told"


async def _citizen(simulator: UmsTerminalSimulator) -> None:
    while not (simulator.working and simulator.stage == "card"):  # noqa: ASYNC110 - as a person would look
        await asyncio.sleep(0.02)
    simulator.insert()
    while not (simulator.working and simulator.stage == "pin"):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    simulator.type_pin()


async def _settled(driver: CardTerminal) -> None:
    """As settlement asks, and a technician after it: until nothing is open."""
    async with asyncio.timeout(LONGEST):
        while True:
            try:
                await driver.last()
                return
            except ReversalStuck:
                with suppress(KioskError):
                    await driver.reverse(0)
            except (DeviceError, PaymentUncertain):
                pass
            await asyncio.sleep(0.1)


HOSTS: Mapping[str, Host] = {
    "printing": Host("hardware.hosts.printing", PrintQueue.missing, _printing),
    "smartcard": Host("hardware.hosts.smartcard", VirtualReader.missing, _smartcard),
    "camera": Host("hardware.hosts.camera", list, _camera, starts=0.5),
    "face": Host("hardware.hosts.face", list, _face, starts=0.8),
    "unionpay": Host("hardware.hosts.unionpay", compiler_missing, _unionpay),
}


@asynccontextmanager
async def running(driver: Device) -> AsyncIterator[None]:
    """A driver alive, as long as the block; it ends when it is told to."""
    life = asyncio.create_task(driver.run())
    try:
        yield
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            async with asyncio.timeout(LONGEST):
                await life


# --- killing ---------------------------------------------------------------------------------------------------


def pids(module: str) -> list[int]:
    """Our children that run this host, the oldest first: where there are two, it is the one at work."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    found = []
    for pid in children:
        with suppress(OSError):  # it has ended meanwhile
            if module.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(int(pid))
    return found


class Recovery:
    """Watches a driver from a kill to the condition that serves again."""

    def __init__(self, driver: Device) -> None:
        self._driver = driver
        self._gone, self._back = asyncio.Event(), asyncio.Event()
        driver.watch(self._changed)

    def _changed(self, condition: Condition) -> None:
        if not condition.serves:
            self._gone.set()
        elif self._gone.is_set():
            self._back.set()

    async def after(self, strike: Callable[[], object]) -> float:
        """Seconds from ``strike`` until it serves again."""
        self._back.clear()
        if self._driver.condition.serves:
            self._gone.clear()
        strike()
        began = time.monotonic()
        async with asyncio.timeout(LONGEST):
            await self._back.wait()
        return time.monotonic() - began


async def kill_many(name: str, times: int, ears: Overheard, *, seed: int = 0, limit: float = LIMIT) -> Kills:
    """Kill the host ``times`` times, the phases in turn; whole work in between and at the end."""
    kills, random = Kills(), Random(seed)
    sentences = catalogue("zh_CN")
    host = HOSTS[name]
    with tempfile.TemporaryDirectory(prefix=f"soak-{name}-") as folder:
        ears.listen()
        async with host.place(Path(folder)) as place:
            await _until_online(place.driver)
            recovery = Recovery(place.driver)
            await _work_whole(place, kills)
            first = Census.now()
            for number in range(times):
                phase = PHASES[number % len(PHASES)]
                kills.took[phase].append(await _kill(host, place, recovery, phase, random, kills, sentences))
                if number % 10 == 9 or number == times - 1:
                    await _work_whole(place, kills)
            kills.faults += (await settled(first)).leaks(first)
    kills.faults += [f"slow: {took:.2f} s" for took in kills.all if took > limit]
    return kills


async def _kill(
    host: Host,
    place: Place,
    recovery: Recovery,
    phase: str,
    random: Random,
    kills: Kills,
    sentences: Mapping[str, str],
) -> float:
    work = asyncio.create_task(_told(place, sentences, kills)) if phase == "working" else None
    await asyncio.sleep(random.uniform(0, place.lasts))

    if phase == "starting":
        before = strike(host, None)
        async with asyncio.timeout(LONGEST):
            while before.issuperset(pids(host.module)):  # noqa: ASYNC110 - a process rings no bell
                await asyncio.sleep(0.002)
        await asyncio.sleep(random.uniform(0, host.starts))
    took = await recovery.after(partial(strike, host, None if phase == "starting" else 1))
    if work is not None:
        await work
    return took


def strike(host: Host, most: int | None) -> set[int]:
    """Kill it, whatever it does, and all that there are of it unless ``most``; who was killed."""
    struck = pids(host.module)[:most]
    for pid in struck:
        os.kill(pid, signal.SIGKILL)
    return set(struck)


async def _told(place: Place, sentences: Mapping[str, str], kills: Kills) -> None:
    """Do the work and note what its person is told; anything else than our sentences is a fault."""
    try:
        async with asyncio.timeout(WORK):
            kills.told[await place.work()] += 1
    except KioskError as error:
        kills.told[error.citizen] += 1
        if error.citizen not in sentences:
            kills.faults.append(f"no sentence for {error!r}")


async def _work_whole(place: Place, kills: Kills) -> None:
    try:
        async with asyncio.timeout(WORK):
            outcome = await place.work()
    except KioskError as error:
        outcome = repr(error)
    if outcome != place.whole:
        kills.faults.append(f"work came to {outcome}")


async def _until_online(driver: Device) -> None:
    async with asyncio.timeout(LONGEST):
        while driver.condition.state is not DeviceState.ONLINE:  # noqa: ASYNC110 - as a person would look
            await asyncio.sleep(0.02)
