"""A number pad: large keys, the digits in groups, and a confirm button that opens when the number is whole."""

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

from kiosk_app.views import Typed, text
from screens.widgets.element import Row, load
from screens.widgets.frame import Key
from screens.widgets.target import PushButton
from screens.widgets.work import Work

ROWS = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("clear", "0", "erase"))
MARK = "●"
LETTERS = {"2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO", "7": "PQRS", "8": "TUV", "9": "WXYZ"}
"""ITU-T E.161."""


def grouped(digits: str, groups: Sequence[int] = ()) -> str:
    """``440703100612345`` as ``4407 0310 0612 345``; what is more than ``groups`` say, by four."""
    parts, at = [], 0
    for size in chain(groups, repeat(4)):
        if at >= len(digits):
            break
        parts.append(digits[at : at + size])
        at += size
    return " ".join(parts)


class PadKey(PushButton):
    """One key of the pad."""


class EnterNumber(Work):
    """Types a number."""

    def fill(self, view: Any) -> None:
        self.digits = view.value[: max(view.lengths)]
        ids = self.ids
        ids.hint.words, wrong = view.problem or view.hint, view.problem is not None
        ids.hint.bold, ids.hint.ink = wrong, "on_stop" if wrong else "ink2"
        ids.field.rim = "stop" if wrong else "none"
        ids.digits.plain = self.shown
        for names in ROWS:
            row = Row(gap=20, lean="fill", tall=128, grow=True)
            for name in names:
                row.add_widget(self._key(name))
            ids.pad.add_widget(row)

    def _key(self, name: str) -> PadKey:
        key = PadKey(key=name, letters=56)
        if self.view.letters and name in LETTERS:
            key.words, key.letters = text("number.letters", digit=name, letters=LETTERS[name]), 40
        elif name.isdigit():
            key.words = text("number.digit", digit=name)
        elif name == "clear":
            key.words, key.letters = text("number.clear"), 34
        else:
            key.words, key.letters, key.icon = text("number.erase"), 34, "erase"
        key.bind(on_tap=lambda tapped: self.press(tapped.key))
        return key

    def press(self, name: str) -> None:
        """A key of the pad, or of the keypad, was pressed."""
        if name == "clear":
            self.digits = ""
        elif name == "erase":
            self.digits = self.digits[:-1]
        elif len(self.digits) < max(self.view.lengths):
            self.digits += name
        self.ids.digits.write(self.shown)
        self.parent.ids.bar.button("go").enable(self.whole)

    @property
    def shown(self) -> str:
        """What stands in the field: the digits, or a mark for each of a secret."""
        return grouped(MARK * len(self.digits) if self.view.secret else self.digits, self.view.groups) or " "

    @property
    def whole(self) -> bool:
        """As long as such a number is."""
        return len(self.digits) in self.view.lengths

    def keys(self) -> Sequence[Key]:
        words = text("number.search") if self.view.letters else text("number.confirm")
        words = text("number.confirm_secret") if self.view.secret else words
        words = self.view.action or words
        confirm = Key("go", words, self.confirm, kind="go", share=2, enabled=self.whole)
        return (self.back_key(), self.leave_key(), confirm)

    def confirm(self) -> None:
        """This is the number."""
        if self.whole:
            self.answer(Typed(self.digits))


load(__file__)
