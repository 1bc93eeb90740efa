"""The cabinet driver against the simulated cabinet: each story is one thing a hand or a wire does."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from hardware.channel import Channel, ChannelClosed, MemoryChannel, memory_pair
from hardware.drivers.cabinet import ANSWER, POLL, TRIES, Cabinet
from hardware.modbus_rtu import READ_INPUT, Message, Rtu, answer
from hardware.protocols import cabinet as registers
from hardware.simulators.cabinet import CabinetSimulator
from kiosk_app.devices import Condition, DeviceState, Lamp
from kiosk_app.errors import DeviceError, DeviceOffline
from tests.hardware.chaos import Chaos
from tests.virtual import run

DOORS = ("front", "paper")
SLOTS = ("id_card_reader", "card_terminal", "receipt_printer")
Tell = Callable[[Cabinet, CabinetSimulator], Awaitable[None]]


@asynccontextmanager
async def connected(
    board: CabinetSimulator, *, wire: Callable[[MemoryChannel], object] = lambda _: None
) -> AsyncIterator[Cabinet]:
    served: set[asyncio.Task[None]] = set()

    async def opener() -> Channel:
        if not board.plugged:
            raise ChannelClosed("no such device")
        ours, theirs = memory_pair()
        wire(theirs)
        task = asyncio.create_task(board.serve(theirs))
        served.add(task)
        task.add_done_callback(served.discard)
        return ours

    driver = Cabinet(opener, doors=DOORS, lamps=SLOTS, hot=55)
    life = asyncio.create_task(driver.run())
    await asyncio.sleep(0.1)
    try:
        yield driver
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


def story(tell: Tell, board: Callable[[], CabinetSimulator] = CabinetSimulator) -> None:
    async def main() -> None:
        simulator = board()
        async with connected(simulator) as driver:
            await tell(driver, simulator)

    run(main())


async def a_moment() -> None:
    await asyncio.sleep(POLL + 0.1)


def test_a_closed_cool_quiet_cabinet_is_online() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        assert driver.condition == Condition(
            DeviceState.ONLINE, "", {"door front": "closed", "door paper": "closed", "temperature": "ok"}
        )
        assert (driver.doors, driver.tampered, driver.temperature) == ({"front": False, "paper": False}, False, 25.0)

    story(tell)


def test_a_door_is_seen_opening_and_closing_within_half_a_second() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        board.open_door(1)
        await a_moment()
        assert driver.doors == {"front": False, "paper": True}
        assert (driver.condition.state, driver.condition.reason) == (DeviceState.USER_ERROR, "door_open")
        assert driver.condition.supplies["door paper"] == "open"
        board.close_door(1)
        await a_moment()
        assert driver.condition.state is DeviceState.ONLINE

    story(tell)


def test_an_input_without_a_name_is_no_door() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        board.open_door(3)
        await a_moment()
        assert driver.condition.state is DeviceState.ONLINE

    story(tell)


def test_a_blow_is_a_fraud_attempt_until_a_technician_has_looked() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        board.hit()
        board.open_door(0)
        await asyncio.sleep(10)
        assert (driver.condition.state, driver.condition.reason) == (DeviceState.FRAUD_ATTEMPT, "tamper")
        board.close_door(0)
        await driver.forget_tamper()
        assert driver.tampered is False
        assert driver.condition.state is DeviceState.ONLINE

    story(tell)


def test_a_blow_while_nobody_was_connected_is_not_missed() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        await board.unplug()
        board.hit()
        await asyncio.sleep(5)
        await board.plug_in()
        await asyncio.sleep(16)
        assert driver.tampered is True

    story(tell)


def test_heat_is_told_once_and_is_over_only_when_it_has_cooled_down() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        told: list[Condition] = []
        driver.watch(told.append)
        for degrees in (54, 55, 54, 51, 55, 49):
            board.heat(degrees)
            await a_moment()
            assert driver.temperature == degrees
        assert [(c.state, c.reason) for c in told] == [
            (DeviceState.HARDWARE_ERROR, "too_hot"),
            (DeviceState.ONLINE, ""),
        ]

    story(tell)


def test_a_broken_thermometer_is_unknown_and_not_cold() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        board.break_thermometer()
        await a_moment()
        assert driver.temperature is None
        assert driver.condition.supplies["temperature"] == "unknown"
        assert driver.condition.serves

    story(tell)


# --- lamps ---


def test_a_lamp_shows_what_was_wished_at_once() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        driver.lamp("card_terminal", Lamp.BLINK)
        driver.lamp("id_card_reader", Lamp.ON)
        await asyncio.sleep(0.05)
        assert board.lamps[:3] == ("on", "blink", "off")
        driver.lamp("card_terminal", Lamp.OFF)
        await asyncio.sleep(0.05)
        assert board.lamps[:3] == ("on", "off", "off")

    story(tell)


def test_a_slot_without_a_lamp_is_no_fault() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        driver.lamp("document_printer", Lamp.ON)
        await a_moment()
        assert set(board.lamps) == {"off"}
        assert driver.condition.serves

    story(tell)


def test_a_lamp_wished_while_unplugged_shines_after_the_reconnect() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        driver.lamp("id_card_reader", Lamp.BLINK)
        await board.unplug()
        await asyncio.sleep(10)
        assert set(board.lamps) == {"off"}
        driver.lamp("card_terminal", Lamp.ON)
        await board.plug_in()
        await asyncio.sleep(16)
        assert board.lamps[:2] == ("blink", "on")

    story(tell)


def test_a_board_that_restarted_by_itself_gets_its_lamps_back() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        driver.lamp("id_card_reader", Lamp.ON)
        await a_moment()
        board.restart()
        await a_moment()
        assert board.lamps[0] == "on"

    story(tell)


def test_the_lamps_of_a_dead_kiosk_go_out() -> None:
    async def main() -> None:
        board = CabinetSimulator()
        async with connected(board) as driver:
            driver.lamp("id_card_reader", Lamp.ON)
            await asyncio.sleep(20)
            assert board.lamps[0] == "on"
        await asyncio.sleep(registers.WATCHDOG + 0.1)
        assert board.lamps[0] == "off"

    run(main())


# --- what wires and boards do ---


def test_two_wrong_checksums_are_asked_again_and_nobody_hears_of_it() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        told: list[Condition] = []
        driver.watch(told.append)
        board.wrong_crc(TRIES - 1)
        await asyncio.sleep(2)
        assert told == []
        assert board.wrong_crcs == 0

    story(tell)


def test_a_mute_board_is_offline_in_time_and_nothing_is_known_of_its_doors() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        board.mute()
        await asyncio.sleep(POLL + TRIES * (ANSWER + 0.01) + 0.05)
        assert (driver.condition.state, driver.condition.supplies) == (DeviceState.OFFLINE, {})
        assert (driver.doors, driver.tampered, driver.temperature) == ({"front": None, "paper": None}, None, None)
        with pytest.raises(DeviceOffline):
            await driver.forget_tamper()
        board.restart()
        await asyncio.sleep(16)
        assert driver.condition.state is DeviceState.ONLINE

    story(tell)


def test_the_answer_of_another_unit_is_not_ours() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        board.set_unit(2)
        await asyncio.sleep(2)
        assert not driver.condition.serves
        board.set_unit(1)
        await asyncio.sleep(16)
        assert driver.condition.serves

    story(tell)


def test_a_neighbour_that_answers_in_our_place_is_named_and_not_believed() -> None:
    async def main() -> None:
        ours, theirs = memory_pair()

        async def neighbour() -> None:
            while asked := Rtu(asked=True).feed(await theirs.read()):
                block = registers.Board() if asked[0].address == registers.BOARD else registers.State()
                await theirs.write(answer(Message(9, READ_INPUT, registers=block.registers())))

        async def opener() -> Channel:
            return ours

        lost: list[str] = []

        class Listened(Cabinet):
            def lost(self, error: DeviceError) -> None:
                lost.append(str(error))
                super().lost(error)

        driver = Listened(opener)
        both = [asyncio.create_task(neighbour()), asyncio.create_task(driver.run())]
        await asyncio.sleep(TRIES * (ANSWER + 0.01))
        assert "unit 9" in lost[0]
        assert driver.condition.state is DeviceState.OFFLINE
        for task in both:
            task.cancel()
        await asyncio.wait(both)

    run(main())


def test_another_modbus_device_on_the_port_is_a_fault_and_no_cabinet() -> None:
    def other() -> CabinetSimulator:
        board = CabinetSimulator()
        board.board = registers.Board(magic=0x1234)
        return board

    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        assert driver.condition.state is DeviceState.HARDWARE_ERROR

    story(tell, other)


def test_a_board_with_fewer_doors_than_configured_is_a_fault_and_not_a_closed_door() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        assert driver.condition.state is DeviceState.HARDWARE_ERROR
        assert driver.doors["paper"] is None

    story(tell, lambda: CabinetSimulator(doors=1))


def test_a_board_that_refuses_a_register_is_a_fault() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        board.board = registers.Board(lamps=0)  # writing a lamp is now an illegal address
        driver.lamp("id_card_reader", Lamp.ON)
        await asyncio.sleep(1)
        assert driver.condition.state is DeviceState.HARDWARE_ERROR

    story(tell)


@pytest.mark.parametrize("seed", range(5))
def test_over_a_hostile_line_it_never_tells_what_is_not_so(seed: int) -> None:
    async def main() -> None:
        board = CabinetSimulator(seed=seed)
        chance = random.Random(seed)

        def spoil(channel: MemoryChannel) -> None:
            Chaos(channel, chance, split=0.3, corrupt=0.1, drop=0.05, disconnect=0.01)

        async with connected(board, wire=spoil) as driver:
            for n in range(30):
                (board.open_door if n % 2 else board.close_door)(0)
                await asyncio.sleep(5)
                assert driver.doors["front"] in {None, bool(n % 2)}
                assert driver.doors["paper"] in {None, False}
                assert driver.tampered in {None, False}

    run(main())


def test_noise_that_looks_like_the_begin_of_a_long_answer_costs_one_question() -> None:
    noise = [b"\x01\x04\xf0"]

    def spoil(channel: MemoryChannel) -> None:
        channel.hook = lambda data: [noise.pop() + data] if noise else [data]

    async def main() -> None:
        async with connected(CabinetSimulator(), wire=spoil) as driver:
            await asyncio.sleep(ANSWER)
            assert driver.condition.serves

    run(main())


def test_noise_before_the_answers_is_survived() -> None:
    async def tell(driver: Cabinet, board: CabinetSimulator) -> None:
        told: list[Condition] = []
        driver.watch(told.append)
        board.noise(2)
        await asyncio.sleep(3)
        assert told == []

    story(tell)
