"""What the chip-card driver asks of the smart-card host: is a card in, and lead this conversation with it.

Rules. Every question has a deadline; a host that misses it, or talks nonsense, is ended and started again. What
the host says of pcscd and the reader is an error of the device; what it says of the card is :class:`Interrupted`.
Every conversation ends with a reset of the card, so that a checked PIN does not stay checked for the next person.
The trace has headers of commands and status words, never what a card says.
"""

import asyncio
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hardware.channel import Opener, open_child
from hardware.link import Link, Trace
from hardware.protocols.apdu import BadAnswer, Command, Conversation, Found
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline

ANSWER = 2.0
CARD_ANSWER = 5.0
CONVERSATION = 20.0
"""Seconds: one answer of the host, of a card, and everything a card may take."""
RETRY, BUSY = 0.25, 2.0
CARD_OPERATIONS = frozenset({"connect", "transmit"})

_ROOT = Path(__file__).parents[2]
_HOST = "import sys; sys.path.insert(0, sys.argv.pop(1)); from hardware.hosts.smartcard import main; main()"

Said = Mapping[str, Any]


def smartcard_host(socket: str = "") -> Opener:
    """Starts the host; ``socket`` is pcscd's, else the machine's own."""
    environment = ["/usr/bin/env", f"PCSCLITE_CSOCK_NAME={socket}"] if socket else []
    argv = [*environment, sys.executable, "-c", _HOST, str(_ROOT)]
    return lambda: open_child(argv)


class NoReader(DeviceOffline):
    """pcscd is well and has no such reader."""

    reason = "no_reader"


class HostGone(DeviceOffline):
    """The host is gone, late or not to be believed: it is started again."""


class Interrupted(Exception):
    """The card does not speak, or stopped in the middle."""


class _Busy(Interrupted):
    """Somebody holds the card: for a moment, a host of ours that was killed."""


class CardHost:
    """The line to the host of one reader. ``lost`` is told of every error before it is raised."""

    def __init__(
        self, role: str, opener: Opener, reader: str, lost: Callable[[DeviceError], None], trace: Trace | None
    ) -> None:
        self.link: Link[Message | Broken] = Link(role, opener, HostLink)
        self._role, self._reader, self._lost, self._trace = role, reader, lost, trace
        self._id = 0

    async def look(self, within: float = 0.0, *, known: bool = False) -> bool:
        """Whether a card is in: ``within`` seconds, or as soon as it is not as ``known``. Raises DeviceError."""
        said, _ = await self._ask("watch", reader=self._reader, card=known, within=within)
        return bool(said.get("card"))

    async def converse(self, conversation: Conversation[Found]) -> Found:
        """Lead ``conversation`` with the card that is in, and let the card forget it.

        Raises Interrupted, BadAnswer, DeviceError, and whatever the conversation raises.
        """
        try:
            async with asyncio.timeout(CONVERSATION):
                await self._connect()
                command = next(conversation)
                while True:
                    command = conversation.send(await self._transmit(command))
        except StopIteration as end:
            found: Found = end.value
            return found
        except TimeoutError as error:
            self.link.lose()
            raise BadAnswer("a card without end") from error  # which is the card's fault: it is not tried again
        finally:
            conversation.close()
            if self.link.connected:
                with suppress(DeviceError, Interrupted):
                    await self._ask("disconnect")

    async def _connect(self) -> None:
        for _ in range(round(BUSY / RETRY)):
            with suppress(_Busy):
                await self._ask("connect", reader=self._reader)
                return
            await asyncio.sleep(RETRY)
        raise Interrupted("another program keeps the card")

    async def _transmit(self, command: Command) -> bytes:
        self._show(">", command.shown())
        _, answer = await self._ask("transmit", command.encode())
        self._show("<", answer[-2:])
        if len(answer) < 2:
            raise Interrupted("no answer")  # what some readers make of a card that was pulled
        return answer

    # --- the host ---

    async def _ask(self, op: str, body: bytes = b"", **more: Any) -> tuple[Said, bytes]:
        """One question to the host. A late or broken answer ends the host."""
        self._id += 1
        question = Message({"id": self._id, "op": op, **more}, body)
        deadline = CARD_ANSWER if op in CARD_OPERATIONS else ANSWER
        try:
            async with asyncio.timeout(deadline):
                await self.link.send(encode(question))
                answer = await self._answer()
        except TimeoutError as error:
            raise self._give_up(f"the smart-card host did not answer {op!r}") from error
        except DeviceOffline as error:
            raise self._give_up(str(error)) from error
        return self._judge(op, answer.head), answer.body

    async def _answer(self) -> Message:
        while True:
            frame = await self.link.receive(2 * CARD_ANSWER)
            if isinstance(frame, Broken):
                raise DeviceOffline(self._role, f"the smart-card host: {frame.why}")
            if frame.head.get("id") == self._id:
                return frame

    def _judge(self, op: str, said: Said) -> Said:
        match said.get("error"):
            case None:
                return said
            case "busy" if op == "connect":
                raise _Busy("busy")
            case "no_card" | "mute" as why if op in CARD_OPERATIONS:
                raise Interrupted(str(why))
            case "no_reader":
                error: DeviceError = NoReader(self._role, "no such reader")
            case "no_service" as why:
                error = DeviceOffline(self._role, str(why))
            case why:
                error = DeviceFault(self._role, f"{op}: {why} {said.get('detail')}")
        self._lost(error)
        raise error

    def _give_up(self, why: str) -> HostGone:
        error = HostGone(self._role, why)
        self._lost(error)
        self.link.lose()
        return error

    def _show(self, way: str, data: bytes) -> None:
        if self._trace is not None:
            self._trace(way, data)
