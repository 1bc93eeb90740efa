"""Each fault of the permit unit and its line, one short story each."""

import asyncio
import random

import pytest

from hardware.channel import MemoryChannel
from hardware.protocols.endorser import Command, Result
from hardware.protocols.endorser_content import Answer
from kiosk_app.devices import DeviceState, EndorsementOutcome, EndorsementPrint, EndorsementResult, PermitMedia
from kiosk_app.errors import DeviceFault, DeviceOffline, PermitGone, PermitInTheWay, PermitJam
from tests import virtual
from tests.hardware.chaos import Chaos
from tests.hardware.permit_kit import LINES, NEW, Desk, desk, story

PRINTED = EndorsementResult(EndorsementOutcome.PRINTED)


def spoiled(reason: str) -> EndorsementResult:
    return EndorsementResult(EndorsementOutcome.SPOILED, reason)


def test_jam_at_feed() -> None:
    async def tell(desk: Desk) -> None:
        desk.sim.jam("feed")
        with pytest.raises(PermitJam):
            await desk.take_in()
        assert await desk.unit.position() is PermitMedia.JAMMED
        assert desk.unit.condition.reason == "permit_jam"
        assert not desk.unit.condition.serves
        desk.sim.clear_jam()
        assert await desk.unit.give_back(within=0) is PermitMedia.EXIT
        assert desk.unit.condition.serves

    story(tell)


def test_jam_before_printing_leaves_the_old_back_whole() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        desk.sim.jam("print")
        result = await desk.unit.print(NEW, desk.told.append)
        assert result == EndorsementResult(EndorsementOutcome.NOT_PRINTED, "jam_print")
        assert await desk.unit.position() is PermitMedia.JAMMED
        assert desk.sim.body.card is not None
        assert desk.sim.body.card.endorsed == 1

    story(tell)


def test_jam_in_the_middle_of_printing() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        printing = desk.printing()
        await asyncio.sleep(14)
        desk.sim.jam("print")
        assert await printing == spoiled("jam_print")
        with pytest.raises(PermitJam):
            await desk.unit.give_back()

    story(tell)


def test_jam_at_the_exit() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        desk.sim.jam("exit")
        with pytest.raises(PermitJam):
            await desk.unit.give_back()
        desk.sim.remove_by_staff()
        assert await desk.unit.give_back() is PermitMedia.NONE

    story(tell)


def test_print_head_fails_in_the_middle_and_the_card_is_half_printed() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        printing = desk.printing()
        await asyncio.sleep(14)
        desk.sim.break_head()
        assert await printing == spoiled("head")
        assert desk.sim.body.card is not None
        assert desk.sim.body.card.back in {LINES[:1], LINES[:2]}
        assert desk.unit.condition.reason == "head"
        with pytest.raises(DeviceFault):
            await desk.unit.print(EndorsementPrint("7f-0002", LINES), desk.told.append)
        desk.sim.mend_head()
        assert await desk.unit.print(NEW, desk.told.append) == spoiled("head")  # that job stays what it was
        assert await desk.unit.print(EndorsementPrint("7f-0002", LINES), desk.told.append) == PRINTED
        whole: tuple[str, ...] = desk.sim.body.card.back
        assert whole == LINES

    story(tell)


def test_power_loss_with_a_card_inside() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        await desk.sim.cut_power()
        assert await desk.unit.position() is PermitMedia.UNKNOWN
        await desk.sim.plug_in()
        await desk.until(DeviceState.ONLINE)
        assert await desk.unit.position() is PermitMedia.INSIDE
        assert await desk.unit.print(NEW, desk.told.append) == PRINTED  # it is still the card that was read

    story(tell)


def test_power_loss_while_printing() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        printing = desk.printing()
        await asyncio.sleep(14)
        await desk.sim.cut_power()
        await asyncio.sleep(5)
        await desk.sim.plug_in()
        assert await printing == spoiled("power")
        assert await desk.unit.give_back(within=0) is PermitMedia.EXIT

    story(tell)


def test_power_loss_while_the_card_is_drawn_in_leaves_it_with_the_citizen() -> None:
    async def tell(desk: Desk) -> None:
        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        desk.sim.insert("zhang")
        await asyncio.sleep(0.5)
        await desk.sim.cut_power()
        assert "zhang" in desk.sim.body.cards
        await desk.sim.plug_in()
        await desk.shutter()
        desk.sim.insert("zhang")
        assert (await waiting).number == "CA1234567"

    story(tell)


def test_a_jammed_card_is_known_after_power_loss() -> None:
    async def tell(desk: Desk) -> None:
        desk.sim.jam("feed")
        with pytest.raises(PermitJam):
            await desk.take_in()
        await desk.sim.cut_power()
        await desk.sim.plug_in()
        await asyncio.sleep(5)
        assert await desk.unit.position() is PermitMedia.JAMMED

    story(tell)


def test_line_lost_while_waiting_opens_the_shutter_again() -> None:
    async def tell(desk: Desk) -> None:
        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        desk.cut_line()
        await asyncio.sleep(3)
        desk.sim.insert("zhang")
        assert (await waiting).number == "CA1234567"

    story(tell)


def test_line_lost_while_the_card_is_read() -> None:
    async def tell(desk: Desk) -> None:
        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        desk.sim.insert("zhang")
        await asyncio.sleep(1.4)
        desk.cut_line()
        assert (await waiting).number == "CA1234567"

    story(tell)


@pytest.mark.parametrize("after", [0.01, 0.5, 6, 14, 20])
def test_line_lost_while_printing_asks_what_became_of_the_job(after: float) -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        printing = desk.printing()
        await asyncio.sleep(after)
        desk.cut_line()
        assert await printing == PRINTED
        assert desk.sim.body.card is not None
        assert desk.sim.body.card.endorsed == 2

    story(tell)


