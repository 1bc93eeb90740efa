"""Fuzz targets of what a person puts in: the code scanner's lines, and keys and switches as the kernel tells them."""

from collections.abc import Iterator
from functools import partial

from hardware.protocols import evdev
from hardware.protocols.code_lines import LONGEST, Code, CodeLines, Unreadable, encode, kind_of
from hardware.protocols.evdev import (
    EV_KEY,
    EV_SW,
    EV_SYN,
    SW_HEADPHONE_INSERT,
    SYN_DROPPED,
    Change,
    Damaged,
    Events,
    Overrun,
)
from hardware.simulators.code_scanner import CODES
from tests.fuzz.shapes import Stream, Value

PREFIX, SUFFIX = b"]Q", b"\t"


def _code(found: Code | Unreadable) -> None:
    if isinstance(found, Unreadable):
        assert found.why in {"affix", "text"}
        return
    assert found.text
    assert found.text.isprintable()
    assert kind_of(found.text)
    assert repr(found) == "Code()"
    if len(found.text.encode()) <= LONGEST:  # what came as GBK is longer in UTF-8
        assert CodeLines().feed(encode(found.text)) == [found]


LINES = Stream(
    partial(CodeLines, prefix=PREFIX, suffix=SUFFIX),
    (
        *(encode(text, prefix=PREFIX, suffix=SUFFIX) for text in CODES.values()),
        PREFIX + "江门".encode("gbk") + SUFFIX + b"\r",
        PREFIX + b"1" * (LONGEST - 3) + SUFFIX + b"\n",
    ),
    (Code, Unreadable),
    most=LONGEST + len(PREFIX + SUFFIX),
    look=_code,
    seal=lambda said: PREFIX + said.replace(b"\n", b"").replace(b"\r", b"") + SUFFIX + b"\r\n",
)


def _change(size: int, found: Change | Overrun | Damaged) -> None:
    if isinstance(found, Change):
        assert found.kind != EV_SYN
        assert Events(size).feed(evdev.encode(found, size=size)) == [found]


def _events(size: int) -> Stream:
    frames = (
        evdev.encode(Change(EV_KEY, 28, 1), Change(4, 4, 0x70028), at=1.5, size=size),
        evdev.encode(Change(EV_KEY, 28, 0), at=1.6, size=size),
        evdev.encode(Change(EV_SW, SW_HEADPHONE_INSERT, 1), size=size),
        evdev.encode(Change(EV_SYN, SYN_DROPPED, 0), Change(EV_KEY, 2, 1), size=size),
    )
    return Stream(
        partial(Events, size),
        frames,
        (Change, Overrun, Damaged),
        most=size,
        look=partial(_change, size),
        seal=lambda said: evdev.encode(
            *(Change(row[0] % 8, row[1], row[2] % 3) for row in _threes(said)), at=1.0, size=size
        ),
        recovers=False,
    )


def _threes(said: bytes) -> Iterator[bytes]:
    return (said[at : at + 3] for at in range(0, len(said) - 2, 3))


def _state(answer: bytes) -> None:
    codes = evdev.codes_in(answer)
    assert all(0 <= code < 8 * len(answer) for code in codes)
    assert len(codes) == int.from_bytes(answer).bit_count()


EVENTS, EVENTS_OF_32_BITS = _events(24), _events(16)
STATE = Value(_state, (evdev.bits_of(frozenset({0, 28, 767})), b"", bytes([0xFF]) * 12))
