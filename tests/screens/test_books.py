"""Tables, pictures and families of services, by real touches; and a secret that no pixel tells."""

import asyncio
from dataclasses import replace

from kiosk_app.views import Back, Choice, ChooseOne, Chosen, Leave, Table, TableRow, Typed, text
from screens.bars import Stack
from screens.menu import home
from screens.sample_books import SERVICES
from screens.samples import SAMPLES
from screens.stage import Stage
from screens.widgets.say import Say
from tests.screens.conftest import Booth


def said(stage: Stage) -> list[str]:
    return [say.text for say in stage.sayings() if not say.hidden]


def test_a_row_that_leads_on_a_tab_and_an_action_are_answers(booth: Booth) -> None:
    async def story() -> None:
        view = SAMPLES["table_years"]
        for key in ("2026", "medical", "picture", "print"):
            assert await booth.ask(view, key) == Chosen(key)
        assert await booth.ask(view, "back") == Back()
        assert await booth.ask(view, "leave") == Leave()

    booth.run(story())


def test_a_row_that_leads_nowhere_cannot_be_touched(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["table_months"])
        await asyncio.sleep(0.05)
        assert {t["key"] for t in upright.stage.targets()} >= {"print", "back", "leave"}
        assert "" not in {t["key"] for t in upright.stage.targets()}

    upright.run(story())


def test_a_table_without_rows_says_so(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["table_empty"])
        await asyncio.sleep(0.05)
        assert "没有缴费记录" in said(upright.stage)
        assert "年份" not in said(upright.stage)

    upright.run(story())


def test_heads_stand_over_their_columns_also_when_the_rows_move(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["table_years"])
        await asyncio.sleep(0.05)
        says = {say.text: say for say in upright.stage.sayings() if not say.hidden}
        assert abs(says["个人缴"].right - says["5740.42"].right) < 2
        assert abs(says["年份"].x - says["2025"].x) < 2

    upright.run(story())


def test_a_cell_without_a_word_keeps_its_place(upright: Booth) -> None:
    async def story() -> None:
        whole = SAMPLES["table_months"]
        assert isinstance(whole, Table)
        lines = (
            TableRow(cells=("2026-10-27", "划入", "", "1.00")),
            TableRow(cells=("2026-10-09", "住院", "某处", "2.00")),
        )
        upright.stage.put(replace(whole, rows=lines))
        await asyncio.sleep(0.05)
        says = {say.text: say for say in upright.stage.sayings() if not say.hidden}
        assert abs(says["1.00"].right - says["2.00"].right) < 2
        assert abs(says["划入"].x - says["住院"].x) < 2

    upright.run(story())


def test_what_is_done_does_not_look_like_a_warning(upright: Booth) -> None:
    async def story() -> None:
        rows = tuple(
            Choice(key=state, title=state, refused=text(f"progress.state.{state}"), done=state == "printed")
            for state in ("printed", "lapsed")
        )
        upright.stage.put(ChooseOne(title=text("progress.title"), rows=rows))
        await asyncio.sleep(0.05)
        inks = {say.text: say.ink for say in upright.stage.sayings() if isinstance(say, Say)}
        assert (inks["已打印"], inks["未缴费，已失效"]) == ("good", "on_stop")

    upright.run(story())


def test_bars_are_as_high_as_their_amounts(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["bars"])
        await asyncio.sleep(0.05)
        page = upright.stage._page
        assert page is not None
        stacks = [part for part in page.work.walk() if isinstance(part, Stack)]
        assert len(stacks) == 11
        assert len({round(stack.height) for stack in stacks}) == 1
        assert max(sum(stack.parts) for stack in stacks) == stacks[0].most

    upright.run(story())


def test_a_picture_is_left_by_its_actions(booth: Booth) -> None:
    async def story() -> None:
        for key in ("list", "print", "injury"):
            assert await booth.ask(SAMPLES["bars"], key) == Chosen(key)

    booth.run(story())


def test_home_shows_families_in_the_boards_order_and_a_family_its_services(booth: Booth) -> None:
    async def story() -> None:
        assert [tile.key for tile in home(SERVICES)] == ["social", "border", "traffic_fines", "hall"]
        assert await booth.ask(SAMPLES["menu_families"], "social") == Chosen("social")
        assert await booth.ask(SAMPLES["menu_social"], "pension_payments") == Chosen("pension_payments")
        assert await booth.ask(SAMPLES["menu_social"], "back") == Back()
        booth.stage.put(SAMPLES["menu_social"])
        assert "contribution" not in {t["key"] for t in booth.stage.targets()}

    booth.run(story())


def test_a_secret_is_typed_and_no_digit_of_it_is_shown(booth: Booth) -> None:
    async def story() -> None:
        view = SAMPLES["enter_secret"]
        asking = asyncio.create_task(booth.stage.show(view))
        await booth.touch("6")
        await booth.touch("4")
        assert "●●●● ●●" in said(booth.stage)
        assert not [say for say in booth.stage.sayings() if isinstance(say, Say) and "7391" in say.text]
        await booth.touch("go")
        assert await asking == Typed("739164")

    booth.run(story())


def test_no_word_and_no_date_is_parted_however_large_the_letters(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.wear(language="en", large=True)
        for name in ("menu_social", "my_cases", "printing", "guide_entry", "review_refused"):
            booth.stage.put(SAMPLES[name])
            await asyncio.sleep(0.05)
            for say in booth.stage.sayings():
                parts = {word for line in say.set_in(say.width)[1] for word in line.split()}
                assert parts <= set(say.text.split()), name
        booth.stage.forget()

    booth.run(story())


def test_services_of_a_family_stand_one_below_the_other_for_large_letters(upright: Booth) -> None:
    async def story() -> None:
        lefts = []
        for large in (False, True, False):
            upright.stage.wear(large=large)
            upright.stage.put(SAMPLES["menu_social"])
            await asyncio.sleep(0.05)
            keys = {one.key for one in SERVICES}
            lefts.append(len({tile["x"] for tile in upright.stage.targets() if tile["key"] in keys}))
        assert lefts == [2, 1, 2]

    upright.run(story())
