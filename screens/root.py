"""The ground under all pages: one finger at a time, which pixels are drawn, and what is drawn over the page."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.graphics import InstructionGroup, ScissorPop, ScissorPush
from kivy.uix.widget import Widget

from screens.widgets.element import Box
from screens.widgets.target import Target

LOST_AFTER = 3.0
"""A finger that has not been heard of for so long was lost by the panel; the next one counts."""


class Root(Widget):
    """Holds the page. ``damage`` takes changed pixels, ``touched`` every touch; ``over`` is drawn over the page.

    ``took``: seconds for which the last frame kept the loop.
    """

    def __init__(
        self, *, damage: Callable[[Box], None], took: Callable[[], float], touched: Callable[[Any], None]
    ) -> None:
        super().__init__()
        self.damage, self.took, self._touched = damage, took, touched
        self._finger: tuple[str, float] | None = None
        with self.canvas.before:
            self._scissor = ScissorPush(x=0, y=0, width=1 << 15, height=1 << 15)
        with self.canvas.after:
            self.over = InstructionGroup()
            ScissorPop()

    def clip(self, box: tuple[int, int, int, int] | None) -> None:
        """Draw these pixels only."""
        left, low, width, height = box or (0, 0, 1 << 15, 1 << 15)
        scissor = self._scissor
        scissor.x, scissor.y, scissor.width, scissor.height = left, low, width, height

    def forget(self) -> None:
        """No finger is down."""
        self._finger = None

    def on_touch_down(self, touch: Any) -> bool:
        self._touched(touch)
        now = Clock.time()
        if touch.is_mouse_scrolling or (self._finger is not None and now - self._finger[1] < LOST_AFTER):
            touch.ud["ignored"] = True
            return True
        self._finger = (touch.uid, now)
        return bool(super().on_touch_down(touch))

    def on_touch_move(self, touch: Any) -> bool:
        self._touched(touch)
        if self._finger is not None and self._finger[0] == touch.uid:
            self._finger = (touch.uid, Clock.time())
        return True

    def on_touch_up(self, touch: Any) -> bool:
        self._touched(touch)
        if self._finger is not None and self._finger[0] == touch.uid:
            self._finger = None
        return True

    def targets(self) -> list[dict[str, Any]]:
        """What can be touched now, in pixels from the upper left corner."""
        found = []
        for target in self.walk(restrict=True):
            if isinstance(target, Target) and target.key and target.enabled:
                left, low, right, top = target.box()
                if right > left and top > low and left >= 0:
                    box = {"x": round(left), "y": round(self.parent.height - top)}
                    found.append({"key": target.key, **box, "w": round(right - left), "h": round(top - low)})
        return found
