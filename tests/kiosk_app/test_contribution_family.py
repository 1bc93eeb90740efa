"""Paying for somebody in the family: whose it is stands in the books, who paid on the slip, and nobody is mixed up."""

import asyncio

import pytest

from central.departments.samples import CHAN, HO, LIN, ZHANG, ZHAO
from kiosk_app.services.contribution import CHOOSE
from kiosk_app.views import (
    Back,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    EnterNumber,
    Menu,
    PlaceCard,
    Sorry,
    Typed,
    text,
)
from tests.kiosk_app.test_contribution import booked, pays
from tests.social import is_held, shows
from tests.stand import Stand, story


async def begins(stand: Stand, who: str = "zhang") -> PlaceCard:
    """The payer's card, and the way to the family."""
    await shows(stand, "contribution", who, ChooseOne)
    stand.person.touches(Chosen("family"))
    return await stand.person.sees(PlaceCard, "family.card.title")


async def types(stand: Stand, number: str) -> None:
    stand.person.touches(Chosen("other"))
    await stand.person.sees(EnterNumber, "family.number.title")
    stand.person.touches(Typed(number))


async def confirms(stand: Stand, name: str) -> ChooseOne:
    asked = await stand.person.sees(Consent, "family.confirm.title")
    assert asked.title == text("family.confirm.title", name=name)
    stand.person.touches(Chosen("pay"))
    return await stand.person.sees(ChooseOne)


async def chooses(stand: Stand, scheme: str = "resident_pension", grade: str = "360") -> None:
    stand.person.touches(Chosen(scheme))
    await stand.person.sees(ChooseOne, "contribution.grade.title")
    stand.person.touches(Chosen(grade))


def persons(stand: Stand) -> list[tuple[str, str]]:
    """For whom the department holds a contribution as paid, and by whom."""
    with stand.engine.connect() as central:
        return [tuple(row) for row in central.exec_driver_sql("SELECT person, payer FROM social_contribution")]


@story
async def test_a_daughter_pays_for_her_mother_by_number_and_both_stand_on_the_slip(stand: Stand) -> None:
    await begins(stand)
    await types(stand, LIN.id_number)
    schemes = await confirms(stand, "林**")
    assert schemes.title == text("contribution.family.title", name="林**")
    assert [(row.key, row.refused) for row in schemes.rows] == [("resident_pension", None), ("resident_medical", None)]
    await chooses(stand)
    await pays(stand)
    done = await stand.person.sees(Done, "contribution.done.title")
    assert done.facts[0] == text("contribution.done.insured", name="林**")
    assert booked(stand) == [("resident_pension", 2026, "360", 36_000)]
    assert persons(stand) == [("insured-lin", "insured-zhang")]
    [slip] = stand.slips()
    assert "缴费人 Payer" in slip
    assert "张**" in slip
    assert "参保人 Insured" in slip
    assert "林**" in slip
    assert LIN.id_number not in slip
    assert is_held(stand, "zhang")  # who paid has the proof again by their own card


@story
async def test_the_card_of_the_other_is_as_good_as_the_number(stand: Stand) -> None:
    await begins(stand)
    stand.id_card_reader.lift()
    await asyncio.sleep(2)
    stand.id_card_reader.lay("lin")
    await confirms(stand, "林**")


@story
async def test_ones_own_card_that_still_lies_there_is_not_called_unreadable(stand: Stand) -> None:
    await begins(stand)
    await asyncio.sleep(8)
    assert stand.glass.view == PlaceCard(
        title=text("family.card.title"), other=text("family.card.other"), seconds=60, steps=CHOOSE
    )
    await types(stand, LIN.id_number)
    await confirms(stand, "林**")


@story
async def test_who_is_not_meant_is_not_paid_for(stand: Stand) -> None:
    await begins(stand)
    await types(stand, HO.id_number)
    await stand.person.sees(Consent)
    stand.person.touches(Chosen("back"))
    own = await stand.person.sees(ChooseOne, "contribution.choose.none")
    assert own.rows[-1].key == "family"
    assert stand.books_here.entries() == []


