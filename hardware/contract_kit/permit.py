"""The permit unit: a card is always in one place, and a back is printed once.

The rig tells where every card is; the contract counts after each case that none was lost.
"""

import asyncio
from contextlib import suppress
from typing import Any

from hardware.contract_kit.device import DeviceContract, case, ended, until
from hardware.contract_kit.rig import Rig, cannot
from kiosk_app.devices import (
    EndorsementOutcome,
    EndorsementPrint,
    EndorsementResult,
    Permit,
    PermitMedia,
    RetainReason,
)
from kiosk_app.errors import CitizenError, KioskError, PermitInTheWay

LINES = ("样本 SAMPLE", "香港 个人旅游(G) 一次", "逗留不超过7天")
SETTLED = frozenset(EndorsementOutcome) - {EndorsementOutcome.UNKNOWN}


class PermitUnitRig(Rig):
    """``printing``: the longest that one job takes."""

    printing = 200.0

    async def insert(self) -> str:
        """Wait for the shutter and push a good permit in; returns its number."""
        cannot("insert a permit")

    async def insert_foreign(self) -> None:
        """Wait for the shutter and push in a card that is no permit."""
        cannot("insert a foreign card")

    async def take(self) -> None:
        """Wait for a card at the exit and take it."""
        cannot("take a card")

    def cards(self) -> dict[str, int]:
        """How many cards are with ``citizens``, in the ``unit`` and in the ``box``."""
        cannot("count the cards")

    def endorsed(self) -> int:
        """How often the good permit's back has been printed."""
        cannot("look at the back")


class PermitUnitContract(DeviceContract[PermitUnitRig]):
    """Permit units."""

    role = "permit_unit"

    async def ask(self, driver: Any) -> object:
        return await driver.wait_permit()

    async def use(self, rig: PermitUnitRig, driver: Any) -> None:
        before = sum(rig.cards().values())
        await self.takes(rig, driver)
        assert rig.cards()["unit"] == 1
        await self.gives_back(rig, driver)
        assert rig.cards()["unit"] == 0
        assert sum(rig.cards().values()) == before

    async def takes(self, rig: PermitUnitRig, driver: Any) -> Permit:
        """A permit is taken in and read."""
        waiting = asyncio.create_task(driver.wait_permit())
        number = await rig.insert()
        async with asyncio.timeout(rig.answer):
            permit: Permit = await waiting
        assert permit.number == number
        assert await driver.position() is PermitMedia.INSIDE
        return permit

    async def gives_back(self, rig: PermitUnitRig, driver: Any) -> None:
        """The card goes out and is taken."""
        giving = asyncio.create_task(driver.give_back())
        await rig.take()
        async with asyncio.timeout(rig.answer):
            assert await giving is PermitMedia.NONE

    async def prints(self, rig: PermitUnitRig, driver: Any, job: str) -> EndorsementResult:
        """Print the card that was read."""
        told: list[int] = []
        async with asyncio.timeout(rig.printing):
            result: EndorsementResult = await driver.print(EndorsementPrint(job, LINES), told.append)
        assert told == sorted(set(told)), "progress only grows"
        return result

    # --- the cases ---

    @case
    async def test_a_job_prints_once_however_often_it_is_asked_for(self, rig: PermitUnitRig) -> None:
        async with self.at_work(rig) as driver:
            await self.takes(rig, driver)
            before = rig.endorsed()
            for _ in range(3):
                assert (await self.prints(rig, driver, "job-1")).outcome is EndorsementOutcome.PRINTED
            assert rig.endorsed() == before + 1
            assert (await driver.outcome("job-1")).outcome is EndorsementOutcome.PRINTED
            assert (await driver.outcome("job-2")).outcome is EndorsementOutcome.NOT_PRINTED
            await self.gives_back(rig, driver)

    @case
    async def test_a_plug_pulled_while_printing_is_followed_to_the_truth(self, rig: PermitUnitRig) -> None:
        async with self.at_work(rig) as driver:
            await self.takes(rig, driver)
            before = rig.endorsed()
            printing = asyncio.create_task(ended(self.prints(rig, driver, "job-1"), rig.printing))
            await asyncio.sleep(1.5)
            await rig.unplug()
            await asyncio.sleep(1)
            await rig.plug_in()
            await printing
            await self.serves(rig, driver)
            await until(lambda: driver.condition.serves, rig.patience, "it serves")
            assert (await driver.outcome("job-1")).outcome in SETTLED
            assert rig.endorsed() <= before + 1
            assert rig.cards()["unit"] == 1
            await self.gives_back(rig, driver)

    @case
    async def test_a_caller_who_leaves_does_not_stop_the_head_and_the_job_is_known(self, rig: PermitUnitRig) -> None:
        async with self.at_work(rig) as driver:
            await self.takes(rig, driver)
            before = rig.endorsed()
            printing = asyncio.create_task(self.prints(rig, driver, "job-1"))
            await asyncio.sleep(1.5)
            printing.cancel()
            with suppress(asyncio.CancelledError):
                await printing
            assert (await driver.outcome("job-1")).outcome is EndorsementOutcome.PRINTED
            assert rig.endorsed() == before + 1
            await self.gives_back(rig, driver)

    @case
    async def test_a_foreign_card_is_refused_and_comes_back(self, rig: PermitUnitRig) -> None:
        async with self.at_work(rig) as driver:
            waiting = asyncio.create_task(ended(driver.wait_permit(), rig.answer))
            await rig.insert_foreign()
            assert isinstance(await waiting, CitizenError)
            await self.gives_back(rig, driver)
            assert rig.cards()["unit"] == 0

    @case
    async def test_a_card_is_kept_only_when_it_is_told_so(self, rig: PermitUnitRig) -> None:
        async with self.at_work(rig) as driver:
            before = rig.cards()
            await self.takes(rig, driver)
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            await rig.plug_in()
            await self.serves(rig, driver)
            assert rig.cards()["unit"] == 1, "a new connection leaves the card where it is"
            with suppress(PermitInTheWay):
                await driver.wait_permit()
                raise AssertionError("a card was in the way")
            assert await driver.retain(RetainReason.FORGOTTEN) is PermitMedia.RETAINED
            assert rig.cards() == {**before, "citizens": before["citizens"] - 1, "box": before["box"] + 1}

    @case
    async def test_two_operations_at_once_do_not_move_one_card_two_ways(self, rig: PermitUnitRig) -> None:
        async with self.at_work(rig) as driver:
            waiting = asyncio.create_task(ended(driver.wait_permit(), rig.answer))
            await asyncio.sleep(0.5)
            assert isinstance(await ended(driver.retain(RetainReason.FORGOTTEN), rig.answer), KioskError | PermitMedia)
            waiting.cancel()
            with suppress(asyncio.CancelledError):
                await waiting
            assert rig.cards()["box"] == 0
            await self.use(rig, driver)
