"""A resident ID reader with hands: the far end of the SDT protocol (``hardware/protocols/sdt.py``).

It keeps the device's own rules: find, select, read in this order (21 otherwise); a card read once is not found
again until it is lifted (80) or the module is reset; a card lifted while it is read gives 41. Requests are
decoded with the driver's codec and answered in order, each after the time such a device takes.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hardware.channel import Channel
from hardware.protocols import sdt, sdt_text
from hardware.protocols.sdt import Command, Reading, Request, Response
from hardware.simulators.base import Simulator, hand
from hardware.simulators.samples import CARDS, SampleCard

SAM_ID = b"".join(
    number.to_bytes(size, "little") for number, size in ((5, 2), (3, 2), (20200518, 4), (4407, 4), (1, 4))
)
IIN, SERIAL = bytes(4), bytes(8)
OK, FOUND, NO_CARD, NOT_SELECTED, EMPTY = 0x90, 0x9F, 0x80, 0x81, 0x91
DAMAGED, WRONG, NOT_AN_ID_CARD, READ_FAILED = 0x10, 0x21, 0x40, 0x41
SELF_TEST_FAILED, NOT_AUTHORISED = 0x60, 0x66


@dataclass(frozen=True)
class Timing:
    """Seconds that the device itself takes."""

    reset: float = 0.020
    find: float = 0.005
    select: float = 0.010
    read: float = 1.2
    other: float = 0.002


class IdCardReaderSimulator(Simulator):
    """One reader. A card is laid by the name it has in :data:`CARDS`."""

    role = "id_card_reader"

    def __init__(self, *, seed: int = 0, timing: Timing | None = None, cards: Mapping[str, SampleCard] = CARDS) -> None:
        super().__init__(seed=seed)
        self.timing = timing or Timing()
        self.cards = cards
        self._lies: str | None = None
        self._foreign = False
        self._step = Command.RESET  # how far the sequence is: RESET, FIND or SELECT
        self._spent = False
        self._broken = 0
        self._moved = asyncio.Event()  # the selected card was lifted

    def state(self) -> Mapping[str, Any]:
        return {
            **super().state(),
            "card": "foreign card" if self._foreign else self._lies,
            "read": self._spent,
            "broken": f"{self._broken:02X}" if self._broken else "",
            "cards": {key: card.text.name or card.text.english_name for key, card in self.cards.items()},
        }

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        decoder = sdt.requests()
        while data := await channel.read():
            for heard in decoder.feed(data):
                answer = await self._obey(heard) if isinstance(heard, Request) else Response(DAMAGED)
                await self.answer(channel, answer.encode())

    async def _obey(self, request: Request) -> Response:
        command = request.command
        if command is None:
            return Response(WRONG)
        if self._broken and command is not Command.SAM_ID:
            return Response(self._broken)
        work = {
            Command.RESET: self._reset,
            Command.FIND: self._find,
            Command.SELECT: self._select,
            Command.READ: self._read,
            Command.READ_WITH_FINGERPRINT: self._read,
            Command.READ_ADDRESS: self._read_more,
            Command.READ_MANAGEMENT: self._read_more,
        }
        return await work.get(command, self._simple)(command)

    async def _simple(self, command: Command) -> Response:
        await asyncio.sleep(self.timing.other)
        return Response(OK, SAM_ID if command is Command.SAM_ID else b"")

    async def _reset(self, _: Command) -> Response:
        await asyncio.sleep(self.timing.reset)
        self._step, self._spent = Command.RESET, False
        return Response(OK)

    async def _find(self, _: Command) -> Response:
        await asyncio.sleep(self.timing.find)
        if self._spent or not (self._lies or self._foreign):
            return Response(NO_CARD)
        self._step = Command.FIND
        return Response(FOUND, IIN)

    async def _select(self, _: Command) -> Response:
        await asyncio.sleep(self.timing.select)
        if self._step is not Command.FIND:
            return Response(WRONG)
        if self._foreign:
            return Response(NOT_AN_ID_CARD)
        if self._lies is None:
            return Response(NOT_SELECTED)
        self._step = Command.SELECT
        self._moved.clear()
        return Response(OK, SERIAL)

    async def _read(self, command: Command) -> Response:
        if self._step is not Command.SELECT:
            return Response(WRONG)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.timing.read):
                await self._moved.wait()
        if self._lies is None or self._moved.is_set():
            return Response(READ_FAILED)
        self._spent = True
        card = self.cards[self._lies]
        content = Reading(sdt_text.encode(card.text), card.photo)
        return Response(OK, content.encode(fingerprint=command is Command.READ_WITH_FINGERPRINT))

    async def _read_more(self, command: Command) -> Response:
        await asyncio.sleep(self.timing.other)
        if self._step is not Command.SELECT:
            return Response(WRONG)
        if self._lies is None or self._moved.is_set():
            return Response(READ_FAILED)
        if command is Command.READ_MANAGEMENT:
            return Response(OK, bytes(28))
        address = self.cards[self._lies].newest_address.encode("utf-16-le")
        return Response(OK, address) if address else Response(EMPTY)

    # --- hands ---

    @hand("lay a card")
    def lay(self, card: str) -> None:
        """Lay a sample card on the reader; what lay there is lifted first."""
        if card not in self.cards:
            raise ValueError(f"card: one of {', '.join(self.cards)}")
        self.lift()
        self._lies = card

    @hand("lay a card that is no identity card")
    def lay_foreign_card(self) -> None:
        """A bank card, a phone: found, but of no known type."""
        self.lift()
        self._foreign = True

    @hand("lift the card")
    def lift(self) -> None:
        """Take away whatever lies there."""
        self._lies, self._foreign, self._spent = None, False, False
        self._moved.set()

    # --- faults ---

    @hand("security module not authorised")
    def revoke(self) -> None:
        """66 to everything."""
        self._broken = NOT_AUTHORISED

    @hand("security module fails its self-test")
    def fail_self_test(self) -> None:
        """60 to everything."""
        self._broken = SELF_TEST_FAILED

    @hand("repair the security module")
    def repair(self) -> None:
        """Well again."""
        self._broken = 0
