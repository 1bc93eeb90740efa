"""What every driver of a speaker keeps (port ``kiosk_app.devices.Speaker``)."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from hardware.contract_kit.device import DeviceContract, case, until
from hardware.contract_kit.rig import Rig

LONG = "a sentence that takes longer than anybody waits, " * 8


class SpeakerRig(Rig):
    """Ears beside the speaker."""

    def said(self) -> Sequence[str]:
        """Every sentence that was begun, oldest first."""
        raise NotImplementedError


class SpeakerContract(DeviceContract[SpeakerRig]):
    """Never two sentences at once, the newest wins, and nobody ever waits for a voice."""

    role = "speaker"

    async def ask(self, driver: Any) -> object:  # noqa: ARG002
        pytest.skip("nobody waits for a voice")

    async def use(self, rig: SpeakerRig, driver: Any) -> None:
        before = len(rig.said())
        driver.say("请看镜头", "zh_CN")
        await until(lambda: len(rig.said()) > before, rig.patience, "it speaks")
        assert rig.said()[-1] == "请看镜头"

    @case
    async def test_the_newest_sentence_takes_the_place_of_the_one_before(self, rig: SpeakerRig) -> None:
        async with self.at_work(rig) as driver:
            driver.say(LONG, "en")
            await until(rig.said, rig.patience, "it speaks")
            driver.say("one that is never begun", "en")
            driver.say("newest", "en")
            await until(lambda: rig.said()[-1] == "newest", rig.patience, "the newest is said")
            assert list(rig.said()) == [LONG, "newest"]

    @case
    async def test_without_a_speaker_everything_is_said_to_nobody_and_nothing_fails(self, rig: SpeakerRig) -> None:
        await rig.unplug()
        async with self.running(rig) as driver:
            await until(lambda: driver.condition.reason, rig.notice, "it says why it is silent")
            driver.say("hello", "en")
            driver.quiet()
            await asyncio.sleep(rig.notice / 4)
            assert list(rig.said()) == []
            await rig.plug_in()
            await self.serves(rig, driver)
            await self.use(rig, driver)

    @case
    async def test_whether_the_room_may_hear_it_is_the_operators_word_alone(self, rig: SpeakerRig) -> None:
        aloud = rig.driver().aloud
        async with self.at_work(rig) as driver:
            await self.use(rig, driver)
            assert driver.aloud is aloud
