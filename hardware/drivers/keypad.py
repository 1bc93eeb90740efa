"""The keypad beside the screen, an input device of Linux, as port ``Keypad``.

Rules.

- It is grabbed: its keys type nothing into the window system. Keys that the map does not name mean nothing.
- A key held down is one press, and a press of the same key within ``again_after`` seconds of the last is a trembling
  hand: EN 301 549, 5.7 (key repeat) and 5.8 (double strike; wording of 5.8 from general knowledge).
- A key that was down when we connected, or came down while events were lost, means nothing until it is pressed again.
  One that was down when the line went is LOST: it must not act, since nobody knows whether it was meant.
- A number may be typed here: a trace shows every digit as the same.
"""

import asyncio
import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec

from hardware.drivers.evdev_line import EvdevDevice
from hardware.evdev import EvdevOpener, open_evdev
from hardware.link import Trace
from hardware.protocols.evdev import EV_KEY, PRESSED, RELEASED, Change, encode
from hardware.protocols.evdev_keys import DIGITS, NAMES
from kiosk_app.devices import Driver, KeyListener, KeypadKey, KeyStroke
from kiosk_app.errors import ConfigError, DeviceFault

KEYS: Mapping[int, KeypadKey] = {
    **{code: KeypadKey(digit) for code, digit in DIGITS.items()},
    **{
        NAMES[f"KEY_{name}"]: key
        for key, names in {
            KeypadKey.PREVIOUS: ("UP", "LEFT", "PREVIOUS"),
            KeypadKey.NEXT: ("DOWN", "RIGHT", "NEXT", "TAB"),
            KeypadKey.SELECT: ("ENTER", "KPENTER", "OK", "SELECT", "SPACE"),
            KeypadKey.BACK: ("BACK", "ESC", "CANCEL"),
            KeypadKey.ERASE: ("BACKSPACE", "DELETE", "CLEAR"),
            KeypadKey.HELP: ("HELP", "INFO", "F1"),
            KeypadKey.LOUDER: ("VOLUMEUP",),
            KeypadKey.QUIETER: ("VOLUMEDOWN",),
        }.items()
        for name in names
    },
}
"""What keys mean if the configuration does not say otherwise: their own names, as far as they have one."""
NEEDED = frozenset({KeypadKey.NEXT, KeypadKey.SELECT})
"""With these two every view can be operated; one that lacks them is another device, or needs a map."""


class Keypad(EvdevDevice):
    """``keys``: code to meaning. ``again_after`` in seconds."""

    kind = EV_KEY
    grabs = True

    def __init__(
        self,
        opener: EvdevOpener,
        *,
        role: str = "keypad",
        keys: Mapping[int, KeypadKey] = KEYS,
        again_after: float = 0.08,
        size: int | None = None,
        trace: Trace | None = None,
    ) -> None:
        super().__init__(opener, role=role, size=size)
        self._keys, self._again_after, self._trace = keys, again_after, trace
        self._key_listeners: list[KeyListener] = []
        self._down: dict[int, KeypadKey | None] = {}  # None: held, and means nothing
        self._struck: dict[KeypadKey, float] = {}

    def watch_keys(self, listener: KeyListener) -> None:
        self._key_listeners.append(listener)

    def check(self, codes: frozenset[int]) -> None:
        if absent := NEEDED - {self._keys[code] for code in codes & self._keys.keys()}:
            raise DeviceFault(self.role, f"no key means {', '.join(sorted(absent))}: wrong path, or `keys` must say it")

    def settle(self, state: frozenset[int] | None) -> None:
        held = (state or frozenset()) & self._keys.keys()
        for code in [code for code in self._down if code not in held]:
            self._tell(self._down.pop(code), KeyStroke.LOST)
        self._down = dict.fromkeys(held) | self._down

    def change(self, code: int, value: int) -> None:
        key = self._keys.get(code)
        if key is None:
            return
        self._show(code, value)
        if value == PRESSED and code not in self._down:
            now = asyncio.get_running_loop().time()
            meant = now - self._struck.get(key, -math.inf) >= self._again_after
            self._down[code] = key if meant else None
            self._struck[key] = now
            self._tell(self._down[code], KeyStroke.DOWN)
        elif value == RELEASED:
            self._tell(self._down.pop(code, None), KeyStroke.UP)

    def _tell(self, key: KeypadKey | None, stroke: KeyStroke) -> None:
        if key is not None:
            for listener in self._key_listeners:
                listener(key, stroke)

    def _show(self, code: int, value: int) -> None:
        if self._trace is not None:
            self._trace("<", encode(Change(EV_KEY, NAMES["KEY_0"] if code in DIGITS else code, value)))


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``path``: ``/dev/input/by-id/...-event-kbd``. ``keys``: what keys mean, by their names in the kernel, such as
    ``{KEY_F13 = "back"}``; others keep their meaning. ``again_after_ms``: a double strike within it is one."""

    path: Annotated[str, msgspec.Meta(min_length=1)]
    keys: dict[str, KeypadKey] = {}
    again_after_ms: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 80


def _build(settings: Settings, folder: Path) -> Keypad:
    for name in settings.keys:
        if name not in NAMES:
            raise ConfigError("kiosk.toml", f"devices.keypad.keys.{name}", f"a key is one of {', '.join(NAMES)}")
    own = {NAMES[name]: key for name, key in settings.keys.items()}
    return Keypad(
        partial(open_evdev, folder / settings.path),
        keys={**KEYS, **own},
        again_after=settings.again_after_ms / 1000,
    )


DRIVER = Driver(role="keypad", name="evdev", settings=Settings, build=_build)
