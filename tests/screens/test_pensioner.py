"""What a pensioner of 80 would stumble over at the window, and what it does about it (``docs/pensioner.md``)."""

import asyncio
from dataclasses import replace
from typing import get_args

import pytest

from kiosk_app.contract.services import Picture
from kiosk_app.views import Column, Menu, MenuItem, Sorry, Table, TableRow, Typed, text
from screens.enter_number import grouped
from screens.menu import SmallTile, picture_of
from screens.samples import DONE, FINES, NUMBER, SAMPLES
from screens.widgets.element import away
from screens.widgets.icon import DRAWINGS, icon
from screens.widgets.say import Say
from screens.widgets.target import PushButton
from tests.screens.conftest import Booth
from tests.screens.test_keys import asked

AMOUNTS = Table(
    title=text("pensions.title", name="李**"),
    columns=(
        Column(title=text("pensions.column.month")),
        *(Column(title=text(f"pensions.column.{name}"), number=True) for name in ("total", "basic", "account")),
        Column(title=text("pensions.column.additions"), number=True),
    ),
    rows=tuple(TableRow(cells=("2026-11", "12585.50", "1824.00", "641.50", "120.00")) for _ in range(3)),
)


@pytest.mark.parametrize("name", ["place_card", "choose_one", "consent", "table_years", "done", "enter_number"])
def test_letters_grow_where_one_finds_out_that_they_are_too_small(upright: Booth, name: str) -> None:
    async def story() -> None:
        asking = asyncio.create_task(upright.stage.show(SAMPLES[name]))
        await upright.touch("text_size")
        assert upright.stage.large
        assert not asking.done()
        asking.cancel()

    upright.run(story())


def test_no_letters_button_while_money_moves(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["pay_bank"])
        await asyncio.sleep(0.1)
        assert "text_size" not in {target["key"] for target in upright.stage.targets()}

    upright.run(story())


def test_all_amounts_of_a_table_are_written_in_one_size(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.wear(large=True)
        upright.stage.put(AMOUNTS)
        await asyncio.sleep(0.1)
        work = upright.stage._page.work  # type: ignore[union-attr] # there is one now
        cells = [cell for line in work.ids.rows.parts() for cell in line.parts() if cell.single]
        sizes = {cell.set_in(cell.width)[0] for cell in cells}
        assert len(cells) == 12
        assert len(sizes) == 1
        assert sizes.pop() < cells[0].look.type(cells[0].letters), "else the story proves nothing"

    upright.run(story())


def test_after_digits_the_select_key_confirms_a_number_that_is_whole(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, replace(NUMBER, value="44070310061234"))
        await upright.key("5", "select")
        assert await asking == Typed("440703100612345")
        asking = await asked(upright, replace(NUMBER, value="4407"))
        await upright.key("5", "select", "select")
        assert not asking.done(), "a number that is not whole is not sent, and no button is pressed in its place"
        asking.cancel()

    upright.run(story())


def test_paper_that_came_out_is_named_and_stands_before_the_question_how_it_was(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(replace(DONE, take=("card",), papers=("receipt_printer", "document_printer")))
        await asyncio.sleep(0.1)
        work = upright.stage._page.work  # type: ignore[union-attr] # there is one now
        assert [strip.icon for strip in work.ids.take.parts()] == ["card", "receipt", "document"]
        assert work.ids.take.y > work.ids.faces.top

    upright.run(story())


def test_every_service_has_a_picture_of_its_own() -> None:
    services = [item.key for item in SAMPLES["menu_social"].items]  # type: ignore[attr-defined] # it is a menu
    services += ["guide", "my_cases", "case_papers", "reprint", "places", "appointment"]
    pictures = {bytes(icon(key, 48).pixels) for key in services}
    assert set(services) <= DRAWINGS.keys()
    assert len(pictures) == len(services)


def test_a_service_that_is_data_wears_the_picture_that_it_names(upright: Booth) -> None:
    named = [name for name in get_args(Picture) if name]
    assert len({bytes(icon(name, 48).pixels) for name in named}) == len(named)
    assert [picture_of(replace(FINES, key="new", picture=name)) for name in named] == named
    assert picture_of(replace(FINES, key="new")) == "road"

    async def story() -> None:
        upright.stage.put(SAMPLES["offered_menu"])
        await asyncio.sleep(0.1)
        tiles = [part for part in upright.stage._root.walk(restrict=True) if isinstance(part, SmallTile)]
        assert [tile.sign for tile in tiles] == ["copies", "folder"]

    upright.run(story())


def bar(booth: Booth) -> list[PushButton]:
    assert booth.stage._page is not None
    return list(booth.stage._page.ids.bar.parts())


@pytest.mark.parametrize("name", ["page_ready", "page_review", "papers_some", "enter_number", "guide_search"])
def test_no_button_is_wider_than_the_primary_one(upright: Booth, name: str) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES[name])
        await asyncio.sleep(0.1)
        *others, go = bar(upright)
        assert go.kind == "go"
        assert go.width >= max(button.width for button in others) - 1

    upright.run(story())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_in_a_full_bar_icons_give_way_to_letters(upright: Booth, language: str) -> None:
    async def story() -> None:
        upright.stage.wear(large=True, language=language)
        upright.stage.put(SAMPLES["papers_some"])
        await asyncio.sleep(0.1)
        buttons = bar(upright)
        assert all(button.ids.sign.hidden for button in buttons)
        usual = buttons[0].look.px(buttons[0].letters)
        assert min(button.ids.label.set_in(button.ids.label.width)[0] for button in buttons) > 0.75 * usual
        upright.stage.put(SAMPLES["place_card"])
        await asyncio.sleep(0.1)
        assert not any(button.ids.sign.hidden for button in bar(upright))

    upright.run(story())


def test_a_day_and_a_telephone_number_stand_as_one_says_them() -> None:
    assert grouped("20270125", (4, 2, 2)) == "2027 01 25"
    assert grouped("202701", (4, 2, 2)) == "2027 01"
    assert grouped("13900001234", (3, 4, 4)) == "139 0000 1234"
    assert grouped("440703100612345") == "4407 0310 0612 345"


CLOSED = tuple(replace(FINES, key=key, closed=text("menu.closed.central")) for key in ("one", "two"))


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (CLOSED, ["网络暂时不通，请稍后再来"]),
        ((CLOSED[0], replace(CLOSED[1], closed=text("menu.closed.store"))),
         ["网络暂时不通，请稍后再来；本机正在维护，暂时不能收款"]),
        ((CLOSED[0], replace(CLOSED[1], closed=None)), []),
    ],
)  # fmt: skip
def test_a_closed_family_says_why(upright: Booth, items: tuple[MenuItem, ...], said: list[str]) -> None:
    async def story() -> None:
        upright.stage.put(Menu(items=(*items, replace(FINES, key="open", family="social"))))
        await asyncio.sleep(0.1)
        assert [say.text for say in upright.stage.sayings() if "不通" in say.text] == said

    upright.run(story())


