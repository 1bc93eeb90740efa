"""A service that is data: published, in the menu, answered, paid, printed, and nobody wrote code for it."""

import asyncio
from typing import Any

import msgspec
import pytest

from central.departments import requests
from central.departments.requests.tables import request as table
from kiosk_app.contract.services import Offers
from kiosk_app.services import as_data
from kiosk_app.views import (
    Attract,
    Back,
    ChooseOne,
    Chosen,
    Done,
    EnterNumber,
    Leave,
    Menu,
    Pay,
    PayCode,
    PayWay,
    PlaceCard,
    Sorry,
    Table,
    Typed,
    text,
)
from tests.offers import answers, begins, heard, offers, parking, published, shows_card
from tests.social import is_held
from tests.stand import Stand, story

PHONE = "13900005678"
CAR = ("small", "3", PHONE, "20261201")


def cases(stand: Stand) -> list[tuple[Any, ...]]:
    """What central holds: service, state, amount."""
    with stand.engine.connect() as central:
        rows = central.execute(table.select().order_by(table.c.n)).all()
    return [(row.service, row.state, row.amount) for row in rows]


def said(page: Table) -> dict[str, Any]:
    """What stands beside each label."""
    found: dict[Any, Any] = {}
    for label, words in (row.cells for row in page.rows):
        assert not isinstance(label, str)
        found[dict(label.args).get("zh") or label.id] = words
    return found


async def looks(stand: Stand) -> Table:
    """As far as the last look, with a car."""
    await published(stand, parking())
    await shows_card(stand, "parking_permit")
    return await answers(stand, *CAR)


async def comes_to_pay(stand: Stand) -> None:
    await looks(stand)
    stand.person.touches(Chosen("confirm"))


# --- as it should be -------------------------------------------------------------------------------------------


@story
async def test_a_new_service_published_as_data_is_in_the_menu_is_paid_and_its_papers_are_printed(stand: Stand) -> None:
    person = stand.person
    menu = await person.comes()
    assert "parking_permit" not in {item.key for item in menu.items}
    person.touches(Leave())
    await published(stand, parking())

    page = await begins(stand, "parking_permit")
    assert page.title == text("plain.both", zh="居民停车证", en="Parking permit")
    assert said(page)["as_data.row.bring"] == text("plain.both", zh="本人身份证", en="Your identity card")
    assert said(page)["as_data.row.fee"].id == "as_data.each"
    person.touches(Chosen("begin"))
    await person.sees(PlaceCard)
    stand.id_card_reader.lay("zhao")
    cars = await person.sees(ChooseOne)
    assert {row.key: row.amount for row in cars.rows} == {"small": 3000, "motorcycle": 0}
    person.touches(Chosen("small"))
    months = await person.sees(EnterNumber)
    assert months.lengths == (1, 2)
    person.touches(Typed("3"))
    phone = await person.sees(EnterNumber)
    assert phone.lengths == (11,)
    person.touches(Typed(PHONE))
    await person.sees(EnterNumber)
    person.touches(Typed("20261201"))
    last = await person.sees(Table)
    assert said(last)["手机号码"] == text("plain.both", zh=PHONE, en=PHONE)
    assert said(last)["as_data.row.fee"] == text("as_data.sum", amount=9000)
    person.touches(Chosen("confirm"))

    await person.sees(Pay, "pay.title.insert_card")
    stand.card_terminal.insert("sample")
    pay = await person.sees(Pay, "pay.title.enter_pin")
    assert pay.amount == 9000
    stand.card_terminal.type_pin("123456")
    done = await person.sees(Done, "as_data.done.paid")
    assert done.amount == 9000
    assert [fact.id for fact in done.facts] == [
        "as_data.done.what", "done.fact.reference", "as_data.done.number", "as_data.ready"
    ]  # fmt: skip
    assert set(done.papers) | set(done.take) >= {"document_printer", "receipt"}
    await person.goes()

    assert stand.states() == ["intended", "requested", "approved", "fulfilled", "completed", "settled"]
    assert [booking.amount for booking in stand.standing()] == [9000] == [stand.books().held]
    assert cases(stand) == [("parking_permit", "accepted", 9000)]
    [slip] = stand.slips()
    for words in (
        "居民停车证",
        "小型汽车，3 个月，从 2026 年 12 月 1 日 起",
        "90.00",
        "2 个工作日后到街道办事处窗口领取",
    ):
        assert words in slip.replace("\n", "")
    assert PHONE not in slip
    assert "139******78" in slip
    assert "赵样本" not in slip
    assert [paper for paper in stand.made_aside if paper.startswith(b"%PDF")]
    assert stand.papers_of("document")[-1] in {"printed", "sent"}
    assert is_held(stand, "zhao")


