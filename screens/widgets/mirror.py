"""The person before the camera in a mirror, with the oval where the face belongs: video that nothing remembers.

A frame is 2.7 MB of memory of somebody else's. What the tile shows of it is copied into one buffer of its own (a
quarter of a millisecond), from there into one texture, and only the tile's pixels are drawn. When the view goes, buffer
and texture are filled with zeros: a texture that is merely let go of keeps its picture until its memory is used again.
The mirror is made by the coordinates of the texture, so that it costs nothing. Without a GPU the time of a frame is the
number of pixels blended: the oval is one texture, and only the corners are rounded, not the whole tile covered.
"""

from functools import lru_cache
from typing import Any

from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from PIL import Image, ImageDraw

from kiosk_app.devices import Frame
from screens.shapes import FINE, Rgba, bytes_of, corners, texture_of
from screens.widgets.element import Element, load

MIDDLE, TALL, WIDE = 0.425, 0.58, 0.42
"""The oval: its middle and height as shares of the frame's height, its width likewise."""
RATIO = 3 / 4
"""Width to height of the tile where there is room."""


def part_of(width: int, height: int, ratio: float) -> tuple[int, int, int, int]:
    """The largest part of a frame with this ``ratio`` of width to height: left, top, width, height in pixels.

    From the middle; of a frame that is too high more is left away below than above, where the head is.
    """
    if width / height >= ratio:
        wide = min(width, max(1, round(height * ratio)))
        return (width - wide) // 2, 0, wide, height
    tall = min(height, max(1, round(width / ratio)))
    return 0, (height - tall) // 3, width, tall


def cut(frame: Frame, part: tuple[int, int, int, int], out: bytearray) -> None:
    """Copy a part of the frame, RGB rows from the top, to ``out``, which is exactly as large."""
    left, top, width, height = part
    row, step = width * 3, frame.width * 3
    start = top * step + left * 3
    for y in range(height):
        out[y * row : (y + 1) * row] = frame.pixels[start + y * step : start + y * step + row]


class Mirror(Element):
    """The tile. :meth:`show` a frame as often as there is a new one; :meth:`wipe` when the view goes."""

    picture = ObjectProperty(None, allownone=True)
    good = BooleanProperty(False)
    oval = ObjectProperty(None, allownone=True)
    oval_y = NumericProperty(0)
    mirrored = True
    radius = NumericProperty(32)

    def __init__(self, **properties: Any) -> None:
        self._shape, self._box = (0, 0), (0.0, 0.0, 0.0, 0.0)
        self._part = (0, 0, 0, 0)
        self._pixels = bytearray()
        self._oval = (0, 0, 0)
        self._over = InstructionGroup()
        self.sequence = 0
        super().__init__(**properties)
        self.canvas.after.add(self._over)

    def fit(self, width: float) -> float:
        return min(width / RATIO, self.px(self.tall)) if self.tall else width / RATIO

    def want(self) -> float:
        return self.px(self.tall) * RATIO

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        if (x, y, width, height) != self._box:
            self._box = (x, y, width, height)
            self._cut_anew()
        self._colour_oval()
        self._round()

    def show(self, frame: Frame) -> None:
        """This frame from now on."""
        if (frame.width, frame.height) != self._shape:
            self._shape = (frame.width, frame.height)
            self._cut_anew()
        cut(frame, self._part, self._pixels)
        self._fill()
        self.sequence = frame.sequence
        self.canvas.ask_update()  # new pixels in the same texture: nothing else tells the window
        self.stain()

    def wipe(self) -> None:
        """Zeros wherever the person was."""
        self._pixels[:] = bytes(len(self._pixels))
        if self.picture is not None:
            self._fill()
        self.picture, self.sequence = None, 0

    def mark(self, good: bool) -> None:
        """Whether all is right."""
        if good != self.good:
            self.good = good
            self._colour_oval()
            self.stain()

    def _fill(self) -> None:
        if self.picture is None:
            picture = Texture.create(size=self._part[2:], colorfmt="rgb")
            picture.flip_vertical()  # rows come from the top
            if self.mirrored:
                picture.flip_horizontal()
            self.picture = picture
        self.picture.blit_buffer(self._pixels, colorfmt="rgb", bufferfmt="ubyte")

    def _cut_anew(self) -> None:
        """Another frame or another tile: another part of the frame shows."""
        self.wipe()
        width, height = self._shape
        if not width or self.width < 8 or self.height < 8:
            return
        self._part = part_of(width, height, self.width / self.height)
        self._pixels = bytearray(self._part[2] * self._part[3] * 3)
        self._measure_oval(height)
        self._colour_oval()

    def _measure_oval(self, height: int) -> None:
        """Where the face belongs, in a frame of this height."""
        scale = self.height / self._part[3]
        stroke = max(3, int(self.px(7)))
        self._oval = (
            min(int(WIDE * height * scale), int(self.width) - 4 * stroke),
            min(int(TALL * height * scale), int(self.height) - 4 * stroke),
            stroke,
        )
        self.oval_y = self.top - round((MIDDLE * height - self._part[1]) * scale)

    def _colour_oval(self) -> None:
        if self._oval[0] > 0:
            line = self.colour("on_right" if self.good else "on_veil")
            self.oval = ring(*self._oval, line, self.colour("veil"))

    def _round(self) -> None:
        """The ground's colour beyond the four corners."""
        radius = max(1, int(self.px(self.radius)))
        texture = corners(radius, self.colour("ground"))
        self._over.clear()
        self._over.add(Color(1, 1, 1, 1))
        for across, x in ((0, self.x), (radius + 2, self.right - radius)):
            for up, y in ((0, self.y), (radius + 2, self.top - radius)):
                part = texture.get_region(across, up, radius, radius)
                self._over.add(Rectangle(texture=part, pos=(x, y), size=(radius, radius)))


@lru_cache(maxsize=8)
def ring(width: int, height: int, stroke: int, line: Rgba, edge: Rgba) -> Any:
    """An oval line between two edges, which keep it apart from whatever is behind."""
    width, height, thin = max(8, width), max(8, height), max(1, stroke // 2)
    size = (width + 2 * thin, height + 2 * thin)

    def oval(inset: int, wide: int) -> Image.Image:
        mask = Image.new("L", (size[0] * FINE, size[1] * FINE), 0)
        box = [v * FINE for v in (inset, inset, size[0] - inset, size[1] - inset)]
        ImageDraw.Draw(mask).ellipse(box, outline=255, width=wide * FINE)
        return mask.resize(size, Image.Resampling.BOX)

    picture = Image.new("RGBA", size, (*bytes_of(edge)[:3], 0))
    picture.putalpha(oval(0, stroke + 2 * thin).point([round(v * edge[3]) for v in range(256)]))
    inner = Image.new("RGBA", size, (*bytes_of(line)[:3], 0))
    inner.putalpha(oval(thin, stroke))
    return texture_of(Image.alpha_composite(picture, inner))


load(__file__)
