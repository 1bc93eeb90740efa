"""A scripted person: the screen port without a window. What is shown, and what somebody answers to it.

``answer(view)`` is a coroutine function that gets each view (also the updates put while one is shown) and
returns an intent, or None to leave it unanswered. Nothing here knows services; scripts do.
"""

import asyncio
from collections.abc import Awaitable, Callable

from kiosk_app.devices import KeypadKey, KeyStroke
from kiosk_app.views import Intent, View

Answer = Callable[[View], Awaitable[Intent | None]]


class ScriptedScreen:
    """Implements ``kiosk_app.ports.Screen``. ``seen`` are all views with their loop times."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._updates: asyncio.Queue[View] = asyncio.Queue()
        self.seen: list[tuple[float, View]] = []
        self.forgotten = 0
        self.touched = 0.0
        self.language = "zh_CN"
        self.large = False

    def put(self, view: View) -> None:
        self._note(view)
        self._updates.put_nowait(view)

    async def show(self, view: View) -> Intent:
        self._updates = asyncio.Queue()
        self._note(view)
        while True:
            answering = asyncio.ensure_future(self._answer(view))
            updated = asyncio.ensure_future(self._updates.get())
            try:
                await asyncio.wait({answering, updated}, return_when=asyncio.FIRST_COMPLETED)
                if answering.done() and (intent := answering.result()) is not None:
                    self.touched = asyncio.get_running_loop().time()
                    return intent
                view = await updated
            finally:
                answering.cancel()
                updated.cancel()

    def key(self, key: KeypadKey, stroke: KeyStroke) -> None:
        """Somebody at the keypad; what a script answers does not depend on it."""
        self.touched = asyncio.get_running_loop().time()

    def forget(self) -> None:
        self.forgotten += 1
        self.language = "zh_CN"
        self.large = False

    def _note(self, view: View) -> None:
        self.seen.append((asyncio.get_running_loop().time(), view))
