"""What stands around the work: who and where and when, how far, and the bar that never moves.

Zones of the upright board: 132 header, 96 steps, title, work from 600, 168 bar; everything that must be touched is
in the lower two thirds. On its side the title stands left and the work right.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk_app.local_time import LOCAL
from kiosk_app.views import Steps, Text
from screens.look import Look
from screens.widgets.element import Column, Element, Row, away, load
from screens.widgets.say import Say
from screens.widgets.target import PushButton, Target


def hour(now: datetime) -> str:
    """``14:32`` as the citizen's clock shows it."""
    return now.replace(tzinfo=now.tzinfo or UTC).astimezone(LOCAL).strftime("%H:%M")


class Header(Row):
    """The emblem, the name of the service and of this place, and the time."""

    site = StringProperty("")

    def tick(self, now: datetime) -> None:
        """Show the minute."""
        shown = hour(now)
        if self.ids.time.plain != shown:
            self.ids.time.write(shown)


class StepMark(Element):
    """One step: a number, or a check mark when it is behind us, and its name."""

    number = NumericProperty(1)
    state = StringProperty("ahead")
    words = ObjectProperty(None, allownone=True)
    plate = ObjectProperty(None, allownone=True)
    gap = NumericProperty(14)

    def dress(self, look: Look) -> None:
        super().dress(look)
        ids = self.ids
        ids.name.ink = "ink" if self.state == "here" else "ink3"
        ids.name.bold = self.state == "here"
        ids.digit.hidden = self.state == "past"
        ids.check.hidden = self.state != "past"

    def want(self) -> float:
        return self.px(44) + self.px(self.gap) + float(self.ids.name.want())

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        side = self.px(44)
        low = round(y + (height - side) / 2)
        self.ids.digit.place(x, low, side, side)
        self.ids.check.place(x + self.px(9), low + self.px(9), side - 2 * self.px(9), side - 2 * self.px(9))
        name = x + side + self.px(self.gap)
        self.ids.name.place(name, y, max(0, x + width - name), height)


class StepsBar(Element):
    """Where am I, how much is left."""

    rail = NumericProperty(0)

    def fill(self, steps: Steps | None) -> None:
        """Show these steps, or nothing."""
        self.hidden = steps is None
        if steps is None:
            return
        for index, name in enumerate(steps.names):
            state = "past" if index < steps.at else "here" if index == steps.at else "ahead"
            self.add_widget(StepMark(number=index + 1, state=state, words=name))

    def place(self, x: float, y: float, width: float, height: float) -> None:
        super().place(x, y, width, height)
        marks = self.parts()
        margin, thin = self.px(48), self.px(24)
        free = width - 2 * margin
        widths = [mark.want() for mark in marks]
        most = free - thin * max(0, len(marks) - 1)
        if sum(widths) > most:
            widths = [most * w / sum(widths) for w in widths]
        gap = (free - sum(widths)) / max(1, len(marks) - 1)
        at = x + margin
        for mark, wide in zip(marks, widths, strict=True):
            mark.place(round(at), y, wide, height)
            at += wide + gap
        self._rails([(m.right, n.x) for m, n in itertools.pairwise(marks)])

    def _rails(self, gaps: Sequence[tuple[float, float]]) -> None:
        self.canvas.after.clear()
        with self.canvas.after:
            Color(rgba=self.colour("line"))
            for left, right in gaps:
                inset = self.px(14)
                if right - left > 2 * inset:
                    Rectangle(
                        pos=(left + inset, self.center_y - self.px(2)), size=(right - left - 2 * inset, self.px(4))
                    )


@dataclass(frozen=True)
class Key:
    """A button of the bar: what it says and what it does."""

    name: str
    words: Text
    act: Callable[[], None]
    kind: str = "second"
    icon: str = ""
    share: float = 1.0
    enabled: bool = True


class Buttons(Row):
    """Side by side, each as wide as its words ask."""

    heavy = ""

    def widths(self, width: float) -> list[float]:
        """Natural widths, stretched by shares; or thinner margins, then no icons, then all letters smaller alike."""
        parts = self.parts()
        wants = [part.bare(False).want() for part in parts]
        spare = self.free(width) - sum(wants)
        if spare >= 0:
            wants, spare = self._weighed(wants, spare)
            shares = sum(part.share for part in parts)
            return [want + spare * part.share / shares for part, want in zip(parts, wants, strict=True)]
        snug = [part.least() for part in parts]
        if self.free(width) < sum(snug):
            snug = [part.bare(True).least() for part in parts]
        short = self.free(width) - sum(snug)
        if short >= 0:
            snug, short = self._weighed(snug, short)
        words = [part.ids.label.want() if short < 0 else 1.0 for part in parts]
        return [least + short * word / sum(words) for least, word in zip(snug, words, strict=True)]

    def _weighed(self, sizes: list[float], spare: float) -> tuple[list[float], float]:
        """What is to spare goes first to the button that weighs most, until none is wider than it."""
        for at, part in enumerate(self.parts()):
            if part.kind == self.heavy:
                more = min(spare, max(sizes) - sizes[at])
                return [size + more * (at == n) for n, size in enumerate(sizes)], spare - more
        return sizes, spare

    def free(self, width: float) -> float:
        """What the buttons have to themselves."""
        gaps = self.px(self.gap) * max(0, len(self.parts()) - 1)
        return float(width - self.px(self.pad[0]) - self.px(self.pad[2]) - gaps)


