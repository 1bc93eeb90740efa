"""What the machine serves from the conditions of its parts, as a table; and what it tells central of itself."""

import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from central.tables import presence
from kiosk_app import health
from kiosk_app.contract import Heartbeat
from kiosk_app.contract.catalogue import CatalogueReply
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.fitted import ROLES as ROLES_THERE_ARE
from kiosk_app.health import Parts, Service
from kiosk_app.views import Attract, text
from screens.words import LANGUAGES, catalogue
from tests.stand import Stand, story, story_from_the_dark

ROLES = ("id_card_reader", "card_terminal", "receipt_printer", "document_printer")
FINES = health.SERVICES[:1]
WELL = dict.fromkeys(ROLES, Condition(DeviceState.ONLINE))


def ill(role: str, state: DeviceState = DeviceState.OFFLINE) -> Parts:
    return Parts({**WELL, role: Condition(state)})


@pytest.mark.parametrize(
    ("parts", "closed", "notes", "state"),
    [
        (Parts(WELL), None, [], "open"),
        (Parts(WELL, till="menu.closed.till"), "menu.closed.till", [], "closed"),
        (Parts(WELL, central=False), "menu.closed.central", [], "closed"),
        (Parts(WELL, till="menu.closed.store", central=False), "menu.closed.store", [], "closed"),
        (ill("receipt_printer"), None, ["menu.note.no_receipt"], "limited"),
        (ill("id_card_reader", DeviceState.HARDWARE_ERROR), None, ["menu.note.no_id_reader"], "limited"),
        (ill("document_printer", DeviceState.STARTING), None, ["menu.note.no_document"], "limited"),
        (ill("receipt_printer", DeviceState.BUSY), None, [], "open"),
        (ill("card_terminal"), None, ["menu.note.no_card"], "limited"),  # one can pay by code
        (
            replace(ill("card_terminal"), till="menu.closed.card_terminal"),
            "menu.closed.card_terminal",
            [],
            "closed",
        ),
    ],
)
def test_it_serves_as_much_as_its_parts_allow(parts: Parts, closed: str | None, notes: list[str], state: str) -> None:
    [item] = health.menu(parts, FINES)
    assert (item.closed.id if item.closed else None) == closed
    assert [note.id for note in health.notes(parts, FINES)] == notes
    assert health.state(parts, FINES) == state


# --- services that say what they need --------------------------------------------------------------------------

PERMITS = Service(
    "permits", "border", pays=False, needs=(("permit_unit",), ("id_card_reader", "chip_card_reader")), wants=("camera",)
)


class Part:
    """A device that is as it is told."""

    capabilities = frozenset[str]()

    def __init__(self, role: str, state: DeviceState = DeviceState.ONLINE) -> None:
        self.role, self.condition = role, Condition(state)

    def watch(self, _: object) -> None: ...

    async def run(self) -> None: ...


@pytest.mark.parametrize(
    ("fitted", "ill", "why", "state"),
    [
        ("permit_unit id_card_reader chip_card_reader camera", "", None, "open"),
        ("permit_unit id_card_reader chip_card_reader camera", "chip_card_reader", None, "limited"),
        ("permit_unit chip_card_reader camera", "", None, "limited"),
        ("permit_unit id_card_reader chip_card_reader", "", None, "limited"),
        ("permit_unit id_card_reader chip_card_reader", "id_card_reader chip_card_reader", "id_card_reader", "closed"),
        ("permit_unit camera", "", "id_card_reader", "closed"),
        ("id_card_reader chip_card_reader camera", "", "permit_unit", "closed"),
        ("permit_unit id_card_reader chip_card_reader camera cabinet ups", "cabinet ups", None, "open"),
    ],
)  # fmt: skip
def test_a_service_is_open_while_one_of_each_group_it_needs_serves(
    fitted: str, ill: str, why: str | None, state: str
) -> None:
    bad = ill.split()
    parts = [Part(role, DeviceState.OFFLINE if role in bad else DeviceState.ONLINE) for role in fitted.split()]
    now = Parts(health.conditions_of(parts, [PERMITS]))
    closed = health.why_closed(PERMITS, now)
    assert (closed and dict(closed.args)["device"]) == (text(f"device.{why}") if why else None)
    assert health.state(now, [PERMITS]) == state


def test_a_device_the_machine_does_not_have_is_missing_only_if_a_service_asks_for_it() -> None:
    conditions = health.conditions_of([Part("id_card_reader")], [PERMITS])
    absent = {role for role, condition in conditions.items() if condition.state is DeviceState.NO_DEVICE}
    assert absent == {"permit_unit", "chip_card_reader", "camera"}
    assert "ups" not in conditions


def test_every_role_has_a_name_for_the_citizen() -> None:
    for language in LANGUAGES:
        assert {f"device.{role}" for role in ROLES_THERE_ARE} <= catalogue(language).keys()


