"""An ordinary keyboard as a keypad, for a demo on a desk: arrows, Enter, Esc, digits, Backspace.

In the field it stays off (``window.py`` swallows every key): whoever plugs a keyboard into a public machine gets
nothing. The numbers are SDL's key codes as Kivy passes them on; the desktop's own repeat of a held key is not ours.
"""

from typing import Any

from kiosk_app.devices import KeyListener, KeypadKey, KeyStroke

KEYS = {
    273: KeypadKey.PREVIOUS, 276: KeypadKey.PREVIOUS, 274: KeypadKey.NEXT, 275: KeypadKey.NEXT, 9: KeypadKey.NEXT,
    13: KeypadKey.SELECT, 271: KeypadKey.SELECT, 32: KeypadKey.SELECT, 27: KeypadKey.BACK, 8: KeypadKey.ERASE,
    282: KeypadKey.HELP,
    **{ord(digit): KeypadKey(digit) for digit in "0123456789"},
    **{256 + digit: KeypadKey(str(digit)) for digit in range(10)},
}  # fmt: skip
"""Up, left, down, right, Tab, Enter twice, space, Esc, Backspace, F1, and digits twice."""


class Keyboard:
    """Tells ``listener`` of the keys of ``window``, each held one once."""

    def __init__(self, window: Any, listener: KeyListener) -> None:
        self._window, self._listener = window, listener
        self._held: set[int] = set()
        window.bind(on_key_down=self._down, on_key_up=self._up)

    def release(self) -> None:
        """Listen no more."""
        self._window.unbind(on_key_down=self._down, on_key_up=self._up)

    def _down(self, _: Any, code: int, *__: Any) -> bool:
        if code in KEYS and code not in self._held:
            self._held.add(code)
            self._listener(KEYS[code], KeyStroke.DOWN)
        return True

    def _up(self, _: Any, code: int, *__: Any) -> bool:
        if code in self._held:
            self._held.discard(code)
            self._listener(KEYS[code], KeyStroke.UP)
        return True
