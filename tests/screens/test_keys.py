"""Everything that touch does, by keys: every view, every target, every intent."""

import asyncio
import math

import pytest
from PIL import Image, ImageChops

from kiosk_app.devices import KeypadKey, KeyStroke
from kiosk_app.views import Back, Chosen, IdleWarning, Intent, Leave, Marked, Menu, Typed, View
from screens.keyboard import Keyboard
from screens.keys import SETTLE
from screens.menu import home
from screens.samples import DONE, NUMBER, ROWS, SAMPLES, choose, many, pay
from tests.screens.conftest import Booth
from tests.screens.test_picture import picture

LONG = choose(many(14), marked=0)


async def asked(booth: Booth, view: View) -> "asyncio.Task[Intent]":
    """The view is shown, and somebody has had the time to see it."""
    asking = asyncio.create_task(booth.stage.show(view))
    await asyncio.sleep(0)  # building a view takes its time on a busy machine
    await asyncio.sleep(SETTLE + 0.05)
    return asking


@pytest.mark.parametrize("name", list(SAMPLES))
def test_keys_reach_every_target_of_every_view_and_show_it_whole(booth: Booth, name: str) -> None:
    async def story() -> None:
        view = SAMPLES[name]
        booth.stage.put(view)
        await asyncio.sleep(0.02)
        rows = {row.key for row in getattr(view, "rows", ()) if row.key and not getattr(row, "refused", None)}
        if isinstance(view, Menu):
            tiles = view.items if view.family else home(view.items)
            rows = {item.key for item in tiles if item.closed is None}
        if getattr(view, "faces", False):  # they may have to be scrolled to
            rows |= {f"face{score}" for score in range(1, 6)}
        touchable = {t["key"] for t in booth.stage.targets()} | rows
        width, height = booth.stage.size
        seen = list[str]()
        for _ in range(2 * len(touchable) + 2):
            await booth.key("next")
            at = booth.stage.focused
            seen.append(at)
            if touchable:
                box = next(t for t in booth.stage.targets() if t["key"] == at)
                assert box["x"] >= 0, at
                assert box["y"] >= 0, at
                assert box["x"] + box["w"] <= width, at
                assert box["y"] + box["h"] <= height, at
        assert set(seen) == (touchable or {""})
        around = seen[: len(touchable)]
        assert seen[len(touchable) : 2 * len(touchable)] == around, "the order is a ring"
        back = list[str]()
        for _ in touchable:
            await booth.key("previous")
            back.append(booth.stage.focused)
        assert set(back) == set(seen) - {""}

    booth.run(story())


@pytest.mark.parametrize(
    ("view", "keys", "intent"),
    [
        (SAMPLES["attract"], ("begin",), Chosen("begin")),
        (SAMPLES["menu"], ("traffic_fines",), Chosen("traffic_fines")),
        (SAMPLES["menu"], ("leave",), Leave()),
        (SAMPLES["place_card"], ("other",), Chosen("other")),
        (SAMPLES["place_card"], ("back",), Back()),
        (SAMPLES["place_card_again"], ("leave",), Leave()),
        (choose(ROWS[:3], marked=1), (ROWS[2].key, "go"), Marked((ROWS[0].key, ROWS[2].key))),
        (choose(ROWS[:3], marked=1), (ROWS[0].key, ROWS[1].key, "language", "go"), Marked((ROWS[1].key,))),
        (LONG, (LONG.rows[13].key, LONG.rows[0].key, "go"), Marked((LONG.rows[0].key, LONG.rows[13].key))),
        (SAMPLES["choose_many_none"], ("back",), Back()),
        (NUMBER, ("1", "erase", *"12345", "go"), Typed("440703100612345")),
        (NUMBER, ("clear", "back"), Back()),
        (NUMBER, ("leave",), Leave()),
        (pay(0, "insert_card", cancellable=True), ("leave",), Leave()),
        (DONE, ("document",), Chosen("document")),
        (DONE, ("other",), Chosen("other")),
        (DONE, ("leave",), Leave()),
        (SAMPLES["sorry"], ("other",), Chosen("other")),
        (SAMPLES["sorry_payment"], ("leave",), Leave()),
        (IdleWarning(seconds=15), ("more_time",), Chosen("more_time")),
        (IdleWarning(seconds=15), ("leave",), Leave()),
    ],
)
def test_every_intent_comes_back_by_four_keys(booth: Booth, view: View, keys: tuple[str, ...], intent: Intent) -> None:
    async def story() -> None:
        asking = await asked(booth, view)
        for key in keys:
            await booth.focus(key)
            await booth.key("select")
        async with asyncio.timeout(2):
            assert await asking == intent

    booth.run(story())


