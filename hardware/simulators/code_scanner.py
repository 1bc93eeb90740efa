"""A code scanner in presentation mode: a hand shows a code, holds it, takes it away.

While a code is held it is read again and again, as such engines do. A new piece of text or a name of
:data:`CODES` can be shown; none of these pays anything anywhere.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hardware.channel import Channel
from hardware.protocols.code_lines import encode, kind_of
from hardware.simulators.base import hand
from hardware.simulators.unasked import UnaskedSimulator

CODES: Mapping[str, str] = {
    "wechat": "134400000000000018",
    "alipay": "284400000000000018",
    "unionpay": "6244000000000000019",
    "reference": "44070301261123143205",
    "proof": "https://example.invalid/p/44070301261123143205",
    "text": "江门市样本码",
}
"""Sample codes: right in form, made up, good for nothing."""
EVERY = 0.5
"""Seconds between two readings of a code that is held."""


class CodeScannerSimulator(UnaskedSimulator):
    """One scanner. ``prefix``, ``suffix`` and ``end`` are its set-up."""

    role = "code_scanner"

    def __init__(self, *, seed: int = 0, prefix: bytes = b"", suffix: bytes = b"", end: bytes = b"\r\n") -> None:
        super().__init__(seed=seed)
        self.prefix, self.suffix, self.end = prefix, suffix, end
        self._held = ""
        self._in_sight = asyncio.Event()

    def state(self) -> Mapping[str, Any]:
        """What is held is told by its kind: the bench is no place for a code either."""
        held = kind_of(self._held).value if self._held else ""
        return {**super().state(), "held": held, "codes": list(CODES)}

    async def talk(self, channel: Channel) -> None:
        repeating = asyncio.create_task(self._repeat(), name="held code")
        try:
            await super().talk(channel)
        finally:
            repeating.cancel()
            with suppress(asyncio.CancelledError):
                await repeating

    async def _repeat(self) -> None:
        while True:
            await self._in_sight.wait()
            await self._read(self._held)
            await asyncio.sleep(EVERY)

    async def _read(self, code: str) -> None:
        await self.say(encode(code, prefix=self.prefix, suffix=self.suffix, end=self.end))

    # --- hands ---

    @hand("show a code")
    async def show(self, code: str = "wechat") -> None:
        """Once past the window: a name of :data:`CODES`, or the text itself."""
        await self._read(CODES.get(code, code))

    @hand("hold a code")
    def hold(self, code: str = "wechat") -> None:
        """It stays in front of the window and is read again and again."""
        self._held = CODES.get(code, code)
        self._in_sight.set()

    @hand("take the code away")
    def take_away(self) -> None:
        """Nothing is in front of the window."""
        self._held = ""
        self._in_sight.clear()

    @hand("show a code that is not text")
    async def show_binary(self) -> None:
        """Such as a ticket's, which holds numbers for machines."""
        await self.say(self.prefix + bytes([0x01, 0x80, 0xFF, 0x1D]) + self.suffix + self.end)

    @hand("lose the end of a code")
    async def show_half(self, code: str = "wechat") -> None:
        """The cable gives way in the middle: half a line, no end."""
        line = encode(CODES.get(code, code), prefix=self.prefix)
        await self.say(line[: len(line) // 2])
