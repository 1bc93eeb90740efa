"""The canvas of official papers: reportlab's, whose files are PDF/A-2a and PDF/UA-1 and know how many pages they have.

What the two standards want beyond embedded fonts and tags: the colours' meaning (output intent sRGB), metadata as XMP
that agrees with the document's information, the language, a title that the viewer shows, and no tool's default font.
The pages are written at the end, when their number is known ("第 1 页 共 4 页").
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from stationery.objects import Raw, Stream, text
from stationery.structure import Element, Tree, Widget
from stationery.typeface import regular

SRGB: Final = Path(__file__).with_name("srgb.icc")
"""The profile that LittleCMS (MIT) makes of the sRGB standard's numbers; its date is taken out."""
LANGUAGE: Final = "zh-CN"
TOOL: Final = "Yimen kiosk"
_TOOLS: Final = ("Creator", "Producer")

Numbered = Callable[["OfficialCanvas", int, int], None]


@dataclass(frozen=True)
class About:
    """What a file says of itself."""

    title: str
    department: str
    subject: str
    made_at: datetime
    identifier: str = ""


class OfficialCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """``finish`` draws on every page when the number of pages is known: page, of how many (from 1)."""

    def __init__(self, out: BytesIO, about: About, finish: Numbered) -> None:
        super().__init__(
            out,
            pagesize=A4,
            pageCompression=1,
            invariant=1,
            initialFontName=regular(),
            pdfVersion=(1, 7),
            lang=LANGUAGE,
        )
        self.tree = Tree()
        self._about, self._finish = about, finish
        self._drawn: list[dict[str, Any]] = []
        self._inside = False
        self._signature: _Signature | None = None
        self._doc.info = _Info(about)
        self._doc.updateSignature(f"{about}")

    # --- content and what is none ---

    @contextmanager
    def content(self, element: Element) -> Iterator[None]:
        """What is drawn now is content of ``element``; inside other content it is that one's."""
        if self._inside:
            yield
            return
        self._inside = True
        self._code.append(f"/{element.tag} <</MCID {self.tree.mark(len(self._drawn), element)}>> BDC")
        yield
        self._code.append("EMC")
        self._inside = False

    @contextmanager
    def artifact(self, kind: str = "Layout") -> Iterator[None]:
        """What is drawn now is not read: ``Layout`` or ``Pagination``."""
        if self._inside:
            yield
            return
        self._inside = True
        self._code.append(f"/Artifact <</Type/{kind}>> BDC")
        yield
        self._code.append("EMC")
        self._inside = False

    def signature(self, name: str, words: str, x: float, y: float, side: float) -> None:
        """An empty signature field, a square with its lower left corner here; whoever signs fills it."""
        x, y = self.absolutePosition(x, y)
        self._signature = _Signature(name, words, len(self._drawn), (x, y, x + side, y + side))
        self._signature.element = self.tree.root.add("Form", words=words)

    # --- writing ---

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._drawn.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages, then what belongs to the whole document."""
        drawn, tree = self._drawn, self.tree
        for at, state in enumerate(drawn):
            self.__dict__.update(state)
            with self.artifact("Pagination"):
                self._finish(self, at + 1, len(drawn))
            super().showPage()
            self._complete(self._doc.Pages.pages[-1], at)
        self._drawn, self.tree = drawn, tree
        self._conform()
        self._doc.SaveToFile(self._filename, self)

    def _complete(self, page: Any, at: int) -> None:
        """What reportlab's pages lack: a well ended stream, their key in the tree, the order of fields."""
        page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
        page.StructParents, page.Tabs = at, "/S"
        page.Contents = Stream(page.stream.encode("latin-1"))
        if self._signature and self._signature.page == at:
            page.Annots = Raw(f"[{self._signature.put(self)}]")

    def _conform(self) -> None:
        doc = self._doc
        catalog = doc.Catalog
        pages = [Raw.put(doc, page) for page in doc.Pages.pages]
        profile = Raw.put(doc, Stream(SRGB.read_bytes(), N=3))
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
        catalog.OutputIntents = Raw(
            f"[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/DestOutputProfile {profile}>>]"
        )
        catalog.Metadata = Stream(_xmp(self._about).encode(), plain=True, head="/Type/Metadata/Subtype/XML")
        catalog.MarkInfo = Raw("<</Marked true>>")
        catalog.ViewerPreferences = Raw("<</DisplayDocTitle true>>")
        if self._signature:
            catalog.AcroForm = Raw(f"<</Fields [{self._signature.put(self)}]>>")
        catalog.StructTreeRoot = self.tree.write(doc, pages)


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """The document's information: the same words as its metadata, and no empty ones."""

    def __init__(self, about: About) -> None:
        super().__init__()
        self._about = about

    def format(self, document: Any) -> bytes:  # noqa: ARG002
        about, made = self._about, f"(D:{self._about.made_at.astimezone(UTC):%Y%m%d%H%M%S}+00'00')"
        said = {"Title": about.title, "Author": about.department, "Subject": about.subject}
        words = "".join(f"/{name} {text(value)}" for name, value in (said | dict.fromkeys(_TOOLS, TOOL)).items())
        return f"<<{words}/CreationDate {made}/ModDate {made}>>".encode("latin-1")


@dataclass
class _Signature:
    """A field, until it is an object of the file."""

    name: str
    words: str
    page: int
    corners: tuple[float, float, float, float]
    element: Element | None = None
    reference: str = ""

    def put(self, canvas: OfficialCanvas) -> str:
        """Its reference."""
        if not self.reference:
            assert self.element is not None
            doc, drawn = canvas._doc, len(canvas._drawn)
            key = canvas.tree.widget_key(drawn, self.element)
            corners = " ".join(f"{at:.2f}" for at in self.corners)
            self.reference = Raw.put(
                doc,
                Raw(
                    f"<</Type/Annot/Subtype/Widget/FT/Sig/T {text(self.name)}/TU {text(self.words)}/F 132"
                    f"/Rect [{corners}]/StructParent {key}>>"
                ),
            )
            self.element.kids.append(Widget(self.page, self.reference))
        return self.reference


def _xmp(about: About) -> str:
    """The metadata (ISO 16684-1); PDF/A wants the second standard's property explained (ISO 19005-2, 6.6.2.3)."""
    made = about.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
    identifier = f"<dc:identifier>{escape(about.identifier)}</dc:identifier>" if about.identifier else ""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.title)}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{escape(about.department)}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.subject)}</rdf:li></rdf:Alt></dc:description>
{identifier}<dc:language><rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{TOOL}</xmp:CreatorTool><pdf:Producer>{TOOL}</pdf:Producer>
<xmp:CreateDate>{made}</xmp:CreateDate><xmp:ModifyDate>{made}</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance><pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
