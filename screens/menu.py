"""Board 01: the services this machine can give now, by family; a closed one says why."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk_app.views import MenuItem, Text, rank, text
from screens.look import Look
from screens.widgets.element import Column, Element, Row, load
from screens.widgets.frame import Key
from screens.widgets.icon import DRAWINGS
from screens.widgets.notice import Notice
from screens.widgets.target import Tile
from screens.widgets.work import Work


class AnyTile(Tile):
    """A service, or a family of them."""

    family = StringProperty("road")
    sign = StringProperty("road")
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


class Grid(Column):
    """Two beside each other; one below the other for large letters, or hardly a word would fit on a line."""

    across = 2

    def fill_in(self, tiles: Sequence[SmallTile]) -> None:
        """Show these."""
        self._tiles = tiles
        self._lay()

    def dress(self, look: Look) -> None:
        across = 1 if look.large else 2
        if across != self.across:
            self.across = across
            self._lay()
        super().dress(look)

    def _lay(self) -> None:
        for row in self.children[:]:
            row.clear_widgets()
        self.clear_widgets()
        for at in range(0, len(self._tiles), self.across):
            row = Row(gap=24, lean="fill")
            some = self._tiles[at : at + self.across]
            for part in (*some, *(Element() for _ in range(self.across - len(some)))):
                row.add_widget(part)
            self.add_widget(row)


class Menu(Work):
    """The home screen, or one family of services."""

    def fill(self, view: Any) -> None:
        self.title, self.subtitle = text(f"family.{view.family}.title" if view.family else "menu.title"), None
        tiles = self.ids.tiles
        for note in view.notes:
            tiles.add_widget(Notice(words=note))
        if view.family:
            grid = Grid(gap=28)
            grid.fill_in([self._tile(item, SmallTile) for item in view.items])
            tiles.add_widget(grid)
        else:
            for item in home(view.items):
                tiles.add_widget(self._tile(item, ServiceTile))

    def _tile(self, item: MenuItem, kind: type[AnyTile]) -> AnyTile:
        tile = kind(
            key=item.key, family=item.family, sign=picture_of(item),
            title=item.title, detail=item.detail, closed=item.closed,
            enabled=item.closed is None, fill="surface" if item.closed is None else "muted",
        )  # fmt: skip
        tile.bind(on_tap=lambda tapped: self.choose(tapped.key))
        return tile

    def keys(self) -> Sequence[Key]:
        return (self.back_key(), self.leave_key()) if self.view.family else (self.leave_key(),)


def picture_of(item: MenuItem) -> str:
    """Its picture: the one it names, or its own, or its family's."""
    return next((name for name in (item.picture, item.key) if name in DRAWINGS), item.family)


def home(items: Sequence[MenuItem]) -> list[MenuItem]:
    """One tile per family, in the board's order; a family of one service is that service."""
    tiles = []
    for family in sorted(dict.fromkeys(item.family for item in items), key=rank):
        members = [item for item in items if item.family == family]
        if len(members) == 1:
            tiles.append(members[0])
        elif members:
            tiles.append(
                MenuItem(
                    key=family,
                    family=family,
                    title=text(f"family.{family}.title"),
                    detail=text(f"family.{family}.detail"),
                    closed=_why([item.closed for item in members]),
                )
            )
    return tiles


def _why(closed: Sequence[Text | None]) -> Text | None:
    """Why nothing of a family can be begun, in at most two reasons; None while anything can."""
    reasons = list(dict.fromkeys(reason for reason in closed if reason is not None))
    if None in closed:
        return None
    return reasons[0] if len(reasons) == 1 else text("family.closed", first=reasons[0], second=reasons[1])


load(__file__)
