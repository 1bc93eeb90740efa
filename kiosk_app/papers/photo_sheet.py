"""A sheet of document photos to cut out: A4, each at the size its document asks for, PDF bytes in memory only.

Printed from the larger master. A hair line around each is where to cut; what lies between picture and paper's edge
(exit-entry: 30 x 40 mm of picture on 33 x 48 mm) is white. The same photo gives the same bytes (``invariant``).
"""

from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kiosk_app.portrait.spec import PhotoSpec
from stationery.typeface import regular

COPIES = 8
ACROSS = 4
MARGIN, GAP = 22 * mm, 5 * mm
INCH = 25.4
PALE, LINE = HexColor("#5A6B72"), HexColor("#C9D3CF")


def photo_sheet(picture: bytes, spec: PhotoSpec, *, site: str) -> bytes:
    """Eight copies of ``picture`` (a JPEG of the form's shape, of any resolution)."""
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
    canvas.save()
    return out.getvalue()
