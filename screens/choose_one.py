"""One of several: touching it is the answer. What cannot be chosen is shown and says why."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk_app.views import Choice
from screens.look import Look
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.say import Say
from screens.widgets.target import Tile
from screens.widgets.work import Work
from screens.words import money


class OptionTile(Tile):
    """One of them."""

    choice = ObjectProperty(None)
    title_en = StringProperty("")

    def fill_in(self, choice: Choice) -> None:
        """Take the data of one row."""
        self.choice, self.key, self.enabled = choice, choice.key, choice.refused is None
        self.fill = "surface" if self.enabled else "muted"
        self.ids.amount.plain = money(choice.amount) if choice.amount else ""
        for line in choice.lines:
            self.ids.lines.add_widget(Say(words=line, letters=30, ink="ink2"), index=1)

    def dress(self, look: Look) -> None:
        choice: Choice = self.choice
        self.ids.title.words = choice.name
        self.ids.title.plain = choice.title_en if look.language == "en" and choice.title_en else choice.title
        self.ids.refused.words = choice.refused
        self.ids.refused.ink = "good" if choice.done else "on_stop"
        self.ids.forward.hidden = not self.enabled
        super().dress(look)
        self.ids.forward.hidden = not self.enabled


class ChooseOne(Work):
    """The list."""

    def fill(self, view: Any) -> None:
        self.subtitle = view.subtitle
        for choice in view.rows:
            tile = OptionTile()
            tile.fill_in(choice)
            tile.bind(on_tap=lambda tapped: self.choose(tapped.key))
            self.ids.rows.add_widget(tile)

    def keys(self) -> Sequence[Key]:
        return (self.back_key(), self.leave_key())


load(__file__)
