"""A driver of another maker that fails is that device being broken; everything else serves, and people are told."""

import asyncio
import gc
import weakref
from typing import Any

import pytest

from hardware.drivers.id_card_reader import IdCardReader
from kiosk_app.advice import ADVICE
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.doctor import listen
from kiosk_app.errors import DeviceFault
from kiosk_app.guarded import STEADY, Guarded
from kiosk_app.views import ChooseMany, EnterNumber, Marked, Typed
from tests import virtual
from tests.stand import PARKING, Stand, story_from_the_dark


class MakersReader(IdCardReader):
    """Ours, with a task of its own that goes wrong after a while, ``lives`` times; then it is mended."""

    lives = 10**9
    after = 20.0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(super().run())
            if type(self).lives:
                type(self).lives -= 1
                group.create_task(self._go_wrong())

    async def _go_wrong(self) -> None:
        await asyncio.sleep(self.after)
        raise ValueError("李样本")  # as a parser does that quotes what it could not read


@pytest.fixture
def makers_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.stand.IdCardReader", MakersReader)
    monkeypatch.setattr(MakersReader, "lives", 10**9)


@story_from_the_dark
async def test_a_makers_driver_that_raises_is_that_device_faulted_and_the_rest_serves(
    stand: Stand, makers_reader: None
) -> None:
    stand.drivers_fail = True
    await stand.start()
    await stand.until(lambda: stand.heartbeat().devices["id_card_reader"].reason == "driver_failed")
    report = stand.heartbeat()
    assert (report.state, report.devices["id_card_reader"].state) == ("limited", "hardware error")
    await stand.person.begins()
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed(PARKING))
    await stand.person.sees(ChooseMany)
    stand.person.touches(Marked((PARKING,)))
    await stand.person.pays()
    await stand.person.goes()
    await asyncio.sleep(3600)
    assert stand.ended is None  # no restart loop: it is the same life
    with stand.front.store.read() as connection:
        raised = connection.exec_driver_sql("SELECT component, code FROM alarm").all()
    assert ("id_card_reader", "driver_failed") in [tuple(row) for row in raised]
    assert "李样本" not in f"{stand.logs}{stand.heartbeat()}"
    assert any(line["event"] == "driver failed" and "test_guarded.py" in line["what"] for line in stand.logs)


@story_from_the_dark
async def test_a_driver_that_comes_to_its_senses_serves_again(stand: Stand, makers_reader: None) -> None:
    stand.drivers_fail = True
    MakersReader.lives = 2
    await stand.start()
    await stand.until(lambda: stand.heartbeat().devices["id_card_reader"].reason == "driver_failed")
    await stand.until(lambda: stand.heartbeat().devices["id_card_reader"].state == "online", within=300)
    await asyncio.sleep(300)
    assert stand.heartbeat().devices["id_card_reader"].state == "online"
    await stand.person.pays_a_fine()


class Maker:
    """A device of which only its end is interesting."""

    role = "keypad"
    capabilities = frozenset({"keys"})

    def __init__(self, *ends: BaseException | None) -> None:
        self.ends = list(ends)
        self.begun: list[float] = []
        self.condition = Condition(DeviceState.ONLINE, supplies={"grab": "ok"})

    def watch(self, listener: Any) -> None:
        listener(self.condition)

    async def press(self) -> str:
        return "key"

    async def run(self) -> None:
        self.begun.append(asyncio.get_running_loop().time())
        if self.ends:
            end = self.ends.pop(0)
            if end is not None:
                raise end
            return
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    "end", [ValueError("x"), AssertionError(), ExceptionGroup("x", [OSError()]), asyncio.CancelledError(), None]
)
def test_whatever_ends_a_driver_it_is_begun_again_later_and_later(end: BaseException | None) -> None:
    async def story() -> None:
        device = Maker(*[end] * 9)
        guard = Guarded(device)
        heard = list[Condition]()
        guard.watch(heard.append)
        running = asyncio.create_task(guard.run())
        await asyncio.sleep(1)
        assert (guard.condition.state, guard.condition.reason) == (DeviceState.HARDWARE_ERROR, "driver_failed")
        assert guard.condition.supplies == {"grab": "ok"}
        with pytest.raises(DeviceFault):
            await guard.press()
        await asyncio.sleep(5000)
        pauses = [round(later - earlier) for earlier, later in zip(device.begun, device.begun[1:], strict=False)]
        assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]
        assert guard.condition == heard[-1] == device.condition  # it lives, and is believed
        assert await guard.press() == "key"
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    virtual.run(story())


