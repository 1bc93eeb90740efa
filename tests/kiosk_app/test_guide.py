"""The service guide: signed data, found by family or by the keys of a telephone, and it works without a network."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from central.catalogue import SHIPPED_GUIDE, CatalogueFault, read_section
from central.departments.guide import faults
from kiosk_app import health
from kiosk_app.contract.guide import Guide, OpeningRule
from kiosk_app.services.guide import keyed, matches
from kiosk_app.views import Back, ChooseOne, Chosen, EnterNumber, Menu, Sorry, Table, Text, Typed, text
from tests.stand import Stand, story, story_from_the_dark


def shipped() -> Guide:
    return read_section(SHIPPED_GUIDE, faults, Guide)


async def begins(stand: Stand) -> ChooseOne:
    await stand.until(lambda: stand.machine.parts().guide)
    await stand.person.comes()
    stand.person.touches(Chosen("guide"))
    return await stand.person.sees(ChooseOne, "guide.title")


async def reads(stand: Stand, family: str, entry: str) -> Table:
    stand.person.touches(Chosen(family))
    await stand.person.sees(ChooseOne)
    stand.person.touches(Chosen(entry))
    return await stand.person.sees(Table)


def said(page: Table, label: str) -> list[Text | str]:
    """What stands beside a label, with the rows below it that have none."""
    found, on = [], False
    for first, words in (row.cells for row in page.rows):
        on = first == text(f"guide.row.{label}") or (on and first == "")
        found += [words] if on else []
    return found


@story
async def test_one_finds_what_to_bring_and_what_it_costs_and_takes_it_along(stand: Stand) -> None:
    await begins(stand)
    page = await reads(stand, "border", "endorsement")
    assert page.title == text("plain.both", zh="往来港澳、台湾通行证签注", en="New endorsement on a travel permit")
    assert len(said(page, "bring")) == 3
    assert said(page, "here") == [text("guide.here.open")]
    assert said(page, "long") == [text("guide.takes", count=6)]
    [fee] = said(page, "fee")
    fees = stand.machine.desk.prices.between("exit_entry", stand.clock.now().date())
    assert fees is not None
    assert fee == text("guide.fee.span", low=f"{fees[0] / 100:.2f}", high=f"{fees[1] / 100:.2f}")
    stand.person.touches(Chosen("print"))
    printed = await stand.person.sees(Table)
    assert printed.facts == (text("guide.printed"),)
    [slip] = stand.slips()
    assert "往来港澳、台湾通行证签注" in slip
    assert f"{fees[0] / 100:.2f} - {fees[1] / 100:.2f}" in slip
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne)
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne, "guide.title")
    stand.person.touches(Back())
    await stand.person.sees(Menu)


@story
async def test_one_finds_it_by_the_keys_of_a_telephone(stand: Stand) -> None:
    await begins(stand)
    stand.person.touches(Chosen("search"))
    pad = await stand.person.sees(EnterNumber)
    assert pad.letters
    stand.person.touches(Typed("99999999"))
    again = await stand.person.sees(EnterNumber)
    assert again.problem == text("guide.search.none")
    stand.person.touches(Typed("725"))
    found = await stand.person.sees(ChooseOne)
    assert found.rows[0].key == "card"
    stand.person.touches(Chosen("card"))
    await stand.person.sees(Table)


@story
async def test_it_is_read_without_a_network_from_the_last_good_copy(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().guide)
    version = stand.machine.desk.prices.version
    await stand.stop()
    stand.network.up = False
    await stand.start()
    closed = await stand.person.sees(Sorry, "sorry.title.closed")
    assert closed.detail == text("menu.closed.central")
    stand.person.touches(Chosen("begin"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("guide"))
    await stand.person.sees(ChooseOne, "guide.title")
    stand.person.touches(Chosen("notices"))
    page = await stand.person.sees(Table)
    assert page.subtitle == text("guide.version", version=version, date="2026-11-23")
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne)
    page = await reads(stand, "social", "rights")
    assert said(page, "here") == [text("guide.here.closed", why=text("menu.closed.central"))]


@story
async def test_a_new_service_in_the_guide_needs_no_new_release(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().guide)
    old = shipped()
    new = msgspec.structs.replace(old.entries[-1], id="new", initials="xfw", family="road")
    before = stand.machine.desk.prices.version
    stand.front.catalogue.publish(msgspec.structs.replace(old, entries=[*old.entries, new]))
    stand.machine.reporting.changed()
    await stand.until(lambda: stand.machine.desk.prices.version > before, within=200)
    await stand.person.comes()
    stand.person.touches(Chosen("guide"))
    await stand.person.sees(ChooseOne, "guide.title")
    page = await reads(stand, "road", "new")
    assert said(page, "here") == [text("guide.here.counter")]
    assert len(said(page, "where")) == 1


@story
async def test_a_notice_is_shown_while_it_holds_and_not_after(stand: Stand) -> None:
    await begins(stand)
    stand.person.touches(Chosen("notices"))
    page = await stand.person.sees(Table)
    assert len(said(page, "notice")) == 2
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne)
    stand.shift_clock(timedelta(days=90))
    stand.person.touches(Chosen("notices"))
    assert len(said(await stand.person.sees(Table), "notice")) == 1


@story
async def test_a_printer_that_is_gone_leaves_the_page_to_read(stand: Stand) -> None:
    await stand.receipt_printer.unplug()
    await stand.until(lambda: stand.heartbeat().devices["receipt_printer"].state == "offline")
    await begins(stand)
    page = await reads(stand, "social", "card")
    assert page.actions == ()


@story_from_the_dark
async def test_without_any_copy_it_is_closed_before_the_citizen_begins(stand: Stand) -> None:
    stand.network.up = False
    await stand.start()
    closed = await stand.person.sees(Sorry, "sorry.title.closed", within=60)
    stand.person.touches(Chosen("begin"))
    menu = await stand.person.sees(Menu)
    assert closed.actions
    assert {item.key: item.closed for item in menu.items}["guide"] == text("menu.closed.catalogue")


def test_everything_on_the_menu_is_in_the_guide() -> None:
    told = {entry.service for entry in shipped().entries}
    assert {service.key for service in health.SERVICES if service.family != health.BESIDE} == told - {""}


def test_initials_are_found_on_the_keys_wherever_they_stand() -> None:
    guide = shipped()
    assert keyed("sbk") == "725"
    assert [entry.id for entry in matches(guide, keyed("cbzm"))] == ["certificate"]
    assert "certificate" in {entry.id for entry in matches(guide, keyed("zm"))}
    assert "certificate" in {entry.id for entry in matches(guide, keyed("coi"))}  # Certificate of insurance


@pytest.mark.parametrize(
    ("line", "wrong", "why"),
    [
        ('family = "road"', 'family = "roads"', "hours of roads, which is no family"),
        ('id = "fines"\nfamily = "road"', 'id = "fines"\nfamily = "roads"', "fines is of family roads"),
        ('forms = ["card_form"]', 'forms = ["no_form"]', "form no_form"),
        ('id = "fines"', 'id = "photo"', "photo is there 2 times"),
        ('opens = "09:00"', 'opens = "19:00"', "closes before it opens"),
        ("days = [1, 2, 3, 4, 5]", "days = [1, 3, 5]", "not in a row"),
        ('initials = "cbzm"', 'initials = "参保证明"', "initials"),
        ('service = "rights_record"\n', "", "rights is given nowhere"),
        ("minutes = 3", "minuets = 3", "minute"),
    ],
)
def test_a_guide_that_is_wrong_is_not_published(tmp_path: Path, line: str, wrong: str, why: str) -> None:
    written = SHIPPED_GUIDE.read_text("utf-8")
    assert line in written
    (tmp_path / "guide.toml").write_text(written.replace(line, wrong, 1), "utf-8")
    with pytest.raises(CatalogueFault, match=why):
        read_section(tmp_path / "guide.toml", faults, Guide)


def test_hours_of_a_family_that_is_not_there_are_not_published() -> None:
    guide = shipped()
    rule = OpeningRule(family="nobody", days=[1], opens="09:00", closes="10:00")
    assert list(faults(msgspec.structs.replace(guide, opening=[rule]))) == ["hours of nobody, which is no family"]
