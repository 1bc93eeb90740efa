"""Board 05: the person in a mirror, one sentence at a time, and what is right already; or a gesture to make.

The step puts a new view whenever something else is to be said; the widgets stay, and only what changed is drawn. The
picture comes as fast as the camera gives it, at most :data:`RATE` times a second, and not from the step. The loop also
serves the devices: drawing the mirror takes at most :data:`SHARE` of it, and where that is too little for the rate (a
machine without a GPU, other work) frames are left out.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk_app.views import LivePortrait as LiveView
from kiosk_app.views import Text, View, text
from screens.look import Look
from screens.widgets.element import Element, load
from screens.widgets.frame import Key
from screens.widgets.gestures import gesture
from screens.widgets.mirror import Mirror  # noqa: F401 - used in the .kv
from screens.widgets.target import Skin, Strip
from screens.widgets.work import Work

RATE = 25
SHARE = 1 / 3
LEAST = 44
"""The height of a line below which its words would be cut."""
SHADOW = 32
"""How far the shadows of what stands beside the mirror reach over its box."""
SIGNS = {True: ("check", "good", "on_go"), False: ("bang", "stop", "on_go"), None: ("dots", "muted", "ink2")}


class CheckLine(Strip):
    """One thing that is right, wrong, or not known."""

    words = ObjectProperty(None)

    def tell(self, right: bool | None) -> None:
        """How it is now."""
        sign, ground, ink = SIGNS[right]
        badge = self.ids.badge
        if sign != badge.name:
            badge.name, badge.ground, badge.ink = sign, ground, ink
            badge.place(*badge.pos, *badge.size)
            self.stain()


class Checks(Element):
    """The lines, one below the other; in two columns when the screen lies on its side.

    A long sentence in large letters may leave them no room: then it is said alone, and they come back with the next.
    """

    gap = NumericProperty(16)

    def fit(self, width: float) -> float:
        rows = self._rows()
        one = max((row[0].fit(self._wide(width)) for row in rows), default=0)
        return float(len(rows) * one + max(0, len(rows) - 1) * self.px(self.gap))

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        rows, gap = self._rows(), self.px(self.gap)
        tall = max(0, (height - gap * max(0, len(rows) - 1)) / max(1, len(rows)))
        cramped = tall < self.look.type(LEAST)
        for line in self.children:
            line.hidden = cramped
        if cramped:
            self.put_away()
            return
        for at, row in enumerate(rows):
            low = y + height - (at + 1) * tall - at * gap
            for column, line in enumerate(row):
                wide = self._wide(width)
                line.place(x + column * (wide + gap), round(low), wide, round(tall))

    def _rows(self) -> list[tuple[Element, ...]]:
        across, parts = self._across, list(reversed(self.children))
        return [tuple(parts[at : at + across]) for at in range(0, len(parts), across)]

    def _wide(self, width: float) -> float:
        return float(round((width - self.px(self.gap) * (self._across - 1)) / self._across))

    @property
    def _across(self) -> int:
        look: Look = self.look
        return 1 if look.upright else 2


class Booth(Element):
    """Sentence, mirror and what stands beside it: upright the sentence is above both, lying it is beside the mirror."""

    gap = NumericProperty(28)

    def fit(self, width: float) -> float:
        band, mirror, side = self._three()
        look: Look = self.look
        if not look.upright:
            return float(mirror.fit(mirror.want()))
        return float(
            band.fit(width) + self.px(self.gap) + max(mirror.fit(mirror.want()), side.fit(self._beside(width)))
        )

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        band, mirror, side = self._three()
        look: Look = self.look
        gap = self.px(self.gap)
        tall = float(band.fit(width if look.upright else self._beside(width)))
        room = height - tall - gap if look.upright else height
        high = min(room, float(mirror.fit(mirror.want())))
        top = y + room if look.upright else y + height
        wide = min(float(mirror.want()), width)
        mirror.place(x, round(top - high), wide, high)
        left, beside = x + wide + gap, self._beside(width)
        if look.upright:
            band.place(x, y + height - tall, width, tall)
        else:
            band.place(left, top - tall, beside, tall)
            top, room = top - tall - gap, room - tall - gap
        high = min(room, float(side.fit(beside)))
        side.place(left, round(top - high), beside, high)

    def _beside(self, width: float) -> float:
        return float(max(0, width - self._three()[1].want() - self.px(self.gap)))

    def _three(self) -> list[Any]:
        return self.parts()


class GesturePicture(Element):
    """How to make it."""

    name = StringProperty("")
    scene = ObjectProperty(None, allownone=True)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        look: Look = self.look
        side = int(max(0, min(width, height)))
        self.scene = gesture(self.name, side, look.contrast) if side > 40 else None


class Task(Skin):
    """The gesture to make and the time for it: one below the other, side by side when the screen lies on its side."""

    give = BooleanProperty(True)
    margin = NumericProperty(24)

    def fit(self, width: float) -> float:
        picture, words = self.parts()
        margin, look = self.px(self.margin), self.look
        inner = width - 2 * margin
        if look.upright:
            return float(picture.fit(inner) + words.fit(inner) + 3 * margin)
        return float(max(picture.fit(inner / 2), words.fit(inner / 2)) + 2 * margin)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        picture, words = self.parts()
        margin, look = self.px(self.margin), self.look
        inner, room = width - 2 * margin, height - 2 * margin
        if look.upright:
            tall = min(words.fit(inner), room)
            words.place(x + margin, y + margin, inner, tall)
            picture.place(x + margin, y + tall + 2 * margin, inner, max(0, room - tall - margin))
        else:
            picture.place(x + margin, y + margin, inner / 2, room)
            words.place(x + margin + inner / 2, y + margin, inner / 2, room)


class Living(Work):
    """A view with a live picture in its ``mirror``: as many frames as the loop can spare, and none left afterwards."""

    _rests = 0.0

    def fill(self, view: Any) -> None:  # noqa: ARG002 - for those who say something
        self.every(1 / RATE, lambda _: self._next())

    def enter(self) -> None:
        super().enter()
        self._next()

    def leave(self) -> None:
        super().leave()
        self.ids.mirror.wipe()

    def _next(self) -> None:
        """The newest frame, if there is one that does not show yet and it is time for one."""
        now, window = Clock.time(), self.get_root_window()
        if now < self._rests:
            return
        frame = self.view.live.latest()
        if frame is not None and frame.sequence != self.ids.mirror.sequence:
            self.ids.mirror.show(frame)
            self._rests = now + (window.children[-1].took() / SHARE if window is not None else 0)


class LivePortrait(Living):
    """The live picture."""

    def fill(self, view: Any) -> None:
        super().fill(view)
        self._lines: list[CheckLine] = []
        self._until = 0.0
        for words, right in view.checks:
            line = CheckLine(words=words)
            line.tell(right)
            self._lines.append(line)
            self.ids.checks.add_widget(line)
        self.ids.checks.hidden = not view.checks
        self.ids.task.hidden = not view.gestures
        self.every(0.2, lambda _: self._count())
        self._say(view)

    def renew(self, view: View) -> bool:
        """Something else is to be said, of the same picture."""
        if not isinstance(view, LiveView) or self._frame(view) != self._frame(self.view):
            return False
        before, self.view = self.view, view
        for line, (_, right) in zip(self._lines, view.checks, strict=True):
            line.tell(right)
        self.ids.mirror.mark(view.right)
        if self._said(view) != self._said(before):
            self._say(view)
            self._rearrange()
        return True

    def _rearrange(self) -> None:
        """The sentence may need another line: everything finds its place again, and what moved is drawn."""
        ids, booth = self.ids, self.ids.booth
        tall = ids.band.height
        ids.band.dress(self.look)
        ids.task.dress(self.look)
        ids.task.hidden = not self.view.gestures
        booth.place(*booth.pos, *booth.size)
        if ids.band.height != tall:
            booth.stain(beside=self.px(SHADOW))
        else:
            ids.band.stain()
            ids.task.stain()

    @staticmethod
    def _said(view: LiveView) -> tuple[object, ...]:
        return (view.say, view.gesture, view.done, view.seconds)

    @staticmethod
    def _frame(view: LiveView) -> LiveView:
        """What must stay the same for the widgets to stay."""
        names = tuple((words, None) for words, _ in view.checks)
        return replace(view, say=text(""), right=False, checks=names, gesture="", done=0, seconds=0)

    def _say(self, view: LiveView) -> None:
        ids = self.ids
        ids.say.words = ids.say_second.words = view.say
        ids.mirror.good = view.right
        ids.picture.name = view.gesture
        ids.count.words = text("face.count", done=view.done, gestures=view.gestures)
        self._until = Clock.time() + view.seconds
        ids.left.plain = str(view.seconds) if view.seconds else ""
        ids.left_words.words = text("face.seconds") if view.seconds else None

    def _count(self) -> None:
        if self.view.seconds:
            left = str(max(0, round(self._until - Clock.time())))
            if left != self.ids.left.plain:
                self.ids.left.write(left)

    def keys(self) -> Sequence[Key]:
        ways = (self.back_key(), self.leave_key())
        release: Text | None = self.view.release
        return ways if release is None else (*ways, Key("release", release, self._release, kind="go", share=2))

    def _release(self) -> None:
        self.choose("release")


load(__file__)
