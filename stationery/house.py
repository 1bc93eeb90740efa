"""The house's paper: head with title and department, person, tables, how to verify, who issued it, feet with numbers.

Chinese first, English small beside it. Set in Song on A4 upright; grey is used for what may be skipped and red for the
seal alone, so that a copy in black and white says the same. Tables have three strong rules and repeat their heads; a
later page says at its top whose paper it belongs to. Everything is tagged (:mod:`stationery.structure`).
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
)

from stationery.canvas import About, OfficialCanvas
from stationery.drawn import INK, SEAL, qr
from stationery.flow import Data, Facts, OneLine, Words, line
from stationery.typeface import bold, regular
from stationery.wording import CHINA, chinese_day

PALE, LINE, GROUND = HexColor("#5B5B5B"), HexColor("#C4C4C4"), HexColor("#F3F3F1")
SIDE, TOP, FOOT = 22 * mm, 20 * mm, 22 * mm
WIDTH: Final = A4[0] - 2 * SIDE
LATER: Final = 9 * mm
"""What the running head takes of a later page."""
QR_SIDE: Final = 25 * mm
ROOM: Final = 45 * mm
"""A heading with less than this below it goes to the next page: what follows it begins there with it."""
SIZE, SMALLEST, PADDING = 9, 7.4, 1.6 * mm
"""Of a table's text, and what is beside it."""
_ONE_AT_A_TIME = threading.Lock()
"""A typeface of reportlab reads from one place of its file."""


@dataclass(frozen=True)
class Imprint:
    """What a paper says of itself. ``reference``: ours, of the visit or the certificate; ``site``: where it came out.

    ``identifier``: for programs only, in the file's metadata.
    """

    title: str
    english: str
    department: str
    site: str
    reference: str
    made_at: datetime
    hotline: str
    identifier: str = ""


@dataclass(frozen=True)
class Verified:
    """How to verify it: the code as it is printed, the page's address with the code in it, and until when."""

    code: str
    url: str
    valid_until: date


@dataclass(frozen=True)
class Column:
    """Of a table; ``width`` in mm, 0 takes what is left. Amounts stand to the right."""

    chinese: str
    english: str
    width: float
    align: str = "left"


Rows = Sequence[Sequence[str]]


def paper(imprint: Imprint, holder: str, body: list[Flowable]) -> bytes:
    """The PDF. ``holder``: whose it is, for later pages. Raises typeface.Unprintable."""
    out = BytesIO()
    made = imprint.made_at.astimezone(CHINA)

    def finish(canvas: OfficialCanvas, page: int, pages: int) -> None:
        _foot(canvas, imprint, made, page, pages)
        if page > 1:
            _running_head(canvas, imprint, holder)

    about = About(imprint.title, imprint.department, imprint.english, imprint.made_at, imprint.identifier)
    height = A4[1] - TOP - FOOT
    flat = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    first = PageTemplate("first", [Frame(SIDE, FOOT, WIDTH, height, **flat)], autoNextPageTemplate="later")
    later = PageTemplate("later", [Frame(SIDE, FOOT, WIDTH, height - LATER, **flat)])
    sheet = BaseDocTemplate(out, pageTemplates=[first, later], pagesize=A4, initialFontName=regular())
    with _ONE_AT_A_TIME:
        sheet.build([_Head(imprint), *body], canvasmaker=lambda *_, **__: OfficialCanvas(out, about, finish))
    return out.getvalue()


# --- parts of a body ---


def heading(chinese: str, english: str) -> list[Flowable]:
    """Over a part; it stays with the beginning of what follows."""
    words = f'<font name="{bold()}" size="11.5">{escape(chinese)}</font>　<font size="8" color="#5B5B5B">'
    head = Words(f"{words}{escape(english)}</font>", 11.5, tag="H2", before=5.5 * mm, after=2 * mm, raw=True)
    return [CondPageBreak(ROOM), head]


