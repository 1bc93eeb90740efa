"""The screen port in Kivy: shows views, returns intents, switches language at any moment, forgets.

A view becomes a page of widgets once; language, letter size and contrast dress the same widgets again, so that what
was typed or marked stays. The page under an idle warning is kept and comes back as it was. One finger at a time, and
after an answer nothing more is heard until the next question. The stage is given words about the site and a clock;
it can reach nothing else.
"""

import asyncio
import gc
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from kivy.base import runTouchApp
from kivy.clock import Clock as Ticks
from PIL import Image

from kiosk_app import views
from kiosk_app.devices import KeypadKey, KeyStroke
from kiosk_app.ports import Clock
from kiosk_app.views import Intent, View, text
from screens.focus import Focus
from screens.keyboard import Keyboard
from screens.keys import Keys, by_key
from screens.look import Look
from screens.pump import Pump, sockets, x_connections
from screens.root import Root
from screens.widgets.frame import Key, Page
from screens.widgets.say import Say
from screens.widgets.work import Work
from screens.window import open_window
from screens.words import LANGUAGES, Words, other
from screens.works import WORKS

HOME = (views.Attract, views.Menu)


class Stage:
    """The window of the kiosk. ``targets``: a file that names what can be touched, for scripted citizens only.

    ``keyboard``: an ordinary keyboard is a keypad too. Not on a public machine.
    """

    def __init__(
        self,
        *,
        site: str,
        site_en: str = "",
        hotline: str,
        clock: Clock,
        size: tuple[int, int] = (1080, 1920),
        fullscreen: bool = False,
        targets: Path | str | None = None,
        keyboard: bool = False,
    ) -> None:
        before = sockets()
        self._window = open_window(size, fullscreen=fullscreen)
        self._site, self._clock = {"zh_CN": site, "en": site_en or site}, clock
        self._targets = Path(targets) if targets else None
        self._plain = Look(words=Words({"phone": hotline}), language=LANGUAGES[0])
        self._look = self._plain.sized(*self._window.size)
        self._page: Page | None = None
        self._covered: Page | None = None
        self._answer_to: asyncio.Future[Intent] | None = None
        self._serial, self._told = 0, dict[str, Any]()
        self._since = clock.now()
        self._touched = 0.0
        self._pump = Pump(self._window, x_connections(sockets() - before) or x_connections(sockets()))
        self._pump.after_turn = self._tell_targets
        self._root = Root(damage=self._pump.damage, took=lambda: self._pump.took, touched=self._touch)
        self._focus = Focus(self._root)
        self._keypad = Keys(self._focus, self._window)
        self._pump.before_frame = self._focus.follow
        self._keyboard = Keyboard(self._window, self.key) if keyboard else None
        self._window.add_widget(self._root)
        self._window.bind(size=lambda *_: self._wear(self._look))
        self._blank()

    # --- the port ---

    @property
    def touched(self) -> float:
        return self._touched

    @property
    def language(self) -> str:
        return self._look.language

    @property
    def look(self) -> Look:
        """Language, letter size and contrast of this visit."""
        return self._look

    @property
    def current(self) -> tuple[str, datetime]:
        """The name of the view and since when it is shown, for the heartbeat."""
        return (type(self._page.work.view).__name__ if self._page else "", self._since)

    def put(self, view: View) -> None:
        page = self._page
        if page is not None and (page.work.view == view or page.work.renew(view)):
            return
        covered, self._covered = self._covered, None
        if isinstance(view, views.IdleWarning):
            self._covered = covered or page
        if covered is not None and covered.work.view == view:
            self._show(covered)
        else:
            self._show(self._page_of(view))

    async def show(self, view: View) -> Intent:
        outer = self._answer_to
        answer: asyncio.Future[Intent] = asyncio.get_running_loop().create_future()
        self._answer_to = answer
        self._told = {}
        self.put(view)
        self._pump.wake()
        try:
            return await answer
        finally:
            self._answer_to = outer

    def key(self, key: KeypadKey, stroke: KeyStroke) -> None:
        self._touched = asyncio.get_running_loop().time()
        self._keypad.stroke(key, stroke)
        self._pump.wake()

    def forget(self) -> None:
        self._look = self._plain.sized(*self._window.size)
        self._covered = None
        self._keypad.lift(meant=False)
        self._focus.hide()
        self._root.forget()
        self._blank()
        gc.collect()  # widgets are cycles; their words and textures go now and not some time

    async def run(self) -> None:
        """Show the window until cancelled; returns when somebody closes it (on a desktop)."""
        runTouchApp(embedded=True)
        Ticks.schedule_interval(self._tick, 1)
        try:
            await self._pump.run()
        finally:
            Ticks.unschedule(self._tick)

    @property
    def size(self) -> tuple[int, int]:
        """The window's, in pixels."""
        return (int(self._window.width), int(self._window.height))

    @property
    def frames(self) -> dict[str, int]:
        """How many frames were drawn whole and in part, and how many pixels in all."""
        return dict(self._pump.frames)

    def sayings(self) -> list[Say]:
        """Every sentence that shows."""
        return self._page.sayings() if self._page is not None else []

    def snapshot(self, path: Path | str | IO[bytes]) -> None:
        """Write what is shown as a PNG."""
        picture = Image.frombytes("RGBA", self._window.size, self._pump.pixels())
        picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB").save(path, "PNG", compress_level=1)
        self._pump.everything()

    def wear(self, **choices: Any) -> None:
        """Dress in another ``language``, with ``large`` letters, in ``contrast``: what the bar's buttons do."""
        self._wear(replace(self._look, **choices))

    def resize(self, size: tuple[int, int]) -> None:
        """Give the window another size, for pictures in both orientations."""
        self._window.size = size
        self._window.dispatch("on_resize", *size)
        for _ in range(3):  # the X server, SDL and the drawing surface agree on the size one after the other
            self._window.flip()
            self._window.mainloop()

    @property
    def focused(self) -> str:
        """The name of the target that has the focus; empty while it does not show."""
        return str(self._focus.target.key) if self._focus.target is not None else ""

    def targets(self) -> list[dict[str, Any]]:
        """What can be touched now, as {key, x, y, w, h} from the upper left corner."""
        return self._root.targets()

    def close(self) -> None:
        """Take everything off the window. A process has one window; another stage may use it."""
        self._blank()
        self._window.remove_widget(self._root)
        if self._keyboard is not None:
            self._keyboard.release()

    # --- pages ---

    def _page_of(self, view: View) -> Page:
        work = WORKS[type(view)](view, self._answer)
        return Page(work, site=self._place(), now=self._clock.now(), keys=self._keys(work))

    def _place(self) -> str:
        opened = self._look.say(text("header.open"))
        return f"{self._site[self._look.language]} · {opened}"

    def _show(self, page: Page | None) -> None:
        if self._page is not None:
            self._page.work.leave()
            self._root.remove_widget(self._page)
        self._page, self._since = page, self._clock.now()
        self._serial += 1
        if page is not None:
            self._root.add_widget(page)
            self._wear(self._look)
            page.work.enter()
        self._focus.enter(page)
        self._pump.everything()

    def _blank(self) -> None:
        """Nothing but the ground, until the next view."""
        self._show(None)
        self._window.clearcolor = self._look.colour("ground")

    def _wear(self, look: Look) -> None:
        self._look = look.sized(*self._window.size)
        self._window.clearcolor = self._look.colour("ground")
        if self._page is not None:
            self._page.ids.header.site = self._place()
            for key in self._common(self._page.work):
                self._page.ids.bar.button(key.name).words = key.words
            self._page.size = self._window.size
            self._page.wear(self._look)
            self._focus.arranged()
        self._serial += 1
        self._pump.everything()

    # --- the bar ---

    def _keys(self, work: Work) -> Sequence[Key]:
        own, common = list(work.keys()), list(self._common(work))
        at = next((i for i, key in enumerate(own) if key.kind == "go"), len(own))
        return (*own[:at], *common, *own[at:])

    def _common(self, work: Work) -> Sequence[Key]:
        """What helps to read. Not while money moves; letters and contrast on the home screen, kept for the visit."""
        if work.moves_money:
            return ()
        look = self._look
        language = Key("language", text("bar.language"), self._switch_language, icon="globe", share=0.9)
        if not isinstance(work.view, HOME):
            return (language,)
        large = text("bar.text_size_normal" if look.large else "bar.text_size")
        contrast = text("bar.contrast_normal" if look.contrast else "bar.contrast")
        return (
            language,
            Key(
                "text_size", large, lambda: self._wear(replace(self._look, large=not self._look.large)), icon="letters"
            ),
            Key(
                "contrast",
                contrast,
                lambda: self._wear(replace(self._look, contrast=not self._look.contrast)),
                icon="contrast",
            ),
        )

    def _switch_language(self) -> None:
        self._wear(replace(self._look, language=other(self._look.language)))

    # --- what happens ---

    def _answer(self, intent: Intent) -> None:
        if self._answer_to is not None and not self._answer_to.done():
            self._answer_to.set_result(intent)

    def _touch(self, touch: Any) -> None:
        self._touched = asyncio.get_running_loop().time()
        if not by_key(touch):
            self._focus.hide()

    def _tick(self, _: float) -> None:
        if self._page is not None:
            self._page.ids.header.tick(self._clock.now())

    def _tell_targets(self) -> None:
        """Write what can be touched and would be heard: {view, serial, asks, targets: [{key, x, y, w, h}]}.

        ``asks``: the gesture that the picture asks for.
        """
        if self._targets is None:
            return
        heard = self._answer_to is not None and not self._answer_to.done()
        seen = self._root.targets() if heard else []
        asks = getattr(self._page.work.view, "gesture", "") if self._page is not None else ""
        news = {"view": self.current[0], "serial": self._serial, "asks": asks, "targets": seen}
        if news == self._told:  # a button may open, or a list move, on the same page
            return
        self._told = news
        part = self._targets.with_suffix(".part")
        part.write_text(json.dumps(news), "utf-8")
        part.replace(self._targets)
