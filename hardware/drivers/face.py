"""Faces seen by this machine itself (port ``FaceAnalyst``), through the face host.

Rules.

- No frame is copied through the kiosk: the host reads the camera's shared memory, whose descriptor is passed on over a
  socket of its own whenever the camera has a new one.
- What the visit gathers lies in the host. If the host ends while it holds something, whoever asks next learns it once
  (FaceVisitLost): a step begins again, and never goes on with frames that are not there.
- ``forget`` is confirmed by the host, or the host is ended: then the kernel has forgotten for it. Freed memory is
  overwritten, as with the camera's host.
- A host without its networks stays and says so; it is started again from time to time, for somebody may mend it.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec

from hardware.channel import Channel, open_child
from hardware.drivers.camera_answers import Answer, Nonsense, read
from hardware.drivers.face_answers import Compared, Finished, Hello, Kept, Looked, Nothing, facts_of
from hardware.drivers.host_line import HostLine
from hardware.link import Trace, Watched
from kiosk_app.devices import (
    FACE_MODELS,
    Backdrop,
    Condition,
    DeviceState,
    Driver,
    FrameFacts,
    PhotoFacts,
    PhotoSpec,
    Preview,
)
from kiosk_app.errors import (
    CitizenError,
    DeviceError,
    DeviceFault,
    DeviceOffline,
    DocumentPictureUnusable,
    FaceNotAlone,
    FaceNotSeen,
    FaceOutside,
    FaceVisitLost,
    ModelsMissing,
    PhotoTooLarge,
)

ANSWER, LONG_ANSWER, START = 3.0, 8.0, 15.0
"""Seconds: for what is asked of a frame, for what finishes or compares photos, and for loading libraries and networks.

A third of one when nothing else is done; a host that is ended because the machine is busy would only make it busier.
"""
LONG = frozenset({"finish", "same"})
IDLE_POLL = 3.0
TURN = 12.0
PATIENCE = 3.0
"""Seconds a host that was lost takes at most to be back; after that, whoever waits is told."""
GRACE = 0.3
"""Seconds for the host to end by itself: it has nothing to save."""
CAMERA = "camera"
MOST_BYTES = 4 << 20
"""Of a document's picture: somebody else's file."""
MOST_PIXELS = 1 << 24
"""What OpenCV decodes at most; more is refused by the header (``hardware/hosts/face/jpeg.py``)."""

_ROOT = Path(__file__).parents[2]
_HOST = "import sys; sys.path.insert(0, sys.argv.pop(1)); from hardware.hosts.face.host import main; main()"
_CLEAN = ("MALLOC_PERTURB_=165", "MALLOC_MMAP_THRESHOLD_=1048576", "MALLOC_TRIM_THRESHOLD_=1048576")
"""What is freed is overwritten, and blocks of a picture's size go back to the kernel (smaller ones would cost 8 ms)."""
_ENVIRONMENT = (*_CLEAN, "OPENCV_LOG_LEVEL=ERROR", f"OPENCV_IO_MAX_IMAGE_PIXELS={MOST_PIXELS}")

FaceHostStart = Callable[[int], Awaitable[Channel]]
"""Starts a host that inherits the descriptor of a socket."""

_CITIZEN: Mapping[str, type[CitizenError]] = {
    "no_face": FaceNotSeen,
    "no_shot": FaceNotSeen,
    "many_faces": FaceNotAlone,
    "outside": FaceOutside,
    "too_large": PhotoTooLarge,
    "document": DocumentPictureUnusable,
}


class PresenceNet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An optional network that tells a person from a print or a screen, and how much of the face's box it sees."""

    path: Annotated[str, msgspec.Meta(min_length=1)]
    scale: Annotated[float, msgspec.Meta(gt=0, le=8)]


class FaceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``models``: their folder, unless they are where set-up puts them. ``presence``: see ``docs/notices.md``."""

    models: str = ""
    presence: tuple[PresenceNet, ...] = ()


def face_host(models: Path, presence: Sequence[tuple[Path, float]] = ()) -> FaceHostStart:
    """The host around the networks in ``models``."""
    named = json.dumps([[str(path), scale] for path, scale in presence])

    async def start(line: int) -> Channel:
        argv = [sys.executable, "-c", _HOST, str(_ROOT), str(models), str(line), named]
        return await open_child(["/usr/bin/env", *_ENVIRONMENT, *argv], grace=GRACE, lent=(line,))

    return start


class FaceAnalyst(Watched):
    """One host after the other."""

    def __init__(self, start: FaceHostStart, *, role: str = "face_analyst", trace: Trace | None = None) -> None:
        super().__init__(role)
        self._host = HostLine(role, "face host", self._start, trace)
        self._link = self._host.link
        self._start_host = start
        self._socket: socket.socket | None = None
        self._ring: int | None = None
        self._holds = self._lost = False
        self._greeted = asyncio.Event()
        self._models: Mapping[str, str] = {}

    @property
    def models(self) -> Mapping[str, str]:
        return self._models

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._link.run(self._greet, self.lost))
                both.create_task(self._keep_asking())
        finally:
            self._hang_up()

    def lost(self, error: DeviceError) -> None:
        """There is no host, and nothing of what it held."""
        self._lose_visit()
        super().lost(error)

    async def look(self, view: Preview, *, than: int = 0, wall: bool = False, track: bool = False) -> FrameFacts:
        async with self._turn():
            await self._lend(view)
            self._holds |= track
            return facts_of((await self._ask("look", Looked, than=than, wall=wall, track=track))[0])

    async def keep(self) -> int:
        async with self._turn():
            self._holds = True
            return (await self._ask("keep", Kept))[0].kept

    async def finish(self, spec: PhotoSpec, policy: Backdrop, still: bytes | None = None) -> PhotoFacts:
        async with self._turn():
            self._holds = True
            form, file = msgspec.to_builtins(spec.form), msgspec.to_builtins(spec.file)
            said, data = await self._ask("finish", Finished, still or b"", form=form, file=file, policy=policy.value)
            return PhotoFacts(data, said.measures)

    async def master(self) -> bytes:
        async with self._turn():
            return (await self._ask("master", Nothing))[1]

    async def same(self, document: bytes) -> tuple[float, ...]:
        if len(document) > MOST_BYTES:
            raise DocumentPictureUnusable(f"{len(document)} bytes")
        async with self._turn():
            return tuple((await self._ask("same", Compared, document))[0].distances)

    async def forget(self) -> None:
        forgotten = not self._link.connected
        try:
            if not forgotten:
                async with self._link.turn(within=TURN):
                    await self._ask("forget", Nothing)
                forgotten = True
        except (DeviceError, CitizenError):
            pass  # the host is ended
        finally:
            if not forgotten:
                self._link.lose()
            self._ring = None
            self._holds = self._lost = False

    # --- the host ---

    async def _start(self) -> Channel:
        self._hang_up()
        self._socket, theirs = socket.socketpair()
        self._socket.setblocking(False)
        with theirs:
            return await self._start_host(theirs.fileno())

    async def _greet(self) -> None:
        async with self._link.turn():
            self._models = (await self._ask("hello", Hello, within=START))[0].models
            self.become(Condition(DeviceState.ONLINE))
            self._greeted.set()

    async def _keep_asking(self) -> None:
        """A host that hangs is noticed before the next citizen stands there."""
        while True:
            await asyncio.sleep(IDLE_POLL)
            if self._greeted.is_set():
                try:
                    async with self._link.turn(within=TURN):
                        await self._ask("hello", Hello)
                except DeviceError:
                    pass  # it is ended, and the link says so

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """The host for oneself; one that is just being started is waited for, unless it took a visit with it."""
        if not self._lost:
            await self._ready()
        async with self._link.turn(within=TURN):
            self._tell_once()
            yield

    async def _ready(self) -> None:
        if self.condition.reason == ModelsMissing.reason:
            raise ModelsMissing(self.role)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._greeted.wait()
        except TimeoutError as error:
            raise DeviceOffline(self.role, "does not come back") from error

    def _tell_once(self) -> None:
        lost, self._lost = self._lost, False
        if lost:
            raise FaceVisitLost(self.role)

    async def _lend(self, view: Preview) -> None:
        """Pass on the camera's memory, if the host has not this one: an inode is not used again as a descriptor is."""
        shared = view.shared
        if shared is None or self._socket is None:
            raise DeviceOffline(CAMERA, "is being recovered")
        ring = os.fstat(shared).st_ino
        if ring != self._ring:
            try:
                socket.send_fds(self._socket, [b"f"], [shared])
            except OSError as error:
                raise self._host.give_up(f"takes no descriptor: {error}") from error
            await self._ask("frames", Nothing)
            self._ring = ring

    async def _ask(
        self, op: str, kind: type[Answer], body: bytes = b"", *, within: float = 0.0, **more: Any
    ) -> tuple[Answer, bytes]:
        """One question, and its answer as a ``kind``. Raises the host's errors in our words."""
        try:
            within = within or (LONG_ANSWER if op in LONG else ANSWER)
            answer = await self._host.put(op, body, within=within, **more)
            if "error" not in answer.head:
                return read(answer.head, kind), answer.body
        except (DeviceOffline, Nonsense) as error:
            gone = self._host.give_up(f"{op}: {error}")
            self._lose_visit()
            if op != "hello":  # which the driver asks by itself: what was lost is for whoever asks next
                self._tell_once()
            raise gone from error
        raise self._judge(str(answer.head["error"]), f"{op}: {answer.head.get('detail')}")

    def _judge(self, why: str, detail: str) -> DeviceError | CitizenError:
        if why in _CITIZEN:
            return _CITIZEN[why](detail)
        match why:
            case "stalled":
                return DeviceOffline(CAMERA, detail)
            case "no_frames":
                self._ring = None
                return DeviceOffline(CAMERA, detail)
            case "models_missing":
                return ModelsMissing(self.role, detail)
            case _:
                return DeviceFault(self.role, f"{why} {detail}")

    def _lose_visit(self) -> None:
        self._greeted.clear()
        self._ring = None
        self._lost |= self._holds
        self._holds = False

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None


def _build(settings: FaceSettings, folder: Path) -> FaceAnalyst:
    presence = [(folder / net.path, net.scale) for net in settings.presence]
    return FaceAnalyst(face_host(folder / settings.models if settings.models else FACE_MODELS, presence))


DRIVER = Driver("face_analyst", "local", FaceSettings, _build)
