"""The UPS driver against the simulated upsd: each story is one thing that happens to the light."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import pytest

from hardware.channel import Channel, memory_pair
from hardware.drivers.ups import MOST_VARIABLES, POLL, Ups, reading_of
from hardware.protocols.nut import ListBegins, Var, encode, get_var
from hardware.simulators.ups import FULL, UpsSimulator
from kiosk_app.devices import Condition, DeviceState, UpsReading
from kiosk_app.power import Limits, Outlook, Power
from tests.hardware.lines import opener_to
from tests.virtual import run

Tell = Callable[[Ups, UpsSimulator], Awaitable[None]]


@asynccontextmanager
async def connected(upsd: UpsSimulator, *, name: str = "ups") -> AsyncIterator[Ups]:
    driver = Ups(opener_to(upsd), name=name)
    life = asyncio.create_task(driver.run())
    await asyncio.sleep(0.1)
    try:
        yield driver
    finally:
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life


def story(tell: Tell, *, name: str = "ups") -> None:
    async def main() -> None:
        upsd = UpsSimulator()
        async with connected(upsd, name=name) as driver:
            await tell(driver, upsd)

    run(main())


async def a_moment() -> None:
    await asyncio.sleep(POLL + 0.1)


@pytest.mark.parametrize(
    ("variables", "reading"),
    [
        ({"ups.status": "OL"}, UpsReading(True)),
        ({"ups.status": "OL CHRG", "battery.charge": "88", "battery.runtime": "640"}, UpsReading(True, 88, 640)),
        ({"ups.status": "OB DISCHRG LB"}, UpsReading(False, low=True)),
        ({"ups.status": "FSD OB LB"}, UpsReading(False, low=True, forced=True)),
        ({"ups.status": "OL RB"}, UpsReading(True, replace_battery=True)),
        ({"ups.status": "OL OB"}, UpsReading(None)),
        ({"ups.status": "WAIT"}, UpsReading(None)),
        ({"ups.status": "OFF"}, UpsReading(None)),
        ({"ups.status": "BOL"}, UpsReading(None)),
        ({"ups.status": "OL", "battery.charge": "97.6"}, UpsReading(True, 97)),
        ({"ups.status": "OL", "battery.charge": "full", "battery.runtime": "nan"}, UpsReading(True)),
        ({"ups.status": "OL", "battery.charge": "-1", "battery.runtime": "inf"}, UpsReading(True)),
    ],
)
def test_what_the_variables_say(variables: Mapping[str, str], reading: UpsReading) -> None:
    assert reading_of(variables) == reading


def test_on_mains_with_a_full_battery() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        assert driver.reading == UpsReading(True, 100, int(FULL))
        assert driver.condition == Condition(DeviceState.ONLINE, "", {"mains": "ok", "battery": "ok"})

    story(tell)


def test_mains_lost_are_seen_within_two_seconds_and_the_ups_still_serves() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        upsd.fail_mains()
        await a_moment()
        assert driver.reading is not None
        assert driver.reading.on_mains is False
        assert (driver.condition.serves, driver.condition.reason) == (True, "on_battery")
        upsd.return_mains()
        await a_moment()
        assert driver.condition.supplies["mains"] == "ok"

    story(tell)


def test_a_battery_that_drains_becomes_low() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        upsd.fail_mains()
        upsd.drain(21)
        await a_moment()
        assert driver.condition.supplies["battery"] == "ok"
        await asyncio.sleep(FULL / 100 + POLL)
        assert driver.reading is not None
        assert driver.reading.low
        assert driver.condition.supplies == {"mains": "lost", "battery": "low"}

    story(tell)


def test_a_worn_battery_is_told_while_mains_are_there() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        upsd.wear_battery()
        await a_moment()
        assert driver.condition.reason == "replace_battery"
        upsd.renew_battery()
        await a_moment()
        assert driver.condition.reason == ""

    story(tell)


def test_an_ordered_shutdown_is_read() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        upsd.force_shutdown()
        await a_moment()
        assert driver.reading is not None
        assert driver.reading.forced

    story(tell)


def test_upsd_gone_is_offline_and_not_on_mains() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        await upsd.stop_upsd()
        await asyncio.sleep(0.1)
        assert driver.reading is None
        assert (driver.condition.state, driver.condition.supplies) == (DeviceState.OFFLINE, {})
        await upsd.start_upsd()
        await asyncio.sleep(16)
        assert driver.reading is not None

    story(tell)


def test_an_upsd_that_has_lost_its_ups_is_offline_until_it_finds_it() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        upsd.lose_ups()
        await asyncio.sleep(2 * POLL)  # it has connected again, and is still told so
        assert driver.reading is None
        assert driver.condition.state is DeviceState.OFFLINE
        upsd.find_ups()
        await asyncio.sleep(16)
        assert driver.condition.serves

    story(tell)


def test_a_frozen_upsd_is_offline_in_time() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        upsd.freeze()
        await asyncio.sleep(5)
        assert driver.reading is None
        upsd.thaw()
        await asyncio.sleep(16)
        assert driver.reading is not None

    story(tell)


def test_a_wrong_name_in_the_configuration_is_a_fault() -> None:
    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        assert driver.condition.state is DeviceState.HARDWARE_ERROR

    story(tell, name="other")


def test_a_list_that_never_ends_is_a_fault_and_not_memory() -> None:
    async def main() -> None:
        ours, theirs = memory_pair()

        async def endless() -> None:
            await theirs.read()
            await theirs.write(encode(ListBegins("ups")))
            for n in range(MOST_VARIABLES + 10):
                await theirs.write(encode(Var("ups", f"outlet.{n}", "x")))

        async def opener() -> Channel:
            return ours

        driver = Ups(opener)
        both = [asyncio.create_task(endless()), asyncio.create_task(driver.run())]
        await asyncio.sleep(0.2)
        assert driver.condition.state is DeviceState.HARDWARE_ERROR
        for task in both:
            task.cancel()
        await asyncio.wait(both)

    run(main())


def test_one_variable_can_be_asked_for() -> None:
    async def main() -> None:
        upsd = UpsSimulator()
        line = await opener_to(upsd)()
        for question, answer in (
            (get_var("ups", "device.mfr"), b'VAR ups device.mfr "Sample \\"Power\\" Works"\n'),
            (get_var("ups", "no.such"), b"ERR VAR-NOT-SUPPORTED\n"),
            (get_var("other", "ups.status"), b"ERR UNKNOWN-UPS\n"),
            (b"SHUTDOWN NOW\n", b"ERR UNKNOWN-COMMAND\n"),
            (b"LOGOUT\n", b"OK Goodbye\n"),
        ):
            await line.write(question)
            assert await line.read() == answer
        assert await line.read() == b""

    run(main())


def test_a_night_without_mains_ends_in_time_with_the_till_closed_before() -> None:
    """Driver, simulator and policy together: the machine stops while the battery still carries it."""

    async def tell(driver: Ups, upsd: UpsSimulator) -> None:
        now = asyncio.get_running_loop().time
        outlook, seen = Outlook(booted=now() - 1000), [Power.NORMAL]
        upsd.fail_mains()
        while outlook.power is not Power.SHUT_DOWN:
            assert now() < 2 * FULL
            await asyncio.sleep(1)
            outlook = outlook.after(driver.reading, now(), Limits())
            if outlook.power is not seen[-1]:
                seen.append(outlook.power)
        assert seen == [Power.NORMAL, Power.ON_BATTERY, Power.SHUT_DOWN]
        assert 150 < upsd.charge / 100 * FULL < 180

    story(tell)
