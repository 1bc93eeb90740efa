"""The whole bench with its daemons: a private cupsd and a private pcscd beside the simulators on their wires."""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hardware.drivers.chip_card_host import smartcard_host
from hardware.drivers.chip_card_reader import ChipCardReader
from hardware.simulators.__main__ import arguments
from hardware.simulators.bench import Bench
from hardware.simulators.bench_parts import TABLE, open_parts
from hardware.simulators.bench_scenes import Player
from hardware.simulators.virtual_reader import READER

MISSING = [name for row in TABLE for name in row.missing()]
pytestmark = [pytest.mark.whole, pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}")]
BROKEN = [
    ("document_printer", "jam"),
    ("document_printer", "open_cover"),
    ("document_printer", "paper_out"),
    ("document_printer", "freeze"),
    ("document_printer", "switch_off"),
    ("chip_card_reader", "freeze"),
    ("chip_card_reader", "stop_service"),
]


def test_every_device_is_there_can_be_broken_and_put_right_and_the_scenes_play() -> None:
    async def story(folder: Path) -> None:
        async with asyncio.timeout(100), AsyncExitStack() as house:
            parts = await open_parts(house, arguments(["--folder", str(folder)]))
            bench = Bench(parts.all, parts.papers, parts.absent)
            assert bench.roles == tuple(dict.fromkeys(row.role for row in TABLE))
            assert not bench.absent
            for role, hand in BROKEN:
                await bench.use(role, hand, {})
                assert await bench.put_right(role), (role, hand)
                assert await bench.put_right(role) == []
            player = Player(bench, pace=0)
            for name in ("bad_day", "wrong_cards"):
                player.play(name)
                assert (await player.ended()).status == "done", player.now
            driver = ChipCardReader(smartcard_host(parts.places["chip_card_reader"]), reader=READER)
            life = asyncio.create_task(driver.run())
            reading = asyncio.create_task(driver.wait_card())
            await bench.use("chip_card_reader", "insert", {"card": "wang"})
            assert (await reading).name == "王样本"
            assert bench.state("chip_card_reader")["sample"] == "wang"
            life.cancel()
            await asyncio.wait([life])

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        asyncio.run(story(Path(folder)))
