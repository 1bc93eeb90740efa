"""A kiosk whose event loop is watched: ``python -m bench.loop_watch REPORT run --config kiosk.toml``.

Every callback of the loop is timed by wrapping ``asyncio.events.Handle._run``; asyncio's own debug mode does the
same and slows everything down by much more. A second thread looks every few milliseconds whether one callback has
been running for long, and if so notes where: the innermost line of ours on the loop's stack. The time that we were
ready and another program had the processor is the kernel's to tell (``schedstat``) and is taken off: it says
something of the machine and nothing of us. The garbage collector strikes anywhere and is noted apart. A task's step
is named after the task, anything else after its function. The report is written when the kiosk ends.
"""

import asyncio
import gc
import json
import os
import sys
import threading
import time
from array import array
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[1]
SLOW, LOOK = 0.005, 0.003
"""Seconds from which a callback is noted, and between two looks."""


class Watch:
    """``took`` are the seconds of every callback; ``slow`` those of note: when, how long, who, and where.

    ``collected``: when the garbage collector ran, and how long; ``robbed``: the longest that others had the processor.
    """

    def __init__(self) -> None:
        self.took = array("d")
        self.slow: list[tuple[float, float, str, str]] = []
        self.collected: list[tuple[float, float]] = []
        self.robbed = 0.0
        self._collecting = self._began = self._robbed = 0.0
        self._where = ""
        self._loop_thread = threading.get_ident()
        self._statistics = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)

    def install(self) -> None:
        """From now on everything that a loop of this process runs is timed."""
        run: Callable[[asyncio.Handle], None] = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            name = named(handle._callback)  # type: ignore[attr-defined] # the name is gone when it has run
            self._where, self._robbed, self._began = "", self._waited(), time.monotonic()
            run(handle)
            self._note(name, time.monotonic())

        asyncio.Handle._run = timed  # type: ignore[method-assign,assignment] # which is what this file is for
        gc.callbacks.append(self._collects)
        threading.Thread(target=self._look, name="loop watch", daemon=True).start()

    def _waited(self) -> float:
        """Seconds that this thread has been ready without a processor, since it began."""
        return int(os.pread(self._statistics, 100, 0).split()[1]) / 1e9

    def _note(self, name: str, now: float) -> None:
        began, self._began = self._began, 0.0
        robbed = self._waited() - self._robbed
        took = max(0.0, now - began - robbed)
        self.took.append(took)
        self.robbed = max(self.robbed, robbed)
        if took >= SLOW:
            self.slow.append((began, took, name, self._where))

    def _collects(self, phase: str, _info: dict[str, int]) -> None:
        now = time.monotonic() - self._waited()
        if phase == "start":
            self._collecting = now
        else:
            self.collected.append((time.monotonic(), now - self._collecting))

    def _look(self) -> None:
        while True:
            time.sleep(LOOK)
            began = self._began
            if began and not self._where and time.monotonic() - began >= SLOW:
                where = place(sys._current_frames().get(self._loop_thread))
                if self._began == began:
                    self._where = where

    def write(self, report: Path) -> None:
        """Everything, as JSON."""
        whole = {"took": list(self.took), "slow": self.slow, "collected": self.collected, "robbed": self.robbed}
        report.write_text(json.dumps(whole), "utf-8")


def named(callback: Any) -> str:
    """A task by its name and coroutine, a function by its own."""
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        coroutine = owner.get_coro()
        name = owner.get_name()
        return f"{'' if name.startswith('Task-') else name + ': '}{getattr(coroutine, '__qualname__', coroutine)}"
    function = getattr(callback, "func", callback)
    return str(getattr(function, "__qualname__", function))


def place(frame: FrameType | None) -> str:
    """The innermost line of ours, as ``screens/pump.py:180 paint``."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if ROOT in path.parents and ".venv" not in path.parts and path != Path(__file__):
            return f"{path.relative_to(ROOT)}:{frame.f_lineno} {frame.f_code.co_name}"
        frame = frame.f_back
    return ""


def main() -> None:
    report = Path(sys.argv.pop(1))
    watch = Watch()
    watch.install()
    from kiosk_app.cli import main as kiosk  # noqa: PLC0415 - what it makes at import is to be watched too

    try:
        kiosk()
    finally:
        watch.write(report)


if __name__ == "__main__":
    main()
