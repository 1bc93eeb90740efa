"""What the simulated cameras see, drawn by code: a person who never lived, and sample papers on a desk.

:func:`on_desk` is a small camera model: a flat page under a known perspective, a desk of a colour, light from one
side, the shadow of a hand, a lamp's reflection, a lens out of focus. Where the corners are is known exactly, so that
what finds the page can be measured. Corners go from the page's upper left clockwise; pixel centres are whole numbers.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import dist

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from hardware.simulators.camera_papers import A4_MM, INK, PAPER, sheet_of
from hardware.simulators.escpos_paper import font

Point = tuple[float, float]
Colour = tuple[int, int, int]

WALL = (196, 206, 214)
_FRINGE = 4
"""Pixels of nothing around the page, so that its edges are as soft as a lens makes them."""


def portrait(size: tuple[int, int], *, eyes_open: bool = True, sway: float = 0.0) -> Image.Image:
    """A drawn head and shoulders before a pale wall; ``sway`` moves it sideways, -1 to 1."""
    width, height = size
    unit = height / 100
    centre = width / 2 + sway * 6 * unit
    picture = Image.new("RGB", size, WALL)
    draw = ImageDraw.Draw(picture)

    def oval(x: float, y: float, w: float, h: float, fill: Colour) -> None:
        box = (centre + (x - w) * unit, (y - h) * unit, centre + (x + w) * unit, (y + h) * unit)
        draw.ellipse(box, fill=fill)

    oval(0, 108, 36, 32, (44, 58, 92))
    oval(0, 82, 9, 14, (214, 172, 146))
    oval(0, 40, 20, 26, (32, 28, 30))
    oval(0, 50, 17.5, 24, (226, 184, 158))
    oval(0, 29, 16.5, 8, (32, 28, 30))
    for side in (-7, 7):
        oval(side, 41, 4, 0.7, (50, 40, 38))
        oval(side, 47, 3.2, 1.7 if eyes_open else 0.4, (250, 250, 250))
        if eyes_open:
            oval(side, 47, 1.5, 1.5, (40, 30, 26))
    oval(0, 56, 2, 3, (210, 164, 138))
    oval(0, 64, 6, 1.3, (176, 84, 84))
    draw.text((3 * unit, 3 * unit), "样本 SAMPLE", INK, font(max(8, round(4 * unit))))
    return picture


@dataclass(frozen=True)
class Scene:
    """What lies before the document camera. ``corners`` in pixels of the picture; None: an empty desk.

    ``light``: how much darker the right side is, 0 to 1; ``shadow``, ``glare``: of a hand, of a lamp, how strong, 0
    to 1; ``blur``: standard deviation of the lens in pixels; ``noise``: of the sensor in grey levels.
    """

    size: tuple[int, int]
    corners: tuple[Point, Point, Point, Point] | None
    desk: Colour = (58, 52, 48)
    page: int | str = 0
    light: float = 0.15
    shadow: float = 0.0
    glare: float = 0.0
    blur: float = 0.6
    noise: float = 3.0
    exposure: float = 0.92
    seed: int = 0


def on_desk(scene: Scene) -> Image.Image:
    """The picture of ``scene``."""
    chance = random.Random(scene.seed)  # noqa: S311 - of a drawing
    picture = _desk(scene.size, scene.desk, chance)
    if scene.corners is not None:
        _lay(picture, _scaled(scene.page, _longest(scene.corners)), scene.corners)
    picture = ImageChops.multiply(picture, _light(scene, chance))
    if scene.glare:
        picture = ImageChops.add(picture, _lamp(scene, chance))
    if scene.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(scene.blur))
    return with_noise(picture, scene.noise, scene.seed) if scene.noise else picture


def with_noise(picture: Image.Image, sigma: float, seed: int) -> Image.Image:
    """The picture as a sensor gives it: one tile of noise, laid elsewhere for every ``seed``."""
    at = random.Random(seed)  # noqa: S311
    shifted = ImageChops.offset(_noise(picture.size, sigma), at.randrange(4096), at.randrange(4096))
    return ImageChops.add(picture, Image.merge("RGB", (shifted, shifted, shifted)), 1, -128)


@lru_cache(maxsize=4)
def _noise(size: tuple[int, int], sigma: float) -> Image.Image:
    return Image.effect_noise(size, sigma)


def _desk(size: tuple[int, int], colour: Colour, chance: random.Random) -> Image.Image:
    """A desk with some grain."""
    grain = Image.effect_noise((size[0] // 24 + 1, size[1] // 3 + 1), 5).resize(size, Image.Resampling.BICUBIC)
    grain = ImageChops.offset(grain, chance.randrange(size[0]), chance.randrange(size[1]))
    return ImageChops.add(Image.new("RGB", size, colour), Image.merge("RGB", (grain, grain, grain)), 1, -128)


@lru_cache(maxsize=8)
def _scaled(name: int | str, length: int) -> Image.Image:
    """The page about as large as it will be seen, with a clear fringe."""
    page = sheet_of(name)
    scale = min(1.0, length / page.height)
    small = page.resize((round(page.width * scale), round(page.height * scale)), Image.Resampling.LANCZOS)
    whole = Image.new("RGBA", (small.width + 2 * _FRINGE, small.height + 2 * _FRINGE), (*PAPER, 0))
    whole.paste(small, (_FRINGE, _FRINGE))
    return whole


def _lay(picture: Image.Image, page: Image.Image, corners: Sequence[Point]) -> None:
    left, top = _FRINGE, _FRINGE
    right, bottom = page.width - _FRINGE, page.height - _FRINGE
    edges = [(left, top), (right, top), (right, bottom), (left, bottom)]
    seen = [(x + 0.5, y + 0.5) for x, y in corners]  # Pillow's pixels have their centres at halves
    laid = page.transform(picture.size, Image.Transform.PERSPECTIVE, homography(seen, edges), Image.Resampling.BICUBIC)
    picture.paste(laid.convert("RGB"), (0, 0), laid.getchannel("A"))


def _light(scene: Scene, chance: random.Random) -> Image.Image:
    """What every pixel is multiplied by: light from the left, and the soft edge of a hand's shadow."""
    width, height = scene.size
    small = (96, 72)
    light = Image.new("L", small)
    for x in range(small[0]):
        value = round(255 * scene.exposure * (1 - scene.light * x / small[0]))
        light.paste(value, (x, 0, x + 1, small[1]))
    if scene.shadow:
        shade = Image.new("L", small, 255)
        y = chance.randrange(10, 50)
        ImageDraw.Draw(shade).polygon(
            [(96, y), (96, y + 26), (chance.randrange(30, 60), y + 18)], round(255 * (1 - scene.shadow))
        )
        light = ImageChops.multiply(light, shade.filter(ImageFilter.GaussianBlur(3)))
    light = light.resize((width, height), Image.Resampling.BICUBIC)
    return Image.merge("RGB", (light, light, light))


