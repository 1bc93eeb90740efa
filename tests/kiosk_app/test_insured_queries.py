"""What is only read: pension payments, the medical account, unemployment and injury."""

import pytest

from central.departments.social import MedicalInsurance, SocialSecurity
from kiosk_app.views import Attract, Back, Chosen, Leave, Menu, Sorry, Table, text
from tests.social import begins, shows
from tests.stand import Stand, story


@story
async def test_a_pensioner_reads_what_was_paid_and_until_when_all_is_good(stand: Stand) -> None:
    page = await shows(stand, "pension_payments", "li", Table)
    assert page.title == text("pensions.title", name="李**")
    assert page.rows[0].cells == ("2026-11", "2585.50", "1824.00", "641.50", "120.00")
    assert [fact.id for fact in page.facts] == ["pensions.bank", "living.until"]
    stand.person.touches(Back())
    await stand.person.sees(Menu)


@story
async def test_who_has_no_pension_reads_that(stand: Stand) -> None:
    page = await shows(stand, "pension_payments", "zhang", Table)
    assert (page.rows, page.empty, page.facts) == ((), text("pensions.none"), ())


@story
async def test_the_medical_account_shows_its_balance_and_its_movements(stand: Stand) -> None:
    page = await shows(stand, "medical_account", "zhang", Table)
    assert page.facts[0].id == "medical.balance"
    newest = page.rows[0].cells
    assert newest[-1] == dict(page.facts[0].args)["money"]
    kinds = {cell.id for row in page.rows if not isinstance(cell := row.cells[1], str)}
    assert kinds == {f"medical.kind.{kind}" for kind in ("paid_in", "pharmacy", "clinic", "hospital")}


@story
async def test_the_medical_office_may_be_silent_while_the_record_is_read(stand: Stand) -> None:
    medical = stand.front.medical
    assert isinstance(medical, MedicalInsurance)
    medical.available = False
    await shows(stand, "medical_account", "zhang", Sorry)
    stand.person.touches(Chosen("back"))
    await stand.person.sees(Menu)
    stand.id_card_reader.lift()
    stand.person.touches(Chosen("rights_record"))
    stand.chip_card_reader.insert("zhang")
    await stand.person.sees(Table, "rights.title")


@story
async def test_who_has_no_medical_account_is_told_so(stand: Stand) -> None:
    sorry = await shows(stand, "medical_account", "lin", Sorry)
    assert sorry.title == text("refused.no-medical-account")


@story
async def test_unemployment_and_injury_are_two_pages(stand: Stand) -> None:
    page = await shows(stand, "social_state", "chan", Table)
    assert (page.tab, page.rows[0].cells) == ("unemployment", ("2026-09", "6", "4", "1710.00"))
    stand.person.touches(Chosen("injury"))
    injury = await stand.person.sees(Table)
    assert injury.rows[0].cells[2:] == (text("benefits.state.recognised"), text("benefits.no_grade"))
    stand.person.touches(Chosen("unemployment"))
    assert await stand.person.sees(Table) == page


@pytest.mark.parametrize("service", ["pension_payments", "medical_account", "social_state"])
@story
async def test_a_page_has_no_key_that_nobody_hears(stand: Stand, service: str) -> None:
    page = await shows(stand, service, "zhang", Table)
    stand.person.touches(Chosen("no such key"))
    assert await stand.person.sees(Table) == page


@pytest.mark.parametrize("service", ["pension_payments", "medical_account", "social_state"])
@story
async def test_central_gone_before_the_look_up_is_said_and_one_touch_asks_again(stand: Stand, service: str) -> None:
    await begins(stand, service)
    stand.network.up = False
    stand.id_card_reader.lay("zhang")
    sorry = await stand.person.sees(Sorry)
    assert sorry.detail == text("look_up.nothing_done")
    stand.network.up = True
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Table)


@story
async def test_a_silent_department_is_said_of_benefits_and_of_pensions(stand: Stand) -> None:
    social = stand.front.social
    assert isinstance(social, SocialSecurity)
    social.available = False
    for service in ("social_state", "pension_payments"):
        await shows(stand, service, "zhang", Sorry)
        stand.person.touches(Leave())
        stand.id_card_reader.lift()
        await stand.until(lambda: isinstance(stand.glass.view, Attract))
