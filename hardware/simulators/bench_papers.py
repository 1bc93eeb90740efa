"""What the printers on the bench have printed, for whoever looks at it: by name, as pictures, PDF and text."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from hardware.simulators.camera import CameraSimulator
from hardware.simulators.receipt_printer import ReceiptPrinterSimulator


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


class Live:
    """What a camera is sending, as ``live.jpg``, while somebody looks through it."""

    def __init__(self, camera: CameraSimulator) -> None:
        self._camera = camera

    def names(self) -> Sequence[str]:
        """One name, or none while the camera is closed."""
        return ["live.jpg"] if self._camera.seen else []

    def read(self, name: str) -> bytes | None:
        """The picture of this moment."""
        return self._camera.seen if name == "live.jpg" else None


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
