"""One question at a time to a host process over hostlink; what a driver adds is what its host's words mean.

Every question has a deadline. A host that misses it, or talks nonsense, is ended, and the link starts another. An
answer to a question that nobody waits for any more is recognised by its number. The trace has heads only, never a
picture.
"""

import asyncio
import json
from typing import Any

from hardware.channel import Opener
from hardware.link import Link, Trace
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from kiosk_app.errors import DeviceOffline

LATE = 20.0
"""Seconds: longer than any deadline."""


class HostGone(DeviceOffline):
    """The host is gone, late or not to be believed: it is started again."""


class HostLine:
    """The line to the host of ``role``; ``name`` is what the log calls it."""

    def __init__(self, role: str, name: str, opener: Opener, trace: Trace | None) -> None:
        self.link: Link[Message | Broken] = Link(role, opener, HostLink)
        self._role, self._name, self._trace = role, name, trace
        self._id = 0

    async def put(self, op: str, body: bytes = b"", *, within: float, **more: Any) -> Message:
        """One question and its answer, which may be an error in the host's words. Raises HostGone."""
        self._id += 1
        question = Message({"id": self._id, "op": op, **more}, body)
        self._show(">", question)
        try:
            async with asyncio.timeout(within):
                await self.link.send(encode(question))
                answer = await self._answer()
        except TimeoutError as error:
            raise self.give_up(f"the {self._name} did not answer {op!r}") from error
        except DeviceOffline as error:
            raise self.give_up(str(error)) from error
        self._show("<", answer)
        return answer

    def give_up(self, why: str) -> HostGone:
        """End this host; the link starts another. What to raise."""
        self.link.lose()
        return HostGone(self._role, why)

    async def _answer(self) -> Message:
        while True:
            frame = await self.link.receive(LATE)
            if isinstance(frame, Broken):
                raise DeviceOffline(self._role, f"the {self._name}: {frame.why}")
            if frame.head.get("id") == self._id:
                return frame

    def _show(self, way: str, message: Message) -> None:
        if self._trace is not None:
            self._trace(way, json.dumps(message.head, ensure_ascii=False).encode())
