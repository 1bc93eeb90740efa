"""Payment by code: the amount, a large code to scan, how long it is good, and the way out.

The code is shown only while it can be paid; what was on the screen before it was withdrawn cannot be scanned by the
next person. The countdown is the order's life, and ends the payment in the till, not here.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kivy.clock import Clock

from kiosk_app.views import PayCode as PayCodeView
from kiosk_app.views import View, text
from screens.pay import Progress  # noqa: F401 - used in the .kv
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.work import Work
from screens.words import money


class PayCode(Work):
    """The payment."""

    moves_money = True

    def fill(self, view: Any) -> None:
        ids = self.ids
        ids.amount.plain = money(view.amount)
        ids.purpose.words = view.purpose
        self._end = 0.0
        self._show(view)
        self.every(1, lambda _: self._count())

    def _show(self, view: PayCodeView) -> None:
        ids = self.ids
        ids.reference.words = text("pay.reference", reference=view.reference) if view.reference else None
        ids.scan.hidden = not view.code
        if view.code and view.code != ids.qr.data:
            ids.qr.data, self._end = view.code, Clock.time() + view.seconds
        self._say_left(view.seconds)

    def _say_left(self, seconds: int) -> None:
        left = max(0, min(seconds, round(self._end - Clock.time())))
        self.ids.left.words = text("pay.code.left", seconds=left)
        self.ids.progress.part = left / seconds if seconds else 0

    def _count(self) -> None:
        if self.view.code and self.parent is not None:
            self._say_left(self.view.seconds)
            self.parent.redress()

    @staticmethod
    def _frame(view: PayCodeView) -> PayCodeView:
        """What must stay the same for the widgets to stay."""
        return replace(view, title=text(""), reference="", code="", seconds=0)

    def renew(self, view: View) -> bool:
        """The code is there, or gone, or the network is: change that, and keep the button under the finger."""
        if not isinstance(view, PayCodeView) or self._frame(view) != self._frame(self.view):
            return False
        self.view, self.title = view, view.title
        self._show(view)
        self.parent.redress()
        return True

    def keys(self) -> Sequence[Key]:
        return (self.leave_key(text("pay.cancel")),) if self.view.cancellable else ()


load(__file__)
