"""Live pictures in shared memory: a small ring with one writer (the camera host) and readers that never wait.

    word 0      sequence of the newest whole picture, 0 before the first
    then SLOTS times:
        word 0  sequence of the picture in this slot, 0 while it is being written
        word 1  when it was captured, nanoseconds of CLOCK_MONOTONIC (one clock for all processes of a machine)
        word 2  width
        word 3  height
        pixels  RGB, 8 bits, rows from the top, no padding; room for 1280 x 720

Words are 64 bits, aligned, of the machine's own byte order; each header fills 64 bytes. A slot is a seqlock: a reader
copies and then looks whether the sequence is still the same; the writer comes back to a slot SLOTS - 1 pictures later,
a tenth of a second, and a copy takes under a millisecond. What the ring says is data of a foreign process: sizes are
checked before they are used. The memory is not ours: whoever owns it must seal its size. Standard library only.
"""

from dataclasses import dataclass

SLOTS = 4
ROOM = 1280 * 720 * 3
LONGEST_SIDE = 8192
"""Pixels: no camera has more, and no screen shows more."""
HEADER = 64
SIZE = HEADER + SLOTS * (HEADER + ROOM)
"""Bytes of the whole."""

_ZEROS = bytes(ROOM)


@dataclass(frozen=True)
class Shown:
    """What stands above the pixels; ``captured`` in seconds."""

    sequence: int
    captured: float
    width: int
    height: int

    @property
    def size(self) -> int:
        """Bytes of the pixels."""
        return self.width * self.height * 3

    @property
    def fits(self) -> bool:
        """Whether there can be such a picture."""
        return 0 < self.size <= ROOM and max(self.width, self.height) <= LONGEST_SIDE


class FrameRing:
    """The layout on a writable ``memory`` of :data:`SIZE` bytes; :meth:`release` lets go of it."""

    def __init__(self, memory: memoryview) -> None:
        self._bytes = memory.cast("B")[:SIZE]
        self._words = self._bytes.cast("Q")

    @property
    def latest(self) -> int:
        """The sequence of the newest picture, 0 if there is none."""
        return self._words[0]

    def begin(self, sequence: int) -> memoryview:
        """Room for the pixels of ``sequence``: what was there is no longer to be read."""
        self._words[_word(sequence)] = 0
        start = _pixels(sequence)
        return self._bytes[start : start + ROOM]

    def publish(self, shown: Shown) -> None:
        """The pixels are there: from now on this is the newest."""
        word = _word(shown.sequence)
        self._words[word + 1] = round(shown.captured * 1e9)
        self._words[word + 2] = shown.width
        self._words[word + 3] = shown.height
        self._words[word] = shown.sequence
        self._words[0] = shown.sequence

    def read(self, into: memoryview, *, than: int = 0) -> Shown | None:
        """Copy the newest picture, if it is newer than ``than``, to the beginning of ``into`` (:data:`ROOM` bytes).

        None also when the writer was in the way, or what it says cannot be.
        """
        sequence = self.latest
        word, start = _word(sequence), _pixels(sequence)
        shown = Shown(sequence, self._words[word + 1] / 1e9, self._words[word + 2], self._words[word + 3])
        if sequence <= than or self._words[word] != sequence or not shown.fits:
            return None
        into[: shown.size] = self._bytes[start : start + shown.size]
        return shown if self._words[word] == sequence else None

    def wipe(self) -> None:
        """Zeros everywhere."""
        self._bytes[:HEADER] = _ZEROS[:HEADER]
        for slot in range(SLOTS):
            start = HEADER + slot * (HEADER + ROOM)
            self._bytes[start : start + HEADER] = _ZEROS[:HEADER]
            self._bytes[start + HEADER : start + HEADER + ROOM] = _ZEROS

    def release(self) -> None:
        """Let go of the memory, so that it can be unmapped."""
        self._words.release()
        self._bytes.release()


def _word(sequence: int) -> int:
    return (HEADER + sequence % SLOTS * (HEADER + ROOM)) // 8


def _pixels(sequence: int) -> int:
    return HEADER + sequence % SLOTS * (HEADER + ROOM) + HEADER
