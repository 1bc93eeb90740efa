"""Orders as a kiosk meets them: its own, once, never backwards; and nothing counts as paid that was not."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from central.books import Books
from central.payments import ProviderSilent, Trade
from central.payments.reconcile import LONG, Night, reconcile, refund
from central.payments.simulated import BUYER, OPENID, NotPossible, SimulatedProvider
from central.payments.wechat import WeChat
from central.problems import Refused
from kiosk_app.contract import (
    CloseOrder,
    CreateOrder,
    DayClosed,
    Heartbeat,
    HeartbeatReply,
    Order,
    OrderState,
    OutboxReport,
    Problem,
    QueryOrder,
    RefundOrder,
)
from provisioning.device_key import DeviceKey
from tests.central.fleet import KIOSK, Fleet, fleet

REFERENCE = "44070399260302120000"
OTHER = "0198c0de-0000-7000-8000-000000000002"


class Town:
    """A fleet whose central has a simulated provider."""

    def __init__(self) -> None:
        channels: dict[str, Any] = {}
        self.fleet: Fleet = fleet(channels=channels)
        self.provider = SimulatedProvider(self.fleet.clock)
        channels.update(self.provider.channels)
        self.front, self.clock = self.fleet.front, self.fleet.clock

    def ask(self, question: Any, *, kiosk: str = KIOSK) -> tuple[int, bytes]:
        return self.front.post(kiosk, question.path, msgspec.json.encode(question))

    def order(self, question: Any) -> Order:
        status, body = self.ask(question)
        assert status == 200, body
        return msgspec.json.decode(body, type=Order)

    def problem(self, question: Any, *, kiosk: str = KIOSK) -> tuple[int, str]:
        status, body = self.ask(question, kiosk=kiosk)
        return status, msgspec.json.decode(body, type=Problem).type

    def create(self, amount: int = 20_000, channel: str = "wechat", reference: str = REFERENCE) -> Order:
        return self.order(CreateOrder(reference=reference, amount=amount, channel=channel))

    def state(self) -> OrderState:
        return self.order(QueryOrder(reference=REFERENCE)).state

    def books(self) -> Books:
        return self.front.books()

    def night(self) -> Night:
        return reconcile(self.front.store, self.front.orders, self.clock)

    def give_back(self, *, by: str = "样本员工", **how: bool) -> bool:
        return refund(self.front.store, self.front.orders, self.clock, REFERENCE, by=by, **how)

    def beat(self, *, waiting: int = 0, issues: tuple[str, ...] = ()) -> HeartbeatReply:
        now = self.clock.now()
        beat = Heartbeat(
            seq=1, state="open", screen="idle", since=now, devices={}, services={}, issues=list(issues),
            outbox=OutboxReport(count=waiting), at_wall=now,
        )  # fmt: skip
        status, body = self.front.post(KIOSK, "/hb", msgspec.json.encode(beat))
        assert status == 200, body
        return msgspec.json.decode(body, type=HeartbeatReply)

    def whys(self) -> list[str]:
        return [case.why for case in self.books().cases]

    def pay(self, **create: Any) -> Order:
        order = self.create(**create)
        self.provider.pay(order.code)
        return self.order(QueryOrder(reference=order.reference))


@pytest.fixture
def town() -> Town:
    return Town()


# --- the four calls ---


def test_a_heartbeat_tells_whose_codes_can_be_shown(town: Town) -> None:
    assert town.beat().channels == ["wechat", "alipay"]


def test_an_order_is_made_once_and_tells_its_life(town: Town) -> None:
    first = town.create()
    town.clock.turn(seconds=50)
    again = town.create()
    assert (first.state, first.seconds_left, again.seconds_left) == (OrderState.WAITING, 120, 70)
    assert first.code == again.code != ""
    assert len(town.provider.trades()) == 1


def test_another_amount_or_channel_under_the_same_reference_is_refused(town: Town) -> None:
    town.create()
    for amount, channel in ((1, "wechat"), (20_000, "alipay")):
        wanted = CreateOrder(reference=REFERENCE, amount=amount, channel=channel)
        assert town.problem(wanted) == (409, "order-differs")


def test_an_unknown_channel_is_refused(town: Town) -> None:
    wanted = CreateOrder(reference=REFERENCE, amount=1, channel="gold")
    assert town.problem(wanted) == (422, "unknown-channel")


@pytest.mark.parametrize("amount", [0, -1, 10**10])
def test_an_amount_that_cannot_be_is_refused(town: Town, amount: int) -> None:
    body = msgspec.json.encode({"reference": REFERENCE, "amount": amount, "channel": "wechat"})
    assert town.front.post(KIOSK, "/orders/create", body)[0] == 400


@pytest.mark.parametrize("number", ["", "../x", "a/b", "1?c=d", "1%2f", "1 2", "1\n", "\0", "号", "1" * 33])
def test_a_number_that_could_lead_a_signed_call_elsewhere_is_refused(town: Town, number: str) -> None:
    for question in (
        CreateOrder(reference=number, amount=1, channel="wechat"),
        QueryOrder(reference=number),
        CloseOrder(reference=number),
        RefundOrder(reference=number, amount=1),
    ):
        assert town.problem(question) == (400, "bad-message")


def test_another_kiosk_sees_no_order_of_ours_and_cannot_touch_it(town: Town) -> None:
    town.front.register(OTHER, DeviceKey.from_number(2).public_pem)
    town.pay()
    assert town.problem(QueryOrder(reference=REFERENCE), kiosk=OTHER) == (404, "unknown-order")
    assert town.problem(CloseOrder(reference=REFERENCE), kiosk=OTHER) == (404, "unknown-order")
    assert town.problem(RefundOrder(reference=REFERENCE, amount=20_000), kiosk=OTHER) == (404, "unknown-order")
    wanted = CreateOrder(reference=REFERENCE, amount=20_000, channel="wechat")
    assert town.problem(wanted, kiosk=OTHER) == (409, "order-differs")
    assert town.state() is OrderState.PAID


def test_what_is_paid_shows_no_code_any_more(town: Town) -> None:
    paid = town.pay()
    assert (paid.state, paid.code, paid.seconds_left) == (OrderState.PAID, "", 0)
    assert paid.transaction == town.provider.trades()[0].transaction


def test_closing_what_was_never_heard_of_keeps_it_from_ever_beginning(town: Town) -> None:
    assert town.order(CloseOrder(reference=REFERENCE)).state is OrderState.CLOSED
    wanted = CreateOrder(reference=REFERENCE, amount=20_000, channel="wechat")
    assert town.problem(wanted) == (409, "order-differs")
    assert town.provider.trades() == []


def test_closing_what_was_never_heard_of_at_its_provider_too(town: Town) -> None:
    closing = CloseOrder(reference=REFERENCE, channel="wechat", amount=20_000)
    town.provider.set_faults(down=True)
    assert town.ask(closing)[0] == 503
    assert town.create().code == ""  # it arrives late, and must not begin
    town.provider.set_faults(down=False)
    assert town.order(closing).state is OrderState.CLOSED
    assert town.create().code == ""
    assert town.provider.trades() == []


@pytest.mark.parametrize("channel", ["wechat", "alipay"])
@pytest.mark.parametrize("paid", [True, False])
def test_a_central_that_lost_its_memory_finds_the_money_of_an_order_it_made(channel: str, *, paid: bool) -> None:
    """Restored from last night's copy, while the citizen has the code on the telephone."""
    before, town = Town(), Town()
    code = before.create(channel=channel).code
    town.provider._kept = before.provider._kept
    if paid:
        town.provider.pay(code)
    assert town.problem(QueryOrder(reference=REFERENCE)) == (404, "unknown-order")
    town.order(CloseOrder(reference=REFERENCE, channel=channel, amount=20_000))
    if not paid:
        with pytest.raises(NotPossible):
            town.provider.pay(code)
        assert town.state() is OrderState.CLOSED
        return
    assert town.state() is OrderState.PAID
    town.order(RefundOrder(reference=REFERENCE, amount=20_000))
    assert [trade.state for trade in town.provider.trades()] == ["refunded"]


