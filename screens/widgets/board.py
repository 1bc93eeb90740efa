"""The board on which icons are drawn: a square of 100 units, whatever its pixels."""

from PIL import ImageDraw

Point = tuple[float, float]


class Board:
    """A drawing board of 100 x 100: (0, 0) is the upper left corner. ``on`` 0 cuts out."""

    def __init__(self, draw: ImageDraw.ImageDraw, side: float) -> None:
        self._draw, self._k = draw, side / 100

    def _at(self, points: tuple[Point, ...]) -> list[Point]:
        return [(x * self._k, y * self._k) for x, y in points]

    def shape(self, *points: Point, on: int = 255) -> None:
        self._draw.polygon(self._at(points), fill=on)

    def disc(self, x: float, y: float, r: float, on: int = 255) -> None:
        self._draw.ellipse([v * self._k for v in (x - r, y - r, x + r, y + r)], fill=on)

    def slab(self, x: float, y: float, right: float, low: float, r: float = 0, *, on: int = 255) -> None:
        self._draw.rounded_rectangle([v * self._k for v in (x, y, right, low)], r * self._k, fill=on)

    def stroke(self, *points: Point, wide: float = 11, on: int = 255) -> None:
        self._draw.line(self._at(points), fill=on, width=round(wide * self._k), joint="curve")
        for x, y in points:
            self.disc(x, y, wide / 2, on)

    def half_disc(self, x: float, y: float, r: float) -> None:
        self._draw.pieslice([v * self._k for v in (x - r, y - r, x + r, y + r)], 180, 360, fill=255)
