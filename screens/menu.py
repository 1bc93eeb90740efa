"""Board 01: the services this machine can give now, by family; a closed one says why."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk_app.views import MenuItem, text
from screens.look import Look
from screens.widgets.element import Element, Row, load
from screens.widgets.frame import Key
from screens.widgets.notice import Notice
from screens.widgets.target import Tile
from screens.widgets.work import Work

FAMILIES = ("social", "border", "road", "hall")


class AnyTile(Tile):
    """A service, or a family of them."""

    family = StringProperty("road")
    title = ObjectProperty(None)
    detail = ObjectProperty(None)
    closed = ObjectProperty(None, allownone=True)

    def dress(self, look: Look) -> None:
        super().dress(look)
        self.ids.closed.hidden = self.closed is None
        if "forward" in self.ids:
            self.ids.forward.hidden = self.closed is not None


class ServiceTile(AnyTile):
    """At home: as wide as the board."""


class SmallTile(AnyTile):
    """One of a family's services, two beside each other."""


class Menu(Work):
    """The home screen, or one family of services."""

    def fill(self, view: Any) -> None:
        self.title, self.subtitle = text(f"family.{view.family}.title" if view.family else "menu.title"), None
        tiles = self.ids.tiles
        if view.family:
            for at in range(0, len(view.items), 2):
                row = Row(gap=24, lean="fill")
                for item in view.items[at : at + 2]:
                    row.add_widget(self._tile(item, SmallTile))
                if at + 1 == len(view.items):
                    row.add_widget(Element())
                tiles.add_widget(row)
        else:
            for item in home(view.items):
                tiles.add_widget(self._tile(item, ServiceTile))
        for note in view.notes:
            tiles.add_widget(Notice(words=note))

    def _tile(self, item: MenuItem, kind: type[AnyTile]) -> AnyTile:
        tile = kind(
            key=item.key, family=item.family, title=item.title, detail=item.detail, closed=item.closed,
            enabled=item.closed is None, fill="surface" if item.closed is None else "muted",
        )  # fmt: skip
        tile.bind(on_tap=lambda tapped: self.choose(tapped.key))
        return tile

    def keys(self) -> Sequence[Key]:
        return (self.back_key(), self.leave_key()) if self.view.family else (self.leave_key(),)


def home(items: Sequence[MenuItem]) -> list[MenuItem]:
    """One tile per family, in the board's order; a family of one service is that service."""
    order = [*FAMILIES, *dict.fromkeys(item.family for item in items if item.family not in FAMILIES)]
    tiles = []
    for family in order:
        members = [item for item in items if item.family == family]
        if len(members) == 1:
            tiles.append(members[0])
        elif members:
            open_ = any(item.closed is None for item in members)
            tiles.append(
                MenuItem(
                    key=family,
                    family=family,
                    title=text(f"family.{family}.title"),
                    detail=text(f"family.{family}.detail"),
                    closed=None if open_ else text("family.closed"),
                )
            )
    return tiles


load(__file__)
