"""Board 07: what is broken, what still works, where else to go."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty

from kiosk_app.views import Chosen
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.say import Say
from screens.widgets.target import Card
from screens.widgets.work import Work


class Sorry(Work):
    """An apology that helps on; or, ``calm``, the news that nothing need be done."""

    calm = BooleanProperty(False)

    def fill(self, view: Any) -> None:
        self.title, self.lean, self.calm = None, "middle", view.calm
        ids = self.ids
        ids.said.words = ids.said_second.words = view.title
        ids.detail.words = ids.detail_second.words = view.detail
        for fact in view.facts:
            ids.facts.add_widget(Say(words=fact, letters=36, bold=True, align="center"))
        ids.facts_card.hidden = not view.facts
        for title, lines in view.cards:
            card = Card(pad=(44, 36, 44, 36), gap=8)
            card.add_widget(Say(words=title, letters=38, bold=True))
            for line in lines:
                card.add_widget(Say(words=line, letters=33, ink="ink2"))
            ids.cards.add_widget(card)
        ids.cards.hidden = not view.cards

    def keys(self) -> Sequence[Key]:
        last = len(self.view.actions) - 1
        actions = tuple(
            Key(key, words, lambda key=key: self.answer(Chosen(key)), kind="go" if i == last else "second", share=1.6)  # type: ignore[misc] # a default argument binds the key of each turn
            for i, (key, words) in enumerate(self.view.actions)
        )
        return (self.leave_key(), *actions) if self.view.leave else actions


load(__file__)
