"""The permit unit over a real pseudo-terminal and a real TCP line: pyserial, descriptors and sockets included."""

import asyncio
from pathlib import Path

import pytest

from hardware.channel import opener_of
from hardware.drivers.permit_unit import PermitUnit
from hardware.simulators.permit_body import Timing
from hardware.simulators.permit_unit import PermitUnitSimulator
from hardware.simulators.wire import PtyWire, TcpWire, Wire
from kiosk_app.devices import EndorsementOutcome, PermitMedia
from tests.hardware.permit_kit import NEW, TODAY, running

QUICK = Timing(feed=0.05, read=0.05, eject=0.05, retain=0.05, home=0.05, erase=0.1, line=0.05)


@pytest.mark.parametrize("line", ["serial", "tcp"])
def test_a_visit_over_a_real_line_with_the_cable_pulled_while_printing(line: str, tmp_path: Path) -> None:
    async def whole() -> None:
        sim = PermitUnitSimulator(timing=QUICK)
        wire: Wire = PtyWire(sim, tmp_path / "permit") if line == "serial" else TcpWire(sim, "127.0.0.1", 0)
        async with asyncio.timeout(15), wire:
            port = (
                str(tmp_path / "permit") if isinstance(wire, PtyWire) else f"tcp://127.0.0.1:{getattr(wire, 'port', 0)}"
            )
            unit = PermitUnit(opener_of(port), today=lambda: TODAY)
            async with running(unit):
                waiting = asyncio.create_task(unit.wait_permit())
                while not sim.body.shutter:  # noqa: ASYNC110 - a simulated shutter rings no bell
                    await asyncio.sleep(0.02)
                sim.insert("zhang")
                assert (await waiting).number == "CA1234567"
                printing = asyncio.create_task(unit.print(NEW, lambda _: None))
                await asyncio.sleep(0.15)
                await sim.unplug()
                await sim.plug_in()
                assert (await printing).outcome is EndorsementOutcome.PRINTED
                giving = asyncio.create_task(unit.give_back())
                while await unit.position() is not PermitMedia.EXIT:  # noqa: ASYNC110 - what the driver says is the point
                    await asyncio.sleep(0.02)
                sim.take()
                assert await giving is PermitMedia.NONE
                assert sim.body.cards["zhang"].endorsed == 2

    asyncio.run(whole())
