"""A camera's driver and its real host before a simulated network camera on the loopback."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from hardware.drivers.camera import Camera
from hardware.drivers.document_camera import DocumentCamera
from hardware.drivers.viewfinder import Optics
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.document_camera import DocumentCameraSimulator
from hardware.simulators.wire import TcpWire
from kiosk_app.devices import Device

SMALL = (640, 360)
DEADLINE = 60.0

AnyDriver = TypeVar("AnyDriver", bound=Device)


@asynccontextmanager
async def living(driver: AnyDriver) -> AsyncIterator[AnyDriver]:
    """``driver`` runs inside; at the end every task of it is gone."""
    life = asyncio.create_task(driver.run())
    try:
        yield driver
    finally:
        life.cancel()
        await asyncio.wait([life])


@asynccontextmanager
async def filming(simulator: CameraSimulator, **optics: Any) -> AsyncIterator[Camera]:
    """A driver of ``simulator`` that has seen that its camera sees."""
    async with TcpWire(simulator, "127.0.0.1", 0) as wire, living(Camera(Optics(address(wire), **optics))) as driver:
        await until(lambda: driver.condition.serves)
        yield driver


@asynccontextmanager
async def above(simulator: DocumentCameraSimulator) -> AsyncIterator[DocumentCamera]:
    """The same for the document camera."""
    async with TcpWire(simulator, "127.0.0.1", 0) as wire:
        optics = Optics(address(wire), keep=2, desk=True)
        async with living(DocumentCamera(optics)) as driver:
            await until(lambda: driver.condition.serves)
            yield driver


def address(wire: TcpWire) -> str:
    return f"http://{wire.host}:{wire.port}/"


def story(tell: Callable[[Camera, CameraSimulator], Awaitable[None]], **optics: Any) -> None:
    """``tell`` a story of a small camera; it ends within :data:`DEADLINE`."""

    async def main() -> None:
        simulator = CameraSimulator(size=SMALL)
        async with asyncio.timeout(DEADLINE), filming(simulator, **optics) as driver:
            await tell(driver, simulator)

    asyncio.run(main())


async def until(holds: Callable[[], object], within: float = 20.0) -> None:
    loop = asyncio.get_running_loop()
    give_up = loop.time() + within
    while not holds():
        assert loop.time() < give_up, f"not within {within:g} s"
        await asyncio.sleep(0.02)


def hosts(parent: int | None = None, *, of: bytes = b"hosts.camera") -> list[int]:
    """The hosts, of the camera unless told otherwise, that ``parent``, else this process, has started.

    The oldest is first: of one driver's that is the one at work, and the other stands ready.
    """
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            said = stat.read_text().rpartition(")")[2].split()  # from the third field on (proc(5))
            if int(said[1]) == (parent or os.getpid()) and of in (stat.parent / "cmdline").read_bytes():
                found.append((int(said[19]), int(stat.parent.name)))
        except OSError:  # it ended meanwhile
            continue
    return [pid for _, pid in sorted(found)]


def peak_of(pid: int) -> int:
    """The most memory that process ever had resident, in kB."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0])


def remembers(pid: int, what: bytes) -> bool:
    """Whether ``what`` stands anywhere in the memory that process can write."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            low, high = (int(end, 16) for end in place.split("-"))
            if rights.startswith("rw") and high - low < 1 << 30:
                memory.seek(low)
                if what in memory.read(high - low):
                    return True
    return False
