"""Pictures in several colours, drawn from shapes in the theme's colours when they are first needed."""

from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw

from screens.look import Look
from screens.shapes import FINE, bytes_of, texture_of

Ink = tuple[int, int, int, int]


@lru_cache(maxsize=8)
def card_on_reader(side: int, contrast: bool) -> Any:
    """An identity card above the reader's field, and the arrow between them; 0.75 x 0.62 of ``side``."""
    look = Look(contrast=contrast)
    k = side * FINE / 1000

    def ink(name: str) -> Ink:
        return bytes_of(look.colour(name))

    picture = Image.new("RGBA", (int(750 * k), int(620 * k)), (*ink("surface")[:3], 0))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((10 * k, 386 * k, 740 * k, 606 * k), 36 * k, fill=ink("muted"))
    draw.rounded_rectangle((225 * k, 410 * k, 525 * k, 582 * k), 20 * k, fill=ink("go_soft"))
    _dashes(draw, (225, 410, 525, 582), k, ink("go"))
    card = _card(k, ink).rotate(6, Image.Resampling.BICUBIC, expand=True)
    picture.alpha_composite(card, (int(375 * k - card.width / 2), int(6 * k)))
    _arrow(draw, k, ink("go"))
    width, height = int(side * 0.75), int(side * 0.62)
    return texture_of(picture.resize((width, height), Image.Resampling.BOX))


def _card(k: float, ink: Any) -> Image.Image:
    card = Image.new("RGBA", (int(330 * k), int(214 * k)), (*ink("surface")[:3], 0))
    draw = ImageDraw.Draw(card)
    draw.rounded_rectangle((0, 0, 329 * k, 213 * k), 22 * k, fill=ink("second"))
    draw.rounded_rectangle((6 * k, 6 * k, 323 * k, 207 * k), 17 * k, fill=ink("paper"))
    grey = bytes_of(Look().colour("edge"))
    for y, right in ((40, 170), (75, 132), (110, 160), (168, 282)):
        draw.rounded_rectangle((34 * k, (y - 8) * k, right * k, (y + 8) * k), 8 * k, fill=(*grey[:3], 150))
    draw.ellipse((212 * k, 32 * k, 266 * k, 86 * k), fill=grey)
    draw.pieslice((194 * k, 92 * k, 284 * k, 192 * k), 180, 360, fill=grey)
    return card


def _dashes(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], k: float, ink: Ink) -> None:
    left, top, right, low = box
    for x in range(left + 18, right - 18, 26):
        for y in (top, low):
            draw.line((x * k, y * k, min(x + 15, right - 18) * k, y * k), fill=ink, width=round(6 * k))
    for y in range(top + 18, low - 18, 26):
        for x in (left, right):
            draw.line((x * k, y * k, x * k, min(y + 15, low - 18) * k), fill=ink, width=round(6 * k))


def _arrow(draw: ImageDraw.ImageDraw, k: float, ink: Ink) -> None:
    for line in (((375, 292), (375, 368)), ((347, 340), (375, 370)), ((403, 340), (375, 370))):
        points = [(x * k, y * k) for x, y in line]
        draw.line(points, fill=ink, width=round(11 * k))
        for x, y in points:
            draw.ellipse((x - 5.5 * k, y - 5.5 * k, x + 5.5 * k, y + 5.5 * k), fill=ink)
