"""Are you still there? A large countdown and one large way to stay. The session decides when it ends."""

from collections.abc import Sequence
from typing import Any

from kiosk_app.views import Chosen, text
from screens.widgets.element import load
from screens.widgets.frame import Key
from screens.widgets.work import Work


class IdleWarning(Work):
    """The countdown."""

    def fill(self, view: Any) -> None:
        self.title = text("idle.title")
        self.ids.left.plain = str(view.seconds)
        self.count_down(view.seconds, lambda left: self.ids.left.write(str(left)))

    def keys(self) -> Sequence[Key]:
        more = Key("more_time", text("idle.more_time"), self.stay, kind="go", share=2)
        return (self.leave_key(text("idle.end_now")), more)

    def stay(self) -> None:
        """I need more time."""
        self.answer(Chosen("more_time"))


load(__file__)
