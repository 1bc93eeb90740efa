"""Amounts over the years, side by side. What is own and what is the employer's differs in shape as well as in colour:
own parts are filled and stand at the bottom, the others are outlined above them."""

from collections.abc import Sequence
from typing import Any

from kivy.graphics import Color, Line, Rectangle
from kivy.properties import NumericProperty, ObjectProperty

from kiosk_app.views import Bar, Text
from screens.table import action_keys
from screens.widgets.element import Column, Element, Row, load
from screens.widgets.frame import Key
from screens.widgets.work import Work


class Stack(Element):
    """The parts of one bar, from the bottom; ``most`` is the amount that fills the height."""

    parts = ObjectProperty(())
    most = NumericProperty(1)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        self.canvas.clear()
        low = y
        with self.canvas:
            for at, part in enumerate(self.parts):
                tall = round(height * part / self.most)
                swatch(at, (x, low, width, tall), self)
                low += tall

    def put_away(self) -> None:
        super().put_away()
        self.canvas.clear()


class Swatch(Element):
    """What a part looks like, beside its name."""

    at = NumericProperty(0)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        self.canvas.clear()
        with self.canvas:
            swatch(int(self.at), (x, y, width, height), self)


def swatch(at: int, box: tuple[float, float, float, float], on: Element) -> None:
    """Paint one part: the first filled, any other outlined."""
    x, y, width, height = box
    if height <= 0:
        return
    edge = max(1, round(on.px(3)))
    Color(rgba=on.colour("go" if at == 0 else "go_soft"))
    Rectangle(pos=(round(x), round(y)), size=(round(width), round(height)))
    Color(rgba=on.colour("go"))
    Line(
        rectangle=(round(x) + edge / 2, round(y) + edge / 2, round(width) - edge, max(1, round(height) - edge)),
        width=edge / 2,
    )


class BarColumn(Column):
    """One bar with its amount above and its name below."""

    def fill_in(self, bar: Bar, most: int) -> None:
        """Take the data of one bar."""
        ids = self.ids
        ids.amount.plain, ids.name.plain = f"{sum(bar.parts) // 100}", bar.name
        ids.stack.parts, ids.stack.most = bar.parts, most


class Legend(Row):
    """The name of one part."""

    at = NumericProperty(0)
    words = ObjectProperty(None)


class Bars(Work):
    """The picture."""

    def fill(self, view: Any) -> None:
        self.subtitle = view.subtitle
        ids = self.ids
        ids.tabs.fill_in(self, view.tabs, view.tab)
        most = max((sum(bar.parts) for bar in view.bars), default=0)
        for bar in view.bars:
            column = BarColumn()
            column.fill_in(bar, max(1, most))
            ids.bars.add_widget(column)
        self._explain(view.legend if view.bars else ())
        ids.picture.hidden = not view.bars
        ids.empty.words = None if view.bars else view.empty

    def _explain(self, legend: Sequence[Text]) -> None:
        for at, words in enumerate(legend):
            self.ids.legend.add_widget(Legend(at=at, words=words))

    def keys(self) -> Sequence[Key]:
        return (self.back_key(), self.leave_key(), *action_keys(self, self.view.actions))


load(__file__)