def facts(rows: Sequence[tuple[str, str, str]]) -> Flowable:
    """Chinese and English name and value of each, two beside each other."""
    cells: list[list[Any]] = [
        [_label(chinese, english), Words(value, 10.5, inside=True)] for chinese, english, value in rows
    ]
    if len(cells) % 2:
        cells.append(["", ""])
    label, value = 27 * mm, WIDTH / 2 - 27 * mm
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 0.5, LINE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.3 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5 * mm),
    ]
    pairs = [left + right for left, right in zip(cells[::2], cells[1::2], strict=True)]
    return Facts(pairs, [label, value, label, value], style)


def table(columns: Sequence[Column], rows: Rows, *, sums: Sequence[int] = ()) -> Flowable:
    """A table of words; ``sums`` are the rows that add up what stands above them, and stay on its page.

    Columns keep their width on every page.
    """
    left = (WIDTH - sum(column.width for column in columns) * mm) / max(sum(not c.width for c in columns), 1)
    widths = [column.width * mm or left for column in columns]
    align = {"left": TA_LEFT, "right": TA_RIGHT, "center": TA_CENTER}
    heads = [
        Words(_two_lines(column), 8.8, align=align[column.align], inside=True, raw=True, leading=10.5)
        for column in columns
    ]
    cells = [
        [
            _fitting(cell, width, align[column.align]) if column.align == "left" else cell
            for cell, width, column in zip(row, widths, columns, strict=True)
        ]
        for row in rows
    ]
    style = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 0.85 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.25 * mm),
        ("BACKGROUND", (0, 0), (-1, 0), GROUND),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, LINE),
        ("LINEABOVE", (0, 0), (-1, 0), 1, INK),
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, INK),
        ("LINEBELOW", (0, -1), (-1, -1), 1, INK),
        *(("ALIGN", (at, 1), (at, -1), column.align.upper()) for at, column in enumerate(columns)),
        *(("BACKGROUND", (0, row + 1), (-1, row + 1), GROUND) for row in sums),
        *(("LINEABOVE", (0, row + 1), (-1, row + 1), 0.5, INK) for row in sums),
        *(("FONTNAME", (0, row + 1), (-1, row + 1), bold()) for row in sums),
        *(("NOSPLIT", (0, above + 2), (-1, row + 1)) for above, row in pairwise([-1, *sums])),
    ]
    return Data([heads, *cells], widths, style)


def note(words: str, *, english: str = "") -> list[Flowable]:
    """A small paragraph, and the same in English."""
    said: list[Flowable] = [Words(words, 9.2, before=1.2 * mm)]
    if english:
        said.append(Words(english, 7.8, color=PALE, lang="en"))
    return said


def body_text(words: str) -> Flowable:
    """Running text as a certificate has it: two characters in, and wide lines."""
    return Words(words, 12.5, before=2 * mm, after=2 * mm, leading=23, indent=25)


def issued(imprint: Imprint, verified: Verified | None, *, field: str = "") -> Flowable:
    """The end: left how to verify it, right department and day; with a ``field`` for a seal, that presses on both.

    They lie in its middle and a little lower (GB/T 9704-2012, 7.3.5.1).
    """
    return KeepTogether([Spacer(0, 8 * mm), _Issued(imprint, verified, field)])


# --- how they are drawn ---


class _Head(Flowable):  # type: ignore[misc]
    """Department, title in the middle, a strong and a fine rule."""

    def __init__(self, imprint: Imprint) -> None:
        super().__init__()
        self._imprint = imprint
        self.width, self.height = WIDTH, 33 * mm

    def draw(self) -> None:
        canvas, imprint = self.canv, self._imprint
        line(canvas, WIDTH / 2, self.height - 4 * mm, imprint.department, 10.5, spread=1.5)
        line(canvas, WIDTH / 2, self.height - 16 * mm, imprint.title, 21, face=bold(), tag="H1", spread=2.5)
        line(canvas, WIDTH / 2, self.height - 22.5 * mm, imprint.english, 9, color=PALE, lang="en")
        with canvas.artifact():
            canvas.setStrokeColor(INK)
            for up, wide in ((5.6 * mm, 1.4), (4.7 * mm, 0.4)):
                canvas.setLineWidth(wide)
                canvas.line(0, up, WIDTH, up)


