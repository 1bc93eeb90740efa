"""The desk on the screen: as it lies there, not mirrored; what is said changes and nothing else; nothing stays."""

import asyncio
from dataclasses import replace

import pytest

from kiosk_app.views import Back, Chosen, LivePage, PortraitReview, text
from screens.sample_papers import PAPERS, live
from screens.widgets.desktop import Desktop
from tests.screens.conftest import Booth
from tests.screens.test_live_portrait import LEFT, RIGHT, Halves, pixels_of

READY, GLARE = live("page.say.ready", right=True), live("error.page_glare")


def desktop(booth: Booth) -> Desktop:
    return next(part for part in booth.stage._root.walk(restrict=True) if isinstance(part, Desktop))


def test_left_is_left_as_on_the_desk_and_the_whole_of_it_is_seen(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.put(replace(READY, live=Halves(1024, 768)))
        await asyncio.sleep(0.3)
        tile, screen = desktop(booth), booth.screen()
        assert tile.width / tile.height == pytest.approx(4 / 3, abs=0.01)
        assert tile._part[2:] == pytest.approx((1024, 768), abs=2)  # whole pixels of a smaller tile
        y = round(booth.stage.size[1] - tile.y - 0.5 * tile.height)
        ends = [screen.getpixel((round(tile.x + part * tile.width), y)) for part in (0.2, 0.8)]
        assert ends == [LEFT, RIGHT]

    booth.run(story())


def test_what_is_said_changes_and_the_widgets_stay(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.put(GLARE)
        await asyncio.sleep(0.2)
        before = desktop(booth)
        for view in (replace(READY, live=GLARE.live), GLARE):
            booth.stage.put(view)
            await asyncio.sleep(0.1)
            assert desktop(booth) is before
            assert before.good is view.right
            assert booth.stage._page is not None
            assert any(say.words == view.say for say in booth.stage._page.sayings())

    booth.run(story())


def test_the_shutter_and_the_way_back_are_heard(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(READY, "take") == Chosen("take")
        assert await booth.ask(READY, "back") == Back()
        review = PAPERS["page_review"]
        assert isinstance(review, PortraitReview)
        assert await booth.ask(review, "use") == Chosen("use")
        assert await booth.ask(review, "again") == Chosen("again")

    booth.run(story())


def test_a_page_is_shown_as_large_as_there_is_room_and_not_beyond(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.put(PAPERS["page_review"])
        await asyncio.sleep(0.2)
        assert booth.stage._page is not None
        page = booth.stage._page
        photo = page.work.ids.photo
        assert photo.y >= page.ids.bar.top
        assert photo.top <= page.height
        room = page.work.height
        assert photo.height > 0.8 * room

    booth.run(story())


@pytest.mark.parametrize("view", [READY, PAPERS["page_review"]])
def test_when_the_view_goes_its_pixels_are_zeros(view: LivePage | PortraitReview, upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(replace(view, live=Halves()) if isinstance(view, LivePage) else view)
        await asyncio.sleep(0.2)
        held = [p.picture for p in upright.stage._root.walk(restrict=True) if getattr(p, "picture", None) is not None]
        assert len(held) == 1
        assert any(pixels_of(held[0]))
        upright.stage.forget()
        assert not any(value for at, value in enumerate(pixels_of(held[0])) if at % 4 != 3)

    upright.run(story())


def test_a_scripted_citizen_is_told_what_is_said_of_the_page(upright: Booth) -> None:
    from screens.stage import _asks  # noqa: PLC0415 - its import needs the X server

    assert _asks(GLARE) == "error.page_glare"
    assert _asks(replace(GLARE, say=text("page.say.ready"))) == "page.say.ready"
    assert _asks(PAPERS["papers_look"]) == ""
