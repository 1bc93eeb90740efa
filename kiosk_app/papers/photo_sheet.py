"""A sheet of document photos to cut out: A4, each at the size its document asks for, PDF bytes in memory only.

Printed from the larger master. A hair line around each is where to cut; what lies between picture and paper's edge
(exit-entry: 30 x 40 mm of picture on 33 x 48 mm) is white. The same photo gives the same bytes (``invariant``). At the
foot, away from what is cut out, stands the code with which the file can be fetched, if the citizen wanted one.
"""

from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kiosk_app.portrait.spec import PhotoSpec
from stationery.drawn import qr
from stationery.typeface import regular

COPIES = 8
ACROSS = 4
MARGIN, GAP = 22 * mm, 5 * mm
INCH = 25.4
QR_SIDE = 30 * mm
INK, PALE, LINE = HexColor("#10222B"), HexColor("#5A6B72"), HexColor("#C9D3CF")


@dataclass(frozen=True)
class PickUp:
    """Where the file can be fetched: the ``code``, until when it is good, and the page ("" if not told)."""

    code: str
    until: str
    page: str = ""

    @property
    def link(self) -> str:
        """The page with the code behind a ``#``, which no server sees; empty without a page."""
        return f"{self.page}#{self.code}" if self.page else ""


def photo_sheet(picture: bytes, spec: PhotoSpec, *, site: str, pickup: PickUp | None = None) -> bytes:
    """Eight copies of ``picture`` (a JPEG of the form's shape, of any resolution), and how to fetch the file."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, initialFontName=regular())
    canvas.setTitle("Photos")
    top = A4[1] - 20 * mm
    canvas.setFont(regular(), 12)
    canvas.drawString(MARGIN, top, f"{spec.title}　{spec.paper[0]:g} x {spec.paper[1]:g} mm")
    canvas.setFont(regular(), 8)
    canvas.setFillColor(PALE)
    canvas.drawString(MARGIN, top - 5 * mm, "沿细线剪下，请勿缩放 Cut along the lines; do not scale")
    image = ImageReader(BytesIO(picture))
    wide, tall = spec.paper[0] * mm, spec.paper[1] * mm
    across, along = (size / spec.file.dpi * INCH * mm for size in (spec.form.width, spec.form.height))
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.3)
    for copy in range(COPIES):
        x = MARGIN + copy % ACROSS * (wide + GAP)
        y = top - 14 * mm - (copy // ACROSS + 1) * tall - copy // ACROSS * GAP
        canvas.drawImage(image, x + (wide - across) / 2, y + (tall - along) / 2, across, along)
        canvas.rect(x, y, wide, tall)
    canvas.drawString(MARGIN, 14 * mm, site)
    if pickup is not None:
        _pick_up(canvas, pickup)
    canvas.save()
    return out.getvalue()


def _pick_up(canvas: Canvas, pickup: PickUp) -> None:
    """At the foot of the page."""
    low, left = 26 * mm, MARGIN
    if pickup.link:
        qr(canvas, pickup.link, MARGIN, low, QR_SIDE)
        left += QR_SIDE + 6 * mm
    lines = (
        (11, "电子照片取件码 Code for the photo file"),
        (20, pickup.code),
        (8, f"{pickup.until} 前有效，到期自动删除。任何有此码的人都能取照片，请妥善保管。"),
        (8, f"Good until {pickup.until}, then deleted. Whoever has the code can fetch the photo: keep it safe."),
        (8, pickup.page),
    )
    y = low + QR_SIDE - 4 * mm
    for size, words in lines:
        canvas.setFont(regular(), size)
        canvas.setFillColor(PALE if size == 8 else INK)
        y -= max(size, 12) if size != 11 else 0
        canvas.drawString(left, y, words)
        y -= 6 if size == 20 else 2
