"""Linux input events (evdev): what ``/dev/input/event*`` says, and the questions that can be put to it. Sans-I/O.

The wire is a row of ``struct input_event`` (``linux/input.h``), in the machine's own byte order::

    seconds long | microseconds long | type u16 | code u16 | value s32        24 bytes, 16 where a long has 4

- Events come in packets ended by SYN_REPORT and count when their packet ends.
- SYN_DROPPED: the reader was too slow and events are lost. All up to and including the next SYN_REPORT is to be
  ignored, then the device asked for its state (``Documentation/input/event-codes.rst``; libevdev, "SYN_DROPPED
  handling"): that is :class:`Overrun`.
- There is no frame around an event. What cannot be one means that the row is out of step, and nothing after it can
  be trusted: :class:`Damaged`, once, then silence until the line is opened anew. The kernel never does this.

Questions are ioctls with numbers of the generic layout (``asm-generic/ioctl.h``: x86, ARM, RISC-V, LoongArch).
"""

import struct
from dataclasses import dataclass
from typing import Final

EV_SYN, EV_KEY, EV_SW = 0x00, 0x01, 0x05
SYN_REPORT, SYN_DROPPED = 0, 3
SW_HEADPHONE_INSERT = 0x02
RELEASED, PRESSED, REPEATED = 0, 1, 2
"""Values of a key; a switch is 0 or 1."""

EVENTS: Final = {24: struct.Struct("=qqHHi"), 16: struct.Struct("=iiHHi")}
SIZE: Final = struct.calcsize("@llHHi")
"""Of an event on this machine."""
MOST = 64
"""Events of one packet: the kernel's own buffer for a keyboard holds as many."""
_TYPES, _CODES, _SECOND = 0x20, 0x300, 1_000_000


@dataclass(frozen=True)
class Change:
    """One key or switch, or whatever else a device tells: ``kind`` EV_KEY, EV_SW, ..."""

    kind: int
    code: int
    value: int


@dataclass(frozen=True)
class Overrun:
    """Changes were lost: ask for the present state."""


@dataclass(frozen=True)
class Damaged:
    """The row is out of step: open the line anew."""


Said = Change | Overrun | Damaged


class Events:
    """Bytes in, changes out. ``size`` of an event: 24, or 16 on a machine with longs of 4 bytes."""

    def __init__(self, size: int = SIZE) -> None:
        self._event = EVENTS[size]
        self._buffer = b""
        self._packet: list[Change] = []
        self._dropping = self._lost = False

    def feed(self, data: bytes) -> list[Said]:
        """What is complete with ``data``."""
        self._buffer += data
        whole = len(self._buffer) // self._event.size * self._event.size
        events, self._buffer = self._buffer[:whole], self._buffer[whole:]
        found: list[Said] = []
        for seconds, microseconds, kind, code, value in self._event.iter_unpack(events):
            if self._lost:
                break
            likely = seconds >= 0 and 0 <= microseconds < _SECOND and kind < _TYPES and code < _CODES
            found += self._hear(Change(kind, code, value)) if likely and _fits(kind, value) else self._lose()
        if self._lost:
            self._buffer = b""
        return found

    def _hear(self, change: Change) -> list[Said]:
        if (change.kind, change.code) == (EV_SYN, SYN_DROPPED):
            self._dropping, self._packet = True, []
        elif (change.kind, change.code) == (EV_SYN, SYN_REPORT):
            packet, self._packet = self._packet, []
            if self._dropping:
                self._dropping = False
                return [Overrun()]
            return [*packet]
        elif change.kind != EV_SYN and not self._dropping:
            self._packet.append(change)
            if len(self._packet) > MOST:
                return self._lose()
        return []

    def _lose(self) -> list[Said]:
        self._lost, self._packet = True, []
        return [Damaged()]


def _fits(kind: int, value: int) -> bool:
    """Whether a change of this kind can have this value."""
    return value in {EV_KEY: (RELEASED, PRESSED, REPEATED), EV_SW: (0, 1)}.get(kind, (value,))


def encode(*changes: Change, at: float = 0.0, size: int = SIZE) -> bytes:
    """The other direction: one packet, ended by SYN_REPORT. ``at``: seconds on the device's clock."""
    event, (seconds, rest) = EVENTS[size], divmod(at, 1)
    row = (*changes, Change(EV_SYN, SYN_REPORT, 0))
    return b"".join(event.pack(int(seconds), int(rest * _SECOND), c.kind, c.code, c.value) for c in row)


# --- questions -------------------------------------------------------------------------------------------------

STATE_SIZE: Final = _CODES // 8
"""Bytes of an answer: one bit per code, the lowest first."""


def _read(number: int, size: int) -> int:
    return 2 << 30 | size << 16 | ord("E") << 8 | number


GRAB: Final = 0x4004_4590
"""EVIOCGRAB: from now on nobody else gets the events of this device, until it is closed."""
STATE: Final = {EV_KEY: _read(0x18, STATE_SIZE), EV_SW: _read(0x1B, STATE_SIZE)}
"""EVIOCGKEY, EVIOCGSW: which keys are down, which switches are on."""
CODES: Final = {kind: _read(0x20 + kind, STATE_SIZE) for kind in (EV_KEY, EV_SW)}
"""EVIOCGBIT: which keys or switches the device has at all."""


def codes_in(answer: bytes) -> frozenset[int]:
    """The codes whose bits are set."""
    return frozenset(8 * at + bit for at, byte in enumerate(answer) for bit in range(8) if byte >> bit & 1)


def bits_of(codes: frozenset[int]) -> bytes:
    """The other direction: an answer that names ``codes``."""
    return bytes(sum(1 << bit for bit in range(8) if 8 * at + bit in codes) for at in range(STATE_SIZE))
