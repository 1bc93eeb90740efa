"""The contract on network cameras with their real host. Real time, so slow."""

from types import TracebackType
from typing import Self

import pytest

from hardware.contract_kit import CameraContract, CameraRig, DocumentCameraContract, DocumentCameraRig, SimulatedRig
from hardware.drivers import viewfinder
from hardware.drivers.camera import Camera
from hardware.drivers.document_camera import DocumentCamera
from hardware.drivers.viewfinder import Optics
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.document_camera import DocumentCameraSimulator
from hardware.simulators.wire import TcpWire


class FilmedRig(SimulatedRig, CameraRig):
    """A network camera on the loopback, before the real host. An idle camera is looked at every second here."""

    real_time = True
    cycles = 1
    notice, patience, looks = 12.0, 60.0, 9.0
    simulator: CameraSimulator

    async def __aenter__(self) -> Self:
        self._wire = await TcpWire(self.simulator, "127.0.0.1", 0).__aenter__()
        self._before = viewfinder.IDLE, viewfinder.CHECK, viewfinder.RECHECK
        viewfinder.IDLE, viewfinder.CHECK, viewfinder.RECHECK = 0.2, 1.0, 0.5
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        viewfinder.IDLE, viewfinder.CHECK, viewfinder.RECHECK = self._before
        await self._wire.__aexit__(kind, error, trace)

    @property
    def source(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._wire.port}/"

    async def disturb(self) -> None:
        self.simulator.send_garbage(3)

    async def cover(self) -> None:
        self.simulator.cover()

    async def uncover(self) -> None:
        self.simulator.uncover()


class OpenCvRig(FilmedRig):
    def __init__(self) -> None:
        self.simulator = CameraSimulator(size=(640, 360))

    def driver(self) -> Camera:
        return Camera(Optics(self.source))


class DeskRig(FilmedRig, DocumentCameraRig):
    def __init__(self) -> None:
        self.desk = self.simulator = DocumentCameraSimulator()

    def driver(self) -> DocumentCamera:
        return DocumentCamera(Optics(self.source, keep=2, desk=True))

    async def lay(self) -> None:
        self.desk.lay(1)

    async def take_away(self) -> None:
        self.desk.take_away()


@pytest.mark.whole
class TestOpenCv(CameraContract):
    def rig(self) -> OpenCvRig:
        return OpenCvRig()


@pytest.mark.whole
class TestOpenCvDesk(DocumentCameraContract):
    def rig(self) -> DeskRig:
        return DeskRig()
