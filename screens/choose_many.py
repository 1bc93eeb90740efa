"""Board 03: choose some of the rows. The sum stays in sight; what cannot be chosen is shown and says why."""

from collections.abc import Sequence
from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk_app.money.amounts import total
from kiosk_app.views import Choice, Marked, Text
from screens.look import Look
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.say import Say
from screens.widgets.target import Tile
from screens.widgets.work import Work
from screens.words import money


def with_args(words: Text, **args: str | int) -> Text:
    """``words`` with more arguments: what the screen itself counts."""
    return Text(words.id, tuple(sorted((dict(words.args) | args).items(), key=lambda pair: pair[0])))


class CheckRow(Tile):
    """One row: a box to mark, what it is, what it costs. Closed rows are grey and give the reason."""

    choice = ObjectProperty(None)
    marked = BooleanProperty(False)
    priced = BooleanProperty(True)
    title_en = StringProperty("")

    def fill_in(self, choice: Choice) -> None:
        """Take the data of one row."""
        self.choice, self.key, self.enabled = choice, choice.key, choice.refused is None
        self.ids.amount.plain = money(choice.amount) if self.priced else ""
        for line in choice.lines:
            self.ids.lines.add_widget(Say(words=line, letters=30, ink="ink2"), index=2)

    def dress(self, look: Look) -> None:
        choice: Choice = self.choice
        english = look.language == "en" and choice.title_en
        self.ids.title.plain = choice.title_en if english else choice.title
        self.ids.badge.hidden = choice.badge is None
        self.ids.badge_words.words = choice.badge
        self.ids.refused.words = choice.refused
        self.fill = "surface" if self.enabled else "muted"
        super().dress(look)
        self.repaint()

    def repaint(self) -> None:
        self.surface("down" if self.pressed else self.fill, "go" if self.marked else "none")
        box = self.ids.box
        box.fill, box.rim = ("go", "go") if self.marked else ("surface" if self.enabled else "muted", "edge")
        box.surface(box.fill, box.rim)
        self.ids.check.ink = "on_go" if self.marked else "none"

    def mark(self, marked: bool) -> None:
        """Mark or unmark."""
        self.marked = marked
        self.repaint()
        self.stain()


class ChooseMany(Work):
    """The list, and its sum."""

    def fill(self, view: Any) -> None:
        self.subtitle = view.subtitle
        for choice in view.rows:
            row = CheckRow(marked=choice.key in view.marked and choice.refused is None, priced=self.priced)
            row.fill_in(choice)
            row.bind(on_tap=self._tapped)
            self.ids.rows.add_widget(row)
        self.ids.summary.hidden = not any(c.refused is None for c in view.rows)
        self._sum_up(at_once=False)

    @property
    def priced(self) -> bool:
        """Whether anything here costs something; places to go to do not, and "¥0.00" beside them would be a promise."""
        return any(choice.amount for choice in self.view.rows)

    def marked(self) -> list[Choice]:
        """The rows marked now, in the order shown."""
        return [row.choice for row in self.ids.rows.parts() if row.marked]

    def _tapped(self, row: CheckRow) -> None:
        row.mark(not row.marked)
        self._sum_up()

    def action(self) -> Text:
        """What the primary action says."""
        return with_args(self.view.action, amount=total(c.amount for c in self.marked()))

    def _sum_up(self, *, at_once: bool = True) -> None:
        chosen = self.marked()
        count = with_args(self.view.summary, count=len(chosen))
        amount = money(total(c.amount for c in chosen)) if self.priced else ""
        if at_once:
            self.ids.count.write(count)
            self.ids.sum.write(amount)
            self.primary.write(self.action())
            self.primary.enable(bool(chosen))
        else:
            self.ids.count.words, self.ids.sum.plain = count, amount

    @property
    def primary(self) -> Any:
        """The button of the bar that confirms."""
        return self.parent.ids.bar.button("go")

    def keys(self) -> Sequence[Key]:
        ways = (self.back_key(), self.leave_key())
        if self.ids.summary.hidden:
            return ways
        chosen = bool(self.marked())
        return (*ways, Key("go", self.action(), self.confirm, kind="go", share=2, enabled=chosen))

    def confirm(self) -> None:
        """These and no others."""
        if chosen := self.marked():
            self.answer(Marked(tuple(c.key for c in chosen)))


load(__file__)
