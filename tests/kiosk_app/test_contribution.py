"""Paying contributions: the grade that was shown is the grade that is paid, or the money goes back."""

import asyncio
from typing import Any

import msgspec
import pytest

from central.catalogue import SHIPPED_SOCIAL, read_section
from central.departments.social import SocialSecurity, faults
from kiosk_app.contract.catalogue import SocialRules
from kiosk_app.views import (
    Attract,
    Back,
    ChooseOne,
    Chosen,
    Done,
    Leave,
    Menu,
    Pay,
    PayCode,
    PayWay,
    PlaceCard,
    Sorry,
    text,
)
from tests.social import begins, is_held, shows
from tests.stand import Stand, story

RULES = read_section(SHIPPED_SOCIAL, faults, SocialRules)
BASE_60, BASE_100 = 95_500, 159_180
MONTH = 202611


def booked(stand: Stand) -> list[tuple[Any, ...]]:
    """What the department holds as paid: scheme, period, grade, amount."""
    with stand.engine.connect() as central:
        rows = central.exec_driver_sql("SELECT scheme, period, grade, amount FROM social_contribution").all()
    return [tuple(row) for row in rows]


def months(stand: Stand) -> int:
    """Months of pension that the sample citizen's record has."""
    with stand.engine.connect() as central:
        sql = "SELECT count(*) FROM social_month WHERE person = 'insured-zhao'"
        return int(central.exec_driver_sql(sql).scalar() or 0)


def office(stand: Stand) -> SocialSecurity:
    found = stand.front.social
    assert isinstance(found, SocialSecurity)
    return found


async def chooses(stand: Stand, grade: str = "60", scheme: str = "flexible_pension", who: str = "zhao") -> None:
    """Card, scheme, grade."""
    await shows(stand, "contribution", who, ChooseOne)
    stand.person.touches(Chosen(scheme))
    await stand.person.sees(ChooseOne, "contribution.grade.title")
    stand.person.touches(Chosen(grade))


async def pays(stand: Stand) -> None:
    """Bank card and PIN, as far as the terminal takes the money."""
    await stand.person.pays()


# --- as it should be -------------------------------------------------------------------------------------------


@story
async def test_a_flexibly_employed_citizen_pays_a_month_by_card(stand: Stand) -> None:
    person = stand.person
    before = months(stand)
    schemes = await shows(stand, "contribution", "zhao", ChooseOne)
    assert schemes.title == text("contribution.choose.title", name="赵**")
    refused = {row.key: row.refused for row in schemes.rows}
    assert refused["flexible_pension"] is None
    assert refused["resident_pension"] == text("contribution.refused.not_joined")
    person.touches(Chosen("flexible_pension"))

    grades = await person.sees(ChooseOne, "contribution.grade.title")
    assert [row.key for row in grades.rows] == ["60", "80", "100", "200", "300"]
    assert {row.key: row.amount for row in grades.rows}["100"] == BASE_100
    person.touches(Chosen("100"))

    await person.sees(Pay, "pay.title.insert_card")
    stand.card_terminal.insert("sample")
    pay = await person.sees(Pay, "pay.title.enter_pin")
    assert pay.amount == BASE_100
    assert pay.purpose == text("contribution.pay.purpose", title="灵活就业养老保险", period="2026-11")
    stand.card_terminal.type_pin("123456")
    done = await person.sees(Done, "contribution.done.title")
    assert done.amount == BASE_100
    assert [fact.id for fact in done.facts] == [
        "contribution.done.what", "done.fact.reference", "contribution.done.reported"
    ]  # fmt: skip
    assert "card" in done.take
    await person.goes()

    assert stand.states() == ["intended", "requested", "approved", "fulfilled", "completed", "settled"]
    assert [booking.amount for booking in stand.standing()] == [BASE_100]
    assert stand.books().held == BASE_100
    assert booked(stand) == [("flexible_pension", MONTH, "100", BASE_100)]
    assert months(stand) == before + 1
    [slip] = stand.slips()
    assert "灵活就业养老保险" in slip
    assert "2026-11" in slip
    assert "赵样本" not in slip
    assert is_held(stand, "zhao")


@story
async def test_a_resident_pays_the_year_by_code(stand: Stand) -> None:
    await stand.codes_are_offered()
    await chooses(stand, "360", "resident_pension", "lin")
    await stand.person.sees(PayWay)
    stand.person.touches(Chosen("wechat"))
    shown = await stand.person.sees(PayCode, "pay.code.scan")
    assert shown.amount == 36_000
    stand.provider.pay(shown.code)
    done = await stand.person.sees(Done, "contribution.done.title")
    assert done.amount == 36_000
    assert stand.paid_by_code() == 36_000
    assert booked(stand) == [("resident_pension", 2026, "360", 36_000)]
    await stand.person.goes()
    assert stand.orders() == [("paid", "settled")]


