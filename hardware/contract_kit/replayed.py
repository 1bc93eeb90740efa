"""A recording as a test: the driver says the same again, and the same comes out (:mod:`hardware.replay`)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from hardware.channel import Opener
from hardware.contract_kit import virtual_time
from hardware.dialects import dialect_of
from hardware.recording import Recording, clean_facts
from hardware.replay import Player
from kiosk_app.devices import DeviceState
from kiosk_app.errors import KioskError

LONGEST = 120.0

Do = Callable[[Any], Awaitable[Mapping[str, Any]]]
"""What the driver is told to do; gives facts, as ``kiosk device`` shows them."""


async def drive(device: Any, do: Do) -> dict[str, Any]:
    """Run the driver, do the verb, let go; the facts, or the name of the error."""
    life = asyncio.create_task(device.run(), name=device.role)
    try:
        async with asyncio.timeout(LONGEST):
            while device.condition.state is DeviceState.STARTING:  # noqa: ASYNC110 - as a technician would look
                await asyncio.sleep(0.02)
            return {"ok": True, **await do(device)}
    except KioskError as error:
        return {"ok": False, "error": type(error).__name__}
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


def replay(recording: Recording, build: Callable[[Opener], Any], do: Do) -> dict[str, Any]:
    """What a new driver makes of it, to be compared with ``recording.outcome``. Raises Deviation."""
    head = recording.head
    speaks, reads = (dialect_of(head["role"], head["driver"], head["line"]) for _ in range(2))
    if speaks is None or reads is None:
        raise LookupError(f"no dialect is installed for {head['role']}.{head['driver']}")
    player = Player(recording, speaks, reads)

    async def whole() -> dict[str, Any]:
        try:
            return await drive(build(player.open), do)
        finally:
            await player.close()

    facts = virtual_time.run(whole())
    player.check()
    return clean_facts(facts, {name: fact for name, fact in facts.items() if name in recording.outcome})
