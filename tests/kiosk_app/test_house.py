"""Notices and opening rules as signed data: told before the citizen begins, in force without a restart."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from central.catalogue import CatalogueFault
from kiosk_app import health
from kiosk_app.contract.guide import Said
from kiosk_app.contract.house import BUILT_IN, Closing, Hours, House, Notice, Shut
from kiosk_app.services.steps.shown import both
from kiosk_app.views import Attract, Chosen, Done, Leave, Menu, Sorry, Text, text
from tests.offers import heard
from tests.stand import Stand, story

TODAY = datetime(2026, 11, 23)  # noqa: DTZ001 - China's clocks
WORDS = Said(zh="停电检修", en="Mains are repaired")


def notice(**changes: Any) -> Notice:
    given: dict[str, Any] = {"id": "mains", "text": WORDS, "since": TODAY.date()} | changes
    return Notice(**given)


async def rules(stand: Stand, **house: Any) -> None:
    await stand.until(lambda: stand.machine.parts().offered)
    await heard(stand, stand.front.catalogue.publish(House(**house)))


def closed(menu: Menu) -> dict[str, Text | None]:
    return {item.key: item.closed for item in menu.items}


# --- notices ---------------------------------------------------------------------------------------------------


@story
async def test_a_notice_stands_on_the_poster_and_on_the_menu_a_warning_first(stand: Stand) -> None:
    await rules(stand, notices=[notice(id="a"), notice(id="b", severity="warning")])
    poster = [view for _, view in stand.glass.seen if isinstance(view, Attract)][-1]
    assert poster.notices == (text("notice.info", said=both(WORDS)),)
    assert poster.warnings == (text("notice.warning", said=both(WORDS)),)
    menu = await stand.person.comes()
    assert menu.notes == poster.warnings


@story
async def test_a_notice_about_a_service_stands_where_it_is_chosen(stand: Stand) -> None:
    await rules(stand, notices=[notice(services=["record_copies"]), notice(id="b", services=["traffic_fines"])])
    menu = await stand.person.comes()
    said = text("notice.info", said=both(WORDS))
    assert menu.notes == (text("notice.of", title=text("menu.traffic_fines.title"), said=said),)
    stand.person.touches(Chosen("social"))
    family = await stand.person.sees(Menu)
    assert family.notes == (
        text("notice.of", title=both(Said(zh="档案材料复印", en="Copies from your file")), said=said),
    )


@story
async def test_a_notice_ends_by_the_clock_and_nobody_restarts_anything(stand: Stand) -> None:
    await rules(stand, notices=[notice(until=TODAY.date())])
    assert isinstance(stand.glass.view, Attract)
    assert stand.glass.view.notices
    stand.shift_clock(timedelta(days=1))
    await stand.until(lambda: isinstance(stand.glass.view, Attract) and not stand.glass.view.notices, within=60)


# --- hours -----------------------------------------------------------------------------------------------------


@story
async def test_a_service_out_of_its_hours_says_when_it_is_open_and_opens_by_the_clock(stand: Stand) -> None:
    weekdays = [1, 2, 3, 4, 5]
    await rules(
        stand, hours=[Hours(services=["contribution", "file_transfer"], days=weekdays, opens="10:00", closes="17:30")]
    )
    menu = await stand.person.comes()  # it is nine on a Monday
    assert closed(menu)["contribution"] == text("menu.closed.hours", opens="10:00", closes="17:30")
    assert closed(menu)["file_transfer"] == closed(menu)["contribution"]
    assert closed(menu)["traffic_fines"] is None
    assert stand.heartbeat().state == "open"  # a rule is no limit of the machine
    stand.shift_clock(timedelta(hours=1))
    await stand.until(lambda: closed(stand.glass.view)["contribution"] is None, within=60)  # type: ignore[arg-type]
    stand.shift_clock(timedelta(days=5))
    await stand.until(lambda: closed(stand.glass.view)["contribution"] == text("menu.closed.day"), within=60)  # type: ignore[arg-type]


@story
async def test_a_maintenance_of_the_whole_machine_closes_it_and_says_until_when(stand: Stand) -> None:
    closing = Closing(since=TODAY, until=TODAY + timedelta(hours=12), why=WORDS)
    await rules(stand, closings=[closing], notices=[notice(severity="warning")])
    sorry = stand.glass.view
    assert isinstance(sorry, Sorry)
    assert sorry.detail == text("menu.closed.until", why=both(WORDS), until="11-23 12:00")
    assert sorry.facts == (text("notice.warning", said=both(WORDS)),)
    assert sorry.actions == ()
    assert stand.heartbeat().state == "closed"
    stand.shift_clock(timedelta(hours=4))
    await stand.until(lambda: isinstance(stand.glass.view, Attract), within=60)


@story
async def test_whoever_is_being_served_is_not_sent_away_when_it_closes(stand: Stand) -> None:
    await stand.person.comes_to_pay()
    await stand.person.inserts_card()
    stand.front.catalogue.publish(House(closings=[Closing(since=TODAY, until=TODAY + timedelta(1), why=WORDS)]))
    stand.machine.reporting.changed()
    await stand.person.types_pin()
    await stand.person.sees(Done)
    stand.person.takes_everything()
    stand.person.touches(Leave())
    await stand.person.sees(Sorry, "sorry.title.closed")
    assert stand.states()[-1] == "settled"


@pytest.mark.parametrize(
    ("at", "shut"),
    [
        ("2026-11-23 08:59", Shut(opens="09:00", closes="12:00")),
        ("2026-11-23 09:00", None),
        ("2026-11-23 12:00", Shut(opens="14:00", closes="17:00")),
        ("2026-11-23 16:59", None),
        ("2026-11-23 17:00", Shut(opens="09:00", closes="12:00")),
        ("2026-11-28 10:00", Shut()),
    ],
)
def test_hours_count_their_first_minute_and_not_their_last(at: str, shut: Shut | None) -> None:
    days = [1, 2, 3, 4, 5]
    house = House(
        hours=[Hours(days=days, opens="14:00", closes="17:00"), Hours(days=days, opens="09:00", closes="12:00")]
    )
    assert house.shut("anything", datetime.fromisoformat(at)) == shut


def test_the_services_that_every_machine_has_are_those_of_the_menu() -> None:
    assert {service.key for service in health.SERVICES} == BUILT_IN


@pytest.mark.parametrize(
    ("house", "fault"),
    [
        (House(notices=[notice(services=["nothing"])]), "nothing is no service"),
        (House(notices=[notice(), notice()]), "notice mains is there twice"),
        (House(notices=[notice(until=TODAY.date() - timedelta(1))]), "notice mains ends before it begins"),
        (House(hours=[Hours(days=[1], opens="17:00", closes="09:00")]), "hours 17:00-09:00 end before they begin"),
        (House(hours=[Hours(days=[1], opens="09:00", closes="25:00")]), "end before they begin"),
        (House(closings=[Closing(since=TODAY, until=TODAY, why=WORDS)]), "ends before it begins"),
        (House(closings=[Closing(since=TODAY, until=TODAY + timedelta(400), why=WORDS)]), "longer than a year"),
    ],
)
@story
async def test_rules_that_mean_nothing_are_not_published(stand: Stand, house: House, fault: str) -> None:
    with pytest.raises(CatalogueFault, match=fault):
        stand.front.catalogue.publish(house)
