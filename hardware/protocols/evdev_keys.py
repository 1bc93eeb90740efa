"""Keys by their names in the kernel (``linux/input-event-codes.h``), as far as keypads send them.

Keypads for kiosks say that they are USB keyboards and are set up to send one or another table of keyboard codes
(Storm Interface, AudioNav technical manual rev. 1.5: default, alternate and customised table). Which key means what is
therefore configured; the names here are what a configuration may use.
"""

from typing import Final

_ROW = {name: code for code, name in enumerate(("ESC", *"1234567890"), 1)}
_PAD = {f"KP{name}": code for code, name in enumerate((*"789", "MINUS", *"456", "PLUS", *"1230", "DOT"), 71)}
_MOVES = ("HOME", "UP", "PAGEUP", "LEFT", "RIGHT", "END", "DOWN", "PAGEDOWN", "INSERT", "DELETE")

NAMES: Final = {
    f"KEY_{name}": code
    for name, code in {
        **_ROW, "BACKSPACE": 14, "TAB": 15, "ENTER": 28, "KPASTERISK": 55, "SPACE": 57,
        **{f"F{n}": 58 + n for n in range(1, 11)}, "F11": 87, "F12": 88,
        **_PAD, "KPENTER": 96, "KPSLASH": 98,
        **{name: code for code, name in enumerate(_MOVES, 102)},
        "MUTE": 113, "VOLUMEDOWN": 114, "VOLUMEUP": 115, "PAUSE": 119, "HELP": 138, "MENU": 139, "BACK": 158,
        "FORWARD": 159, **{f"F{n}": 170 + n for n in range(13, 25)}, "CANCEL": 223,
        "OK": 0x160, "SELECT": 0x161, "CLEAR": 0x163, "INFO": 0x166, "NEXT": 0x197, "PREVIOUS": 0x19C,
        **{f"NUMERIC_{n}": 0x200 + n for n in range(10)}, "NUMERIC_STAR": 0x20A, "NUMERIC_POUND": 0x20B,
    }.items()
}  # fmt: skip

DIGITS: Final = {
    code: name[-1] for name, code in NAMES.items() if name[-1].isdigit() and name[4:-1] in {"", "KP", "NUMERIC_"}
}
"""Code to digit."""
