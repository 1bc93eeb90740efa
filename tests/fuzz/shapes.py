"""How one string of hostile bytes becomes many kinds of trouble for a codec; the first bytes steer, the rest is said.

Byte 0 chooses what is said: the rest as it is, the rest behind a valid frame, a valid frame changed in places, or
the rest *sealed*: put into a frame with right lengths and checks, without which no fuzzer gets behind a checksum.
Byte 1 is the number of cuts, and as many bytes follow, the lengths of the pieces; what is left is one piece.

A codec that is fed is a :class:`Stream`. After every piece its buffers are weighed; the frames found in pieces
must be those found in one piece; and where the codec promises to find its way after noise, it is made to.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeVar

Found = TypeVar("Found")

RAW, BEHIND, CHANGED, SEALED = range(4)
MOST_CUTS = 32


class Codec(Protocol):
    """Bytes in, frames out."""

    def feed(self, data: bytes) -> Sequence[Any]:
        """The frames completed by ``data``."""


Allowed = type[Exception] | tuple[type[Exception], ...]


def outcome(allowed: Allowed, call: Callable[..., Found], *given: Any) -> Found | Exception:
    """What ``call`` finds, or the documented exception that it raises. Whatever else it raises is the finding."""
    try:
        return call(*given)
    except allowed as documented:
        return documented


def only(allowed: Allowed, call: Callable[..., Found], *given: Any) -> Found | None:
    """What ``call`` finds; None when it raises what it documents."""
    found = outcome(allowed, call, *given)
    return None if isinstance(found, Exception) else found


def _nothing(_frame: Any) -> None:
    """No more to look at."""


@dataclass(frozen=True)
class Stream:
    """A codec that keeps bytes. ``most``: what it may keep after any feed. ``frames``: valid ones of the wire.

    ``kinds`` are the classes it may find, ``look`` judges one found. ``seal`` makes a whole frame around any payload.
    ``joins`` False: what was found may depend on the cuts. ``recovers`` False: a line that was bad once stays so.
    """

    new: Callable[[], Codec]
    frames: Sequence[bytes]
    kinds: tuple[type[Any], ...]
    most: int
    look: Callable[[Any], None] = field(default=_nothing)
    seal: Callable[[bytes], bytes] = bytes
    joins: bool = True
    recovers: bool = True

    def __call__(self, data: bytes) -> None:
        pieces = cut(data[1:])
        said = b"".join(pieces)
        shaped = shape(data[:1], said, self.frames, self.seal)
        if shaped != said:
            pieces = list(_as_long_as(shaped, [len(piece) for piece in pieces]))
        codec, found = self.new(), list[Any]()
        for piece in pieces:
            found += codec.feed(piece)
            assert weight(codec) <= self.most, f"keeps {weight(codec)} bytes"
        for frame in found:
            assert isinstance(frame, self.kinds), type(frame)
            self.look(frame)
        if self.joins and len(pieces) > 1:
            assert repr(self.new().feed(shaped)) == repr(found), "the cuts decide what is found"
        if self.recovers:
            self._recover(codec)

    def _recover(self, codec: Codec) -> None:
        """However the line was left: a frame that is said often enough is heard."""
        frame, means = self._longest
        for _ in range(2 + 2 * self.most // len(frame)):
            if means in codec.feed(frame):
                return
        raise AssertionError("never finds its way back")

    @cached_property
    def _longest(self) -> tuple[bytes, Any]:
        """The longest valid frame, which overtakes an unfinished one soonest, and what it means."""
        frame = max(self.frames, key=len)
        return frame, self.new().feed(frame)[-1]

    def seeds(self) -> Iterator[bytes]:
        """Every valid frame, said in every way."""
        for at, frame in enumerate(self.frames):
            yield bytes([RAW, 0]) + frame
            yield bytes([RAW, 3, 0, 2, 5]) + frame
            yield bytes([BEHIND, 0, at]) + frame
            yield bytes([CHANGED, 1, 3, at, 0, 9, 0x80])
            yield bytes([SEALED, 0]) + frame


@dataclass(frozen=True)
class Value:
    """A decoder that gets a whole record at once; ``take`` is one call with every check."""

    take: Callable[[bytes], None]
    frames: Sequence[bytes]

    def __call__(self, data: bytes) -> None:
        self.take(shape(data[:1], data[1:], self.frames, bytes))

    def seeds(self) -> Iterator[bytes]:
        """Every valid record, as it is and changed."""
        for at, frame in enumerate(self.frames):
            yield bytes([RAW]) + frame
            yield bytes([CHANGED, at, 0, 3, 0x20])


def shape(way: bytes, said: bytes, frames: Sequence[bytes], seal: Callable[[bytes], bytes]) -> bytes:
    """What goes over the wire: see the top."""
    chosen = way[0] % 4 if way else RAW
    if chosen == SEALED:
        return seal(said)
    if chosen == RAW or not said:
        return said
    frame, rest = frames[said[0] % len(frames)], said[1:]
    return frame + rest if chosen == BEHIND else changed(frame, rest)


def changed(frame: bytes, orders: bytes) -> bytes:
    """``frame`` with bytes flipped: each order is a place (two bytes) and what is flipped there; 0 cuts it off."""
    result = bytearray(frame)
    for at in range(0, len(orders) - 2, 3):
        place = int.from_bytes(orders[at : at + 2])
        if not result:
            break
        if orders[at + 2] == 0:
            del result[place % len(result) :]
        else:
            result[place % len(result)] ^= orders[at + 2]
    return bytes(result)


def cut(data: bytes) -> list[bytes]:
    """Number of cuts, their lengths, and what is cut."""
    cuts = data[0] % (MOST_CUTS + 1) if data else 0
    return list(_as_long_as(data[1 + cuts :], data[1 : 1 + cuts]))


def _as_long_as(data: bytes, lengths: Sequence[int]) -> Iterator[bytes]:
    at = 0
    for length in lengths:
        yield data[at : at + length]
        at += length
    yield data[at:]


def weight(codec: object) -> int:
    """Bytes in every buffer that the codec keeps."""
    return sum(len(value) for value in vars(codec).values() if isinstance(value, bytes | bytearray))
