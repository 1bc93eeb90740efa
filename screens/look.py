"""How everything looks: the tokens of the design, in pixels of this window and in the colours of this visit.

A design unit is one pixel of the 1080 x 1920 board (1920 x 1080 when the screen lies on its side). A Look is a frozen
value; another language, text size or contrast is another Look, in which the same widgets are dressed again, so that
what the citizen has typed or marked stays where it is.
"""

from dataclasses import dataclass, replace

from kiosk_app.views import Text
from screens.words import Words, other

Colour = tuple[float, float, float, float]

LIGHT = {
    "ground": "#F4F6F3", "surface": "#FFFFFF", "line": "#E1E7E4", "edge": "#8FA5A0",
    "ink": "#10222B", "ink2": "#3B4F57", "ink3": "#52636A",
    "head": "#0B3B45", "on_head": "#FFFFFF", "on_head2": "#CFE0E0",
    "go": "#0B6E6E", "go_down": "#08514F", "on_go": "#FFFFFF", "go_soft": "#CFE6E0",
    "stop": "#B3361B", "stop_soft": "#FBE3DC", "on_stop": "#8C2711",
    "good": "#1B7F4D", "warn": "#D38B12", "warn_soft": "#FDF2DB", "mark": "#F2B84B",
    "social": "#0B6E6E", "border": "#1F4E8C", "road": "#8A4B08", "hall": "#6B3A78", "on_family": "#FFFFFF",
    "muted": "#E0E6E4", "down": "#DCE9E6", "shadow": "#10222B1C", "none": "#FFFFFF00", "paper": "#FFFFFF",
    "print": "#10222B", "focus": "#0B3FC4", "veil": "#10222BE0", "on_veil": "#FFFFFF", "lens": "#DDE6E2",
    "on_right": "#4ADE8C",
}  # fmt: skip

CONTRAST = LIGHT | {
    "ground": "#000000", "surface": "#141414", "line": "#8A8A8A", "edge": "#FFFFFF",
    "ink": "#FFFFFF", "ink2": "#FFFFFF", "ink3": "#F0F0F0",
    "head": "#000000", "on_head": "#FFFFFF", "on_head2": "#FFFFFF",
    "go": "#FFD83D", "go_down": "#C9A500", "on_go": "#000000", "go_soft": "#4A4000",
    "stop": "#FF9C85", "stop_soft": "#4A1208", "on_stop": "#FFC4B5",
    "good": "#5CE39A", "warn": "#FFD83D", "warn_soft": "#3A3000", "mark": "#FFD83D",
    "social": "#FFD83D", "border": "#FFD83D", "road": "#FFD83D", "hall": "#FFD83D", "on_family": "#000000",
    "muted": "#3C3C3C", "down": "#5A5000", "shadow": "#8A8A8AFF", "focus": "#FFD83D", "veil": "#000000F2",
    "lens": "#000000",
}  # fmt: skip

SECONDARY = {"light": "#0B3B45", "contrast": "#FFFFFF"}
"""Outline and words of secondary buttons: the header's colour, which contrast turns black."""

LARGE = 1.35


def rgba(code: str) -> Colour:
    """``#RRGGBB`` or ``#RRGGBBAA`` as four fractions."""
    parts = [int(code[i : i + 2], 16) / 255 for i in range(1, len(code), 2)]
    return (parts[0], parts[1], parts[2], parts[3] if len(parts) > 3 else 1.0)


@dataclass(frozen=True)
class Look:
    """The size, colours and language of everything on the screen."""

    unit: float = 1.0
    upright: bool = True
    language: str = "zh_CN"
    large: bool = False
    contrast: bool = False
    words: Words | None = None

    def px(self, units: float) -> float:
        """Design units in whole pixels: shapes on pixel borders are sharp."""
        return float(round(units * self.unit))

    def type(self, units: float) -> int:
        """The size of letters in pixels, enlarged if the citizen asked for it."""
        return max(1, round(units * self.unit * (LARGE if self.large else 1)))

    def colour(self, name: str) -> Colour:
        """A token's colour."""
        if name == "second":
            return rgba(SECONDARY["contrast" if self.contrast else "light"])
        return rgba((CONTRAST if self.contrast else LIGHT)[name])

    def say(self, text: Text, *, second: bool = False) -> str:
        """The sentence, in the citizen's language or in the second one."""
        if self.words is None:
            return ""
        return self.words.say(text, other(self.language) if second else self.language)

    def sized(self, width: float, height: float) -> "Look":
        """The same look on a window of this size."""
        upright = height >= width
        across, along = (1080, 1920) if upright else (1920, 1080)
        return replace(self, unit=min(width / across, height / along), upright=upright)
