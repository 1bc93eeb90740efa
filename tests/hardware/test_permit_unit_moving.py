"""A permit unit is taken at its word: while a card moves nothing is done to it, and only the card let in is read."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hardware.protocols.endorser import Flag, Position
from hardware.protocols.endorser_content import Answer, Status
from kiosk_app.devices import EndorsementOutcome, EndorsementResult, PermitMedia, RetainReason
from kiosk_app.errors import DeviceOffline, PermitGone, PermitNotRead
from tests.hardware.permit_kit import NEW, Desk, story

MOVES = 5.0
"""Seconds for which the unit of these stories says that the card moves."""


class Slow:
    """A unit whose card still moves for a while after it came to ``place``; what was done to it meanwhile."""

    def __init__(self, desk: Desk, place: Position) -> None:
        self._place, self._status, self._since = place, desk.sim.body.status, 0.0
        self.done: list[str] = []
        desk.sim.body.status = self._says  # type: ignore[method-assign]
        desk.sim._order = self._watched(desk.sim._order)  # type: ignore[method-assign]

    @property
    def moving(self) -> bool:
        return bool(self._since) and asyncio.get_running_loop().time() - self._since < MOVES

    def _says(self, job: str | None = None) -> Status:
        said = self._status(job)
        if said.position is self._place and not self._since:
            self._since = asyncio.get_running_loop().time()
        return replace(said, flags=said.flags | Flag.MOVING) if self.moving else said

    def _watched(self, order: Callable[..., Answer]) -> Callable[..., Answer]:
        def watched(command: Any, payload: bytes) -> Answer:
            if self.moving:
                self.done.append(command.name)
            return order(command, payload)

        return watched


def test_a_card_is_read_only_when_it_has_come_to_rest() -> None:
    async def tell(desk: Desk) -> None:
        slow, read, moved = Slow(desk, Position.INSIDE), desk.sim._read, list[bool]()

        async def watched() -> Answer:
            moved.append(slow.moving)
            return await read()

        desk.sim._read = watched  # type: ignore[method-assign]
        await desk.take_in()
        assert moved == [False]

    story(tell)


@pytest.mark.parametrize("goes", ["back", "into the box"])
def test_a_card_that_moves_is_neither_put_out_nor_kept(goes: str) -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        slow = Slow(desk, Position.INSIDE)
        if goes == "back":
            assert await desk.unit.give_back(within=0) is PermitMedia.EXIT
            assert "EJECT" not in slow.done
        else:
            await desk.unit.retain(next(iter(RetainReason)))
            assert "RETAIN" not in slow.done

    story(tell)


def test_a_card_on_its_way_out_is_not_yet_offered() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        Slow(desk, Position.EXIT)
        began = asyncio.get_running_loop().time()
        assert await desk.unit.give_back(within=0) is PermitMedia.EXIT
        assert asyncio.get_running_loop().time() - began >= MOVES

    story(tell)


def test_a_card_exchanged_between_the_shutter_and_the_reading_identifies_nobody() -> None:
    async def tell(desk: Desk) -> None:
        read = desk.sim._read

        async def exchanged() -> Answer:
            answer = await read()
            return replace(answer, status=replace(answer.status, stay=answer.status.stay + 1))

        desk.sim._read = exchanged  # type: ignore[method-assign]
        with pytest.raises(PermitGone):
            await desk.take_in()

    story(tell)


def test_a_card_that_is_put_out_while_it_is_drawn_in_is_said_so_at_once() -> None:
    async def tell(desk: Desk) -> None:
        status = desk.sim.body.status

        def out(job: str | None = None) -> Status:
            said = status(job)
            return replace(said, position=Position.EXIT) if said.position is Position.INSIDE else said

        waiting = asyncio.create_task(desk.unit.wait_permit())
        await desk.shutter()
        desk.sim.body.status = out  # type: ignore[method-assign]
        desk.sim.insert("zhang")
        async with asyncio.timeout(30):
            with pytest.raises(PermitNotRead):
                await waiting

    story(tell)


def test_a_job_that_no_wire_can_carry_was_never_printed() -> None:
    async def tell(desk: Desk) -> None:
        assert await desk.unit.outcome("签注") == EndorsementResult(EndorsementOutcome.NOT_PRINTED)

    story(tell)


def test_progress_is_told_once_for_each_step() -> None:
    async def tell(desk: Desk) -> None:
        await desk.take_in()
        await desk.printing()
        assert desk.told == sorted(set(desk.told))
        assert len(desk.told) > 2

    story(tell)


def test_an_order_that_was_refused_for_certain_is_not_called_unknown_when_the_line_goes() -> None:
    async def tell(desk: Desk) -> None:
        with pytest.raises(PermitGone):
            await desk.unit.print(NEW, desk.told.append)  # nothing was let in
        await desk.sim.unplug()
        with pytest.raises(DeviceOffline):
            await desk.unit.outcome(NEW.job)

    story(tell)