def test_the_first_key_only_shows_where_one_is(upright: Booth) -> None:
    async def story() -> None:
        for key in ("select", "next", "previous", "back", "help"):
            asking = await asked(upright, SAMPLES["place_card"])
            assert upright.stage.focused == ""
            await upright.key(key)
            assert upright.stage.focused == "other"
            assert not asking.done()
            upright.stage.forget()
            asking.cancel()

    upright.run(story())


def test_a_finger_hides_the_focus_and_a_key_shows_it_where_it_was(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, choose(ROWS[:3], marked=0))
        await upright.focus(ROWS[1].key)
        await upright.touch(ROWS[2].key)
        assert upright.stage.focused == ""
        await upright.key("select")
        assert upright.stage.focused == ROWS[1].key
        await upright.key("select")
        await upright.focus("go")
        await upright.key("select")
        assert await asking == Marked((ROWS[1].key, ROWS[2].key))

    upright.run(story())


def test_a_press_shows_as_long_as_the_key_is_down(upright: Booth) -> None:
    """The same picture as under a finger, but for the ring; and the tap comes with the release."""

    async def story() -> None:
        asking = await asked(upright, SAMPLES["menu"])
        x, y = upright.where("traffic_fines")
        spot = (x, y - 40, x + 20, y + 40)
        await upright.press(x, y)
        await asyncio.sleep(0.1)
        by_finger = picture(upright).crop(spot)
        await upright.drag(x, y + 600)
        await upright.release()
        await upright.key("next")
        resting = picture(upright).crop(spot)
        upright.stage.key(KeypadKey.SELECT, KeyStroke.DOWN)
        await asyncio.sleep(0.1)
        assert not asking.done()
        by_key = picture(upright).crop(spot)
        assert not same(resting, by_key)
        assert same(by_finger, by_key)
        upright.stage.key(KeypadKey.SELECT, KeyStroke.UP)
        assert await asking == Chosen("traffic_fines")

    upright.run(story())


