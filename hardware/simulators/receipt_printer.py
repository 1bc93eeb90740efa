"""A thermal ESC/POS printer: roll, cover, cutter, print buffer, and the hands that spoil them.

Real-time commands are found in the stream as it arrives; everything else waits in the buffer and is executed at
paper speed, so that a fault can strike in the middle of a slip. A printer that stops keeps its buffer and prints
on after the refill, unless it is told to forget it: the trap the driver must not step into. A cutter that was
jammed stays in error until it is told to recover. ``presenter`` gives it a mouth with a sensor (DLE EOT 20);
``confirms=False`` makes it one of the printers that do not know GS ( H.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from hardware.channel import Channel, ChannelClosed
from hardware.protocols.escpos_status import (
    ASK_PRESENTER,
    Ask,
    Executed,
    Presenter,
    Status,
)
from hardware.simulators.base import Simulator, hand
from hardware.simulators.escpos_paper import Commands, Head, Paper, Row, split_real_time

ROLL = 50_000.0
NEAR_END = 4_000.0
SPEED = 150.0
"""Millimetres: of a new roll, when the near-end sensor speaks, and per second."""


class ReceiptPrinterSimulator(Simulator):
    """``papers`` are the slips that came out, oldest first; the last one may still be growing in ``printing``."""

    role = "receipt_printer"

    def __init__(self, *, seed: int = 0, presenter: bool = False, confirms: bool = True) -> None:
        super().__init__(seed=seed)
        self.presenter, self.confirms = presenter, confirms
        self.papers: list[Paper] = []
        self.printing = Paper()
        self.roll = ROLL
        self.cover_open = self.cutter_error = self.jam_at_cut = False
        self.waiting = 0
        self._stuck = False
        self._rows_left: int | None = None
        self._commands, self._head = Commands(), Head()
        self._work = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._line: Channel | None = None

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        """Take bytes until the line is gone; what is in the buffer is printed also without a line."""
        self._line = channel
        self._worker = self._worker or asyncio.create_task(self._execute(), name="print head")
        pending = b""
        while data := await channel.read():
            pending = await self._receive(channel, pending + data)

    async def _receive(self, channel: Channel, data: bytes) -> bytes:
        """Answer the real-time commands, buffer the rest; returns a beginning that may become one."""
        pieces, beginning = split_real_time(data)
        for number, piece in enumerate(pieces):
            if number % 2:
                await self._real_time(channel, piece)
            else:
                self._buffer(piece)
        return beginning

    def _buffer(self, data: bytes) -> None:
        self._commands.buffer += data
        self._work.set()

    async def _real_time(self, channel: Channel, command: bytes) -> None:
        if command == ASK_PRESENTER:
            if self.presenter:
                await self.answer(channel, Presenter(self.waiting > 0).encode())
        elif command[1] == 4:
            await self.answer(channel, bytes((self.status.byte(Ask(command[2])),)))
        else:
            if command[1] == 5:
                self.cutter_error = self._stuck
            if command != b"\x10\x05\x01":
                self._forget()
            self._work.set()

    @property
    def status(self) -> Status:
        """What the sensors say."""
        paper_end = self.roll <= 0
        offline = self.cover_open or paper_end or self.cutter_error
        return Status(
            offline=offline,
            cover_open=self.cover_open,
            paper_end=paper_end,
            paper_low=self.roll <= NEAR_END,
            cutter=self.cutter_error,
        )

    # --- the mechanism ---

    async def _execute(self) -> None:
        """The print head's life: one command after the other, as long as nothing is in the way."""
        while True:
            await self._thaw.wait()
            command = None if self.status.offline else self._commands.take()
            if command is None:
                self._work.clear()
                await self._work.wait()
            elif command.startswith(b"\x1dV"):
                self._cut()
            elif command.startswith(b"\x1d(H"):
                await self._confirm(command)
            else:
                for row in self._head.execute(command):
                    self.printing.rows.append(row)
                    self._use_paper(row)
                    await asyncio.sleep(row.height / 8 / SPEED)

    def _use_paper(self, row: Row) -> None:
        self.roll = max(0.0, self.roll - row.height / 8)
        if self._rows_left is not None and (row.runs or row.qr):
            self._rows_left -= 1
            if self._rows_left <= 0:
                self.roll, self._rows_left = 0.0, None

    def _cut(self) -> None:
        if self.jam_at_cut:
            self.jam_at_cut, self._stuck, self.cutter_error = False, True, True
            return
        self.printing.cut = True
        self._drop_out()

    def _drop_out(self) -> None:
        """What has been printed leaves the printer, whole or torn; a blank piece is nobody's slip."""
        if any(row.runs or row.qr for row in self.printing.rows):
            self.papers.append(self.printing)
            self.waiting += 1
        self.printing = Paper()

    async def _confirm(self, command: bytes) -> None:
        if self.confirms and self._line is not None:
            try:
                await self.answer(self._line, Executed(command[7:11].decode("ascii", "replace")).encode())
            except ChannelClosed:
                self._line = None

    def _forget(self) -> None:
        """What is not printed yet never will be."""
        self._commands.buffer.clear()
        self._head = Head()

    # --- hands ---

    @hand("new roll")
    def refill(self) -> None:
        """Put in a full roll; a slip that hung half printed is torn off."""
        self._drop_out()
        self.roll, self._rows_left = ROLL, None
        self._work.set()

    @hand("roll nearly empty")
    def near_end(self) -> None:
        """Only a few metres are left."""
        self.roll = NEAR_END / 2

    @hand("roll empty")
    def paper_out(self) -> None:
        """The paper ends now."""
        self.roll = 0.0

    @hand("roll ends in the next slip")
    def paper_out_next(self, rows: int = 5) -> None:
        """The paper ends after so many more printed lines."""
        self._rows_left = int(rows)

    @hand("open cover")
    def open_cover(self) -> None:
        """Lift the cover."""
        self.cover_open = True

    @hand("close cover")
    def close_cover(self) -> None:
        """Shut the cover."""
        self.cover_open = False
        self._work.set()

    @hand("jam at the next cut")
    def jam_next(self) -> None:
        """The cutter will stick."""
        self.jam_at_cut = True

    @hand("clear jam")
    def clear_jam(self) -> None:
        """Take the stuck paper out; the printer still waits to be told to recover."""
        self._stuck = False
        self._drop_out()

    @hand("take paper")
    def take_paper(self) -> None:
        """The citizen takes what came out."""
        self.waiting = 0

    @hand("power loss")
    async def lose_power(self) -> None:
        """Off: the line goes, the buffer is empty, what was printed so far hangs there."""
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None
        self._forget()
        self.cutter_error = self._stuck
        await self.unplug()

    def state(self) -> Mapping[str, Any]:
        """For the bench."""
        return {
            **super().state(),
            "paper_mm": round(self.roll),
            "cover_open": self.cover_open,
            "cutter_error": self.cutter_error,
            "waiting": self.waiting,
            "slips": len(self.papers),
            "last": self.papers[-1].text if self.papers else "",
        }
