"""A window onto something higher than itself: dragged with the finger, or a page further with a button.

Kivy's ScrollView holds a touch back until it knows whether it is a drag; here a row shows its press at once and gives
it up when the finger has moved too far to be a tap. Content that fits is not clipped, moved or marked at all.
"""

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty

from screens.look import Look
from screens.widgets.element import Box, Element, load
from screens.widgets.target import PushButton

SLIP = 24
"""So many units may a finger move and still tap."""
AROUND = 14
"""Units above and below a part that is brought into sight: for the ring of the focus."""
SHADOW = 48
"""Units beside it on which the shadows of its parts may lie."""
BESIDE = 120
"""So many units wide is the column of the button and the rail, when there is more than fits."""


class Scroller(Element):
    """Shows one Column. ``offset`` is how far it has been moved up, in pixels."""

    offset = NumericProperty(0)
    over = NumericProperty(0)
    centre = BooleanProperty(False)
    thumb_y = NumericProperty(0)
    thumb_tall = NumericProperty(0)
    _speed = 0.0
    _gliding: Any = None

    def add_widget(self, widget: Element, *args: Any, **kwargs: Any) -> None:
        if self.children:
            super().add_widget(widget, 1)  # under the button that pages
        else:
            super().add_widget(widget, *args, **kwargs)

    @property
    def content(self) -> Element:
        """The one thing inside; the other child is the button that pages."""
        inside: Element = next(child for child in self.children if not isinstance(child, More))
        return inside

    def dress(self, look: Look) -> None:
        super().dress(look)
        self.ids.more.hidden = self.over <= 0

    def fit(self, width: float) -> float:
        return float(self.content.fit(width))

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        tall = self.content.fit(width)
        if tall > height:
            width -= self.px(BESIDE)
            tall = self.content.fit(width)
        self.over = max(0, round(tall - height))
        spare = max(0, height - tall)
        top = self.top - (spare // 2 if self.centre else 0)
        self.content.place(x, top - tall, width, tall)
        self.move_to(self.offset)

    def move_to(self, offset: float) -> None:
        """Show from ``offset`` on. The button stands beside the content and leads on, at the end back to the top."""
        self.offset = min(max(0, round(offset)), self.over)
        more = self.ids.more
        more.hidden = not self.over
        if self.over:
            more.turn("up" if self.at_end else "down")
            side = self.px(96)
            more.place(round(self.right - side), round(self.y - self.offset), side, side)
            rail = self.height - side - self.px(24)
            self.thumb_tall = rail * self.height / (self.height + self.over)
            self.thumb_y = self.top - self.thumb_tall - (rail - self.thumb_tall) * self.offset / self.over
        else:
            more.put_away()
        self.stain(self.px(SHADOW))

    def reveal(self, part: Element) -> None:
        """Move as little as shows ``part`` whole, or its top, with some room for what stands around it."""
        room = self.px(AROUND)
        low, top = part.y + self.offset - room, part.top + self.offset + room
        hidden = min(self.top - top, max(0, self.y - low))
        if self.over and hidden and part is not self.ids.more:
            self.stop()
            self.move_to(self.offset + hidden)

    @property
    def at_end(self) -> bool:
        """Whether the last line shows. What is a little too high is not at its end before it was moved."""
        return bool(self.offset >= self.over - (self.px(SLIP) if self.offset else 0))

    def page(self) -> None:
        """One page further down, where what was the last row stays visible; from the end back to the top."""
        self.move_to(0 if self.at_end else self.offset + self.height * 0.8)

    def clip(self) -> tuple[int, int, int, int]:
        """What may be painted: everything if nothing is moved, else this box and the shadows beside it."""
        if not self.over:
            return (-16384, -16384, 32768, 32768)
        side = int(self.px(SHADOW))
        return (int(self.x) - side, int(self.y), int(self.width) + 2 * side, int(self.height))

    def show_through(self, box: Box) -> Box:
        left, low, right, top = box
        if not self.over:
            return box
        return (left, max(low + self.offset, self.y), right, min(top + self.offset, self.top))

    def to_parent(self, x: float, y: float, **_: Any) -> tuple[float, float]:
        return (x, y + self.offset)

    def to_local(self, x: float, y: float, **_: Any) -> tuple[float, float]:
        return (x, y - self.offset)

    def on_touch_down(self, touch: Any) -> bool:
        if self.over and not self.collide_point(*touch.pos):
            return False
        self.stop()
        if self.over:
            touch.grab(self)
        touch.push()
        touch.apply_transform_2d(self.to_local)
        taken = bool(super().on_touch_down(touch))
        touch.pop()
        return taken or bool(self.over)

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        if "drag" not in touch.ud and abs(touch.y - touch.oy) > self.px(SLIP):
            touch.ud.pop("target", None)
            touch.ud["drag"] = (touch.y, self.offset)
        if "drag" in touch.ud:
            start, offset = touch.ud["drag"]
            before = self.offset
            self.move_to(offset + touch.y - start)
            self._speed = 0.6 * self._speed + 0.4 * (self.offset - before)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if "drag" in touch.ud and abs(self._speed) > 2:
            self._gliding = Clock.schedule_interval(self._glide, 1 / 60)
        return True

    def _glide(self, _: float) -> bool:
        before = self.offset
        self.move_to(self.offset + self._speed)
        self._speed *= 0.94
        if abs(self._speed) < 1 or self.offset == before:
            self.stop()
        return self._gliding is not None

    def stop(self) -> None:
        """Hold still."""
        self._speed = 0.0
        if self._gliding is not None:
            self._gliding.cancel()
            self._gliding = None


class More(PushButton):
    """The button that shows that there is more, and goes there."""

    def turn(self, icon: str) -> None:
        """Point up or down."""
        if icon != self.icon:
            self.icon = icon
            self.ids.sign.hidden = False


load(__file__)
