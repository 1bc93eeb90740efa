"""A real print queue for one kiosk: private cupsd, private D-Bus, and ``ippeveprinter`` as the A4 printer.

Everything lives in one folder and dies with the context; the machine's own cupsd, its queues and its spool are never
touched. Works as root and as an ordinary user. What was found out (CUPS 2.4.2):

- ippeveprinter insists on a DNS-SD client, which only needs *a* system bus: a private dbus-daemon will do, no
  Avahi; ``-r off`` then keeps it from announcing itself, and ``-n localhost`` makes it listen on loopback only.
- A raw queue hands the PDF through unchanged (``-m everywhere`` would filter it), and completes when the printer
  says so. With ``PreserveJobFiles No`` the document leaves the spool as the job ends; the history must be kept for
  a while, or the final state could never be read.
- Its web form sets the sheets in the tray: without any it raises media-needed and waits, as a printer does. Jam and
  cover come from the print command (``STATE:`` lines), which waits as long as the hand's file is there.
- It does not stop the print command of a cancelled job, so the command asks before it lets the paper out.
"""

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from hardware.simulators.base import hand, hands_of
from hardware.simulators.print_queue_files import FILES

NEEDED = ("cupsd", "lpadmin", "ippeveprinter", "ipptool", "dbus-daemon")
_PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
_PROGRAMS = Path("/usr/lib/cups")
_START = 15.0


