"""A document that is ahead of a release in a part: that part is closed with a reason, the rest is in use."""

from typing import Any

import msgspec
import pytest

from kiosk_app import health
from kiosk_app.contract.catalogue import SECTIONS, Catalogue, read_document
from kiosk_app.contract.services import Offers
from kiosk_app.devices import Condition, DeviceState
from kiosk_app.offered import offered, unreadable
from kiosk_app.views import text
from tests.central.exit_fleet import hall
from tests.offers import offers, parking


def document(**changes: Any) -> bytes:
    """What central publishes, with something of a later release in it."""
    town = hall()
    town.fleet.front.catalogue.publish(offers(parking()))
    with town.fleet.front.store.read() as connection:
        whole = msgspec.to_builtins(town.fleet.front.catalogue.current(connection))
    for section, field in changes.items():
        whole[section] = {**whole.get(section, {}), **field} if isinstance(field, dict) else field
    return msgspec.json.encode(whole)


AHEAD: dict[str, Any] = {
    "exit_entry": {"fees": "see elsewhere"},
    "social": {"loss_days": "some"},
    "guide": {"families": []},
    "offers": {"services": {}},
    "house": {"closings": [{"every": "moon"}]},
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_cannot_be_read_is_left_out_and_named_and_the_others_are_read(section: str) -> None:
    whole, part = read_document(document()), read_document(document(**{section: AHEAD[section]}))
    assert whole.unread == []
    assert part.unread == [section]
    assert (part.version, part.purpose) == (whole.version, whole.purpose)
    for other in SECTIONS.keys() - {section}:
        assert getattr(part, other) == getattr(whole, other) is not None
    assert section in unreadable(part, offered(part))


@pytest.mark.parametrize(("section", "key"), [("exit_entry", "endorsement"), ("social", "contribution")])
def test_what_goes_by_it_is_closed_and_nothing_else(section: str, key: str) -> None:
    roles = {role for service in health.SERVICES for role in service.roles}
    well = dict.fromkeys(roles, Condition(DeviceState.ONLINE))
    closed = {item.key: item.closed for item in health.menu(health.Parts(well, unread=frozenset({section})))}
    assert {name for name, why in closed.items() if why} == {key}
    assert closed[key] == text("menu.closed.release")


def test_rules_of_exit_entry_that_cannot_be_read_sell_nothing() -> None:
    read = read_document(document(exit_entry=AHEAD["exit_entry"]))
    assert (read.exit_entry.options, read.exit_entry.fees, read.exit_entry.ways) == ([], [], [])


def test_a_section_of_the_future_is_no_section_that_cannot_be_read() -> None:
    assert read_document(document(weather={"x": 1})).unread == []


def test_who_writes_that_nothing_can_be_read_is_not_believed() -> None:
    assert read_document(document(unread=["social"])).unread == []
    assert read_document(document(unread="everything")).unread == []


@pytest.mark.parametrize("document", [b"[]", b"{}", b"nonsense", b'{"purpose":"x","version":1}', b"\xff"])
def test_what_is_no_document_is_refused_as_a_whole(document: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_document(document)


def test_a_release_that_knows_no_services_reads_a_document_that_has_some() -> None:
    class Before(msgspec.Struct):
        """The catalogue as the release before knew it."""

        purpose: str
        version: int
        exit_entry: dict[str, Any]

    assert msgspec.json.decode(document(), type=Before).version == read_document(document()).version


def test_a_document_without_the_new_sections_offers_nothing_and_closes_nothing() -> None:
    old = msgspec.structs.replace(read_document(document()), offers=None, house=None)
    assert isinstance(old, Catalogue)
    assert offered(old).rows() == ()
    assert offered(msgspec.structs.replace(old, offers=Offers(services=[]))).rows() == ()
