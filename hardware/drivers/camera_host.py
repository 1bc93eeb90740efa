"""The line of a camera driver to its host, and the memory in which the two share the live picture.

The memory is a memfd that was never in the file system: the host inherits it, and the kernel frees it with the last
of the two processes, however they end. Its size is sealed, so that no host can make our reading of it a SIGBUS. With
it goes an eventfd, rung for every picture, so that nobody polls, and a slow reader finds one ring and not a queue.

Every question has a deadline; a host that misses it, or talks nonsense, is ended and started again with new memory.
The trace has heads only, never a picture. The host's libraries free what we cannot reach (a decoder's buffers), so it
runs with glibc's ``MALLOC_PERTURB_``, which overwrites what is freed, and gives large blocks back to the kernel.
"""

import asyncio
import fcntl
import json
import mmap
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hardware.channel import Channel, open_child
from hardware.drivers.camera_answers import Answer, Facts, Nonsense, read
from hardware.link import Link, Trace
from hardware.protocols.frame_ring import SIZE, FrameRing
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from kiosk_app.errors import CameraCovered, CameraFrozen, DeviceError, DeviceFault, DeviceOffline, PictureGone

ANSWER = 2.0
LONG_ANSWER = 8.0
"""Seconds: an answer at once, and one for which the camera must give pictures."""
CAMERA_OPERATIONS = frozenset({"open", "still", "page", "close", "adjust"})
GRACE = 0.3
"""Seconds for the host to end by itself: it has nothing to save."""

_ROOT = Path(__file__).parents[2]
_HOST = "import sys; sys.path.insert(0, sys.argv.pop(1)); from hardware.hosts.camera import main; main()"
_CLEAN = ("MALLOC_PERTURB_=165", "MALLOC_MMAP_THRESHOLD_=131072", "MALLOC_TRIM_THRESHOLD_=131072")

Said = Mapping[str, Any]
HostStart = Callable[[Sequence[int]], Awaitable[Channel]]
"""Starts a host that inherits the descriptors of memory and bell."""


async def start_camera_host(lent: Sequence[int]) -> Channel:
    """The host around OpenCV, on this memory and bell."""
    argv = [sys.executable, "-c", _HOST, str(_ROOT), *map(str, lent)]
    return await open_child(["/usr/bin/env", *_CLEAN, *argv], grace=GRACE, lent=lent)


class NoCamera(DeviceOffline):
    """The host is well and there is no such device."""

    reason = "no_camera"


class HostGone(DeviceOffline):
    """The host is gone, late or not to be believed: it is started again."""


class FrameMemory:
    """The shared memory of one host, and its bell; ``rang`` is called on the loop when there are new pictures."""

    def __init__(self, rang: Callable[[], None]) -> None:
        self._memory_fd = os.memfd_create("preview", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        os.ftruncate(self._memory_fd, SIZE)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        fcntl.fcntl(self._memory_fd, fcntl.F_ADD_SEALS, seals)
        self._memory = mmap.mmap(self._memory_fd, SIZE)
        self._memory.madvise(mmap.MADV_DONTDUMP)
        self.ring = FrameRing(memoryview(self._memory))
        self._rang, self._loop = rang, asyncio.get_running_loop()
        self._loop.add_reader(self._bell, self._hear)

    @property
    def lent(self) -> tuple[int, int]:
        """What the host inherits."""
        return self._memory_fd, self._bell

    def wipe(self) -> None:
        """Zeros, and the pages back to the kernel."""
        self.ring.wipe()
        self._memory.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """Wipe and let go."""
        self.wipe()
        self._loop.remove_reader(self._bell)
        self.ring.release()
        self._memory.close()
        os.close(self._memory_fd)
        os.close(self._bell)

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            os.eventfd_read(self._bell)
        self._rang()


class CameraHost:
    """One host after the other, each with its own memory. ``news`` is set once, at the next picture of any."""

    def __init__(self, role: str, start: HostStart, trace: Trace | None) -> None:
        self.link: Link[Message | Broken] = Link(role, self._start, HostLink)
        self.memory: FrameMemory | None = None
        self.news = asyncio.Event()
        self._role, self._start_host, self._trace = role, start, trace
        self._id = 0

    def forget(self) -> None:
        """Let go of the memory: nobody writes there any more."""
        memory, self.memory = self.memory, None
        if memory is not None:
            memory.close()

    async def ask(self, op: str, kind: type[Answer], **more: Any) -> tuple[Answer, bytes]:
        """One question, and its answer as a ``kind``. Raises HostGone, and in our words what is said of the camera."""
        self._id += 1
        question = Message({"id": self._id, "op": op, **more})
        self._show(">", question.head)
        try:
            async with asyncio.timeout(LONG_ANSWER if op in CAMERA_OPERATIONS else ANSWER):
                await self.link.send(encode(question))
                answer = await self._answer()
        except TimeoutError as error:
            raise self.give_up(f"the camera host did not answer {op!r}") from error
        except DeviceOffline as error:
            raise self.give_up(str(error)) from error
        self._show("<", answer.head)
        if "error" in answer.head:
            raise self._judge(op, answer.head)
        try:
            return read(answer.head, kind), answer.body
        except Nonsense as error:
            raise self.give_up(f"{op}: {error}") from error

    def give_up(self, why: str) -> HostGone:
        """End this host; the link starts another. What to raise."""
        self.link.lose()
        return HostGone(self._role, why)

    async def _start(self) -> Channel:
        self.forget()
        self.memory = memory = FrameMemory(self._rang)
        return await self._start_host(memory.lent)

    async def _answer(self) -> Message:
        while True:
            frame = await self.link.receive(2 * LONG_ANSWER)
            if isinstance(frame, Broken):
                raise DeviceOffline(self._role, f"the camera host: {frame.why}")
            if frame.head.get("id") == self._id:
                return frame

    def _rang(self) -> None:
        news, self.news = self.news, asyncio.Event()
        news.set()

    def _judge(self, op: str, said: Said) -> Exception:
        detail = f"{op}: {said.get('detail')}"
        match said["error"]:
            case "stalled":  # a thread of the host hangs in the camera: only its end helps
                return self.give_up(detail)
            case "no_camera":
                return NoCamera(self._role, detail)
            case "not_open" | "ended" | "closed":
                return DeviceOffline(self._role, detail)
            case "gone":
                return PictureGone(detail)
            case why:
                return DeviceFault(self._role, f"{why} {detail}")

    def _show(self, way: str, head: Said) -> None:
        if self._trace is not None:
            self._trace(way, json.dumps(head, ensure_ascii=False).encode())


STALLED, DARK = 2.0, 0.5
"""Seconds without a picture, and without light, after which something is wrong."""
SAME = 8
"""Equal pictures in a row that no sensor gives: there is noise, and a slow one repeats a picture four times at most."""


def trouble(role: str, said: Facts) -> DeviceError | None:
    """What the host's facts say of the camera, in the order of how bad it is. None: all is well."""
    if said.ended:
        return DeviceOffline(role, said.ended)
    if said.age > STALLED:
        return HostGone(role, f"no picture for {said.age:.1f} s")
    if said.dark > DARK:
        return CameraCovered(role, f"sees nothing for {said.dark:.1f} s")
    if said.same >= SAME:
        return CameraFrozen(role, f"{said.same} times the same picture")
    return None
