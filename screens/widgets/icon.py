"""Icons as vector shapes: each is drawn in a square of 100 units and rastered once per size, in the theme's colours.

Shape and word always stand together; an icon alone never carries the meaning.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from screens.look import Look
from screens.shapes import drawn
from screens.widgets.board import Board
from screens.widgets.element import Element, load
from screens.widgets.signs import PICTURES, SIGNS


def _shield(b: Board) -> None:
    b.shape(
        (50, 6),
        (90, 21),
        (90, 50),
        (86, 64),
        (77, 77),
        (65, 88),
        (50, 96),
        (35, 88),
        (23, 77),
        (14, 64),
        (10, 50),
        (10, 21),
    )


_PLANE = (
    (82, 18), (82, 23), (80, 29), (61, 48), (69, 89), (63, 95), (45, 64), (30, 79), (33, 95), (28, 99),
    (17, 83), (1, 72), (5, 67), (21, 70), (36, 55), (5, 37), (11, 31), (52, 39), (71, 20), (77, 18),
)  # fmt: skip
"""Climbing, with swept wings: level and straight it was a cross at 40 pixels."""


def _plane(b: Board) -> None:
    b.shape(*_PLANE)


def _car(b: Board) -> None:
    b.shape((22, 18), (28, 12), (72, 12), (78, 18), (92, 50), (8, 50))
    b.slab(6, 44, 94, 78, 8)
    b.slab(10, 66, 28, 92, 6)
    b.slab(72, 66, 90, 92, 6)
    b.shape((29, 23), (71, 23), (79, 43), (21, 43), on=0)
    b.disc(25, 60, 7, 0)
    b.disc(75, 60, 7, 0)


def _printer(b: Board) -> None:
    b.slab(25, 6, 75, 26, 3)
    b.slab(6, 32, 94, 78, 10)
    b.slab(22, 54, 78, 94, 4, on=0)
    b.slab(29, 61, 71, 94, 3)
    b.disc(80, 44, 5, 0)


def _receipt(b: Board) -> None:
    b.shape((20, 6), (80, 6), (80, 94), (70, 86), (60, 94), (50, 86), (40, 94), (30, 86), (20, 94))
    for y in (28, 44, 60):
        b.stroke((34, y), (66, y), wide=7, on=0)


def _id_card(b: Board) -> None:
    b.slab(4, 18, 96, 82, 9)
    b.disc(30, 42, 9, 0)
    b.slab(16, 55, 44, 70, 7, on=0)
    for y, right in ((38, 84), (52, 84), (66, 72)):
        b.stroke((58, y), (right, y), wide=7, on=0)


def _bank_card(b: Board) -> None:
    b.slab(4, 18, 96, 82, 9)
    b.slab(4, 32, 96, 44, 0, on=0)
    b.slab(16, 60, 40, 68, 3, on=0)


def _check(b: Board) -> None:
    b.stroke((14, 54), (39, 79), (86, 24), wide=14)


def _bang(b: Board) -> None:
    b.shape((41, 8), (59, 8), (55, 62), (45, 62))
    b.disc(50, 82, 9)


def _warning(b: Board) -> None:
    b.stroke((50, 14), (93, 86), (7, 86), (50, 14), wide=9)
    b.shape((45, 36), (55, 36), (53, 62), (47, 62))
    b.disc(50, 73, 5)


def _back(b: Board) -> None:
    b.stroke((62, 16), (30, 50), (62, 84))


def _forward(b: Board) -> None:
    b.stroke((38, 16), (70, 50), (38, 84))


def _down(b: Board) -> None:
    b.stroke((16, 38), (50, 70), (84, 38))


def _up(b: Board) -> None:
    b.stroke((16, 64), (50, 32), (84, 64))


def _arrow(b: Board) -> None:
    b.stroke((50, 10), (50, 86), wide=13)
    b.stroke((18, 56), (50, 88), (82, 56), wide=13)


def _leave(b: Board) -> None:
    b.stroke((46, 12), (14, 12), (14, 88), (46, 88), wide=10)
    b.stroke((38, 50), (88, 50), wide=10)
    b.stroke((68, 30), (88, 50), (68, 70), wide=10)


def _letters(b: Board) -> None:
    b.stroke((4, 84), (32, 14), (60, 84), wide=10)
    b.stroke((15, 60), (49, 60), wide=9)
    b.stroke((66, 84), (81, 46), (96, 84), wide=9)
    b.stroke((71, 71), (91, 71), wide=8)


def _globe(b: Board) -> None:
    b.disc(50, 50, 46)
    b.disc(50, 50, 37, 0)
    b.stroke((8, 50), (92, 50), wide=8)
    b.stroke((50, 8), (33, 28), (28, 50), (33, 72), (50, 92), wide=8)
    b.stroke((50, 8), (67, 28), (72, 50), (67, 72), (50, 92), wide=8)


def _contrast(b: Board) -> None:
    b.disc(50, 50, 46)
    b.disc(50, 50, 37, 0)
    b.shape((50, 13), (64, 16), (77, 25), (85, 37), (87, 50), (85, 63), (77, 75), (64, 84), (50, 87))


def _erase(b: Board) -> None:
    b.shape((4, 50), (32, 18), (92, 18), (96, 22), (96, 78), (92, 82), (32, 82))
    b.stroke((48, 36), (76, 64), wide=9, on=0)
    b.stroke((76, 36), (48, 64), wide=9, on=0)


def _touch(b: Board) -> None:
    b.disc(42, 28, 24)
    b.disc(42, 28, 15, 0)
    b.slab(34, 20, 50, 74, 8)
    b.slab(34, 50, 86, 96, 16)
    b.shape((34, 62), (20, 56), (12, 62), (38, 94), (50, 94), (50, 60))


def _search(b: Board) -> None:
    b.disc(42, 42, 36)
    b.disc(42, 42, 25, 0)
    b.stroke((66, 66), (90, 90), wide=13)


def _dots(b: Board) -> None:
    for x in (20, 50, 80):
        b.disc(x, 50, 9)


def _code(b: Board) -> None:
    for x, y in ((6, 6), (60, 6), (6, 60)):
        b.slab(x, y, x + 34, y + 34, 5)
        b.slab(x + 8, y + 8, x + 26, y + 26, 2, on=0)
        b.slab(x + 13, y + 13, x + 21, y + 21, 1)
    for x, y in ((60, 60), (84, 60), (72, 72), (60, 84), (84, 84)):
        b.slab(x, y, x + 10, y + 10, 1)


def _bubble(b: Board) -> None:
    b.slab(6, 12, 94, 72, 14)
    b.shape((24, 66), (54, 66), (26, 94))
    b.stroke((24, 42), (76, 42), wide=9, on=0)


def _face(corners: float) -> Callable[[Board], None]:
    """A face whose mouth has its corners so much higher than its middle."""

    def draw(b: Board) -> None:
        b.disc(50, 50, 47)
        for x in (33, 67):
            b.disc(x, 38, 7, 0)
        b.stroke(*((x, 68 + corners * (0.5 - ((x - 50) / 23) ** 2)) for x in range(27, 74, 2)), wide=7, on=0)

    return draw


DRAWINGS: dict[str, Callable[[Board], None]] = {
    "social": _shield, "border": _plane, "road": _car, "printer": _printer, "document": _printer, "receipt": _receipt,
    "card": _id_card, "permit": _id_card, "chip_card": _bank_card, "bank_card": _bank_card, "check": _check,
    "bang": _bang, "warning": _warning, "back": _back, "forward": _forward, "down": _down, "up": _up, "arrow": _arrow,
    "leave": _leave, "letters": _letters, "globe": _globe, "contrast": _contrast, "erase": _erase, "touch": _touch,
    "search": _search, "dots": _dots, "code": _code, "hall": _bubble,
    "reprint": _printer, "progress": _search,
    **SIGNS,
    **PICTURES,
    **{f"face{score}": _face(7 * (score - 3)) for score in range(1, 6)},
}  # fmt: skip


@lru_cache(maxsize=128)
def icon(name: str, side: int) -> Any:
    """The icon as a mask of ``side`` pixels."""
    return drawn(side, side, lambda draw, scale: DRAWINGS[name](Board(draw, side * scale)))


@lru_cache(maxsize=32)
def disc(side: int) -> Any:
    """A filled circle."""
    return drawn(side, side, lambda draw, scale: Board(draw, side * scale).disc(50, 50, 50))


class Icon(Element):
    """An icon by name, in a colour of the theme, as high as it is wide."""

    name = StringProperty("")
    ink = StringProperty("ink")
    mask = ObjectProperty(None, allownone=True)

    def dress(self, look: Look) -> None:
        super().dress(look)
        self.hidden = not self.name

    def place(self, x: float, y: float, width: float, height: float) -> None:
        side = max(1, int(min(width, height)))
        super().place(round(x + (width - side) / 2), round(y + (height - side) / 2), side, side)
        self.mask = icon(self.name, side) if self.name and not self.hidden else None


class Badge(Icon):
    """An icon on a round or square ground: the families of services, marks of success and failure."""

    ground = StringProperty("go")
    round = ObjectProperty(False)
    inset = ObjectProperty(0.26)
    plate = ObjectProperty(None, allownone=True)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        side = int(self.width)
        self.plate = disc(side) if self.round else _plate(side)
        self.mask = icon(self.name, max(1, int(side * (1 - 2 * self.inset)))) if self.name else None


@lru_cache(maxsize=32)
def _plate(side: int) -> Any:
    return drawn(side, side, lambda draw, scale: Board(draw, side * scale).slab(0, 0, 99.5, 99.5, 22))


load(__file__)
