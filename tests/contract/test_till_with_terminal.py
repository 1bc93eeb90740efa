"""Till and settlement with each make of terminal: delivered, given back, lost; and the plug pulled at every write.

After the second life nothing is open at the terminal, and what the kiosk believes to have is what the bank booked.
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from kiosk_app.money.payment import State
from tests import virtual
from tests.contract.shop import Shop, shop
from tests.contract.terminals import MAKES, PRICE, Table
from tests.worlds.power import Crash, Power

Scene = Callable[[Shop, Power], Awaitable[None]]


async def _delivered(here: Shop, power: Power) -> None:
    await here.sells(power)


async def _not_delivered(here: Shop, power: Power) -> None:
    await here.sells(power, delivers=False)


async def _cancelled(here: Shop, power: Power) -> None:
    async def hand(cancel: asyncio.Event) -> None:
        await here.table.until(here.table.at_bank)
        cancel.set()

    await here.sells(power, hand=hand)


async def _lost(here: Shop, power: Power) -> None:
    here.table.sim.lose_next_answer()
    await here.sells(power)


async def _lost_giving_back(here: Shop, power: Power) -> None:
    async def hand(_: asyncio.Event) -> None:
        await here.table.wait(lambda: here.table.taken)
        here.table.sim.lose_next_answer()

    await here.sells(power, delivers=False, hand=hand)


async def _bank_away(here: Shop, power: Power) -> None:
    async def hand(_: asyncio.Event) -> None:
        await here.table.until("pin")
        here.table.sim.bank_line(0)

    await here.sells(power, hand=hand)
    await asyncio.sleep(20)
    here.table.sim.bank_line(1)


async def _second_citizen(here: Shop, power: Power) -> None:
    await here.sells(power)
    if power.on:
        here.table.sim.remove_card()
        await asyncio.sleep(5)
        here.table.sim.lose_next_answer()
        await here.sells(power)


SCENES: tuple[Scene, ...] = (
    _delivered,
    _not_delivered,
    _cancelled,
    _lost,
    _lost_giving_back,
    _bank_away,
    _second_citizen,
)


def _tell(make: type[Table], scene: Scene, crash: Crash | None) -> int:
    """A first life with ``scene``, and a second one in which nothing happens; how many writes the first had."""

    async def whole() -> int:
        async with asyncio.timeout(50_000), shop(make) as here:
            async with here.life(crash) as power:
                await here.table.wait(lambda: here.till.why_closed() == "")
                await scene(here, power)
                if power.on:
                    await here.settled()
                    here.agrees()
            entries = here.entries
            here.table.sim.bank_line(1)
            await asyncio.sleep(7)
            async with here.life():
                confessed = await here.opens()
                assert not confessed or scene is _second_citizen
                assert all(payment.state is State.COMPLETED for payment in await here.settled())
                here.agrees(confessed=confessed)
            return entries

    return virtual.run(whole())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__.strip("_"))
@pytest.mark.parametrize("make", MAKES, ids=lambda made: made.make)
def test_wherever_the_plug_is_pulled_kiosk_and_bank_agree_afterwards(make: type[Table], scene: Scene) -> None:
    entries = _tell(make, scene, None)
    assert entries >= 3
    for entry in range(1, entries + 1):
        for when in ("before", "after"):
            try:
                _tell(make, scene, Crash(entry, when))
            except BaseException as error:
                error.add_note(f"the plug was pulled {when} write {entry}")
                raise


@pytest.mark.parametrize("make", MAKES, ids=lambda made: made.make)
def test_what_was_delivered_is_kept_and_what_was_not_is_given_back(make: type[Table]) -> None:
    async def whole() -> None:
        async with asyncio.timeout(5_000), shop(make) as here, here.life() as power:
            await here.table.wait(lambda: here.till.why_closed() == "")
            await here.sells(power)
            here.table.sim.remove_card()
            await asyncio.sleep(5)
            await here.sells(power, delivers=False)
            [kept] = await here.settled()
            assert (kept.state, kept.amount, here.table.taken) == (State.COMPLETED, PRICE, PRICE)

    virtual.run(whole())
