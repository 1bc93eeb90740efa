"""A network camera on the loopback: motion JPEG over HTTP, which OpenCV opens as it opens any other (RFC 2046 parts).

It plays pictures as if live: a folder of them, a video, or drawings of our own. A sensor's noise is laid over every
picture (a few variants in turn, so that no two in a row are the same), because a picture that never changes is what a
driver must take for a broken camera. The camera above a desk (``document_camera``) is the same wire. Pictures are
encoded by Pillow in a thread, never on the loop, and only while somebody looks. Videos are what can be cut without a
decoder: motion JPEG (``.mjpeg``, ``.avi``) and what Pillow plays (GIF, WebP, APNG). That cameras of this kind send a
length with every part is general knowledge; FFmpeg reads them with or without.
"""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

from PIL import Image, ImageOps, ImageSequence

from hardware.channel import Channel
from hardware.simulators.base import OneOf, Simulator, hand
from hardware.simulators.camera_people import REST, SCENES, WHO, Stand
from hardware.simulators.camera_pictures import portrait, with_noise

VARIANTS = 6
HOLD = 20
"""Frames for which a picture of a set is shown."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
LONGEST_VIDEO = 600
BOUNDARY = b"frame"
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=" + BOUNDARY + b"\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\n\r\n"
)
_JPEG = re.compile(rb"\xff\xd8\xff.*?\xff\xd9", re.DOTALL)

Reel = Sequence[Sequence[bytes]]
"""Pictures in their order, each in several variants of noise."""


class CameraSimulator(Simulator):
    """``rate`` pictures a second; ``grain``: the noise of its sensor, in grey levels. It hangs on a ``TcpWire``."""

    role = "camera"

    def __init__(
        self, *, seed: int = 0, size: tuple[int, int] = (1280, 720), rate: float = 30.0, grain: float = 3.0
    ) -> None:
        super().__init__(seed=seed)
        self.size, self.rate, self.grain = size, rate, grain
        self.covered = self.stuck = False
        self.garbage = 0
        self.sent = 0
        self.seen: bytes | None = None
        """The picture that was sent last, as JPEG; None while nobody looks."""
        self.shows = "portrait"
        self._viewers = 0
        self._source: Callable[[], Iterator[Image.Image]] = self._portraits
        self._hurried = False
        self._reel: Reel = ()
        self._reel_of = ""
        self._drawing: asyncio.Task[None] | None = None
        self._stand: Stand | None = None

    def state(self) -> Mapping[str, Any]:
        return {
            **super().state(),
            "shows": self.shows,
            "drawn": self._stand is not None or self._reel_of == self.shows,
            "busy": self._stand is not None and self._stand.busy,
            "covered": self.covered,
            "stuck": self.stuck,
            "viewers": self._viewers,
            "rate": self.rate,
            "sent": self.sent,
        }

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            data = await channel.read()
            if not data or len(request) > 65536:
                return
            request += data
        self._viewers += 1
        gone = asyncio.create_task(channel.read(), name="viewer gone")
        try:
            await channel.write(_HEAD)
            await self._play(channel, gone)
        finally:
            self._viewers -= 1
            if not self._viewers:
                self.seen = None
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone

    async def _play(self, channel: Channel, gone: "asyncio.Task[bytes]") -> None:
        """Pictures at their times; a viewer that takes them slowly misses some, as with any live camera."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        number = 0
        while not gone.done():
            picture = await self._picture(number)
            if self.garbage:
                self.garbage -= 1
                picture = self.random.randbytes(len(picture))
            await self.answer(channel, _part(picture))
            self.seen, self.sent = picture, self.sent + 1
            number += not self.stuck
            due = max(due + 1 / self.rate, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _picture(self, number: int) -> bytes:
        """What is to be seen; while something new is being drawn, still the old."""
        if self._stand is not None and not self.covered:
            return self._stand.picture(moves=not self.stuck)
        key = "covered" if self.covered else self.shows
        if key != self._reel_of and self._drawing is None:
            drawing = asyncio.to_thread(self._encode, self._lid if self.covered else self._source)
            self._drawing = asyncio.create_task(self._draw(key, drawing), name="drawing")
        if not self._reel and self._drawing is not None:
            await asyncio.shield(self._drawing)
        held = self._reel[number // (HOLD if len(self._reel) < HOLD and not self._hurried else 1) % len(self._reel)]
        return held[number % len(held)]

    async def _draw(self, key: str, drawing: Awaitable[Reel]) -> None:
        try:
            self._reel = await drawing
            self._reel_of = key
        finally:
            self._drawing = None

    def _encode(self, source: Callable[[], Iterator[Image.Image]]) -> Reel:
        """Every picture of a source as JPEG; a long one is played with one variant each."""
        pictures = list(source())
        variants = VARIANTS if len(pictures) < HOLD else 1
        return [
            [_jpeg(with_noise(picture, self.grain, at * VARIANTS + variant)) for variant in range(variants)]
            for at, picture in enumerate(pictures)
        ]

    # --- what it shows ---

    def _portraits(self) -> Iterator[Image.Image]:
        for sway, eyes_open in ((0.0, True), (0.3, True), (0.3, False), (-0.2, True)):
            yield portrait(self.size, sway=sway, eyes_open=eyes_open)

    def _lid(self) -> Iterator[Image.Image]:
        yield Image.new("RGB", self.size, (9, 8, 8))

    def _fitted(self, picture: Image.Image) -> Image.Image:
        return ImageOps.pad(ImageOps.exif_transpose(picture).convert("RGB"), self.size)

    def _change(self, shows: str, source: Callable[[], Iterator[Image.Image]], *, hurried: bool = False) -> None:
        self.shows, self._source, self._hurried = shows, source, hurried
        self._stand = None

    # --- hands ---

    @hand("show the drawn person")
    def show_portrait(self) -> None:
        """What it shows at first."""
        self._change("portrait", self._portraits)

    @hand("play a folder of pictures")
    def show_folder(self, folder: str) -> None:
        """Each for a moment, in the order of their names. Raises ValueError when there are none."""
        paths = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in PICTURES)
        if not paths:
            raise ValueError(f"no pictures in {folder}")
        self._change(folder, lambda: (self._fitted(Image.open(path)) for path in paths))

    @hand("play a video")
    def show_video(self, path: str) -> None:
        """Again and again. Raises ValueError for what cannot be cut into pictures."""
        file = Path(path)
        if file.suffix.lower() in {".mjpeg", ".mjpg", ".avi"}:
            found = _JPEG.findall(file.read_bytes())[:LONGEST_VIDEO]
            if not found:
                raise ValueError(f"no motion JPEG in {path}")
            self._change(path, lambda: (self._fitted(Image.open(io.BytesIO(jpeg))) for jpeg in found))
        else:
            try:
                Image.open(file).close()
            except OSError as error:
                raise ValueError(str(error)) from error
            self._change(path, lambda: _played(file, self._fitted))

    @hand("let somebody stand there")
    def stand(self, who: Annotated[str, OneOf(WHO)] = WHO[0], scene: Annotated[str, OneOf(SCENES)] = REST) -> None:
        """A simulated person. Raises ValueError for what was not drawn at set-up."""
        stand = Stand(who)
        stand.act(scene)
        self.shows, self._stand = who, stand

    @hand("do something")
    def act(self, scene: Annotated[str, OneOf(SCENES)] = "close_eyes") -> None:
        """What the person who stands there does now. Raises ValueError for what was not drawn, or without a person."""
        if self._stand is None:
            raise ValueError("nobody stands there")
        self._stand.act(scene)

    @hand("cover the lens")
    def cover(self) -> None:
        """A lid, or a hand."""
        self.covered = True

    @hand("uncover the lens")
    def uncover(self) -> None:
        """Take it away."""
        self.covered = False

    @hand("freeze the picture")
    def stick(self) -> None:
        """Send the same picture again and again."""
        self.stuck = True

    @hand("let the picture move")
    def unstick(self) -> None:
        """Live again."""
        self.stuck = False

    @hand("send garbage pictures")
    def send_garbage(self, count: int = 100) -> None:
        """Noise of the right length in the place of the next ``count`` pictures."""
        self.garbage = int(count)

    @hand("pictures a second")
    def set_rate(self, rate: int = 30) -> None:
        """How fast it is."""
        self.rate = max(1, int(rate))


def _part(picture: bytes) -> bytes:
    head = b"--%b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, len(picture))
    return head + picture + b"\r\n"


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, comment="SAMPLE")
    return out.getvalue()


def _played(path: Path, fitted: Callable[[Image.Image], Image.Image]) -> Iterator[Image.Image]:
    with Image.open(path) as video:
        for number, frame in enumerate(ImageSequence.Iterator(video)):
            if number == LONGEST_VIDEO:
                return
            yield fitted(frame)
