"""The permit unit's driver against its simulator, on virtual time over memory: the visit as it should go."""

import asyncio
from datetime import date

import pytest

from hardware.channel import memory_pair
from hardware.protocols.endorser import Command, Decoder, Frame, Keep, Kind, Result
from hardware.protocols.endorser_content import Answer
from hardware.protocols.mrz import check_digit
from hardware.simulators.permit_cards import LINES as SAMPLE_LINES
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.samples import CARDS
from kiosk_app.devices import (
    DeviceState,
    EndorsementOutcome,
    EndorsementPrint,
    EndorsementResult,
    Permit,
    PermitKind,
    PermitMedia,
    RetainReason,
)
from kiosk_app.errors import (
    DeviceFault,
    DeviceOffline,
    PermitFull,
    PermitGone,
    PermitInTheWay,
    PermitNotRead,
    PermitRefused,
    RetainBoxFull,
)
from tests import virtual
from tests.hardware.permit_kit import LINES, NEW, Desk, new_driver, running, story

PRINTED = EndorsementResult(EndorsementOutcome.PRINTED)


def test_a_permit_is_taken_read_printed_and_given_back() -> None:
    async def tell(desk: Desk) -> None:
        permit = await desk.take_in()
        assert permit == Permit(
            PermitKind.HONG_KONG_MACAU,
            "CA1234567",
            date(2034, 1, 1),
            CARDS["zhang"].text.birth,
            "CSCA12345672<3401011<9003071<6",
            1,
        )
        assert await desk.unit.position() is PermitMedia.INSIDE
        began = asyncio.get_running_loop().time()
        assert await desk.unit.print(NEW, desk.told.append) == PRINTED
        assert 15 < asyncio.get_running_loop().time() - began < 45
        assert desk.told == sorted(desk.told)
        assert len(desk.told) > 3
        giving = asyncio.create_task(desk.unit.give_back())
        await asyncio.sleep(5)
        assert not giving.done()
        desk.sim.take()
        assert await giving is PermitMedia.NONE
        card = desk.sim.body.cards["zhang"]
        assert (card.back, card.endorsed) == (LINES, 2)

    story(tell)


def test_a_taiwan_permit_is_read_too() -> None:
    async def tell(desk: Desk) -> None:
        permit = await desk.take_in("zhang_taiwan")
        assert (permit.kind, permit.number) == (PermitKind.TAIWAN, "L00000001")

    story(tell)


def test_an_expired_permit_is_read_for_the_service_to_judge() -> None:
    async def tell(desk: Desk) -> None:
        permit = await desk.take_in("wang_expired")
        assert permit.expiry == date(2024, 4, 20)
        assert permit.birth == date(1949, 12, 31)

    story(tell)


def test_a_permit_inserted_upside_down_comes_back_to_be_turned() -> None:
    async def tell(desk: Desk) -> None:
        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        desk.sim.insert_upside_down("zhang")
        with pytest.raises(PermitNotRead):
            await waiting
        assert await desk.unit.give_back(within=0) is PermitMedia.EXIT
        desk.sim.take()
        assert (await desk.take_in()).number == "CA1234567"

    story(tell)


@pytest.mark.parametrize(("card", "error"), [("bank_card", PermitNotRead), ("home_return", PermitRefused)])
def test_a_card_that_is_no_permit_comes_back(card: str, error: type[Exception]) -> None:
    async def tell(desk: Desk) -> None:
        with pytest.raises(error):
            await desk.take_in(card)
        giving = asyncio.create_task(desk.unit.give_back())
        await asyncio.sleep(3)
        desk.sim.take()
        assert await giving is PermitMedia.NONE

    story(tell)


def test_a_line_misread_three_times_is_read_again_and_then_believed() -> None:
    async def tell(desk: Desk) -> None:
        desk.sim.smudge(3)
        assert (await desk.take_in()).number == "CA1234567"

    story(tell)


