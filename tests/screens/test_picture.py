"""What is drawn: nothing cut, nothing left over, nothing remembered."""

import asyncio
import gc
import io
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk_app.money.amounts import Fen
from kiosk_app.views import Choice, Done, Sorry, text
from screens.samples import NUMBER, ROWS, SAMPLES, STEPS, choose, many, pay
from screens.words import LANGUAGES
from tests.screens.conftest import Booth

OUT = Path(__file__).parents[2] / "out" / "screens"
CANARY = "CANARY7391"


@pytest.mark.parametrize(("language", "large"), list(product(LANGUAGES, (False, True))))
def test_no_text_is_cut(booth: Booth, language: str, large: bool) -> None:
    """Letters lie inside their own box, and the box inside the window or inside something that scrolls."""
    OUT.mkdir(parents=True, exist_ok=True)

    async def story() -> None:
        booth.stage.wear(language=language, large=large)
        width, height = booth.stage.size
        for name, view in SAMPLES.items():
            booth.stage.put(view)
            for say in booth.stage.sayings():
                spilled = [r for r in say.drawn if r[0] < say.x - 1 or r[0] + r[2] > say.right + 1]
                assert spilled == [], (name, say.text)
                assert -1 <= say.x <= say.right <= width + 1, (name, say.text)
                assert say.scrolls or (say.y >= -1 and say.top <= height + 1), (name, say.text)
                assert say.height >= say.letters_tall - 2, (name, say.text, say.height, say.letters_tall)
            booth.stage.snapshot(OUT / f"{name}-{width}x{height}-{language}{'-large' if large else ''}.png")

    booth.run(story())


def picture(booth: Booth) -> Image.Image:
    file = io.BytesIO()
    booth.stage.snapshot(file)
    return Image.open(file)


def test_a_press_redraws_a_part_and_the_whole_looks_the_same(booth: Booth) -> None:
    """A widget that names too few pixels would leave a difference between what is shown and what should be."""

    async def story() -> None:
        stage = booth.stage
        for view, keys in ((NUMBER, "1"), (choose(ROWS), ROWS[0].key), (choose(many(14)), many(14)[1].key)):
            stage.put(view)
            await asyncio.sleep(0.1)
            parts = stage.frames["part"]
            await booth.press(*booth.where(keys))
            await asyncio.sleep(0.05)
            assert stage.frames["part"] > parts
            shown = booth.screen()
            assert ImageChops.difference(shown, picture(booth)).getbbox() is None
            await booth.release()
            await asyncio.sleep(0.05)
            shown = booth.screen()
            assert ImageChops.difference(shown, picture(booth)).getbbox() is None
            stage.forget()

    booth.run(story())


def test_after_goodbye_nothing_of_the_person_is_left(upright: Booth) -> None:
    async def story() -> None:
        row = Choice(key="1", title=CANARY, lines=(text("plain", words=CANARY),), amount=Fen(1), title_en=CANARY)
        upright.stage.put(choose((row,), marked=1))
        await upright.touch("language")
        upright.stage.put(Done(title=text("plain", words=CANARY), facts=(text("plain", words=CANARY),), qr=CANARY))
        await asyncio.sleep(0.1)
        del row
        assert holders()
        upright.stage.forget()
        await asyncio.sleep(0.1)

    upright.run(story())
    gc.collect()
    assert [(type(holder), str(holder)[:200]) for holder in holders()] == []


def personal(part: object) -> bool:
    return type(part) is str and part.find(CANARY) >= 0


def holders() -> list[object]:
    """Living objects that hold a text with the canary, except this module."""
    found: list[object] = []
    for thing in gc.get_objects():
        if thing is not globals():  # by exact type: asking a weak proxy for its class raises when its object is gone
            found += [thing for part in gc.get_referents(thing) if personal(part)]
    return found


def test_idle_draws_nothing(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["menu"])
        await asyncio.sleep(0.2)
        before = dict(upright.stage.frames)
        await asyncio.sleep(0.7)
        assert upright.stage.frames == before

    upright.run(story())


def test_a_countdown_draws_once_a_second_and_only_its_number(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["place_card"])
        await asyncio.sleep(0.3)
        before = dict(upright.stage.frames)
        await asyncio.sleep(1.1)
        assert upright.stage.frames["part"] - before["part"] <= 2
        assert upright.stage.frames["whole"] - before["whole"] <= 1

    upright.run(story())


def test_steps_are_all_named(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(NUMBER)
        said = [say.text for say in upright.stage.sayings()]
        assert all(upright.stage.look.say(step) in said for step in STEPS)

    upright.run(story())


def test_what_no_longer_fits_beside_a_longer_title_is_still_shown(booth: Booth) -> None:
    """The payment's reference stands there; the terminal's words may push it into what scrolls."""
    before = pay(2, "bank", cancellable=False)
    after = replace(before, title=text("pay.trouble.requested", amount="942.00"))

    async def story() -> None:
        booth.stage.wear(language="en", large=True)
        booth.stage.put(after)
        wanted = picture(booth)
        booth.stage.forget()
        booth.stage.wear(language="en", large=True)
        booth.stage.put(before)
        await asyncio.sleep(0.2)
        booth.stage.put(after)
        await asyncio.sleep(0.2)
        assert ImageChops.difference(picture(booth), wanted).getbbox() is None

    booth.run(story())


def test_an_apology_without_facts_shows_no_button_that_leads_nowhere(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.put(Sorry(title=text("pay.declined"), detail=text("pay.nothing_taken")))
        await asyncio.sleep(0.1)
        assert {target["key"] for target in booth.stage.targets()} == {"leave", "language", "text_size"}

    booth.run(story())
