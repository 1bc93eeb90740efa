"""The face host as it is, before a camera's ring that a test fills: pictures of people who move by known amounts."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hardware.drivers.camera_host import FrameMemory
from hardware.drivers.face import FaceAnalyst, face_host
from hardware.hosts.face.arrays import Floats, Picture, floats, picture
from hardware.hosts.face.look import Look, look
from hardware.hosts.face.nets import Nets
from hardware.hosts.face.presence import SIDE
from hardware.protocols.frame_ring import Shown
from hardware.simulators.camera_people import CLIPS
from hardware.simulators.people.person import Gesture, Person
from kiosk_app.devices import FACE_MODELS, FaceLook, Frame, FrameFacts
from kiosk_app.portrait.spec import specs
from tests.hardware.camera_kit import living, until

DEADLINE = 60.0
EXIT_ENTRY = specs()["exit_entry"]


@cache
def nets() -> Nets:
    """The networks in this process."""
    return Nets(FACE_MODELS)


@cache
def person(who: str = "obama") -> Person:
    (portrait,) = FACE_MODELS.with_name("portraits").glob(f"{who}.*")
    return Person(nets(), picture(cv2.imread(str(portrait))))


def frame(gesture: Gesture | None = None, who: str = "obama", seed: int = 0) -> Picture:
    """A picture of ``who``, at rest unless told otherwise."""
    return person(who).frame(gesture or Gesture(), np.random.default_rng(seed))


def clip(who: str, scene: str) -> list[Picture]:
    """A scene as it was drawn at set-up."""
    return [picture(cv2.imread(str(path))) for path in sorted((CLIPS / who / scene).glob("*.jpg"))]


def seen(source: Picture) -> Look:
    """What the networks say of the largest face."""
    face = nets().faces(source)[0]
    mesh, pupils = nets().refined(source, nets().mesh(source, face)[0])
    return look(source, face, mesh, pupils)


def facts(source: Picture) -> tuple[FrameFacts, Floats]:
    """A frame as the kiosk gets it, seen at 0 s and compared with nobody; and its embedding (empty without a face)."""
    found = nets().faces(source)
    size = source.shape[1], source.shape[0]
    if not found:
        return FrameFacts(0, 0.0, size, 0), floats(())
    numbers = seen(source).numbers()
    measures = {name: float(value) for name, value in numbers.items() if isinstance(value, float)}
    face = FaceLook(numbers["box"], numbers["right_eye"], numbers["left_eye"], numbers["chin"], measures)
    return FrameFacts(0, 0.0, size, len(found), face=face), nets().embedding(source, found[0])


def file_of(source: Picture, kind: str = ".jpg") -> bytes:
    return bytes(cv2.imencode(kind, source)[1])


class Screened:
    """A camera's memory with a view on it: what ``camera.preview()`` gives, filled by hand."""

    def __init__(self) -> None:
        self.memory = FrameMemory(lambda: None)
        self.sequence = 0

    @property
    def shared(self) -> int | None:
        return self.memory.lent[0]

    def show(self, source: Picture) -> int:
        """The next picture of the camera; its sequence."""
        self.sequence += 1
        rgb = cv2.cvtColor(source, cv2.COLOR_BGR2RGB).tobytes()
        self.memory.ring.begin(self.sequence)[: len(rgb)] = rgb
        now = asyncio.get_running_loop().time()
        self.memory.ring.publish(Shown(self.sequence, now, source.shape[1], source.shape[0]))
        return self.sequence

    def latest(self) -> Frame | None:
        raise NotImplementedError("no frame is to pass through the kiosk")

    async def newer(self, than: int = 0) -> Frame:
        raise NotImplementedError("no frame is to pass through the kiosk")


@asynccontextmanager
async def analysing(models: Path = FACE_MODELS, presence: Any = ()) -> AsyncIterator[FaceAnalyst]:
    """A driver whose host is there."""
    async with living(FaceAnalyst(face_host(models, presence))) as analyst:
        await until(lambda: analyst.condition.serves)
        yield analyst


def story(tell: Callable[[FaceAnalyst, Screened], Awaitable[None]], **more: Any) -> None:
    """``tell`` a story of an analyst before a camera; it ends within :data:`DEADLINE`."""

    async def main() -> None:
        view = Screened()
        try:
            async with asyncio.timeout(DEADLINE), analysing(**more) as analyst:
                await tell(analyst, view)
        finally:
            view.memory.close()

    asyncio.run(main())


def presence_net(path: Path, side: int = SIDE) -> Path:
    """A network of MiniFASNet's shape that calls what is bright alive; written by hand, it needs no package."""

    def field(number: int, content: bytes | int) -> bytes:
        if isinstance(content, int):
            return varint(number << 3) + varint(content)
        return varint(number << 3 | 2) + varint(len(content)) + content

    def varint(value: int) -> bytes:
        out = bytearray()
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        return bytes([*out, value])

    def tensor(name: bytes, shape: tuple[int, ...]) -> bytes:
        dims = b"".join(field(1, field(1, size)) for size in shape)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))

    def weights(name: bytes, shape: tuple[int, ...], values: list[float]) -> bytes:
        sizes = b"".join(field(1, size) for size in shape)
        return sizes + field(2, 1) + field(8, name) + field(9, struct.pack(f"<{len(values)}f", *values))

    def node(kind: bytes, ins: list[bytes], out: bytes) -> bytes:
        return b"".join(field(1, name) for name in ins) + field(2, out) + field(4, kind)

    nodes = [
        node(b"GlobalAveragePool", [b"in"], b"mean"),
        node(b"Flatten", [b"mean"], b"flat"),
        node(b"MatMul", [b"flat", b"w"], b"sum"),
        node(b"Add", [b"sum", b"b"], b"out"),
    ]
    graph = b"".join(field(1, one) for one in nodes) + field(2, b"g")
    graph += field(5, weights(b"w", (3, 3), [0, 0.1, 0] * 3)) + field(5, weights(b"b", (3,), [0.0, -37.5, 0.0]))
    graph += field(11, tensor(b"in", (1, 3, side, side))) + field(12, tensor(b"out", (1, 3)))
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, b"") + field(2, 13)))
    return path
