"""Board 06: the proof, and what must still be taken. Warnings stand before everything else."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk_app.views import Done as DoneView
from kiosk_app.views import Leave, Rated, View, text
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.notice import Notice
from screens.widgets.say import Say
from screens.widgets.target import Strip, Tile
from screens.widgets.work import Work
from screens.words import money

OUT = {"receipt_printer": "receipt", "document_printer": "document"}
"""What comes out of a printer, by the name it has among the things to take."""
SCORES = ((5, "very_good"), (4, "good"), (3, "fair"), (2, "poor"), (1, "very_poor"))


class TakeStrip(Strip):
    """One thing that is still in the machine."""

    words = ObjectProperty(None)
    icon = StringProperty("receipt")


class Face(Tile):
    """How the visit was, with a word below it: shape and word always stand together."""

    words = ObjectProperty(None)
    score = NumericProperty(5)


class Done(Work):
    """The end of a piece of business."""

    def fill(self, view: Any) -> None:
        ids = self.ids
        for warning in view.warnings:
            ids.warnings.add_widget(Notice(words=warning))
        ids.warnings.hidden = not view.warnings
        ids.sum.hidden = view.amount is None
        ids.amount.plain = "" if view.amount is None else money(view.amount)
        ids.paid_by.words = view.paid_by
        for fact in view.facts:
            ids.facts.add_widget(Say(words=fact, letters=33))
        ids.qr.data = view.qr
        ids.code.hidden = not view.qr
        ids.note.words = view.qr_note
        ids.rule.hidden = ids.sum.hidden or not (view.facts or view.qr)
        ids.proof.hidden = ids.sum.hidden and not (view.facts or view.qr)
        for score, word in SCORES if view.faces else ():
            face = Face(key=f"face{score}", words=text(f"rating.{word}"), score=score)
            face.bind(on_tap=lambda tapped: self.answer(Rated(int(tapped.score))))
            ids.faces.add_widget(face)
        ids.asked.words = text("rating.title")
        ids.how.hidden = not view.faces
        self._remind(view)
        self._left = view.seconds
        self.count_down(view.seconds, self._show_left)

    def _remind(self, view: DoneView) -> None:
        """What one sees lying there; of paper that nobody can see being taken, what came out in this view."""
        things = list(dict.fromkeys((*view.take, *(OUT[printer] for printer in view.papers))))
        self.ids.take.clear_widgets()
        for thing in things:
            self.ids.take.add_widget(TakeStrip(words=text(f"done.take.{thing}"), icon=thing))
        self.ids.take.hidden = not things

    def renew(self, view: View) -> bool:
        """Something was taken: the countdown goes on."""
        if not isinstance(view, DoneView) or replace(view, take=self.view.take) != self.view:
            return False
        self.view = view
        self._remind(view)
        self.parent.redress()
        return True

    def _finish(self) -> Any:
        return text("done.action.finish", seconds=self._left)

    def _show_left(self, left: int) -> None:
        self._left = left
        if self.parent is not None:
            self.parent.ids.bar.button("leave").write(self._finish())

    def keys(self) -> Sequence[Key]:
        actions = [Key(key, words, lambda key=key: self.choose(key)) for key, words in self.view.actions]  # type: ignore[misc] # a default argument binds the key of each turn
        return (*actions, Key("leave", self._finish(), lambda: self.answer(Leave()), kind="go", share=1.8))


load(__file__)
