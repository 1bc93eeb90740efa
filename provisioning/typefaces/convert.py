"""One face of a CJK collection as a TrueType file; standard tables only, glyphs in the order of their characters."""

from pathlib import Path
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

VERSION = "1"
"""Counts up when the same sources would give other files."""
SIMPLIFIED_CHINESE = 2
"""The place in Noto's CJK collections."""
WITHIN = 1.0
"""How far a curve may move, in thousandths of the em."""
HANGUL = frozenset({*range(0x1100, 0x1200), *range(0x3130, 0x3190), *range(0xA960, 0xA980), *range(0xAC00, 0xD800)})
FAMILY = "Kiosk Song"


def convert(source: Path, target: Path, *, bold: bool) -> None:
    """Write ``target``. ``bold``: the characters of GB 2312 only."""
    font = TTFont(source, fontNumber=SIMPLIFIED_CHINESE, lazy=True)
    wanted = _gb_2312() if bold else None
    characters = {
        code: glyph
        for code, glyph in sorted(font.getBestCmap().items())
        if (code in wanted if wanted is not None else code not in HANGUL)
    }
    order = [".notdef", *dict.fromkeys(characters.values())]
    drawn, glyphs = font.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, WITHIN, reverse_direction=True))
        glyphs[name] = pen.glyph()
    _assemble(font, order, characters, glyphs, style="Bold" if bold else "Regular").save(target)


def _assemble(
    font: TTFont, order: list[str], characters: dict[int, str], glyphs: dict[str, Any], *, style: str
) -> FontBuilder:
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupHead(unitsPerEm=font["head"].unitsPerEm, created=font["head"].created, modified=font["head"].modified)
    builder.font.recalcTimestamp = False  # the same source gives the same file
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(characters)
    builder.setupGlyf(glyphs, calcGlyphBounds=True)
    builder.setupHorizontalMetrics({name: (font["hmtx"][name][0], glyphs[name].xMin or 0) for name in order})
    builder.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    copyright_ = font["name"].getDebugName(0) or ""
    builder.setupNameTable(
        {
            "copyright": f"{copyright_} Converted from Noto Serif CJK SC. SIL Open Font License 1.1.",
            "familyName": FAMILY,
            "styleName": style,
            "uniqueFontIdentifier": f"{FAMILY} {style} {VERSION}",
            "fullName": f"{FAMILY} {style}",
            "psName": f"KioskSong-{style}",
            "version": f"Version {VERSION}.0",
        },
        mac=False,
    )
    old = font["OS/2"]
    builder.setupOS2(
        sTypoAscender=old.sTypoAscender,
        sTypoDescender=old.sTypoDescender,
        usWinAscent=old.usWinAscent,
        usWinDescent=old.usWinDescent,
        usWeightClass=old.usWeightClass,
        sCapHeight=old.sCapHeight,
        sxHeight=old.sxHeight,
        fsType=0,
    )
    builder.setupPost(keepGlyphNames=False)
    return builder


def _gb_2312() -> frozenset[int]:
    """Its characters, and ASCII."""
    both = range(0xA1, 0xFF)
    rows = (bytes((row, cell)) for row in both for cell in both)
    found = {ord(text) for pair in rows if (text := pair.decode("gb2312", "ignore"))}
    return frozenset(found | set(range(0x20, 0x7F)) | {ord("·"), ord("—"), ord("¥")})
