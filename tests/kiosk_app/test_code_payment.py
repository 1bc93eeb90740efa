"""Paying by code: scanned, not scanned, late, lost on the way, given back; in the end all the books agree."""

import asyncio
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from central.db import order as orders
from central.payments import reconcile
from kiosk_app.books import close_case, read_books
from kiosk_app.contract import Order
from kiosk_app.errors import ConfigError, TillClosed
from kiosk_app.money.amounts import Fen
from kiosk_app.views import Attract, Chosen, Done, IdleWarning, Leave, Marked, Menu, PayCode, PayWay, Sorry
from tests.stand import PARKING, Stand, story, story_from_the_dark

PAID = ["intended", "requested", "approved", "fulfilled", "completed", "settled"]
CHANNELS = ("wechat", "alipay")


async def _agree(stand: Stand) -> None:
    """Everything is over, and every fen at the terminal or the provider is at central."""
    await stand.until(lambda: stand.machine.till.open_payments == [], within=1200)
    await stand.until(lambda: stand.machine.waiting_reports() == 0, within=1800)
    money_in = sum(booking.amount for booking in stand.standing()) + stand.paid_by_code()
    assert money_in == stand.books().held
    assert stand.books().cases == []


async def _refused_by_department(stand: Stand, channel: str = "wechat") -> str:
    """Somebody pays the decision at a counter while the citizen scans; the code that was paid."""
    shown = await stand.person.comes_to_scan(channel, PARKING)
    stand.pay_at_counter()
    stand.provider.pay(shown.code)
    return shown.code


def _reference(stand: Stand) -> str:
    newest: str = stand.books_here.entries(kind="payment")[-1].reference
    return newest