def test_closing_a_paid_order_says_that_it_is_paid(town: Town) -> None:
    town.pay()
    assert town.order(CloseOrder(reference=REFERENCE)).state is OrderState.PAID


def test_a_second_query_after_the_close_tells_of_money_that_was_on_its_way(town: Town) -> None:
    town.provider.pay(town.create().code, lag=60)
    assert town.order(CloseOrder(reference=REFERENCE)).state is OrderState.CLOSED
    assert town.state() is OrderState.PAID


def test_a_close_that_the_provider_refuses_leaves_the_order_waiting(town: Town) -> None:
    town.provider.set_faults(in_flight="refuses")
    town.provider.pay(town.create().code, lag=60)
    assert town.order(CloseOrder(reference=REFERENCE)).state is OrderState.WAITING


def test_a_provider_that_is_silent_is_later_and_never_no(town: Town) -> None:
    town.create()
    town.provider.set_faults(down=True)
    for question in (QueryOrder(reference=REFERENCE), CloseOrder(reference=REFERENCE)):
        assert town.problem(question) == (503, "department-unavailable")
    town.provider.set_faults(down=False)
    town.provider.pay()
    assert town.state() is OrderState.PAID
    town.provider.set_faults(down=True)
    assert town.problem(RefundOrder(reference=REFERENCE, amount=20_000))[0] == 503