def test_a_unit_that_will_not_say_what_it_does_with_an_order_leaves_it_unknown() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        printing = desk.printing()
        await asyncio.sleep(6)
        obey = desk.sim._order

        def silent(command: Command, payload: bytes) -> Answer:
            fault = Answer(Result.FAULT, desk.sim.body.status())
            return fault if command is Command.JOB else obey(command, payload)

        desk.sim._order = silent  # type: ignore[method-assign] # a firmware's whim
        assert (await printing).outcome is EndorsementOutcome.UNKNOWN
        desk.sim._order = obey  # type: ignore[method-assign]
        assert await desk.unit.outcome(NEW.job) == PRINTED

    story(tell)


def test_the_order_is_done_but_its_answer_never_comes() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        desk.sim.freeze()
        printing = desk.printing()
        await asyncio.sleep(3)
        desk.sim.thaw()
        assert await printing == PRINTED
        assert desk.sim.body.card is not None
        assert desk.sim.body.card.endorsed == 2

    story(tell)


def test_a_cable_pulled_for_too_long_while_printing_is_unknown_and_known_again_later() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        printing = desk.printing()
        await asyncio.sleep(5)
        await desk.sim.unplug()
        assert await printing == EndorsementResult(EndorsementOutcome.UNKNOWN, "offline")
        await desk.sim.plug_in()
        await desk.until(DeviceState.ONLINE)
        assert await desk.unit.outcome(NEW.job) == PRINTED

    story(tell)


def test_a_unit_that_is_not_there_takes_no_order_and_says_so() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        await desk.sim.unplug()
        with pytest.raises(DeviceOffline):
            await desk.unit.print(NEW, desk.told.append)
        assert desk.sim.body.jobs == {}
        with pytest.raises(DeviceOffline):
            await desk.unit.give_back()

    story(tell)


def test_frozen() -> None:
    async def tell(desk: Desk) -> None:
        await desk.until(DeviceState.ONLINE)
        desk.sim.freeze()
        await desk.until(DeviceState.OFFLINE)
        assert await desk.unit.position() is PermitMedia.UNKNOWN
        desk.sim.thaw()
        await desk.until(DeviceState.ONLINE)
        assert await desk.unit.position() is PermitMedia.NONE

    story(tell)


def test_garbled_answers_are_asked_for_again_and_nothing_is_done_twice() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        desk.sim.corrupt(3)
        assert await desk.unit.print(NEW, desk.told.append) == PRINTED
        desk.sim.corrupt(2)
        assert await desk.unit.give_back(within=1) is PermitMedia.EXIT
        assert len(desk.lines) == 1

    story(tell)


def test_a_slow_unit_is_waited_for() -> None:
    async def tell(desk: Desk) -> None:
        desk.sim.slow_down(700)
        await desk.take_in()
        assert await desk.unit.print(NEW, desk.told.append) == PRINTED
        assert len(desk.lines) == 1

    story(tell)


def test_a_card_pulled_while_it_is_drawn_in_may_be_inserted_again() -> None:
    async def tell(desk: Desk) -> None:
        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        desk.sim.insert("zhang")
        await asyncio.sleep(0.5)
        desk.sim.pull()
        await asyncio.sleep(1)
        assert not waiting.done()
        desk.sim.insert("li")
        assert (await waiting).number == "C00000001"

    story(tell)


def test_a_card_pulled_while_it_comes_out_was_taken() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        giving = asyncio.create_task(desk.unit.give_back())
        await asyncio.sleep(1)
        desk.sim.pull()
        assert await giving is PermitMedia.NONE

    story(tell)


def test_a_card_removed_before_printing_is_gone() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        desk.sim.remove_by_staff()
        with pytest.raises(PermitGone):
            await desk.unit.print(NEW, desk.told.append)

    story(tell)


def test_a_card_of_before_is_never_read_for_the_next_person() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        with pytest.raises(PermitInTheWay):
            await desk.unit.wait_permit()
        assert await desk.unit.position() is PermitMedia.INSIDE

    story(tell)


@pytest.mark.parametrize("seed", range(12))
def test_a_hostile_line_never_prints_twice_and_never_lies(seed: int) -> None:
    chance = random.Random(seed)

    def spoil(near: MemoryChannel, far: MemoryChannel) -> None:
        for end in (near, far):
            Chaos(end, chance, split=0.2, corrupt=0.05, drop=0.05, disconnect=0.01)

    async def whole() -> None:
        async with desk(spoil) as stand:
            await stand.take_in()
            result = await stand.unit.print(NEW, stand.told.append)
            card = stand.sim.body.card
            assert card is not None
            assert card.endorsed == 2
            assert result == PRINTED or result.outcome is EndorsementOutcome.UNKNOWN

    async def bounded() -> None:
        async with asyncio.timeout(1200):
            await whole()

    virtual.run(bounded())


def test_a_thousand_unplugs_leave_nothing_behind_and_it_serves_again() -> None:
    async def tell(desk: Desk) -> None:
        await desk.until(DeviceState.ONLINE)
        before = len(asyncio.all_tasks())
        for _ in range(1000):
            await desk.sim.unplug()
            await desk.sim.plug_in()
            await desk.until(DeviceState.OFFLINE)
            await desk.until(DeviceState.ONLINE)
        assert len(asyncio.all_tasks()) == before
        assert (await desk.take_in()).number == "CA1234567"

    async def whole() -> None:
        async with desk() as stand:
            await tell(stand)

    virtual.run(whole())
