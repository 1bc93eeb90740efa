"""The camera's frames, read where the camera host puts them.

The kiosk passes on the descriptor of the camera's ring (``hardware/protocols/frame_ring.py``) whenever the camera has a
new one, over a socket of its own, so that no picture is copied through the kiosk.
"""

import mmap
import os
import socket
import time

import cv2
import numpy as np

from hardware.hosts.face.arrays import Picture, picture
from hardware.protocols.frame_ring import ROOM, SIZE, FrameRing, Shown

PATIENCE, GLANCE = 1.0, 0.004
"""Seconds that a newer picture is waited for, and between two looks."""


class Cannot(Exception):
    """No photo can be made of this; ``why`` is a stable word."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why = why


class Eyes:
    """The ring. Its newest picture is copied once and turned into OpenCV's order; both places are overwritten
    by the next one. Mapped read-only: nothing here can disturb the camera.
    """

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._ring: FrameRing | None = None
        self._map: mmap.mmap | None = None
        self._room = bytearray(ROOM)
        self._bgr: Picture = np.empty((0, 0, 3), np.uint8)

    def open(self) -> None:
        """Take the descriptor that is on the line. Raises Cannot ``no_frames``."""
        self.close()
        try:
            _, descriptors, _, _ = socket.recv_fds(self._line, 1, 1)
            descriptor = descriptors[0]
        except (OSError, IndexError) as error:
            raise Cannot("no_frames", str(error)) from error
        try:
            if os.fstat(descriptor).st_size < SIZE:
                raise Cannot("no_frames", "too short")
            self._map = mmap.mmap(descriptor, SIZE, prot=mmap.PROT_READ)
        finally:
            os.close(descriptor)
        self._ring = FrameRing(memoryview(self._map))

    def close(self) -> None:
        """Let go of the ring, and of what was seen last."""
        if self._ring is not None and self._map is not None:
            self._ring.release()
            self._map.close()
        self._ring = self._map = None
        self._room[:] = bytes(ROOM)
        self._bgr.fill(0)

    def newest(self, than: int) -> tuple[Shown, Picture]:
        """The newest picture above ``than``; it stands until the next is asked for. Raises Cannot ``stalled``."""
        if self._ring is None:
            raise Cannot("no_frames")
        until = time.monotonic() + PATIENCE
        while (shown := self._ring.read(memoryview(self._room), than=than)) is None:
            if time.monotonic() > until:
                raise Cannot("stalled")
            time.sleep(GLANCE)
        rgb = np.frombuffer(self._room, np.uint8, shown.size).reshape(shown.height, shown.width, 3)
        if self._bgr.shape != rgb.shape:
            self._bgr = np.empty_like(rgb)
        return shown, picture(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR, dst=self._bgr))
