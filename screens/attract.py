"""Nobody is here: what the machine is for, and one large invitation. A touch anywhere begins.

Where notices and large letters leave less room than all of it needs, what can be missed goes: first the other language
of the services, then most of the picture, then the list of services, which the menu has too, and the picture at last.
"""

from typing import Any

from kiosk_app.views import Chosen, text
from screens.widgets.element import load
from screens.widgets.notice import Notice
from screens.widgets.say import Say
from screens.widgets.work import Work


class Attract(Work):
    """The poster."""

    def fill(self, view: Any) -> None:
        self.title = text("attract.title")
        for name in view.services:
            self.ids.services.add_widget(Say(words=name, letters=46, bold=True, align="center"))
            self.ids.services.add_widget(Say(words=name, letters=32, ink="ink2", second=True, align="center"))
        self.ids.services.hidden = not view.services
        for words in view.warnings:
            self.ids.notices.add_widget(Notice(words=words))
        for words in view.notices:
            self.ids.notices.add_widget(Notice(words=words, icon="hall", kind="plain"))
        self.ids.notices.hidden = not (view.warnings or view.notices)

    def fit(self, width: float) -> float:
        self._without(0)
        return super().fit(width)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        for steps in range(5):
            self._without(steps)
            if super().fit(width) <= height:
                break
        super().place(x, y, width, height)

    def _without(self, steps: int) -> None:
        ids, upright = self.ids, self.look.upright
        for say in ids.services.children:
            say.hidden = say.second and steps > 0
        ids.picture.tall = (300 if upright else 200) if steps < 2 else 140
        ids.services.hidden = not self.view.services or steps > 2
        ids.picture.hidden = steps > 3

    def begin(self) -> None:
        """Somebody is here."""
        self.answer(Chosen("begin"))


load(__file__)
