"""One opened camera of the camera host: the thread that reads it, and what it keeps while it is open.

Only this thread touches the ``cv2.VideoCapture``: its ``read`` may block for ever on a camera that vanished, and then
everybody else can still say so. Whoever wants something of the camera (a control) leaves an order, done between two
pictures. Pictures are decoded into buffers that are used again, so a running preview allocates nothing; the newest
``keep`` stay readable. When the thread ends, whatever the reason, all of them are zeroed.
"""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

import cv2
import numpy as np
from cv2.typing import MatLike

from hardware.hosts.camera_device import (
    CONTROLS,
    Capture,
    Judge,
    Refused,
    Wish,
    control_state,
    open_capture,
    set_control,
)
from hardware.protocols.frame_ring import ROOM, FrameRing, Shown

TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class Source(threading.Thread):
    """Reads one camera from :meth:`start` to :meth:`end`. ``bell`` is an eventfd rung after every picture."""

    def __init__(self, wish: Wish, ring: FrameRing, bell: int) -> None:
        super().__init__(name="camera", daemon=True)
        self.wish, self.judge = wish, Judge(wish.desk)
        self.ended = ""
        self.sequence = wish.first - 1
        self.ready: Future[dict[str, Any]] = Future()
        self._ring, self._bell = ring, bell
        self._kept: list[MatLike | None] = [None] * (wish.keep + 2)  # one being written, one being read
        self._times = [0.0] * len(self._kept)
        self._raw: MatLike | None = None
        self._small: MatLike | None = None
        self._orders: SimpleQueue[tuple[Callable[[Capture], dict[str, Any]], Future[dict[str, Any]]]] = SimpleQueue()
        self._stop_wanted = threading.Event()
        self._news = threading.Condition()
        self._last = time.monotonic()

    # --- for the other thread ---

    @property
    def age(self) -> float:
        """Seconds since the last picture, or since it was opened."""
        return time.monotonic() - self._last

    def order(self, what: Callable[[Capture], dict[str, Any]], within: float) -> dict[str, Any]:
        """Let the thread do ``what``. Raises Refused, TimeoutError when the camera is stuck."""
        done: Future[dict[str, Any]] = Future()
        self._orders.put((what, done))
        return done.result(within)

    def wait(self, sequence: int, within: float) -> None:
        """Until a picture with this sequence or a later one is there. Raises Refused ``stalled``, ``ended``."""
        with self._news:
            came = self._news.wait_for(lambda: self.sequence >= sequence or bool(self.ended), within)
        if self.sequence < sequence:
            raise Refused("ended", self.ended) if came else Refused("stalled", "no picture")

    def copy(self, sequence: int) -> tuple[MatLike, float]:
        """A picture of before and when it was captured. Raises Refused ``gone`` when it is not kept (any more)."""
        at = sequence % len(self._kept)
        kept = self._kept[at]
        if kept is None or not self._holds(sequence):
            raise Refused("gone", "the picture is not kept")
        picture, captured = kept.copy(), self._times[at]
        if not self._holds(sequence):
            raise Refused("gone", "the picture was overwritten")
        return picture, captured

    def _holds(self, sequence: int) -> bool:
        return max(self.wish.first, self.sequence - self.wish.keep + 1) <= sequence <= self.sequence

    def end(self, within: float) -> bool:
        """Stop and forget; False if the camera is stuck, and only the end of the process helps."""
        self._stop_wanted.set()
        self.join(within)
        return not self.is_alive()

    # --- the thread ---

    def run(self) -> None:
        try:
            capture = open_capture(self.wish)
        except Refused as error:
            self.ready.set_exception(error)
            return
        try:
            self._serve(capture)
        except Refused as error:  # a control of the configuration that it does not have
            self.ready.set_exception(error)
        finally:
            self._forget()
            capture.release()

    def _serve(self, capture: Capture) -> None:
        for name, wanted in self.wish.controls.items():
            set_control(capture, name, wanted)
        pace = 1 / (capture.get(cv2.CAP_PROP_FPS) or self.wish.rate) if self.wish.source.startswith("file:") else 0.0
        due = time.monotonic()
        while not self._stop_wanted.is_set():
            if not self._take(capture):
                self._say_ended("the camera gives no picture")
                break
            self._obey(capture)
            if pace:  # a file has all its pictures at once
                due += pace
                self._stop_wanted.wait(max(0.0, due - time.monotonic()))

    def _take(self, capture: Capture) -> bool:
        """One picture into its place, to the ring, before the judge."""
        sequence = self.sequence + 1
        at = sequence % len(self._kept)
        turn = TURNS.get(self.wish.turn)
        came, picture = capture.read(self._kept[at] if turn is None else self._raw)
        now = time.monotonic()
        if not came:
            return False
        if turn is not None:
            self._raw, picture = picture, cv2.rotate(picture, turn, self._kept[at])
        self._kept[at], self._times[at] = picture, now
        self._show(picture, Shown(sequence, now, *preview_size(picture)))
        self.judge.look(picture, now)
        with self._news:
            self.sequence, self._last = sequence, now
            self._news.notify_all()
        return True

    def _show(self, picture: MatLike, shown: Shown) -> None:
        size = (shown.width, shown.height)
        if size != (picture.shape[1], picture.shape[0]):
            picture = self._small = cv2.resize(picture, size, self._small)
        place = np.frombuffer(self._ring.begin(shown.sequence)[: shown.size], np.uint8)
        cv2.cvtColor(picture, cv2.COLOR_BGR2RGB, place.reshape(shown.height, shown.width, 3))
        self._ring.publish(shown)
        os.eventfd_write(self._bell, 1)

    def _obey(self, capture: Capture) -> None:
        """Say what was opened, once there is a picture; then the orders."""
        if not self.ready.done():
            self.ready.set_result(self._declared(capture))
        while not self._orders.empty():
            what, done = self._orders.get()
            try:
                done.set_result(what(capture))
            except Refused as error:
                done.set_exception(error)

    def _declared(self, capture: Capture) -> dict[str, Any]:
        picture = self._kept[self.sequence % len(self._kept)]
        if picture is None:
            raise Refused("stalled", "no picture")
        states = {name: control_state(capture, name) for name in CONTROLS}
        return {
            "still": [picture.shape[1], picture.shape[0]],
            "preview": list(preview_size(picture)),
            "controls": {name: state for name, state in states.items() if state is not None},
        }

    def _say_ended(self, why: str) -> None:
        with self._news:
            self.ended = why
            self._news.notify_all()
        if not self.ready.done():
            self.ready.set_exception(Refused("ended", why))

    def _forget(self) -> None:
        for picture in (*self._kept, self._raw, self._small):
            if picture is not None:
                picture.fill(0)
        self._kept = [None] * len(self._kept)
        self._ring.wipe()


def preview_size(picture: MatLike) -> tuple[int, int]:
    """Width and height of the preview: the picture's own, or what fits into a slot of the ring in its shape."""
    height, width = picture.shape[:2]
    shrink = min(1.0, (ROOM / (width * height * 3)) ** 0.5)
    return int(width * shrink), int(height * shrink)
