"""Numbers for people and for questions: never twice, whatever the clock says and whatever the store does."""

import asyncio
import re
from datetime import timedelta

import pytest

from kiosk_app.services.steps.counter import number_now, request_now
from kiosk_app.views import Chosen, Done, Menu, PlaceCard
from tests.kiosk_app.test_hall import begins, books, numbers
from tests.social import shows
from tests.stand import Stand, story


def stop_clock(stand: Stand) -> None:
    """It is this second for ever."""
    now = stand.clock.now()
    stand.clock.now = lambda: now  # type: ignore[method-assign] # as an RTC that stands


@story
async def test_two_requests_of_one_second_are_two(stand: Stand) -> None:
    await begins(stand, "appointment")
    stop_clock(stand)
    await books(stand)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("appointment"))
    await books(stand)
    assert len(numbers(stand)) == 2
    asked = [entry.reference for entry in stand.books_here.entries(kind="request")]
    assert len(set(asked)) == 2
    assert all(re.fullmatch(r"\d{20}", number) for number in asked)  # as people read them (decision 0007)


@story
async def test_two_certificates_of_one_second_are_two(stand: Stand) -> None:
    stop_clock(stand)
    await shows(stand, "insured_certificate", "zhang", Done)
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    stand.person.touches(Chosen("insured_certificate"))
    await stand.person.sees(PlaceCard)
    stand.id_card_reader.lift()
    await asyncio.sleep(2)
    stand.id_card_reader.lay("li")
    await stand.person.sees(Done, "certificate.done.printed")  # and not: this request was for another person
    with stand.engine.connect() as central:
        rows = central.exec_driver_sql("SELECT request, number FROM certificate").all()
    assert len({row.request for row in rows}) == len({row.number for row in rows}) == 2


@story
async def test_a_clock_that_is_set_back_gives_no_number_again(stand: Stand) -> None:
    desk = stand.machine.desk
    first = request_now(desk, "sample")
    stand.shift_clock(timedelta(seconds=-1))
    numbers = [request_now(desk, "sample") for _ in range(3)]
    assert len({first, *numbers}) == 4
    assert [entry.reference for entry in stand.books_here.entries(kind="request")] == [first, *numbers]


@story
async def test_a_number_of_a_question_is_used_up_before_it_is_asked(stand: Stand) -> None:
    desk = stand.machine.desk
    stop_clock(stand)
    one = request_now(desk, "sample")
    await stand.power_cut()
    await stand.start()
    assert request_now(stand.machine.desk, "sample") != one


@pytest.mark.parametrize("trouble", ["kill_store", "fill_disk"])
@story
async def test_a_store_in_trouble_is_no_reason_to_ask_under_one_number_twice(stand: Stand, trouble: str) -> None:
    desk = stand.machine.desk
    stop_clock(stand)
    getattr(stand, trouble)()
    asked = [request_now(desk, "sample") for _ in range(20)]
    assert len(set(asked)) == 20
    assert len(number_now(desk)) == 20  # who is sent to a counter gets a number all the same


@story
async def test_a_slip_and_a_payment_of_one_second_have_two_numbers(stand: Stand) -> None:
    stop_clock(stand)
    await stand.person.pays_a_fine()
    paid = stand.books_here.entries(kind="payment")[-1].reference
    assert number_now(stand.machine.desk) != paid
