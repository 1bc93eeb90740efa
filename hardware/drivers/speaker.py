"""The speaker (port ``Speaker``): one process of eSpeak NG (Debian: espeak-ng) for each sentence.

The sentence goes to its standard input, never to its command line, where every user of the machine could read it. The
newest sentence ends the one before: first asked, then forced. What an end of the program says is a condition; whether
there is a sound card is looked up in ``/dev/snd``, because eSpeak NG is silent without one and calls it success
(tried with 1.51).
"""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec

from hardware.link import Watched
from kiosk_app.devices import Condition, DeviceState, Driver

VOICES: Mapping[str, str] = {"zh_CN": "cmn", "en": "en-gb"}
"""eSpeak NG's voices by our languages."""
LOOK = 5.0
"""Seconds between two looks whether there is a sound card."""
GRACE = 0.2
FAILED = "voice_failed"
LONGEST = 30.0
"""Seconds; no sentence takes so long, but a sound card that hangs does."""


class SpeakerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``aloud``: guidance before the camera may be heard by the room. ``speed``: words a minute.

    ``program``: another program that takes the same arguments.
    """

    aloud: bool = False
    speed: Annotated[int, msgspec.Meta(ge=80, le=400)] = 165
    program: str = "espeak-ng"


class Speaker(Watched):
    """One voice. ``cards``: the folder in which playback devices appear; ``more``: further arguments of the program."""

    def __init__(
        self,
        settings: SpeakerSettings,
        *,
        role: str = "speaker",
        cards: Path = Path("/dev/snd"),
        more: Sequence[str] = (),
    ) -> None:
        super().__init__(role)
        self._settings, self._cards, self._more = settings, cards, tuple(more)
        self._next: tuple[str, str] | None = None
        self._news = asyncio.Event()

    @property
    def capabilities(self) -> frozenset[str]:
        return frozenset({"aloud"} if self.aloud else ())

    @property
    def aloud(self) -> bool:
        return self._settings.aloud

    def say(self, text: str, language: str) -> None:
        self._next = (text, language)
        self._news.set()

    def quiet(self) -> None:
        self._next = None
        self._news.set()

    async def run(self) -> None:
        while True:
            if missing := self._missing():
                self.become(Condition(DeviceState.NO_DEVICE, missing))
            elif not self.condition.serves and self.condition.reason != FAILED:  # that ends with a sentence said
                self.become(Condition(DeviceState.ONLINE))
            try:
                async with asyncio.timeout(LOOK):
                    await self._news.wait()
            except TimeoutError:
                continue
            self._news.clear()
            sentence, self._next = self._next, None
            if sentence is not None and not self._missing():
                await self._speak(*sentence)

    def _missing(self) -> str:
        if shutil.which(self._settings.program) is None:
            return "no_voice"
        return "" if any(self._cards.glob("pcm*p")) else "no_sound_card"

    async def _speak(self, text: str, language: str) -> None:
        """Until it is said or something else is to be."""
        said = ["-v", VOICES.get(language, VOICES["en"]), "-s", str(self._settings.speed), "--stdin", *self._more]
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            child = await asyncio.create_subprocess_exec(
                self._settings.program, *said, stdin=pipe, stdout=nowhere, stderr=nowhere
            )
        except OSError:
            self._end_with(1)
            return
        ended = asyncio.create_task(_told(child, text), name="a sentence")
        news = asyncio.create_task(self._news.wait(), name="another sentence")
        try:
            await asyncio.wait({ended, news}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                self._end_with(ended.result())
        finally:
            news.cancel()
            await _end(child)
            ended.cancel()
            await asyncio.wait({ended, news})

    def _end_with(self, code: int) -> None:
        failed = Condition(DeviceState.HARDWARE_ERROR, FAILED)
        self.become(failed if code else Condition(DeviceState.ONLINE))


async def _told(child: asyncio.subprocess.Process, text: str) -> int:
    """Give it the sentence; how it ended."""
    with suppress(BrokenPipeError, ConnectionResetError):  # it ended early: its code says so
        await child.communicate(text.encode())
    return await child.wait()


async def _end(child: asyncio.subprocess.Process) -> None:
    """Ask it to end, then make it; also when we are cancelled meanwhile."""
    if child.returncode is not None:
        return
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        async with asyncio.timeout(GRACE):
            await child.wait()
    except TimeoutError:
        pass
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()


def _build(settings: SpeakerSettings, _folder: Path) -> Speaker:
    return Speaker(settings)


DRIVER = Driver(role="speaker", name="espeak", settings=SpeakerSettings, build=_build)
