"""What every part of a picture can do: be dressed, say how high it is for a width, and be put in its place.

Kivy's own layouts settle over several passes of its clock; ours is one pass, down for the look, up for the heights,
down for the places, so that the first frame of a view is already right and nothing moves afterwards. Numbers in
``.kv`` files are design units; :class:`~screens.look.Look` turns them into pixels.
"""

from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty, VariableListProperty
from kivy.uix.widget import Widget

from screens.look import Colour, Look

Box = tuple[float, float, float, float]


class Element(Widget):
    """A part of the picture. In a Row it is ``wide`` units, its natural width (-1), or its share of the rest (0)."""

    look = ObjectProperty(Look(), rebind=True)
    wide = NumericProperty(0)
    tall = NumericProperty(0)
    share = NumericProperty(1)
    grow = BooleanProperty(False)
    give = BooleanProperty(False)
    hidden = BooleanProperty(False)
    apart = BooleanProperty(False)

    def px(self, units: float) -> float:
        """Design units in pixels of this window."""
        return float(self.look.px(units))

    def colour(self, name: str) -> Colour:
        """A colour of the theme."""
        look: Look = self.look
        return look.colour(name)

    def parts(self) -> list["Element"]:
        """The children that show here, in reading order; one that is ``apart`` is placed by somebody else."""
        return [child for child in reversed(self.children) if not child.hidden and not child.apart]

    def dress(self, look: Look) -> None:
        """Take this look, with everything inside."""
        self.look = look
        for child in self.children:
            child.dress(look)

    def want(self) -> float:
        """The natural width in pixels."""
        return self.px(max(0, self.wide))

    def fit(self, width: float) -> float:  # noqa: ARG002 - a plain element is as high as it is told
        """The height needed in this width, in pixels."""
        return self.px(self.tall)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        """Take this box; (x, y) is its lower left corner."""
        self.size = (width, height)
        self.pos = (x, y)

    def put_away(self) -> None:
        """Out of sight while hidden, with everything inside."""
        self.pos, self.size = (-10000, -10000), (0, 0)
        for child in self.children:
            child.put_away()

    def box(self) -> Box:
        """Where it is in the window, as (x, y, right, top), seen through what scrolls and clips."""
        box: Box = (self.x, self.y, self.right, self.top)
        above: Any = self.parent
        while isinstance(above, Element):
            box = above.show_through(box)
            above = above.parent
        return box

    def show_through(self, box: Box) -> Box:
        """Where a part at ``box`` is seen from outside."""
        return box

    def stain(self, beside: float = 0) -> None:
        """Say that these pixels have changed and only these, with so many to the left and to the right of them."""
        window: Any = self.get_root_window()
        if window is not None:
            left, low, right, top = self.box()
            window.children[-1].damage((left - beside, low, right + beside, top))


class Column(Element):
    """One below the other. What is left over goes to those that ``grow``; what is missing is taken from them, and
    from those that ``give``."""

    lean = OptionProperty("middle", options=("middle", "up"))
    gap = NumericProperty(0)
    pad = VariableListProperty([0, 0, 0, 0])

    def fit(self, width: float) -> float:
        left, top, right, bottom = (self.px(p) for p in self.pad)
        heights = [part.fit(width - left - right) for part in self.parts()]
        needed = sum(heights) + self.px(self.gap) * max(0, len(heights) - 1) + top + bottom
        return float(max(needed, self.px(self.tall)))

    def want(self) -> float:
        if self.wide > 0:
            return self.px(self.wide)
        return max((part.want() for part in self.parts()), default=0) + self.px(self.pad[0]) + self.px(self.pad[2])

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        left, top, right, bottom = (self.px(p) for p in self.pad)
        parts = self.parts()
        inner = width - left - right
        heights = [part.fit(inner) for part in parts]
        gap = self.px(self.gap)
        spare = height - top - bottom - sum(heights) - gap * max(0, len(parts) - 1)
        growing = [i for i, part in enumerate(parts) if part.grow or (part.give and spare < 0)]
        for i in growing:
            heights[i] = max(0, heights[i] + spare / len(growing))
        at = y + height - top - (0 if growing or self.lean == "up" else max(0, spare // 2))
        for part, tall in zip(parts, heights, strict=True):
            part.place(x + left, round(at - tall), inner, tall)
            at -= tall + gap
        _put_away_hidden(self)


class Row(Element):
    """Side by side, each as high as the row and centred in it, unless ``lean`` is up."""

    gap = NumericProperty(0)
    pad = VariableListProperty([0, 0, 0, 0])
    lean = OptionProperty("middle", options=("middle", "up", "fill"))

    def widths(self, width: float) -> list[float]:
        """The widths of the parts."""
        parts = self.parts()
        free = width - self.px(self.pad[0]) - self.px(self.pad[2]) - self.px(self.gap) * max(0, len(parts) - 1)
        fixed = [part.want() if part.wide else 0 for part in parts]
        shares = sum(part.share for part in parts if not part.wide)
        rest = max(0, free - sum(fixed))
        return [w if part.wide else rest * part.share / shares for part, w in zip(parts, fixed, strict=True)]

    def want(self) -> float:
        if self.wide > 0:
            return self.px(self.wide)
        parts = self.parts()
        gaps = self.px(self.gap) * max(0, len(parts) - 1)
        return sum(part.want() for part in parts) + gaps + self.px(self.pad[0]) + self.px(self.pad[2])

    def fit(self, width: float) -> float:
        heights = [part.fit(w) for part, w in zip(self.parts(), self.widths(width), strict=True)]
        return float(max(max(heights, default=0) + self.px(self.pad[1]) + self.px(self.pad[3]), self.px(self.tall)))

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        top, bottom = self.px(self.pad[1]), self.px(self.pad[3])
        at = x + self.px(self.pad[0])
        for part, wide in zip(self.parts(), self.widths(width), strict=True):
            room = height - top - bottom
            tall = room if self.lean == "fill" else min(room, part.fit(wide))
            low = y + bottom + (room - tall if self.lean == "up" else (room - tall) / 2)
            part.place(round(at), round(low), round(wide), tall)
            at += wide + self.px(self.gap)
        _put_away_hidden(self)


def away(element: Any) -> bool:
    """Whether it, or something around it, is hidden."""
    while isinstance(element, Element):
        if element.hidden:
            return True
        element = element.parent
    return False


def _put_away_hidden(element: Element) -> None:
    for child in element.children:
        if child.hidden:
            child.put_away()


def load(python_file: str) -> None:
    """Load the ``.kv`` beside a module."""
    Builder.load_file(python_file.removesuffix("c").removesuffix(".py") + ".kv", encoding="utf-8")
