"""Frames when they are needed, and only as much of them as changed.

Kivy's own loop runs at a fixed rate: it reads a touch up to a frame late and burns power when nobody is there. This
one lives on the asyncio loop and sleeps until there is something to do: the X connection has news (its descriptor is
watched), a clock of the screen is due, or a task has changed the view. After a touch it polls, dispatches and draws
in one go.

Without a GPU the time of a frame is the number of pixels filled. A widget that changes says which pixels
(:meth:`damage`), and the frame is clipped to them; a change nobody named is drawn whole. Clipping needs a back buffer
that survives presenting: true when the driver copies (llvmpipe), false when it flips; it is found out at start, not
assumed. When the touches have ceased the picture is once drawn whole, so that a forgotten pixel cannot stay.
"""

import asyncio
import math
import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from functools import reduce
from pathlib import Path
from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.graphics.opengl import (
    GL_RGBA,
    GL_SCISSOR_TEST,
    GL_UNSIGNED_BYTE,
    glDisable,
    glEnable,
    glFinish,
    glReadPixels,
    glScissor,
)
from kivy.lang import Builder

from screens.widgets.element import Box

LOOK_AGAIN = 0.25
"""Xlib may have read news while drawing, and then the descriptor is silent: so look again, seldom."""
POLL, POLL_IDLE = 0.004, 0.015
"""How often to look when there is no descriptor to watch."""
HEAL_AFTER = 3.0
TURNS = 4
"""Frames in a row before other tasks have their turn."""


WORTH = 1.5
"""Two boxes are painted as one if that is at most so many times their pixels: each box is a pass over all widgets."""
MOST_BOXES = 3

Pixels = tuple[int, int, int, int]
"""Left, low, right, top."""


def sockets() -> set[int]:
    """The descriptors of this process that are sockets."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(entry.readlink()).startswith("socket:"):
                found.add(int(entry.name))
    return found


def x_connections(candidates: set[int]) -> set[int]:
    """Those of ``candidates`` that lead to an X server."""
    return {fd for fd in candidates if _is_x(fd)}


def _is_x(fd: int) -> bool:
    with suppress(OSError), socket.socket(fileno=os.dup(fd)) as twin:
        peer = twin.getpeername()
        if isinstance(peer, tuple):
            return bool(6000 <= peer[1] < 6064)
        return b".X11-unix" in (peer if isinstance(peer, bytes) else peer.encode())
    return False


class Pump:
    """Draws one window. ``touched`` is the loop time of the last touch."""

    def __init__(self, window: Any, descriptors: set[int]) -> None:
        self._window, self._descriptors = window, descriptors
        self._wake = asyncio.Event()
        self._damage: list[Box] = []
        self._whole = True
        self._heal_at = math.inf
        self._keeps = keeps_picture(window)
        self.before_frame: Callable[[], None] = lambda: None
        self.after_turn: Callable[[], None] = lambda: None
        self.frames = {"whole": 0, "part": 0, "pixels": 0}
        self.took = 0.0
        """Seconds for which the last frame kept the loop: without a GPU it waits for its pixels."""

    def damage(self, box: Box) -> None:
        """These pixels have changed."""
        self._damage.append(box)
        self._wake.set()

    def wake(self) -> None:
        """Something else has changed: take a turn."""
        self._wake.set()

    def everything(self) -> None:
        """All pixels have changed."""
        self._whole = True
        self._window.canvas.ask_update()
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled, or until the window is closed."""
        loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        for fd in self._descriptors:
            loop.add_reader(fd, self._wake.set)
        try:
            while not EventLoop.quit:
                self._wake.clear()
                self._turn(loop.time())
                await self._sleep(loop.time())
        finally:
            for fd in self._descriptors:
                loop.remove_reader(fd)

    async def _sleep(self, now: float) -> None:
        due = float(Clock.get_min_timeout()) - float(Clock.time())
        longest = LOOK_AGAIN if self._descriptors else POLL_IDLE if self._heal_at == math.inf else POLL
        wait = min(longest, max(0.0, due), max(0.0, self._heal_at - now))
        try:
            async with asyncio.timeout(wait):
                await self._wake.wait()
        except TimeoutError:
            pass

    def _turn(self, now: float) -> None:
        if now >= self._heal_at:
            self._heal_at = math.inf
            self.everything()
        for _ in range(TURNS):
            self._window.mainloop()
            EventLoop.dispatch_input()
            self._settle()
            self.before_frame()
            if not self._draw(now):
                break
        self.after_turn()

    @staticmethod
    def _settle() -> None:
        """Let the clocks of the screen run, and what the .kv files bind take effect."""
        Clock.tick()
        Builder.sync()
        Clock.tick_draw()
        Builder.sync()

    def _draw(self, now: float) -> bool:
        if not self._window.canvas.needs_redraw:
            self._damage.clear()
            return False
        began = time.perf_counter()
        boxes = self._changed() if self._keeps and not self._whole else []
        self._damage.clear()
        self._whole = False
        for box in (*boxes,) or (None,):
            self.paint(box)
        self._window.dispatch("on_flip")
        self.frames["part" if boxes else "whole"] += 1
        self.frames["pixels"] += sum(map(_area, boxes)) if boxes else self._window.width * self._window.height
        self._heal_at = now + HEAL_AFTER if boxes else math.inf
        self.took = time.perf_counter() - began
        return True

    def _changed(self) -> list[Pixels]:
        """All damage, as few boxes as can be without painting much that has not changed; none when that is nothing."""
        boxes: list[Pixels] = []
        for left, low, right, top in self._damage:
            box = (
                max(0, math.floor(left) - 1),
                max(0, math.floor(low) - 1),
                min(self._window.width, math.ceil(right) + 1),
                min(self._window.height, math.ceil(top) + 1),
            )
            if box[2] > box[0] and box[3] > box[1]:
                for other in [b for b in boxes if _area(_around(b, box)) < WORTH * (_area(b) + _area(box))]:
                    boxes.remove(other)
                    box = _around(box, other)
                boxes.append(box)
        return boxes if len(boxes) <= MOST_BOXES else [reduce(_around, boxes)]

    def paint(self, box: Pixels | None) -> None:
        """Draw into the back buffer, everything or clipped to ``box``."""
        clip = (box[0], box[1], box[2] - box[0], box[3] - box[1]) if box else None
        if clip:
            glEnable(GL_SCISSOR_TEST)
            glScissor(*clip)
        self._window.clear()
        self._window.children[-1].clip(clip)
        self._window.render_context.draw()
        glDisable(GL_SCISSOR_TEST)

    def pixels(self) -> bytes:
        """What is shown, as RGBA rows from the bottom up."""
        self._settle()
        self.before_frame()
        self.paint(None)
        glFinish()
        width, height = self._window.size
        return bytes(glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE))


def _area(box: Pixels) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _around(one: Pixels, other: Pixels) -> Pixels:
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def keeps_picture(window: Any) -> bool:
    """Whether the back buffer still holds the last picture after presenting it: three colours, three frames."""
    colour = window.clearcolor
    try:
        for shade in (0.2, 0.4, 0.6):
            window.clearcolor = (shade, shade, shade, 1)
            window.clear()
            glFinish()
            window.flip()
        seen = glReadPixels(1, 1, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE)[0]
    finally:
        window.clearcolor = colour
    return abs(int(seen) - 153) <= 2
