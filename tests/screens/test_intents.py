"""Every intent comes back by real touches: X server, SDL, Kivy, widget."""

import asyncio

from kiosk_app.views import Back, Chosen, IdleWarning, Leave, Marked, Typed
from screens.samples import DONE, NUMBER, ROWS, SAMPLES, choose, many, pay
from tests.screens.conftest import Booth


def test_the_poster_is_touched_to_begin(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(SAMPLES["attract"], "begin") == Chosen("begin")

    booth.run(story())


def test_a_service_is_chosen_and_a_closed_one_is_not(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(SAMPLES["menu_limited"], "traffic_fines") == Chosen("traffic_fines")
        assert await booth.ask(SAMPLES["menu"], "leave") == Leave()
        booth.stage.put(SAMPLES["menu_limited"])
        assert "other" not in [t["key"] for t in booth.stage.targets()]

    booth.run(story())


def test_no_card_has_another_way_and_ways_out(booth: Booth) -> None:
    async def story() -> None:
        for key, intent in (("other", Chosen("other")), ("back", Back()), ("leave", Leave())):
            assert await booth.ask(SAMPLES["place_card"], key) == intent

    booth.run(story())


def test_rows_are_marked_and_unmarked_and_confirmed_in_the_order_shown(booth: Booth) -> None:
    async def story() -> None:
        keys = [row.key for row in ROWS[:3]]
        view = choose(ROWS[:3], marked=2)
        assert await booth.ask(view, "go") == Marked((keys[0], keys[1]))
        booth.stage.forget()
        assert await booth.ask(view, keys[0], "go") == Marked((keys[1],))

    booth.run(story())


def test_nothing_marked_cannot_be_confirmed(upright: Booth) -> None:
    async def story() -> None:
        view = choose(ROWS[:1], marked=1)
        asking = asyncio.create_task(upright.stage.show(view))
        await upright.touch(ROWS[0].key)
        assert "go" not in [t["key"] for t in upright.stage.targets()]
        await upright.touch("back")
        assert await asking == Back()

    upright.run(story())


def test_a_refused_row_cannot_be_marked(upright: Booth) -> None:
    async def story() -> None:
        upright.stage.put(choose(ROWS))
        assert ROWS[3].key not in [t["key"] for t in upright.stage.targets()]

    upright.run(story())


def test_a_number_is_typed_erased_and_confirmed_when_it_is_whole(booth: Booth) -> None:
    async def story() -> None:
        answer = await booth.ask(NUMBER, "1", "erase", *"12345", "go")
        assert answer == Typed("440703100612345")

    booth.run(story())


def test_a_payment_is_cancelled_and_only_while_it_may_be(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(pay(0, "insert_card", cancellable=True), "leave") == Leave()
        booth.stage.put(pay(2, "bank", cancellable=False))
        assert booth.stage.targets() == []

    booth.run(story())


def test_the_end_offers_what_it_offers(booth: Booth) -> None:
    async def story() -> None:
        for key, intent in (("document", Chosen("document")), ("other", Chosen("other")), ("leave", Leave())):
            assert await booth.ask(DONE, key) == intent

    booth.run(story())


def test_an_apology_leads_on(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(SAMPLES["sorry"], "other") == Chosen("other")
        assert await booth.ask(SAMPLES["sorry"], "leave") == Leave()

    booth.run(story())


def test_more_time_or_an_end(booth: Booth) -> None:
    async def story() -> None:
        assert await booth.ask(IdleWarning(seconds=15), "more_time") == Chosen("more_time")
        assert await booth.ask(IdleWarning(seconds=15), "leave") == Leave()

    booth.run(story())


def test_a_press_that_slides_off_its_target_means_nothing(upright: Booth) -> None:
    async def story() -> None:
        asking = asyncio.create_task(upright.stage.show(SAMPLES["place_card"]))
        await asyncio.sleep(0.02)
        x, y = upright.where("leave")
        await upright.press(x, y)
        await upright.drag(x, y - 200)
        await upright.release()
        await upright.touch("back")
        assert await asking == Back()

    upright.run(story())


def test_a_long_list_is_dragged_and_a_drag_marks_nothing(upright: Booth) -> None:
    async def story() -> None:
        view = choose(many(14), marked=14)
        asking = asyncio.create_task(upright.stage.show(view))
        await asyncio.sleep(0.02)
        x, y = upright.where(view.rows[3].key)
        before = [(t["key"], t["y"]) for t in upright.stage.targets() if t["key"].isdecimal()]
        await upright.press(x, y)
        for step in range(1, 8):
            await upright.drag(x, y - 12 * step)
        await upright.release()
        await upright.touch("go")
        assert await asking == Marked(tuple(row.key for row in view.rows))
        assert [(t["key"], t["y"]) for t in upright.stage.targets() if t["key"].isdecimal()] != before

    upright.run(story())


def test_an_update_by_put_keeps_the_wait_and_a_touch_in_progress(upright: Booth) -> None:
    async def story() -> None:
        asking = asyncio.create_task(upright.stage.show(pay(0, "insert_card", cancellable=True)))
        await asyncio.sleep(0.02)
        await upright.press(*upright.where("leave"))
        upright.stage.put(pay(1, "enter_pin", cancellable=True))
        await upright.release()
        assert await asking == Leave()

    upright.run(story())


def test_the_last_row_is_reached_with_a_button_alone(booth: Booth) -> None:
    """Who does not know dragging pages with the button beside the list, and gets back to the top with it."""

    async def story() -> None:
        view = choose(many(14), marked=0)
        asking = asyncio.create_task(booth.stage.show(view))
        first, last = view.rows[0].key, view.rows[-1].key
        for _ in range(8):
            await booth.touch("more")
            if last in [t["key"] for t in booth.stage.targets()]:
                break
        await booth.touch(last)
        await booth.touch("go")
        assert await asking == Marked((last,))
        for _ in range(8):
            await booth.touch("more")
            if first in [t["key"] for t in booth.stage.targets()]:
                break
        assert first in [t["key"] for t in booth.stage.targets()]

    booth.run(story())