# --- the happy path --------------------------------------------------------------------------------------------


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_fine_is_paid_with_a_telephone(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan(channel)
    assert shown.seconds > 115
    assert stand.provider.scan(shown.code).amount == shown.amount
    await asyncio.sleep(10)
    stand.provider.pay(shown.code)
    done = await stand.person.sees(Done)

    [trade] = stand.provider.trades()
    assert stand.states() == PAID
    assert done.paid_by is not None
    assert (done.paid_by.id, dict(done.paid_by.args)["transaction"]) == ("done.paid_by_code", trade.transaction)
    assert done.facts[-1].id == "done.fact.reported"
    [slip] = stand.slips()
    assert "扫码支付" in slip
    assert trade.transaction in "".join(slip.split())
    assert "授权码" not in slip
    await stand.person.goes()
    await _agree(stand)
    assert stand.orders() == [("paid", "settled")]
    assert stand.card_terminal.ledger.bookings == []


@story
async def test_who_can_choose_is_asked_and_a_card_goes_the_usual_way(stand: Stand) -> None:
    await stand.codes_are_offered()
    await stand.person.comes_to_pay()
    choice = await stand.person.sees(PayWay)
    assert choice.ways == ("card", *CHANNELS)
    stand.person.touches(Chosen("card"))
    await stand.person.pays()
    await stand.person.sees(Done)
    await _agree(stand)
    assert stand.provider.trades() == []


@story
async def test_with_one_means_open_nobody_is_asked(stand: Stand) -> None:
    await stand.codes_are_offered("alipay")
    await stand.card_terminal.unplug()
    await stand.until(lambda: stand.machine.till.why_closed("card"))
    menu = await stand.person.comes()
    assert "menu.note.no_card" in [note.id for note in menu.notes]
    stand.person.touches(Chosen("traffic_fines"))
    stand.person.touches(Marked((await stand.person.shows_card()).marked[:1]))
    shown = await stand.person.sees(PayCode, "pay.code.scan")
    assert not any(isinstance(view, PayWay) for _, view in stand.glass.seen)
    stand.provider.pay(shown.code)
    await stand.person.sees(Done)
    await _agree(stand)


@story
async def test_leaving_at_the_choice_writes_nothing(stand: Stand) -> None:
    await stand.codes_are_offered()
    await stand.person.comes_to_pay()
    await stand.person.sees(PayWay)
    stand.person.touches(Leave())
    await stand.person.sees(Attract)
    assert stand.books_here.entries(kind="payment") == []


@story
async def test_a_means_that_closed_while_the_citizen_chose_is_not_taken(stand: Stand) -> None:
    await stand.codes_are_offered()
    await stand.person.comes_to_pay()
    await stand.person.sees(PayWay)
    await stand.card_terminal.unplug()
    await stand.until(lambda: stand.machine.till.why_closed("card"))
    stand.person.touches(Chosen("card"))
    assert (await stand.person.sees(PayWay)).ways == CHANNELS


@story
async def test_nobody_is_thought_to_be_gone_while_a_code_can_be_paid(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    await asyncio.sleep(110)
    assert not any(isinstance(view, IdleWarning) for _, view in stand.glass.seen)
    stand.provider.pay(shown.code)
    await stand.person.sees(Done)


@story
async def test_settlement_does_not_close_the_code_that_is_being_shown(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    for _ in range(5):
        stand.machine.till.settlement.news()
        await asyncio.sleep(3)
    stand.provider.pay(shown.code)
    await stand.person.sees(Done)
    assert stand.states() == PAID


@story
async def test_a_second_charge_that_is_refused_does_not_give_the_first_ones_code_to_settlement(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.machine.till.paused = "menu.closed.day_end"
    with pytest.raises(TillClosed):
        async with stand.machine.till.charge(Fen(100), lambda *_: None, asyncio.Event()):
            pass
    stand.machine.till.paused = ""
    await asyncio.sleep(10)
    stand.provider.pay(shown.code)
    await stand.person.sees(Done)
    assert stand.states() == PAID


@story
async def test_a_code_is_paid_once_however_often_it_is_scanned(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.provider.scan(shown.code)
    stand.provider.pay(shown.code)
    with pytest.raises(ValueError, match="was paid"):
        stand.provider.pay(shown.code)
    await stand.person.sees(Done)
    await _agree(stand)


# --- no code ---------------------------------------------------------------------------------------------------


@story
async def test_a_lost_answer_to_create_gives_the_same_order_again(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.network.lose_next = "/orders/create"
    await stand.person.pays_a_fine_by_code()
    assert len(stand.provider.trades()) == 1
    await _agree(stand)


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_the_providers_lost_answer_to_create_gives_the_same_code_again(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(lose_answers=1)
    await stand.person.pays_a_fine_by_code(channel)
    assert len(stand.provider.trades()) == 1
    await _agree(stand)


@story
async def test_without_a_code_nothing_was_taken_and_a_card_can_pay_at_once(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(down=True)
    await stand.person.comes_to_pay()
    await stand.person.chooses("wechat")
    sorry = await stand.person.sees(Sorry, within=60)
    assert (sorry.title.id, sorry.detail.id) == ("pay.code.unavailable", "pay.nothing_taken")
    assert stand.states() == ["intended", "requested", "unknown"]
    first = _reference(stand)
    stand.person.touches(Chosen("again"))
    await stand.person.chooses("card")
    await stand.person.pays()
    await stand.person.sees(Done)
    await stand.person.goes()
    stand.provider.set_faults(down=False)
    await _agree(stand)
    assert stand.states(first) == ["intended", "requested", "unknown", "declined"]
    assert len(stand.slips()) == 1  # none for a code that nobody saw


@story
async def test_cancelled_before_the_code_is_there_ends_at_once_and_is_closed_behind_the_citizen(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(down=True)
    await stand.person.comes_to_pay()
    await stand.person.chooses("wechat")
    await stand.person.sees(PayCode)
    await asyncio.sleep(3)
    stand.id_card_reader.lift()
    stand.person.touches(Leave())
    await stand.person.sees(Attract, within=2)
    stand.provider.set_faults(down=False)
    await _agree(stand)
    assert stand.states() == ["intended", "requested", "unknown", "declined"]


@story
async def test_a_create_that_arrives_after_the_close_opens_nothing(stand: Stand) -> None:
    """The line was slow: central hears of the order's end before it hears of its beginning."""
    await stand.codes_are_offered()
    post, held = stand.network.post, []

    async def slow(path: str, body: bytes, *, deadline: float) -> bytes:
        if path == "/orders/create":
            held.append(body)
            raise reconcile_error()
        return await post(path, body, deadline=deadline)

    stand.network.post = slow  # type: ignore[method-assign]
    await stand.person.comes_to_pay()
    await stand.person.chooses("wechat")
    await stand.person.sees(Sorry, "pay.code.unavailable", within=60)
    await stand.until(lambda: stand.states()[-1] == "declined")
    status, body = stand.front.post("0198c0de-0000-7000-8000-0000000000ff", "/orders/create", held[0])
    assert status == 200
    assert msgspec.json.decode(body, type=Order).code == ""
    assert stand.provider.trades() == []


def reconcile_error() -> Exception:
    from kiosk_app.errors import CentralUnreachable  # noqa: PLC0415

    return CentralUnreachable("slow")


# --- cancelled, expired, late ----------------------------------------------------------------------------------


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_cancelled_without_a_scan_closes_the_order_and_takes_nothing(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan(channel)
    stand.person.touches(Leave())
    cancelling = await stand.person.sees(PayCode, "pay.title.cancelling")
    assert cancelling.code == ""
    await stand.person.sees(Attract)
    assert stand.states() == ["intended", "requested", "unknown", "declined"]
    with pytest.raises(ValueError, match="no longer valid"):
        stand.provider.pay(shown.code)
    await _agree(stand)
    assert stand.orders() == [("closed", "")]


@story
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("quirk", ["lands", "refuses"])
@pytest.mark.parametrize("lag", [0.0, 0.05, 0.3, 1.0, 8.0])
async def test_cancel_and_success_in_one_instant_give_the_money_back(
    stand: Stand, channel: str, quirk: str, lag: float
) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(in_flight=quirk)
    shown = await stand.person.comes_to_scan(channel)
    stand.provider.pay(shown.code, lag=lag)
    stand.person.touches(Leave())
    await stand.until(lambda: isinstance(stand.glass.view, Attract | Done), within=60)
    await _agree(stand)
    if isinstance(stand.glass.view, Attract):
        assert stand.states()[-1] == "reversed"
        assert stand.paid_by_code() == 0


@story
async def test_nobody_scans_and_the_citizen_may_try_again_under_a_new_reference(stand: Stand) -> None:
    await stand.codes_are_offered()
    await stand.person.comes_to_scan()
    await stand.person.sees(PayCode, "pay.code.checking", within=130)
    sorry = await stand.person.sees(Sorry)
    assert (sorry.title.id, sorry.detail.id) == ("pay.code.not_paid", "pay.nothing_taken")
    first = _reference(stand)
    stand.person.touches(Chosen("again"))
    await stand.person.chooses("alipay")
    shown = await stand.person.sees(PayCode, "pay.code.scan")
    stand.provider.pay(shown.code)
    await stand.person.sees(Done)
    assert stand.states(first)[-1] == "declined"
    assert _reference(stand) != first
    await _agree(stand)


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_paid_in_the_last_second_is_delivered_to_who_still_stands_there(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(in_flight="lands")
    shown = await stand.person.comes_to_scan(channel)
    await asyncio.sleep(shown.seconds - 2)
    stand.provider.pay(shown.code, lag=20)
    await stand.person.sees(Done, within=60)
    await _agree(stand)
    assert stand.states()[:4] == ["intended", "requested", "unknown", "approved"]


@story
async def test_paid_between_the_first_query_and_a_cancel_that_reverses_is_returned_and_said_so(stand: Stand) -> None:
    """Alipay's cancel gives back what arrived a moment before it (8.8); the citizen still stood there."""
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan("alipay")
    await asyncio.sleep(shown.seconds - 1)
    call = stand.provider.alipay

    def pays_first(method: str, body: Any) -> Any:
        if method == "alipay.trade.cancel":
            stand.provider.pay(shown.code)
        return call(method, body)

    stand.channels["alipay"]._wire = pays_first  # type: ignore[attr-defined]
    with stand.provider.book() as book:  # its own clock is a little behind
        book.trades[f"alipay {_reference(stand)}"].expires_at = stand.clock.now().replace(year=2030)
    sorry = await stand.person.sees(Sorry, "pay.trouble.reversed", within=60)
    assert sorry.facts[0].id == "sorry.reference"
    assert stand.states() == ["intended", "requested", "unknown", "approved", "reversing", "reversed"]
    assert "已原路退回" in stand.slips()[0]
    await _agree(stand)


@story
@pytest.mark.parametrize("path", ["/orders/query", "/orders/close", "/orders/refund"])
async def test_any_answer_lost_while_leaving_changes_nothing(stand: Stand, path: str) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    if path == "/orders/refund":
        stand.provider.pay(shown.code)
    stand.network.lose_next = path
    stand.id_card_reader.lift()
    stand.person.touches(Leave())
    await stand.until(lambda: isinstance(stand.glass.view, Attract | Sorry), within=60)
    await _agree(stand)
    assert stand.paid_by_code() == 0
    assert [trade.state for trade in stand.provider.trades()] in (["closed"], ["refunded"])


@story
async def test_money_that_arrives_long_after_the_close_is_a_case_and_a_person_gives_it_back(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(in_flight="late")
    shown = await stand.person.comes_to_scan()
    stand.provider.pay(shown.code, lag=300)
    stand.person.touches(Leave())
    await stand.person.sees(Attract)
    assert stand.states()[-1] == "declined"
    await asyncio.sleep(400)
    assert stand.books().cases == []
    assert stand.reconcile().changed == 1
    await asyncio.sleep(1000)
    [case] = stand.books().cases
    assert (case.why, case.reference) == ("unreported", _reference(stand))
    reconcile.refund(stand.front.store, stand.front.orders, stand.clock, case.reference, by="样本员工")
    assert stand.paid_by_code() == 0
    assert stand.books().cases == []


# --- central or the provider is away ---------------------------------------------------------------------------


@story
async def test_the_network_fails_while_a_code_is_shown_and_the_payment_is_found_when_it_is_back(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.network.up = False
    told = await stand.person.sees(PayCode, "pay.code.no_answer", within=20)
    assert told.code == shown.code
    stand.provider.pay(shown.code)
    await asyncio.sleep(20)
    stand.network.up = True
    await stand.person.sees(Done, within=60)
    await _agree(stand)


@story
async def test_central_dies_after_the_payment_and_the_citizen_gets_a_slip_and_later_the_money(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.network.up = False
    stand.provider.pay(shown.code)
    sorry = await stand.person.sees(Sorry, within=200)
    assert (sorry.title.id, sorry.detail.id) == ("pay.trouble.unknown", "pay.uncertain")
    assert _reference(stand) in stand.slips()[0]
    assert stand.states()[-1] == "unknown"
    assert [issue for issue in stand.heartbeat().issues if issue == f"unknown {_reference(stand)}"]
    stand.person.touches(Leave())
    await asyncio.sleep(7200)
    assert stand.states()[-1] == "unknown"
    stand.network.up = True
    await _agree(stand)
    assert stand.states()[-1] == "reversed"
    assert stand.paid_by_code() == 0


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_central_that_forgot_the_order_still_finds_what_was_paid(stand: Stand, channel: str) -> None:
    """It was restored from an older copy while the code was on the screen."""
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan(channel)
    with stand.front.store.write() as connection:
        connection.execute(orders.delete())
    stand.provider.pay(shown.code)
    await stand.person.sees(Done, within=200)
    await _agree(stand)
    assert stand.paid_by_code() > 0


@story
async def test_an_open_payment_by_code_keeps_nobody_from_paying_by_card(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.provider.pay(shown.code)
    stand.provider.set_faults(down=True)
    await stand.person.sees(Sorry, "pay.trouble.unknown", within=200)
    first = _reference(stand)
    stand.person.takes_everything()
    stand.person.touches(Leave())
    assert stand.machine.till.why_closed() == ""
    await stand.person.begins()
    stand.person.touches(Marked((await stand.person.shows_card()).marked[1:2]))
    await stand.person.chooses("card")
    await stand.person.pays()
    await stand.person.sees(Done)
    assert stand.states(first)[-1] == "unknown"
    await stand.person.goes()
    stand.provider.set_faults(down=False)
    await _agree(stand)
    assert stand.states(first)[-1] == "reversed"


@story
async def test_an_open_card_payment_keeps_only_cards_from_being_taken(stand: Stand) -> None:
    await stand.codes_are_offered("wechat")
    stand.card_terminal.unplug_at("host")
    await stand.person.comes_to_pay()
    await stand.person.chooses("card")
    await stand.person.pays()
    await stand.person.sees(Sorry, within=200)
    stand.person.takes_everything()
    stand.person.touches(Leave())
    assert stand.machine.till.why_closed("card") == "menu.closed.till"
    assert stand.machine.till.why_closed() == ""
    with pytest.raises(TillClosed):
        async with stand.machine.till.charge(Fen(100), lambda *_: None, asyncio.Event()):
            pass
    await stand.person.begins()
    stand.person.touches(Marked((await stand.person.shows_card()).marked[1:2]))
    shown = await stand.person.sees(PayCode, "pay.code.scan")
    stand.provider.pay(shown.code)
    await stand.person.sees(Done)
    await stand.card_terminal.plug_in()
    await _agree(stand)


@story
async def test_a_provider_that_is_slow_or_loses_answers_now_and_then_is_asked_again(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(slow=3.0)
    shown = await stand.person.comes_to_scan()
    stand.provider.set_faults(lose_answers=2)
    stand.provider.pay(shown.code)
    await stand.person.sees(Done, within=60)
    await _agree(stand)


# --- given back ------------------------------------------------------------------------------------------------


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_decision_paid_elsewhere_gives_the_money_back_with_a_slip(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    await _refused_by_department(stand, channel)
    sorry = await stand.person.sees(Sorry)
    assert (sorry.title.id, sorry.detail.id) == ("pay.trouble.reversed", "refused.already-paid")
    assert stand.states() == ["intended", "requested", "approved", "fulfilled", "reversing", "reversed"]
    assert "已原路退回" in stand.slips()[0]
    stand.person.touches(Chosen("other"))
    await stand.person.sees(Menu)
    await _agree(stand)
    assert stand.orders() == [("refunded", "reversed")]


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_lost_refund_is_repeated_and_given_once(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    stand.network.lose_next = "/orders/refund"
    await _refused_by_department(stand, channel)
    await stand.person.sees(Sorry, "pay.trouble.reversing", within=60)
    await stand.until(lambda: stand.states()[-1] == "reversed")
    await _agree(stand)
    assert [trade.state for trade in stand.provider.trades()] == ["refunded"]


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_refund_under_way_is_not_called_returned_before_it_is(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(refunds="processing")
    await _refused_by_department(stand, channel)
    await stand.person.sees(Sorry, "pay.trouble.reversing", within=60)
    assert "正在原路退回" in stand.slips()[0]
    await asyncio.sleep(600)
    assert stand.states()[-1] == "reversing"
    stand.provider.set_faults(refunds="ok")
    await _agree(stand)
    assert stand.states()[-1] == "reversed"


@story
async def test_a_refund_under_way_for_days_is_asked_for_less_and_less_often(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(refunds="processing")
    await _refused_by_department(stand)
    await stand.person.sees(Sorry, "pay.trouble.reversing", within=60)
    stand.person.touches(Leave())
    await asyncio.sleep(600)
    asked, post = list[float](), stand.network.post

    async def counted(path: str, body: bytes, *, deadline: float) -> bytes:
        if path == "/orders/refund":
            asked.append(asyncio.get_running_loop().time())
        return await post(path, body, deadline=deadline)

    stand.network.post = counted  # type: ignore[method-assign]
    await asyncio.sleep(3600)
    assert 5 <= len(asked) <= 15  # and not 700 times
    stand.network.up = False
    await asyncio.sleep(1200)
    stand.provider.set_faults(refunds="ok")
    stand.network.up = True
    await stand.until(lambda: stand.states()[-1] == "reversed", within=1200)


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_refund_that_is_refused_is_a_persons_here_and_at_central(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(refunds="refuse")
    await _refused_by_department(stand, channel)
    await stand.person.sees(Sorry, "pay.trouble.refund_due", within=60)
    assert stand.machine.till.why_closed() == ""
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    assert stand.books().owed == stand.paid_by_code() > 0
    await asyncio.sleep(1000)
    assert [case.why for case in stand.books().cases] == ["refund-due"]
    [line] = read_books(stand.books_here, stand.machine._records.outbox).payments
    assert (line.state, line.means, line.open) == ("refund due", channel, True)


@story
async def test_what_a_person_gave_back_at_central_is_not_handed_out_at_the_kiosk_as_well(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(refunds="refuse")
    await _refused_by_department(stand)
    await stand.person.sees(Sorry, "pay.trouble.refund_due", within=60)
    stand.person.touches(Leave())
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    await asyncio.sleep(1000)
    [case] = stand.books().cases
    stand.provider.set_faults(refunds="ok")
    reconcile.refund(stand.front.store, stand.front.orders, stand.clock, case.reference, by="样本员工")
    assert stand.states()[-1] == "refund due"
    stand.machine.till.settlement.news()  # the next visit, or any device, brings some
    await _agree(stand)
    assert stand.states()[-1] == "refunded"
    with pytest.raises(ConfigError, match="no open refund"):
        close_case(stand.books_here, case.reference, "4711")


@story
async def test_while_the_kiosk_is_offline_only_one_of_two_persons_can_give_a_case_back(stand: Stand) -> None:
    await stand.codes_are_offered()
    stand.provider.set_faults(refunds="refuse")
    await _refused_by_department(stand)
    await stand.person.sees(Sorry, "pay.trouble.refund_due", within=60)
    stand.person.touches(Leave())
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    await asyncio.sleep(1000)
    [case] = stand.books().cases
    stand.network.up = False
    with pytest.raises(ConfigError, match="only central gives it back; hand out nothing"):
        close_case(stand.books_here, case.reference, "4711")
    front = stand.front
    assert reconcile.refund(front.store, front.orders, stand.clock, case.reference, by="样本员工", by_hand=True)
    stand.network.up = True
    stand.machine.till.settlement.news()
    await stand.until(lambda: stand.states()[-1] == "refunded")
    await stand.until(lambda: stand.machine.waiting_reports() == 0)
    assert [trade.state for trade in stand.provider.trades()] == ["paid"]  # a person paid it out, and only that one
    assert stand.books().cases == []


@story
@pytest.mark.parametrize("channel", CHANNELS)
async def test_another_amount_than_was_asked_for_is_a_persons(stand: Stand, channel: str) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan(channel)
    stand.provider.set_faults(wrong_amount=True)
    stand.provider.pay(shown.code)
    await stand.person.sees(Sorry, "pay.trouble.refund_due", within=60)
    assert stand.states() == ["intended", "requested", "unknown", "refund due"]
    await asyncio.sleep(1000)
    assert [case.why for case in stand.books().cases] == ["disputed"]


@story
async def test_a_case_says_why_it_is_one_also_when_the_citizen_cancelled(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.provider.set_faults(wrong_amount=True)
    stand.provider.pay(shown.code)
    stand.person.touches(Leave())
    await stand.until(lambda: stand.states()[-1] == "refund due", within=200)
    assert stand.books_here.entries(kind="payment")[-1].body["why"] == "another amount"


@story
async def test_a_report_refused_after_the_citizen_went_is_refunded(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan("wechat", PARKING)
    stand.pay_at_counter()
    post = stand.network.post

    async def no_reports(path: str, body: bytes, *, deadline: float) -> bytes:
        if path == "/tx/batch":
            stand.network.up = False
        return await post(path, body, deadline=deadline)

    stand.network.post = no_reports  # type: ignore[method-assign]
    stand.provider.pay(shown.code)
    done = await stand.person.sees(Done, within=60)
    assert "done.fact.reported_later" in [fact.id for fact in done.facts]
    assert stand.states()[-1] == "completed"
    stand.network.post, stand.network.up = post, True  # type: ignore[method-assign]
    await stand.until(lambda: stand.states()[-1] == "reversed", within=1000)
    await _agree(stand)
    assert stand.paid_by_code() == 0


@story
async def test_a_refund_by_a_person_makes_a_late_report_refused_and_nothing_is_paid_back_twice(stand: Stand) -> None:
    """The kiosk was thought to be lost, and comes back with its report."""
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    post = stand.network.post

    async def no_reports(path: str, body: bytes, *, deadline: float) -> bytes:
        if path == "/tx/batch":
            stand.network.up = False
        return await post(path, body, deadline=deadline)

    stand.network.post = no_reports  # type: ignore[method-assign]
    stand.provider.pay(shown.code)
    await stand.person.sees(Done, within=60)
    await asyncio.sleep(1000)
    assert stand.books().cases == []  # it may hold the report
    stand.shift_clock(timedelta(days=1))
    [case] = stand.books().cases
    assert case.why == "kiosk-silent"
    reconcile.refund(stand.front.store, stand.front.orders, stand.clock, case.reference, by="样本员工", kiosk_lost=True)
    stand.network.post, stand.network.up = post, True  # type: ignore[method-assign]
    await stand.until(lambda: stand.states()[-1] == "reversed", within=2000)
    await _agree(stand)
    assert stand.books().held == 0


@story
async def test_a_bug_after_the_payment_gives_the_money_back_and_says_so(stand: Stand) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    await stand.codes_are_offered()
    stand.machine.desk.central.report = broken  # type: ignore[method-assign,assignment]
    shown = await stand.person.comes_to_scan()
    stand.provider.pay(shown.code)
    await stand.person.sees(Sorry, "pay.trouble.reversed")
    await _agree(stand)
    assert stand.paid_by_code() == 0


@story
async def test_a_store_that_dies_with_the_approval_gives_the_money_back_at_once(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.books_here.before["approved"] = stand.kill_store
    stand.provider.pay(shown.code)
    await stand.person.sees(Sorry, within=60)
    assert stand.paid_by_code() == 0


# --- the plug --------------------------------------------------------------------------------------------------


@story_from_the_dark
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("state", ["intended", "requested", "approved", "fulfilled", "completed", "settled"])
async def test_a_plug_pulled_at_any_entry_ends_delivered_or_returned(
    stand: Stand, state: str, when: str, channel: str
) -> None:
    stand.offer_codes(*CHANNELS)
    await stand.start()
    await stand.until(lambda: stand.machine.reporting.channels)
    stand.cut_power_at(state, when=when)
    visit = asyncio.create_task(_scans_and_pays(stand, channel))
    await stand.dark()
    visit.cancel()
    await asyncio.sleep(30)
    if any(trade.state == "open" for trade in stand.provider.trades()):
        stand.provider.pay()  # the telephone still shows the bill of a machine that is dark
    await stand.start()
    await stand.person.sees(Attract, within=60)
    await _agree(stand)
    if stand.books_here.entries(kind="payment"):
        assert stand.states()[-1] in {"abandoned", "declined", "reversed", "settled"}


@story_from_the_dark
@pytest.mark.parametrize("state", ["unknown", "declined", "reversing", "reversed"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_plug_pulled_while_leaving_ends_with_the_money_back(stand: Stand, state: str, when: str) -> None:
    stand.offer_codes(*CHANNELS)
    await stand.start()
    await stand.until(lambda: stand.machine.reporting.channels)
    stand.cut_power_at(state, when=when)
    visit = asyncio.create_task(_leaves(stand, pays=state != "declined"))
    await stand.dark()
    visit.cancel()
    await asyncio.sleep(30)
    await stand.start()
    await _agree(stand)
    assert stand.paid_by_code() == 0
    assert stand.states()[-1] in {"declined", "reversed"}


async def _scans_and_pays(stand: Stand, channel: str) -> None:
    shown = await stand.person.comes_to_scan(channel)
    stand.provider.pay(shown.code)


async def _leaves(stand: Stand, *, pays: bool) -> None:
    shown = await stand.person.comes_to_scan()
    if pays:
        stand.provider.pay(shown.code)
    stand.person.touches(Leave())


@story
async def test_a_refund_still_due_does_not_keep_the_machine_from_starting(stand: Stand) -> None:
    await stand.codes_are_offered()
    shown = await stand.person.comes_to_scan()
    stand.network.up = False
    stand.provider.pay(shown.code)
    await stand.person.sees(Sorry, "pay.trouble.unknown", within=200)
    await stand.stop()
    await stand.start()
    closed = await stand.person.sees(Sorry, "sorry.title.closed", within=60)
    assert closed.detail.id == "menu.closed.central"
    stand.network.up = True
    await _agree(stand)
    assert stand.states()[-1] == "reversed"


# --- books -----------------------------------------------------------------------------------------------------


@story
async def test_the_books_name_the_means_and_the_providers_number(stand: Stand) -> None:
    await stand.codes_are_offered()
    await stand.person.pays_a_fine_by_code("alipay")
    await stand.person.goes()
    await _agree(stand)
    [line] = read_books(stand.books_here, stand.machine._records.outbox).payments
    [trade] = stand.provider.trades()
    assert (line.means, line.transaction, line.state) == ("alipay", trade.transaction, "settled")
    [said] = stand.books().payments
    assert (said.channel, said.transaction, said.held) == ("alipay", trade.transaction, True)


@story
async def test_the_day_ends_with_cards_beside_the_terminal_and_codes_beside_the_orders(stand: Stand) -> None:
    await stand.codes_are_offered()
    await stand.person.pays_a_fine_by_code()
    await stand.person.goes()
    await stand.person.comes_to_pay()
    await stand.person.chooses("card")
    await stand.person.pays()
    await stand.person.sees(Done)
    await stand.person.goes()
    await _pays_and_leaves(stand)
    closed = await stand.machine._day_end.close()
    assert closed is not None
    assert closed.agrees
    assert (closed.ours.count, closed.codes.count) == (1, 1)
    await stand.until(lambda: stand.books().days)
    [day] = stand.books().days
    assert day.cards_agree
    assert day.codes_agree
    assert day.orders == (1, closed.codes.amount)
    again = await stand.machine._day_end.close()
    assert again is not None
    assert (again.ours.count, again.codes.count) == (0, 0)


async def _pays_and_leaves(stand: Stand) -> None:
    """A third visit whose payment by code is given back: it is in neither column."""
    shown = await stand.person.comes_to_scan()
    stand.id_card_reader.lift()
    stand.person.touches(Leave())
    stand.provider.pay(shown.code)
    await stand.person.sees(Attract, within=60)
    await stand.until(lambda: stand.machine.till.open_payments == [])
