"""The link on virtual time: greeting, losing, coming back, and who is told."""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from hardware.channel import Channel, ChannelClosed, MemoryChannel, memory_pair
from hardware.link import MOST_FRAMES, TAP, Link, Watched
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import DeviceError, DeviceFault, DeviceOffline, PermitGone
from tests import virtual


class Bytewise:
    """One frame per byte; 0xFF is a bug of the codec."""

    def feed(self, data: bytes) -> list[int]:
        if 0xFF in data:
            raise RuntimeError("bug")
        return list(data)


class Line:
    """A link, and the far ends of all its connections."""

    def __init__(self) -> None:
        self.far: list[MemoryChannel] = []
        self.there = True
        self.told: list[tuple[float, DeviceError]] = []
        self.link: Link[int] = Link("device", self.open, Bytewise)

    async def open(self) -> Channel:
        if not self.there:
            raise ChannelClosed("no such device")
        near, far = memory_pair()
        self.far.append(far)
        return near

    def gone(self, error: DeviceError) -> None:
        self.told.append((asyncio.get_running_loop().time(), error))


async def fine() -> None:
    """A greeting without questions."""


def story(
    tell: Callable[[Line], Awaitable[None]], greet: Callable[[Line], Callable[[], Awaitable[None]]] = lambda _: fine
) -> None:
    async def whole() -> None:
        line = Line()
        running = asyncio.create_task(line.link.run(greet(line), line.gone))
        await asyncio.sleep(0.001)
        try:
            await tell(line)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
        assert not line.link.connected
        assert all(far._closed for far in line.far)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    virtual.run(whole())


def test_a_late_answer_is_dropped_with_the_next_turn() -> None:
    async def tell(line: Line) -> None:
        async with line.link.turn():
            with pytest.raises(DeviceOffline, match="no answer within 1 s"):
                await line.link.receive(1)
        await line.far[0].write(b"\1")
        await asyncio.sleep(0.1)
        async with line.link.turn():
            await line.link.send(b"?")
            await line.far[0].write(b"\2")
            assert await line.link.receive(1) == 2

    story(tell)


def test_two_turns_follow_each_other_and_the_second_does_not_wait_for_ever() -> None:
    async def tell(line: Line) -> None:
        async with line.link.turn():
            with pytest.raises(DeviceOffline, match="busy"):
                async with line.link.turn(within=2):
                    pass
        async with line.link.turn(within=2):
            pass

    story(tell)


def test_whoever_waits_learns_at_once_that_the_line_is_lost() -> None:
    async def tell(line: Line) -> None:
        asyncio.get_running_loop().call_later(1, line.far[0].cut)
        waiters = [asyncio.create_task(line.link.receive(60)) for _ in range(2)]
        for waiter in waiters:
            with pytest.raises(DeviceOffline, match="line lost"):
                await waiter
        assert asyncio.get_running_loop().time() < 1.1
        with pytest.raises(DeviceOffline, match="not connected"):
            await line.link.send(b"?")

    story(tell)


def test_an_answer_that_came_before_the_loss_is_still_heard() -> None:
    async def tell(line: Line) -> None:
        await line.far[0].write(b"\7")
        line.far[0].cut()
        await asyncio.sleep(0.1)
        assert await line.link.receive(1) == 7
        with pytest.raises(DeviceOffline):
            await line.link.receive(1)

    story(tell)


def test_a_line_lost_while_greeting_does_not_cost_the_greetings_deadline() -> None:
    def greet(line: Line) -> Callable[[], Awaitable[None]]:
        async def ask() -> None:
            await line.link.receive(60)

        return ask

    async def tell(line: Line) -> None:
        line.far[0].cut()
        await asyncio.sleep(1)
        assert len(line.far) == 2
        assert [str(error) for _, error in line.told] == ["device: line lost"]

    story(tell, greet)


def test_the_pause_doubles_to_a_limit_and_starts_anew_after_a_greeting() -> None:
    async def tell(line: Line) -> None:
        line.there = False
        line.far[0].cut()
        await asyncio.sleep(120)
        times = [at for at, _ in line.told]
        pauses = [round(after - before, 2) for before, after in pairwise(times)]
        assert pauses[:7] == [0.25, 0.5, 1, 2, 4, 8, 15]
        line.there = True
        await asyncio.sleep(15)
        line.far[-1].cut()
        await asyncio.sleep(0.6)
        assert line.link.connected

    story(tell)


def test_a_device_that_greets_with_a_fault_is_told_and_tried_again() -> None:
    def greet(line: Line) -> Callable[[], Awaitable[None]]:
        async def refuse() -> None:
            raise DeviceFault("device", "self-test")

        return refuse

    async def tell(line: Line) -> None:
        await asyncio.sleep(10)
        assert {type(error) for _, error in line.told} == {DeviceFault}
        assert len(line.far) == 6

    story(tell, greet)


def test_a_greeting_that_fails_with_a_citizens_error_is_a_fault_and_not_the_end_of_the_machine() -> None:
    def greet(line: Line) -> Callable[[], Awaitable[None]]:
        async def refuse() -> None:
            raise PermitGone("NO_CARD")

        return refuse

    async def tell(line: Line) -> None:
        await asyncio.sleep(2)
        assert {(type(error), str(error)) for _, error in line.told} == {
            (DeviceFault, "device: greeted with PermitGone: NO_CARD")
        }
        assert len(line.far) == 4  # at 0, 0.25, 0.75 and 1.75 s

    story(tell, greet)


