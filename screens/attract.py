"""Nobody is here: what the machine is for, and one large invitation. A touch anywhere begins."""

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

    def begin(self) -> None:
        """Somebody is here."""
        self.answer(Chosen("begin"))


load(__file__)