class _Issued(Flowable):  # type: ignore[misc]
    def __init__(self, imprint: Imprint, verified: Verified | None, field: str) -> None:
        super().__init__()
        self._imprint, self._verified, self._field = imprint, verified, field
        self.width, self.height = WIDTH, SEAL + 4 * mm if field else (QR_SIDE + 2 * mm if verified else 16 * mm)

    def draw(self) -> None:
        canvas, imprint = self.canv, self._imprint
        if self._verified:
            self._how_to_verify(self._verified)
        middle = WIDTH - max(SEAL, stringWidth(imprint.department, regular(), 11)) / 2 - 1 * mm
        base = SEAL / 2 - 8 * mm if self._field else self.height / 2 - 2 * mm
        line(canvas, middle, base + 7 * mm, imprint.department, 11)
        line(canvas, middle, base, chinese_day(imprint.made_at.astimezone(CHINA).date()), 11)
        if self._field:
            canvas.signature(self._field, f"{imprint.department}电子印章", middle - SEAL / 2, 0, SEAL)

    def _how_to_verify(self, verified: Verified) -> None:
        canvas, top = self.canv, self.height
        with canvas.content(canvas.tree.root.add("Figure", words=f"核验二维码，内容为 {verified.url}")):
            qr(canvas, verified.url, 0, top - QR_SIDE, QR_SIDE)
        x = QR_SIDE + 5 * mm
        lines = [
            (f"验证码　{verified.code}", 10.5, INK, ""),
            ("Verification code", 7.5, PALE, "en"),
            ("扫描二维码，或在以下网页输入验证码核对真伪：", 8.5, INK, ""),
            (verified.url.rpartition("/")[0], 8, INK, "en"),
            (f"有效期至 {chinese_day(verified.valid_until)}", 8.5, INK, ""),
            (f"Scan or type the code to verify. Valid until {verified.valid_until:%Y-%m-%d}", 7.5, PALE, "en"),
        ]
        y = top - 4 * mm
        for words, size, color, lang in lines:
            line(canvas, x, y, words, size, color=color, lang=lang, centre=False)
            y -= 4.6 * mm


def _foot(canvas: OfficialCanvas, imprint: Imprint, made: datetime, page: int, pages: int) -> None:
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, 16.5 * mm, A4[0] - SIDE, 16.5 * mm)
    canvas.setFillColor(PALE)
    canvas.setFont(regular(), 7.8)
    canvas.drawString(SIDE, 12.4 * mm, f"{imprint.site}　{made:%Y-%m-%d %H:%M}")
    canvas.drawString(SIDE, 8.8 * mm, f"流水号 {imprint.reference}　咨询电话 {imprint.hotline}")
    canvas.setFont(regular(), 8.5)
    canvas.drawRightString(A4[0] - SIDE, 12.4 * mm, f"第 {page} 页　共 {pages} 页")


def _running_head(canvas: OfficialCanvas, imprint: Imprint, holder: str) -> None:
    y = A4[1] - TOP
    canvas.setFillColor(PALE)
    canvas.setFont(regular(), 8.5)
    canvas.drawString(SIDE, y, imprint.title)
    canvas.drawRightString(A4[0] - SIDE, y, holder)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, y - 2.2 * mm, A4[0] - SIDE, y - 2.2 * mm)


def _label(chinese: str, english: str) -> Words:
    words = f'{escape(chinese)}<br/><font size="6.8" color="#5B5B5B">{escape(english)}</font>'
    return Words(words, 9.2, inside=True, raw=True, leading=10.2)


def _two_lines(column: Column) -> str:
    small = f'<font size="6.6" color="#5B5B5B">{escape(column.english)}</font>'
    return f'<font name="{bold()}">{escape(column.chinese)}</font><br/>{small}'


def _fitting(cell: str, width: float, align: int) -> Any:
    """The text itself if it fits into one line (reportlab is quicker with it), a little smaller, or over two lines."""
    room = width - 2 * PADDING
    wide = stringWidth(cell, regular(), SIZE)
    if wide <= room:
        return cell
    size = SIZE * room / wide * 0.995
    if size >= SMALLEST:
        return OneLine(cell, size)
    return Words(cell, SMALLEST, align=align, inside=True, leading=SMALLEST * 1.22)