def test_a_refund_whose_answer_was_lost_is_repeated_and_given_once(town: Town) -> None:
    town.pay()
    wanted = RefundOrder(reference=REFERENCE, amount=20_000)
    real = town.provider.wechat

    def lost(method: str, path: str, body: Any) -> Any:
        answer = real(method, path, body)
        if path.endswith("/refunds"):
            raise TimeoutError
        return answer

    town.front.orders._channels["wechat"]._wire = lost  # type: ignore[attr-defined]
    assert town.problem(wanted)[0] == 503
    town.front.orders._channels["wechat"]._wire = real  # type: ignore[attr-defined]
    assert town.order(wanted).state is OrderState.REFUNDED
    assert town.order(wanted).state is OrderState.REFUNDED


def test_only_a_paid_order_can_be_refunded_and_only_whole(town: Town) -> None:
    town.create()
    assert town.problem(RefundOrder(reference=REFERENCE, amount=20_000)) == (409, "not-paid")
    town.provider.pay()
    assert town.problem(RefundOrder(reference=REFERENCE, amount=19_999)) == (422, "full-refund-only")
    assert town.problem(RefundOrder(reference="unheard", amount=1)) == (404, "unknown-order")


def test_a_refund_the_provider_refuses_is_said_so(town: Town) -> None:
    town.pay()
    town.provider.set_faults(refunds="refuse")
    assert town.problem(RefundOrder(reference=REFERENCE, amount=20_000)) == (409, "refund-refused")


def test_another_amount_at_the_provider_is_disputed_and_nothing_is_refunded(town: Town) -> None:
    town.create()
    town.provider.pay()
    town.provider.set_faults(wrong_amount=True)
    assert town.state() is OrderState.DISPUTED
    assert town.problem(RefundOrder(reference=REFERENCE, amount=20_000)) == (409, "disputed")
    town.clock.turn(minutes=11)
    assert town.whys() == ["disputed"]


def test_who_paid_is_nowhere_in_centrals_database(town: Town) -> None:
    for number, channel in enumerate(("wechat", "alipay")):
        town.pay(channel=channel, reference=f"{REFERENCE}{number}")
    with town.front.store.read() as connection:
        rows = str([tuple(row) for row in connection.exec_driver_sql("SELECT * FROM payment_order")])
    assert "wechat" in rows
    assert OPENID not in rows
    assert BUYER not in rows


# --- what the kiosk reports ---


def decision(town: Town) -> Any:
    return town.fleet.ask(id_number="440703195501010023")[0]


def test_a_report_by_code_is_accepted_only_with_a_paid_order_of_that_amount(town: Town) -> None:
    due = decision(town)
    said = [
        town.fleet.say(town.fleet.paid("none", due, means="code"))[0],
        (town.create(amount=due.due), town.fleet.say(town.fleet.paid(REFERENCE, due, means="code"))[0])[1],
        (town.pay(amount=1, reference="less"), town.fleet.say(town.fleet.paid("less", due, means="code"))[0])[1],
    ]
    assert [(verdict.accepted, verdict.code) for verdict in said] == [(False, "not-paid")] * 3
    town.provider.pay()
    assert town.state() is OrderState.PAID
    # the refusal is not the department's, so the same payment is accepted once it is paid
    [verdict] = town.fleet.say(town.fleet.paid(REFERENCE, due, means="code"))
    assert verdict.accepted
    assert [line.reported for line in town.books().orders if line.reference == REFERENCE] == ["fulfilled"]


