"""Alarms: not for a plug that is put back, once for what stays, at once for a blow, and cleared when it is over."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa

from central.tables import alarm as alarms
from kiosk_app.alarms import AWAY, GRACE, STEADY, Alarms, troubles
from kiosk_app.contract import Alarm
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.errors import DiskFull
from kiosk_app.ports import Entry
from kiosk_app.views import Attract
from tests.stand import Stand, story, story_from_the_dark
from tests.virtual import run

ONLINE = Condition(DeviceState.ONLINE)
OFFLINE = Condition(DeviceState.OFFLINE, "offline")
OUT = Condition(DeviceState.HARDWARE_ERROR, "paper_out", {"paper": "out"})
TAMPER = Condition(DeviceState.FRAUD_ATTEMPT, "tamper", {"door front": "closed"})
DOOR = Condition(DeviceState.USER_ERROR, "door_open", {"door front": "open", "door back": "closed"})
BATTERY = Condition(DeviceState.ONLINE, "on_battery", {"mains": "lost"})


class Pages:
    """The alarms told, with their times; a journal only as far as they need one."""

    def __init__(self) -> None:
        self.told: list[tuple[float, str, str, bool]] = []
        self.open: dict[str, Entry] = {}
        self.full = False

    def ready(self) -> None:
        if self.full:
            raise DiskFull

    def latest(self, kind: str, *, leaving_out: set[str]) -> list[Entry]:
        assert (kind, leaving_out) == ("alarm", {"cleared"})
        return list(self.open.values())

    def append(self, reference: str, _: str, state: str, __: Any, *, reports: Any) -> None:
        [(stream, body)] = reports
        assert isinstance(body, Alarm)
        assert (stream, reference) == ("audit", f"{body.component} {body.code}")
        assert body.raised is (state == "raised")
        now = round(asyncio.get_running_loop().time(), 3)
        self.told.append((now, body.component, body.code, body.raised))


class Part:
    role = "receipt_printer"
    capabilities = frozenset[str]()

    def __init__(self, condition: Condition) -> None:
        self.condition = condition

    def watch(self, _: object) -> None: ...

    async def run(self) -> None: ...


def told(tell: Callable[[Alarms, Pages], Awaitable[None]], first: Condition = ONLINE, **open_before: str) -> Pages:
    """What was told while ``tell`` went on, on a machine that booted with the printer in ``first``."""
    pages = Pages()

    async def main() -> None:
        for code in open_before.values():
            pages.open[code] = Entry(1, None, f"receipt_printer {code}", "alarm", "raised")  # type: ignore[arg-type]
        desk = Alarms(pages)  # type: ignore[arg-type] # as much of a journal as it uses
        life = asyncio.create_task(desk.run([Part(first)]))
        await asyncio.sleep(0)
        await tell(desk, pages)
        life.cancel()
        with suppress(asyncio.CancelledError):
            await life

    run(main())
    return pages


def becomes(*story: tuple[float, Condition], until: float) -> Callable[[Alarms, Pages], Awaitable[None]]:
    """At each second the printer becomes so."""

    async def tell(desk: Alarms, _: Pages) -> None:
        now = asyncio.get_running_loop().time
        for at, condition in story:
            await asyncio.sleep(at - now())
            desk.changed("receipt_printer", condition)
        await asyncio.sleep(until - now())

    return tell


def codes(pages: Pages) -> list[tuple[str, bool]]:
    return [(code, raised) for _, _, code, raised in pages.told]


def test_a_plug_that_is_put_back_within_a_minute_is_no_alarm() -> None:
    pages = told(becomes((200, OFFLINE), (200 + AWAY - 1, ONLINE), until=1000))
    assert pages.told == []


def test_a_device_that_stays_away_is_one_alarm_and_one_all_clear() -> None:
    pages = told(becomes((200, OFFLINE), (500, ONLINE), until=1000))
    assert pages.told == [
        (200 + AWAY, "receipt_printer", "offline", True),
        (500, "receipt_printer", "offline", False),
    ]


def test_three_strikes_are_an_alarm_at_the_third_and_steadiness_clears_it() -> None:
    flaps = [(200 + 10 * n, OFFLINE if n % 2 == 0 else ONLINE) for n in range(6)]
    pages = told(becomes(*flaps, until=1000))
    assert pages.told == [
        (240, "receipt_printer", "offline", True),
        (250 + STEADY, "receipt_printer", "offline", False),
    ]


def test_a_device_that_goes_on_flapping_is_told_once() -> None:
    flaps = [(200 + 10 * n, OFFLINE if n % 2 == 0 else ONLINE) for n in range(60)]
    assert codes(told(becomes(*flaps, until=790))) == [("offline", True)]


def test_failures_with_a_steady_while_between_are_no_strikes() -> None:
    fails = [(200 + n * (STEADY + 20), OFFLINE) for n in range(5)]
    comes = [(at + 10, ONLINE) for at, _ in fails]
    pages = told(becomes(*sorted([*fails, *comes], key=lambda one: one[0]), until=2000))
    assert pages.told == []


def test_booting_is_no_failure_but_what_is_still_away_afterwards_is() -> None:
    flaps: list[tuple[float, Condition]] = [(10 + 10 * n, OFFLINE if n % 2 == 0 else ONLINE) for n in range(7)]
    assert codes(told(becomes(*flaps, until=GRACE - 1), Condition(DeviceState.STARTING))) == []
    flaps += [(90, ONLINE), (GRACE + 5, OFFLINE), (GRACE + 20, ONLINE)]
    assert codes(told(becomes(*flaps, until=400))) == []
    assert told(becomes((5, OFFLINE), until=200)).told == [(GRACE, "receipt_printer", "offline", True)]


def test_a_device_that_never_speaks_is_an_alarm_after_the_grace() -> None:
    pages = told(becomes(until=300), Condition(DeviceState.STARTING))
    assert pages.told == [(GRACE, "receipt_printer", "offline", True)]


@pytest.mark.parametrize("condition", [TAMPER, DOOR])
def test_a_blow_and_an_open_door_are_told_at_once_also_while_booting(condition: Condition) -> None:
    pages = told(becomes((1, condition), (7, ONLINE), until=300))
    assert pages.told == [
        (1, "receipt_printer", condition.reason, True),
        (7, "receipt_printer", condition.reason, False),
    ]


def test_a_door_that_opens_after_a_blow_is_told_too() -> None:
    both = Condition(DeviceState.FRAUD_ATTEMPT, "tamper", {"door front": "open"})
    assert codes(told(becomes((1, TAMPER), (2, both), until=100))) == [("tamper", True), ("door_open", True)]


def test_another_trouble_of_the_same_device_is_another_alarm() -> None:
    pages = told(becomes((200, OFFLINE), (300, OUT), (500, ONLINE), until=900))
    assert codes(pages) == [("offline", True), ("offline", False), ("paper_out", True), ("paper_out", False)]


def test_mains_that_fail_are_told_though_the_ups_serves() -> None:
    assert codes(told(becomes((200, BATTERY), (400, ONLINE), until=900))) == [
        ("on_battery", True),
        ("on_battery", False),
    ]


def test_what_was_raised_before_a_restart_is_cleared_once_the_device_says_so() -> None:
    pages = told(becomes((30, ONLINE), until=300), Condition(DeviceState.STARTING), first_open="paper_out")
    assert pages.told == [(30, "receipt_printer", "paper_out", False)]


def test_what_was_raised_before_a_restart_and_still_is_so_is_not_told_again() -> None:
    pages = told(becomes((30, OUT), until=600), Condition(DeviceState.STARTING), first_open="paper_out")
    assert pages.told == []


def test_a_full_disk_takes_no_alarm_and_it_is_tried_again() -> None:
    async def tell(desk: Alarms, pages: Pages) -> None:
        pages.full = True
        await becomes((200, OFFLINE), until=400)(desk, pages)
        assert pages.told == []
        pages.full = False
        await asyncio.sleep(31)
        assert codes(pages) == [("offline", True)]

    told(tell)


def test_busy_is_no_trouble() -> None:
    assert troubles(Condition(DeviceState.BUSY, "paying")) == {}


# --- the whole machine -----------------------------------------------------------------------------------------


def known(stand: Stand) -> set[tuple[str, str]]:
    """The alarms central has open."""
    with stand.engine.connect() as central:
        return {(row.component, row.code) for row in central.execute(sa.select(alarms))}


@story
async def test_a_terminal_that_stays_away_is_an_alarm_at_central_until_it_serves_again(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await asyncio.sleep(GRACE)
    await stand.card_terminal.unplug()
    await asyncio.sleep(AWAY - 10)
    assert known(stand) == set()
    await stand.until(lambda: known(stand) == {("card_terminal", "offline")}, within=60)
    await stand.card_terminal.plug_in()
    await stand.until(lambda: known(stand) == set(), within=90)


@story_from_the_dark
async def test_a_struck_cabinet_is_known_at_central_in_seconds_and_stays_so_over_a_restart(stand: Stand) -> None:
    stand.fitted = {"cabinet"}
    await stand.start()
    await stand.person.sees(Attract)
    stand.cabinet.hit()
    await stand.until(lambda: known(stand) == {("cabinet", "tamper")}, within=5)
    assert isinstance(stand.glass.view, Attract)  # it goes on serving
    await stand.stop()
    await stand.start()
    await stand.person.sees(Attract)
    await asyncio.sleep(300)
    assert known(stand) == {("cabinet", "tamper")}
    assert [e.state for e in stand.books_here.entries(kind="alarm")] == ["raised"]
    cabinet = next(device for device in stand.machine._devices.all() if device.role == "cabinet")
    await cabinet.forget_tamper()  # type: ignore[attr-defined] # it is one
    await stand.until(lambda: known(stand) == set(), within=10)
