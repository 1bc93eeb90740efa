"""The contract on real wires: A4 with a real cupsd, chip cards with a real pcscd, cameras with their real host.

Real time, so slow."""

import os
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from hardware.channel import Channel, ChannelClosed
from hardware.contract_kit import (
    CameraContract,
    CameraRig,
    ChipCardReaderContract,
    ChipCardRig,
    DocumentCameraContract,
    DocumentCameraRig,
    DocumentPrinterContract,
    FaceAnalystContract,
    FaceRig,
    PrinterRig,
    SpeakerContract,
    SpeakerRig,
)
from hardware.drivers import speaker, viewfinder
from hardware.drivers.camera import Camera
from hardware.drivers.chip_card_host import smartcard_host
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.drivers.document_camera import DocumentCamera
from hardware.drivers.document_printer import DocumentPrinter, printing_host
from hardware.drivers.face import FaceAnalyst, face_host
from hardware.drivers.viewfinder import Optics
from hardware.simulators.camera import CameraSimulator
from hardware.simulators.document_camera import DocumentCameraSimulator
from hardware.simulators.people.person import wall
from hardware.simulators.print_queue import PrintQueue
from hardware.simulators.samples import CARDS
from hardware.simulators.speaker import heard, voice_in
from hardware.simulators.virtual_reader import VirtualReader
from hardware.simulators.wire import TcpWire
from kiosk_app.devices import FACE_MODELS
from tests.hardware import camera_kit, face_kit

PEOPLE = ("zhang", "li")


class InAFolder:
    """A real daemon of one's own, for as long as the rig stands."""

    device: Any

    def __init__(self, make: Any) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rig-")
        self.device = make(Path(self._folder.name))

    async def __aenter__(self) -> Self:
        await self.device.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.device.__aexit__(kind, error, trace)
        self._folder.cleanup()


class CupsdRig(InAFolder, PrinterRig):
    """The plug is the printer's own; its queue stays. A freshly plugged printer has paper."""

    real_time = True
    cycles = 1
    notice, printing, late = 8.0, 30.0, 2.0
    device: PrintQueue

    def __init__(self) -> None:
        super().__init__(PrintQueue)

    def driver(self) -> DocumentPrinter:
        return DocumentPrinter(printing_host(self.device.server), queue=self.device.queue, patience=20.0)

    async def unplug(self) -> None:
        await self.device.switch_off()

    async def plug_in(self) -> None:
        await self.device.switch_on()

    def papers(self) -> Sequence[str]:
        return [paper.decode("latin-1") for paper in self.device.papers]

    async def run_out(self) -> None:
        await self.device.paper_out()

    async def refill(self) -> None:
        await self.device.refill()

    async def open_cover(self) -> None:
        self.device.open_cover()

    async def close_cover(self) -> None:
        self.device.close_cover()


@pytest.mark.whole
@pytest.mark.skipif(bool(PrintQueue.missing()), reason=f"not installed: {PrintQueue.missing()}")
class TestCupsd(DocumentPrinterContract):
    def rig(self) -> CupsdRig:
        return CupsdRig()


class PcscdRig(InAFolder, ChipCardRig):
    """The plug is pcscd's life: it stops, and starts again."""

    real_time = True
    cycles = 2
    notice, settle = 6.0, 2.0
    device: VirtualReader

    def __init__(self) -> None:
        super().__init__(VirtualReader)

    def driver(self) -> ChipCardReader:
        return ChipCardReader(smartcard_host(self.device.socket))

    async def unplug(self) -> None:
        await self.device.stop_service()

    async def plug_in(self) -> None:
        await self.device.start_service()

    async def freeze(self) -> None:
        self.device.freeze()

    async def thaw(self) -> None:
        self.device.thaw()

    async def lay(self, which: int = 0) -> str:
        await self.device.insert(PEOPLE[which])
        return CARDS[PEOPLE[which]].text.number

    async def lay_foreign(self) -> None:
        await self.device.insert("bank card")

    async def lay_blocked(self) -> None:
        await self.device.insert("wang blocked")

    async def lift(self) -> None:
        await self.device.remove()


