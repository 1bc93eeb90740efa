"""The contract on the real face host and its networks. Real time, so slow."""

import os
import signal
from types import TracebackType
from typing import Self

import pytest

from hardware.channel import Channel, ChannelClosed
from hardware.contract_kit import FaceAnalystContract, FaceRig
from hardware.drivers import face
from hardware.drivers.face import FaceAnalyst, face_host
from hardware.simulators.people.person import wall
from kiosk_app.devices import FACE_MODELS
from tests.hardware import camera_kit, face_kit


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
    """The real host; unplugged, it cannot be started. An idle one is asked every half second here, and while it is
    frozen it has less time to start, so that what a late answer does is seen soon."""

    real_time = True
    cycles = 1
    notice, patience, looks = 20.0, 60.0, 5.0
    spec = face_kit.EXIT_ENTRY

    def __init__(self) -> None:
        self._plugged, self._frozen = True, False
        self._line: Spoilt | None = None
        self._start = face_host(FACE_MODELS)

    async def __aenter__(self) -> Self:
        self.view = self._screened = face_kit.Screened()
        self._before = face.START, face.IDLE_POLL
        face.IDLE_POLL = 0.5
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        face.START, face.IDLE_POLL = self._before
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
        self._frozen, face.START = True, face.ANSWER
        self._signal(signal.SIGSTOP)

    async def thaw(self) -> None:
        self._frozen, face.START = False, self._before[0]
        self._signal(signal.SIGCONT)

    async def disturb(self) -> None:
        if self._line is not None:
            self._line.spoils = True


@pytest.mark.whole
class TestLocalFaces(FaceAnalystContract):
    def rig(self) -> LocalFaceRig:
        return LocalFaceRig()