@story
async def test_a_free_one_is_taken_up_at_once_and_stands_among_my_cases(stand: Stand) -> None:
    await shows_card(stand, "file_transfer", "zhao")
    await answers(stand, "agency", "20270101")
    stand.person.touches(Chosen("confirm"))
    done = await stand.person.sees(Done, "as_data.done.handed_in")
    assert done.amount is None
    assert "document_printer" in done.papers
    assert done.warnings == (), "what came out is named once"
    assert [key for key, _ in done.actions] == ["again", "other"], "the page is out, and not offered again"
    number = dict(next(fact for fact in done.facts if fact.id == "as_data.done.number").args)["number"]
    assert number == "D261123000001"
    assert cases(stand) == [("file_transfer", "accepted", 0)]
    assert stand.books().held == 0
    assert number in stand.slips()[0]
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("my_cases"))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lift()
    await asyncio.sleep(1)
    stand.id_card_reader.lay("zhao")
    page = await stand.person.sees(Table, "my_cases.title")
    [row] = page.rows
    what = row.cells[0]
    assert not isinstance(what, str)
    assert dict(what.args)["what"] == text("cases.what.service")
    assert row.cells[1] == text("cases.state.accepted")


@story
async def test_what_is_asked_depends_on_what_was_answered_and_a_free_answer_costs_nothing(stand: Stand) -> None:
    await published(stand, parking())
    await shows_card(stand, "parking_permit")
    last = await answers(stand, "motorcycle", "12", "20261123")
    assert "手机号码" not in said(last)
    assert said(last)["as_data.row.fee"] == text("guide.fee.free")
    stand.person.touches(Chosen("confirm"))
    await stand.person.sees(Done, "as_data.done.handed_in")
    assert "Telephone" not in stand.slips()[0]  # the line of an answer that was not asked for is left out
    assert stand.books_here.entries(kind="payment") == []


@story
async def test_back_is_the_question_before_and_out_of_the_first_the_page_that_says_what_it_is(stand: Stand) -> None:
    await looks(stand)
    stand.person.touches(Back())
    await stand.person.sees(EnterNumber)  # the day
    stand.person.touches(Back())
    await stand.person.sees(EnterNumber)  # the telephone
    stand.person.touches(Back())
    await stand.person.sees(EnterNumber)  # the months
    stand.person.touches(Back())
    await stand.person.sees(ChooseOne)
    stand.person.touches(Back())
    page = await stand.person.sees(Table)
    assert page.actions[0][0] == "begin"
    stand.person.touches(Back())
    await stand.person.sees(Menu)
    assert cases(stand) == []


@story
async def test_by_code_it_is_paid_too(stand: Stand) -> None:
    await stand.codes_are_offered()
    await comes_to_pay(stand)
    await stand.person.sees(PayWay)
    stand.person.touches(Chosen("alipay"))
    shown = await stand.person.sees(PayCode, "pay.code.scan")
    stand.provider.pay(shown.code)
    await stand.person.sees(Done, "as_data.done.paid")
    assert stand.paid_by_code() == 9000
    assert cases(stand) == [("parking_permit", "accepted", 9000)]


