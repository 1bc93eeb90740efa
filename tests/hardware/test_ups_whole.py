"""The UPS driver against the real upsd of Debian with its ``dummy-ups``, in a folder and on a port of their own."""

import asyncio
import getpass
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL

import pytest

from hardware import link
from hardware.channel import opener_of
from hardware.drivers.ups import Ups
from hardware.simulators.ups import UpsSimulator
from hardware.simulators.wire import TcpWire
from kiosk_app.devices import DeviceState, UpsReading

pytestmark = pytest.mark.whole

NUT = Path("/lib/nut")
"""Where Debian keeps the daemons themselves; /sbin/upsd first asks the machine's own configuration."""


class RealNut:
    """A private NUT: a file of variables, the driver that reads it, and upsd."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        for name, text in {
            "ups.conf": "[ups]\ndriver = dummy-ups\nport = ups.dev\nmode = dummy-once\n",
            "upsd.conf": f"LISTEN 127.0.0.1 {self.port}\nMAXAGE 5\n",
            "upsd.users": "",
        }.items():
            (folder / name).write_text(text)
        self.say(**{"ups.status": "OL CHRG", "battery.charge": "97.4", "battery.runtime": "880"})

    def say(self, **variables: str) -> None:
        """What the UPS says from now on."""
        new = self.folder / "ups.new"
        new.write_text("".join(f"{name}: {value}\n" for name, value in variables.items()))
        new.replace(self.folder / "ups.dev")

    @asynccontextmanager
    async def daemon(self, *argv: str) -> AsyncIterator[None]:
        names = ("NUT_CONFPATH", "NUT_STATEPATH", "NUT_PIDPATH", "NUT_ALTPIDPATH")
        environment = {**os.environ, **dict.fromkeys(names, str(self.folder))}
        process = await asyncio.create_subprocess_exec(
            *argv, "-F", "-u", getpass.getuser(), env=environment, stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            yield
        finally:
            process.terminate()
            await process.wait()


async def until(seen: Callable[[], bool]) -> None:
    while not seen():  # noqa: ASYNC110 - as a person would look
        await asyncio.sleep(0.02)


def test_the_real_upsd_tells_of_mains_lost_and_of_its_own_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "LONGEST_PAUSE", 0.5)

    async def main() -> None:
        nut = RealNut(tmp_path)
        ups = Ups(opener_of(f"tcp://127.0.0.1:{nut.port}"))
        async with asyncio.timeout(40), nut.daemon(str(NUT / "dummy-ups"), "-a", "ups", "-i", "1"):
            life = asyncio.create_task(ups.run())
            async with nut.daemon(str(NUT / "upsd")):
                await until(lambda: ups.reading == UpsReading(True, 97, 880))
                nut.say(**{"ups.status": "OB DISCHRG LB", "battery.charge": "12", "battery.runtime": "95"})
                await until(lambda: ups.reading == UpsReading(False, 12, 95, low=True))
                assert ups.condition.reason == "on_battery"
            await until(lambda: ups.condition.state is DeviceState.OFFLINE)
            assert ups.reading is None
            async with nut.daemon(str(NUT / "upsd")):
                await until(lambda: ups.reading is not None and ups.reading.low)
            life.cancel()
            await asyncio.wait([life])

    asyncio.run(main())


def test_a_name_that_the_real_upsd_does_not_know_is_a_fault(tmp_path: Path) -> None:
    async def main() -> None:
        nut = RealNut(tmp_path)
        ups = Ups(opener_of(f"tcp://127.0.0.1:{nut.port}"), name="no such")
        async with asyncio.timeout(20), nut.daemon(str(NUT / "dummy-ups"), "-a", "ups"), nut.daemon(str(NUT / "upsd")):
            life = asyncio.create_task(ups.run())
            await until(lambda: ups.condition.state is DeviceState.HARDWARE_ERROR)
            life.cancel()
            await asyncio.wait([life])

    asyncio.run(main())


def test_upsd_stopped_and_started_fifty_times_is_read_again_and_nothing_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(link, "LONGEST_PAUSE", 0.01)

    async def main() -> None:
        upsd = UpsSimulator()
        async with asyncio.timeout(30), TcpWire(upsd, "127.0.0.1", 0) as wire:
            ups = Ups(opener_of(f"tcp://127.0.0.1:{wire.port}"))
            life = asyncio.create_task(ups.run())
            counts = []
            for _ in range(50):
                await until(lambda: ups.reading is not None)
                counts.append((len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks())))  # noqa: PTH208
                await upsd.stop_upsd()
                await until(lambda: ups.reading is None)
                await upsd.start_upsd()
            assert counts[-1] == counts[0]
            life.cancel()
            await asyncio.wait([life])

    asyncio.run(main())
