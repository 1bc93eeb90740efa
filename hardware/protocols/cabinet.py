"""The cabinet board's registers, both directions: the map of ``docs/cabinet-registers.md``. Registers in, values out.

No public protocol exists for doors, lamps and shock sensors of a kiosk, so this one is defined openly: 16-bit
Modbus registers, one block to read at every poll, one to write the lamps. How registers travel is none of its
business. Standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

MAGIC: Final = 0x4B43
"""``KC``, kiosk cabinet."""
VERSION: Final = 1

BOARD, BOARD_SIZE = 0x0000, 5
"""Input registers that do not change: magic, version of the map, firmware, number of doors, number of lamps."""
STATE, STATE_SIZE = 0x0010, 11
"""Input registers to poll: doors, shock, temperature, then what each of eight lamps shows."""
LAMPS, MOST_LAMPS = 0x0000, 8
"""Holding registers: what each lamp is to show."""
ACKNOWLEDGE, ACKNOWLEDGE_CODE = 0x0010, 0xA55A
"""Holding register: the code written here clears the remembered shock; anything else is an illegal value."""
MOST_DOORS = 16
WATCHDOG = 5.0
"""Seconds without a question after which the board puts its lamps out: a dead kiosk asks nobody for a card."""

_NO_SENSOR = 0x8000


class Shows(IntEnum):
    """The value of a lamp's register."""

    OFF = 0
    ON = 1
    BLINK = 2


@dataclass(frozen=True)
class Board:
    """Who answers."""

    magic: int = MAGIC
    version: int = VERSION
    firmware: int = 0x0100
    doors: int = MOST_DOORS
    lamps: int = MOST_LAMPS

    @classmethod
    def of(cls, registers: Sequence[int]) -> "Board":
        """From the block at :data:`BOARD`. Raises ValueError for less than that."""
        if len(registers) < BOARD_SIZE:
            raise ValueError(f"{len(registers)} registers of {BOARD_SIZE}")
        return cls(*registers[:BOARD_SIZE])

    def registers(self) -> tuple[int, ...]:
        """The block at :data:`BOARD`."""
        return (self.magic, self.version, self.firmware, self.doors, self.lamps)

    @property
    def known(self) -> bool:
        """Whether it is a cabinet board with this map."""
        return self.magic == MAGIC and self.version == VERSION


@dataclass(frozen=True)
class State:
    """What the board sees. ``open_doors`` are numbers from 0; ``degrees`` is None when the sensor is broken.

    ``struck``: the sensor feels it now; ``remembered``: it has, since the last acknowledgement.
    """

    open_doors: frozenset[int] = frozenset()
    struck: bool = False
    remembered: bool = False
    degrees: float | None = 25.0
    lamps: tuple[int, ...] = (Shows.OFF,) * MOST_LAMPS

    @classmethod
    def of(cls, registers: Sequence[int]) -> "State":
        """From the block at :data:`STATE`; a lamp may show a value of later versions. Raises ValueError for less."""
        if len(registers) < STATE_SIZE:
            raise ValueError(f"{len(registers)} registers of {STATE_SIZE}")
        doors, shock, heat = registers[:3]
        signed = heat - 0x10000 if heat & 0x8000 else heat
        return cls(
            open_doors=frozenset(door for door in range(MOST_DOORS) if doors >> door & 1),
            struck=bool(shock & 1),
            remembered=bool(shock & 2),
            degrees=None if heat == _NO_SENSOR else signed / 10,
            lamps=tuple(registers[3:STATE_SIZE]),
        )

    def registers(self) -> tuple[int, ...]:
        """The block at :data:`STATE`."""
        heat = _NO_SENSOR if self.degrees is None else round(self.degrees * 10) & 0xFFFF
        doors = sum(1 << door for door in self.open_doors)
        return (doors, self.struck | self.remembered << 1, heat, *self.lamps)
