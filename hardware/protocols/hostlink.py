"""How the kiosk talks to its host processes (printing, smart card, camera): framed messages over a pipe.

    "KHL1"  u32 length of head  u32 length of body  u32 crc32(head + body)  head (JSON object)  body (bytes)

Big-endian; head and body together at most 16 MB, the head alone 64 kB: JSON takes a hundred times its bytes in
memory, and what is large belongs into the body. A message is a question (``id``, ``op`` and what it needs) or the
answer to it (the same ``id``; ``error`` and ``detail`` if it failed). Why not pickle: a host runs foreign native
code, and what it says is data. Why a checksum on a pipe: a native library that prints to standard output writes
into our frames. There is no resynchronisation: a host whose bytes are wrong once is ended and started again, so
the first bad frame is reported as :class:`Broken` and nothing after it is read. Standard library only.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MAGIC = b"KHL1"
LIMIT = 16 * 1024 * 1024
HEAD_LIMIT = 64 * 1024
_HEADER = struct.Struct(">4sIII")


@dataclass(frozen=True)
class Message:
    """One question or answer."""

    head: Mapping[str, Any]
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Broken:
    """The stream is not hostlink (any more), and why."""

    why: str


def encode(message: Message) -> bytes:
    """The bytes of ``message``. Raises ValueError when it is larger than the limits.

    What a library says in broken characters is told with question marks: it must not cost the host.
    """
    head = json.dumps(message.head, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
    if len(head) > HEAD_LIMIT or len(head) + len(message.body) > LIMIT:
        raise ValueError(f"a message holds at most {LIMIT} bytes, {HEAD_LIMIT} of them in its head")
    crc = zlib.crc32(message.body, zlib.crc32(head))
    return _HEADER.pack(MAGIC, len(head), len(message.body), crc) + head + message.body


class HostLink:
    """Bytes in, messages out; after one :class:`Broken` nothing more."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._broken = False

    def feed(self, data: bytes) -> list[Message | Broken]:
        """The messages completed by ``data``."""
        out: list[Message | Broken] = []
        if self._broken:
            return out
        self._buffer += data
        try:
            while (message := self._take()) is not None:
                out.append(message)
        except ValueError as error:
            self._broken = True
            self._buffer.clear()
            out.append(Broken(str(error)))
        return out

    def _take(self) -> Message | None:
        if self._buffer[: len(MAGIC)] != MAGIC[: len(self._buffer)]:
            raise ValueError("not a hostlink frame")
        if len(self._buffer) < _HEADER.size:
            return None
        _, head_size, body_size, crc = _HEADER.unpack_from(self._buffer)
        if head_size > HEAD_LIMIT or head_size + body_size > LIMIT:
            raise ValueError("frame too large")
        end = _HEADER.size + head_size + body_size
        if len(self._buffer) < end:
            return None
        with memoryview(self._buffer) as whole, whole[_HEADER.size : end] as content:  # a picture is copied once only
            if zlib.crc32(content) != crc:
                raise ValueError("checksum")
            head, body = bytes(content[:head_size]), bytes(content[head_size:])
        del self._buffer[:end]
        return Message(_head(head), body)


def _head(data: bytes) -> dict[str, Any]:
    """The object in ``data``. Raises ValueError, also for halves of characters, which nobody could write down."""
    try:
        head = json.loads(data)
    except RecursionError as error:
        raise ValueError("head is nested without end") from error
    if not isinstance(head, dict):
        raise ValueError("head is not an object")
    if b"\\u" in data:
        json.dumps(head, ensure_ascii=False).encode()
    return head
