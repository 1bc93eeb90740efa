"""Objects of a PDF that reportlab has no words for, written as they stand in the file.

reportlab ends a stream without the line end that PDF/A asks for before ``endstream`` (ISO 19005-2, 6.1.7.1), and knows
no structure tree and no output intent. What is written here is written whole, so that its references are numbers.
"""

import zlib
from typing import Any

from reportlab.pdfbase import pdfdoc


class Raw(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no types
    """An object whose text is known."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def format(self, document: Any) -> bytes:  # noqa: ARG002
        return self.text.encode("latin-1")

    @staticmethod
    def put(doc: Any, thing: pdfdoc.PDFObject) -> str:
        """Make ``thing`` an object of ``doc`` that others may point at: the reference."""
        name = doc.Reference(thing).name
        return f"{doc.idToObjectNumberAndVersion[name][0]} 0 R"


class Stream(pdfdoc.PDFObject):  # type: ignore[misc]
    """A stream, compressed unless it must be readable by the simplest program (``plain``), as metadata must."""

    __RefOnly__ = 1

    def __init__(self, content: bytes, *, plain: bool = False, head: str = "", **numbers: int) -> None:
        self._content = content if plain else zlib.compress(content)
        filter_ = "" if plain else "/Filter/FlateDecode"
        self._head = "".join([filter_, head, *(f"/{name} {value}" for name, value in numbers.items())])

    def format(self, document: Any) -> bytes:  # noqa: ARG002
        head = f"<<{self._head}/Length {len(self._content)}>>\nstream\n"
        return head.encode("latin-1") + self._content + b"\nendstream"


def text(words: str) -> str:
    """A text string as an object: hexadecimal, so that nothing needs escaping (ISO 32000-1, 7.9.2.2)."""
    return f"<FEFF{words.encode('utf-16-be').hex()}>"