@story
async def test_the_guide_has_it_without_anybody_writing_it_twice(stand: Stand) -> None:
    await published(stand, parking())
    await stand.person.comes()
    stand.person.touches(Chosen("guide"))
    await stand.person.sees(ChooseOne, "guide.title")
    stand.person.touches(Chosen("road"))
    await stand.person.sees(ChooseOne)
    stand.person.touches(Chosen("parking_permit"))
    page = await stand.person.sees(Table)
    rows = {label.id: words for label, words in (row.cells for row in page.rows) if not isinstance(label, str)}
    assert rows["guide.row.here"] == text("guide.here.open")
    assert rows["guide.row.fee"] == text("guide.fee.span", low="0.00", high="30.00")
    assert rows["guide.row.long"].id == "guide.takes_days"  # type: ignore[union-attr] # a sentence


# --- what may be answered --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        (("small",), "13"),
        (("small",), "0"),
        (("small", "3"), "23900005678"),
        (("small", "3", PHONE), "20261322"),
        (("small", "3", PHONE), "20261122"),
        (("small", "3", PHONE), "20270301"),
    ],
)
@story
async def test_what_may_not_be_answered_is_said_at_once(stand: Stand, before: tuple[str, ...], wrong: str) -> None:
    await published(stand, parking())
    await shows_card(stand, "parking_permit")
    for one in before:
        view: Any = await stand.person.sees(EnterNumber if one.isdigit() else ChooseOne)
        stand.person.touches(Typed(one) if one.isdigit() else Chosen(one))
    await stand.person.sees(EnterNumber)
    stand.person.touches(Typed(wrong))
    view = await stand.person.sees(EnterNumber)
    assert view.problem.id in {"question.wrong", "question.day.wrong"}


# --- the price -------------------------------------------------------------------------------------------------


def dearer() -> dict[str, Any]:
    fee = {"kind": "answer", "question": "car", "fen": {"small": 4000, "motorcycle": 0}, "times": "months"}
    return parking(fee=fee)


@story
async def test_a_price_that_changed_meanwhile_is_told_before_money_is_taken(stand: Stand) -> None:
    await looks(stand)
    stand.front.catalogue.publish(offers(dearer()))
    stand.person.touches(Chosen("confirm"))
    sorry = await stand.person.sees(Sorry)
    assert sorry.title.id == "as_data.changed"
    assert sorry.detail == text("pay.nothing_taken")
    assert stand.books_here.entries(kind="payment") == []
    assert cases(stand) == []
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Table)
    stand.person.touches(Chosen("begin"))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lift()
    await asyncio.sleep(1)
    stand.id_card_reader.lay("zhao")
    last = await answers(stand, *CAR)
    assert said(last)["as_data.row.fee"] == text("as_data.sum", amount=12_000)


@story
async def test_a_change_that_arrives_while_the_citizen_answers_is_told_too(stand: Stand) -> None:
    await looks(stand)
    await heard(stand, stand.front.catalogue.publish(offers(dearer())))
    stand.person.touches(Chosen("confirm"))
    assert (await stand.person.sees(Sorry)).title.id == "as_data.changed"
    assert stand.books_here.entries(kind="alarm") == []
    assert cases(stand) == []


@story
async def test_a_price_that_is_not_the_catalogues_is_not_paid_and_operations_hear_of_it(stand: Stand) -> None:
    honest = stand.front.requests.request

    def cheap(*asked: Any) -> Any:
        return msgspec.structs.replace(honest(*asked), amount=1)

    stand.front.requests.request = cheap  # type: ignore[method-assign,assignment] # a department that errs
    await comes_to_pay(stand)
    assert (await stand.person.sees(Sorry)).title.id == "error.fee_differs"
    assert stand.standing() == []
    assert any("fee-differs" in entry.reference for entry in stand.books_here.entries(kind="alarm"))


# --- faults ----------------------------------------------------------------------------------------------------


@story
async def test_a_service_that_is_withdrawn_while_somebody_pays_gives_the_money_back(stand: Stand) -> None:
    await comes_to_pay(stand)
    await stand.person.inserts_card()
    with stand.engine.begin() as central:
        central.execute(table.update().values(service="withdrawn"))
    await stand.person.types_pin()
    sorry = await stand.person.sees(Sorry)
    assert (sorry.title.id, sorry.detail) == ("pay.trouble.reversed", text("refused.unknown-service"))
    assert stand.standing() == []
    assert stand.books().held == 0
    assert "已原路退回" in stand.slips()[0]