@story
async def test_what_is_paid_is_shown_as_paid_at_the_next_visit(stand: Stand) -> None:
    await chooses(stand)
    await pays(stand)
    await stand.person.sees(Done)
    await stand.person.goes()
    await asyncio.sleep(2)
    schemes = await shows(stand, "contribution", "zhao", ChooseOne)
    assert schemes.title == text("contribution.choose.none", name="赵**")
    assert {row.key: row.refused for row in schemes.rows}["flexible_pension"] == text("contribution.refused.paid")
    stand.person.touches(Chosen("flexible_pension"))
    assert await stand.person.sees(ChooseOne) == schemes


@pytest.mark.parametrize(("who", "reason"), [("zhang", "employed"), ("li", "pensioner")])
@story
async def test_for_whom_somebody_else_pays_is_told_so(stand: Stand, who: str, reason: str) -> None:
    schemes = await shows(stand, "contribution", who, ChooseOne)
    assert schemes.title.id == "contribution.choose.none"
    *own, family = schemes.rows
    assert {row.refused for row in own} == {text(f"contribution.refused.{reason}")}
    assert (family.key, family.refused) == ("family", None)
    stand.person.touches(Back())
    await stand.person.sees(Menu)
    assert stand.books_here.entries() == []


@story
async def test_back_from_the_grades_is_the_schemes_and_from_there_the_menu(stand: Stand) -> None:
    first = await shows(stand, "contribution", "lin", ChooseOne)
    stand.person.touches(Chosen("resident_pension"))
    await stand.person.sees(ChooseOne, "contribution.grade.title")
    stand.person.touches(Back())
    assert await stand.person.sees(ChooseOne) == first
    stand.person.touches(Chosen("resident_medical"))
    grades = await stand.person.sees(ChooseOne, "contribution.grade.title")
    assert [row.amount for row in grades.rows] == [40_000]
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne)
    stand.person.touches(Back())
    await stand.person.sees(Menu)


