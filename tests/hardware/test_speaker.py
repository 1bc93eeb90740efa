"""The speaker: the newest sentence wins, never two at once, nothing waits, and silence has a reason."""

import asyncio
import shutil
import time
import wave
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hardware.drivers.speaker import DRIVER, Speaker, SpeakerSettings
from hardware.simulators.speaker import heard, voice_in
from kiosk_app.devices import Condition, DeviceState
from tests.hardware.lines import until

Tell = Callable[[Speaker, Callable[[], list[dict[str, Any]]]], Awaitable[None]]


def story(folder: Path, tell: Tell, *, fault: str = "", card: bool = True) -> None:
    async def main() -> None:
        program = voice_in(folder, fault=fault)
        if card:
            (folder / "pcmC0D0p").touch()
        speaker = Speaker(SpeakerSettings(program=str(program)), cards=folder)
        running = asyncio.create_task(speaker.run())
        try:
            async with asyncio.timeout(60):
                await tell(speaker, lambda: heard(folder))
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    asyncio.run(main())


def alive(note: dict[str, Any]) -> bool:
    """Whether the voice that made the note still runs."""
    return Path(f"/proc/{note['pid']}").exists()


def test_a_sentence_is_said_to_its_end_in_its_language(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, said: Callable[[], list[dict[str, Any]]]) -> None:
        speaker.say("请看镜头", "zh_CN")
        await until(lambda: len(said()) == 2)
        first, last = said()
        assert (first["said"], last["whole"]) == ("请看镜头", "请看镜头")
        assert first["argv"][:2] == ["-v", "cmn"]
        assert "请看镜头" not in first["argv"]
        assert speaker.condition == Condition(DeviceState.ONLINE)

    story(tmp_path, tell)


def test_the_newest_sentence_wins_and_two_are_never_said_at_once(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, said: Callable[[], list[dict[str, Any]]]) -> None:
        speaker.say("x" * 400, "en")
        await until(lambda: len(said()) == 1)
        speaker.say("never said: there is a newer one already", "en")
        speaker.say("newest", "en")
        await until(lambda: len(said()) == 4)
        assert [next(iter(note.items())) for note in said()] == [
            ("said", "x" * 400), ("cut", "x" * 400), ("said", "newest"), ("whole", "newest"),
        ]  # fmt: skip

    story(tmp_path, tell)


def test_a_voice_that_does_not_listen_is_made_to_end(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, said: Callable[[], list[dict[str, Any]]]) -> None:
        speaker.say("x" * 1000, "en")
        await until(lambda: len(said()) == 1)
        speaker.say("newest", "en")
        await until(lambda: len(said()) == 3)
        assert [next(iter(note)) for note in said()] == ["said", "said", "whole"]
        assert not alive(said()[0])

    story(tmp_path, tell, fault="deaf")


def test_quiet_ends_what_is_being_said(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, said: Callable[[], list[dict[str, Any]]]) -> None:
        speaker.say("x" * 400, "en")
        await until(lambda: len(said()) == 1)
        speaker.quiet()
        await until(lambda: len(said()) == 2)
        assert "cut" in said()[1]

    story(tmp_path, tell)


def test_the_machine_going_down_leaves_no_voice_behind(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, said: Callable[[], list[dict[str, Any]]]) -> None:
        speaker.say("x" * 400, "en")
        await until(lambda: len(said()) == 1)

    story(tmp_path, tell)
    assert not alive(heard(tmp_path)[0])


def test_saying_never_waits(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, _: Callable[[], list[dict[str, Any]]]) -> None:
        began = time.perf_counter()
        for number in range(1000):
            speaker.say(f"sentence {number}", "en")
        assert time.perf_counter() - began < 0.1

    story(tmp_path, tell)


def test_without_a_sound_card_nothing_is_said_and_nothing_fails(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, said: Callable[[], list[dict[str, Any]]]) -> None:
        await until(lambda: speaker.condition.state is not DeviceState.STARTING)
        assert speaker.condition == Condition(DeviceState.NO_DEVICE, "no_sound_card")
        speaker.say("hello", "en")
        await asyncio.sleep(0.3)
        assert said() == []

    story(tmp_path, tell, card=False)


def test_without_a_voice_there_is_a_reason(tmp_path: Path) -> None:
    async def main() -> None:
        (tmp_path / "pcmC0D0p").touch()
        speaker = Speaker(SpeakerSettings(program=str(tmp_path / "no such program")), cards=tmp_path)
        running = asyncio.create_task(speaker.run())
        speaker.say("hello", "en")
        await until(lambda: speaker.condition.reason == "no_voice")
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    asyncio.run(main())


def test_a_voice_that_fails_is_a_condition_until_it_speaks_again(tmp_path: Path) -> None:
    async def tell(speaker: Speaker, said: Callable[[], list[dict[str, Any]]]) -> None:
        speaker.say("hello", "en")
        await until(lambda: speaker.condition == Condition(DeviceState.HARDWARE_ERROR, "voice_failed"))
        voice_in(tmp_path)
        speaker.say("hello", "en")
        await until(lambda: len(said()) == 2)
        await until(lambda: speaker.condition == Condition(DeviceState.ONLINE))

    story(tmp_path, tell, fault="broken")


def test_guidance_is_not_aloud_unless_the_operator_says_so() -> None:
    assert not DRIVER.build(SpeakerSettings(), Path()).capabilities
    assert "aloud" in DRIVER.build(SpeakerSettings(aloud=True), Path()).capabilities


@pytest.mark.whole
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(("sentence", "language"), [("请正对镜头，保持自然", "zh_CN"), ("Face the camera", "en")])
def test_the_real_voice_makes_a_sound(tmp_path: Path, sentence: str, language: str) -> None:
    """Into a file instead of a sound card: seconds of it, and not silence."""
    file = tmp_path / "said.wav"

    async def main() -> None:
        (tmp_path / "pcmC0D0p").touch()
        speaker = Speaker(SpeakerSettings(), cards=tmp_path, more=("-w", str(file)))
        running = asyncio.create_task(speaker.run())
        speaker.say(sentence, language)
        await until(
            lambda: speaker.condition.state is DeviceState.ONLINE and file.exists() and file.stat().st_size > 9000
        )
        await asyncio.sleep(0.5)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    asyncio.run(main())
    with wave.open(str(file)) as sound:
        frames = memoryview(sound.readframes(sound.getnframes())).cast("h")
        assert len(frames) / sound.getframerate() > 0.6
    loud = [abs(value) for value in frames if abs(value) > 500]
    assert len(loud) > len(frames) / 10