@pytest.mark.whole
@pytest.mark.skipif(bool(VirtualReader.missing()), reason=f"not installed: {VirtualReader.missing()}")
class TestPcscd(ChipCardReaderContract):
    def rig(self) -> PcscdRig:
        return PcscdRig()


class FilmedRig(CameraRig):
    """A network camera on the loopback, before the real host. An idle camera is looked at every second here."""

    real_time = True
    cycles = 1
    notice, patience = 12.0, 60.0
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

    async def unplug(self) -> None:
        await self.simulator.unplug()

    async def plug_in(self) -> None:
        await self.simulator.plug_in()

    async def freeze(self) -> None:
        self.simulator.freeze()

    async def thaw(self) -> None:
        self.simulator.thaw()

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


class Spoilt:
    """A channel whose next piece is noise, when it is told so."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.spoils = False

    async def read(self) -> bytes:
        data = await self._channel.read()
        spoils, self.spoils = self.spoils, False
        return bytes(len(data)) if spoils else data

    async def write(self, data: bytes) -> None:
        await self._channel.write(data)

    async def close(self) -> None:
        await self._channel.close()


class LocalFaceRig(FaceRig):
    """The real host; unplugged, it cannot be started."""

    real_time = True
    cycles = 1
    notice, patience = 20.0, 60.0
    spec = face_kit.EXIT_ENTRY

    def __init__(self) -> None:
        self._plugged, self._frozen = True, False
        self._line: Spoilt | None = None
        self._start = face_host(FACE_MODELS)

    async def __aenter__(self) -> Self:
        self.view = self._screened = face_kit.Screened()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._screened.memory.close()

    def driver(self) -> FaceAnalyst:
        return FaceAnalyst(self._started)

    async def _started(self, line: int) -> Channel:
        if not self._plugged:
            raise ChannelClosed("unplugged")
        self._line = Spoilt(await self._start(line))
        if self._frozen:
            self._signal(signal.SIGSTOP)
        return self._line

    def _signal(self, what: signal.Signals) -> None:
        for host in camera_kit.hosts(of=b"hosts.face"):
            os.kill(host, what)

    async def show(self, *, somebody: bool = True) -> int:
        return self._screened.show(face_kit.frame() if somebody else wall())

    async def unplug(self) -> None:
        self._plugged = False
        self._signal(signal.SIGKILL)

    async def plug_in(self) -> None:
        self._plugged = True

    async def freeze(self) -> None:
        self._frozen = True
        self._signal(signal.SIGSTOP)

    async def thaw(self) -> None:
        self._frozen = False
        self._signal(signal.SIGCONT)

    async def disturb(self) -> None:
        if self._line is not None:
            self._line.spoils = True


@pytest.mark.whole
class TestLocalFaces(FaceAnalystContract):
    def rig(self) -> LocalFaceRig:
        return LocalFaceRig()


class VoiceRig(SpeakerRig):
    """A voice that writes down what it says; the plug is the sound card's."""

    real_time = True
    cycles = 1
    notice, patience = 2.0, 10.0

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="rig-")
        self._look, speaker.LOOK = speaker.LOOK, 0.2

    async def __aenter__(self) -> Self:
        await self.plug_in()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        speaker.LOOK = self._look
        self._folder.cleanup()

    @property
    def folder(self) -> Path:
        return Path(self._folder.name)

    def driver(self) -> speaker.Speaker:
        settings = speaker.SpeakerSettings(program=str(voice_in(self.folder)))
        return speaker.Speaker(settings, cards=self.folder)

    async def unplug(self) -> None:
        (self.folder / "pcmC0D0p").unlink()

    async def plug_in(self) -> None:
        (self.folder / "pcmC0D0p").touch()

    def said(self) -> Sequence[str]:
        return [note["said"] for note in heard(self.folder) if "said" in note]


class TestEspeak(SpeakerContract):
    def rig(self) -> VoiceRig:
        return VoiceRig()
