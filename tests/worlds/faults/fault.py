"""What a fault is: something that strikes a world once, and is over after a while."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.worlds.world import World

Fault = Callable[["World"], Coroutine[Any, Any, None]]


async def after(world: "World", least: float, most: float) -> None:
    """Wait for a time that nobody could foresee."""
    await asyncio.sleep(world.random.uniform(least, most))