@story
async def test_a_number_that_ends_in_x_is_typed_without_it(stand: Stand) -> None:
    await begins(stand)
    await types(stand, ZHAO.id_number[:17])
    schemes = await confirms(stand, "赵**")
    assert {row.refused for row in schemes.rows} == {text("contribution.refused.not_for_family")}


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (LIN.id_number[:-1] + str((int(LIN.id_number[-1]) + 1) % 10), "family.mistyped"),
        (LIN.id_number[:17], "family.mistyped"),
        (ZHANG.id_number, "family.yourself"),
    ],
)
@story
async def test_a_slip_of_the_finger_and_ones_own_number_are_said_and_asked_again(
    stand: Stand, number: str, problem: str
) -> None:
    await begins(stand)
    await types(stand, number)
    view = await stand.person.sees(EnterNumber)
    assert view.problem == text(problem)
    stand.person.touches(Typed(LIN.id_number))
    await confirms(stand, "林**")


@story
async def test_ones_own_card_laid_once_more_is_nobody_else(stand: Stand) -> None:
    await begins(stand)
    stand.id_card_reader.lift()
    await asyncio.sleep(2)
    stand.id_card_reader.lay("zhang")
    view = await stand.person.sees(EnterNumber)
    assert view.problem == text("family.yourself")


@story
async def test_a_number_that_nobody_insured_has_is_told_of_it_and_not_of_the_payer(stand: Stand) -> None:
    await begins(stand)
    await types(stand, "440703199001010017")
    view = await stand.person.sees(EnterNumber)
    while view.problem is None:
        await asyncio.sleep(1)
        view = await stand.person.sees(EnterNumber)
    assert view.problem == text("family.unknown")
    stand.person.touches(Typed(LIN.id_number))
    await confirms(stand, "林**")


@story
async def test_why_something_is_not_open_is_nobody_elses_business(stand: Stand) -> None:
    await begins(stand)
    await types(stand, CHAN.id_number)  # employed, and the employer pays
    schemes = await confirms(stand, "陈**")
    assert {row.refused for row in schemes.rows} == {text("contribution.refused.not_for_family")}
    assert "employed" not in str([view for _, view in stand.glass.seen[-2:]])


@story
async def test_what_was_paid_meanwhile_is_refused_and_the_money_goes_back(stand: Stand) -> None:
    await begins(stand)
    await types(stand, LIN.id_number)
    await confirms(stand, "林**")
    with stand.engine.begin() as central:
        central.exec_driver_sql(
            "INSERT INTO social_contribution (voucher, person, scheme, period, grade, amount, payer)"
            " VALUES ('S-counter', 'insured-lin', 'resident_pension', 2026, '360', 36000, '')"
        )
    await chooses(stand)
    await pays(stand)
    await stand.person.sees(Sorry)
    assert stand.states()[-1] == "reversed"
    assert stand.standing() == []
    assert persons(stand) == [("insured-lin", "")]


@story
async def test_back_leads_to_ones_own_and_to_the_menu(stand: Stand) -> None:
    await begins(stand)
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne, "contribution.choose.none")
    stand.person.touches(Back())
    await stand.person.sees(Menu)


@story
async def test_both_find_it_among_their_cases_and_the_payer_sees_for_whom(stand: Stand) -> None:
    await begins(stand)
    await types(stand, LIN.id_number)
    await confirms(stand, "林**")
    await chooses(stand)
    await pays(stand)
    await stand.person.sees(Done)

    def titles(number: str) -> list[str]:
        with stand.front.store.read() as central:
            return [case.title for case in stand.front.social.mine(central, number, stand.clock.now())]

    assert titles(ZHANG.id_number) == ["城乡居民养老保险（林**）"]
    assert titles(LIN.id_number) == ["城乡居民养老保险"]