def _lamp(scene: Scene, chance: random.Random) -> Image.Image:
    """A lamp's reflection, on the page if there is one."""
    points = scene.corners or ((0, 0), scene.size)
    x, y = (sum(p[axis] for p in points) / len(points) for axis in (0, 1))
    radius = scene.size[1] / 9
    lamp = Image.new("L", scene.size)
    x, y = x + chance.uniform(-1, 1) * radius, y + chance.uniform(-1, 1) * radius
    ImageDraw.Draw(lamp).ellipse((x - radius, y - radius, x + radius, y + radius), round(255 * scene.glare))
    lamp = lamp.filter(ImageFilter.GaussianBlur(radius / 4))
    return Image.merge("RGB", (lamp, lamp, lamp))


def _longest(corners: Sequence[Point]) -> int:
    a, b, c, d = corners
    return round(max(dist(a, d), dist(b, c)))


def homography(source: Sequence[Point], target: Sequence[Point]) -> tuple[float, ...]:
    """The eight numbers with which Pillow maps ``source`` to ``target``, four points each."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):  # Gauss and Jordan
        pivot = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return tuple(row[8] for row in rows)


def page_corners(
    size: tuple[int, int],
    *,
    fill: float = 0.8,
    turn: float = 0.0,
    tilt: float = 0.0,
    shift: Point = (0.0, 0.0),
) -> tuple[Point, Point, Point, Point]:
    """Where a page lies: its height as a share of the picture's, ``turn`` in degrees, ``tilt`` how much narrower the
    far side is, ``shift`` of its middle in shares of the picture.
    """
    width, height = size
    tall = fill * height
    half_w, half_h = tall * A4_MM[0] / A4_MM[1] / 2, tall / 2
    spin = complex(0, 1) ** (turn / 90)
    out: list[Point] = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        narrow = 1 - tilt * (1 - y) / 2
        at = complex(x * half_w * narrow, y * half_h) * spin
        out.append((width * (0.5 + shift[0]) + at.real, height * (0.5 + shift[1]) + at.imag))
    return out[0], out[1], out[2], out[3]
