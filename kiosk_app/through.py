"""A screen in front of the screen: passes everything on, for those who want to see or change a part of it."""

from kiosk_app.devices import KeypadKey, KeyStroke
from kiosk_app.ports import Screen
from kiosk_app.views import Intent, View


class Through:
    """Implements :class:`kiosk_app.ports.Screen` by the one behind it."""

    def __init__(self, behind: Screen) -> None:
        self._behind = behind

    @property
    def touched(self) -> float:
        return self._behind.touched

    @property
    def language(self) -> str:
        return self._behind.language

    @property
    def large(self) -> bool:
        return self._behind.large

    def put(self, view: View) -> None:
        self._behind.put(view)

    async def show(self, view: View) -> Intent:
        return await self._behind.show(view)

    def key(self, key: KeypadKey, stroke: KeyStroke) -> None:
        self._behind.key(key, stroke)

    def forget(self) -> None:
        self._behind.forget()
