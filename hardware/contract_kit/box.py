"""The machine's own box: the cabinet (doors, shock, lamps) and the UPS. What is not known is None, never "well"."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from hardware.contract_kit.device import DeviceContract, case, until
from hardware.contract_kit.rig import Rig, cannot
from kiosk_app.devices import DeviceState, Lamp


class CabinetRig(Rig):
    """``door`` and ``slot`` are names that the driver was built with."""

    door = "front"
    slot = "id_card_reader"

    async def open_door(self) -> None:
        """Open the door."""
        cannot("open a door")

    async def close_door(self) -> None:
        """Close it."""
        cannot("close a door")

    async def hit(self) -> None:
        """Kick the cabinet."""
        cannot("hit the cabinet")

    def lamp(self) -> str:
        """What the lamp shows: ``off``, ``on`` or ``blink``."""
        cannot("see the lamp")


class CabinetContract(DeviceContract[CabinetRig]):
    """Cabinet boards."""

    role = "cabinet"

    async def ask(self, driver: Any) -> object:
        return await driver.forget_tamper()

    async def use(self, rig: CabinetRig, driver: Any) -> None:
        driver.lamp(rig.slot, Lamp.ON)
        await until(lambda: rig.lamp() == "on", rig.notice, "the lamp is on")
        driver.lamp(rig.slot, Lamp.OFF)
        await until(lambda: rig.lamp() == "off", rig.notice, "the lamp is off")

    @case
    async def test_a_door_is_open_closed_or_not_known(self, rig: CabinetRig) -> None:
        async with self.at_work(rig) as driver:
            assert driver.doors[rig.door] is False
            await rig.open_door()
            await until(lambda: driver.doors[rig.door], rig.notice, "the door is open")
            assert driver.condition.state is DeviceState.USER_ERROR
            await rig.close_door()
            await until(lambda: driver.doors[rig.door] is False, rig.notice, "the door is closed")
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            assert driver.doors[rig.door] is None
            assert driver.temperature is None
            assert driver.tampered is None

    @case
    async def test_a_blow_is_remembered_until_somebody_has_looked(self, rig: CabinetRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.hit()
            await until(lambda: driver.tampered, rig.notice, "it was hit")
            assert driver.condition.state is DeviceState.FRAUD_ATTEMPT
            await asyncio.sleep(rig.notice)
            assert driver.tampered
            await driver.forget_tamper()
            await until(lambda: driver.tampered is False, rig.notice, "it is forgotten")

    @case
    async def test_lamps_show_what_they_should_also_after_the_line_was_lost(self, rig: CabinetRig) -> None:
        async with self.at_work(rig) as driver:
            driver.lamp(rig.slot, Lamp.BLINK)
            await until(lambda: rig.lamp() == "blink", rig.notice, "the lamp blinks")
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            driver.lamp(rig.slot, Lamp.ON)
            await rig.plug_in()
            await until(lambda: rig.lamp() == "on", rig.patience, "the lamp is on")
            driver.lamp("a slot that is not there", Lamp.ON)
            await self.serves(rig, driver)


class UpsRig(Rig):
    """Hands at the mains."""

    async def fail_mains(self) -> None:
        """The light goes out."""
        cannot("cut the mains")

    async def return_mains(self) -> None:
        """It is back."""
        cannot("return the mains")

    async def battery_low(self) -> None:
        """The battery is nearly empty."""
        cannot("drain the battery")


class UpsContract(DeviceContract[UpsRig]):
    """Uninterruptible power supplies: they are only read."""

    role = "ups"

    async def ask(self, driver: Any) -> object:  # noqa: ARG002
        pytest.skip("a UPS takes no commands")

    async def use(self, rig: UpsRig, driver: Any) -> None:
        await rig.fail_mains()
        await until(lambda: _mains(driver) == {"on": False}, rig.notice, "the mains failed")
        assert driver.condition.serves, "it serves on battery: that is what it is for"
        await rig.return_mains()
        await until(lambda: _mains(driver) == {"on": True}, rig.notice, "the mains are back")

    @case
    async def test_a_ups_that_cannot_be_asked_is_not_on_mains(self, rig: UpsRig) -> None:
        driver = rig.driver()
        assert driver.reading is None
        async with self.at_work(rig) as driver:
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            assert driver.reading is None
            await rig.plug_in()
            await self.serves(rig, driver)
            assert _mains(driver) == {"on": True}

    @case
    async def test_a_low_battery_is_told(self, rig: UpsRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.fail_mains()
            await rig.battery_low()
            await until(lambda: driver.reading is not None and driver.reading.low, rig.notice, "the battery is low")


def _mains(driver: Any) -> Mapping[str, bool | None]:
    """Empty when there is no reading."""
    return {} if driver.reading is None else {"on": driver.reading.on_mains}
