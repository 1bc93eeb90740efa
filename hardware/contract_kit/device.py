"""What every driver keeps, whatever its role (port ``kiosk_app.devices.Device``).

A driver is STARTING until the device has said how it is; it serves only then. A device that is gone, or silent, is
told within the rig's ``notice``; it is looked for without end and serves again by itself. A command ends: with its
result, or with a leaf of the drawn tree of errors; cancelled, it ends soon and leaves the device usable. What is
left behind after all that is what was there before.
"""

import asyncio
import gc
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest

from hardware.contract_kit import virtual_time
from hardware.contract_kit.rig import Rig
from kiosk_app import errors
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import KioskError

AnyRig = TypeVar("AnyRig", bound=Rig)
Contract = TypeVar("Contract", bound="DeviceContract[Any]")

MOMENT = 0.1
CANCEL_AFTER = (0.0, 0.02, 0.3, 1.0, 2.7)
NOT_THERE = frozenset({DeviceState.OFFLINE, DeviceState.NO_DEVICE})


def case(story: Callable[[Any, Any], Coroutine[Any, Any, None]]) -> Callable[[Any], None]:
    """Make a test of ``async def test_...(self, rig)``, run on the rig's clock. Failures in other tasks count too."""

    def test(self: "DeviceContract[Any]") -> None:
        rig, unread = self.rig(), list[str]()

        async def whole() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _, what: unread.append(str(what)))
            async with asyncio.timeout(rig.longest), rig:
                await story(self, rig)

        (asyncio.run if rig.real_time else virtual_time.run)(whole())
        gc.collect()
        assert not unread, "\n".join(unread)

    test.__name__, test.__doc__ = story.__name__, story.__doc__
    return test


async def until(ready: Callable[[], object], within: float, what: str) -> None:
    """Look again and again. Fails when it does not become true."""
    try:
        async with asyncio.timeout(within):
            while not ready():  # noqa: ASYNC110 - a person who looks, with whatever eyes the rig has
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"not within {within:g} s: {what}")


async def ended(command: Awaitable[Any], within: float) -> Any:
    """The result of ``command``, or the error of the tree with which it ended. Fails when it does not end."""
    try:
        async with asyncio.timeout(within):
            return await command
    except TimeoutError:
        pytest.fail(f"a command did not end within {within:g} s")
    except KioskError as error:
        said = error
    assert is_leaf(said), f"{said!r} is no leaf of the drawn tree"
    return said


def descriptors() -> int:
    """How many this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


def is_leaf(error: KioskError) -> bool:
    """Whether the class of the tree that ``error`` is of has no others below it; a driver may refine a leaf."""
    drawn: type = next(kind for kind in type(error).__mro__ if _is_of_the_tree(kind))
    below: list[type] = drawn.__subclasses__()
    return not any(map(_is_of_the_tree, below))


def _is_of_the_tree(kind: type) -> bool:
    """Whether it is one of the house's, in whichever file of its package."""
    return kind.__module__.startswith(errors.__name__)


