"""A virtual card in a virtual reader of a real pcscd of one's own (``vsmartcard-vpcd``).

Everything lives in one folder and dies with the context; the machine's own pcscd and its socket are not touched.
What was found out (pcsc-lite 1.9.9, vpcd 3.3):

- pcscd has no option for its socket, but it takes one from whoever starts it, as systemd does (``LISTEN_FDS``,
  ``LISTEN_PID``: descriptor 3). Clients find it by ``PCSCLITE_CSOCK_NAME``. ``-c`` names our own list of readers,
  so the port of vpcd is ours too. Root may run it, and so may anybody once /run/pcscd is there (it writes nothing
  into it). It lists USB readers as well: on a machine with a real one, name the reader to the driver.
- vpcd waits on a TCP port; the card connects to it. Messages are a length (2 bytes, big-endian) and content;
  one byte is a control: 0 off, 1 on, 2 reset, 4 send the answer to reset. Only the last has an answer. pcscd
  polls with it, so a card is seen within about half a second.
- A card whose answer to reset is nonsense is "unresponsive", as one that was put in the wrong way round.
"""

import asyncio
import os
import shutil
import signal
import socket
import struct
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Self

from hardware.simulators.base import OneOf, hand, hands_of
from hardware.simulators.chip_card import ATR, ChipCard, holders, sample

