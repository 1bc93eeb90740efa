"""All simulators on their real wires, as parts of the bench: the only module that knows which ones there are.

To add one is a row in :data:`TABLE` (and, if something can be wrong with it, its rows in :mod:`.bench_cures`):
its role, how it gets onto its wire, what it prints or sees, and which programs it needs. The page offers its hands
and its state by itself; a drawing (``bench_page/``) makes it nicer.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardware.simulators.base import Simulator
from hardware.simulators.bench import Papers, Part
from hardware.simulators.bench_papers import Documents, Live, Slips
from hardware.simulators.bench_relay import relay
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_umsips import UmsTerminalSimulator
from hardware.simulators.code_scanner import CodeScannerSimulator
from hardware.simulators.document_camera import DocumentCameraSimulator
from hardware.simulators.evdev import HeadphonesSimulator, KeypadSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.print_queue import PrintQueue
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.umsips_library import library_in
from hardware.simulators.umsips_library import missing as compiler_missing
from hardware.simulators.ups import UpsSimulator
from hardware.simulators.virtual_reader import VirtualReader
from hardware.simulators.wire import PtyWire, TcpWire

LONGEST = 90
"""Characters of a folder's name that leave room for a socket in it."""


@dataclass
class Parts:
    """``all`` by role, what they printed, ``places`` where the kiosk finds each, and why some are ``absent``."""

    all: dict[str, Part] = field(default_factory=dict)
    papers: dict[str, Papers] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """Where a part is put up: ``house`` takes it down again."""

    house: AsyncExitStack
    options: argparse.Namespace
    role: str

    @property
    def folder(self) -> Path:
        """A folder of its own, whose name leaves room for a socket in it."""
        wanted: Path = self.options.folder / self.role
        if len(str(wanted)) <= LONGEST:
            return wanted
        short = Path(self.house.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        wanted.symlink_to(short, target_is_directory=True)
        return short


Opened = tuple[Part, Any, Papers | None]
"""The part, where the kiosk finds it, and what it prints."""


@dataclass(frozen=True)
class Row:
    """A device of the bench. ``missing``: programs that it needs and that are not installed.

    ``kind``: one of several devices for the role, of which the command line chooses (``--card-terminal umsips``).
    """

    role: str
    open: Callable[[Site], Awaitable[Opened]]
    missing: Callable[[], Sequence[str]] = tuple
    kind: str = ""

    def chosen(self, options: argparse.Namespace) -> bool:
        """Whether it is the one of its role that is wanted."""
        return not self.kind or self.kind == getattr(options, self.role)


def on_pty(make: Callable[..., Simulator], papers: Callable[[Any], Papers] | None = None) -> Callable[..., Any]:
    """A simulator at the far end of a serial line; the place is the line's name."""

    async def put_up(site: Site) -> Opened:
        simulator = make(seed=site.options.seed)
        path = site.options.folder / site.role
        await site.house.enter_async_context(PtyWire(simulator, path))
        return simulator, str(path), papers(simulator) if papers else None

    return put_up


def on_tcp(make: Callable[..., Simulator], port_option: str = "") -> Callable[..., Any]:
    """A simulator behind a port on the loopback; the place is its address."""

    async def put_up(site: Site) -> Opened:
        simulator = make(seed=site.options.seed)
        port = getattr(site.options, port_option) if port_option else 0
        wire = await site.house.enter_async_context(TcpWire(simulator, "127.0.0.1", port))
        return simulator, f"tcp://127.0.0.1:{wire.port}", None

    return put_up


def on_http(make: Callable[..., CameraSimulator]) -> Callable[..., Any]:
    """A camera in the network of this machine; the place is its address."""

    async def put_up(site: Site) -> Opened:
        camera = make(seed=site.options.seed)
        wire = await site.house.enter_async_context(TcpWire(camera, "127.0.0.1", 0))
        return camera, f"http://127.0.0.1:{wire.port}/", Live(camera)

    return put_up


async def _print_queue(site: Site) -> Opened:
    folder = site.folder
    printer = await site.house.enter_async_context(PrintQueue(folder))
    return printer, {"queue": printer.queue, "socket": printer.server}, Documents(folder / "tray")


async def _chip_card_reader(site: Site) -> Opened:
    reader = await site.house.enter_async_context(VirtualReader(site.folder))
    return reader, reader.socket, None


async def _unionpay_terminal(site: Site) -> Opened:
    """The library of UnionPay is compiled here; what the kiosk loads is its file."""
    terminal = UmsTerminalSimulator(seed=site.options.seed, wire="library")
    wire = await site.house.enter_async_context(TcpWire(terminal, "127.0.0.1", site.options.terminal_port))
    library = await asyncio.to_thread(library_in, site.folder, wire.port)
    return terminal, {"library": str(library)}, None


TABLE = (
    Row("id_card_reader", on_pty(IdCardReaderSimulator)),
    Row("chip_card_reader", _chip_card_reader, VirtualReader.missing),
    Row("card_terminal", on_tcp(CardTerminalSimulator, "terminal_port"), kind="zvt"),
    Row("card_terminal", _unionpay_terminal, compiler_missing, kind="umsips"),
    Row("permit_unit", on_pty(PermitUnitSimulator)),
    Row("receipt_printer", on_pty(ReceiptPrinterSimulator, Slips)),
    Row("document_printer", _print_queue, PrintQueue.missing),
    Row("camera", on_http(CameraSimulator)),
    Row("document_camera", on_http(DocumentCameraSimulator)),
    Row("cabinet", on_pty(CabinetSimulator)),
    Row("ups", on_tcp(UpsSimulator)),
    Row("code_scanner", on_pty(CodeScannerSimulator)),
    Row("keypad", on_pty(KeypadSimulator)),
    Row("headphones", on_pty(HeadphonesSimulator)),
)


TERMINALS = tuple(row.kind for row in TABLE if row.role == "card_terminal")


async def open_parts(house: AsyncExitStack, options: argparse.Namespace, table: Sequence[Row] = TABLE) -> Parts:
    """Everything the command line asks for and this machine can; ``house`` closes it."""
    parts = Parts()
    for row in (row for row in table if row.chosen(options)):
        if row.role in options.without:
            parts.absent[row.role] = "left out (--without)"
        elif missing := row.missing():
            parts.absent[row.role] = f"not installed: {', '.join(missing)}"
        else:
            parts.all[row.role], parts.places[row.role], papers = await row.open(Site(house, options, row.role))
            if papers is not None:
                parts.papers[row.role] = papers
    if options.central:
        host, _, port = options.central.rpartition(":")
        cable, listens = await house.enter_async_context(relay(host, int(port)))
        parts.all["network"], parts.places["central"] = cable, f"https://127.0.0.1:{listens}"
    return parts
