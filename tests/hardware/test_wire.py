"""A simulator on the real wire: a driver over a pseudo-terminal, plugs pulled, nothing left open."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path

import pytest

from hardware.channel import Channel, ChannelClosed, open_serial, open_tcp, opener_of
from hardware.drivers.id_card_reader import IdCardReader
from hardware.protocols import sdt
from hardware.protocols.sdt import Command, Response
from hardware.simulators.id_card_reader import IdCardReaderSimulator, Timing
from hardware.simulators.wire import PtyWire, TcpWire

FAST = Timing(reset=0, find=0, select=0, read=0.01, other=0)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - the count is all that matters


async def status_of(line: Channel) -> list[object]:
    await line.write(sdt.request(Command.STATUS))
    decoder = sdt.responses()
    while not (found := decoder.feed(await line.read())):
        pass
    return list(found)


def test_a_driver_reads_a_card_over_a_real_serial_line(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = IdCardReaderSimulator(timing=FAST)
        port = tmp_path / "reader"
        async with asyncio.timeout(10), PtyWire(simulator, port):
            reader = IdCardReader(opener_of(str(port)))
            running = asyncio.create_task(reader.run())
            waiting = asyncio.create_task(reader.wait_card())
            simulator.lay("zhang")
            assert (await waiting).name == "张样本"
            assert await reader.card_present() is True
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        assert not port.is_symlink()

    asyncio.run(main())


def test_a_reader_pulled_and_plugged_in_fifty_times_serves_again_and_leaks_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = IdCardReaderSimulator(timing=FAST)
        port = tmp_path / "reader"
        async with asyncio.timeout(20), PtyWire(simulator, port):
            before = descriptors()
            for _ in range(50):
                line = await open_serial(str(port), baud=115200)
                assert await status_of(line) == [Response(0x90)]
                await simulator.unplug()
                assert await line.read() == b""
                await line.close()
                with pytest.raises(ChannelClosed):
                    await open_serial(str(port), baud=115200)
                await simulator.plug_in()
            assert descriptors() == before
            assert len(asyncio.all_tasks()) <= 3

    start = descriptors()
    asyncio.run(main())
    assert descriptors() == start


def test_the_driver_serves_again_after_the_cable_was_pulled(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = IdCardReaderSimulator(timing=FAST)
        port = tmp_path / "reader"
        async with asyncio.timeout(20), PtyWire(simulator, port):
            reader = IdCardReader(opener_of(str(port)))
            running = asyncio.create_task(reader.run())
            for name in ("zhang", "li"):
                waiting = asyncio.create_task(reader.wait_card())
                await asyncio.sleep(0.05)
                await simulator.unplug()
                await simulator.plug_in()
                simulator.lay(name)
                assert (await waiting).number
                simulator.lift()
                assert await reader.card_present() is False
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

    asyncio.run(main())


def test_a_driver_may_come_and_go_while_the_simulator_stays(tmp_path: Path) -> None:
    async def main() -> None:
        async with asyncio.timeout(10), PtyWire(IdCardReaderSimulator(timing=FAST), tmp_path / "reader"):
            for _ in range(3):
                line = await open_serial(str(tmp_path / "reader"), baud=115200)
                assert await status_of(line) == [Response(0x90)]
                await line.close()

    asyncio.run(main())


def test_a_name_left_behind_by_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    async def main() -> None:
        port = tmp_path / "reader"
        port.symlink_to("/dev/pts/no-more")
        async with asyncio.timeout(10), PtyWire(IdCardReaderSimulator(timing=FAST), port):
            line = await open_serial(str(port), baud=115200)
            assert await status_of(line) == [Response(0x90)]
            await line.close()

    asyncio.run(main())


def test_over_tcp_the_port_comes_and_goes_with_the_plug() -> None:
    async def main() -> None:
        simulator = IdCardReaderSimulator(timing=FAST)
        async with asyncio.timeout(10), TcpWire(simulator, "127.0.0.1", 0) as wire:
            port = wire.port
            for _ in range(20):
                line = await open_tcp("127.0.0.1", port)
                assert await status_of(line) == [Response(0x90)]
                await simulator.unplug()
                assert await line.read() == b""
                await line.close()
                with pytest.raises(ChannelClosed):
                    await open_tcp("127.0.0.1", port)
                await simulator.plug_in()
            assert wire.port == port
        await simulator.plug_in()
        with pytest.raises(ChannelClosed):
            await open_tcp("127.0.0.1", port)

    before = descriptors()
    asyncio.run(main())
    assert descriptors() == before


def test_a_frozen_simulator_can_be_unplugged(tmp_path: Path) -> None:
    async def main() -> None:
        simulator = IdCardReaderSimulator(timing=FAST)
        async with asyncio.timeout(10), PtyWire(simulator, tmp_path / "reader"):
            line = await open_serial(str(tmp_path / "reader"), baud=115200)
            simulator.freeze()
            await line.write(sdt.request(Command.STATUS))
            await asyncio.sleep(0.02)
            await simulator.unplug()
            assert await line.read() == b""
            await line.close()

    asyncio.run(main())


def test_every_hand_of_the_reader_is_offered_with_its_parameters() -> None:
    hands = IdCardReaderSimulator().hands()
    assert hands["lay"] == ("lay a card", ("card",))
    assert {"lift", "lay_foreign_card", "revoke", "fail_self_test", "repair", "noise", "freeze", "unplug"} <= set(hands)


def test_the_bench_sees_what_lies_on_the_reader() -> None:
    simulator = IdCardReaderSimulator()
    simulator.lay("chan")
    assert simulator.state()["card"] == "chan"
    simulator.lay_foreign_card()
    assert simulator.state()["card"] == "foreign card"
    simulator.lift()
    assert simulator.state()["card"] is None
    with pytest.raises(ValueError, match="zhang"):
        simulator.lay("nobody")
