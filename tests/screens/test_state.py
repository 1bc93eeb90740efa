"""Language, letters and warnings change what is read, never what was done."""

import asyncio
from dataclasses import replace

from kiosk_app.money.amounts import ZERO
from kiosk_app.views import Chosen, IdleWarning, Marked, Typed
from screens.samples import NUMBER, ROWS, SAMPLES, choose
from tests.screens.conftest import Booth


def test_switching_language_keeps_typed_digits(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(NUMBER, *"123", "language", *"45", "go") == Typed("440703100612345")
        assert booth.stage.language == "en"

    booth.run(story())


def test_switching_language_keeps_marked_rows(upright: Booth) -> None:
    async def story() -> None:
        keys = [row.key for row in ROWS[:3]]
        answer = await upright.ask(choose(ROWS[:3], marked=1), keys[2], "language", "go")
        assert answer == Marked((keys[0], keys[2]))

    upright.run(story())


def test_what_costs_nothing_shows_no_amount(upright: Booth) -> None:
    async def story() -> None:
        for rows, shown in ((ROWS[:3], True), (tuple(replace(row, amount=ZERO) for row in ROWS[:3]), False)):
            upright.stage.put(choose(rows, marked=1))
            work = upright.stage._page.work  # type: ignore[union-attr] # there is one now
            said = [work.ids.sum.plain, *(row.ids.amount.plain for row in work.ids.rows.parts())]
            assert all(("¥" in words) is shown for words in said), said

    upright.run(story())


def test_an_idle_warning_gives_back_what_was_typed(upright: Booth) -> None:
    async def story() -> None:
        asking = asyncio.create_task(upright.stage.show(NUMBER))
        await upright.touch("7")
        asking.cancel()
        assert await upright.ask(IdleWarning(seconds=15), "more_time") == Chosen("more_time")
        assert await upright.ask(NUMBER, *"1234", "go") == Typed("440703100671234")

    upright.run(story())


def test_larger_text_and_contrast_stay_for_the_visit_and_go_with_it(upright: Booth) -> None:
    async def story() -> None:
        stage = upright.stage
        asking = asyncio.create_task(stage.show(SAMPLES["menu"]))
        for key in ("text_size", "contrast", "language"):
            await upright.touch(key)
        await upright.touch("traffic_fines")
        await asking
        stage.put(NUMBER)
        assert (stage.look.large, stage.look.contrast, stage.language) == (True, True, "en")
        stage.forget()
        assert (stage.look.large, stage.look.contrast, stage.language) == (False, False, "zh_CN")

    upright.run(story())


def test_no_language_button_while_money_moves(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["pay_card"])
        assert [t["key"] for t in upright.stage.targets()] == ["leave"]

    upright.run(story())


def test_a_touch_while_nobody_asks_means_nothing_later(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["sorry"])
        await upright.touch("other")
        asking = asyncio.create_task(upright.stage.show(SAMPLES["menu"]))
        await asyncio.sleep(0.05)
        assert not asking.done()
        asking.cancel()

    upright.run(story())
