"""The typefaces of papers, and the promise that a name is never printed with a hole in it.

Set-up puts them into ``HOME`` (:mod:`provisioning.typefaces`). A character that a face lacks would leave an empty box
on an official paper: :class:`EmbeddedFont` refuses it, and whoever prints says so to the citizen.

reportlab splits a face into many simple fonts of 256 characters, whose map back to Unicode has a place for nothing
(PDF/A-2a and PDF/UA-1 forbid that) and none for characters beyond the basic plane, which people's names use. So a
face is written as one composite font (ISO 32000-1, 9.7): two bytes for a character, and an exact map back.
"""

import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any, Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from stationery.objects import Raw, Stream

HOME: Final = Path(sys.prefix) / "share/yimen-kiosk/typefaces"
REGULAR: Final = "kiosk-song-regular.ttf"
BOLD: Final = "kiosk-song-bold.ttf"
INSTEAD: Final = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
"""A machine whose set-up did not come so far prints in WenQuanYi (Debian: fonts-wqy-microhei), and no bold."""
ONE_AT_A_TIME: Final = threading.Lock()
"""Held while something is drawn: a typeface of reportlab reads from one place of its file, its parser is shared."""
_SPACES: Final = {0xA0: 0x20}
_BLOCK: Final = 100
"""Entries in one block of a map to Unicode, at most (Adobe technical note 5411)."""


class Unprintable(ValueError):
    """A text has a character that its typeface lacks."""


class EmbeddedFont(TTFont):  # type: ignore[misc]  # reportlab has no types
    """A face as one composite font. ``splitString`` raises Unprintable."""

    def splitString(self, text: str, doc: Any, encoding: str = "") -> list[tuple[int, bytes]]:  # noqa: N802, ARG002
        """The text as glyph numbers of this document, which are given out as characters come."""
        used = self._used(doc)
        numbers = bytearray()
        for character in text:
            code = _SPACES.get(ord(character), ord(character))
            glyph = used.get(code)
            if glyph is None:
                if code not in self.face.charToGlyph:
                    raise Unprintable("a character that the typeface lacks")
                glyph = used[code] = len(used) + 1
            numbers += glyph.to_bytes(2, "big")
        return [(0, bytes(numbers))]

    def stringWidth(self, text: str, size: float, encoding: str = "") -> float:  # noqa: N802, ARG002
        """In points; three times as quick as asking for each character with a default."""
        try:
            return 0.001 * size * float(sum(map(self.face.charWidths.__getitem__, map(ord, text))))
        except KeyError:
            width: float = super().stringWidth(text, size)
            return width

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802, ARG002
        """The font's name in page contents; named at its first use, and written when the document is."""
        if self.fontName not in doc.fontMapping:
            doc.fontMapping[self.fontName] = f"/F{len(doc.fontMapping) + 1}"
            doc.delayedFonts.append(self)
        name: str = doc.fontMapping[self.fontName]
        return name

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        """Write what the document used of the face, and forget it."""
        codes = list(self.state.pop(doc))
        name = f"KIOSKA+{self.face.name.decode()}"
        program = self.face.makeSubset(codes)
        file = Raw.put(doc, Stream(program, Length1=len(program)))
        whole = Raw.put(doc, Stream(_first_bits(len(codes) + 1)))
        face = self.face
        descriptor = Raw.put(
            doc,
            Raw(
                f"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontFile2 {file}/CIDSet {whole}/StemV {face.stemV:g}"
                f"/Ascent {face.ascent:g}/Descent {face.descent:g}/CapHeight {face.capHeight:g}/ItalicAngle 0"
                f"/FontBBox [{' '.join(f'{side:g}' for side in face.bbox)}]>>"
            ),
        )
        widths = " ".join(f"{face.getCharWidth(code):g}" for code in codes)
        descendant = Raw.put(
            doc,
            Raw(
                f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDToGIDMap/Identity/FontDescriptor {descriptor}"
                f"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 1000/W [1 [{widths}]]>>"
            ),
        )
        characters = Raw.put(doc, Stream(_to_unicode(codes).encode()))
        internal = doc.fontMapping[self.fontName][1:]
        font = f"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts [{descendant}]"
        doc.idToObject["BasicFonts"].dict[internal] = Raw.put(doc, Raw(f"{font}/ToUnicode {characters}>>"))

    def _used(self, doc: Any) -> dict[int, int]:
        if doc not in self.state:
            self.state[doc] = {}
        used: dict[int, int] = self.state[doc]
        return used


@cache
def regular() -> str:
    """The name of the regular face, registered with reportlab once."""
    return _registered("KioskSong", REGULAR)


@cache
def bold() -> str:
    """The bold face, for words that are printed here: titles and headings, never somebody's name."""
    return _registered("KioskSong-Bold", BOLD)


def boldest(words: str) -> str:
    """The face for a title that somebody else wrote: the bold one has fewer characters, and the paper must come out."""
    glyphs = pdfmetrics.getFont(bold()).face.charToGlyph
    return bold() if all(_SPACES.get(ord(letter), ord(letter)) in glyphs for letter in words) else regular()


def marked(words: str) -> str:
    """``words`` with 〓, the printer's sign for a character that is not at hand, where the regular face lacks one.

    For what is not somebody's name: a payment's voucher must come out.
    """
    glyphs = pdfmetrics.getFont(regular()).face.charToGlyph
    return "".join(character if ord(character) in glyphs else "〓" for character in words)


def _registered(name: str, file: str) -> str:
    path = HOME / file
    pdfmetrics.registerFont(EmbeddedFont(name, str(path if path.is_file() else INSTEAD), shapable=False))
    return name


def _first_bits(count: int) -> bytes:
    """A set of glyphs (CIDSet): the first ``count`` are in the file."""
    return (((1 << count) - 1) << (-count % 8)).to_bytes((count + 7) // 8, "big")


def _to_unicode(codes: list[int]) -> str:
    """The map from glyph numbers to characters (ISO 32000-1, 9.10.3); UTF-16, so that rare characters fit."""
    pairs = [f"<{number:04X}> <{chr(code).encode('utf-16-be').hex()}>" for number, code in enumerate(codes, 1)]
    blocks = [pairs[at : at + _BLOCK] for at in range(0, len(pairs), _BLOCK)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange <0000> <FFFF> endcodespacerange",
            *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )
