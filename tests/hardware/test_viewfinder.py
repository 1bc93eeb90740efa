"""The shared memory is zeroed by us, whatever the host did with it: when it closes, when it is gone, when it hangs."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hardware.drivers.camera import Camera
from hardware.drivers.camera_answers import Nothing
from hardware.drivers.camera_host import FrameMemory
from hardware.drivers.viewfinder import Optics
from hardware.protocols.frame_ring import SIZE
from kiosk_app.errors import DeviceOffline


def _after(do: Callable[[Camera], Awaitable[None] | None]) -> bytes:
    """What is in the memory of a camera that showed somebody, after ``do``."""

    async def main() -> bytes:
        camera = Camera(Optics("no camera"))
        memory = camera._host.memory = FrameMemory(lambda: None)
        memory._memory[:] = b"\x01" * SIZE
        camera._open = True
        try:
            if (waits := do(camera)) is not None:
                await waits
            return os.pread(memory.lent[0], SIZE, 0)
        finally:
            camera._host.forget()

    return asyncio.run(main())


def test_the_picture_of_a_host_that_is_gone_is_zeroed_at_once() -> None:
    assert not any(_after(lambda camera: camera.lost(DeviceOffline("camera", "gone"))))


def test_the_picture_of_a_host_that_says_closed_and_cleared_nothing_is_zeroed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    async def careless(_: Any, op: str, kind: type[Nothing]) -> tuple[Nothing, bytes]:
        asked.append(op)
        return kind(), b""

    monkeypatch.setattr("hardware.drivers.camera_host.CameraHost.ask", careless)
    assert not any(_after(lambda camera: camera._close_camera()))
    assert asked == ["close"]


def test_the_picture_is_zeroed_when_the_last_one_leaves_and_the_host_does_not_close() -> None:
    assert not any(_after(lambda camera: camera._leave()))
