"""Replay: the device's side of a recording, played to a driver that is to say the same again.

The player is an opener. It says what the device said, after as long as the device took, and only when the driver has
said what came before. The driver may ask more or less often than it did (:meth:`Dialect.asks`): what only asks is
answered from memory, or passed over. Everything else must come in the recorded order and, cleaned, with the
recorded bytes. The first difference is a :class:`Deviation`; the line is cut there and :meth:`Player.check` tells.
"""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hardware.channel import Channel, ChannelClosed, MemoryChannel, memory_pair
from hardware.dialects import Dialect, Said
from hardware.recording import Recording


class Deviation(AssertionError):
    """The driver did not do what was recorded."""


@dataclass(frozen=True)
class _Step:
    """One entry of the recording; ``said`` is None where a line comes or goes."""

    way: str
    at: int
    said: Said[Any] | None = None


class Player:
    """``player.open`` is the driver's opener; ``speaks`` and ``reads`` are two fresh dialects of the wire."""

    def __init__(self, recording: Recording, speaks: Dialect[Any], reads: Dialect[Any]) -> None:
        self._recording, self._dialect = recording, speaks
        self._script = deque(_steps(recording, reads))
        self._at = 0
        self._answers: dict[bytes, list[Said[Any]]] = {}
        self._asked: Said[Any] | None = None
        self._playing: asyncio.Task[None] | None = None
        self._deviation: Deviation | None = None

    async def open(self) -> Channel:
        """The next recorded connection. Raises ChannelClosed when there was none."""
        if not self._script or self._script[0].way != "+":
            raise ChannelClosed("the recording has no more lines")
        self._at = self._script.popleft().at
        self._dialect.renew()
        near, far = memory_pair()
        self._playing = asyncio.create_task(self._play(far), name="replay")
        return near

    def check(self) -> None:
        """Raises Deviation when the driver said something else, or left out something that changes the device."""
        if self._deviation is not None:
            raise self._deviation
        left = next((step for step in self._script if step.way == ">" and not self._only_asks(step)), None)
        if left is not None:
            raise Deviation(f"at {left.at} ms never said: {_shown(left)}")
        if self._dialect.unwritten[">"] > self._recording.unwritten.get(">", 0):
            raise Deviation("said what its own codec does not understand")

    async def close(self) -> None:
        """Stop playing."""
        if self._playing is not None:
            self._playing.cancel()
            await asyncio.wait([self._playing])

    async def _play(self, far: MemoryChannel) -> None:
        """One connection, to its recorded end or until the driver hangs up."""
        heard: deque[Said[Any]] = deque()
        try:
            while True:
                if self._script and self._script[0].way != ">":
                    step = self._script.popleft()
                    await asyncio.sleep((step.at - self._at) / 1000)
                    self._at = step.at
                    if step.said is None:
                        return
                    await self._say(far, step.said)
                elif heard:
                    await self._hear(far, heard.popleft())
                elif data := await far.read():
                    heard.extend(self._dialect.hear(">", data))
                else:
                    return
        except ChannelClosed:  # the driver hung up while the device spoke; what is missing, `check` finds
            pass
        except Deviation as deviation:
            self._deviation = self._deviation or deviation
        finally:
            far.cut()

    async def _say(self, far: MemoryChannel, said: Said[Any]) -> None:
        if self._asked is None:
            await far.write(said.data)
            return
        self._answers[self._dialect.key(self._asked.frame)].append(said)
        await self._repeat(far, said, self._asked)

    async def _repeat(self, far: MemoryChannel, said: Said[Any], asked: Said[Any]) -> None:
        await far.write(self._dialect.encode("<", self._dialect.answer(said.frame, asked.frame)))

    async def _hear(self, far: MemoryChannel, said: Said[Any]) -> None:
        """Find what the driver says in the script, or answer it from memory. Raises Deviation."""
        key, asks = self._dialect.key(said.frame), self._dialect.asks(said.frame)
        while self._script:
            step = self._script[0]
            if self._key(step) == key:
                self._script.popleft()
                self._at, self._asked, self._answers[key] = step.at, said, []
                return
            if (asks and key in self._answers) or not self._only_asks(step) or self._key(step) not in self._answers:
                break
            self._pass_over()
        if not asks or key not in self._answers:
            expected = _shown(self._script[0]) if self._script else "nothing more"
            raise Deviation(f"after {self._at} ms said {_shown(_Step('>', 0, said))} instead of {expected}")
        for answer in list(self._answers[key]):
            await self._repeat(far, answer, said)

    def _pass_over(self) -> None:
        """A question that was asked before, and its answers."""
        self._script.popleft()
        while self._script and self._script[0].way == "<":
            self._script.popleft()

    def _key(self, step: _Step) -> bytes:
        return b"" if step.said is None else self._dialect.key(step.said.frame)

    def _only_asks(self, step: _Step) -> bool:
        return step.said is not None and self._dialect.asks(step.said.frame)


def _steps(recording: Recording, dialect: Dialect[Any]) -> Iterator[_Step]:
    for entry in recording.entries:
        if entry.way in "+-":
            dialect.renew()
            yield _Step(entry.way, entry.at)
        else:
            for said in dialect.hear(entry.way, entry.data):
                yield _Step(entry.way, entry.at, said)


def _shown(step: _Step) -> str:
    return f"{step.said.data.hex()} {step.said.note}".strip() if step.said else step.way
