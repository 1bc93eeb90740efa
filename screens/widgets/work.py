"""The work of a view: what stands between the frame's title and its bar, and what a touch there means."""

from collections.abc import Callable, Sequence
from typing import Any

from kivy.clock import Clock
from kivy.properties import ObjectProperty

from kiosk_app.views import Back, Chosen, Intent, Leave, Text, View, text
from screens.widgets import notice, qr, scroller, target  # noqa: F401 - used in the .kv of the views
from screens.widgets.element import Column
from screens.widgets.frame import Key

Answer = Callable[[Intent], None]


class Work(Column):
    """Shows one view. Subclasses fill themselves in :meth:`fill` and name their buttons in :meth:`keys`.

    ``aside`` is the part that stands below the title when the screen lies on its side.
    """

    view = ObjectProperty(None)
    title = ObjectProperty(None, allownone=True)
    subtitle = ObjectProperty(None, allownone=True)
    aside = ObjectProperty(None, allownone=True)
    moves_money = False
    """No language or letters button here: nothing may distract while money moves."""

    def __init__(self, view: View, answer: Answer) -> None:
        self._answer, self._clocks, self._starts = answer, list[Any](), list[Callable[[], None]]()
        super().__init__(view=view, title=getattr(view, "title", None), lean="up")
        self.fill(view)

    def fill(self, view: Any) -> None:
        """Put the view's data into the widgets."""

    def keys(self) -> Sequence[Key]:
        """The buttons of the bar that belong to this view."""
        return ()

    def renew(self, view: View) -> bool:  # noqa: ARG002 - for subclasses that can
        """Show a newer view of the same kind in the same widgets, if that is possible: a press in progress survives."""
        return False

    def parts_shown(self) -> bool:
        """Whether anything is left beside what stands aside."""
        return any(part.fit(1000) > 0 for part in self.parts())

    def answer(self, intent: Intent) -> None:
        """This is what the citizen wants."""
        self._answer(intent)

    def choose(self, key: str) -> None:
        """One thing was chosen."""
        self._answer(Chosen(key))

    def count_down(self, seconds: int, show: Callable[[int], None]) -> None:
        """Call ``show`` with the seconds left, each time their number changes, while this view is shown."""
        end = 0.0

        def start() -> None:
            nonlocal end
            end = Clock.time() + seconds
            show(seconds)

        self._starts.append(start)
        self.every(1, lambda _: show(max(0, round(end - Clock.time()))))

    def every(self, seconds: float, do: Callable[[float], None]) -> None:
        """Do something again and again while this view is shown."""
        self._starts.append(lambda: self._clocks.append(Clock.schedule_interval(do, seconds)))

    def enter(self) -> None:
        """The view is shown."""
        for start in self._starts:
            start()

    def leave(self) -> None:
        """The view goes: nothing of it runs on."""
        for event in self._clocks:
            event.cancel()
        self._clocks.clear()

    def back_key(self) -> Key:
        """To the question before."""
        return Key("back", text("bar.back"), lambda: self.answer(Back()), icon="back")

    def leave_key(self, words: Text | None = None) -> Key:
        """End the visit."""
        return Key("leave", words or text("bar.leave"), lambda: self.answer(Leave()), kind="stop", icon="leave")
