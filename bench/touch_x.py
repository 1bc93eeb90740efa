"""A finger and an eye at an X server: XTest presses, XGetImage looks at one pixel (about 0.05 ms each).

Through ctypes, so that neither a process start nor a Python X library stands between the finger and the pixels.
"""

import ctypes
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

_ALL_PLANES = ctypes.c_ulong(-1).value
_ZPIXMAP = 2
LOOK_EVERY = 0.0002
"""The eye rests between looks: a busy one would take a core from the very programs it watches."""


@contextmanager
def server(width: int = 1920, height: int = 1920) -> Iterator[str]:
    """An X server in memory on a free display; yields its name."""
    program = shutil.which("Xvfb")
    if program is None:
        raise RuntimeError("install the Debian package xvfb")
    argv = [program, "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert child.stdout is not None
        yield f":{int(child.stdout.readline())}"
    finally:
        child.terminate()
        child.wait(10)
        if child.stdout is not None:
            child.stdout.close()


class Hand:
    """One connection of its own to the server ``name``."""

    def __init__(self, name: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XGetImage.restype = ctypes.c_void_p
        self._x.XGetPixel.restype = ctypes.c_ulong
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._x.XKeysymToKeycode.restype = ctypes.c_ubyte
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(name.encode()))
        if not self._display:
            raise RuntimeError(f"no X server at {name}")
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def move(self, x: int, y: int) -> None:
        """The pointer to (x, y), from the upper left corner."""
        self._test.XTestFakeMotionEvent(self._display, -1, int(x), int(y), ctypes.c_ulong(0))
        self._x.XFlush(self._display)

    def button(self, down: bool) -> None:
        """Press or release."""
        self._test.XTestFakeButtonEvent(self._display, 1, int(down), ctypes.c_ulong(0))
        self._x.XFlush(self._display)

    def key(self, name: str, down: bool) -> None:
        """Press or release a key of a keyboard, by its X name: ``Down``, ``Return``, ``7``."""
        code = self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(self._x.XStringToKeysym(name.encode())))
        self._test.XTestFakeKeyEvent(self._display, code, int(down), ctypes.c_ulong(0))
        self._x.XFlush(self._display)

    def pixel(self, x: int, y: int) -> int:
        """The colour there, as 0xRRGGBB."""
        image = ctypes.c_void_p(
            self._x.XGetImage(self._display, self._root, int(x), int(y), 1, 1, ctypes.c_ulong(_ALL_PLANES), _ZPIXMAP)
        )
        colour = int(self._x.XGetPixel(image, 0, 0)) & 0xFFFFFF
        self._x.XDestroyImage(image)
        return colour

    def until_changed(self, x: int, y: int, before: int, *, within: float = 1.0) -> float:
        """Seconds until the pixel is no longer ``before``; ``within`` if it never changes."""
        start = time.perf_counter()
        while (now := time.perf_counter() - start) < within:
            if self.pixel(x, y) != before:
                return time.perf_counter() - start
            time.sleep(LOOK_EVERY)
        return now

    def close(self) -> None:
        """Hang up."""
        self._x.XCloseDisplay(self._display)
