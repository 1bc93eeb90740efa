"""The wire to a ZVT terminal, and the manners on it: acknowledge, repeat, ask, answer, give up.

:class:`Line` sends one APDU and receives one; on a serial line that includes ACK, NAK and up to three tries, over
TCP nothing. :class:`Talk` is one command from its answer to its end (06 0F or 06 1E), every message of the
terminal answered on the way.

Rules. A traced APDU is redacted before anybody sees it. Silence longer than the manual allows, and an answer
nobody asked for, mean that question and answer may be out of step: the line is given up, and a serial line, on
which stale answers outlive the connection, must then have been silent for T3 before it is used again.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from hardware.channel import Opener
from hardware.link import Link, Trace
from hardware.protocols import zvt
from hardware.protocols.zvt import ACCEPTED, Apdu, Command, Sign, Wire, ZvtError
from hardware.protocols.zvt_fields import redact
from hardware.protocols.zvt_messages import ABORT, abort_code, intermediate_status
from kiosk_app.errors import DeviceOffline


def _now() -> float:
    return asyncio.get_running_loop().time()


class Line:
    """APDUs to and from the terminal."""

    def __init__(self, role: str, opener: Opener, *, serial: bool, trace: Trace | None = None) -> None:
        self.role, self._serial, self._trace = role, serial, trace
        self.link: Link[Wire] = Link(role, opener, zvt.SerialFraming if serial else zvt.TcpFraming)
        self._inbox: deque[Apdu] = deque()
        self._stale = False

    async def renew(self) -> None:
        """A new connection: what came on the old one is worth nothing. Call with the turn taken."""
        self._inbox.clear()
        if self._stale and self._serial:
            while await self.receive(zvt.T3_ANSWER) is not None:
                pass
        self._stale = False

    async def send(self, apdu: Apdu) -> int:
        """Put ``apdu`` on the wire and have it acknowledged; how many tries it took. Raises DeviceOffline."""
        if self._trace is not None:
            self._trace(">", redact(apdu))
        if not self._serial:
            await self.link.send(zvt.tcp_frame(apdu))
            return 1
        for attempt in range(1, zvt.TRIES + 1):
            await self.link.send(zvt.serial_frame(apdu))
            if await self._acknowledged():
                return attempt
        raise self.silent("no ACK")

    async def receive(self, seconds: float) -> Apdu | None:
        """The next APDU, or None after ``seconds``. Cancelling it loses nothing. Raises DeviceOffline, ZvtError."""
        deadline = _now() + seconds
        while not self._inbox:
            frame = await self._frame(deadline)
            if frame is None:
                return None
            await self._take(frame)
        apdu = self._inbox.popleft()
        if self._trace is not None:
            self._trace("<", redact(apdu))
        return apdu

    def silent(self, detail: str) -> DeviceOffline:
        """Give the line up; the error to raise."""
        self._stale = True
        self.link.lose()
        return DeviceOffline(self.role, detail)

    async def _frame(self, deadline: float) -> Wire | None:
        try:
            return await self.link.receive(deadline - _now())
        except DeviceOffline:
            if self.link.connected:
                return None
            raise

    async def _acknowledged(self) -> bool:
        """Whether the frame just sent has arrived. A terminal that speaks on has heard us, whatever became of ACK."""
        deadline = _now() + zvt.T2_ACK
        while (frame := await self._frame(deadline)) is not None:
            if frame in (Sign.ACK, Sign.NAK):
                return frame is Sign.ACK
            await self._take(frame)
            if isinstance(frame, Apdu):
                return True
        return False

    async def _take(self, frame: Wire) -> None:
        """Keep an APDU and say on the wire that it came; a stray ACK or NAK means nothing."""
        if isinstance(frame, Apdu):
            self._inbox.append(frame)
        if frame is Sign.DAMAGED and not self._serial:
            raise ZvtError("bytes that are no APDU")
        if self._serial and frame not in (Sign.ACK, Sign.NAK):
            await self.link.send(zvt.NAK if frame is Sign.DAMAGED else zvt.ACK)


# --- one command -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Refused:
    """84 xx: the command does not run. ``certain``: it went out once, so nothing of it can have run before."""

    code: int
    certain: bool


@dataclass(frozen=True)
class Completed:
    """06 0F."""

    data: bytes


@dataclass(frozen=True)
class Aborted:
    """06 1E."""

    code: int


End = Refused | Completed | Aborted
Told = Callable[[int], None]
OnStatus = Callable[[bytes], Awaitable[Apdu]]
"""Gets the data of a 04 0F and gives what to answer."""


def _deaf(_: int) -> None:
    """Intermediate status nobody wants."""


async def _accept(_: bytes) -> Apdu:
    return ACCEPTED


class Talk:
    """Commands to the terminal, one at a time. ``unasked``: what a 04 0F of no command of ours is answered."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.unasked = ACCEPTED
        self._limit: asyncio.Timeout | None = None
        self._stop = False

    async def ask(
        self,
        command: Apdu,
        *,
        told: Told = _deaf,
        on_status: OnStatus = _accept,
        patience: float = zvt.T4_NEXT,
    ) -> End:
        """Send ``command`` and listen to its end. Raises DeviceOffline (silence, line lost) and ZvtError."""
        self._stop = False
        try:
            return await self.open(command) or await self._listen(told, on_status, patience)
        except ZvtError:
            self._line.silent("nonsense")
            raise

    async def open(self, command: Apdu) -> Refused | None:
        """Send ``command`` and wait for its answer; None when the terminal takes it."""
        tries = await self._line.send(command)
        deadline = _now() + zvt.T3_ANSWER
        while (answer := await self._line.receive(deadline - _now())) is not None:
            if answer.is_answer:
                code = answer.refusal
                return None if code is None else Refused(code, certain=tries == 1)
            await self._line.send(self._polite(answer))
        raise self._line.silent(f"no answer to {command.control:04X}")

    def stop(self) -> None:
        """Send 06 B0 as soon as the terminal is not speaking; the command still ends by itself."""
        self._stop = True
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(_now())

    async def _listen(self, told: Told, on_status: OnStatus, patience: float) -> End:
        aborting = False
        while True:
            if self._stop:
                self._stop, aborting = False, True
                await self._line.send(ABORT)
            message = await self._next(patience)
            if message is None:
                if self._stop:
                    continue
                raise self._line.silent(f"nothing for {patience:g} s")
            if message.is_answer:
                if not aborting:
                    raise ZvtError("an answer that nobody asked for")
                aborting = False
                continue
            if message.control in (Command.COMPLETION, Command.ABORTED):
                return await self._over(message)
            if message.control == Command.STATUS:
                await self._line.send(await on_status(message.data))
                continue
            if message.control == Command.INTERMEDIATE:
                told(intermediate_status(message.data))
            await self._line.send(self._polite(message))

    async def _next(self, patience: float) -> Apdu | None:
        """The next message; None after ``patience`` seconds, or at once when :meth:`stop` is called."""
        try:
            async with asyncio.timeout(patience) as self._limit:
                return await self._line.receive(patience + 1)
        except TimeoutError:
            return None
        finally:
            self._limit = None

    async def _over(self, message: Apdu) -> End:
        """The end is known when it was read; that our last 80 00 arrives does not matter any more."""
        completed = message.control == Command.COMPLETION
        end: End = Completed(message.data) if completed else Aborted(abort_code(message.data))
        with suppress(DeviceOffline):
            await self._line.send(ACCEPTED)
        return end

    def _polite(self, message: Apdu) -> Apdu:
        """The answer to a message that changes nothing here."""
        if message.control == Command.STATUS:
            return self.unasked
        return ACCEPTED if message.control in _HARMLESS else zvt.NOT_SUPPORTED


_HARMLESS = frozenset(
    {Command.INTERMEDIATE, Command.PRINT_LINE, Command.PRINT_BLOCK, Command.COMPLETION, Command.ABORTED}
)
