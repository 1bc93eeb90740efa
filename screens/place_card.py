"""Board 02: lay the card on the reader. The picture shows the card and the place; nothing else asks for attention."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import ObjectProperty

from screens.look import Look
from screens.widgets.element import Element, load
from screens.widgets.frame import Key
from screens.widgets.scene import card_on_reader
from screens.widgets.work import Work


class CardPicture(Element):
    """The identity card on its way to the reader."""

    scene = ObjectProperty(None, allownone=True)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        look: Look = self.look
        side = int(max(0, min(width / 0.75, height / 0.62)))
        self.scene = card_on_reader(side, look.contrast) if side > 60 else None


class PlaceCard(Work):
    """Waiting for the card."""

    def fill(self, view: Any) -> None:
        ids = self.ids
        ids.problem.words, ids.problem.hidden = view.problem, view.problem is None
        ids.other.hidden = view.other is None
        ids.other_words.words = view.other
        self.ids.left.plain = str(view.seconds)
        self.count_down(view.seconds, lambda left: ids.left.write(str(left)))

    def keys(self) -> Sequence[Key]:
        return (self.back_key(), self.leave_key())


load(__file__)
