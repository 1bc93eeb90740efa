"""Board 04: the amount, what the terminal says, and how far the payment is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kivy.properties import NumericProperty

from kiosk_app.views import Pay as PayView
from kiosk_app.views import View, text
from screens.widgets.element import Element, load
from screens.widgets.frame import Key
from screens.widgets.say import Say
from screens.widgets.work import Work
from screens.words import money

STAGES = ("card", "pin", "bank", "done")


class Progress(Element):
    """A bar that fills from the left; ``part`` of 1."""

    part = NumericProperty(0)


class Pay(Work):
    """The payment."""

    moves_money = True

    def fill(self, view: Any) -> None:
        ids = self.ids
        ids.amount.plain = money(view.amount)
        ids.purpose.words = view.purpose
        self._say_reference(view.reference)
        for index, name in enumerate(STAGES):
            align = "left" if index == 0 else "right" if index == len(STAGES) - 1 else "center"
            ids.stages.add_widget(Say(words=f"pay.stage.{name}", letters=30, align=align, single=True))
        self._say_pin(view.pin)
        self._to(view.stage)

    def _to(self, stage: int) -> None:
        for index, say in enumerate(reversed(self.ids.stages.children)):
            say.bold, say.ink = index == stage, "go" if index == stage else "ink" if index < stage else "ink3"
        self.ids.progress.part = (0.125, 0.375, 0.7, 1.0)[stage]

    def _say_reference(self, reference: str) -> None:
        self.ids.reference.words = text("pay.reference", reference=reference) if reference else None

    def _say_pin(self, pin: tuple[int, int] | None) -> None:
        """One mark for every digit; the number beside it is for those who cannot tell the marks apart."""
        typed, of = pin or (0, 0)
        marks = "●" * typed + "○" * (of - typed)
        self.ids.pin.words = text("pay.pin_typed", marks=marks, count=typed) if pin else None

    @staticmethod
    def _frame(view: PayView) -> PayView:
        """What must stay the same for the widgets to stay."""
        return replace(view, title=text(""), stage=0, pin=None, reference="")

    def renew(self, view: View) -> bool:
        """The terminal says something else: change that, and keep the widgets under the finger."""
        if not isinstance(view, PayView) or self._frame(view) != self._frame(self.view):
            return False
        self.view, self.title = view, view.title
        self._say_reference(view.reference)
        self._say_pin(view.pin)
        self._to(view.stage)
        self.parent.redress()
        return True

    def keys(self) -> Sequence[Key]:
        return (self.leave_key(text("pay.cancel")),) if self.view.cancellable else ()


load(__file__)
