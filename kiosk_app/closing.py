"""Closing in time: whoever is at the machine is led out at the next moment at which nothing moves.

Nothing moves while something is asked (:mod:`kiosk_app.desk`). So a screen that is closing answers every question
with "leave", and the visit ends as if the citizen had touched it: a payment is never cut, papers come out, the card is
asked for. Two views stay: a payment that cannot be called off any more, until the terminal has ended it, and the last
view with the proof, which has its own end.
"""

import asyncio

from kiosk_app.ports import Screen
from kiosk_app.through import Through
from kiosk_app.views import Done, Intent, Leave, Pay, PayCode, View


class ClosingScreen(Through):
    """A screen that can be told to :meth:`close`; it never opens again."""

    def __init__(self, behind: Screen) -> None:
        super().__init__(behind)
        self.closing = False
        self._view: View | None = None
        self._asked: set[asyncio.Timeout] = set()

    def close(self) -> None:
        """Answer what is asked now, and whatever will be asked, with "leave"."""
        self.closing = True
        if not _must_stay(self._view):
            for asked in self._asked:
                asked.reschedule(asyncio.get_running_loop().time())

    def put(self, view: View) -> None:
        self._view = view
        super().put(view)

    async def show(self, view: View) -> Intent:
        self._view = view
        if self.closing and not _must_stay(view):
            return Leave()
        try:
            async with asyncio.timeout(None) as asked:
                self._asked.add(asked)
                try:
                    answer = await super().show(view)
                finally:
                    self._asked.discard(asked)
        except TimeoutError:
            return Leave()
        return Leave() if self.closing else answer


def _must_stay(view: View | None) -> bool:
    return isinstance(view, Done) or (isinstance(view, Pay | PayCode) and not view.cancellable)
