"""What is owed after a print that went wrong, and that nothing else is said: to the citizen, on paper, at central."""

import asyncio
from collections.abc import Callable

import pytest

from kiosk_app.contract.exit_entry import CaseState
from kiosk_app.devices import EndorsementPrint, EndorsementResult
from kiosk_app.views import ChooseOne, Chosen, Done, Leave, Sorry
from tests.kiosk_app.test_endorsement import trouble, while_printing
from tests.kiosk_app.test_progress import lost_in_the_middle
from tests.stand import Stand, story
from tests.traveller import MO_ONCE, Traveller, at_rest


@story
async def test_a_back_that_is_mended_after_the_money_went_back_is_no_purchase(stand: Stand) -> None:
    traveller = Traveller(stand, "zhang")
    await traveller.comes_to_pay(MO_ONCE)
    await traveller.pays()
    await while_printing(traveller)
    stand.permit_unit.break_head()
    await trouble(traveller)

    stand.permit_unit.mend_head()
    await traveller.inserts()
    done = await stand.person.sees(Done, "endorsement.mended.title")
    await traveller.takes()
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert [fact.id for fact in done.facts] == ["done.fact.reference"]
    assert "签注已打印在证件背面" in stand.slips()[-1]
    assert not any(word in stand.slips()[-1] for word in ("澳门", "合计", "15.00"))


@story
async def test_an_owed_print_that_fails_again_leaves_a_slip_with_the_claim(stand: Stand) -> None:
    traveller = Traveller(stand)
    await owed(traveller)
    stand.permit_unit.break_head()
    await traveller.inserts("progress")
    rows = (await stand.person.sees(ChooseOne, "progress.title")).rows
    stand.person.touches(Chosen(next(row.key for row in rows if row.refused is None)))
    await traveller.takes()
    await stand.person.sees(Sorry)
    assert "凭证件可在任一自助机免费补打" in stand.slips()[-1]
    stand.person.touches(Leave())
    stand.permit_unit.mend_head()
    await at_rest(traveller)
    assert (traveller.case(), len(stand.standing())) == (CaseState.PAID, 1)


async def owed(traveller: Traveller) -> None:
    """Something is paid, settled and not printed, and the card is with its citizen."""
    stand = traveller.stand
    await lost_in_the_middle(traveller)
    await stand.permit_unit.plug_in()
    await traveller.takes()
    stand.permit_unit.mend_head()
    await at_rest(traveller)
    assert traveller.case() is CaseState.PAID


@story
async def test_power_cut_before_the_print_whose_slip_says_where_the_money_is(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    stand.cut_power_at("printing", when="before")
    await traveller.pays()
    await stand.dark()
    await stand.start()
    await traveller.takes()
    await at_rest(traveller)
    await stand.until(lambda: any("缴费情况说明" in slip for slip in stand.slips()))
    assert (stand.standing(), traveller.case()) == ([], CaseState.GIVEN_BACK)
    assert "已原路退回" in stand.slips()[-1]
    assert "免费补打" not in stand.slips()[-1]


@story
async def test_power_cut_while_printing_whose_slip_says_that_it_is_on_the_card(stand: Stand) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    await traveller.pays()
    await while_printing(traveller)
    await stand.power_cut()
    await asyncio.sleep(90)
    await stand.start()
    await traveller.takes()
    await stand.until(lambda: any("缴费情况说明" in slip for slip in stand.slips()))
    await at_rest(traveller)
    assert "签注已打印在证件背面" in stand.slips()[-1]


@story
async def test_power_cut_and_a_unit_that_stays_silent_settle_the_money_and_the_slip_says_what_is_owed(
    stand: Stand,
) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    stand.cut_power_at("printing", when="after")
    await traveller.pays()
    await stand.dark()
    await stand.permit_unit.unplug()
    await stand.start()
    await stand.until(lambda: any("缴费情况说明" in slip for slip in stand.slips()), within=400)
    assert stand.states()[-1] == "settled"
    assert "凭证件可在任一自助机免费补打" in stand.slips()[-1]

    await stand.permit_unit.plug_in()  # nothing was printed: the claim stands wherever the card is put in
    await traveller.takes()
    await at_rest(traveller)
    assert (traveller.case(), len(stand.standing())) == (CaseState.PAID, 1)
    await traveller.inserts()
    await stand.person.sees(Done, "endorsement.owed.title")
    await traveller.takes()
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert (traveller.case(), len(stand.standing())) == (CaseState.PRINTED, 1)


@story
async def test_a_driver_that_fails_in_the_middle_of_a_print_gives_no_money_back_for_what_comes_out(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    traveller = Traveller(stand)
    await traveller.comes_to_pay()
    unit = stand.machine._devices.permit_unit._device  # type: ignore[union-attr] # behind its guard
    ordered = unit.print

    async def bug(job: EndorsementPrint, told: Callable[[int], None]) -> EndorsementResult:
        printing = asyncio.create_task(ordered(job, told))
        await asyncio.sleep(5)
        printing.cancel()
        raise ZeroDivisionError

    monkeypatch.setattr(unit, "print", bug)
    await traveller.pays()
    await stand.person.sees(Done)
    await traveller.takes()
    stand.person.touches(Leave())
    await at_rest(traveller)
    assert (traveller.case(), stand.states()[-1], len(stand.standing())) == (CaseState.PRINTED, "settled", 1)
    assert len(stand.permit_unit.body.jobs) == 1