def same(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox() is None


def test_a_key_that_was_lost_does_nothing(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, SAMPLES["menu"])
        await upright.key("next")
        upright.stage.key(KeypadKey.SELECT, KeyStroke.DOWN)
        upright.stage.key(KeypadKey.SELECT, KeyStroke.LOST)
        await asyncio.sleep(0.05)
        assert not asking.done()
        await upright.touch("traffic_fines")
        assert await asking == Chosen("traffic_fines")

    upright.run(story())


def test_one_finger_at_a_time_also_of_keys(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, SAMPLES["place_card"])
        await upright.key("next")
        upright.stage.key(KeypadKey.SELECT, KeyStroke.DOWN)
        await upright.key("next", "back")
        assert upright.stage.focused == "other"
        upright.stage.key(KeypadKey.SELECT, KeyStroke.UP)
        assert await asking == Chosen("other")
        asking = await asked(upright, SAMPLES["place_card"])
        x, y = upright.where("leave")
        await upright.press(x, y)
        await upright.key("next", "select", "select")
        assert not asking.done()
        await upright.release()
        assert await asking == Leave()

    upright.run(story())


def test_the_back_key_goes_back_and_never_ends_a_visit_by_itself(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, NUMBER)
        await upright.key("next", "back")
        assert await asking == Back()
        asking = await asked(upright, SAMPLES["menu"])
        await upright.key("back", "back")
        assert upright.stage.focused == "leave"
        assert not asking.done()
        await upright.key("select")
        assert await asking == Leave()

    upright.run(story())


def test_digit_keys_type_at_once_and_erase_erases(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, NUMBER)
        await upright.key(*"19", "erase", *"2345")
        assert upright.stage.focused == ""
        await upright.focus("go")
        await upright.key("select")
        assert await asking == Typed("440703100612345")
        asking = await asked(upright, SAMPLES["place_card"])
        await upright.key(*"123", "erase")
        assert not asking.done()
        asking.cancel()

    upright.run(story())


def test_a_button_that_closes_under_the_focus_gives_way_to_the_next(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, NUMBER)
        await upright.key(*"12345")
        await upright.focus("go")
        await upright.key("erase")
        assert upright.stage.focused == ""
        await upright.key("select")
        assert upright.stage.focused == "1"
        await upright.key("5")
        await upright.focus("go")
        await upright.key("select")
        assert await asking == Typed("440703100612345")

    upright.run(story())


def test_a_key_meant_for_the_view_before_does_not_act_on_the_next(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["menu"])
        await upright.key("next")
        asking = asyncio.create_task(upright.stage.show(SAMPLES["place_card"]))
        await asyncio.sleep(0.02)
        await upright.key("select", "back")
        assert not asking.done()
        assert upright.stage.focused == "other"
        await asyncio.sleep(SETTLE)
        await upright.key("select")
        assert await asking == Chosen("other")

    upright.run(story())


def test_a_press_on_a_view_that_is_gone_when_it_ends_means_nothing(upright: Booth) -> None:
    """By finger and by key: what was asked first must not be answered to who asks next."""

    async def story() -> None:
        upright.stage.put(SAMPLES["place_card"])
        await asyncio.sleep(0.05)
        await upright.press(*upright.where("leave"))
        asking = await asked(upright, SAMPLES["sorry"])
        await upright.release()
        await asyncio.sleep(0.05)
        assert not asking.done()
        await upright.key("next")
        upright.stage.key(KeypadKey.SELECT, KeyStroke.DOWN)
        asking.cancel()
        asking = await asked(upright, SAMPLES["place_card"])
        upright.stage.key(KeypadKey.SELECT, KeyStroke.UP)
        await asyncio.sleep(0.05)
        assert not asking.done()
        asking.cancel()

    upright.run(story())


def test_a_menu_made_anew_keeps_the_focus_and_the_warning_gives_it_back(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["menu"])
        await upright.focus("contrast")
        upright.stage.put(SAMPLES["menu_limited"])
        assert upright.stage.focused == "contrast"
        upright.stage.put(NUMBER)
        await upright.focus("5")
        upright.stage.put(IdleWarning(seconds=15))
        assert upright.stage.focused == "more_time"
        upright.stage.put(NUMBER)
        assert upright.stage.focused == "5"

    upright.run(story())


def test_keys_count_as_touches_and_the_next_person_sees_no_focus(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["menu"])
        before = upright.stage.touched
        await upright.key("louder")
        assert upright.stage.touched > before
        assert upright.stage.focused
        upright.stage.forget()
        upright.stage.put(SAMPLES["menu"])
        assert upright.stage.focused == ""

    upright.run(story())


def test_the_focus_stays_on_the_row_when_language_and_letters_change(booth: Booth) -> None:
    async def story() -> None:
        booth.stage.put(LONG)
        await booth.focus(LONG.rows[9].key)
        booth.stage.wear(language="en", large=True)
        await booth.key("help")
        assert booth.stage.focused == LONG.rows[9].key
        assert LONG.rows[9].key in [t["key"] for t in booth.stage.targets()]

    booth.run(story())


# --- how it is drawn -------------------------------------------------------------------------------------------


@pytest.fixture
def unhealed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole is not drawn again after a while: on a slow machine that is while we look."""
    monkeypatch.setattr("screens.pump.HEAL_AFTER", math.inf)


TURNS = 1.0
"""Seconds: the window may just have been turned, and the X server says so a little later, which draws the whole."""


async def still(booth: Booth) -> dict[str, int]:
    """The frames drawn when nothing is left to draw."""
    frames = dict[str, int]()
    while frames != booth.stage.frames:
        frames = booth.stage.frames
        await asyncio.sleep(0.1)
    return frames


@pytest.mark.usefixtures("unhealed")
@pytest.mark.parametrize("contrast", [False, True])
def test_a_move_of_the_focus_redraws_a_part_and_the_whole_looks_the_same(booth: Booth, contrast: bool) -> None:
    async def story() -> None:
        stage = booth.stage
        await asyncio.sleep(TURNS)
        for view in (NUMBER, choose(ROWS), LONG, SAMPLES["sorry"]):
            stage.wear(contrast=contrast)
            stage.put(view)
            for _ in range(5):
                frames = await still(booth)
                await booth.key("next")
                now = await still(booth)
                assert (now["part"] > frames["part"], now["whole"]) == (True, frames["whole"]), stage.focused
                assert same(booth.screen(), picture(booth))  # this has the whole drawn again
            stage.forget()

    booth.run(story())


@pytest.mark.usefixtures("unhealed")
def test_a_move_paints_two_targets_and_not_what_lies_between(upright: Booth) -> None:
    async def story() -> None:
        stage = upright.stage
        await asyncio.sleep(TURNS)
        stage.put(NUMBER)
        for start, key in (("1", "next"), ("erase", "next"), ("1", "previous")):
            await upright.focus(start)
            frames = await still(upright)
            await upright.key(key)
            now = await still(upright)
            around = {t["key"]: (t["w"] + 16) * (t["h"] + 16) for t in stage.targets()}
            assert now["whole"] == frames["whole"]
            assert now["pixels"] - frames["pixels"] <= 1.5 * (around[start] + around[stage.focused])

    upright.run(story())


def test_the_ring_is_seen_and_hidden_without_a_trace(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(SAMPLES["menu"])
        await asyncio.sleep(0.1)
        plain = picture(upright)
        await upright.key("next")
        await asyncio.sleep(0.05)
        assert not same(plain, upright.screen())
        x, y = upright.where("leave")
        await upright.press(x, y - 300)
        await upright.release()
        await asyncio.sleep(0.05)
        assert same(plain, upright.screen())

    upright.run(story())


# --- a keyboard ------------------------------------------------------------------------------------------------


def test_a_keyboard_plugged_into_the_machine_does_nothing(upright: Booth) -> None:
    async def story() -> None:
        asking = await asked(upright, NUMBER)
        x, y = upright.where("1")
        await upright.press(x, y - 100)  # the pointer is over the window, which makes it hear keys
        await upright.release()
        before = upright.stage.touched
        await upright.keyboard("Down", "Return", "Escape", "F1", "F11", "7", "BackSpace", "Return")
        assert not asking.done()
        assert (upright.stage.focused, upright.stage.touched) == ("", before)
        asking.cancel()

    upright.run(story())


def test_a_keyboard_is_a_keypad_where_it_is_allowed(upright: Booth) -> None:
    async def story() -> None:
        keyboard = Keyboard(upright.stage._window, upright.stage.key)
        try:
            asking = await asked(upright, NUMBER)
            x, y = upright.where("1")
            await upright.press(x, y - 100)
            await upright.release()
            await upright.keyboard(*"129", "BackSpace", *"345", "Up", "Up", "Return")
            assert await asking == Typed("440703100612345")
            asking = await asked(upright, SAMPLES["place_card"])
            await upright.keyboard("Escape")
            assert await asking == Back()
        finally:
            keyboard.release()

    upright.run(story())


def test_a_key_that_the_desktop_repeats_is_one_press() -> None:
    class Window:
        def bind(self, **_: object) -> None:
            """It would call back."""

    told = list[tuple[KeypadKey, KeyStroke]]()
    keyboard = Keyboard(Window(), lambda key, stroke: told.append((key, stroke)))
    for _ in range(5):
        assert keyboard._down(None, 13, 40, None, [])
    assert keyboard._up(None, 13, 40)
    assert keyboard._down(None, ord("q"), 20, "q", [])
    assert keyboard._up(None, 13, 40)
    assert told == [(KeypadKey.SELECT, KeyStroke.DOWN), (KeypadKey.SELECT, KeyStroke.UP)]
