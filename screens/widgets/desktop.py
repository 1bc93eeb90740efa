"""The desk under the document camera as it lies there, and four corners within which a page is whole.

The same video as the mirror's, with its rules (:mod:`screens.widgets.mirror`), but nothing is mirrored: what lies at
the left is shown at the left. The corners are sixteen small rectangles: to blend one texture over the whole picture
would cost more than the picture.
"""

from collections.abc import Iterator
from typing import Any

from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.properties import NumericProperty

from screens.widgets.mirror import Mirror

INSET, ARM = 0.035, 0.11
"""Of the picture's height: how far the corners are from its border, and how long their arms are."""
Box = tuple[float, float, float, float]


class Desktop(Mirror):
    """The tile; ``across`` and ``along`` are the shape of the camera's picture."""

    across = NumericProperty(4)
    along = NumericProperty(3)
    mirrored = False

    def __init__(self, **properties: Any) -> None:
        self._marks = InstructionGroup()
        super().__init__(**properties)
        self.canvas.after.add(self._marks)

    def fit(self, width: float) -> float:
        return float(min(width * self.along / self.across, self.px(self.tall)))

    def want(self) -> float:
        return float(self.px(self.tall) * self.across / self.along)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        wide = min(width, height * self.across / self.along)
        tall = wide * self.along / self.across
        super().place(round(x + (width - wide) / 2), round(y + height - tall), round(wide), round(tall))

    def _measure_oval(self, height: int) -> None:
        """There is no face."""

    def _colour_oval(self) -> None:
        self._marks.clear()
        stroke = max(3, round(self.px(7)))
        for grow, colour in ((max(1, stroke // 2), "veil"), (0, "on_right" if self.good else "on_veil")):
            self._marks.add(Color(*self.colour(colour)))
            for left, low, wide, tall in self._arms(stroke):
                self._marks.add(Rectangle(pos=(left - grow, low - grow), size=(wide + 2 * grow, tall + 2 * grow)))

    def _arms(self, stroke: int) -> Iterator[Box]:
        inset, arm = round(INSET * self.height), round(ARM * self.height)
        for right in (False, True):
            for top in (False, True):
                x = self.right - inset - arm if right else self.x + inset
                y = self.top - inset - arm if top else self.y + inset
                yield x, (y + arm - stroke if top else y), arm, stroke
                yield (x + arm - stroke if right else x), y, stroke, arm
