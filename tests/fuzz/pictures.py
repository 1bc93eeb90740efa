"""Fuzz targets of the camera host: what it answers, and the memory it shares with us and may write at any time."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from hardware.drivers import camera_answers as say
from hardware.drivers.camera_answers import Nonsense
from hardware.drivers.camera_host import trouble
from hardware.drivers.preview import features_of, picture_of
from hardware.protocols import hostlink
from hardware.protocols.frame_ring import HEADER, LONGEST_SIDE, ROOM, SIZE, SLOTS, FrameRing
from hardware.protocols.hostlink import Broken, HostLink, Message
from kiosk_app.devices import PictureFormat
from tests.fuzz.papers import seal
from tests.fuzz.shapes import Stream, only

WELL: Mapping[str, Any] = {"sequence": 41, "age": 0.01, "same": 0, "dark": 0.0, "ended": ""}
PICTURE = {"width": 2592, "height": 1944, "sequence": 41, "captured": 12.5}
PAGE: Mapping[str, Any] = {
    "verdict": "good",
    "facts": {"dpi": 160, "sharpness": 2.5, "glare": 0.0},
    "corners": [[0.5, 1.5]] * 4,
}
CONTROLS: Mapping[str, Any] = {"focus": {"value": 30.0, "automatic": True}, "tilt": {"value": 1, "automatic": None}}
ANSWERS: tuple[Mapping[str, Any], ...] = (
    {"present": True},
    {"still": [1920, 1080], "preview": [1280, 720], "controls": CONTROLS},
    WELL,
    CONTROLS["focus"],
    {**WELL, "picture": PICTURE},
    {**WELL, **PAGE, "picture": PICTURE},
    {**WELL, "verdict": "missing", "facts": {}, "corners": []},
    {"error": "stalled", "detail": "the camera is stuck"},
)
KINDS = (say.Nothing, say.Present, say.Facts, say.State, say.Opened, say.Still, say.Page)


def _answer(found: Message | Broken) -> None:
    if isinstance(found, Broken):
        return
    for kind in KINDS:
        answer = only(Nonsense, say.read, found.head, kind)
        if answer is None:
            continue
        assert say.read(msgspec.to_builtins(answer), kind) == answer
        if isinstance(answer, say.Facts):
            assert (
                trouble("camera", answer) is None or not answer.age <= 0 or answer.ended or answer.dark or answer.same
            )
        if isinstance(answer, say.Opened):
            assert len(features_of(answer).controls) <= len(answer.controls)
        if isinstance(answer, say.Still | say.Page) and answer.picture is not None:
            assert picture_of(answer.picture, found.body, PictureFormat.JPEG).data == found.body


HOST = Stream(
    HostLink,
    tuple(hostlink.encode(Message({"id": 1, **answer}, b"\xff\xd8sample")) for answer in ANSWERS),
    (Message, Broken),
    most=hostlink.LIMIT + 16,
    look=_answer,
    seal=seal,
    recovers=False,
)

WORDS = (0, *(HEADER // 8 + slot * (HEADER + ROOM) // 8 + word for slot in range(SLOTS) for word in range(4)))
"""Of the ring: the newest sequence, then four words of each slot."""


class _Ring:
    """Byte 0: what the reader has already. Then rows of a place in :data:`WORDS` and its eight bytes; the half of the
    rows is written before we read, the other while we copy.
    """

    ROW = 9

    def __call__(self, data: bytes) -> None:
        ring, words = self._memory
        rows = [data[at : at + self.ROW] for at in range(1, len(data) - self.ROW + 1, self.ROW)]
        for word in WORDS:
            words[word] = 0
        self._write(rows[: (len(rows) + 1) // 2])
        than = (data + b"\0")[0]
        shown = ring.read(_Copying(self, rows[(len(rows) + 1) // 2 :]), than=than)  # type: ignore[arg-type] # as much of a buffer as is used
        if shown is not None:
            assert shown.sequence > than
            assert 0 < shown.width * shown.height * 3 <= ROOM
            assert max(shown.width, shown.height) <= LONGEST_SIDE
            assert shown.captured >= 0

    def _write(self, rows: list[bytes]) -> None:
        for row in rows:
            self._memory[1][WORDS[row[0] % len(WORDS)]] = int.from_bytes(row[1:], "little")

    @cached_property
    def _memory(self) -> tuple[FrameRing, memoryview]:
        memory = memoryview(bytearray(SIZE))
        return FrameRing(memory), memory.cast("Q")

    def seeds(self) -> Iterator[bytes]:
        """A good picture in every slot, one that is too large, and one that is torn."""
        for sequence in range(1, SLOTS + 1):
            for width, height in ((1280, 720), (1 << 63, 1 << 62), (ROOM, 0), (307200, 3)):
                at = 1 + sequence % SLOTS * 4
                good = [(0, sequence), (at, sequence), (at + 1, 10**9), (at + 2, width), (at + 3, height)]
                whole = b"".join(bytes([place]) + value.to_bytes(8, "little") for place, value in good)
                idle = (bytes([2]) + bytes(8)) * len(good)
                yield bytes([0]) + whole + idle
                yield bytes([0]) + whole + (bytes([at]) + bytes(8)) * len(good)


class _Copying:
    """Where the reader copies to; the host writes meanwhile."""

    def __init__(self, ring: _Ring, rows: list[bytes]) -> None:
        self._ring, self._rows = ring, rows

    def __setitem__(self, _place: slice, pixels: memoryview) -> None:
        assert len(pixels) <= ROOM
        self._ring._write(self._rows)


RING = _Ring()
