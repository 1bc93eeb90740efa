"""A slip as ESC/POS bytes for an 80 mm printer: 48 columns, Chinese in GB18030.

python-escpos gives the commands (size, bold, QR, cut); the text goes in as GB18030 behind FS & ("Chinese mode"),
which python-escpos, built for code pages, cannot encode. Rules: what is not printable text never reaches the
printer, so no name or place from outside can be a command; an ASCII character is one column wide and everything
else two, as the printer's fonts are (12 and 24 dots); sizes are set twice, by GS ! and by FS !, because older
Chinese printers scale Chinese only by the latter. GB18030 never yields a byte below 0x20 for printable text, so
the real-time commands (which printers look for even inside data) cannot arise by accident either.
"""

import unicodedata
from collections.abc import Iterator

from escpos.constants import QR_ECLEVEL_M
from escpos.printer import Dummy

from hardware.protocols.escpos_status import GB18030_MODE
from kiosk_app.devices import Slip, SlipLine

COLUMNS = 48
_SUBSTITUTES = {"¥": "￥", "\xa0": " ", "\t": " ", "\n": " "}  # U+00A5 is a four-byte code that printers do not have


def render(slip: Slip) -> bytes:
    """The bytes that print ``slip`` and cut it off."""
    paper = Dummy()
    paper.hw("INIT")
    paper._raw(GB18030_MODE)
    above = ""
    for line in slip.lines:
        _line(paper, line, under_title=above == "title")
        above = line.style
    if qr := printable(slip.qr):
        paper.set(align="center")
        paper._raw(b"\n")
        paper.qr(qr, ec=QR_ECLEVEL_M, size=6, native=True)
        paper.set(align="left")
    paper.cut(mode="PART")
    return bytes(paper.output)


def cut_off() -> bytes:
    """The bytes that cut off whatever hangs out of the printer."""
    paper = Dummy()
    paper.hw("INIT")
    paper.cut(mode="PART")
    return bytes(paper.output)


def _line(paper: Dummy, line: SlipLine, *, under_title: bool) -> None:
    """One line. What stands ``under_title`` says it in English, and in the middle like it."""
    title, bold = line.style == "title", line.style in {"title", "strong"}
    if line.style == "rule":
        rows, align = ["-" * COLUMNS], "left"
    elif title:
        rows, align = list(wrap(printable(line.left), COLUMNS // 2)), "center"
    elif under_title and not line.right:
        rows, align = list(wrap(printable(line.left), COLUMNS)), "center"
    else:
        rows, align = list(two_columns(printable(line.left), printable(line.right), COLUMNS)), "left"
    scale = 2 if title else 1
    paper.set(align=align, bold=bold, custom_size=True, width=scale, height=scale)
    paper._raw(b"\x1c\x21" + (b"\x0c" if title else b"\x00"))
    for row in rows:
        paper._raw(row.encode("gb18030") + b"\n")


def printable(text: str) -> str:
    """``text`` without anything that is not text: control, format, surrogate and private characters."""
    text = "".join(_SUBSTITUTES.get(char, char) for char in unicodedata.normalize("NFC", text))
    return "".join(char for char in text if unicodedata.category(char)[0] != "C" and char not in "\u2028\u2029")


def width(text: str) -> int:
    """Columns on paper."""
    return sum(1 if char.isascii() else 2 for char in text)


def two_columns(left: str, right: str, columns: int) -> Iterator[str]:
    """``left`` wrapped, with ``right`` flush right in its last row, or below when it does not fit there."""
    rows = list(wrap(left, columns))
    if not right:
        yield from rows
        return
    if rows and width(rows[-1]) + 1 + width(right) > columns:
        yield from rows
        rows = [""]
    *above, last = rows or [""]
    yield from above
    *head, tail = list(wrap(right, columns - width(last)))
    yield from head
    yield last + " " * (columns - width(last) - width(tail)) + tail


def wrap(text: str, columns: int) -> Iterator[str]:
    """Rows of at most ``columns``: a break goes to the last space if there is one, else between any two characters.

    Chinese breaks anywhere; a Latin word is cut only when it is longer than a whole row.
    """
    row = ""
    for char in text:
        if width(row + char) > columns:
            head, tail = _break(row, char)
            yield head.rstrip()
            row = tail
        row = (row + char).lstrip()
    yield row.rstrip()


def _break(row: str, char: str) -> tuple[str, str]:
    """Where to end ``row`` when ``char`` does not fit any more."""
    at = len(row)
    while at and row[at - 1].isascii() and row[at - 1] != " " and char.isascii() and char != " ":
        at -= 1
    return (row[:at], row[at:]) if at else (row, "")
