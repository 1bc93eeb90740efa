"""All simulators on their real wires, as parts of the bench: the only module that knows which ones there are."""

import argparse
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardware.simulators.bench import Papers, Part
from hardware.simulators.bench_relay import relay
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.id_card_reader import IdCardReaderSimulator
from hardware.simulators.print_queue import PrintQueue
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator
from hardware.simulators.wire import PtyWire, TcpWire

LONGEST = 90
"""Characters of a folder's name that leave room for a socket in it."""


@dataclass
class Parts:
    """``all`` by role, what they printed, and ``places``: where the kiosk finds each of them."""

    all: dict[str, Part] = field(default_factory=dict)
    papers: dict[str, Papers] = field(default_factory=dict)
    places: dict[str, Any] = field(default_factory=dict)


class Slips:
    """The slips of the receipt printer, as ``1.png`` and ``1.txt``."""

    def __init__(self, printer: ReceiptPrinterSimulator) -> None:
        self._printer = printer

    def names(self) -> Sequence[str]:
        """The pictures, oldest first."""
        return [f"{n}.png" for n in range(1, len(self._printer.papers) + 1)]

    def read(self, name: str) -> bytes | None:
        """The slip of that name."""
        number, _, kind = name.partition(".")
        if not number.isdecimal() or not 0 < int(number) <= len(self._printer.papers):
            return None
        paper = self._printer.papers[int(number) - 1]
        if kind == "png":
            return paper.png
        return paper.text.encode() if kind == "txt" else None


class Documents:
    """What lies in the A4 printer's tray, as ``000001.png`` (the first page) and ``000001.pdf``."""

    def __init__(self, tray: Path) -> None:
        self._tray = tray

    def names(self) -> Sequence[str]:
        """The pictures, oldest first."""
        return [f"{path.stem}.png" for path in sorted(self._tray.glob("*.pdf"))]

    def read(self, name: str) -> bytes | None:
        """The paper of that name, while it lies there."""
        if name not in {*self.names(), *(path.name for path in self._tray.glob("*.pdf"))}:
            return None
        pdf = self._tray / f"{name.partition('.')[0]}.pdf"
        if name.endswith(".pdf"):
            return pdf.read_bytes()
        argv = ["pdftoppm", "-png", "-singlefile", "-r", "72", str(pdf)]
        return subprocess.run(argv, capture_output=True, check=False, timeout=20).stdout or None  # noqa: S603


async def open_parts(house: AsyncExitStack, options: argparse.Namespace) -> Parts:
    """Everything the command line asks for; ``house`` closes it."""
    folder: Path = options.folder
    parts = Parts()
    reader = IdCardReaderSimulator(seed=options.seed)
    terminal = CardTerminalSimulator(seed=options.seed)
    receipts = ReceiptPrinterSimulator(seed=options.seed)
    for simulator in (reader, receipts):
        path = folder / simulator.role
        await house.enter_async_context(PtyWire(simulator, path))
        parts.all[simulator.role], parts.places[simulator.role] = simulator, str(path)
    wire = await house.enter_async_context(TcpWire(terminal, "127.0.0.1", options.terminal_port))
    parts.all[terminal.role], parts.places[terminal.role] = terminal, f"tcp://127.0.0.1:{wire.port}"
    parts.papers[receipts.role] = Slips(receipts)
    if not options.without_document_printer:
        await _open_print_queue(house, parts, folder / "a4")
    if options.central:
        host, _, port = options.central.rpartition(":")
        cable, listens = await house.enter_async_context(relay(host, int(port)))
        parts.all["network"], parts.places["central"] = cable, f"https://127.0.0.1:{listens}"
    return parts


async def _open_print_queue(house: AsyncExitStack, parts: Parts, wanted: Path) -> None:
    folder = _short(house, wanted)
    printer = await house.enter_async_context(PrintQueue(folder))
    parts.all[printer.role], parts.papers[printer.role] = printer, Documents(folder / "tray")
    parts.places[printer.role] = {"queue": printer.queue, "socket": printer.server}


def _short(house: AsyncExitStack, folder: Path) -> Path:
    """``folder``; or, where that name is too long for a socket, a short one that it points to."""
    if len(str(folder)) <= LONGEST:
        return folder
    short = Path(house.enter_context(tempfile.TemporaryDirectory(prefix="a4-")))
    folder.symlink_to(short, target_is_directory=True)
    return short
