"""The contract on a voice that is a real process. Real time, so slow."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.contract_kit import SpeakerContract, SpeakerRig
from hardware.drivers import speaker
from hardware.simulators.speaker import heard, voice_in


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
