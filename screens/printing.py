"""A print that says how far it is: the bar is where the device says, and never before it."""

from dataclasses import replace
from typing import Any

from kiosk_app.views import Printing as PrintingView
from kiosk_app.views import View, text
from screens.widgets.element import load
from screens.widgets.work import Work


class Printing(Work):
    """The progress of one print."""

    def fill(self, view: Any) -> None:
        ids = self.ids
        ids.detail.words = view.detail
        ids.usually.words = text("work.usually", seconds=view.usually)
        self._show()

    def renew(self, view: View) -> bool:
        """The device went on: the same widgets, a longer bar."""
        if not isinstance(view, PrintingView) or replace(view, percent=self.view.percent) != self.view:
            return False
        self.view = view
        self._show()
        self.ids.percent.write(f"{view.percent} %")
        self.ids.progress.stain()
        return True

    def _show(self) -> None:
        self.ids.percent.plain = f"{self.view.percent} %"
        self.ids.progress.part = self.view.percent / 100


load(__file__)