def test_a_line_misread_for_ever_is_not_corrected_and_not_told_to_the_log() -> None:
    async def tell(desk: Desk) -> None:
        desk.sim.smudge(4)
        with pytest.raises(PermitNotRead) as refused:
            await desk.take_in("li")
        assert "lookalike" in refused.value.detail
        assert "C0" not in refused.value.detail
        assert "CO" not in refused.value.detail

    story(tell)


def test_a_card_without_room_for_one_more_endorsement_is_not_touched() -> None:
    async def tell(desk: Desk) -> None:
        assert (await desk.take_in("full")).endorsed == 255
        with pytest.raises(PermitFull):
            await desk.unit.print(NEW, desk.told.append)
        assert desk.sim.body.card is not None
        assert desk.sim.body.card.back != LINES

    story(tell)


def test_the_same_job_is_never_printed_twice() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        assert await desk.unit.print(NEW, desk.told.append) == PRINTED
        assert await desk.unit.print(NEW, desk.told.append) == PRINTED
        assert desk.sim.body.card is not None
        assert desk.sim.body.card.endorsed == 2
        second = EndorsementPrint("7f-0002", LINES)
        assert await desk.unit.print(second, desk.told.append) == PRINTED
        assert desk.sim.body.card.endorsed == 3

    story(tell)


def test_a_job_the_unit_never_got_was_not_printed() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        assert (await desk.unit.outcome("never")).outcome is EndorsementOutcome.NOT_PRINTED
        assert desk.sim.body.jobs == {}

    story(tell)


def test_a_new_kiosk_program_learns_what_became_of_the_job_and_where_the_card_is() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        first = desk.printing()
        await asyncio.sleep(8)
        first.cancel()
        second = new_driver(desk.opener, desk.wire)
        async with running(second):
            assert await second.outcome(NEW.job) == PRINTED
            with pytest.raises(PermitInTheWay):
                await second.wait_permit()
            assert await second.retain(RetainReason.FORGOTTEN) is PermitMedia.RETAINED

    story(tell)


def test_a_card_that_nobody_takes_still_waits_and_is_then_retained() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        began = asyncio.get_running_loop().time()
        assert await desk.unit.give_back(within=30) is PermitMedia.EXIT
        assert 30 <= asyncio.get_running_loop().time() - began < 34
        with pytest.raises(PermitInTheWay):
            await desk.unit.wait_permit()
        assert await desk.unit.retain(RetainReason.FORGOTTEN) is PermitMedia.RETAINED
        assert await desk.unit.position() is PermitMedia.RETAINED
        assert desk.unit.condition.supplies["retained"] == "1"
        assert [why.name for why in desk.sim.kept_why] == ["FORGOTTEN"]
        assert await desk.unit.give_back() is PermitMedia.RETAINED
        await desk.take_in("li")  # the machine goes on serving

    story(tell)


def test_a_citizen_quicker_than_the_box_has_the_card() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        await desk.unit.give_back(within=1)
        keeping = asyncio.create_task(desk.unit.retain(RetainReason.FORGOTTEN))
        await asyncio.sleep(1)
        desk.sim.pull()
        assert await keeping is PermitMedia.NONE
        assert "zhang" in desk.sim.body.cards

    story(tell)


def test_a_full_box_leaves_the_card_where_the_citizen_can_take_it() -> None:
    async def tell(desk: Desk) -> None:
        desk.sim.fill_box()
        await desk.take_in()
        assert await desk.unit.give_back(within=1) is PermitMedia.EXIT
        with pytest.raises(RetainBoxFull):
            await desk.unit.retain(RetainReason.FORGOTTEN)
        assert await desk.unit.position() is PermitMedia.EXIT
        assert desk.unit.condition.serves
        assert desk.unit.condition.supplies["retain_box"] == "full"

    story(tell)


