"""What flows over the pages, tagged: paragraphs, lines, and tables that are read row by row.

reportlab's paragraphs and tables with marks around their drawing (:mod:`stationery.structure`); for tables it has a
hook for that (``renderCB``). Rules and grounds are artifacts, and heads that a table repeats on its next page are read
once.
"""

from copy import copy
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import textsplit
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Table
from reportlab.platypus import paragraph as paragraphs

from stationery.drawn import INK
from stationery.structure import Element
from stationery.typeface import regular

NEVER_FIRST: Final = "，；：？！”’％》〉"
"""What begins no line in Chinese (GB/T 15834, 5.1) and is not in reportlab's list, which knows Japanese."""
textsplit.ALL_CANNOT_START += NEVER_FIRST
paragraphs.ALL_CANNOT_START += NEVER_FIRST  # its own copy, for paragraphs of several faces


class Words(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """A tagged paragraph; inside a table's cell (``inside``) it is that cell's."""

    def __init__(
        self,
        words: str,
        size: float,
        *,
        color: HexColor = INK,
        face: str = "",
        align: int = TA_LEFT,
        tag: str = "P",
        lang: str = "",
        leading: float = 0,
        before: float = 0,
        after: float = 0,
        indent: float = 0,
        inside: bool = False,
        raw: bool = False,
    ) -> None:
        style = ParagraphStyle(
            "",
            fontName=face or regular(),
            fontSize=size,
            leading=leading or size * 1.5,
            textColor=color,
            alignment=align,
            spaceBefore=before,
            spaceAfter=after,
            firstLineIndent=indent,
            wordWrap="CJK",
        )
        super().__init__(words if raw else escape(words), style)
        self._tag, self._lang, self._inside = tag, lang, inside

    def split(self, wide: float, high: float) -> list[Any]:
        """Over two pages. reportlab makes the parts as it makes paragraphs: they are divided as one, and ours again."""
        whole: Any = copy(self)
        whole.__class__ = Paragraph
        parts: list[Any] = whole.split(wide, high)
        for part in parts:
            part.__class__ = Words
            part._tag, part._lang, part._inside = self._tag, self._lang, self._inside
        return parts

    def draw(self) -> None:
        if self._inside:
            super().draw()
            return
        with self.canv.content(self.canv.tree.root.add(self._tag, lang=self._lang)):
            super().draw()


class OneLine(Flowable):  # type: ignore[misc]
    """A table's text in a size of its own; a paragraph would be broken anew whenever the table is measured."""

    def __init__(self, words: str, size: float) -> None:
        super().__init__()
        self._words, self._size = words, size
        self.height = size * 1.22

    def wrap(self, wide: float, high: float) -> tuple[float, float]:  # noqa: ARG002
        return wide, self.height

    def draw(self) -> None:
        self.canv.setFont(regular(), self._size)
        self.canv.setFillColor(INK)
        self.canv.drawString(0, self.height - self._size, self._words)


class _Tagged(Table):  # type: ignore[misc]
    """A table whose rows and cells are elements, and whose rules and grounds are none.

    A table over several pages is one element; the heads that it repeats are read once.
    """

    repeat = 0

    def __init__(
        self,
        cells: list[list[Any]],
        colWidths: Any = None,  # noqa: N803 - reportlab's names: it makes the parts of a divided table itself
        style: Any = None,
        **more: Any,
    ) -> None:
        more = {"renderCB": _TableTags(), "repeatRows": self.repeat} | more
        plain = [("FONT", (0, 0), (-1, -1), regular(), 9, 11), ("TEXTCOLOR", (0, 0), (-1, -1), INK)]
        super().__init__(cells, colWidths, style=[*plain, *style] if style else None, **more)


class Data(_Tagged):
    """A table with a row of heads; the first cell of each other row is its head."""

    repeat = 1


class Facts(_Tagged):
    """Names and values, in turn."""


class _TableTags:
    """reportlab's hook into the drawing of a table (``renderCB``), one for all parts of it."""

    def __init__(self) -> None:
        self._table: Element | None = None
        self._row: Element | None = None
        self._open: Any = None
        self._again = False

    def __call__(self, part: _Tagged, event: str, *place: Any) -> None:
        canvas = part.canv
        match event:
            case "startTable":
                self._again = self._table is not None
                self._table = self._table or canvas.tree.root.add("Table")
            case "startBG" | "startLines":
                self._begin(canvas.artifact())
            case "startRow":
                self._start_row(part, place[0])
            case "startCell":
                self._begin(canvas.content(self._cell(part, *place[:2])) if self._row else canvas.artifact())
            case "endBG" | "endLines" | "endCell":
                self._open.__exit__(None, None, None)

    def _start_row(self, part: _Tagged, row: int) -> None:
        repeated = self._again and row < part.repeat
        assert self._table is not None
        self._row = None if repeated else self._table.add("TR")

    def _cell(self, part: _Tagged, row: int, column: int) -> Element:
        assert self._row is not None
        if isinstance(part, Facts):
            return self._row.add("TD" if column % 2 else "TH", scope="" if column % 2 else "Row")
        if row < part.repeat and not self._again:
            return self._row.add("TH", scope="Column")
        return self._row.add("TD" if column else "TH", scope="" if column else "Row")

    def _begin(self, block: Any) -> None:
        self._open = block
        block.__enter__()


def line(
    canvas: Any,
    x: float,
    y: float,
    words: str,
    size: float,
    *,
    face: str = "",
    color: HexColor = INK,
    tag: str = "P",
    lang: str = "",
    spread: float = 0,
    centre: bool = True,
) -> None:
    """One tagged line, its middle or its beginning at ``x``; ``spread``: points between its characters."""
    canvas.setFillColor(color)
    canvas.setFont(face or regular(), size)
    with canvas.content(canvas.tree.root.add(tag, lang=lang)):
        if centre:
            canvas.drawCentredString(x + spread / 2, y, words, charSpace=spread)
        else:
            canvas.drawString(x, y, words, charSpace=spread)