READER = "Virtual PCD 00 00"
_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_RUN = Path("/run/pcscd")
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
_READERS = """\
FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:{port:#06X}
LIBPATH      {driver}
CHANNELID    {port:#06X}
"""
_AS_SYSTEMD_DOES = """\
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""
OFF, ON, RESET = 0, 1, 2
NONSENSE = bytes(4)
AGAIN = 0.02
HAND = 0.6
"""Seconds: pcscd looks every 0.4, and one that misses the empty slot may call a new card absent for ever."""


class VirtualReader:
    """``async with VirtualReader(folder) as reader:``; the driver's host then takes ``reader.socket``.

    ``folder`` must be empty or new, and its path short enough for a socket (about 90 characters).
    """

    role = "chip_card_reader"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = str(folder / "pcscd.comm")
        self.card: ChipCard | None = None
        self._port = _free_port()
        self._daemon: asyncio.subprocess.Process | None = None
        self._slot: asyncio.Task[None] | None = None
        self._strike: tuple[int, str] | None = None
        self._emptied = float("-inf")
        self._frozen = False

    @staticmethod
    def missing() -> list[str]:
        """What is not installed (Debian: pcscd, vsmartcard-vpcd)."""
        may_run = os.geteuid() == 0 or _RUN.exists()
        found = {"pcscd": shutil.which("pcscd", path=_PATH), "vsmartcard-vpcd": _DRIVER.exists(), str(_RUN): may_run}
        return [name for name, there in found.items() if not there]

    async def __aenter__(self) -> Self:
        (self.folder / "readers").mkdir(parents=True)
        (self.folder / "readers" / "vpcd").write_text(_READERS.format(port=self._port, driver=_DRIVER))
        await self.start_service()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.remove()
        await self.stop_service()

    # --- hands ---

    def hands(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """For the bench."""
        return hands_of(self)

    def state(self) -> Mapping[str, Any]:
        """For the bench."""
        card = self.card
        known = {"tries": card.tries, "mute": card.mute, "verified": card.verified} if card else None
        return {
            "pcscd": self._daemon is not None,
            "frozen": self._frozen,
            "card": known,
            "sample": card.key if card else "",
            "cards": dict(holders()),
        }

    @hand("put in a card")
    async def insert(self, card: str) -> None:
        """Put a sample card in; what was in is taken out first."""
        await self.put(sample(card))

    async def put(self, card: ChipCard) -> None:
        """Put this very card in; a hand is not faster than :data:`HAND`."""
        await self.remove()
        await asyncio.sleep(self._emptied + HAND - asyncio.get_running_loop().time())
        self.card = card
        card.reset()
        self._slot = asyncio.create_task(self._contact(card), name="virtual card")

    @hand("take the card out")
    async def remove(self) -> None:
        """Also in the middle of reading."""
        self.card = None
        slot, self._slot = self._slot, None
        if slot is not None:
            self._emptied = asyncio.get_running_loop().time()
            slot.cancel()
            if slot is not asyncio.current_task():
                await asyncio.wait([slot])

    @hand("block the card's PIN")
    def block(self) -> None:
        """No tries left."""
        if self.card is not None:
            self.card.tries = 0

    @hand("stop pcscd")
    async def stop_service(self) -> None:
        """Killed, as after a crash; its socket goes too."""
        daemon, self._daemon, self._frozen = self._daemon, None, False
        if daemon is not None:
            with suppress(ProcessLookupError):
                daemon.kill()
            await daemon.wait()
        self._drop_socket()

    @hand("start pcscd")
    async def start_service(self) -> None:
        """With a new socket; nothing of before is remembered."""
        if self._daemon is not None:
            return
        pcscd = shutil.which("pcscd", path=_PATH) or "pcscd"
        with socket.socket(socket.AF_UNIX) as listening, (self.folder / "pcscd.log").open("ab") as log:
            listening.bind(self.socket)
            listening.listen()
            start = (sys.executable, "-I", "-S", "-c", _AS_SYSTEMD_DOES, str(listening.fileno()))
            self._daemon = await asyncio.create_subprocess_exec(
                *start,
                *(pcscd, "--foreground", "--config", str(self.folder / "readers")),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(listening.fileno(),),
            )

    @hand("restart pcscd")
    async def restart_service(self) -> None:
        """What an update or a crash does."""
        await self.stop_service()
        await self.start_service()

    @hand("freeze pcscd")
    def freeze(self) -> None:
        """It takes questions and answers none."""
        if self._daemon is not None:
            self._daemon.send_signal(signal.SIGSTOP)
            self._frozen = True

    @hand("thaw pcscd")
    def thaw(self) -> None:
        """It goes on."""
        if self._daemon is not None:
            self._daemon.send_signal(signal.SIGCONT)
            self._frozen = False

    @hand("fail in the middle")
    def interrupt(self, what: Annotated[str, OneOf(("remove", "restart_service"))] = "remove", after: int = 5) -> None:
        """At the ``after``-th command from now: ``remove`` or ``restart_service``, and that answer is lost."""
        if what not in {"remove", "restart_service"}:
            raise ValueError("what: remove or restart_service")
        self._strike = (max(1, int(after)), what)

    def _drop_socket(self) -> None:
        Path(self.socket).unlink(missing_ok=True)

    # --- the wire ---

    async def _contact(self, card: ChipCard) -> None:
        """As long as the card is in: touch the contacts, again whenever pcscd was away."""
        while True:
            with suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    await self._speak(card, reader, writer)
                finally:
                    writer.close()
            await asyncio.sleep(AGAIN)

    async def _speak(self, card: ChipCard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line: socket.socket = writer.get_extra_info("socket")
        while True:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # vpcd writes twice and would wait 40 ms
            (size,) = struct.unpack(">H", await reader.readexactly(2))
            said = await reader.readexactly(size)
            if size == 1 and said[0] in {OFF, ON, RESET}:
                card.reset()
                continue
            answer = (NONSENSE if card.mute else ATR) if size == 1 else card.answer(said)
            if size > 1 and await self._struck():
                continue
            writer.write(struct.pack(">H", len(answer)) + answer)
            await writer.drain()

    async def _struck(self) -> bool:
        """Whether the fault that waits for its command strikes now."""
        if self._strike is None:
            return False
        left, what = self._strike
        self._strike = (left - 1, what) if left > 1 else None
        if self._strike is None:
            await getattr(self, what)()
            return True
        return False


def _free_port() -> int:
    """A free port whose successor is free too: vpcd has two slots."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            with suppress(OSError), socket.create_server(("127.0.0.1", port + 1)):
                return port