def test_a_device_that_talks_without_end_costs_its_own_line_and_nobody_elses_time() -> None:
    class Babbling(MemoryChannel):
        reads = 0

        async def read(self) -> bytes:
            self.reads += 1
            return b"\1" * 100

    async def whole() -> None:
        babbler = Babbling()
        opened: list[Channel] = []

        async def opener() -> Channel:
            opened.append(babbler)
            return babbler

        link: Link[int] = Link("device", opener, Bytewise)
        running = asyncio.create_task(link.run(fine, lambda _: None))
        await asyncio.sleep(0)
        for _ in range(10):  # others run meanwhile
            await asyncio.sleep(0)
        assert 0 < babbler.reads <= 11
        await asyncio.sleep(0.1)
        assert not link.connected
        assert link._frames.qsize() <= MOST_FRAMES + 100 + 1
        await asyncio.sleep(1)
        assert len(opened) > 1
        running.cancel()
        await asyncio.wait([running])

    virtual.run(whole())


def test_a_tap_hears_every_byte_and_every_line_of_the_links_it_was_set_for() -> None:
    heard: list[tuple[str, bytes]] = []
    TAP.set(lambda way, data: heard.append((way, data)))

    async def tell(line: Line) -> None:
        async with line.link.turn():
            await line.link.send(b"?")
            await line.far[0].write(b"\2")
            assert await line.link.receive(1) == 2
        line.far[0].cut()
        await asyncio.sleep(0.6)

    contextvars.copy_context().run(story, tell)
    TAP.set(None)
    assert heard == [("+", b""), (">", b"?"), ("<", b"\2"), ("-", b""), ("+", b"")]
    story(tell)
    assert len(heard) == 5


def test_a_line_given_up_is_opened_anew() -> None:
    async def tell(line: Line) -> None:
        line.link.lose()
        with pytest.raises(DeviceOffline, match="line lost"):
            await line.link.receive(60)
        await asyncio.sleep(1)
        assert line.link.connected
        assert line.far[0]._closed
        assert len(line.far) == 2

    story(tell)


def test_a_device_that_takes_nothing_does_not_hold_us_for_ever() -> None:
    class Stuck(MemoryChannel):
        async def write(self, data: bytes) -> None:
            await asyncio.Event().wait()

    async def whole() -> None:
        async def opener() -> Channel:
            return Stuck()

        link: Link[int] = Link("device", opener, Bytewise)
        running = asyncio.create_task(link.run(fine, lambda _: None))
        await asyncio.sleep(0.001)
        with pytest.raises(DeviceOffline, match="takes nothing for 3 s"):
            await link.send(b"?", within=3)
        await asyncio.sleep(0.001)
        assert not link.connected
        running.cancel()
        await asyncio.wait([running])

    virtual.run(whole())


def test_a_bug_in_a_codec_is_reported_and_costs_the_line_only() -> None:
    async def tell(line: Line) -> None:
        reports: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, report: reports.append(report))
        await line.far[0].write(b"\xff")
        await asyncio.sleep(1)
        assert line.link.connected
        assert len(line.far) == 2
        assert [str(report["exception"]) for report in reports] == ["bug"]

    story(tell)


def test_an_opener_that_hangs_can_be_cancelled() -> None:
    async def whole() -> None:
        async def never() -> Channel:
            await asyncio.sleep(1e6)
            raise AssertionError

        running = asyncio.create_task(Link("device", never, Bytewise).run(fine, lambda _: None))
        await asyncio.sleep(1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    virtual.run(whole())


def test_listeners_hear_what_is_new_and_nothing_twice() -> None:
    device, heard = Watched("device"), list[Condition]()
    device.watch(heard.append)
    device.become(Condition(DeviceState.ONLINE, supplies={"paper": "low"}))
    device.become(Condition(DeviceState.ONLINE, supplies={"paper": "low"}))
    device.lost(DeviceOffline("device", "gone"))
    device.lost(DeviceFault("device", "broken"))
    assert [(each.state, each.reason) for each in heard] == [
        (DeviceState.ONLINE, ""),
        (DeviceState.OFFLINE, "offline"),
        (DeviceState.HARDWARE_ERROR, "fault"),
    ]
    assert heard[1].supplies == {"paper": "low"}


def test_a_driver_that_fails_while_greeting_costs_its_device_and_is_reported() -> None:
    async def main() -> None:
        reports: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, report: reports.append(report["message"]))
        line = Line()

        async def greet() -> None:
            raise KeyError("serial")

        life = asyncio.create_task(line.link.run(greet, line.gone))
        await asyncio.sleep(0.1)
        assert not life.done()
        error = line.told[0][1]
        assert isinstance(error, DeviceFault)
        assert "KeyError" in error.why
        assert reports == ["the driver of device failed"]
        life.cancel()

    virtual.run(main())


def test_a_greeting_whose_clearing_up_fails_does_not_keep_the_link_from_ending() -> None:
    async def story() -> None:
        line = Line()

        async def greet() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                raise DeviceOffline("device", "no answer while clearing up")

        running = asyncio.create_task(line.link.run(greet, line.gone))
        await asyncio.sleep(1)
        running.cancel()
        await asyncio.wait([running], timeout=60)
        assert running.cancelled()

    virtual.run(story())


def test_other_words_for_the_same_fault_are_kept_and_are_no_news() -> None:
    device = Watched("device")
    heard: list[Condition] = []
    device.watch(heard.append)
    device.lost(DeviceOffline("device", "one"))
    device.lost(DeviceOffline("device", "two"))
    assert device.condition.detail == "two"
    assert len(heard) == 1
