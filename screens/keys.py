"""Keys operate everything that touch does, by the same way: a key that is pressed puts a finger on a target.

Rules.

- The press of a key is a touch event at the middle of the target, and its release the end of that touch; windows,
  scrollers and targets cannot tell, so that what holds for fingers (one at a time, press and release in one target,
  shown at once) holds for keys. A key that was lost lifts its finger without a tap.
- The first key only shows where the focus is. The next ones move it, press what it is on, or press "back"; where
  there is no "back", that key goes to "leave" and stops there: nobody ends a visit by one key. Digits type at once
  where a number is asked for, since one that was swallowed would be a wrong number; after them "select" confirms a
  number that is whole, and need not be led to the button on a screen that its hand may not see.
- What is pressed within :data:`SETTLE` seconds of a new view was meant for the one before: nobody reacts so fast.
"""

from itertools import count
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.input.motionevent import MotionEvent

from kiosk_app.devices import KeypadKey, KeyStroke
from screens.enter_number import PadKey
from screens.focus import Focus
from screens.widgets.target import Target

SETTLE = 0.25
STEPS = {KeypadKey.NEXT: 1, KeypadKey.PREVIOUS: -1}
_numbers = count(1)


class KeyTouch(MotionEvent):
    """A touch made by a key, at (x, y) of a window of (width, height) pixels."""

    def __init__(self, at: tuple[float, float], window: tuple[float, float]) -> None:
        where = [a / max(1, size - 1) for a, size in zip(at, window, strict=True)]
        super().__init__("keys", f"key {next(_numbers)}", where, is_touch=True, type_id="touch")

    def depack(self, args: list[float]) -> None:
        """Kivy's hook: take the place, in fractions of the window."""
        self.profile = ["pos"]
        self.sx, self.sy = args
        super().depack(args)


def by_key(touch: Any) -> bool:
    """Whether no finger made this touch."""
    return isinstance(touch, KeyTouch)


class Keys:
    """Turns strokes into moves of the focus and into touches of ``window``."""

    def __init__(self, focus: Focus, window: Any) -> None:
        self._focus, self._window = focus, window
        self._finger: KeyTouch | None = None
        self._by: KeypadKey | None = None
        self._typing = False

    def stroke(self, key: KeypadKey, stroke: KeyStroke) -> None:
        """A key went down or up."""
        if stroke is KeyStroke.DOWN and self._finger is None:
            target = self._meant(key)
            if target is not None:
                self._press(key, target)
        elif stroke is not KeyStroke.DOWN and key is self._by:
            self.lift(meant=stroke is KeyStroke.UP)

    def lift(self, *, meant: bool) -> None:
        """The finger of a key leaves; a tap only if it was ``meant``."""
        touch, self._finger, self._by = self._finger, None, None
        if touch is not None:
            if not meant:
                touch.ud.pop("target", None)
            touch.update_time_end()
            EventLoop.post_dispatch_input("end", touch)

    def _press(self, key: KeypadKey, target: Target) -> None:
        left, low, right, top = target.box()
        touch = KeyTouch(((left + right) / 2, (low + top) / 2), self._window.size)
        self._finger, self._by = touch, key
        EventLoop.post_dispatch_input("begin", touch)

    def _meant(self, key: KeypadKey) -> Target | None:
        """What is to be pressed; the focus moves here."""
        focus = self._focus
        typed = focus.named(key.value)
        typing, self._typing = self._typing, isinstance(typed, PadKey)
        if self._typing:
            return typed
        at, settled = focus.target, Clock.time() - focus.entered >= SETTLE
        if at is not None and key in STEPS:
            focus.step(STEPS[key])
            return None
        if typing and settled and key is KeypadKey.SELECT and (whole := focus.named("go")) is not None:
            return whole
        focus.show()  # where it is: for the first time, again after it was scrolled away, or when its target closed
        if at is None or not settled:
            return None
        if key is KeypadKey.BACK and (at := focus.named("back")) is None:
            focus.go_to(focus.named("leave"))
        return at if key in {KeypadKey.SELECT, KeypadKey.BACK} else None