@story
async def test_a_report_that_does_not_get_through_is_accepted_later_and_the_slip_says_so(stand: Stand) -> None:
    await comes_to_pay(stand)
    await stand.person.inserts_card()
    stand.network.up = False
    await stand.person.types_pin()
    done = await stand.person.sees(Done, "as_data.done.paid")
    assert text("as_data.done.later") in done.facts
    assert "稍后自动报送" in stand.slips()[0]
    stand.network.up = True
    await stand.until(lambda: cases(stand) == [("parking_permit", "accepted", 9000)], within=600)
    await stand.person.goes()
    await stand.until(lambda: stand.states()[-1] == "settled", within=600)


@story
async def test_an_answer_that_is_lost_does_not_hand_in_twice(stand: Stand) -> None:
    await shows_card(stand, "file_transfer")
    await answers(stand, "school", "20270101")
    stand.network.lose_next = "/services/request"
    stand.person.touches(Chosen("confirm"))
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("again"))
    await stand.person.sees(Done, "as_data.done.handed_in")
    assert cases(stand) == [("file_transfer", "accepted", 0)]


@story
async def test_who_gives_up_on_a_lost_answer_gets_a_slip_for_the_counter(stand: Stand) -> None:
    await shows_card(stand, "file_transfer")
    await answers(stand, "school", "20270101")
    stand.network.up = False
    stand.person.touches(Chosen("confirm"))
    await stand.person.sees(Sorry)
    stand.person.touches(Chosen("back"))
    sorry = await stand.person.sees(Sorry, "counter.title")
    assert sorry.detail == text("counter.unsent")


@story
async def test_the_number_of_a_request_that_was_given_up_is_used_up_whatever_the_clock_does(stand: Stand) -> None:
    await comes_to_pay(stand)
    await stand.person.sees(Pay)
    stand.person.touches(Leave())
    with stand.engine.connect() as central:
        [row] = central.execute(table.select())
    assert [entry.state for entry in stand.books_here.entries(reference=row.request)] == ["asked"]


@story
async def test_a_store_that_dies_when_it_is_handed_in_keeps_no_number_back(stand: Stand) -> None:
    await shows_card(stand, "file_transfer")
    await answers(stand, "school", "20270101")
    stand.books_here.before["accepted"] = stand.kill_store
    stand.person.touches(Chosen("confirm"))
    await stand.person.sees(Done, "as_data.done.handed_in")
    assert "D261123000001" in stand.slips()[0]