def test_a_report_of_what_was_given_back_is_refused(town: Town) -> None:
    due = decision(town)
    town.pay(amount=due.due)
    town.order(RefundOrder(reference=REFERENCE, amount=due.due))
    [verdict] = town.fleet.say(town.fleet.paid(REFERENCE, due, means="code"))
    assert (verdict.accepted, verdict.code) == (False, "given-back")


def test_a_report_by_card_needs_no_order_and_reads_as_it_always_did(town: Town) -> None:
    due = decision(town)
    report = town.fleet.paid("by-card", due)
    assert b"means" not in msgspec.json.encode(report)
    assert town.fleet.say(report)[0].accepted


# --- cases ---


def test_a_paid_order_is_no_case_while_the_visit_may_still_go_on(town: Town) -> None:
    town.pay()
    town.clock.turn(minutes=9)
    town.beat()
    assert town.whys() == []


def test_a_kiosk_that_knows_of_nothing_makes_it_one(town: Town) -> None:
    town.pay()
    town.clock.turn(minutes=11)
    town.beat()
    [case] = town.books().cases
    assert (case.why, case.reference, case.amount, case.channel) == ("unreported", REFERENCE, 20_000, "wechat")
    assert "refund" in case.advice


@pytest.mark.parametrize(
    ("beat", "why"),
    [
        (None, "kiosk-silent"),
        ({"waiting": 1}, "kiosk-holds-it"),
        ({"issues": (f"unknown {REFERENCE}",)}, "kiosk-holds-it"),
    ],
)
def test_while_the_kiosk_may_hold_the_report_it_is_waited_for_and_shown_after_a_day(
    town: Town, beat: dict[str, Any] | None, why: str
) -> None:
    town.pay()
    town.clock.turn(minutes=30)
    if beat is not None:
        town.beat(**beat)
    assert town.whys() == []
    town.clock.turn(days=1)
    assert town.whys() == [why]
    with pytest.raises(Refused, match=why):
        town.give_back()
    assert town.state() is OrderState.PAID
    town.give_back(kiosk_lost=True)
    assert town.state() is OrderState.REFUNDED
    assert town.whys() == []


def test_a_case_goes_by_itself_when_its_report_comes(town: Town) -> None:
    due = decision(town)
    town.pay(amount=due.due)
    town.clock.turn(minutes=11)
    town.beat()
    assert town.whys() == ["unreported"]
    assert town.fleet.say(town.fleet.paid(REFERENCE, due, means="code"))[0].accepted
    assert town.whys() == []


def test_a_person_gives_back_a_case_and_nothing_else(town: Town) -> None:
    town.pay()
    with pytest.raises(Refused, match="no-case"):
        town.give_back()
    town.clock.turn(minutes=11)
    town.beat()
    with pytest.raises(Refused, match="no-case"):
        town.give_back(by="")
    town.give_back(by="样本员工")
    [line] = town.books().orders
    assert (line.state, line.refunded_by) == ("refunded", "样本员工")


