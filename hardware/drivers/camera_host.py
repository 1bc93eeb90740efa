"""The line of a camera driver to its host, and the memory in which the two share the live picture.

The memory is a memfd that was never in the file system: the host inherits it, and the kernel frees it with the last
of the two processes, however they end. Its size is sealed, so that no host can make our reading of it a SIGBUS. With
it goes an eventfd, rung for every picture, so that nobody polls, and a slow reader finds one ring and not a queue.

A host that misses a deadline, or talks nonsense, is ended, and the next takes its place with memory of its own. The
next stands ready, its libraries loaded (a third of a second, seconds on a busy machine), so that nobody waits for that
before a dark picture. It has seen nothing, costs 23 MB, and ends as any host does: with us.

The host's libraries free what we cannot reach (a decoder's buffers), so it runs with glibc's ``MALLOC_PERTURB_``, which
overwrites what is freed, and gives large blocks back to the kernel. It computes nothing with OpenBLAS, whose threads
would be a third of its start.
"""

import asyncio
import fcntl
import mmap
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.channel import Channel, ChannelClosed, StreamChannel, open_child
from hardware.drivers.camera_answers import Answer, Facts, Nonsense, read
from hardware.drivers.host_line import HostGone, HostLine
from hardware.link import Trace
from hardware.protocols.frame_ring import SIZE, FrameRing
from kiosk_app.errors import CameraCovered, CameraFrozen, DeviceError, DeviceFault, DeviceOffline, PictureGone

ANSWER = 2.0
LONG_ANSWER = 8.0
"""Seconds: an answer at once, and one for which the camera must give pictures."""
CAMERA_OPERATIONS = frozenset({"open", "still", "page", "close", "adjust"})
GRACE = 0.3
"""Seconds for the host to end by itself: it has nothing to save."""
REST = 0.5
"""Seconds between two looks at the next host: the first has its own start behind it, and a look costs nothing."""

_ROOT = Path(__file__).parents[2]
_HOST = "import sys; sys.path.insert(0, sys.argv.pop(1)); from hardware.hosts.camera import main; main()"
_CLEAN = (
    "OPENBLAS_NUM_THREADS=1",
    "MALLOC_PERTURB_=165",
    "MALLOC_MMAP_THRESHOLD_=131072",
    "MALLOC_TRIM_THRESHOLD_=131072",
)

Said = Mapping[str, Any]
HostStart = Callable[[Sequence[int]], Awaitable[StreamChannel]]
"""Starts a host that inherits the descriptors of memory and bell."""


async def start_camera_host(lent: Sequence[int]) -> StreamChannel:
    """The host around OpenCV, on this memory and bell."""
    argv = [sys.executable, "-c", _HOST, str(_ROOT), *map(str, lent)]
    return await open_child(["/usr/bin/env", *_CLEAN, *argv], grace=GRACE, lent=lent)


class NoCamera(DeviceOffline):
    """The host is well and there is no such device."""

    reason = "no_camera"


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


@dataclass(frozen=True)
class Started:
    """A host and its memory."""

    channel: StreamChannel
    memory: FrameMemory

    async def close(self) -> None:
        """End it."""
        try:
            await self.channel.close()
        finally:
            self.memory.close()


class CameraHost(HostLine):
    """One host after the other, each with its own memory. ``news`` is set once, at the next picture of any."""

    def __init__(self, role: str, start: HostStart, trace: Trace | None) -> None:
        super().__init__(role, "camera host", self._start, trace)
        self.memory: FrameMemory | None = None
        self.news = asyncio.Event()
        self._start_host = start
        self._next: Started | None = None

    def forget(self) -> None:
        """Let go of the memory: nobody writes there any more."""
        memory, self.memory = self.memory, None
        if memory is not None:
            memory.close()

    async def ask(self, op: str, kind: type[Answer], **more: Any) -> tuple[Answer, bytes]:
        """One question, and its answer as a ``kind``. Raises HostGone, and in our words what is said of the camera."""
        answer = await self.put(op, within=LONG_ANSWER if op in CAMERA_OPERATIONS else ANSWER, **more)
        if "error" in answer.head:
            raise self._judge(op, answer.head)
        try:
            return read(answer.head, kind), answer.body
        except Nonsense as error:
            raise self.give_up(f"{op}: {error}") from error

    async def keep_next(self, greeted: asyncio.Event) -> None:
        """The next host stands ready while there is one at work; one that has died is replaced. Ends with us."""
        try:
            while True:
                await asyncio.sleep(REST)
                await greeted.wait()
                if self._next is None or self._next.channel.gone:
                    await self._drop_next()
                    with suppress(ChannelClosed):  # there is no room for two: it is tried again
                        self._next = await self._begin()
        finally:
            await self._drop_next()

    async def _start(self) -> Channel:
        self.forget()
        if self._next is not None and self._next.channel.gone:
            await self._drop_next()
        started, self._next = self._next, None
        if started is None:
            started = await self._begin()
        self.memory = started.memory
        return started.channel

    async def _begin(self) -> Started:
        memory = FrameMemory(self._rang)
        try:
            return Started(await self._start_host(memory.lent), memory)
        except BaseException:
            memory.close()
            raise

    async def _drop_next(self) -> None:
        dropped, self._next = self._next, None
        if dropped is not None:
            await dropped.close()

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
