"""Where somebody comes for an endorsement: the permit unit, its department, and the rules."""

import asyncio
from typing import TYPE_CHECKING

from central.catalogue import SHIPPED, read
from central.departments.exit_entry import faults
from tests.worlds.faults.fault import Fault, after

if TYPE_CHECKING:
    from tests.worlds.world import World


async def permit_unit_unplugged(world: "World") -> None:
    """The unit's cable is pulled in the middle, and put back soon or late."""
    await after(world, 5, 90)
    await world.permit_unit.unplug()
    await after(world, 1, 300)
    await world.permit_unit.plug_in()


async def permit_unit_loses_power(world: "World") -> None:
    """The unit goes dark: what it prints is spoiled, and it must find its card again."""
    await after(world, 5, 120)
    await world.permit_unit.cut_power()
    await after(world, 1, 60)
    await world.permit_unit.plug_in()


async def permit_unit_garbles(world: "World") -> None:
    """Some of its answers are damaged on the way."""
    await after(world, 5, 90)
    world.permit_unit.corrupt(world.random.randint(1, 4))


async def permit_jams(world: "World") -> None:
    """A card sticks at feed, print or exit; somebody frees it much later."""
    world.permit_unit.jam(world.random.choice(("feed", "print", "exit")))
    await after(world, 200, 1500)
    world.permit_unit.clear_jam()


async def print_head_breaks(world: "World") -> None:
    """The head fails for a while, often in the middle of a line."""
    await after(world, 30, 120)
    world.permit_unit.break_head()
    await after(world, 1, 600)
    world.permit_unit.mend_head()


async def permit_pulled(world: "World") -> None:
    """Somebody pulls the card whenever a hand can reach it."""
    end = asyncio.get_running_loop().time() + world.random.uniform(10, 200)
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.3)
        if world.random.random() < 0.05:
            world.permit_unit.pull()


async def retain_box_full(world: "World") -> None:
    """The box has no room until staff comes."""
    await after(world, 0, 60)
    world.permit_unit.fill_box()
    await after(world, 300, 2000)
    world.permit_unit.empty_box()


async def exit_entry_unavailable(world: "World") -> None:
    """Central answers, and its exit-entry department does not."""
    await after(world, 0, 90)
    world.exit_entry.available = False
    await after(world, 5, 900)
    world.exit_entry.available = True


async def rules_published_anew(world: "World") -> None:
    """Another version of rules and fees holds from one moment to the next."""
    await after(world, 5, 60)
    world.front.catalogue.publish(read(SHIPPED, faults))


OF_PERMITS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        permit_unit_unplugged,
        permit_unit_loses_power,
        permit_unit_garbles,
        permit_jams,
        print_head_breaks,
        permit_pulled,
        retain_box_full,
        exit_entry_unavailable,
        rules_published_anew,
    )
}
"""Where somebody comes for an endorsement."""
