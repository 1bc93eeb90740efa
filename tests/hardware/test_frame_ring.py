"""The ring of live pictures in shared memory: whole pictures only, the newest first, nothing of a hostile writer."""

import pytest

from hardware.protocols.frame_ring import HEADER, ROOM, SIZE, SLOTS, FrameRing, Shown


@pytest.fixture
def memory() -> bytearray:
    return bytearray(SIZE)


def put(ring: FrameRing, sequence: int, fill: int, width: int = 4, height: int = 2) -> None:
    ring.begin(sequence)[: width * height * 3] = bytes([fill]) * (width * height * 3)
    ring.publish(Shown(sequence, sequence / 10, width, height))


def test_the_newest_picture_is_read_and_none_twice(memory: bytearray) -> None:
    ring, into = FrameRing(memoryview(memory)), memoryview(bytearray(ROOM))
    assert ring.read(into) is None
    for sequence in range(1, 3 * SLOTS):
        put(ring, sequence, sequence)
        assert ring.read(into) == Shown(sequence, sequence / 10, 4, 2)
        assert bytes(into[:24]) == bytes([sequence]) * 24
        assert ring.read(into, than=sequence) is None


def test_a_picture_that_is_being_written_is_not_read(memory: bytearray) -> None:
    ring, into = FrameRing(memoryview(memory)), memoryview(bytearray(ROOM))
    put(ring, 1, 1)
    ring.begin(1 + SLOTS)  # the writer has come round to the slot of the newest: it was asleep, or lies
    assert ring.read(into) is None


def test_a_picture_overwritten_while_it_is_copied_is_thrown_away(memory: bytearray) -> None:
    ring = FrameRing(memoryview(memory))
    put(ring, 1, 1)

    class Slow(bytearray):
        def __setitem__(self, place: object, data: object) -> None:
            put(ring, 1 + SLOTS, 9)

    assert ring.read(Slow(ROOM)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height"), [(0, 10), (10, 0), (1 << 40, 1 << 40), (1281, 720), (2**64 - 1, 1)])
def test_sizes_that_cannot_be_are_not_believed(memory: bytearray, width: int, height: int) -> None:
    ring, into = FrameRing(memoryview(memory)), memoryview(bytearray(ROOM))
    ring.publish(Shown(1, 0.1, width, height))
    assert ring.read(into) is None


def test_wiped_means_zeros_everywhere(memory: bytearray) -> None:
    ring = FrameRing(memoryview(memory))
    for sequence in range(1, SLOTS + 1):
        ring.begin(sequence)[:] = b"\xff" * ROOM
        ring.publish(Shown(sequence, 1.0, 1280, 720))
    memory[HEADER - 1] = 1
    ring.wipe()
    assert not any(memory)
    ring.release()
    memory.clear()  # nobody holds it any more