def test_a_cancelled_wait_closes_the_shutter() -> None:
    async def tell(desk: Desk) -> None:
        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert not desk.sim.body.shutter
        desk.sim.insert("zhang")
        assert desk.sim.body.card is None

    story(tell)


@pytest.mark.parametrize("after", [0.1, 0.7, 1.1, 1.5])
def test_a_wait_cancelled_while_the_card_comes_in_puts_it_out_again(after: float) -> None:
    async def tell(desk: Desk) -> None:
        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        desk.sim.insert("zhang")
        await asyncio.sleep(after)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await asyncio.sleep(4)
        assert await desk.unit.position() is PermitMedia.EXIT

    story(tell)


def test_a_card_exchanged_for_another_is_never_printed_with_the_first_ones_endorsement() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        desk.sim.remove_by_staff()
        desk.sim.body.accept()
        desk.sim.insert("li")
        await asyncio.sleep(2)
        with pytest.raises(PermitGone):
            await desk.unit.print(NEW, desk.told.append)
        assert desk.sim.body.card is not None
        assert desk.sim.body.card.endorsed == 1

    story(tell)


def test_two_operations_at_once_are_refused_not_mixed() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        printing = desk.printing()
        await asyncio.sleep(1)
        with pytest.raises(DeviceOffline, match="busy"):
            await desk.unit.give_back()
        assert await desk.unit.position() is PermitMedia.PRINTING
        assert desk.unit.condition.state is DeviceState.BUSY
        assert await printing == PRINTED

    story(tell)


def test_a_trace_holds_nothing_of_a_card() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        await desk.unit.print(NEW, desk.told.append)
        whole = b"".join(data for _, data in desk.wire)
        assert len(whole) > 500
        assert b"CA1234567" not in whole
        assert "个人旅游".encode() not in whole

    story(tell)


def test_a_question_heard_twice_is_executed_once_and_answered_alike() -> None:
    async def whole() -> None:
        sim = PermitUnitSimulator()
        near, far = memory_pair()
        serving = asyncio.create_task(sim.serve(far))
        sim.body.accept()
        sim.insert("zhang")
        await asyncio.sleep(2)
        decoder, answers = Decoder(), list[Frame]()
        retain = Frame(Kind.REQUEST, Command.RETAIN, 9, 2, bytes([Keep.INVALID]))
        for question in (Frame(Kind.REQUEST, Command.HELLO, 9, 1), retain, retain):
            await near.write(question.encode())
        while len(answers) < 3:
            answers += [frame for frame in decoder.feed(await near.read()) if frame.kind is Kind.ANSWER]
        assert answers[1] == answers[2]
        assert Answer.decode(answers[1].payload).result is Result.OK
        assert sim.kept_why == [Keep.INVALID]
        await sim.unplug()
        await serving

    virtual.run(whole())


def test_a_unit_that_restarted_without_losing_the_line_is_greeted_again() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        desk.sim.body.cut_power()
        desk.sim._session = None
        await desk.until(DeviceState.OFFLINE)
        await desk.until(DeviceState.ONLINE)
        assert await desk.unit.position() is PermitMedia.INSIDE

    story(tell)


@pytest.mark.parametrize(
    "job", [EndorsementPrint("", LINES), EndorsementPrint("样本", LINES), EndorsementPrint("J", ())]
)
def test_an_order_that_fits_no_card_never_reaches_the_unit(job: EndorsementPrint) -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        with pytest.raises(DeviceFault, match="no such order"):
            await desk.unit.print(job, desk.told.append)
        assert desk.sim.body.jobs == {}

    story(tell)


def test_the_sample_permits_are_the_sample_citizens() -> None:
    born = {f"{card.text.birth:%y%m%d}" for card in CARDS.values()}
    permits = [line for line in SAMPLE_LINES.values() if line[:2] in {"CS", "CD"}]
    assert len(permits) == 5
    assert all(line[21:27] in born and check_digit(line[2:11]) == line[11] for line in permits)