def test_good_news_wears_no_sign_of_failure(upright: Booth) -> None:
    async def story() -> None:
        for calm, sign in ((False, "bang"), (True, "check")):
            upright.stage.put(Sorry(title=text("living.refused.not_due"), detail=text("plain", words=""), calm=calm))
            await asyncio.sleep(0.05)
            work = upright.stage._page.work  # type: ignore[union-attr] # there is one now
            assert [part.name for part in work.walk(restrict=True) if getattr(part, "round", False)] == [sign]

    upright.run(story())


def test_what_does_not_work_stands_above_the_services(upright: Booth) -> None:
    async def story() -> None:
        items = tuple(replace(FINES, key=key, family="social") for key in ("one", "two"))
        upright.stage.put(Menu(items=items, notes=(text("menu.note.no_document"),), family="social"))
        await asyncio.sleep(0.1)
        note = next(say for say in upright.stage.sayings() if say.text.startswith("A4 打印机"))
        top = min(target["y"] for target in upright.stage.targets())
        assert upright.stage.size[1] - note.box()[3] < top

    upright.run(story())


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("large", [False, True])
def test_nothing_of_the_poster_hangs_over_its_card(booth: Booth, language: str, large: bool) -> None:
    async def story() -> None:
        booth.stage.wear(large=large, language=language)
        booth.stage.put(SAMPLES["attract_notices"])
        await asyncio.sleep(0.1)
        assert booth.stage._page is not None
        work, low = booth.stage._page.work, booth.stage._page.ids.bar.top
        [card] = [part for part in work.walk(restrict=True) if getattr(part, "key", "") == "begin"]
        said = [say for say in card.walk(restrict=True) if isinstance(say, Say) and not away(say)]
        assert all(card.y <= say.y and say.top <= card.top for say in said)
        assert all(note.y >= low - 1 for note in work.ids.notices.children)
        assert card.y >= work.ids.notices.top

    booth.run(story())
