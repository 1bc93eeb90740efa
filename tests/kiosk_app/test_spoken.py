"""What is spoken to whom: guidance to the room where that is allowed, everything else into headphones only."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from hardware.link import Watched
from kiosk_app.spoken import SpeakingScreen
from kiosk_app.views import IdleWarning, LivePortrait, Text, Working, text
from tests import virtual
from tests.faces import Scene, ScenePreview
from tests.stand import Glass

PRIVATE = Working(title=text("fines.choose.title", name="张**", count=2), waits_for=text("work.waits.central"))


class Ear(Watched):
    """A speaker and what it was told: implements ``kiosk_app.devices.Speaker``."""

    def __init__(self, *, aloud: bool) -> None:
        super().__init__("speaker")
        self.aloud = aloud
        self.heard: list[str] = []

    async def run(self) -> None:
        await asyncio.Event().wait()

    def say(self, text: str, language: str) -> None:
        self.heard.append(f"{language} {text}")

    def quiet(self) -> None:
        self.heard.append("quiet")


class Jack(Watched):
    """Headphones one can plug in."""

    def __init__(self, *, plugged: bool | None) -> None:
        super().__init__("headphones")
        self.plugged = plugged
        self._tell: Callable[[bool | None], None] = lambda _: None

    async def run(self) -> None:
        await asyncio.Event().wait()

    def watch_plug(self, listener: Callable[[bool | None], None]) -> None:
        self._tell = listener

    def pull(self) -> None:
        self.plugged = False
        self._tell(False)


def guided(say: str) -> LivePortrait:
    return LivePortrait(title=text("photo.title"), live=LIVE, say=text(say))


LIVE = ScenePreview(Scene())


def told(*views: object, aloud: bool, plugged: bool | None = False, jack: Jack | None = None) -> list[str]:
    """What is heard while these views pass."""
    ear = Ear(aloud=aloud)

    async def main() -> None:
        screen = SpeakingScreen(Glass(), ear, jack or Jack(plugged=plugged), lambda words, _: words.id)
        for view in views:
            if callable(view):
                view()
            elif isinstance(view, LivePortrait | Working | IdleWarning):
                screen.put(view)

    virtual.run(main())
    return ear.heard


def test_guidance_is_spoken_to_the_room_where_the_operator_allows_it() -> None:
    views = (guided("photo.say.closer"), guided("photo.say.ready"))
    assert told(*views, aloud=True) == ["zh_CN photo.say.closer", "zh_CN photo.say.ready"]
    assert told(*views, aloud=False) == []


def test_what_may_be_personal_is_never_spoken_to_the_room() -> None:
    assert told(PRIVATE, aloud=True) == []
    assert told(PRIVATE, aloud=True, plugged=None) == []
    assert told(PRIVATE, aloud=False, plugged=True) == ["zh_CN fines.choose.title"]


def test_headphones_that_are_pulled_out_end_the_sentence() -> None:
    jack = Jack(plugged=True)
    assert told(PRIVATE, jack.pull, PRIVATE, aloud=True, jack=jack) == ["zh_CN fines.choose.title", "quiet"]


def test_a_sentence_is_said_once_while_it_stands() -> None:
    moved = replace(guided("photo.say.closer"), right=True)
    assert told(guided("photo.say.closer"), moved, aloud=True) == ["zh_CN photo.say.closer"]


def test_the_next_view_ends_what_was_said_of_the_last() -> None:
    assert told(guided("photo.say.closer"), IdleWarning(seconds=15), aloud=True) == ["zh_CN photo.say.closer", "quiet"]


def test_goodbye_is_silent() -> None:
    ear, glass = Ear(aloud=True), Glass()

    async def main() -> None:
        screen = SpeakingScreen(glass, ear, None, lambda words, _: words.id)
        screen.put(guided("photo.say.closer"))
        screen.forget()

    virtual.run(main())
    assert (ear.heard[-1], glass.forgotten) == ("quiet", 1)


def test_a_machine_without_a_jack_speaks_guidance_only() -> None:
    ear = Ear(aloud=True)

    async def main() -> None:
        screen = SpeakingScreen(Glass(), ear, None, lambda words, _: words.id)
        screen.put(PRIVATE)
        asking = asyncio.create_task(screen.show(guided("photo.say.back")))
        await asyncio.sleep(0)
        asking.cancel()

    virtual.run(main())
    assert ear.heard == ["zh_CN photo.say.back"]


def test_the_words_are_those_of_the_citizens_language() -> None:
    ear, glass = Ear(aloud=True), Glass()

    def wording(words: Text, language: str) -> str:
        return f"{words.id} in {language}"

    async def main() -> None:
        glass.language = "en"
        SpeakingScreen(glass, ear, None, wording).put(guided("photo.say.back"))

    virtual.run(main())
    assert ear.heard == ["en photo.say.back in en"]
