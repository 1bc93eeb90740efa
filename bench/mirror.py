"""What a frame of the live picture costs the loop that also serves the devices: copy, upload, draw, present.

The real window at 1080 x 1920 on an X server in memory (no GPU), a preview of 1280 x 720 with a new frame each time,
as fast as it goes. Beside it in the same run: the same view drawn whole, which is what a mirror that does not name its
pixels would cost. Aim: 25 frames a second in at most a quarter of the loop's time. Where drawing is slower, frames are
left out, so that it is never more than ``live_portrait.SHARE`` of it: what remains then is told.
"""

import asyncio
import math
import os
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bench.touch_x import server
from kiosk_app.devices import Frame

FRAMES = 100
RATE = 25


class Moving:
    """A preview of drawn noise: a new frame at every look."""

    def __init__(self) -> None:
        self._pixels = [memoryview(os.urandom(1280 * 720 * 3)).toreadonly() for _ in range(2)]
        self._number = 0

    def latest(self) -> Frame:
        """The next one."""
        self._number += 1
        return Frame(1280, 720, self._number, 0.0, self._pixels[self._number % 2])


class Noon:
    """A clock for pictures."""

    def now(self) -> datetime:
        """Always the same."""
        return datetime(2026, 11, 23, 6, 32, tzinfo=UTC)


def measure() -> dict[str, Any]:
    """Milliseconds a frame, in part and whole; frames a second that one core could show."""
    with server(1080, 1920) as name:
        os.environ["DISPLAY"] = name
        return asyncio.run(_measured())


async def _measured() -> dict[str, Any]:
    from kivy.graphics.opengl import glFinish  # noqa: PLC0415 - their import opens the window

    from screens.live_portrait import SHARE  # noqa: PLC0415
    from screens.sample_person import live  # noqa: PLC0415
    from screens.stage import Stage  # noqa: PLC0415

    stage = Stage(site="", hotline="", clock=Noon(), fullscreen=True)
    stage.put(replace(live("photo.say.ready", right=True), live=Moving()))
    pump, work = stage._pump, stage._page.work if stage._page is not None else None
    assert work is not None
    pump._turn(0.0)
    left, low, right, top = (int(value) for value in work.ids.mirror.box())
    figures: dict[str, list[float]] = {what: [] for what in ("copy and upload", "in part", "whole")}
    busy: dict[str, float] = dict.fromkeys(figures, 0.0)
    for number in range(2 * FRAMES):
        part = "in part" if number % 2 == 0 else "whole"
        began, used = time.perf_counter(), time.process_time()
        work._rests = 0.0
        work._next()
        figures["copy and upload"].append(1000 * (time.perf_counter() - began))
        pump._settle()
        pump.paint((left, low, right, top) if part == "in part" else None)
        pump._window.dispatch("on_flip")
        glFinish()
        figures[part].append(1000 * (time.perf_counter() - began))
        busy[part] += 1000 * (time.process_time() - used)
    stage.forget()
    stage.close()
    said = {f"{what}, ms: median, p95": _two(values) for what, values in figures.items()}
    used_up = {f"{what}, ms of processor": f"{busy[what] / FRAMES:.1f}" for what in ("in part", "whole")}
    took = statistics.median(figures["in part"])
    shown = RATE / max(1, math.ceil(took * RATE / 1000 / SHARE))
    return {
        **said,
        **used_up,
        f"share of the loop at {RATE} frames/s": f"{took * RATE / 10:.0f} % (aim: at most 25 %)",
        "frames shown a second, and their share": f"{shown:.1f}, {took * shown / 10:.0f} %",
    }


def _two(values: list[float]) -> str:
    return f"{statistics.median(values):.1f}, {statistics.quantiles(values, n=20)[-1]:.1f}"