def test_every_device_of_a_service_is_a_role_there_is() -> None:
    assert {role for service in health.SERVICES for role in service.roles} <= set(ROLES_THERE_ARE)


BORDER = {service.key: service for service in health.SERVICES if service.holds}
AT_THE_BORDER = (*ROLES, "permit_unit", "camera", "face_analyst")


@pytest.mark.parametrize(
    ("ill", "more", "endorsement", "progress", "notes"),
    [
        ("", {}, None, None, []),
        ("permit_unit", {}, "menu.closed.device", "menu.closed.device", []),
        ("receipt_printer", {}, "menu.closed.device", "menu.closed.device", []),  # a kept card is told of on paper
        ("camera", {}, None, None, ["menu.note.no_face"]),  # the identity card does it
        ("camera face_analyst", {}, None, None, ["menu.note.no_face"]),
        ("id_card_reader", {}, None, None, []),
        ("camera id_card_reader", {}, "menu.closed.device", None, []),
        ("face_analyst id_card_reader", {}, "menu.closed.device", None, []),
        ("card_terminal", {}, None, None, ["menu.note.no_card"]),
        ("", {"till": "menu.closed.till"}, "menu.closed.till", None, []),
        ("", {"custody": "menu.closed.permit_box"}, "menu.closed.permit_box", "menu.closed.permit_box", []),
        ("", {"catalogue": False}, "menu.closed.catalogue", None, []),
        ("", {"central": False}, "menu.closed.central", "menu.closed.central", []),
        ("", {"outage": "menu.closed.power"}, "menu.closed.power", "menu.closed.power", []),
    ],
)
def test_a_permit_is_taken_only_where_everything_can_be_brought_to_its_end(
    ill: str, more: dict[str, Any], endorsement: str | None, progress: str | None, notes: list[str]
) -> None:
    bad = dict.fromkeys(ill.split(), Condition(DeviceState.OFFLINE))
    parts = Parts(dict.fromkeys(AT_THE_BORDER, Condition(DeviceState.ONLINE)) | bad, **more)
    said = {key: health.why_closed(service, parts) for key, service in BORDER.items()}
    assert {key: why.id if why else None for key, why in said.items()} == {
        "endorsement": endorsement, "progress": progress,
    }  # fmt: skip
    assert [note.id for note in health.notes(parts, list(BORDER.values()))] == notes


@story_from_the_dark
async def test_an_endorsement_is_closed_until_the_fees_are_here(stand: Stand) -> None:
    answers = stand.front.catalogue.answer
    stand.front.catalogue.answer = lambda ask: CatalogueReply(version=ask.have)  # type: ignore[method-assign] # silent
    await stand.start()
    await stand.person.comes()
    assert stand.heartbeat().services["endorsement"] == "menu.closed.catalogue"
    stand.front.catalogue.answer = answers  # type: ignore[method-assign] # again itself
    await stand.until(lambda: stand.heartbeat().services["endorsement"] == "open", within=150)


@story
async def test_the_heartbeat_says_what_works_and_central_hears_it_within_seconds(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await asyncio.sleep(15)
    beat = stand.heartbeat()
    assert (beat.state, beat.screen, beat.issues) == ("open", "idle", [])
    served = (*health.SERVICES, *stand.machine.parts().offered)
    assert beat.services == dict.fromkeys((service.key for service in served), "open")
    assert {role: report.state for role, report in beat.devices.items()} == dict.fromkeys(
        (*ROLES, "permit_unit", "camera", "face_analyst", "chip_card_reader", "document_camera"), "online"
    )
    await stand.card_terminal.unplug()
    await stand.until(lambda: _known(stand) == "limited", within=15)
    await stand.card_terminal.plug_in()
    await stand.until(lambda: _known(stand) == "open", within=40)


def _known(stand: Stand) -> str:
    """The machine's state as central knows it."""
    with stand.engine.connect() as central:
        report = central.execute(sa.select(presence.c.report)).scalar_one()
    return msgspec.json.decode(report, type=Heartbeat).state


@story
async def test_since_tells_how_long_it_has_been_so(stand: Stand) -> None:
    await stand.person.sees(Attract)
    await asyncio.sleep(30)
    since = stand.heartbeat().since
    await asyncio.sleep(100)
    assert stand.heartbeat().since == since
    await stand.card_terminal.unplug()
    await stand.until(lambda: stand.heartbeat().state == "limited")  # a permit can still ask for its progress
    assert stand.heartbeat().since > since


@story
async def test_a_visit_is_told_to_central_but_not_who(stand: Stand) -> None:
    await stand.person.begins()
    await stand.person.shows_card()
    assert stand.heartbeat().screen == "visit"
