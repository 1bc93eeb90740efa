"""Something takes a while: what it waits for, how long that usually takes, and that it still goes on."""

from math import exp
from typing import Any

from kivy.clock import Clock

from kiosk_app.views import text
from screens.widgets.element import load
from screens.widgets.work import Work


class Working(Work):
    """The bar nears its end and never pretends to reach it: two thirds of the way in the usual time."""

    def fill(self, view: Any) -> None:
        ids = self.ids
        ids.waits.words = view.waits_for
        ids.usually.words = text("work.usually", seconds=view.usually)
        self._began = Clock.time()
        self.every(0.2, self._creep)

    def _creep(self, _: float) -> None:
        progress = self.ids.progress
        progress.part = 1 - exp(-(Clock.time() - self._began) * 1.1 / max(1, self.view.usually))
        progress.stain()


load(__file__)
