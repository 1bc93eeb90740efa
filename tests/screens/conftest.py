"""A real window on a real X server in memory, touched through XTest. One window per process: that is Kivy's rule."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageGrab

from bench.touch_x import Hand, server
from kiosk_app.devices import KeypadKey, KeyStroke
from kiosk_app.views import Intent, View

if TYPE_CHECKING:
    from screens.stage import Stage

SIZES = {"portrait": (540, 960), "landscape": (960, 540)}


class Noon:
    """14:32 in Shanghai, always."""

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 6, 32, tzinfo=UTC)


class Booth:
    """The stage and a finger at it."""

    def __init__(self, stage: "Stage", hand: Hand) -> None:
        self.stage, self._hand = stage, hand

    def run(self, story: Coroutine[Any, Any, None]) -> None:
        """Run a story while the window lives; the stage is empty and forgetful before and after."""

        async def both() -> None:
            self.stage.forget()
            running = asyncio.create_task(self.stage.run())
            try:
                async with asyncio.timeout(20):
                    await story
            finally:
                self.stage.forget()
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running

        asyncio.run(both())

    async def ask(self, view: View, *keys: str) -> Intent:
        """Show a view, touch these targets one after the other, and give what came back."""
        asking = asyncio.create_task(self.stage.show(view))
        for key in keys:
            await self.touch(key)
        async with asyncio.timeout(5):
            return await asking

    def where(self, key: str) -> tuple[int, int]:
        """The middle of a target in pixels from the upper left corner."""
        found = next(t for t in self.stage.targets() if t["key"] == key)
        return found["x"] + found["w"] // 2, found["y"] + found["h"] // 2

    async def touch(self, key: str) -> None:
        """Press and release a target through the X server."""
        await asyncio.sleep(0.02)
        await self.press(*self.where(key))
        await self.release()

    async def press(self, x: int, y: int) -> None:
        """A finger comes down."""
        self._hand.move(x, y)
        self._hand.button(True)
        await self.heard()

    async def drag(self, x: int, y: int) -> None:
        """The finger that is down moves."""
        self._hand.move(x, y)
        await self.heard()

    async def release(self) -> None:
        """The finger leaves."""
        self._hand.button(False)
        await self.heard()

    async def key(self, *keys: str) -> None:
        """Press and release keys of the keypad, one after the other."""
        for name in keys:
            for stroke in (KeyStroke.DOWN, KeyStroke.UP):
                self.stage.key(KeypadKey(name), stroke)
                await asyncio.sleep(0.01)

    async def keyboard(self, *names: str) -> None:
        """Press and release keys of a real keyboard, through the X server."""
        for name in names:
            for down in (True, False):
                self._hand.key(name, down)
                await asyncio.sleep(0.05)

    async def focus(self, target: str) -> None:
        """Go to ``target`` by keys alone; a target that no key reaches fails."""
        first = ""
        while self.stage.focused != target:
            await self.key("next")
            assert self.stage.focused != first, f"{target} is not among what keys reach"
            first = first or self.stage.focused

    def screen(self) -> Image.Image:
        """What the X server shows of the window."""
        width, height = self.stage.size
        return ImageGrab.grab(bbox=(0, 0, width, height), xdisplay=os.environ["DISPLAY"]).convert("RGB")

    async def heard(self) -> None:
        """Until the stage has heard of the last touch."""
        before = self.stage.touched
        async with asyncio.timeout(2):
            while self.stage.touched == before:  # noqa: ASYNC110 - the port tells a time, not an event
                await asyncio.sleep(0.002)


@pytest.fixture(scope="session")
def x_server() -> Iterator[str]:
    """An X server for this process alone."""
    with server(1920, 1920) as name:
        before = os.environ.get("DISPLAY")
        os.environ["DISPLAY"] = name
        yield name
        if before is not None:
            os.environ["DISPLAY"] = before


@pytest.fixture(scope="session")
def window(x_server: str) -> "Iterator[Callable[[tuple[int, int]], Booth]]":
    """The booth, in the size asked for."""
    from screens.stage import Stage  # noqa: PLC0415 - its import needs the X server

    stage = Stage(
        site="环市街服务中心", site_en="Huanshi Street Service Centre", hotline="0750-1234567", clock=Noon(),
        size=SIZES["portrait"], fullscreen=True,
    )  # fmt: skip
    hand = Hand(x_server)

    def of_size(size: tuple[int, int]) -> Booth:
        stage.resize(size)
        return Booth(stage, hand)

    yield of_size
    stage.close()
    hand.close()


@pytest.fixture(params=list(SIZES))
def booth(window: Callable[[tuple[int, int]], Booth], request: pytest.FixtureRequest) -> Booth:
    """Upright and lying."""
    return window(SIZES[request.param])


@pytest.fixture
def upright(window: Callable[[tuple[int, int]], Booth]) -> Booth:
    """Upright only."""
    return window(SIZES["portrait"])
