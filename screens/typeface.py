"""Letters: the typeface, its measures, and where a line may break.

Noto Sans CJK comes as a collection whose first face draws Japanese forms, and SDL opens only the first. A copy whose
table of contents names the Simplified Chinese face first is put into the private home; nothing else is changed.

Chinese may break between any two characters, but no line begins with a closing mark or ends with an opening one
(GB/T 15834, W3C clreq); Latin words and numbers stay whole. Kivy knows only spaces, so lines are broken here.
"""

import os
import re
import struct
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from kivy.core.text import Label as CoreLabel
from PIL import ImageFont

FONTS = Path("/usr/share/fonts/opentype/noto")
_CLOSING = "，。、；：？！）」』】》〉％…·×%,.;:?!)"
_OPENING = "（「『【《〈¥("
_PIECE = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]+"
)


@lru_cache(maxsize=2)
def face(*, bold: bool) -> str:
    """The path of the Simplified Chinese face."""
    source = FONTS / f"NotoSansCJK-{'Bold' if bold else 'Regular'}.ttc"
    if not source.exists():
        raise FileNotFoundError(f"{source}: install the Debian package fonts-noto-cjk")
    copy = Path(os.environ["KIVY_HOME"]) / f"sc-{source.stat().st_size}-{source.name}"
    if not copy.exists():
        part = copy.with_suffix(f".{os.getpid()}")
        part.write_bytes(_chinese_first(source))
        part.replace(copy)
    return str(copy)


def _chinese_first(source: Path) -> bytes:
    """The collection with its Simplified Chinese face in the first place of its contents (OpenType, TTC header)."""
    data = bytearray(source.read_bytes())
    (count,) = struct.unpack_from(">I", data, 8)
    for index in range(count):
        if ImageFont.truetype(str(source), 8, index=index).getname()[0] == "Noto Sans CJK SC":
            data[12:16] = data[12 + 4 * index : 16 + 4 * index]
            return bytes(data)
    raise FileNotFoundError(f"{source}: no Simplified Chinese face")


@lru_cache(maxsize=64)
def _pen(size: int, bold: bool) -> Any:
    return CoreLabel(font_name=face(bold=bold), font_size=size)


def measure(text: str, size: int, *, bold: bool) -> float:
    """The width of one line in pixels."""
    return float(_pen(size, bold).get_extents(text)[0])


def line_texture(text: str, size: int, *, bold: bool) -> Any:
    """One line as white letters on nothing; the canvas colours it. The label that made it is not kept."""
    label = CoreLabel(text=text, font_name=face(bold=bold), font_size=size)
    label.refresh()
    return label.texture


def pieces(text: str) -> list[str]:
    """What may not be parted: characters with the marks that belong to them, words with the space after them."""
    units: list[str] = []
    for piece in _PIECE.findall(text):
        glue = bool(units) and (piece[0] in _CLOSING or piece.isspace() or (units[-1][-1] in _OPENING))
        counted = bool(units) and re.search(r"\d\s*$", units[-1]) and (not piece.isascii() or piece[0].isdigit())
        if glue or counted:
            units[-1] += piece
        else:
            units.append(piece)
    return units


def wrap(text: str, width: float, wide: Callable[[str], float]) -> list[str]:
    """The lines of ``text`` in ``width``, filled one after the other."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in pieces(paragraph):
            if line and wide((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line = line + piece if line else piece.lstrip()
            while wide(line.rstrip()) > width and len(line) > 1:
                cut = _longest(line, width, wide)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line.rstrip())
    return lines


def _longest(line: str, width: float, wide: Callable[[str], float]) -> int:
    """How much of a word that is wider than the line fits into it; at least one character."""
    return next((n for n in range(len(line) - 1, 1, -1) if wide(line[:n]) <= width), 1)


def longest(text: str, wide: Callable[[str], float]) -> float:
    """How wide its widest part is that should stay whole."""
    return max((wide(piece.rstrip()) for piece in pieces(text)), default=0.0)


def balanced(text: str, width: float, wide: Callable[[str], float]) -> list[str]:
    """As many lines as :func:`wrap` needs, of nearly equal length: no single character on the last one."""
    lines = wrap(text, width, wide)
    halves = re.split(r"(?<=[，。？、])", text.strip(), maxsplit=1)
    if len(lines) == 2 and all(halves) and all(wide(half) <= width for half in halves):
        return halves
    low, high = max(width / max(1, len(lines)), min(width, longest(text, wide))), width  # no word is parted for it
    while len(lines) > 1 and high - low > 8:
        middle = (low + high) / 2
        if len(wrap(text, middle, wide)) > len(lines):
            low = middle
        else:
            high = middle
    return wrap(text, high, wide) if len(lines) > 1 else lines
