"""The finished photo as it will be used, and what is wrong with it in the citizen's words: use it, or once more.

A photographed page is looked at in the same way, and as large as the screen allows: it is there to be read.
"""

import io
from collections.abc import Sequence
from typing import Any

from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from PIL import Image

from kiosk_app.views import Text
from screens.widgets.element import Element, load
from screens.widgets.frame import Key
from screens.widgets.notice import Notice
from screens.widgets.say import Say
from screens.widgets.work import Work

LARGE = 1500
"""Units of height that a page takes where there is room."""


class FinishedPhoto(Element):
    """A JPEG while its view is shown; zeros afterwards. ``across`` and ``along``: its size in pixels."""

    picture = ObjectProperty(None, allownone=True)
    across = NumericProperty(3)
    along = NumericProperty(4)

    def want(self) -> float:
        return float(self.px(self.tall) * self.across / self.along)

    def fit(self, width: float) -> float:
        return float(min(self.px(self.tall), width * self.along / self.across))

    def place(self, x: float, y: float, width: float, height: float) -> None:
        wide = min(width, height * self.across / self.along)
        tall = wide * self.along / self.across
        super().place(round(x + (width - wide) / 2), round(y + height - tall), round(wide), round(tall))

    def load(self, data: bytes) -> None:
        """Show this file."""
        with Image.open(io.BytesIO(data)) as file:
            pixels = file.convert("RGB")
        self.picture = Texture.create(size=pixels.size, colorfmt="rgb")
        self.picture.flip_vertical()  # rows come from the top; nothing is mirrored: this is the photo
        self.picture.blit_buffer(pixels.tobytes(), colorfmt="rgb", bufferfmt="ubyte")

    def wipe(self) -> None:
        """Zeros where the person was."""
        if self.picture is not None:
            width, height = self.picture.size
            self.picture.blit_buffer(bytes(width * height * 3), colorfmt="rgb", bufferfmt="ubyte")
            self.picture = None


class PortraitReview(Work):
    """The photo and what is said of it; a ``large`` one takes the room of the words too. ``most``: its height."""

    large = BooleanProperty(False)
    most = NumericProperty(560)

    def fill(self, view: Any) -> None:
        ids = self.ids
        self.large, self.most = view.large, LARGE if view.large else 560
        ids.photo.across, ids.photo.along = view.size
        for words in view.reasons:
            ids.said.add_widget(self._notice(words, "stop"))
        for words in view.advice:
            ids.said.add_widget(self._notice(words, "warn"))
        for words in view.facts:
            ids.facts.add_widget(Say(words=words, letters=30, ink="ink2"))
        ids.said.hidden = not (view.reasons or view.advice)
        ids.facts.hidden = not view.facts

    @staticmethod
    def _notice(words: Text, kind: str) -> Notice:
        return Notice(words=words, kind=kind, pad=(28, 26, 28, 26), gap=22)

    def enter(self) -> None:
        super().enter()
        self.ids.photo.load(self.view.picture)

    def leave(self) -> None:
        super().leave()
        self.ids.photo.wipe()

    def keys(self) -> Sequence[Key]:
        view = self.view
        answers = [(key, words) for key, words in (("again", view.again), ("use", view.use)) if words is not None]
        last = len(answers) - 1
        ways = tuple(
            Key(key, words, lambda key=key: self.choose(key), kind="go" if at == last else "second", share=1.4)  # type: ignore[misc] # a default argument binds the key of each turn
            for at, (key, words) in enumerate(answers)
        )
        return (self.back_key(), self.leave_key(), *ways)


load(__file__)
