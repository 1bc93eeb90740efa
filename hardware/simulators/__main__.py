"""``python -m hardware.simulators --folder DIR``: all simulators on their real wires, and the bench before them.

The serial devices get a pseudo-terminal with a fixed name in DIR, others a TCP port, the A4 printer a real print
queue of a private cupsd, chip cards a real pcscd. The card terminal is one that speaks ZVT, or with ``--card-terminal
umsips`` the library of UnionPay, compiled in DIR, with its reader and PIN pad. Ready, it says where everything is: one
line of JSON on standard output.
With ``--managed`` the caller keeps the kiosk running and gets the bench's orders on the same pipe
(:mod:`hardware.simulators.bench_power`); the bench then ends when its standard input does.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from hardware.simulators.bench import Bench
from hardware.simulators.bench_parts import TABLE, TERMINALS, Parts, open_parts
from hardware.simulators.bench_power import KioskPower
from hardware.simulators.bench_scenes import PACE, Player
from hardware.simulators.bench_web import application


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m hardware.simulators", description="The simulators' bench.")
    parser.add_argument("--folder", type=Path, required=True, help="for the devices' files and printed papers")
    parser.add_argument("--port", type=int, default=8100, help="of the page, on the loopback; 0: any free one")
    parser.add_argument("--terminal-port", type=int, default=0, help="of the card terminal; 0: any free one")
    parser.add_argument("--card-terminal", choices=TERMINALS, default=TERMINALS[0], help="which one is on the bench")
    parser.add_argument("--central", default="", metavar="HOST:PORT", help="put a cable before this central")
    roles = list(dict.fromkeys(row.role for row in TABLE))
    parser.add_argument("--without", action="append", choices=roles, default=[], help="leave this device out")
    parser.add_argument("--managed", action="store_true", help="the caller keeps the kiosk; see the module")
    parser.add_argument("--seed", type=int, default=0, help="of the simulated world's chance")
    return parser.parse_args(argv)


class Server(uvicorn.Server):
    """uvicorn that leaves the signals to us: ours must unwind the devices too."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def say(words: dict[str, Any]) -> None:
    """One line to the caller."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


async def standard_input() -> asyncio.StreamReader:
    """Our standard input on the loop."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def serve(bench: Bench, port: int, told: Callable[[str], None], *, pace: float = PACE) -> None:
    """Run the web server until the bench closes; ``told`` gets its address as soon as it listens."""
    player = Player(bench, pace=pace)
    config = uvicorn.Config(
        application(bench, player),
        host="127.0.0.1",
        port=port,
        ws="none",
        lifespan="off",
        log_level="warning",
        timeout_graceful_shutdown=2,
    )
    server = Server(config)
    sock = config.bind_socket()
    sock.listen()
    running = asyncio.create_task(server.serve([sock]))
    closing = asyncio.create_task(bench.closing.wait())
    try:
        told(f"http://127.0.0.1:{sock.getsockname()[1]}")
        await asyncio.wait([running, closing], return_when=asyncio.FIRST_COMPLETED)
    finally:
        bench.closing.set()
        await player.stop()
        server.should_exit = True
        await running
        await closing


async def main(options: argparse.Namespace) -> None:
    """Everything, until SIGTERM, Ctrl-C or the end of the caller."""
    async with AsyncExitStack() as house:
        parts: Parts = await open_parts(house, options)
        bench = Bench(parts.all, parts.papers, parts.absent)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, bench.closing.set)
        if options.managed:
            power = KioskPower(lambda order: say({"kiosk": order}))
            parts.all["kiosk"] = power
            listening = asyncio.create_task(power.listen(await standard_input()))
            listening.add_done_callback(lambda _: bench.closing.set())
            house.callback(listening.cancel)
        await serve(bench, options.port, lambda address: say({"ready": {"bench": address, **parts.places}}))


if __name__ == "__main__":
    given = arguments()
    given.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(given))