class PrintQueue:
    """``async with PrintQueue(folder) as printer:``; the driver's host then takes ``printer.server``.

    ``folder`` must be empty or new, and its path short enough for a socket (about 90 characters).
    """

    role = "document_printer"

    def __init__(self, folder: Path, *, queue: str = "a4") -> None:
        self.folder, self.queue = folder, queue
        self.server = str(folder / "cups.sock")
        self._port = 0
        self._filled = self._frozen = False
        self._children: dict[str, asyncio.subprocess.Process] = {}

    @staticmethod
    def missing() -> list[str]:
        """Programs that are not installed (Debian: cups, cups-ipp-utils, dbus)."""
        return [name for name in NEEDED if shutil.which(name, path=_PATH) is None]

    async def __aenter__(self) -> Self:
        try:
            self._write_files()
            await self._start("dbus-daemon", f"--config-file={self.folder}/bus.conf", "--nofork", "--nopidfile")
            await self._answers(lambda: asyncio.open_unix_connection(self.folder / "bus"))
            await self.switch_on()
            await self._start("cupsd", "-f", "-c", f"{self.folder}/cupsd.conf", "-s", f"{self.folder}/cups-files.conf")
            await self._answers(lambda: asyncio.open_unix_connection(self.server))
            await self._add_queue()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        for name in reversed(list(self._children)):
            await self._stop(name)

    # --- what came out, what is held ---

    @property
    def papers(self) -> list[bytes]:
        """The documents that came out, oldest first."""
        return [path.read_bytes() for path in sorted((self.folder / "tray").iterdir())]

    @property
    def spooled(self) -> list[Path]:
        """Files that hold documents: in the queue's spool, and inside the printer."""
        places = (self.folder / name for name in ("spool", "tmp", "printer"))
        return [path for place in places for path in place.rglob("*") if path.is_file() and path.stat().st_size]

    # --- hands ---

    def hands(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """For the bench."""
        return hands_of(self)

    @hand("refill tray")
    async def refill(self, sheets: int = 250) -> None:
        """Put paper in (250, 125, 50, 25, 5 or 0 sheets: what the printer's form knows)."""
        tray = f"size1=iso_a4_210x297mm&type1=stationery&level1={int(sheets)}"
        reader, writer = await self._printer()
        writer.write(f"GET /media?{tray}&size3=&type3=&level3=25 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        await reader.readuntil(b"</html>")
        writer.close()
        await writer.wait_closed()
        self._filled = int(sheets) > 0

    @hand("tray empty")
    async def paper_out(self) -> None:
        """Take all paper out."""
        await self.refill(0)

    @hand("jam")
    def jam(self) -> None:
        """The next sheet gets stuck."""
        (self.folder / "hands" / "media-jam").touch()

    @hand("clear jam")
    def clear_jam(self) -> None:
        """Pull it out."""
        (self.folder / "hands" / "media-jam").unlink(missing_ok=True)

    @hand("open cover")
    def open_cover(self) -> None:
        """The printer notices it with the next sheet."""
        (self.folder / "hands" / "cover-open").touch()

    @hand("close cover")
    def close_cover(self) -> None:
        """Shut it."""
        (self.folder / "hands" / "cover-open").unlink(missing_ok=True)

    @hand("take paper")
    def take_paper(self) -> None:
        """Empty the output tray."""
        for path in (self.folder / "tray").iterdir():
            path.unlink()

    @hand("printer off")
    async def switch_off(self) -> None:
        """The printer's own switch; the queue stays."""
        await self._stop("ippeveprinter")
        self._frozen = False

    @hand("printer on")
    async def switch_on(self) -> None:
        """On, with a full tray; what was inside the printer is gone."""
        if "ippeveprinter" in self._children:
            return
        shutil.rmtree(self.folder / "printer", ignore_errors=True)
        (self.folder / "printer").mkdir()
        self._port = self._port or _free_port()
        what = ("-f", "application/pdf", "-d", f"{self.folder}/printer", "-c", f"{self.folder}/print")
        await self._start("ippeveprinter", "-r", "off", "-n", "localhost", "-p", str(self._port), *what, "Kiosk A4")
        await self._answers(self._printer)
        await self.refill()

    @hand("freeze")
    def freeze(self) -> None:
        """The printer says nothing any more."""
        if printer := self._children.get("ippeveprinter"):
            printer.send_signal(signal.SIGSTOP)
            self._frozen = True

    @hand("thaw")
    def thaw(self) -> None:
        """It goes on."""
        if printer := self._children.get("ippeveprinter"):
            printer.send_signal(signal.SIGCONT)
            self._frozen = False

    def state(self) -> Mapping[str, Any]:
        """For the bench."""
        held = sorted(path.name for path in (self.folder / "hands").iterdir())
        on = "ippeveprinter" in self._children
        return {
            "on": on,
            "frozen": self._frozen,
            "filled": self._filled,
            "reasons": held,
            "documents": sum(1 for _ in (self.folder / "tray").iterdir()),
            "spooled": len(self.spooled),
        }

    # --- processes ---

    def _write_files(self) -> None:
        for name in ("root", "spool", "cache", "state", "tmp", "tray", "hands"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            (self.folder / name).write_text(text.format(folder=self.folder))
        (self.folder / "print").chmod(0o700)
        self._lend_programs(self.folder / "bin")

    def _lend_programs(self, ours: Path) -> None:
        """The programs of CUPS, with our own copy of the backend: one that only its owner may run runs as that owner.

        Otherwise a cupsd of root runs it as ``lp``, who may not enter a private folder.
        """
        (ours / "backend").mkdir(parents=True)
        for theirs in _PROGRAMS.iterdir():
            if theirs.name != "backend":
                (ours / theirs.name).symlink_to(theirs)
        shutil.copyfile(_PROGRAMS / "backend" / "ipp", ours / "backend" / "ipp")
        (ours / "backend" / "ipp").chmod(0o700)

    async def _start(self, program: str, *arguments: str) -> None:
        path = shutil.which(program, path=_PATH)
        if path is None:
            raise FileNotFoundError(program)
        environment = {**os.environ, "PATH": _PATH, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/bus"}
        with (self.folder / f"{program}.log").open("ab") as log:
            self._children[program] = await asyncio.create_subprocess_exec(
                path, *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )

    async def _stop(self, program: str) -> None:
        child = self._children.pop(program, None)
        if child is None:
            return
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGCONT)
            child.terminate()
        try:
            async with asyncio.timeout(3):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()

    async def _add_queue(self) -> None:
        uri = f"ipp://localhost:{self._port}/ipp/print"
        await self._start("lpadmin", "-h", self.server, "-p", self.queue, "-E", "-v", uri, "-m", "raw")
        if await self._children.pop("lpadmin").wait():
            raise RuntimeError((self.folder / "lpadmin.log").read_text())

    async def _answers(self, connect: Callable[[], Awaitable[tuple[object, asyncio.StreamWriter]]]) -> None:
        """Until the program that was started takes a connection."""
        async with asyncio.timeout(_START):
            while True:
                with suppress(OSError):
                    _, writer = await connect()
                    writer.close()
                    return
                await asyncio.sleep(0.02)

    def _printer(self) -> Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        return asyncio.open_connection("localhost", self._port)


def _free_port() -> int:
    with socket.create_server(("localhost", 0)) as server:
        port: int = server.getsockname()[1]
        return port
