"""A sentence on the screen. Its letters are textures, tinted by the canvas; the words themselves are not kept there.

``words`` is a Text (or an id, in ``.kv``) and changes with the language; ``plain`` is data and is shown as it is,
never read as markup. A text limited to one line becomes smaller until it fits: nothing is ever cut. So does one with a
word or a date that is wider than the lines: ``certificat-e`` is no word.
"""

from functools import partial
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty, StringProperty

from kiosk_app.views import Text
from screens import typeface
from screens.look import Look
from screens.widgets.element import Element

LEAST = 0.6
"""How small letters may become for a word's sake; what is longer still is parted."""
HEIGHT = 1.448
"""Ascent and descent of Noto Sans CJK together, in letter sizes."""


class Say(Element):
    """One sentence, broken into lines. ``letters`` in design units; ``most``: pixels, 0 if free."""

    words = ObjectProperty(None, allownone=True)
    plain = StringProperty("")
    letters = NumericProperty(34)
    bold = BooleanProperty(False)
    ink = StringProperty("ink")
    align = OptionProperty("left", options=("left", "center", "right"))
    second = BooleanProperty(False)
    single = BooleanProperty(False)
    balance = BooleanProperty(False)
    fixed = BooleanProperty(False)
    pitch = NumericProperty(1.36)
    most = NumericProperty(0)

    _tint: Any = None
    drawn: list[tuple[float, float, float, float]]
    letters_tall = 0.0

    def __init__(self, **properties: Any) -> None:
        self.drawn = []
        super().__init__(**properties)

    def dress(self, look: Look) -> None:
        super().dress(look)
        self.hidden = not self.text

    @property
    def text(self) -> str:
        """What it says now."""
        if self.words is None:
            return str(self.plain)
        words = Text(self.words) if isinstance(self.words, str) else self.words
        look: Look = self.look
        return look.say(words, second=self.second)

    @property
    def size_now(self) -> int:
        """Letters in pixels; those of fixed places (header, bar) do not grow."""
        look: Look = self.look
        return max(1, round(look.px(self.letters))) if self.fixed else look.type(self.letters)

    def write(self, words: Text | str) -> None:
        """Say something else in the same box, and redraw only that."""
        self.words, self.plain = (None, words) if isinstance(words, str) else (words, "")
        self.hidden = not self.text
        self.place(self.x, self.y, self.width, self.height)
        self.stain()

    def on_ink(self, *_: object) -> None:
        """Another colour for the same letters."""
        if self._tint is not None:
            self._tint.rgba = self.colour(self.ink)

    def want(self) -> float:
        return typeface.measure(self.text, self.size_now, bold=self.bold) + 1

    def fit(self, width: float) -> float:
        size, lines = self.set_in(width)
        return float(round(size * self.pitch * len(lines)))

    def set_in(self, width: float) -> tuple[int, list[str]]:
        """The size of the letters and the lines in this width."""
        size, text = self.size_now, self.text
        if not text:
            return size, []
        if self.single:
            size = min(size, self.most or size)
            wide = typeface.measure(text, size, bold=self.bold)
            while wide > width and size > 8:
                size = min(size - 1, int(size * width / wide))
                wide = typeface.measure(text, size, bold=self.bold)
            return size, [text]
        breaking = typeface.balanced if self.balance else typeface.wrap
        size = self._whole(text, size, width)
        return size, breaking(text, max(width, size), partial(typeface.measure, size=size, bold=self.bold))

    def _whole(self, text: str, size: int, width: float) -> int:
        """The size at which no word need be parted; ``size`` itself where only parting helps."""
        for smaller in range(size, round(size * LEAST) - 1, -1):
            if typeface.longest(text, partial(typeface.measure, size=smaller, bold=self.bold)) <= width:
                return smaller
        return size

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        self.canvas.clear()
        if not self.hidden and self.text:
            self._draw(*self.set_in(width))

    def put_away(self) -> None:
        super().put_away()
        self.canvas.clear()

    @property
    def scrolls(self) -> bool:
        """Whether it can be brought into sight by scrolling."""
        above: Any = self.parent
        while above is not None and above is not above.parent:
            if hasattr(above, "over"):
                return bool(above.over)
            above = above.parent
        return False

    def _draw(self, size: int, lines: list[str]) -> None:
        step = size * self.pitch
        self.drawn, self.letters_tall = [], step * len(lines)
        top = self.y + (self.height + step * len(lines)) / 2
        with self.canvas:
            self._tint = Color(rgba=self.colour(self.ink))
            for index, line in enumerate(lines):
                if not line:
                    continue
                texture = typeface.line_texture(line, size, bold=self.bold)
                wide, tall = texture.size
                spare = {"left": 0, "center": (self.width - wide) / 2, "right": self.width - wide}[self.align]
                low = top - step * (index + 0.5) - tall / 2
                self.drawn.append((self.x + spare, low, wide, tall))
                Rectangle(texture=texture, size=(wide, tall), pos=(round(self.x + spare), round(low)))
