"""How to pay: the bank card, or a telephone with this app. The amount stays in sight."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from kiosk_app.views import text
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.target import Tile
from screens.widgets.work import Work
from screens.words import money

CARD = "card"


class WayTile(Tile):
    """One way to pay."""

    icon = StringProperty("code")
    title = ObjectProperty(None)
    detail = ObjectProperty(None)


class PayWay(Work):
    """The choice."""

    def fill(self, view: Any) -> None:
        self.ids.amount.plain = money(view.amount)
        self.ids.purpose.words = view.purpose
        for key in view.ways:
            self.ids.tiles.add_widget(self._tile(key))

    def _tile(self, key: str) -> WayTile:
        by_card = key == CARD
        tile = WayTile(
            key=key,
            icon="bank_card" if by_card else "code",
            title=text(f"pay.way.{key}"),
            detail=text("pay.way.card.detail" if by_card else "pay.way.code.detail"),
        )
        tile.bind(on_tap=lambda tapped: self.choose(tapped.key))
        return tile

    def keys(self) -> Sequence[Key]:
        return (self.leave_key(text("pay.cancel")),)


load(__file__)
