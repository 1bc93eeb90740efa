"""Paying on the screen: every way can be chosen, the code can be scanned from the picture, and goes when it must."""

import asyncio
from dataclasses import replace

import cv2
import numpy as np
import pytest

from kiosk_app.views import Chosen, Leave, PayCode, text
from screens.samples import SAMPLES, pay, pay_code
from tests.screens.conftest import Booth

SHOWN = pay_code("pay.code.scan")


def read(booth: Booth) -> str:
    """What a telephone reads from the screen."""
    picture = cv2.cvtColor(np.asarray(booth.screen()), cv2.COLOR_RGB2BGR)
    return str(cv2.QRCodeDetector().detectAndDecode(picture)[0])


@pytest.mark.parametrize("way", ["card", "wechat", "alipay"])
def test_every_way_to_pay_can_be_chosen(booth: Booth, way: str) -> None:
    async def story() -> None:
        assert await booth.ask(SAMPLES["pay_way"], way) == Chosen(way)

    booth.run(story())


def test_the_choice_can_be_left(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(SAMPLES["pay_way"], "leave") == Leave()

    booth.run(story())


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("contrast", [False, True])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_code_can_be_scanned_in_every_dress(booth: Booth, language: str, contrast: bool, large: bool) -> None:
    async def story() -> None:
        booth.stage.wear(language=language, contrast=contrast, large=large)
        booth.stage.put(SHOWN)
        await asyncio.sleep(0.3)
        assert read(booth) == SHOWN.code

    booth.run(story())


def test_the_payment_can_be_cancelled_while_and_only_while_it_may(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(SHOWN, "leave") == Leave()
        booth.stage.put(replace(SHOWN, cancellable=False))
        assert booth.stage.targets() == []

    booth.run(story())


def test_a_code_that_may_no_longer_be_paid_is_gone_from_the_picture(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.put(SHOWN)
        await asyncio.sleep(0.3)
        assert read(booth) == SHOWN.code
        booth.stage.put(pay_code("pay.code.checking", shown=False))
        await asyncio.sleep(0.3)
        assert read(booth) == ""

    booth.run(story())


def test_the_code_arrives_under_the_finger_that_is_on_cancel(upright: Booth) -> None:
    async def story() -> None:
        creating = replace(SHOWN, title=text("pay.code.creating"), code="", seconds=0, reference="")
        asking = asyncio.create_task(upright.stage.show(creating))
        await asyncio.sleep(0.05)
        await upright.press(*upright.where("leave"))
        upright.stage.put(SHOWN)
        await asyncio.sleep(0.05)
        await upright.release()
        assert await asking == Leave()

    upright.run(story())


def test_the_seconds_run_down_from_when_the_code_is_there(upright: Booth) -> None:
    def left() -> list[str]:
        return [say.text for say in upright.stage.sayings() if "秒内有效" in say.text]

    async def story() -> None:
        upright.stage.put(replace(SHOWN, code="", seconds=0))
        await asyncio.sleep(1.2)
        assert left() == []
        upright.stage.put(replace(SHOWN, seconds=60))
        assert left() == ["60 秒内有效"]
        async with asyncio.timeout(10):
            while left() == ["60 秒内有效"]:  # noqa: ASYNC110 - the picture tells nobody when it changes
                await asyncio.sleep(0.05)
        assert left() == ["59 秒内有效"]

    upright.run(story())


def test_the_amount_stays_in_sight_whatever_is_said(booth: Booth) -> None:
    async def story() -> None:
        for name in ("pay_way", "pay_code", "pay_code_no_answer", "pay_code_checking"):
            view = SAMPLES[name]
            booth.stage.put(view)
            assert "¥300.00" in [say.text for say in booth.stage.sayings()]
            assert not isinstance(view, PayCode) or view.reference in " ".join(s.text for s in booth.stage.sayings())

    booth.run(story())


def test_whoever_types_a_pin_sees_each_digit_arrive_and_go_and_no_digit_itself(upright: Booth) -> None:
    def shown() -> list[str]:
        return [say.text for say in upright.stage.sayings() if say.text[:1] in {"●", "○"}]

    async def story() -> None:
        asking = pay(1, "enter_pin", cancellable=False)
        upright.stage.put(asking)
        assert shown() == []
        for typed, marks in ((0, "○○○○○○"), (1, "●○○○○○"), (5, "●●●●●○"), (0, "○○○○○○")):
            upright.stage.put(replace(asking, pin=(typed, 6)))
            assert shown() == [f"{marks}  已输入 {typed} 位"]
        upright.stage.wear(language="en")
        assert shown() == ["○○○○○○  0 typed"]
        upright.stage.put(SAMPLES["pay_bank"])
        assert shown() == []

    upright.run(story())
