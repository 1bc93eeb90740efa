"""What a person puts in: codes shown to a scanner, keys of a keypad, headphones.

These devices only speak. One that froze cannot be told from one that nobody touches, and what a bad line spoils nobody
repeats: rigs have no hands for that, and those cases are skipped.
"""

import asyncio
from typing import Any

import pytest

from hardware.contract_kit.device import MOMENT, DeviceContract, case, ended, until
from hardware.contract_kit.rig import Rig, cannot
from kiosk_app.devices import KeypadKey, KeyStroke
from kiosk_app.errors import CodeNotRead

# --- codes -----------------------------------------------------------------------------------------------------


class ScannerRig(Rig):
    """``reading``: the longest that one code takes; ``away``: from taking it away until it may be shown again."""

    reading = 5.0
    away = 3.0

    async def show(self) -> str:
        """Show a code once; returns its text."""
        cannot("show a code")

    async def hold(self) -> str:
        """Hold a code in front of the window; returns its text."""
        cannot("hold a code")

    async def take_away(self) -> None:
        """Take away what is held."""
        cannot("take a code away")

    async def show_binary(self) -> None:
        """Show a code that holds no text."""
        cannot("show a code that is not text")


class CodeScannerContract(DeviceContract[ScannerRig]):
    """Code scanners. No ``repr`` and no condition ever shows a code."""

    role = "code_scanner"

    async def ask(self, driver: Any) -> object:
        return await driver.wait_code()

    async def use(self, rig: ScannerRig, driver: Any) -> None:
        waiting = asyncio.create_task(ended(driver.wait_code(), rig.reading))
        await asyncio.sleep(MOMENT)
        text = await rig.show()
        code = await waiting
        assert code.text == text
        assert text not in f"{code!r} {driver.condition!r}"
        await asyncio.sleep(rig.away)

    @case
    async def test_a_code_that_is_held_is_one_code(self, rig: ScannerRig) -> None:
        async with self.at_work(rig) as driver:
            waiting = asyncio.create_task(ended(driver.wait_code(), rig.reading))
            await asyncio.sleep(MOMENT)
            text = await rig.hold()
            assert (await waiting).text == text
            again = asyncio.create_task(driver.wait_code())
            await asyncio.sleep(2 * rig.away)
            assert not again.done(), "it was read again though it was never taken away"
            again.cancel()
            await rig.take_away()
            await asyncio.sleep(rig.away)
            await self.use(rig, driver)

    @case
    async def test_a_code_shown_while_nobody_waits_is_of_nobody(self, rig: ScannerRig) -> None:
        async with self.at_work(rig) as driver:
            await rig.show()
            await asyncio.sleep(rig.away)
            waiting = asyncio.create_task(driver.wait_code())
            await asyncio.sleep(rig.away)
            assert not waiting.done()
            waiting.cancel()

    @case
    async def test_a_code_that_is_no_text_is_told_to_who_showed_it(self, rig: ScannerRig) -> None:
        async with self.at_work(rig) as driver:
            waiting = asyncio.create_task(ended(driver.wait_code(), rig.reading))
            await asyncio.sleep(MOMENT)
            await rig.show_binary()
            assert isinstance(await waiting, CodeNotRead)
            await self.use(rig, driver)


# --- keys ------------------------------------------------------------------------------------------------------


class KeypadRig(Rig):
    """Hands at the key that means ``select``."""

    async def press(self) -> None:
        """Down and up."""
        cannot("press a key")

    async def hold(self) -> None:
        """Down, and it stays down, as long as a keyboard begins to repeat."""
        cannot("hold a key")

    async def let_go(self) -> None:
        """Up."""
        cannot("let a key go")


class KeypadContract(DeviceContract[KeypadRig]):
    """Keypads: they are only listened to."""

    role = "keypad"
    press = ((KeypadKey.SELECT, KeyStroke.DOWN), (KeypadKey.SELECT, KeyStroke.UP))

    async def ask(self, driver: Any) -> object:  # noqa: ARG002
        pytest.skip("a keypad takes no commands")

    async def use(self, rig: KeypadRig, driver: Any) -> None:
        told = listened(driver)
        await rig.press()
        await until(lambda: tuple(told) == self.press, rig.notice, "the key was pressed once")
        await asyncio.sleep(1)

    @case
    async def test_a_key_that_is_held_is_one_press(self, rig: KeypadRig) -> None:
        async with self.at_work(rig) as driver:
            told = listened(driver)
            await rig.hold()
            await asyncio.sleep(1)
            assert tuple(told) == self.press[:1]
            await rig.let_go()
            await until(lambda: tuple(told) == self.press, rig.notice, "the key is up")

    @case
    async def test_a_key_that_is_down_when_the_plug_is_pulled_never_acts(self, rig: KeypadRig) -> None:
        async with self.at_work(rig) as driver:
            told = listened(driver)
            await rig.hold()
            await until(lambda: tuple(told) == self.press[:1], rig.notice, "the key is down")
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            assert told[1:] == [(KeypadKey.SELECT, KeyStroke.LOST)]
            await rig.let_go()
            await rig.plug_in()
            await self.serves(rig, driver)
            assert len(told) == 2
            await self.use(rig, driver)


def listened(driver: Any) -> list[tuple[KeypadKey, KeyStroke]]:
    """Every stroke from now on."""
    told: list[tuple[KeypadKey, KeyStroke]] = []
    driver.watch_keys(lambda key, stroke: told.append((key, stroke)))
    return told


# --- headphones ------------------------------------------------------------------------------------------------


class HeadphonesRig(Rig):
    """Hands at the jack."""

    async def insert(self) -> None:
        """Plug headphones in."""
        cannot("plug headphones in")

    async def pull(self) -> None:
        """Pull them out."""
        cannot("pull headphones out")


class HeadphonesContract(DeviceContract[HeadphonesRig]):
    """The jack: in, out, or nobody knows. It is private listening that hangs on it, so a guess is never made."""

    role = "headphones"

    async def ask(self, driver: Any) -> object:  # noqa: ARG002
        pytest.skip("a jack takes no commands")

    async def use(self, rig: HeadphonesRig, driver: Any) -> None:
        await rig.insert()
        await until(lambda: driver.plugged is True, rig.notice, "something is in the jack")
        await rig.pull()
        await until(lambda: driver.plugged is False, rig.notice, "nothing is in the jack")

    @case
    async def test_a_jack_that_cannot_be_asked_is_neither_in_use_nor_empty(self, rig: HeadphonesRig) -> None:
        assert rig.driver().plugged is None
        async with self.at_work(rig) as driver:
            await rig.insert()
            await until(lambda: driver.plugged is True, rig.notice, "something is in the jack")
            await rig.unplug()
            await self.does_not_serve(rig, driver)
            assert driver.plugged is None
