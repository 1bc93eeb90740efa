"""The cabinet on real lines: a pseudo-terminal, plugs pulled fifty times, pymodbus' server and client as judges."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from hardware import link
from hardware.channel import opener_of
from hardware.drivers.cabinet import Cabinet
from hardware.protocols.cabinet import Board, Shows, State
from hardware.simulators.cabinet import CabinetSimulator
from hardware.simulators.wire import PtyWire, TcpWire
from kiosk_app.devices import DeviceState, Lamp

pytestmark = pytest.mark.whole


@asynccontextmanager
async def running(driver: Cabinet) -> AsyncIterator[Cabinet]:
    life = asyncio.create_task(driver.run())
    try:
        yield driver
    finally:
        life.cancel()
        await asyncio.wait([life])


async def until(seen: Callable[[], bool]) -> None:
    while not seen():  # noqa: ASYNC110 - as a person would look
        await asyncio.sleep(0.01)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the count is all that matters


def test_over_a_serial_line(tmp_path: Path) -> None:
    async def main() -> None:
        board, port = CabinetSimulator(), tmp_path / "cabinet"
        opener = opener_of(str(port), baud=19200, stop_bits=2)
        driver = Cabinet(opener, lamps=["id_card_reader"])
        async with asyncio.timeout(10), PtyWire(board, port), running(driver):
            await until(lambda: driver.doors["front"] is False)
            board.open_door()
            driver.lamp("id_card_reader", Lamp.BLINK)
            await until(lambda: driver.doors["front"] is True and board.lamps[0] == "blink")

    asyncio.run(main())


def test_pulled_and_plugged_in_fifty_times_it_serves_again_and_leaks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(link, "LONGEST_PAUSE", 0.01)

    async def main() -> None:
        board, port = CabinetSimulator(), tmp_path / "cabinet"
        driver = Cabinet(opener_of(str(port), baud=19200), lamps=["slot"])
        driver.lamp("slot", Lamp.ON)
        async with asyncio.timeout(30), PtyWire(board, port), running(driver):
            counts = []
            for _ in range(50):
                await until(lambda: driver.condition.serves and board.lamps[0] == "on")
                counts.append((descriptors(), len(asyncio.all_tasks())))
                await board.unplug()
                board.restart()
                await until(lambda: driver.condition.state is DeviceState.OFFLINE)
                await board.plug_in()
            assert counts[-1] == counts[0]

    gc.collect()  # what an earlier test dropped would close its descriptors while we count ours
    start = descriptors()
    asyncio.run(main())
    assert descriptors() == start


def test_the_driver_understands_the_server_of_pymodbus() -> None:
    """A board that none of our code plays: pymodbus' server holds the registers of the document."""
    doors = State(open_doors=frozenset({1}), degrees=31.5)
    inputs = [
        SimData(0x00, values=list(Board(doors=2, lamps=8).registers()), datatype=DataType.REGISTERS),
        SimData(0x10, values=list(doors.registers()), datatype=DataType.REGISTERS),
    ]
    lamps = [SimData(0x00, values=[0] * 8, datatype=DataType.REGISTERS)]
    bits = [SimData(0, values=[False] * 16, datatype=DataType.BITS)]
    device = SimDevice(id=1, simdata=(bits, bits, lamps, inputs))

    async def main() -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = ModbusTcpServer([device], framer=FramerType.RTU, address=("127.0.0.1", port))
        await server.serve_forever(background=True)
        try:
            opener = opener_of(f"tcp://127.0.0.1:{port}")
            async with asyncio.timeout(10), running(Cabinet(opener, doors=["front", "back"], lamps=["slot"])) as driver:
                await until(lambda: driver.temperature is not None)
                assert driver.doors == {"front": False, "back": True}
                assert driver.temperature == 31.5
                driver.lamp("slot", Lamp.BLINK)
                client = AsyncModbusTcpClient("127.0.0.1", port=port, framer=FramerType.RTU)
                await client.connect()
                while (await client.read_holding_registers(0, count=1)).registers != [Shows.BLINK]:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                client.close()
        finally:
            await server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus has not typed this one

    asyncio.run(main())


def test_the_client_of_pymodbus_understands_the_simulator() -> None:
    async def main() -> None:
        board = CabinetSimulator(unit=7)
        async with asyncio.timeout(10), TcpWire(board, "127.0.0.1", 0) as wire:
            client = AsyncModbusTcpClient("127.0.0.1", port=wire.port, framer=FramerType.RTU, retries=0)
            assert await client.connect()
            board.open_door(2)
            board.heat(-5)
            answer = await client.read_input_registers(0x10, count=11, device_id=7)
            assert State.of(answer.registers) == State(open_doors=frozenset({2}), degrees=-5.0)
            await client.write_registers(0, [1, 2], device_id=7)
            assert (await client.read_holding_registers(0, count=8, device_id=7)).registers == [1, 2, 0, 0, 0, 0, 0, 0]
            assert (await client.write_registers(0, [3], device_id=7)).exception_code == 3
            assert (await client.write_registers(0x10, [1], device_id=7)).exception_code == 3
            assert (await client.write_registers(8, [1], device_id=7)).exception_code == 2
            assert (await client.read_input_registers(0x0F, count=2, device_id=7)).exception_code == 2
            client.close()

    asyncio.run(main())