class DeviceContract(Generic[AnyRig]):
    """The cases of all roles; a role's contract adds its own, and the two operations below."""

    role = ""

    def rig(self) -> AnyRig:
        """The rig of one case."""
        raise NotImplementedError

    async def use(self, rig: AnyRig, driver: Any) -> None:
        """The role's everyday operation with hands, to its good end; asserts what it came to."""
        raise NotImplementedError

    async def ask(self, driver: Any) -> object:
        """A command of the role, without any hand to help it."""
        raise NotImplementedError

    @asynccontextmanager
    async def running(self, rig: AnyRig) -> AsyncIterator[Any]:
        """A new driver that runs."""
        driver = rig.driver()
        life = asyncio.create_task(driver.run(), name=f"driver {self.role}")
        try:
            yield driver
        finally:
            life.cancel()
            with suppress(asyncio.CancelledError):
                async with asyncio.timeout(rig.answer):
                    await life

    @asynccontextmanager
    async def at_work(self, rig: AnyRig) -> AsyncIterator[Any]:
        """A new driver that serves."""
        async with self.running(rig) as driver:
            await self.serves(rig, driver)
            yield driver

    async def serves(self, rig: AnyRig, driver: Any) -> None:
        """Wait until it does; what the last command has found out is known a moment later."""
        await asyncio.sleep(MOMENT)
        await until(lambda: driver.condition.serves, rig.patience, f"it serves (it is {driver.condition})")

    async def does_not_serve(self, rig: AnyRig, driver: Any) -> None:
        """Wait until it says so."""
        await until(lambda: not driver.condition.serves, rig.notice, "it says that it does not serve")

    # --- being there ---

    @case
    async def test_it_is_of_its_role_and_starts_before_it_serves(self, rig: AnyRig) -> None:
        driver = rig.driver()
        assert driver.role == self.role
        assert driver.condition == Condition(DeviceState.STARTING)
        async with self.at_work(rig) as driver:
            await self.use(rig, driver)

    @case
    async def test_it_never_serves_before_the_device_has_answered(self, rig: AnyRig) -> None:
        await rig.freeze()
        async with self.running(rig) as driver:
            said: list[Condition] = [driver.condition]
            driver.watch(said.append)
            await asyncio.sleep(rig.notice)
            assert not any(condition.serves for condition in said)
            await rig.thaw()
            await self.serves(rig, driver)

    @case
    async def test_a_device_that_is_not_there_is_offline_and_waited_for(self, rig: AnyRig) -> None:
        await rig.unplug()
        async with self.running(rig) as driver:
            await until(lambda: driver.condition.state in NOT_THERE, rig.notice, "it is offline")
            await asyncio.sleep(rig.notice)
            await rig.plug_in()
            await self.serves(rig, driver)
            await self.use(rig, driver)

    @case
    async def test_a_pulled_plug_is_told_and_it_comes_back_by_itself_every_time(self, rig: AnyRig) -> None:
        async with self.at_work(rig) as driver:
            for _ in range(rig.cycles):
                await rig.unplug()
                await self.does_not_serve(rig, driver)
                assert driver.condition.state in NOT_THERE
                await rig.plug_in()
                await self.serves(rig, driver)
            await self.use(rig, driver)

    @case
    async def test_a_frozen_device_is_told_and_serves_again_when_it_thaws(self, rig: AnyRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.freeze()
            await self.does_not_serve(rig, driver)
            await rig.thaw()
            await self.serves(rig, driver)
            await self.use(rig, driver)

    @case
    async def test_a_disturbed_line_costs_time_and_nothing_else(self, rig: AnyRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.disturb()
            await asyncio.sleep(rig.notice)
            await self.serves(rig, driver)
            await self.use(rig, driver)

    # --- commands ---

    @case
    async def test_without_the_device_a_command_ends_in_time(self, rig: AnyRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            assert isinstance(await ended(self.ask(driver), rig.answer), KioskError)

    @case
    async def test_a_command_to_a_frozen_device_ends_in_time(self, rig: AnyRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.freeze()
            await ended(self.ask(driver), rig.answer)
            await rig.thaw()
            await self.serves(rig, driver)
            await self.use(rig, driver)

    @case
    async def test_a_command_cancelled_at_any_moment_leaves_the_device_usable(self, rig: AnyRig) -> None:
        async with self.at_work(rig) as driver:
            for seconds in CANCEL_AFTER:
                command = asyncio.ensure_future(ended(self.ask(driver), rig.answer))
                await asyncio.sleep(seconds)
                command.cancel()
                async with asyncio.timeout(rig.answer):
                    await asyncio.wait([command])
                await self.serves(rig, driver)
            await self.use(rig, driver)

    # --- words ---

    @case
    async def test_every_condition_is_in_xfs_words_and_told_once(self, rig: AnyRig) -> None:
        async with self.at_work(rig) as driver:
            said: list[Condition] = [driver.condition]
            driver.watch(said.append)
            await self.use(rig, driver)
            with suppress(pytest.skip.Exception):
                await rig.unplug()
                await self.does_not_serve(rig, driver)
                await rig.plug_in()
                await self.serves(rig, driver)
            assert said[-1] == driver.condition
            assert all(before != after for before, after in pairwise(said))
            for condition in said:
                assert isinstance(condition.state, DeviceState)
                assert re.fullmatch(r"[a-z][a-z0-9_]*|", condition.reason)
                assert all(isinstance(word, str) for pair in condition.supplies.items() for word in pair)

    @case
    async def test_it_declares_what_it_can_do(self, rig: AnyRig) -> None:
        before = rig.driver().capabilities
        assert before == rig.driver().capabilities, "before it was asked, every device of this make is the same"
        async with self.at_work(rig) as driver:
            assert before <= driver.capabilities, "what it can do was declared before it was known"
            assert all(word and word == word.strip() for word in driver.capabilities)

    # --- what is left ---

    @case
    async def test_it_leaves_no_task_and_no_descriptor_behind(self, rig: AnyRig) -> None:
        async def once() -> tuple[int, int]:
            async with self.at_work(rig) as driver:
                with suppress(pytest.skip.Exception):
                    await rig.unplug()
                    await self.does_not_serve(rig, driver)
                    await rig.plug_in()
                    await self.serves(rig, driver)
            await asyncio.sleep(1)
            return len(asyncio.all_tasks()), descriptors()

        first = await once()
        for _ in range(rig.cycles):
            last = await once()
        assert last <= first