@story
async def test_who_leaves_before_the_card_pays_nothing(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.sees(Pay, "pay.title.insert_card")
    stand.person.touches(Leave())
    await stand.person.sees(Attract)
    assert stand.states()[-1] in {"declined", "abandoned"}
    assert stand.standing() == []
    assert booked(stand) == []


# --- the price -------------------------------------------------------------------------------------------------


def dearer() -> SocialRules:
    replace = msgspec.structs.replace
    return replace(RULES, grades=[replace(grade, fen=grade.fen + 100) for grade in RULES.grades])


@story
async def test_a_new_price_needs_no_new_release(stand: Stand) -> None:
    stand.front.catalogue.publish(dearer())
    await chooses(stand)
    pay = await stand.person.sees(Pay, "pay.title.insert_card")
    assert pay.amount == BASE_60 + 100
    stand.card_terminal.insert("sample")
    await stand.person.types_pin()
    await stand.person.sees(Done)
    assert booked(stand) == [("flexible_pension", MONTH, "60", BASE_60 + 100)]


@story
async def test_a_price_that_is_published_while_somebody_begins_is_fetched_before_it_is_taken(stand: Stand) -> None:
    await begins(stand, "contribution")
    stand.front.catalogue.publish(dearer())
    stand.id_card_reader.lay("zhao")
    await stand.person.sees(ChooseOne, "contribution.choose.title")
    stand.person.touches(Chosen("flexible_pension"))
    await stand.person.sees(ChooseOne, "contribution.grade.title")
    stand.person.touches(Chosen("60"))
    pay = await stand.person.sees(Pay, "pay.title.insert_card")
    assert pay.amount == BASE_60 + 100


@story
async def test_a_price_that_is_not_the_catalogues_is_not_paid_and_operations_hear_of_it(stand: Stand) -> None:
    honest = office(stand).dues

    def dues(*asked: Any) -> Any:
        answer = honest(*asked)
        cheap = [
            msgspec.structs.replace(due, grades=[msgspec.structs.replace(g, fen=1) for g in due.grades])
            for due in answer.dues
        ]
        return msgspec.structs.replace(answer, dues=cheap)

    office(stand).dues = dues  # type: ignore[method-assign,assignment] # a department that errs
    await chooses(stand)
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "error.fee_differs"
    assert stand.standing() == []
    assert [entry.state for entry in stand.books_here.entries(kind="alarm") if "fee-differs" in entry.reference] == [
        "raised"
    ]


@story
async def test_a_price_that_changes_between_showing_and_paying_gives_the_money_back(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    stand.front.catalogue.publish(dearer())
    await stand.person.types_pin()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.trouble.reversed"
    assert sorry.detail == text("refused.amount-changed")
    assert stand.standing() == []
    assert booked(stand) == []


# --- the money -------------------------------------------------------------------------------------------------


@story
async def test_a_month_that_was_paid_elsewhere_meanwhile_is_refused_and_the_money_goes_back(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    with stand.engine.begin() as central:
        central.exec_driver_sql(
            "INSERT INTO social_contribution (voucher, person, scheme, period, grade, amount, payer)"
            " VALUES ('S-counter', 'insured-zhao', 'flexible_pension', 202611, '60', 1, '')"
        )
    await stand.person.types_pin()
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "pay.trouble.reversed"
    assert sorry.detail == text("refused.already-paid")
    assert stand.states()[-1] == "reversed"
    assert stand.standing() == []
    assert "已原路退回" in stand.slips()[0]
    assert stand.books().held == 0


@story
async def test_a_report_that_does_not_get_through_stands_and_is_accepted_later(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    stand.network.up = False
    await stand.person.types_pin()
    done = await stand.person.sees(Done, "contribution.done.title")
    assert done.facts[-1] == text("contribution.done.reported_later")
    assert "稍后自动报送社保" in stand.slips()[0]
    assert booked(stand) == []
    stand.network.up = True
    await stand.until(lambda: booked(stand) == [("flexible_pension", MONTH, "60", BASE_60)], within=600)
    await stand.person.goes()
    await stand.until(lambda: stand.states()[-1] == "settled", within=600)


@story
async def test_a_reply_that_is_lost_is_not_a_second_contribution(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    stand.network.lose_next = "/tx/batch"
    await stand.person.types_pin()
    await stand.person.sees(Done)
    await stand.person.goes()
    await stand.until(lambda: stand.states()[-1] == "settled", within=600)
    assert booked(stand) == [("flexible_pension", MONTH, "60", BASE_60)]
    assert stand.books().held == BASE_60


@story
async def test_an_office_that_falls_silent_after_the_payment_decides_when_it_is_back(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    office(stand).available = False
    await stand.person.types_pin()
    await stand.person.sees(Done, "contribution.done.title")
    office(stand).available = True
    await stand.until(lambda: booked(stand) != [], within=900)


@story
async def test_a_power_cut_after_the_approval_is_settled_before_anybody_is_greeted(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    stand.cut_power_at("approved")
    await stand.person.types_pin()
    await stand.dark()
    stand.card_terminal.remove_card()
    await stand.start()
    await stand.person.sees(Attract, within=300)
    await stand.until(lambda: stand.states()[-1] in {"reversed", "settled"}, within=600)
    paid = sum(amount for *_, amount in booked(stand))
    assert sum(booking.amount for booking in stand.standing()) == paid == stand.books().held


@story
async def test_a_power_cut_after_the_report_leaves_a_contribution_that_counts(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    stand.cut_power_at("fulfilled")
    await stand.person.types_pin()
    await stand.dark()
    stand.card_terminal.remove_card()
    await stand.start()
    await stand.until(lambda: stand.states()[-1] in {"reversed", "settled"}, within=900)
    paid = sum(amount for *_, amount in booked(stand))
    await stand.until(lambda: sum(booking.amount for booking in stand.standing()) == paid, within=600)
    assert stand.books().held == paid


@story
async def test_a_card_that_is_declined_leaves_the_choice_of_another(stand: Stand) -> None:
    await chooses(stand)
    await stand.person.inserts_card()
    await stand.person.types_pin("000000")
    sorry = await stand.person.sees(Sorry)
    assert sorry.detail == text("pay.nothing_taken")
    assert booked(stand) == []


@story
async def test_without_paper_the_reference_stays_on_the_screen(stand: Stand) -> None:
    stand.receipt_printer.paper_out_next()
    await chooses(stand)
    await pays(stand)
    done = await stand.person.sees(Done)
    assert done.title == text("done.title.paid_no_receipt")
    assert [warning.id for warning in done.warnings] == ["done.warning.receipt_failed"]


# --- before the money ------------------------------------------------------------------------------------------


@story
async def test_central_gone_before_the_look_up_takes_nothing(stand: Stand) -> None:
    await begins(stand, "contribution")
    stand.network.up = False
    stand.id_card_reader.lay("zhao")
    sorry = await stand.person.sees(Sorry)
    assert sorry.detail == text("pay.nothing_taken")
    stand.person.touches(Chosen("back"))
    await stand.person.sees(Menu)
    assert stand.books_here.entries() == []


@story
async def test_a_machine_that_cannot_be_paid_at_closes_contributions_and_not_the_record(stand: Stand) -> None:
    await stand.card_terminal.unplug()
    await stand.until(stand.machine.till.why_closed)
    menu = await stand.person.comes()
    closed = {item.key: item.closed for item in menu.items}
    assert closed["contribution"] == text("menu.closed.card_terminal")
    assert closed["rights_record"] is None


@story
async def test_nothing_of_the_person_is_in_what_central_keeps_as_events(stand: Stand) -> None:
    await chooses(stand)
    await pays(stand)
    await stand.person.sees(Done)
    await stand.person.goes()
    with stand.engine.connect() as central:
        events = "".join(raw.decode() for raw in central.exec_driver_sql("SELECT raw FROM event").scalars())
    assert "contribution.paid" in events
    assert "34052419800101001X" not in events
    assert "赵样本" not in events


@story
async def test_the_card_of_another_visit_pays_for_nobody_else(stand: Stand) -> None:
    await chooses(stand)
    await pays(stand)
    await stand.person.sees(Done)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("contribution"))
    place = await stand.person.sees(PlaceCard)
    assert place.problem is None
    await stand.until(lambda: getattr(stand.glass.view, "problem", None) is not None)  # lift it first
