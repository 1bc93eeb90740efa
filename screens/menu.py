"""Board 01: the services this machine can give now; a closed one says why."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk_app.views import MenuItem, text
from screens.look import Look
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.notice import Notice
from screens.widgets.target import Tile
from screens.widgets.work import Work


class ServiceTile(Tile):
    """One service."""

    family = StringProperty("road")
    title = ObjectProperty(None)
    detail = ObjectProperty(None)
    closed = ObjectProperty(None, allownone=True)

    def dress(self, look: Look) -> None:
        super().dress(look)
        self.ids.closed.hidden = self.closed is None
        self.ids.forward.hidden = self.closed is not None


class Menu(Work):
    """The home screen."""

    def fill(self, view: Any) -> None:
        self.title, self.subtitle = text("menu.title"), None
        for item in view.items:
            self.ids.tiles.add_widget(self._tile(item))
        for note in view.notes:
            self.ids.tiles.add_widget(Notice(words=note))

    def _tile(self, item: MenuItem) -> ServiceTile:
        tile = ServiceTile(
            key=item.key, family=item.family, title=item.title, detail=item.detail, closed=item.closed,
            enabled=item.closed is None, fill="surface" if item.closed is None else "muted",
        )  # fmt: skip
        tile.bind(on_tap=lambda tapped: self.choose(tapped.key))
        return tile

    def keys(self) -> Sequence[Key]:
        return (self.leave_key(),)


load(__file__)
