"""The same payment over real wires, in real time: a TCP port on loopback and a pseudo-terminal."""

import asyncio
import socket
from pathlib import Path

import pytest

from hardware.channel import opener_of
from hardware.drivers.card_terminal import CardTerminal
from hardware.simulators.card_terminal import CardTerminalSimulator
from hardware.simulators.card_terminal_stages import Timings
from hardware.simulators.wire import PtyWire, TcpWire
from kiosk_app.devices import DeviceState
from kiosk_app.money.amounts import Fen

pytestmark = pytest.mark.whole
BRISK = Timings(host=0.05, repeat=0.05, reversal=0.05)


async def buy_and_give_back(driver: CardTerminal, terminal: CardTerminalSimulator) -> None:
    running = asyncio.create_task(driver.run())
    try:
        async with asyncio.timeout(10):
            while driver.condition.state is not DeviceState.ONLINE:  # noqa: ASYNC110 - as a person would look
                await asyncio.sleep(0.01)
            terminal.insert()
            paying = asyncio.create_task(driver.pay(Fen(1010), lambda _: None))
            while not (terminal.working and terminal.stage == "pin"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            terminal.type_pin()
            receipt = await paying
            await driver.deliver()
            await driver.reverse(receipt.receipt_no)
            last = await driver.last()
            assert last is not None
            assert (last.reverses, last.amount) == (receipt.trace, 1010)
    finally:
        running.cancel()
        await asyncio.wait([running])


def test_over_tcp() -> None:
    async def story() -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        terminal = CardTerminalSimulator(timings=BRISK)
        async with TcpWire(terminal, "127.0.0.1", port):
            await buy_and_give_back(CardTerminal(opener_of(f"tcp://127.0.0.1:{port}")), terminal)

    asyncio.run(story())


def test_over_a_serial_line(tmp_path: Path) -> None:
    async def story() -> None:
        terminal = CardTerminalSimulator(framing="serial", timings=BRISK)
        path = tmp_path / "ttyZVT"
        async with PtyWire(terminal, path):
            opener = opener_of(str(path), baud=9600, stop_bits=2)
            await buy_and_give_back(CardTerminal(opener, framing="serial"), terminal)

    asyncio.run(story())
