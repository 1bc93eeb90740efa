"""What stands on official papers and is drawn as vectors: the QR code, and the department's round seal.

The seal follows State Council document 国发〔1999〕25号 as far as a picture can: a circle, a five-pointed star in its
middle, the department's name around it from left to right, Song. Ours says in its lower half that it is a specimen
(样章), because the departments of the reference platform are no departments. (The document's diameters, 42 mm for a
county's bureau, are from general knowledge; ours is a little smaller, so that it fits beside the signature's date.)
"""

from math import cos, pi, sin
from typing import Any, Final

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth

from stationery.typeface import bold

RED: Final = HexColor("#C8161D")
INK: Final = HexColor("#111111")
SEAL: Final = 40 * mm
SPECIMEN: Final = "样章 SAMPLE"


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
    canvas.setFont(bold(), 3.6 * mm)
    canvas.drawCentredString(0, -11.6 * mm, SPECIMEN)
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
    """``words`` along the circle, feet to the middle, over the upper two thirds and evenly, smaller if they are many."""
    size = min(5.6 * mm, 62 * mm / max(len(words), 1))
    radius = SEAL / 2 - 2.6 * mm - size * 0.86
    arc = min(1.42 * pi, len(words) * size * 1.22 / radius)
    step = arc / max(len(words) - 1, 1)
    canvas.setFont(bold(), size)
    for at, character in enumerate(words):
        canvas.saveState()
        canvas.rotate((arc / 2 - at * step) * 180 / pi)
        canvas.translate(0, radius)
        canvas.drawString(-stringWidth(character, bold(), size) / 2, 0, character)
        canvas.restoreState()