@story
async def test_a_page_that_cannot_be_made_takes_nothing_of_what_was_paid_with_it(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(*_: Any) -> bytes:
        raise ValueError

    monkeypatch.setattr(as_data, "request_sheet", spoilt)
    await comes_to_pay(stand)
    await stand.person.pays()
    done = await stand.person.sees(Done, "as_data.done.paid")
    assert text("done.warning.document_failed") in done.warnings
    assert stand.books().held == 9000


@story
async def test_the_page_that_does_not_come_out_leaves_a_request_that_is_valid(stand: Stand) -> None:
    await shows_card(stand, "file_transfer")
    await answers(stand, "school", "20270101")
    await stand.document_printer.unplug()
    stand.person.touches(Chosen("confirm"))
    done = await stand.person.sees(Done, "as_data.done.handed_in")
    assert text("done.warning.page_failed") in done.warnings


@story
async def test_what_lacks_closes_it_with_the_reason_before_anybody_begins(stand: Stand) -> None:
    await published(stand, parking())
    await stand.document_printer.unplug()
    await stand.until(lambda: not stand.machine.parts().serves("document_printer"))
    menu = await stand.person.comes()
    closed = {item.key: item.closed for item in menu.items}
    assert closed["parking_permit"] == text("menu.closed.device", device=text("device.document_printer"))
    assert closed["record_copies"] is None


@story
async def test_without_a_means_of_payment_what_costs_something_is_closed_and_what_is_free_is_not(stand: Stand) -> None:
    await stand.until(lambda: stand.machine.parts().offered)
    await stand.card_terminal.unplug()
    await stand.until(stand.machine.till.why_closed)
    menu = await stand.person.comes()
    closed = {item.key: item.closed for item in menu.items}
    assert closed["record_copies"] == text("menu.closed.card_terminal")
    assert closed["file_transfer"] is None


@story
async def test_without_central_it_is_closed_by_the_last_good_copy_of_what_it_is(stand: Stand) -> None:
    await published(stand, parking())
    await stand.stop()
    stand.network.up = False
    await stand.start()
    closed_ = await stand.person.sees(Sorry, "sorry.title.closed", within=300)
    assert closed_.actions[0] == ("begin", text("sorry.action.hall"))
    stand.person.touches(Chosen("begin"))
    menu = await stand.person.sees(Menu)
    closed = {item.key: item.closed for item in menu.items}
    assert closed["parking_permit"] == closed["file_transfer"] == text("menu.closed.central")


@story
async def test_a_service_of_a_later_release_is_closed_with_a_reason_and_the_rest_is_served(stand: Stand) -> None:
    row = parking(id="new_kind", questions=[{"kind": "fingerprint", "id": "x", "ask": {"zh": "指纹", "en": "Print"}}])
    version = stand.front.catalogue.publish(Offers(services=[*offers().services, row]))
    await heard(stand, version)
    menu = await stand.person.comes()
    closed = {item.key: item.closed for item in menu.items}
    assert closed["new_kind"] == text("menu.closed.release")
    assert closed["record_copies"] is None
    assert closed["traffic_fines"] is None
    assert [e.state for e in stand.books_here.entries(kind="alarm") if "unread" in e.reference] == ["raised"]


@story
async def test_a_family_of_a_later_release_and_what_this_one_serves_itself_leave_the_menu_whole(stand: Stand) -> None:
    rows = [parking(id="new_kind", family="health"), parking(id="complaint"), parking(id="complaint")]
    await heard(stand, stand.front.catalogue.publish(Offers(services=[*offers().services, *rows])))
    menu = await stand.person.comes()
    assert {item.family for item in menu.items} == {"social", "border", "road", "hall"}
    assert len({item.key for item in menu.items}) == len(menu.items)
    closed = {item.key: item.closed for item in menu.items}
    assert closed["new_kind"] == text("menu.closed.release")
    assert closed["complaint"] is None


@story
async def test_nothing_personal_stays(stand: Stand) -> None:
    await comes_to_pay(stand)
    await stand.person.pays()
    await stand.person.sees(Done)
    await stand.person.goes()
    await stand.person.sees(Attract) if not isinstance(stand.glass.view, Attract) else None
    with stand.engine.connect() as central:
        events = "".join(raw.decode() for raw in central.exec_driver_sql("SELECT raw FROM event").scalars())
    journal = repr([(entry.reference, entry.kind, dict(entry.body)) for entry in stand.books_here.entries()])
    assert "service.paid" in events
    for secret in (PHONE, "34052419800101001X", "赵样本"):
        assert secret not in events
        assert secret not in journal
        assert secret not in repr(stand.logs)


@story
async def test_who_does_it_sees_the_answers_and_afterwards_the_telephone_is_gone(stand: Stand) -> None:
    await comes_to_pay(stand)
    await stand.person.pays()
    await stand.person.sees(Done)
    store, number = stand.front.store, "D261123000001"
    assert f"phone: {PHONE}" in requests.take(store, number, "Wu")
    requests.finish(store, stand.clock, number, "Wu")
    assert cases(stand) == [("parking_permit", "done", 9000)]
    with stand.engine.connect() as central:
        [kept] = central.execute(table.select()).all()
    assert PHONE.encode() not in kept.answers
    assert b"2026-12-01" in kept.answers