class Bar(Buttons):
    """Back, leave, then the one primary action at the right."""

    heavy = "go"

    def fill(self, keys: Sequence[Key]) -> None:
        """Show these buttons."""
        for key in keys:
            button = PushButton(
                key=key.name, words=key.words, kind=key.kind, icon=key.icon, share=key.share, enabled=key.enabled
            )
            button.bind(on_tap=lambda _, act=key.act: act())
            self.add_widget(button)

    def widths(self, width: float) -> list[float]:
        """One or two, of which none is the primary one, take a half each."""
        parts = self.parts()
        if len(parts) < 3 and parts[-1].kind != "go":
            return [self.free(width) / 2] * len(parts)
        return super().widths(width)

    def button(self, name: str) -> Any:
        """The button of this name."""
        return next(child for child in self.children if child.key == name)


class Page(Element):
    """A whole screen: the frame and, inside it, the work of one view."""

    def __init__(self, work: Any, *, site: str, now: datetime, keys: Sequence[Key]) -> None:
        super().__init__()
        self.work = work
        self.focused: Target | None = None
        ids = self.ids
        ids.header.site = site
        ids.header.ids.time.plain = hour(now)
        ids.steps.fill(work.view.steps)
        ids.title.words = ids.second.words = work.title
        ids.subtitle.words = work.subtitle
        ids.bar.fill(keys)
        ids.bar.hidden = not keys
        self.add_widget(work)

    def arrange(self, width: float, height: float) -> None:
        """Everything into its place in a window of this size."""
        look: Look = self.look
        super().place(0, 0, width, height)
        head, steps, bar = (132, 96, 168) if look.upright else (112, 84, 148)
        top = height - self.px(head)
        self.ids.header.place(0, top, width, self.px(head))
        if not self.ids.steps.hidden:
            top -= self.px(steps)
            self.ids.steps.place(0, top, width, self.px(steps))
        low = 0.0
        for part in (self.ids.steps, self.ids.bar):
            if part.hidden:
                part.put_away()
        if not self.ids.bar.hidden:
            low = self.px(bar)
            self.ids.bar.place(0, 0, width, low)
        margin = max(self.px(48), round((width - self.px(1240 if look.upright else 1860)) / 2))
        (self._upright if look.upright else self._lying)(margin, low, width - 2 * margin, top)

    def _upright(self, x: float, low: float, width: float, top: float) -> None:
        words: Column = self.ids.words
        self.ids.title.letters = 64
        self._part(False)
        if not self.work.title:
            words.put_away()
            self.work.place(x, low + self.px(40), width, top - low - self.px(80))
            return
        tall = words.fit(width)
        words.place(x, top - self.px(48) - tall, width, tall)
        under = words.y - self.px(32)
        floor = low + self.px(36)
        start = min(under, max(self.height - self.px(600), floor + self.work.fit(width)))
        self.work.place(x, floor, width, start - floor)

    def _lying(self, x: float, low: float, width: float, top: float) -> None:
        words: Column = self.ids.words
        low, top, gap = low + self.px(30), top - self.px(30), self.px(56)
        left, tall = float(round(width * 0.37)), 0.0
        self.ids.title.letters = 52
        if self.work.title:
            tall = words.fit(left)
            words.place(x, top - self.px(12) - tall, left, tall)
            tall += self.px(48)
        else:
            words.put_away()
        aside = self.work.aside
        room = top - low - tall
        self._part(aside is not None and not aside.hidden and self._fits(aside, left, room))
        if aside is not None and aside.apart:
            if not self.work.parts_shown():
                left, gap = width, 0.0
            high = min(room, aside.fit(left))
            aside.place(x, round(top - tall - (0 if tall else (room - high) / 2) - high), left, high)
        elif not self.work.title:
            left, gap = 0.0, 0.0
        if left < width:
            self.work.place(x + left + gap, low, width - left - gap, top - low)
        else:
            for part in self.work.parts():  # nothing shows of them, and nothing of them may be touched
                part.put_away()

    def _part(self, apart: bool) -> None:
        if self.work.aside is not None:
            self.work.aside.apart = apart

    @staticmethod
    def _fits(aside: Element, width: float, room: float) -> bool:
        return aside.give or aside.fit(width) <= room

    def wear(self, look: Look) -> None:
        """Another language, letter size or contrast: the same widgets, dressed and placed again."""
        self.dress(look)
        self.arrange(self.width, self.height)
        self.stain()

    def redress(self) -> None:
        """The work says something else: the same frame around it."""
        self.ids.title.words = self.ids.second.words = self.work.title
        self.wear(self.look)

    def targets(self) -> list[Target]:
        """What can be touched, if not now then later, in reading order: the work, then the bar."""
        parts = [part for room in (self.work, self.ids.bar) for part in room.walk(restrict=True)]
        return [part for part in parts if isinstance(part, Target) and part.key]

    def sayings(self) -> list[Say]:
        """Every sentence that shows: for the tests and for spoken guidance."""
        return [e for e in self.walk(restrict=True) if isinstance(e, Say) and e.text and not away(e)]


load(__file__)
