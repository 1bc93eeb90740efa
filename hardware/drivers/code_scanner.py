"""The code scanner in line mode: the codec over a serial line (or USB as a serial port), as port ``CodeScanner``.

Rules.

- A code is taken the moment its line ends, and only by who waits then; otherwise it is dropped. Nothing is kept of
  it: neither text nor trace, where every byte but the line's ends is a star.
- A scanner in presentation mode repeats a code as long as it is held there. What was taken is not taken again before
  it was out of sight for :data:`REPEAT` seconds, so that one code held a moment too long does not pay twice.
- In line mode a scanner answers nothing: that its port is there is all one can know, and a dead lamp looks like
  nobody showing a code. Whoever waits shows another way out, as for every wait.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from hardware.channel import Opener, opener_of
from hardware.link import Link, Trace, Watched
from hardware.listening import Listening
from hardware.protocols.code_lines import Code, CodeLines, Unreadable, kind_of
from kiosk_app.devices import Baud, CodeKind, Condition, DeviceState, Driver, Port, ScannedCode
from kiosk_app.errors import CodeNotRead, DeviceError, DeviceOffline

GAP = 0.3
"""Seconds of silence in the middle of a line after which the rest is not of the same code; a line takes a tenth."""
REPEAT = 2.0
PATIENCE = 5.0
"""Seconds that a waiting citizen does not notice a scanner that went away."""


class CodeScanner(Watched):
    """``prefix`` and ``suffix`` as the scanner is set up to put them around every code."""

    def __init__(
        self,
        opener: Opener,
        *,
        role: str = "code_scanner",
        prefix: bytes = b"",
        suffix: bytes = b"",
        trace: Trace | None = None,
    ) -> None:
        super().__init__(role)
        self._link: Link[Code | Unreadable] = Link(role, opener, self._new_codec)
        self._lines = partial(CodeLines, prefix=prefix, suffix=suffix)
        self._trace = trace
        self._online = asyncio.Event()
        self._waiting: asyncio.Future[Code | Unreadable | None] | None = None
        self._taken, self._seen = 0, -REPEAT  # a hash of the code taken last, and when it was last in sight

    async def run(self) -> None:
        await self._link.run(self._greet, self.lost)

    async def wait_code(self) -> ScannedCode:
        async with self._link.turn():
            while True:
                await self._until_online()
                match await self._next():
                    case Code(text):
                        return ScannedCode(CodeKind(kind_of(text).value), text)
                    case Unreadable(why):
                        raise CodeNotRead(why)
                    case None:  # the line went; it may be back in a moment
                        pass

    def lost(self, error: DeviceError) -> None:
        """Nobody is served until the port is there again."""
        self._online.clear()
        super().lost(error)
        self._give(None)

    async def _greet(self) -> None:
        self._online.set()
        self.become(Condition(DeviceState.ONLINE))

    async def _until_online(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._online.wait()
        except TimeoutError as error:
            raise DeviceOffline(self.role, "does not come back") from error

    async def _next(self) -> Code | Unreadable | None:
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            return await self._waiting
        finally:
            self._waiting = None

    # --- what comes ---

    def _new_codec(self) -> "_Gapped":
        return _Gapped(self._lines(), self._take, self._trace)

    def _take(self, read: Code | Unreadable) -> None:
        if isinstance(read, Code):
            now, this = asyncio.get_running_loop().time(), hash(read.text)
            again = this == self._taken and now - self._seen < REPEAT
            if again or self._give(read):
                self._taken, self._seen = this, now
        else:
            self._give(read)

    def _give(self, read: Code | Unreadable | None) -> bool:
        """To who waits; whether somebody does."""
        waits = self._waiting is not None and not self._waiting.done()
        if self._waiting is not None and waits:
            self._waiting.set_result(read)
        return waits


class _Gapped(Listening[Code | Unreadable]):
    """The codec with the loop's clock beside it: a half line is forgotten after :data:`GAP` seconds."""

    def __init__(self, lines: CodeLines, take: Callable[[Code | Unreadable], None], trace: Trace | None) -> None:
        super().__init__(lines, take)
        self._lines, self._trace = lines, trace
        self._timer: asyncio.TimerHandle | None = None

    def feed(self, data: bytes) -> list[Code | Unreadable]:
        if self._trace is not None:
            self._trace("<", bytes(byte if byte in b"\r\n" else ord("*") for byte in data))
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(GAP, self._lines.break_off)
        return super().feed(data)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``port``: a serial device, by id, or ``tcp://host:port``. ``prefix``, ``suffix``: what the scanner adds."""

    port: Port
    baud: Baud = 9600
    prefix: str = ""
    suffix: str = ""


def _build(settings: Settings, folder: Path) -> CodeScanner:
    port = settings.port if "://" in settings.port else str(folder / settings.port)
    return CodeScanner(
        opener_of(port, baud=settings.baud), prefix=settings.prefix.encode(), suffix=settings.suffix.encode()
    )


DRIVER = Driver(role="code_scanner", name="lines", settings=Settings, build=_build)
