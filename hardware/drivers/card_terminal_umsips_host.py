"""The line to the UnionPay host: one question and its answer, and one transaction of which more must be known.

A transaction ends in one of three ways. It has an answer; or it was *not begun*: the host ended, and had not said
that it was about to call the library, so nothing was asked of the bank; or it is *uncertain*. A host that is late is
ended by us, and what it then might have said is lost: that is always uncertain.
The trace has operations, types and codes, and the receipt with masked numbers; never a key, a PIN or a card number.
"""

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from hardware.channel import Opener, open_child
from hardware.link import Link, Trace
from hardware.protocols.hostlink import Broken, HostLink, Message, encode
from hardware.protocols.umsips import Request
from kiosk_app.errors import DeviceFault, DeviceOffline, PaymentUncertain

ANSWER = 5.0
INIT = 60.0
"""Seconds: a call that only moves a card or reads a key; and the start of all devices with the chip's parameters."""
TRANSACT = 100.0
"""Seconds: longer than the library's own time-out with the bank, after which it answers by itself."""

Found = TypeVar("Found")
_ROOT = Path(__file__).parents[2]
_HOST = "import sys; sys.path.insert(0, sys.argv.pop(1)); from hardware.hosts.unionpay import main; main()"


def unionpay_host(library: Path, folder: Path) -> Opener:
    """Starts the host for this library; ``folder`` is the terminal's own, where the lock is."""
    argv = [sys.executable, "-c", _HOST, str(_ROOT), str(library.absolute()), str(folder.absolute())]
    return lambda: open_child(argv)


def code_of(said: Mapping[str, Any]) -> int:
    """What a function of the library returned. Raises ValueError."""
    code = said.get("code")
    if type(code) is not int:
        raise ValueError("an answer without its code")
    return code


def state_of(said: Mapping[str, Any]) -> str:
    """The one byte that ``check`` and ``key`` say; empty when the function failed. Raises ValueError."""
    if code_of(said) != 0:
        return ""
    state = said.get("state")
    if type(state) is not int or not 0 <= state <= 0xFF:
        raise ValueError("an answer without its byte")
    return chr(state)


class NotBegun(DeviceOffline):
    """The library was not called."""


class UmsHost:
    """Questions to the host. Take :meth:`Link.turn` first."""

    def __init__(self, role: str, opener: Opener, trace: Trace | None) -> None:
        self.link: Link[Message | Broken] = Link(role, opener, HostLink)
        self._role, self._trace = role, trace
        self._id = 0
        self._ended_by_us = False

    async def code(self, op: str, *, within: float = ANSWER, **more: Any) -> int:
        """What the library's function returned. Raises DeviceOffline, DeviceFault."""
        return self._believe(code_of, await self.ask(op, within=within, **more))

    async def state(self, op: str) -> str:
        """The one byte that ``check`` and ``key`` say; empty when the function failed."""
        return self._believe(state_of, await self.ask(op))

    async def ask(self, op: str, body: bytes = b"", *, within: float = ANSWER, **more: Any) -> Mapping[str, Any]:
        """One question. A late or broken answer ends the host. Raises DeviceOffline, DeviceFault."""
        try:
            async with asyncio.timeout(within):
                await self._send(op, body, **more)
                answer = await self._answer()
        except TimeoutError as error:
            self.end()
            raise DeviceOffline(self._role, f"the UnionPay host did not answer {op!r}") from error
        if op not in {"alive", "check", "key"}:
            self._show("<", f"{op} {answer.head.get('code', answer.head.get('error'))}")
        self._judge(op, answer.head)
        return answer.head

    async def transact(self, request: Request) -> bytes:
        """UMS_TransCard. Raises NotBegun, PaymentUncertain, DeviceFault (the host refused; not begun either)."""
        if not self.link.connected:
            raise NotBegun(self._role, "no host")
        self._ended_by_us = begun = False
        try:
            await self._send("transact", request.encode())
        except DeviceOffline:  # half of it may be out; if the host can still speak, it tells
            self._ended_by_us = True
        try:
            async with asyncio.timeout(TRANSACT):
                while True:
                    answer = await self._answer()
                    if not answer.head.get("begun"):
                        break
                    begun = True
        except TimeoutError as error:
            self.end()
            raise PaymentUncertain(f"the library did not answer type {request.kind.value}") from error
        except DeviceOffline as error:
            if begun or self._ended_by_us:
                raise PaymentUncertain(f"the host ended during type {request.kind.value}") from error
            raise NotBegun(self._role, "the host ended before the library was called") from error
        if not begun:
            self._judge("transact", answer.head)
        self._show("<", f"{request.kind.value} {answer.body[:2]!r} {answer.head.get('receipt', '')}")
        return answer.body

    def _believe(self, read: Callable[[Mapping[str, Any]], Found], said: Mapping[str, Any]) -> Found:
        """What an answer says. Raises DeviceOffline for one that says nothing: the host is ended."""
        try:
            return read(said)
        except ValueError as error:
            self.end()
            raise DeviceOffline(self._role, f"the UnionPay host: {error}") from error

    def end(self) -> None:
        """The host is not to be believed any more: it is ended and started again."""
        self._ended_by_us = True
        self.link.lose()

    async def _send(self, op: str, body: bytes, **more: Any) -> None:
        self._id += 1
        await self.link.send(encode(Message({"id": self._id, "op": op, **more}, body)))

    async def _answer(self) -> Message:
        while True:
            frame = await self.link.receive(2 * TRANSACT)  # whoever asks has a deadline of their own
            if isinstance(frame, Broken):
                self.end()
                raise DeviceOffline(self._role, f"the UnionPay host: {frame.why}")
            if frame.head.get("id") == self._id:
                return frame

    def _judge(self, op: str, said: Mapping[str, Any]) -> None:
        match said.get("error"):
            case None:
                return
            case "busy":
                raise DeviceOffline(self._role, "another program has the library")
            case why:
                raise DeviceFault(self._role, f"{op}: {why} {said.get('detail')}")

    def _show(self, way: str, what: str) -> None:
        if self._trace is not None:
            self._trace(way, what.encode())
