"""A page under the document camera: the desk as it lies there, one sentence at a time, and the shutter.

The step puts a new view whenever something else is to be said; the widgets stay, and only the sentence and the colour
of the corners change.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kiosk_app.views import LivePage as PageView
from kiosk_app.views import View, text
from screens.live_portrait import SHADOW, Living
from screens.widgets.desktop import Desktop  # noqa: F401 - used in the .kv
from screens.widgets.element import load
from screens.widgets.frame import Key


class LivePage(Living):
    """The live desk."""

    def fill(self, view: Any) -> None:
        super().fill(view)
        self.ids.mirror.across, self.ids.mirror.along = view.shape
        self._say(view)

    def renew(self, view: View) -> bool:
        if not isinstance(view, PageView) or _frame(view) != _frame(self.view):
            return False
        before, self.view = self.view, view
        self.ids.mirror.mark(view.right)
        if view.say != before.say:
            self._say(view)
            self._rearrange()
        return True

    def _say(self, view: PageView) -> None:
        ids = self.ids
        ids.say.words = ids.say_second.words = view.say
        ids.mirror.good = view.right

    def _rearrange(self) -> None:
        """The sentence may need another line: everything finds its place again, and what moved is drawn."""
        page: Any = self.parent
        self.ids.band.dress(self.look)
        page.arrange(page.width, page.height)
        self.stain(beside=self.px(SHADOW))
        self.ids.band.stain(beside=self.px(SHADOW))

    def keys(self) -> Sequence[Key]:
        take = Key("take", self.view.take, lambda: self.choose("take"), kind="go", share=2)
        return (self.back_key(), self.leave_key(), take)


def _frame(view: PageView) -> PageView:
    """What must stay the same for the widgets to stay."""
    return replace(view, say=text(""), right=False)


load(__file__)
