"""Readers of cards that say who somebody is: identity cards laid on, social-security cards put in.

The rule that matters most is the edge: a card that was read, or refused, must be taken away before any card is read
again, also when the line was lost meanwhile. Otherwise a forgotten card identifies the next person.
"""

import asyncio
from contextlib import suppress
from typing import Any, ClassVar, TypeVar

from hardware.contract_kit.device import DeviceContract, case, until
from hardware.contract_kit.rig import Rig, cannot
from kiosk_app.errors import (
    CardNotRead,
    CardRefused,
    ChipCardNotRead,
    ChipCardRefused,
    CitizenError,
    PinBlocked,
    PinWrong,
)


class ReaderRig(Rig):
    """``reading``: the longest that one card takes; ``settle``: until a card that was taken away is noticed."""

    reading = 10.0
    settle = 5.0

    async def lay(self, which: int = 0) -> str:  # noqa: ARG002
        """Lay (put in) the first card, or another one; returns the number on it."""
        cannot("lay a card")

    async def lay_foreign(self) -> None:
        """Lay (put in) a card that is none of this reader's: a bank card."""
        cannot("lay a foreign card")

    async def lift(self) -> None:
        """Take away what lies there."""
        cannot("lift a card")


class ChipCardRig(ReaderRig):
    """Cards here have a PIN; the hands know it."""

    pin = "123456"

    async def lay_blocked(self) -> None:
        """Put in a card whose PIN is blocked."""
        cannot("put in a blocked card")


Reader = TypeVar("Reader", bound=ReaderRig)


class CardContract(DeviceContract[Reader]):
    """What both kinds of reader keep."""

    not_read: ClassVar[type[CitizenError]]
    refused: ClassVar[type[CitizenError]]

    async def ask(self, driver: Any) -> object:
        return await driver.wait_card()

    async def use(self, rig: Reader, driver: Any) -> None:
        await self.reads(rig, driver, 0)
        await self.clears(rig, driver)

    async def reads(self, rig: Reader, driver: Any, which: int) -> Any:
        """Lay a card, read it."""
        number = await rig.lay(which)
        async with asyncio.timeout(rig.reading):
            card = await driver.wait_card()
        assert card.number == number
        assert number not in repr(vars(driver)), "the driver keeps the card"
        return card

    async def clears(self, rig: Reader, driver: Any) -> None:
        """Take the card away and let the reader notice."""
        await rig.lift()
        await asyncio.sleep(rig.settle)
        assert await driver.card_present() in {False, None}

    async def nothing_is_read(self, driver: Any, seconds: float) -> None:
        """Whoever waits is told at most once to lay the card again, and gets no card."""
        told = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    try:
                        await driver.wait_card()
                    except self.not_read:
                        told += 1
                        assert told <= 1, "told twice"
                    else:
                        raise AssertionError("a card was read that must not be")

    # --- the cases ---

    @case
    async def test_one_card_after_the_other(self, rig: Reader) -> None:
        async with self.at_work(rig) as driver:
            for which in (0, 1, 0):
                await self.reads(rig, driver, which)
                await self.clears(rig, driver)

    @case
    async def test_a_card_that_lay_there_before_anybody_asked_is_read(self, rig: Reader) -> None:
        number = await rig.lay()
        async with self.at_work(rig) as driver:
            await asyncio.sleep(rig.settle)
            async with asyncio.timeout(rig.reading):
                assert (await driver.wait_card()).number == number

    @case
    async def test_a_card_read_once_is_not_read_again_before_it_was_lifted(self, rig: Reader) -> None:
        async with self.at_work(rig) as driver:
            await self.reads(rig, driver, 0)
            assert await driver.card_present() in {True, None}
            await self.nothing_is_read(driver, 4 * rig.settle)
            await self.clears(rig, driver)
            await self.reads(rig, driver, 0)

    @case
    async def test_a_forgotten_card_does_not_identify_the_next_person_though_the_line_was_lost(
        self, rig: Reader
    ) -> None:
        async with self.at_work(rig) as driver:
            await self.reads(rig, driver, 0)
            if await driver.card_present() is None:
                return  # this reader cannot tell, and says so
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            await rig.plug_in()
            await self.serves(rig, driver)
            await self.nothing_is_read(driver, 4 * rig.settle)

    @case
    async def test_a_foreign_card_is_refused_once(self, rig: Reader) -> None:
        async with self.at_work(rig) as driver:
            await rig.lay_foreign()
            with suppress(self.refused):
                async with asyncio.timeout(rig.reading):
                    await driver.wait_card()
                raise AssertionError("a foreign card was read")
            await self.nothing_is_read(driver, rig.settle)
            await self.clears(rig, driver)
            await self.reads(rig, driver, 0)

    @case
    async def test_a_card_lifted_at_any_moment_is_read_whole_or_not_at_all(self, rig: Reader) -> None:
        async with self.at_work(rig) as driver:
            for tenth in range(0, 16, 3):
                number = await rig.lay()
                waiting = asyncio.create_task(driver.wait_card())
                await asyncio.sleep(tenth / 10)
                await rig.lift()
                await asyncio.wait([waiting], timeout=rig.settle)
                if waiting.done():
                    assert isinstance(waiting.exception(), self.not_read) or waiting.result().number == number
                else:
                    waiting.cancel()
                    await asyncio.wait([waiting])
            await asyncio.sleep(rig.settle)
            await self.reads(rig, driver, 0)

    @case
    async def test_of_two_who_wait_one_gets_the_card(self, rig: Reader) -> None:
        async with self.at_work(rig) as driver:
            waiting = {asyncio.create_task(driver.wait_card()) for _ in range(2)}
            number = await rig.lay()
            await asyncio.wait(waiting, timeout=rig.reading)
            read = [one for one in waiting if one.done() and one.exception() is None]
            assert [one.result().number for one in read] == [number]
            for one in waiting:
                one.cancel()
            await asyncio.wait(waiting)
            await self.serves(rig, driver)

    @case
    async def test_who_waits_notices_nothing_of_a_line_that_comes_back_at_once(self, rig: Reader) -> None:
        async with self.at_work(rig) as driver:
            waiting = asyncio.create_task(driver.wait_card())
            await asyncio.sleep(1)
            await rig.unplug()
            await asyncio.sleep(0.3)
            await rig.plug_in()
            number = await rig.lay()
            async with asyncio.timeout(rig.patience):
                assert (await waiting).number == number


