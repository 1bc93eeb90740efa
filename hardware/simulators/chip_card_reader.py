"""A chip-card reader behind pcscd behind the smart-card host, all three simulated: it speaks ``hostlink`` as they do.

For worlds and tests on virtual time; ``virtual_reader`` is the same with a real pcscd. It keeps the traps of the real
chain: a pcscd that restarts or a reader that is pulled ends the connection in the middle of a card, a card taken out
fails the command that is under way, and a context is never good again afterwards.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hardware.channel import Channel
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from hardware.simulators.base import Simulator, hand
from hardware.simulators.chip_card import ATR, ChipCard, holders, sample

READER = "Sample Contact Reader 00 00"
APDU_SECONDS = 0.015


class ChipCardReaderSimulator(Simulator):
    """One reader with one slot. ``interrupt_after`` commands the next ``interrupt`` strikes."""

    role = "chip_card_reader"

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.card: ChipCard | None = None
        self.service = self.reader = True
        self.connected = False
        self._moved = asyncio.Event()
        self._strike: tuple[int, str] | None = None
        self._apdu = APDU_SECONDS
        self._held = 0

    def state(self) -> Mapping[str, Any]:
        card = self.card
        known = {"tries": card.tries, "mute": card.mute, "verified": card.verified} if card else None
        return {
            **super().state(),
            "pcscd": self.service,
            "reader": self.reader,
            "card": known,
            "sample": card.key if card else "",
            "cards": dict(holders()),
        }

    # --- the wire ---

    async def talk(self, channel: Channel) -> None:
        """Answer the driver as the host does; a host that ends resets the card."""
        codec = HostLink()
        self._leave()
        try:
            while data := await channel.read():
                for ask in codec.feed(data):
                    if isinstance(ask, Broken):
                        return
                    head, body = await self._obey(ask)
                    await self.answer(channel, encode(Message({"id": ask.head.get("id"), **head}, body)))
        finally:
            self._leave()

    async def _obey(self, ask: Message) -> tuple[dict[str, Any], bytes]:
        op = ask.head.get("op")
        if op == "watch":
            await self._wait(ask.head["card"], ask.head["within"])
        if op == "transmit":
            await asyncio.sleep(self._apdu)
        error = self._refusal(op, str(ask.head.get("reader", "")))
        if error:
            return {"error": error, "detail": "simulated"}, b""
        if op == "transmit":
            return self._transmit(ask.body)
        if op in {"connect", "disconnect"}:
            self._leave()
            self.connected = op == "connect"
        said: dict[Any, dict[str, Any]] = {
            "readers": {"readers": [READER]},
            "watch": {"reader": READER, "card": self.card is not None},
            "connect": {"protocol": "T=0", "atr": ATR.hex()},
            "disconnect": {},
        }
        return said.get(op, {"error": "question", "detail": str(op)}), b""

    def _refusal(self, op: Any, wanted: str) -> str:
        """The error that PC/SC would give now, or nothing."""
        to_card = op in {"connect", "transmit"}
        held = op == "connect" and self._held > 0
        self._held -= held
        reasons = {
            "no_service": not self.service,
            "no_reader": not (self.reader and READER.startswith(wanted)),
            "busy": held,
            "no_card": to_card and (self.card is None or (op == "transmit" and not self.connected)),
            "mute": to_card and self.card is not None and self.card.mute,
        }
        return "" if op == "disconnect" else next((reason for reason, holds in reasons.items() if holds), "")

    def _transmit(self, command: bytes) -> tuple[dict[str, Any], bytes]:
        assert self.card is not None  # `_refusal` has seen to it
        answer = self.card.answer(command)
        if self._strike is not None:
            left, what = self._strike
            self._strike = (left - 1, what) if left > 1 else None
            if self._strike is None:
                getattr(self, what)()
                return {"error": self._refusal("transmit", "") or "no_card"}, b""
        return {}, answer

    async def _wait(self, known: bool, within: float) -> None:
        self._moved.clear()
        if within > 0 and (self.card is not None) == known and self.service and self.reader:
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self._moved.wait()

    def _leave(self) -> None:
        self.connected = False
        if self.card is not None:
            self.card.reset()

    # --- hands ---

    @hand("put in a card")
    def insert(self, card: str) -> None:
        """Put a sample card in; what was in is taken out first."""
        self.put(sample(card))

    def put(self, card: ChipCard | None) -> None:
        """Put this very card in."""
        self._leave()
        self.card = card
        self._moved.set()

    @hand("take the card out")
    def remove(self) -> None:
        """Also in the middle of reading."""
        self.put(None)

    @hand("block the card's PIN")
    def block(self) -> None:
        """No tries left."""
        if self.card is not None:
            self.card.tries = 0

    @hand("pull the reader")
    def pull_reader(self) -> None:
        """The USB plug of the reader, not of the machine; the card stays in it."""
        self._leave()
        self.reader = False
        self._moved.set()

    @hand("plug the reader in")
    def plug_reader(self) -> None:
        """Back again."""
        self.reader = True

    @hand("stop pcscd")
    def stop_service(self) -> None:
        """The daemon ends."""
        self._leave()
        self.service = False
        self._moved.set()

    @hand("start pcscd")
    def start_service(self) -> None:
        """The daemon runs again."""
        self.service = True

    @hand("slow card")
    def slow_card(self, milliseconds: int = 4000) -> None:
        """Every command takes so long; 0 is normal again."""
        self._apdu = int(milliseconds) / 1000 or APDU_SECONDS

    @hand("another program holds the card")
    def hold(self, count: int = 2) -> None:
        """The next ``count`` connects find it taken."""
        self._held = int(count)

    @hand("fail in the middle")
    def interrupt(self, what: str = "remove", after: int = 5) -> None:
        """At the ``after``-th command from now: ``remove``, ``pull_reader`` or ``stop_service``, its answer lost."""
        if what not in {"remove", "pull_reader", "stop_service"}:
            raise ValueError("what: remove, pull_reader or stop_service")
        self._strike = (max(1, int(after)), what)
