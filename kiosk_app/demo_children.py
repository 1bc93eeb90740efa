"""The demo's processes: each in a group of its own, with a log of its own, and none left behind.

Rules. ``setpriv --pdeathsig`` ties a child to us, so that it ends even if we are killed by force; it runs before
the program and needs no code between fork and exec. Stopping means asking the whole group, waiting, and then
forcing the group: a child's children end with it.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from random import SystemRandom

GRACE = 5.0
OURS = range(20000, 32768)
"""Below Linux's ``ip_local_port_range``."""


def free_port(preferred: int = 0) -> int:
    """``preferred`` if nobody has it on the loopback, else any free port.

    Of those that the kernel gives to nobody by itself: between our looking and the child's listening, any connection of
    any process could get one of the others.
    """
    for port in (*((preferred,) if preferred else ()), *SystemRandom().sample(OURS, 20), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return int(probe.getsockname()[1])
    raise OSError("no free port on the loopback")


def known_port(house: AsyncExitStack, preferred: int) -> int:
    """A port that a person finds again, for as long as ``house`` stands; any free one when another demo has it.

    Between looking and the child's listening another demo could take it too, so demos claim it by a name that
    only one process can hold, and that goes with the process.
    """
    claim = house.enter_context(socket.socket(socket.AF_UNIX))
    try:
        claim.bind(f"\0kiosk-demo-port-{preferred}")
    except OSError:
        return free_port()
    return free_port(preferred)


class Child:
    """One running process and its group."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.process = process

    @property
    def pid(self) -> int:
        """Of the process, and of its group."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.returncode is None

    async def line(self, within: float) -> str:
        """The next line of its output (pipes only). Raises ChildFailed when it ends or keeps silent."""
        if self.process.stdout is None:
            raise ChildFailed(f"{self.name} has no pipe")
        try:
            async with asyncio.timeout(within):
                line = await self.process.stdout.readline()
        except TimeoutError as error:
            raise ChildFailed(f"{self.name} said nothing within {within:g} s") from error
        if not line:
            raise ChildFailed(f"{self.name} ended; see its log")
        return line.decode()

    def kill(self) -> None:
        """Power cut: the whole group, at once, without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """Ask the group to end; force it after a while."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE):
                await self.process.wait()
        except TimeoutError:
            pass
        finally:
            self.kill()
        await self.process.wait()


class ChildFailed(Exception):
    """A part of the demo did not start; the message says which and why."""


async def start(
    name: str, argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, pipes: bool = False
) -> Child:
    """Start ``argv``. Its words go to ``log``; with ``pipes`` its standard input and output come to us."""
    with log.open("ab") as sink:
        process = await asyncio.create_subprocess_exec(
            "setpriv",
            "--pdeathsig",
            "TERM",
            *argv,
            stdin=asyncio.subprocess.PIPE if pipes else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if pipes else sink,
            stderr=sink,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
    return Child(name, process)


@asynccontextmanager
async def running(
    name: str, argv: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None, pipes: bool = False
) -> AsyncIterator[Child]:
    """A child that runs as long as the block."""
    child = await start(name, argv, log=log, env=env, pipes=pipes)
    try:
        yield child
    finally:
        await child.stop()


async def until_one_ends(children: Sequence[Child]) -> None:
    """Wait; if a child ends by itself, the whole cannot go on. Raises ChildFailed."""
    waits = {asyncio.ensure_future(child.process.wait()): child for child in children}
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    raise ChildFailed(" and ".join(f"{waits[end].name} ended with status {end.result()}" for end in done))


async def reachable(child: Child, port: int, within: float) -> None:
    """Wait until ``child`` listens on ``port``. Raises ChildFailed."""
    try:
        async with asyncio.timeout(within):
            while child.running:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.close()
                    return
                await asyncio.sleep(0.05)
    except TimeoutError as error:
        raise ChildFailed(f"{child.name} does not listen on port {port} within {within:g} s") from error
    raise ChildFailed(f"{child.name} ended with status {child.process.returncode}; see its log")
