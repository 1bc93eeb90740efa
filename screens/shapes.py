"""Shapes as textures made at start: rounded tiles, rings, shadows. No image file; every edge is smooth.

Without a GPU the cost of a frame is the number of pixels filled, and multisampling doubles it. So edges are smoothed
here, once per shape and size, and the canvas stretches the middle (a nine-patch). Textures are white on nothing and
take the colour of the canvas; none holds anything of a person, so they are kept for ever.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from kivy.graphics.texture import Texture
from PIL import Image, ImageChops, ImageDraw, ImageFilter

FINE = 4
"""Each pixel is sampled this many times across and down."""


def texture_of(mask: Image.Image) -> Any:
    """A mask (L) or a picture (RGBA) as a texture."""
    if mask.mode == "L":
        white = Image.new("RGBA", mask.size, (255, 255, 255, 0))
        white.putalpha(mask)
        mask = white
    texture = Texture.create(size=mask.size, colorfmt="rgba")
    texture.blit_buffer(mask.transpose(Image.Transpose.FLIP_TOP_BOTTOM).tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    return texture


def drawn(width: int, height: int, paint: Callable[[ImageDraw.ImageDraw, float], None], *, mode: str = "L") -> Any:
    """What ``paint(draw, scale)`` draws, smoothed down to ``width`` x ``height``."""
    empty: Any = 0 if mode == "L" else (255, 255, 255, 0)
    big = Image.new(mode, (width * FINE, height * FINE), empty)
    paint(ImageDraw.Draw(big), FINE)
    return texture_of(big.resize((width, height), Image.Resampling.BOX))


Rgba = tuple[float, float, float, float]


@lru_cache(maxsize=256)
def skin(radius: int, fill: Rgba, rim: Rgba, stroke: int = 0, *, shade: Rgba = (0, 0, 0, 0), blur: int = 0) -> Any:
    """A rounded tile with its outline and, ``blur`` wide, the soft shadow below it: one texture, filled once."""
    bleed = 2 * blur
    side = 2 * (radius + bleed + blur) + 2
    box = (bleed, bleed, side - bleed - 1, side - bleed - 1)
    picture = Image.new("RGBA", (side, side), (*bytes_of(shade)[:3], 0))
    if blur:
        mask = Image.new("L", (side, side), 0)
        ImageDraw.Draw(mask).rounded_rectangle(_moved(box, blur // 3), radius, fill=bytes_of(shade)[3])
        picture.putalpha(mask.filter(ImageFilter.GaussianBlur(blur * 0.6)))
    for colour, inset in ((rim, 0), (fill, stroke)):
        mask = _tile_mask(side, box, radius, inset)
        mask = mask.point([round(v * colour[3]) for v in range(256)])
        plain = Image.new("RGBA", (side, side), (*bytes_of(colour)[:3], 0))
        plain.putalpha(mask)
        picture = Image.alpha_composite(picture, plain)
    return texture_of(picture)


@lru_cache(maxsize=64)
def ring(radius: int, halo: int, stroke: int, inner: Rgba, outer: Rgba) -> Any:
    """A ring around a tile of this ``radius``: ``halo`` of the inner colour, then ``stroke`` of the outer one."""
    out = radius + halo + stroke
    side = 2 * out + 2
    box = (0, 0, side - 1, side - 1)
    whole, middle, hole = (_tile_mask(side, box, out, inset) for inset in (0, stroke, stroke + halo))
    picture = Image.new("RGBA", (side, side), bytes_of(outer))
    picture.paste(bytes_of(inner), mask=middle)
    picture.putalpha(ImageChops.subtract(whole, hole))
    return texture_of(picture)


@lru_cache(maxsize=16)
def corners(radius: int, colour: Rgba) -> Any:
    """What rounds a picture of this ``radius``: nothing inside, ``colour`` beyond the corners; a nine-patch."""
    side = 2 * radius + 2
    picture = Image.new("RGBA", (side, side), bytes_of(colour))
    picture.putalpha(ImageChops.invert(_tile_mask(side, (0, 0, side - 1, side - 1), radius, 0)))
    return texture_of(picture)


def _tile_mask(side: int, box: tuple[int, int, int, int], radius: int, inset: int) -> Image.Image:
    mask = Image.new("L", (side * FINE, side * FINE), 0)
    left, top, right, low = ((v + inset) * FINE if i < 2 else (v + 1 - inset) * FINE - 1 for i, v in enumerate(box))
    ImageDraw.Draw(mask).rounded_rectangle((left, top, right, low), max(0, radius - inset) * FINE, fill=255)
    return mask.resize((side, side), Image.Resampling.BOX)


def _moved(box: tuple[int, int, int, int], down: int) -> tuple[int, int, int, int]:
    return (box[0], box[1] + down, box[2], box[3] + down)


def bytes_of(colour: Rgba) -> tuple[int, int, int, int]:
    """A colour in 0..255, as Pillow wants it."""
    red, green, blue, alpha = (round(part * 255) for part in colour)
    return (red, green, blue, alpha)
