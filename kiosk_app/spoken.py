"""Spoken guidance: the speaker says what the screen says, when it may be heard.

Rules. Like the lamps it follows the views on their way to the screen: whoever writes a service knows no speaker. What
is spoken to the room is heard by the room, so only sentences that hold nothing personal are (how to stand before the
camera, how to lay a page), and only where the operator allows it; everything else needs headphones in the jack.
Headphones that are pulled out end what is being said at once. The newest sentence wins; the same one is not said twice
in a row.
"""

from collections.abc import Callable

from kiosk_app.devices import Headphones, Speaker
from kiosk_app.ports import Screen
from kiosk_app.through import Through
from kiosk_app.views import Intent, LivePage, LivePortrait, Text, View

Wording = Callable[[Text, str], str]
"""The words of a sentence in a language."""


def sentence_of(view: View) -> Text | None:
    """What is spoken of ``view``: the sentence a person must hear now."""
    if isinstance(view, LivePortrait | LivePage):
        return view.say
    title = getattr(view, "title", None)
    return title if isinstance(title, Text) else None


def public(view: View) -> bool:
    """Whether nothing in its sentence is about a person."""
    return isinstance(view, LivePortrait | LivePage)


class SpeakingScreen(Through):
    """Says what passes."""

    def __init__(self, behind: Screen, speaker: Speaker, headphones: Headphones | None, wording: Wording) -> None:
        super().__init__(behind)
        self._speaker, self._headphones, self._wording = speaker, headphones, wording
        self._said: tuple[Text, str] | None = None
        if headphones is not None:
            headphones.watch_plug(lambda _: self._hush())

    def put(self, view: View) -> None:
        super().put(view)
        self._speak(view)

    async def show(self, view: View) -> Intent:
        self._speak(view)
        return await super().show(view)

    def forget(self) -> None:
        self._hush()
        super().forget()

    def _speak(self, view: View) -> None:
        sentence = sentence_of(view)
        if sentence is None or not self._heard_by_the_right(view):
            self._hush()
        elif self._said != (said := (sentence, self.language)):
            self._said = said
            self._speaker.say(self._wording(*said), self.language)

    def _heard_by_the_right(self, view: View) -> bool:
        private = self._headphones is not None and self._headphones.plugged is True
        return private or (self._speaker.aloud and public(view))

    def _hush(self) -> None:
        if self._said is not None:
            self._said = None
            self._speaker.quiet()
