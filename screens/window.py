"""The one window of the process, without anything a passer-by could leave the kiosk with.

No Escape, no F1 settings, no F11, no console, no inspector, no clipboard, no second mouse. No multisampling: edges
are smooth in their textures. No vertical synchronisation: presenting must not hold up the loop that serves devices.
"""

import os
from typing import Any

from kivy.config import Config

from kiosk_app.errors import ConfigError


def configure(size: tuple[int, int], *, fullscreen: bool) -> None:
    """Before Kivy opens its window."""
    graphics = {
        "width": size[0], "height": size[1], "multisamples": 0, "maxfps": 0, "vsync": 0, "fullscreen": 0,
        "borderless": int(fullscreen), "position": "custom" if fullscreen else "auto", "left": 0, "top": 0,
        "resizable": int(not fullscreen), "show_cursor": int(not fullscreen), "allow_screensaver": 0,
        "minimum_width": 0, "minimum_height": 0,
    }  # fmt: skip
    for key, value in graphics.items():
        Config.set("graphics", key, str(value))
    for key in ("exit_on_escape", "pause_on_minimize", "show_fps"):
        Config.set("kivy", key, "0")
    for key in ("keyboard_mode", "log_level"):
        Config.set("kivy", key, {"keyboard_mode": "", "log_level": "warning"}[key])
    for section in ("input", "modules"):
        for key in Config.options(section) if Config.has_section(section) else ():
            Config.remove_option(section, key)
    Config.set("input", "mouse", "mouse,disable_multitouch")


def open_window(size: tuple[int, int], *, fullscreen: bool) -> Any:
    """The window, open and empty."""
    configure(size, fullscreen=fullscreen)
    os.environ.setdefault("SDL_VIDEODRIVER", "x11")  # without it SDL falls back to a window that nobody sees
    from kivy.core.window import Window  # noqa: PLC0415 - importing it opens it

    if Window is None:
        raise ConfigError("environment", "DISPLAY", "must name an X server that answers, for instance :0")
    if tuple(Window.size) != size and not fullscreen:
        Window.size = size
    Window.bind(on_keyboard=lambda *_: True, on_key_down=lambda *_: True)
    return Window
