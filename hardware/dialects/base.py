"""What every dialect has: frames of both directions, understood, cleaned and put together again.

Rules. A frame is written only if the codec understood it *and* :meth:`Dialect.clean` knows every field of it; names,
numbers, pictures and cards become those of the samples, lengths stay and checksums are made anew by the codec.
Everything else is not written and counted. Cleaning what is clean changes nothing, so that a driver's bytes in a
replay can be cleaned in the same way and compared.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from hardware.link import Codec

Frame = TypeVar("Frame")
OUT, IN = ">", "<"
"""From the kiosk to the device, and back."""


@dataclass(frozen=True)
class Said(Generic[Frame]):
    """One clean frame: as the codec sees it, as bytes, and what it is in a word or two."""

    way: str
    frame: Frame
    data: bytes = field(repr=False)
    note: str = ""


class Dialect(Generic[Frame]):
    """One wire while it is recorded or replayed. ``line`` is ``serial``, ``tcp`` or ``host``.

    ``person``: what a command may report of the sample person or card, by the name of the fact; ``unwritten``: bytes
    that were not understood, by direction.
    """

    def __init__(self, line: str = "serial") -> None:
        self.line = line
        self.person: dict[str, str] = {}
        self.unwritten = {OUT: 0, IN: 0}
        self.renew()

    def renew(self) -> None:
        """A new connection: what was half said is forgotten."""
        self._codecs: dict[str, Codec[Frame]] = {way: self.codec(way) for way in (OUT, IN)}

    def hear(self, way: str, data: bytes) -> list[Said[Frame]]:
        """The frames completed by ``data``, clean; of those that cannot be cleaned only the size is remembered."""
        self.unwritten[way] += len(data)
        found = []
        for frame in self._codecs[way].feed(data):
            clean = self.clean(way, frame)
            if clean is not None:
                self.unwritten[way] -= len(self.encode(way, frame))
                found.append(Said(way, clean, self.encode(way, clean), self.note(way, clean)))
        return found

    # --- to override ---

    def codec(self, way: str) -> Codec[Frame]:
        """A new codec for that direction."""
        raise NotImplementedError

    def encode(self, way: str, frame: Frame) -> bytes:
        """The bytes of a frame that :meth:`clean` let pass, or got."""
        raise NotImplementedError

    def clean(self, way: str, frame: Frame) -> Frame | None:
        """``frame`` without anything personal; None when that is not certain."""
        raise NotImplementedError

    def note(self, way: str, frame: Frame) -> str:  # noqa: ARG002 - for those who have something to say
        """What a person reading the recording wants to know."""
        return ""

    # --- for the replay ---

    def asks(self, frame: Frame) -> bool:  # noqa: ARG002
        """Whether a frame of the kiosk only asks: it may come more or less often than it was recorded."""
        return False

    def key(self, frame: Frame) -> bytes:
        """What makes two frames of the kiosk the same; without the numbers that a conversation counts."""
        return self.encode(OUT, frame)

    def answer(self, frame: Frame, asked: Frame) -> Frame:  # noqa: ARG002
        """The device's ``frame`` as it would say it to ``asked``, which carries the counted numbers of today."""
        return frame


class Lines:
    """Bytes in, whole lines out, with their ends: the codec of wires that speak in lines."""

    LONGEST = 4096

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines completed by ``data``."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self.LONGEST:
            self._rest = b""
        return [line + b"\n" for line in lines]


class LineDialect(Dialect[bytes]):
    """A wire of lines, each of which only asks or tells; override :meth:`clean`."""

    def codec(self, way: str) -> Lines:  # noqa: ARG002
        return Lines()

    def encode(self, way: str, frame: bytes) -> bytes:  # noqa: ARG002
        return frame

    def note(self, way: str, frame: bytes) -> str:  # noqa: ARG002
        return frame.decode("utf-8", "replace").strip()


Make = Callable[[str], Dialect[Any]]
"""What an entry point of dialects loads."""