class IdCardReaderContract(CardContract[ReaderRig]):
    """Resident ID readers."""

    role = "id_card_reader"
    not_read, refused = CardNotRead, CardRefused


class ChipCardReaderContract(CardContract[ChipCardRig]):
    """Readers of social-security cards."""

    role = "chip_card_reader"
    not_read, refused = ChipCardNotRead, ChipCardRefused

    @case
    async def test_the_right_pin_is_right_and_a_wrong_one_costs_one_try(self, rig: ChipCardRig) -> None:
        async with self.at_work(rig) as driver:
            card = await self.reads(rig, driver, 0)
            left: list[int] = []
            for _ in range(2):
                try:
                    await driver.verify_pin("000000" if rig.pin != "000000" else "111111", card)
                except PinWrong as wrong:
                    left.append(wrong.tries)
            assert left[0] - left[1] == 1, "a wrong PIN costs one try each"
            await driver.verify_pin(rig.pin, card)

    @case
    async def test_a_blocked_pin_is_told_as_blocked(self, rig: ChipCardRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.lay_blocked()
            card = await driver.wait_card()
            with suppress(PinBlocked):
                await driver.verify_pin(rig.pin, card)
                raise AssertionError("a blocked PIN was taken")

    @case
    async def test_a_pin_of_another_card_loses_no_try_of_this_one(self, rig: ChipCardRig) -> None:
        async with self.at_work(rig) as driver:
            first = await self.reads(rig, driver, 0)
            await self.clears(rig, driver)
            await rig.lay(1)
            await until(lambda: driver.condition.serves, rig.notice, "it serves")
            with suppress(ChipCardRefused, ChipCardNotRead):
                await driver.verify_pin(rig.pin, first)
                raise AssertionError("the PIN of a card that is not there was taken")
