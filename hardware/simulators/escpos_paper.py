"""The print head of the simulated receipt printer: ESC/POS commands in, paper out (lines, text, a picture).

:class:`Commands` cuts the byte stream into commands and text, :class:`Head` executes them on :class:`Paper`.
Text is GB18030 behind FS & and ASCII otherwise; a byte the head does not know is printed as a replacement mark,
so that a test sees it. The picture is 576 dots wide (80 mm at 203 dpi), as on the real thing.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.protocols.escpos_status import CLEAR_BUFFERS

DOTS = 576
COLUMN = 12
LINE = 30
MONO_SC = 7
"""Noto Sans Mono CJK SC within the collection: Latin is exactly half as wide as Chinese, as in the printer."""
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
)

_FIXED_LENGTH = {
    b"\x1b@": 2, b"\x1c&": 2, b"\x1c.": 2, b"\x1b2": 2, b"\x1b3": 3, b"\x1bE": 3, b"\x1ba": 3, b"\x1bd": 3,
    b"\x1bt": 3, b"\x1bM": 3, b"\x1b-": 3, b"\x1b!": 3, b"\x1d!": 3, b"\x1c!": 3, b"\x1da": 3, b"\x1dB": 3,
    b"\x1bJ": 3, b"\x1bR": 3,
}  # fmt: skip


_REAL_TIME = re.compile(rb"(\x10(?:\x04[\x01-\x04\x14]|\x05[\x01\x02]|\x14\x08\x01\x03\x20\x01\x06\x02\x08))")


def split_real_time(data: bytes) -> tuple[list[bytes], bytes]:
    """Ordinary bytes and real-time commands in turn, ordinary first; and the beginning that may become a command."""
    *pieces, last = _REAL_TIME.split(data)
    start = last.rfind(b"\x10")
    whole = start if start >= 0 and len(last) - start < len(CLEAR_BUFFERS) else len(last)
    return [*pieces, last[:whole]], last[whole:]


class Commands:
    """Bytes in, whole commands and runs of text out."""

    def __init__(self) -> None:
        self.buffer = bytearray()

    def take(self) -> bytes | None:
        """The next command, run of text or line feed; None while it is incomplete."""
        if not self.buffer:
            return None
        size = self._size()
        if not size or size > len(self.buffer):
            return None
        command = bytes(self.buffer[:size])
        del self.buffer[:size]
        return command

    def _size(self) -> int:
        head = self.buffer[0]
        if head not in b"\x1b\x1c\x1d":
            text = re.match(rb"[^\x00-\x1f]+", self.buffer)
            if text is None:
                return 1
            return text.end() if text.end() < len(self.buffer) else 0  # the rest of a character may still come
        start = bytes(self.buffer[:2])
        if start == b"\x1dV":
            return 0 if len(self.buffer) < 3 else 4 if self.buffer[2] in {65, 66} else 3
        if start == b"\x1d(":
            return 0 if len(self.buffer) < 5 else 5 + int.from_bytes(self.buffer[3:5], "little")
        return _FIXED_LENGTH.get(start, 2)


@dataclass(frozen=True)
class Run:
    """Text of one size and weight within a line."""

    text: str
    bold: bool = False
    scale: int = 1


@dataclass(frozen=True)
class Row:
    """One printed line, or a QR code when ``qr`` is set."""

    runs: tuple[Run, ...] = ()
    align: int = 0
    qr: str = ""
    qr_module: int = 3

    @property
    def height(self) -> int:
        """Dots of paper it takes."""
        if self.qr:
            return int(segno.make(self.qr, error="m").symbol_size(self.qr_module, 0)[1]) + 16
        return LINE * max((run.scale for run in self.runs), default=1)


@dataclass
class Paper:
    """One slip as it hangs out of the printer. ``cut`` is False when it was torn off by a fault."""

    rows: list[Row] = field(default_factory=list)
    cut: bool = False

    @property
    def text(self) -> str:
        """What a person reads on it; a QR code as ``[QR ...]``."""
        return "\n".join(f"[QR {row.qr}]" if row.qr else "".join(run.text for run in row.runs) for row in self.rows)

    @property
    def png(self) -> bytes:
        """What a person sees."""
        margin = 24
        picture = Image.new("L", (DOTS + 2 * margin, sum(row.height for row in self.rows) + 2 * margin), 255)
        y = margin
        for row in self.rows:
            _draw(picture, row, margin, y)
            y += row.height
        out = io.BytesIO()
        picture.save(out, "PNG", optimize=True)
        return out.getvalue()


class Head:
    """Executes commands; gives a finished row when paper moves."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._runs: list[Run] = []
        self._bold, self._scale, self._align, self._chinese = False, 1, 0, False
        self._qr, self._module = "", 3

    def execute(self, command: bytes) -> Iterator[Row]:
        """What one command puts on paper. Cuts and questions are the printer's business, not the head's."""
        match command[:2]:
            case b"\x1b@":
                self._reset()
            case b"\x1c&" | b"\x1c.":
                self._chinese = command == b"\x1c&"
            case b"\x1bE":
                self._bold = bool(command[2] & 1)
            case b"\x1ba":
                self._align = command[2] % 48
            case b"\x1d!":
                self._scale = (command[2] >> 4) + 1
            case b"\x1bd":
                yield from (self._feed() for _ in range(command[2]))
            case b"\x1d(":
                yield from self._symbol(command)
            case b"\n" | b"\n\n":
                yield self._feed()
            case _ if command[0] >= 0x20:
                text = command.decode("gb18030" if self._chinese else "ascii", "replace")
                self._runs.append(Run(text, self._bold, self._scale))
            case _ if len(command) == 1:
                self._runs.append(Run("\ufffd", self._bold, self._scale))

    def _feed(self) -> Row:
        row = Row(tuple(self._runs), self._align)
        self._runs = []
        return row

    def _symbol(self, command: bytes) -> Iterator[Row]:
        """GS ( k: the QR code is set up, stored and printed by separate functions."""
        if command[2:3] != b"k" or command[5] != 0x31:
            return
        function, data = command[6], command[7:]
        if function == 0x43:
            self._module = data[0]
        elif function == 0x50:
            self._qr = data[1:].decode("utf-8", "replace")
        elif function == 0x51 and self._qr:
            yield Row(align=self._align, qr=self._qr, qr_module=self._module)


def _draw(picture: Image.Image, row: Row, left: int, y: int) -> None:
    """Put one row on the picture."""
    if row.qr:
        code = io.BytesIO()
        segno.make(row.qr, error="m").save(code, kind="png", scale=row.qr_module, border=0)
        image = Image.open(code).convert("L")
        picture.paste(image, (left + _indent(row.align, image.width), y + 8))
        return
    x = left + _indent(row.align, sum(_columns(run.text) * COLUMN * run.scale for run in row.runs))
    pen = ImageDraw.Draw(picture)
    for run in row.runs:
        face = font(24 * run.scale)
        for char in run.text:
            wide = _columns(char) * COLUMN * run.scale
            at = (x + wide / 2, y + LINE * run.scale / 2)
            pen.text(at, char, font=face, fill=0, anchor="mm", stroke_width=0.6 if run.bold else 0)
            x += wide


def _indent(align: int, used: int) -> int:
    return max(0, (0, (DOTS - used) // 2, DOTS - used)[align])


def _columns(text: str) -> int:
    return sum(1 if char.isascii() else 2 for char in text)


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A CJK font of the machine, or Pillow's own when there is none (then Chinese shows as boxes)."""
    for path in FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size, index=MONO_SC if "noto" in path else 0)
    return ImageFont.load_default(size)
