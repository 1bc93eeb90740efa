"""A notice in plain words, and the ways to go on: tiles that differ in their words only, and none is chosen before."""

from typing import Any

from kivy.properties import ObjectProperty

from kiosk_app.views import Text
from screens.widgets.element import Column, load
from screens.widgets.frame import Key
from screens.widgets.target import Tile
from screens.widgets.work import Work


class Point(Column):
    """What it is about, and what is said of it."""

    about = ObjectProperty(None)
    said = ObjectProperty(None)


class AnswerTile(Tile):
    """One way to go on."""

    words = ObjectProperty(None)
    note = ObjectProperty(None)


class Consent(Work):
    """The question."""

    def fill(self, view: Any) -> None:
        for about, said in view.points:
            self.ids.points.add_widget(Point(about=about, said=said))
        for key, words, note in view.ways:
            self.ids.ways.add_widget(self._way(key, words, note))

    def _way(self, key: str, words: Text, note: Text) -> AnswerTile:
        tile = AnswerTile(key=key, words=words, note=note)
        tile.bind(on_tap=lambda tapped: self.choose(tapped.key))
        return tile

    def keys(self) -> tuple[Key, ...]:
        return (self.leave_key(),)


load(__file__)
