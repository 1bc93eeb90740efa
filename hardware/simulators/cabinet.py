"""A cabinet: board, doors, a fist, a hair dryer. It answers as ``docs/cabinet-registers.md`` says.

Like the real board it remembers a shock without power, puts its lamps out when nobody asks for some seconds, and
is silent to questions that are torn or meant for another unit.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hardware.channel import Channel
from hardware.modbus_rtu import (
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    READ_HOLDING,
    READ_INPUT,
    WRITE_HOLDING,
    Message,
    Rtu,
    answer,
)
from hardware.protocols import cabinet
from hardware.protocols.cabinet import Board, Shows, State
from hardware.simulators.base import Simulator, hand

SILENCE = 0.05
"""Seconds without a byte that end a torn question; generous, as a pseudo-terminal's far end may be."""
SHAKES = 0.5
"""Seconds for which the sensor feels a blow."""


class CabinetSimulator(Simulator):
    """``board.doors`` doors, numbered from 0; ``unit`` is its address on the line."""

    role = "cabinet"

    def __init__(self, *, seed: int = 0, unit: int = 1, doors: int = 4, lamps: int = cabinet.MOST_LAMPS) -> None:
        super().__init__(seed=seed)
        self.unit = unit
        self.board = Board(doors=doors, lamps=lamps)
        self.sensed = State()
        self.muted = False
        self.wrong_crcs = 0
        self._struck_at = self._asked_at = float("-inf")

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        """Answer every whole question to this unit."""
        now = asyncio.get_running_loop().time
        questions = Rtu(asked=True)
        heard_at = now()
        while data := await channel.read():
            if now() - heard_at > SILENCE:
                questions.forget()
            heard_at = now()
            for asked in questions.feed(data):
                if asked.unit == self.unit and not self.muted:
                    await self.answer(channel, self._spoil(answer(self._obey(asked))))

    def _obey(self, asked: Message) -> Message:
        self._refresh()
        self._asked_at = asyncio.get_running_loop().time()
        reply = replace(asked, registers=(), count=0)
        if asked.function == READ_INPUT:
            return self._read(asked, {cabinet.BOARD: self.board.registers(), cabinet.STATE: self.sensed.registers()})
        if asked.function == READ_HOLDING:
            return self._read(asked, {cabinet.LAMPS: self.sensed.lamps})
        if asked.function != WRITE_HOLDING:
            return replace(reply, error=ILLEGAL_FUNCTION)
        if len(asked.registers) != asked.count or not asked.count:
            return replace(reply, error=ILLEGAL_VALUE)
        return replace(reply, count=asked.count, error=self._write(asked.address, asked.registers))

    def _read(self, asked: Message, blocks: Mapping[int, tuple[int, ...]]) -> Message:
        for start, block in blocks.items():
            if start <= asked.address and asked.address + asked.count <= start + len(block):
                at = asked.address - start
                return Message(asked.unit, asked.function, registers=block[at : at + asked.count])
        return Message(asked.unit, asked.function, error=ILLEGAL_ADDRESS)

    def _write(self, address: int, registers: tuple[int, ...]) -> int:
        """Carry it out; the exception code if it cannot be."""
        if address == cabinet.ACKNOWLEDGE and len(registers) == 1:
            if registers[0] != cabinet.ACKNOWLEDGE_CODE:
                return ILLEGAL_VALUE
            self.sensed = replace(self.sensed, remembered=False)
            return 0
        end = address + len(registers)
        if end > self.board.lamps:
            return ILLEGAL_ADDRESS
        if any(value not in set(Shows) for value in registers):
            return ILLEGAL_VALUE
        lamps = self.sensed.lamps
        self.sensed = replace(self.sensed, lamps=lamps[:address] + registers + lamps[end:])
        return 0

    def _spoil(self, frame: bytes) -> bytes:
        if not self.wrong_crcs:
            return frame
        self.wrong_crcs -= 1
        return frame[:-1] + bytes([frame[-1] ^ 0x5A])

    def _refresh(self) -> None:
        """What time alone changes."""
        now = asyncio.get_running_loop().time()
        self.sensed = replace(self.sensed, struck=now - self._struck_at < SHAKES)
        if now - self._asked_at > cabinet.WATCHDOG:
            self.sensed = replace(self.sensed, lamps=State().lamps)

    @property
    def lamps(self) -> tuple[str, ...]:
        """What a person sees at each slot."""
        self._refresh()
        return tuple(Shows(lamp).name.lower() for lamp in self.sensed.lamps[: self.board.lamps])

    # --- hands ---

    @hand("open door")
    def open_door(self, door: int = 0) -> None:
        """Open the door of that number."""
        self.sensed = replace(self.sensed, open_doors=self.sensed.open_doors | {self._door(door)})

    @hand("close door")
    def close_door(self, door: int = 0) -> None:
        """Shut the door of that number."""
        self.sensed = replace(self.sensed, open_doors=self.sensed.open_doors - {self._door(door)})

    @hand("close all doors")
    def close_doors(self) -> None:
        """Shut every door."""
        self.sensed = replace(self.sensed, open_doors=frozenset())

    def _door(self, door: int) -> int:
        if not 0 <= int(door) < self.board.doors:
            raise ValueError(f"doors are 0 to {self.board.doors - 1}")
        return int(door)

    @hand("hit the cabinet")
    def hit(self) -> None:
        """Kick it; the board remembers."""
        self._struck_at = asyncio.get_running_loop().time()
        self.sensed = replace(self.sensed, remembered=True)

    @hand("heat to degrees")
    def heat(self, degrees: int = 60) -> None:
        """Make it so warm inside."""
        if not -40 <= int(degrees) <= 125:
            raise ValueError("the sensor measures -40 to 125 degrees")
        self.sensed = replace(self.sensed, degrees=float(degrees))

    @hand("break the thermometer")
    def break_thermometer(self) -> None:
        """From now on it measures nothing; heat repairs it."""
        self.sensed = replace(self.sensed, degrees=None)

    @hand("mute the board")
    def mute(self) -> None:
        """The line stays, the board is dead."""
        self.muted = True

    @hand("restart the board")
    def restart(self) -> None:
        """Power off and on: it answers again; the lamps are out, the shock is still remembered."""
        self.muted = False
        self.sensed = replace(self.sensed, lamps=State().lamps)

    @hand("wrong checksums")
    def wrong_crc(self, count: int = 1) -> None:
        """Spoil the checksum of the next ``count`` answers."""
        self.wrong_crcs = int(count)

    @hand("set the unit's address")
    def set_unit(self, unit: int = 1) -> None:
        """Turn the address switch."""
        if not 1 <= int(unit) <= 247:
            raise ValueError("addresses are 1 to 247")
        self.unit = int(unit)

    def state(self) -> Mapping[str, Any]:
        """For the bench."""
        return {
            **super().state(),
            "doors": self.board.doors,
            "open_doors": sorted(self.sensed.open_doors),
            "tamper": self.sensed.remembered,
            "degrees": self.sensed.degrees,
            "lamps": self.lamps,
            "muted": self.muted,
        }