@pytest.mark.parametrize("told", ["delivered", "handed out at the kiosk"])
def test_a_report_that_comes_while_a_person_decides_is_not_paid_back_as_well(
    town: Town, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = decision(town)
    town.pay(amount=due.due)
    town.fleet.say(town.fleet.moved(REFERENCE, "approved" if told == "delivered" else "refund due", due.due))
    town.clock.turn(minutes=11)
    town.beat()
    query = WeChat.query

    def meanwhile(channel: WeChat, number: str) -> Trade | None:
        monkeypatch.setattr(WeChat, "query", query)
        delivered, handed = town.fleet.paid(REFERENCE, due, means="code"), town.fleet.moved(REFERENCE, "refunded")
        town.fleet.say(delivered if told == "delivered" else handed)
        return query(channel, number)

    monkeypatch.setattr(WeChat, "query", meanwhile)
    with pytest.raises(Refused, match="no-case"):
        town.give_back()
    assert [trade.state for trade in town.provider.trades()] == ["paid"]
    assert town.books().cases == []


def _owed(town: Town, **faults: Any) -> None:
    """A case whose kiosk could not give the money back."""
    town.pay()
    town.provider.set_faults(**faults)
    town.fleet.say(town.fleet.moved(REFERENCE, "approved", 20_000), town.fleet.moved(REFERENCE, "refund due", 20_000))
    town.clock.turn(minutes=11)
    town.beat()


def test_by_hand_is_handed_out_only_after_the_provider_said_no(town: Town) -> None:
    _owed(town)
    assert not town.give_back(by_hand=True)
    assert [trade.state for trade in town.provider.trades()] == ["refunded"]


def test_a_provider_that_is_silent_has_not_said_no(town: Town) -> None:
    _owed(town, refunds="processing")
    with pytest.raises(ProviderSilent):
        town.give_back(by_hand=True)
    assert town.state() is OrderState.PAID


def test_what_was_handed_out_is_asked_of_the_provider_by_nobody_any_more(town: Town) -> None:
    _owed(town, refunds="refuse")
    with pytest.raises(Refused, match="refund-refused"):
        town.give_back()
    assert town.give_back(by_hand=True)
    assert town.whys() == []
    [line] = town.books().orders
    assert (line.state, line.word, line.refunded_by) == ("refunded", "by hand", "样本员工")
    town.provider.set_faults(refunds="ok")
    assert town.order(RefundOrder(reference=REFERENCE, amount=20_000)).state is OrderState.REFUNDED
    town.night()
    with pytest.raises(Refused, match="no-case"):
        town.give_back(by_hand=True)
    assert [trade.state for trade in town.provider.trades()] == ["paid"]


def test_two_persons_at_central_do_not_both_give_it_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _owed(town, refunds="refuse")
    ask = WeChat.refund

    def the_other_asks_too(channel: WeChat, number: str, amount: int) -> None:
        monkeypatch.setattr(WeChat, "refund", ask)
        try:
            ask(channel, number, amount)
        finally:
            town.provider.set_faults(refunds="processing")
            with pytest.raises(ProviderSilent):
                town.give_back(by="样本同事")

    monkeypatch.setattr(WeChat, "refund", the_other_asks_too)
    with pytest.raises(Refused, match="somebody-else"):
        town.give_back(by_hand=True)


def test_another_amount_is_handed_out_by_a_person_and_then_no_case(town: Town) -> None:
    town.create()
    town.provider.pay()
    town.provider.set_faults(wrong_amount=True)
    assert town.state() is OrderState.DISPUTED
    town.clock.turn(minutes=11)
    town.beat()
    with pytest.raises(Refused, match="disputed"):
        town.give_back()
    assert town.give_back(by_hand=True)
    assert (town.state(), town.whys()) == (OrderState.REFUNDED, [])


def test_a_channel_whose_contract_ended_gives_nothing_back_and_a_person_does(town: Town) -> None:
    _owed(town)
    town.front.orders._channels = {}
    with pytest.raises(ProviderSilent):
        town.give_back()
    assert town.give_back(by_hand=True)
    assert town.whys() == []


def test_who_gave_a_case_back_is_kept_when_the_kiosk_asks_as_well(town: Town) -> None:
    town.pay()
    town.clock.turn(minutes=11)
    town.beat()
    town.provider.set_faults(refunds="processing")
    with pytest.raises(ProviderSilent):
        town.give_back(by="样本员工")
    town.provider.set_faults(refunds="ok")
    town.order(RefundOrder(reference=REFERENCE, amount=20_000))
    [line] = town.books().orders
    assert (line.state, line.refunded_by) == ("refunded", "样本员工")


def test_money_that_a_person_handed_out_at_the_kiosk_is_no_case_any_more(town: Town) -> None:
    town.pay()
    town.fleet.say(town.fleet.moved(REFERENCE, "approved", 20_000), town.fleet.moved(REFERENCE, "refund due", 20_000))
    town.clock.turn(minutes=11)
    town.beat()
    assert town.whys() == ["refund-due"]
    town.fleet.say(town.fleet.moved(REFERENCE, "refunded", 20_000))
    assert town.whys() == []


def test_money_given_back_for_what_the_department_counts_as_paid_is_a_case(town: Town) -> None:
    due = decision(town)
    town.pay(amount=due.due)
    town.fleet.say(town.fleet.paid(REFERENCE, due, means="code"))
    town.order(RefundOrder(reference=REFERENCE, amount=due.due))
    town.clock.turn(minutes=11)
    assert town.whys() == ["accepted-without-money"]
    town.fleet.say(town.fleet.moved(REFERENCE, "reversed", due.due))
    assert town.whys() == []


def test_a_refund_that_nobody_confirms_becomes_a_case_after_a_day(town: Town) -> None:
    town.pay()
    town.provider.set_faults(refunds="processing")
    town.problem(RefundOrder(reference=REFERENCE, amount=20_000))
    town.clock.turn(hours=23)
    assert town.whys() == []
    town.clock.turn(seconds=LONG.total_seconds())
    assert town.whys() == ["refund-stuck"]


def test_a_refund_that_cannot_reach_its_payer_is_never_called_back(town: Town) -> None:
    """WeChat calls the trade REFUND from the instant in which it is asked for, and the refund fails later."""
    town.pay()
    town.provider.set_faults(refunds="processing")
    assert town.problem(RefundOrder(reference=REFERENCE, amount=20_000))[0] == 503
    town.night()
    assert town.state() is OrderState.PAID
    town.provider.set_faults(refunds="abnormal")
    assert town.problem(RefundOrder(reference=REFERENCE, amount=20_000)) == (409, "refund-refused")
    assert town.state() is OrderState.PAID


# --- the night ---


def test_the_night_closes_what_nobody_waits_for_and_leaves_what_may_be_shown(town: Town) -> None:
    town.create()
    assert town.night() == Night(looked=0, changed=0, silent=0)
    town.clock.turn(minutes=70)
    assert town.night() == Night(looked=1, changed=1, silent=0)
    assert town.books().orders[0].state == "closed"


def test_the_night_finds_money_that_came_after_the_close_and_gives_nothing_back(town: Town) -> None:
    town.provider.set_faults(in_flight="late")
    town.provider.pay(town.create().code, lag=300)
    town.order(CloseOrder(reference=REFERENCE))
    assert town.state() is OrderState.CLOSED
    town.clock.turn(minutes=10)
    assert town.night().changed == 1
    town.clock.turn(minutes=11)
    town.beat()
    assert town.whys() == ["unreported"]
    assert [trade.state for trade in town.provider.trades()] == ["paid"]


def test_the_night_sees_what_was_refunded_at_the_providers_own_pages(town: Town) -> None:
    town.pay()
    with town.provider.book() as book:
        book.trades[f"wechat {REFERENCE}"].state = "refunded"
    assert town.night().changed == 1
    assert town.state() is OrderState.REFUNDED


def test_a_silent_provider_does_not_end_the_night_for_the_others(town: Town) -> None:
    town.create()
    town.create(channel="alipay", reference=REFERENCE + "1")
    town.front.orders._channels["wechat"]._wire = _down  # type: ignore[attr-defined]
    town.clock.turn(minutes=70)
    assert town.night() == Night(looked=2, changed=1, silent=1)


def _down(*_: Any) -> Any:
    raise ConnectionError


def test_old_orders_are_left_alone(town: Town) -> None:
    town.create()
    town.order(CloseOrder(reference=REFERENCE))
    town.clock.turn(seconds=timedelta(days=9).total_seconds())
    assert town.night().looked == 0


# --- the day's end ---


def closed(count: int, amount: int) -> DayClosed:
    return DayClosed(
        day=date(2026, 3, 2), kiosk_count=0, kiosk_amount=0, terminal_count=0, terminal_amount=0,
        code_count=count, code_amount=amount,
    )  # fmt: skip


def test_the_days_end_gets_centrals_own_column_once(town: Town) -> None:
    due = decision(town)
    town.pay(amount=due.due)
    town.fleet.say(town.fleet.paid(REFERENCE, due, means="code"))
    town.pay(reference=REFERENCE + "1")  # paid and not reported: in nobody's column
    town.fleet.say(closed(1, due.due))
    town.fleet.say(closed(0, 0))
    town.fleet.say(closed(3, 7))
    days = town.books().days
    assert [day.orders for day in days] == [(1, due.due), (0, 0), (0, 0)]
    assert [day.codes_agree for day in days] == [True, True, False]
    assert all(day.cards_agree for day in days)