def test_a_driver_is_believed_only_when_it_has_lived_for_a_while() -> None:
    async def story() -> None:
        guard = Guarded(Maker(OSError()))
        running = asyncio.create_task(guard.run())
        await asyncio.sleep(5 + STEADY - 1)
        assert guard.condition.reason == "driver_failed"
        await asyncio.sleep(2)
        assert guard.condition.serves
        running.cancel()
        await asyncio.wait({running})

    virtual.run(story())


def test_a_driver_that_lived_well_for_a_while_is_not_punished_for_long_ago() -> None:
    class Settling(Maker):
        """Fails at once, four times; then after good lives."""

        async def run(self) -> None:
            if len(self.begun) >= 4:
                await asyncio.sleep(STEADY + 1)
            await super().run()

    async def story() -> None:
        device = Settling(*[OSError()] * 6)
        running = asyncio.create_task(Guarded(device).run())
        await asyncio.sleep(1000)
        pauses = [round(later - earlier) for earlier, later in zip(device.begun, device.begun[1:], strict=False)]
        assert pauses == [5, 10, 20, 40 + STEADY + 1, 5 + STEADY + 1, 5 + STEADY + 1]
        running.cancel()
        await asyncio.wait({running})

    virtual.run(story())


def test_what_a_driver_says_while_it_is_not_believed_is_heard_by_nobody() -> None:
    class Talking(Maker):
        def watch(self, listener: Any) -> None:
            self.say = listener

    async def story() -> None:
        device = Talking(OSError())
        guard = Guarded(device)
        heard = list[Condition]()
        guard.watch(heard.append)
        running = asyncio.create_task(guard.run())
        await asyncio.sleep(10)
        device.say(device.condition)
        assert [condition.reason for condition in heard] == ["driver_failed"]
        await asyncio.sleep(STEADY)
        device.say(device.condition)
        assert heard[1:] == [device.condition, device.condition]
        running.cancel()
        await asyncio.wait({running})

    virtual.run(story())


def test_what_a_driver_had_in_hand_when_it_failed_is_not_kept() -> None:
    class Card:
        """What was read."""

    held = list[weakref.ref[Card]]()

    class Reading(Maker):
        async def run(self) -> None:
            card = Card()
            held.append(weakref.ref(card))
            raise ValueError(card)

    async def story() -> None:
        guard = Guarded(Reading())
        running = asyncio.create_task(guard.run())
        await asyncio.sleep(20_000)
        gc.collect()
        assert len(held) > 60
        assert [card for card in held if card() is not None] == []
        assert 0 < len(guard.failures) < 20
        running.cancel()
        await asyncio.wait({running})

    virtual.run(story())


def test_a_power_cut_is_no_failure_of_a_driver() -> None:
    class PowerCut(BaseException):
        pass

    with pytest.raises(PowerCut):
        virtual.run(Guarded(Maker(PowerCut())).run())


def test_the_doctor_names_a_driver_that_failed_and_what_to_do() -> None:
    device = Maker(*[KeyError("李样本")] * 9)
    device.condition = Condition(DeviceState.STARTING)
    finding = virtual.run(listen(Guarded(device)))
    assert not finding.well
    assert finding.says.startswith("hardware error, driver_failed, KeyError at test_guarded.py:")
    assert finding.advice == ADVICE["driver_failed"]
    assert "李样本" not in str(finding)
