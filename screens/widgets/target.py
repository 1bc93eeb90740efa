"""What can be touched. Press and release must be in the same target; the press shows at once, by itself.

A press repaints the target's own tile and nothing else (``stain``): the answer to a finger does not wait for anybody.
"""

from typing import Any, Self

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, OptionProperty, StringProperty

from kiosk_app.views import Text
from screens.look import Look
from screens.shapes import skin
from screens.widgets import icon, say  # noqa: F401 - used in the .kv
from screens.widgets.element import Column, Element, Row, load


class Target(Element):
    """Something to touch. ``on_tap`` is the touch that was meant: pressed here and released here."""

    __events__ = ("on_tap",)

    pressed = BooleanProperty(False)
    enabled = BooleanProperty(True)
    key = StringProperty("")

    def on_tap(self) -> None:
        """The touch that was meant."""

    def on_touch_down(self, touch: Any) -> bool:
        if not self.enabled or self.hidden or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        touch.ud["target"] = self
        self._press(True)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        self._press(touch.ud.get("target") is self and self.collide_point(*touch.pos))
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._press(False)
        shown = self.get_root_window() is not None  # another view may have come under the finger
        if touch.ud.pop("target", None) is self and shown and self.collide_point(*touch.pos):
            self.dispatch("on_tap")
        return True

    def _press(self, pressed: bool) -> None:
        if pressed != self.pressed:
            self.pressed = pressed
            self.repaint()
            self.stain()

    def repaint(self) -> None:
        """Show whether it is pressed."""


class Skin(Element):
    """What has a rounded surface: ``fill`` and ``rim`` are colours of the theme, ``lift`` the width of the shadow."""

    fill = StringProperty("surface")
    rim = StringProperty("none")
    radius = NumericProperty(32)
    stroke = NumericProperty(0)
    lift = NumericProperty(0)
    skin = ObjectProperty(None, allownone=True)
    bleed = NumericProperty(0)
    corner = NumericProperty(0)

    def dress(self, look: Look) -> None:
        super().dress(look)
        self.surface(self.fill, self.rim)

    def surface(self, fill: str, rim: str) -> None:
        """Take these colours."""
        radius, blur = int(self.px(self.radius)), int(self.px(self.lift))
        stroke = max(1, int(self.px(self.stroke))) if self.stroke else 0
        self.bleed, self.corner = 2 * blur, radius + 3 * blur
        self.skin = skin(radius, self.colour(fill), self.colour(rim), stroke, shade=self.colour("shadow"), blur=blur)


class Card(Skin, Column):
    """A white tile with a soft shadow."""


class Strip(Skin, Row):
    """A card whose parts stand side by side."""


class Tile(Target, Strip):
    """A card that can be touched."""

    def repaint(self) -> None:
        self.surface("down" if self.pressed else self.fill, self.rim)


INKS = {"go": ("go", "go", "on_go"), "stop": ("surface", "stop", "stop"), "second": ("surface", "second", "second")}
MARGIN = 14
DOWN = {"go": "go_down", "stop": "stop_soft", "second": "down"}


class PushButton(Target, Skin):
    """A button: ``kind`` go (the one primary action), second (outlined), stop (leave, cancel)."""

    kind = OptionProperty("second", options=tuple(INKS))
    words = ObjectProperty(None, allownone=True)
    icon = StringProperty("")
    letters = NumericProperty(36)

    def dress(self, look: Look) -> None:
        super().dress(look)
        self.repaint()

    def repaint(self) -> None:
        fill, rim, ink = INKS[self.kind]
        if not self.enabled:
            fill, rim, ink = "muted", "muted", "ink3"
        elif self.pressed:
            fill = DOWN[self.kind]
            rim = fill if self.kind == "go" else rim
        self.surface(fill, rim)
        self.ids.label.ink = self.ids.sign.ink = ink

    def enable(self, enabled: bool) -> None:
        """Open or close the button."""
        if enabled != self.enabled:
            self.enabled = enabled
            self.repaint()
            self.stain()

    def write(self, words: Text) -> None:
        """Say something else."""
        self.words = words
        self.place(self.x, self.y, self.width, self.height)
        self.stain()

    def bare(self, bare: bool) -> Self:
        """Without its icon, where words need the room."""
        self.ids.sign.hidden = bare or not self.icon
        return self

    def want(self) -> float:
        return self.px(self.wide) if self.wide > 0 else float(self.ids.row.want()) + self.px(56)

    def least(self) -> float:
        """Narrower than this, its letters become smaller."""
        return float(self.ids.row.want()) + 2 * self.px(MARGIN)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        room = max(0, width - 2 * self.px(MARGIN))
        row = self.ids.row
        wide = min(room, row.want())
        row.place(round(x + (width - wide) / 2), y, wide, height)


load(__file__)
