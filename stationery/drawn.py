"""What stands on official papers and is drawn as vectors: the QR code, and the department's round seal.

The seal follows the State Council's document 国发 1999-25 as far as a picture can: a circle, a five-pointed star in its
middle, the department's name around it from left to right, Song. Ours says in its lower half that it is a specimen
(样章), because the departments of the reference platform are no departments. (The document's diameters, 42 mm for a
county's bureau, are from general knowledge; ours is a little smaller, so that it fits beside the signature's date.)
"""

from io import BytesIO
from math import cos, pi, sin
from typing import Any, Final

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from stationery.typeface import ONE_AT_A_TIME, bold

RED: Final = HexColor("#C8161D")
INK: Final = HexColor("#111111")
SEAL: Final = 40 * mm
SPECIMEN: Final = ("样章 SAMPLE", 3 * mm, 14 * mm)
"""Words, size, and how far below the middle: under the date that the seal presses on."""
NARROW: Final = 0.78
"""Characters on a seal are higher than wide."""


def qr(canvas: Any, content: str, x: float, y: float, side: float) -> None:
    """``content`` as a QR code, a square with its lower left corner here; runs of modules are one rectangle."""
    rows = segno.make(content, error="m", micro=False).matrix
    module = side / len(rows)
    canvas.setFillColor(INK)
    path = canvas.beginPath()
    for down, row in enumerate(rows):
        at = 0
        while at < len(row):
            end = at
            while end < len(row) and row[end]:
                end += 1
            if end > at:
                path.rect(x + at * module, y + side - (down + 1) * module, (end - at) * module, module)
            at = end + 1
    canvas.drawPath(path, stroke=0, fill=1)


def seal(canvas: Any, department: str, x: float, y: float, side: float = SEAL) -> None:
    """The seal of ``department`` in a square with its lower left corner here."""
    canvas.saveState()
    canvas.translate(x + side / 2, y + side / 2)
    canvas.scale(side / SEAL, side / SEAL)
    canvas.setStrokeColor(RED)
    canvas.setFillColor(RED)
    canvas.setLineWidth(1.2 * mm)
    canvas.circle(0, 0, SEAL / 2 - 0.8 * mm, stroke=1, fill=0)
    _star(canvas, 5.6 * mm)
    _around(canvas, department)
    words, size, down = SPECIMEN
    canvas.setFont(bold(), size)
    canvas.drawCentredString(0, -down, words)
    canvas.restoreState()


def _star(canvas: Any, radius: float) -> None:
    """One point up; the inner points lie where the sides of a regular pentagram cross."""
    inner = radius * sin(pi / 10) / sin(7 * pi / 10)
    path = canvas.beginPath()
    for point in range(10):
        angle, far = pi / 2 + point * pi / 5, inner if point % 2 else radius
        (path.lineTo if point else path.moveTo)(far * cos(angle), far * sin(angle))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _around(canvas: Any, words: str) -> None:
    """``words`` along the circle, feet to the middle, evenly over five eighths of it at most; smaller if many."""
    radius = SEAL / 2 - 7.2 * mm
    size = min(5.4 * mm, 1.25 * pi * radius / (max(len(words), 1) * NARROW))
    radius = SEAL / 2 - 2.4 * mm - size * 0.88
    arc = min(1.25 * pi, (len(words) - 1) * size * 1.15 / radius)
    step = arc / max(len(words) - 1, 1)
    canvas.setFont(bold(), size)
    for at, character in enumerate(words):
        canvas.saveState()
        canvas.rotate((arc / 2 - at * step) * 180 / pi)
        canvas.translate(0, radius)
        canvas.scale(NARROW, 1)
        canvas.drawString(-stringWidth(character, bold(), size) / 2, 0, character)
        canvas.restoreState()


def seal_page(department: str) -> bytes:
    """The seal alone, on a page of its size: what a signature shows."""
    out = BytesIO()
    with ONE_AT_A_TIME:
        canvas = Canvas(out, pagesize=(SEAL, SEAL), invariant=1, initialFontName=bold())
        seal(canvas, department, 0, 0)
        canvas.save()
    return out.getvalue()
