"""The logical structure of a document (tagged PDF): what a screen reader reads, in which order, and what it skips.

ISO 32000-1, 14.7 and 14.8, as PDF/UA-1 and PDF/A-2a want it: everything on a page is either content of an element or
an artifact (rules, grounds, running heads, page numbers); tables have rows and headers with a scope, pictures have
words. reportlab draws, and between its drawing commands stand the marks made here.
"""

from dataclasses import dataclass, field
from typing import Any

from stationery.objects import Raw, text


@dataclass(eq=False)
class Element:
    """One element. ``words`` stand for a picture; ``lang`` if it is not the document's; ``scope`` of a table header."""

    tag: str
    kids: list["Element | Mark | Widget"] = field(default_factory=list)
    words: str = ""
    lang: str = ""
    scope: str = ""

    def add(self, tag: str, *, words: str = "", lang: str = "", scope: str = "") -> "Element":
        """A new last child."""
        child = Element(tag, words=words, lang=lang, scope=scope)
        self.kids.append(child)
        return child


@dataclass(frozen=True)
class Mark:
    """Marked content ``number`` of a page (from 0)."""

    page: int
    number: int


@dataclass(frozen=True)
class Widget:
    """A form field on a page: the reference of its annotation."""

    page: int
    reference: str


class Tree:
    """The structure of one document, filled while it is drawn and written at its end."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self._of_page: list[list[Element]] = []
        self._widgets: list[Element] = []

    def mark(self, page: int, element: Element) -> int:
        """Content of ``element`` comes now on ``page``: the number to mark it with."""
        while len(self._of_page) <= page:
            self._of_page.append([])
        number = len(self._of_page[page])
        self._of_page[page].append(element)
        element.kids.append(Mark(page, number))
        return number

    def widget_key(self, pages: int, element: Element) -> int:
        """The parent tree's key of a field that belongs to ``element``, after those of the ``pages``."""
        self._widgets.append(element)
        return pages + len(self._widgets) - 1

    def write(self, doc: Any, pages: list[str]) -> str:
        """Put the tree into ``doc``; ``pages`` are the references of its pages. Returns the root's reference."""
        root = Raw()
        top = Raw.put(doc, root)
        names: dict[Element, str] = {}
        document = self._put(doc, self.root, top, pages, names)
        arrays = [[names[element] for element in marks] for marks in self._of_page]
        keys = [f"{page} [{' '.join(marks)}]" for page, marks in enumerate(arrays)]
        keys += [f"{len(pages) + at} {names[element]}" for at, element in enumerate(self._widgets)]
        root.text = (
            f"<</Type/StructTreeRoot/K [{document}]/ParentTree <</Nums [{' '.join(keys)}]>>"
            f"/ParentTreeNextKey {len(pages) + len(self._widgets)}>>"
        )
        return top

    def _put(self, doc: Any, element: Element, parent: str, pages: list[str], names: dict[Element, str]) -> str:
        raw = Raw()
        me = names[element] = Raw.put(doc, raw)
        first = next((kid.page for kid in element.kids if isinstance(kid, Mark)), None)
        kids = [
            str(kid.number) if isinstance(kid, Mark) and kid.page == first else self._kid(doc, kid, me, pages, names)
            for kid in element.kids
        ]
        raw.text = "".join(
            [
                f"<</S/{element.tag}/P {parent}/K [{' '.join(kids)}]",
                f"/Pg {pages[first]}" if first is not None else "",
                f"/Alt {text(element.words)}" if element.words else "",
                f"/Lang ({element.lang})" if element.lang else "",
                f"/A <</O/Table/Scope/{element.scope}>>" if element.scope else "",
                ">>",
            ]
        )
        return me

    def _kid(self, doc: Any, kid: Element | Mark | Widget, me: str, pages: list[str], names: dict[Element, str]) -> str:
        match kid:
            case Mark(page, number):
                return f"<</Type/MCR/Pg {pages[page]}/MCID {number}>>"
            case Widget(page, reference):
                return f"<</Type/OBJR/Pg {pages[page]}/Obj {reference}>>"
            case _:
                return self._put(doc, kid, me, pages, names)
