"""The house's paper: head with title and department, person, tables, how to verify, who issued it, feet with numbers.

Chinese first, English small beside it. Set in Song on A4 upright; grey is used for what may be skipped and red for the
seal alone, so that a copy in black and white says the same. Tables have three strong rules and repeat their heads; a
later page says at its top whose paper it belongs to. Everything is tagged (:mod:`stationery.structure`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape

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
from stationery.drawn import INK
from stationery.flow import Data, Facts, OneLine, Words
from stationery.imprint import (
    FOOT,
    GROUND,
    LINE,
    PALE,
    SIDE,
    TOP,
    WIDTH,
    Head,
    Imprint,
    Issued,
    Verified,
    foot,
    running_head,
)
from stationery.typeface import ONE_AT_A_TIME, bold, regular
from stationery.wording import CHINA

LATER: Final = 9 * mm
"""What the running head takes of a later page."""
ROOM: Final = 45 * mm
"""A heading with less than this below it goes to the next page: what follows it begins there with it."""
SIZE, FACT, SMALLEST, PADDING = 9, 10.5, 7.4, 1.6 * mm
"""Of a table's text and of a fact, of the smallest that both may become, and what is beside a table's text."""


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
        foot(canvas, imprint, made, page, pages)
        if page > 1:
            running_head(canvas, imprint, holder)

    about = About(
        imprint.title, imprint.department or imprint.site, imprint.english, imprint.made_at, imprint.identifier
    )
    height = A4[1] - TOP - FOOT
    flat = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}
    first = PageTemplate("first", [Frame(SIDE, FOOT, WIDTH, height, **flat)], autoNextPageTemplate="later")
    later = PageTemplate("later", [Frame(SIDE, FOOT, WIDTH, height - LATER, **flat)])
    sheet = BaseDocTemplate(out, pageTemplates=[first, later], pagesize=A4, initialFontName=regular())
    with ONE_AT_A_TIME:
        sheet.build([Head(imprint), *body], canvasmaker=lambda *_, **__: OfficialCanvas(out, about, finish))
    return out.getvalue()


# --- parts of a body ---


def heading(chinese: str, english: str) -> list[Flowable]:
    """Over a part; it stays with the beginning of what follows."""
    words = f'<font name="{bold()}" size="11.5">{escape(chinese)}</font>　<font size="8" color="#5B5B5B">'
    head = Words(f"{words}{escape(english)}</font>", 11.5, tag="H2", before=5.5 * mm, after=2 * mm, raw=True)
    return [CondPageBreak(ROOM), head]


def facts(rows: Sequence[tuple[str, str, str]]) -> Flowable:
    """Chinese and English name and value of each, two beside each other."""
    label, value = 27 * mm, WIDTH / 2 - 27 * mm
    cells: list[list[Any]] = [
        [_label(chinese, english), _fitting(words, value + 2 * (PADDING - 6), TA_LEFT, FACT)]
        for chinese, english, words in rows
    ]
    if len(cells) % 2:
        cells.append(["", ""])
    style = [
        ("LINEABOVE", (0, 0), (-1, 0), 0.5, LINE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.3 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5 * mm),
    ]
    pairs = [left + right for left, right in zip(cells[::2], cells[1::2], strict=True)]
    return Facts(pairs, [label, value, label, value], style)


def amount(chinese: str, english: str, words: str) -> Flowable:
    """What it is all about, large."""
    style = [
        ("BACKGROUND", (0, 0), (-1, -1), GROUND),
        ("LINEBEFORE", (0, 0), (0, -1), 2.5, INK),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5 * mm),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 5 * mm),
    ]
    sum_ = Words(words, 20, face=bold(), align=TA_RIGHT, inside=True, leading=26)
    return Facts([[_label(chinese, english), sum_]], [WIDTH / 2, WIDTH / 2], style)


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
    return KeepTogether([Spacer(0, 8 * mm), Issued(imprint, verified, field)])


# --- how they are drawn ---


def _label(chinese: str, english: str) -> Words:
    words = f'{escape(chinese)}<br/><font size="6.8" color="#5B5B5B">{escape(english)}</font>'
    return Words(words, 9.2, inside=True, raw=True, leading=10.2)


def _two_lines(column: Column) -> str:
    small = f'<font size="6.6" color="#5B5B5B">{escape(column.english)}</font>'
    return f'<font name="{bold()}">{escape(column.chinese)}</font><br/>{small}'


def _fitting(cell: str, width: float, align: int, full: float = SIZE) -> Any:
    """The text itself if it fits into one line (reportlab is quicker with it), a little smaller, or over two lines."""
    room = width - 2 * PADDING
    wide = stringWidth(cell, regular(), full)
    if wide <= room and full == SIZE:
        return cell
    size = min(full, full * room / wide * 0.995) if wide else full
    if size >= SMALLEST:
        return OneLine(cell, size)
    return Words(cell, SMALLEST, align=align, inside=True, leading=SMALLEST * 1.22)
