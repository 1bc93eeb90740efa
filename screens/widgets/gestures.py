"""How to make each gesture, drawn: a plain face as it looks in the mirror, and an arrow where the head turns.

Nobody's face: a head, hair, eyes, nose and mouth in the theme's colours, so that it says how and not who.
"""

from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw

from screens.look import Look
from screens.shapes import FINE, bytes_of, texture_of

ASIDE = 62
"""By how much eyes, nose and mouth move when the head turns, of 500."""


@lru_cache(maxsize=24)
def gesture(name: str, side: int, contrast: bool) -> Any:
    """The picture of a gesture, ``side`` square; an unknown one is the face at rest."""
    look = Look(contrast=contrast)
    k = side * FINE / 500
    picture = Image.new("RGBA", (side * FINE, side * FINE), (*bytes_of(look.colour("surface"))[:3], 0))
    draw = ImageDraw.Draw(picture)
    turn = {"turn_left": -1, "turn_right": 1}.get(name, 0)
    _Face(draw, k, look, turn).paint(closed=name == "close_eyes", mouth=name == "open_mouth")
    return texture_of(picture.resize((side, side), Image.Resampling.BOX))


class _Face:
    """A head on a board of 500; ``turn`` -1 to the left of the picture, 1 to its right."""

    def __init__(self, draw: ImageDraw.ImageDraw, k: float, look: Look, turn: int) -> None:
        self._draw, self._k, self._turn = draw, k, turn
        self._skin, self._hair, self._line, self._go = (
            bytes_of(look.colour(name)) for name in ("go_soft", "second", "ink", "go")
        )
        self._paper = bytes_of(look.colour("surface"))

    def paint(self, *, closed: bool, mouth: bool) -> None:
        aside = self._turn * ASIDE
        self._oval(250, 268, 138, 176, self._hair)
        self._oval(250 + aside * 0.35, 290, 122, 152, self._skin)
        self._pie(250, 236, 138, 144)
        for x in (-54, 54):
            self._eye(250 + aside + x, 276, closed=closed)
        self._stroke((250 + aside + 8 * (self._turn or 1), 300), (250 + aside + 16 * (self._turn or 1), 336), 8)
        if mouth:
            self._oval(250 + aside, 386, 34, 30, self._line)
        else:
            self._arc(250 + aside, 366, 40, 16)
        if self._turn:
            self._arrow()

    def _eye(self, x: float, y: float, *, closed: bool) -> None:
        if closed:
            self._arc(x, y - 6, 26, 14)
        else:
            self._oval(x, y, 13, 15, self._line)

    def _oval(self, x: float, y: float, wide: float, tall: float, ink: Any) -> None:
        self._draw.ellipse([v * self._k for v in (x - wide, y - tall, x + wide, y + tall)], fill=ink)

    def _pie(self, x: float, y: float, wide: float, tall: float) -> None:
        """Hair over the forehead."""
        box = [v * self._k for v in (x - wide, y - tall, x + wide, y + tall)]
        self._draw.chord(box, 200, 340, fill=self._hair)

    def _arc(self, x: float, y: float, wide: float, tall: float) -> None:
        box = [v * self._k for v in (x - wide, y - tall, x + wide, y + tall)]
        self._draw.arc(box, 15, 165, fill=self._line, width=round(9 * self._k))

    def _stroke(self, start: tuple[float, float], end: tuple[float, float], wide: float) -> None:
        points = [(x * self._k, y * self._k) for x, y in (start, end)]
        self._draw.line(points, fill=self._line, width=round(wide * self._k))

    def _arrow(self) -> None:
        tip, tail = 250 + self._turn * 236, 250 + self._turn * 166
        for start in ((tail, 290), (tip - self._turn * 34, 258), (tip - self._turn * 34, 322)):
            points = [(x * self._k, y * self._k) for x, y in (start, (tip, 290))]
            self._draw.line(points, fill=self._go, width=round(15 * self._k))
            for x, y in points:
                r = 7.5 * self._k
                self._draw.ellipse((x - r, y - r, x + r, y + r), fill=self._go)
