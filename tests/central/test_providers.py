"""Both vocabularies against the simulated provider, and against answers that a provider should not give."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.payments import Channel, ProviderRefused, ProviderSilent, alipay, wechat
from central.payments.alipay import Alipay, fen, yuan
from central.payments.simulated import BUYER, OPENID, NotPossible, SimulatedProvider
from central.payments.wechat import WeChat
from kiosk_app.contract import OrderState
from tests.central.fleet import HandClock

NUMBER, AMOUNT = "44070399261123090001", 20_050
WECHAT = {
    "SUCCESS": OrderState.PAID, "REFUND": OrderState.REFUNDED, "NOTPAY": OrderState.WAITING,
    "CLOSED": OrderState.CLOSED, "REVOKED": OrderState.CLOSED, "USERPAYING": OrderState.WAITING,
    "PAYERROR": OrderState.CLOSED,
}  # fmt: skip
ALIPAY = {
    "WAIT_BUYER_PAY": OrderState.WAITING, "TRADE_SUCCESS": OrderState.PAID, "TRADE_FINISHED": OrderState.PAID,
    "TRADE_CLOSED": OrderState.CLOSED,
}  # fmt: skip


class Shop:
    """A provider, one of its channels, and a clock."""

    def __init__(self, name: str, path: Path | None = None) -> None:
        self.clock = HandClock()
        self.waited: list[float] = []
        self.provider = SimulatedProvider(self.clock, path=path, wait=self.waited.append)
        self.channel: Channel = self.provider.channels[name]

    def create(self, amount: int = AMOUNT) -> str:
        return self.channel.create(NUMBER, amount, self.clock.now() + timedelta(seconds=120))

    def state(self) -> OrderState | None:
        trade = self.channel.query(NUMBER)
        return trade.state if trade else None


@pytest.fixture(params=["wechat", "alipay"])
def shop(request: pytest.FixtureRequest) -> Shop:
    return Shop(request.param)


# --- what both must do ---


def test_the_same_number_and_amount_is_the_same_code(shop: Shop) -> None:
    assert shop.create() == shop.create()
    with pytest.raises(ProviderRefused):
        shop.create(AMOUNT + 1)
    assert len(shop.provider.trades()) == 1


def test_a_payment_is_seen_with_amount_and_number_and_without_the_payer(shop: Shop) -> None:
    shop.provider.pay(shop.create())
    trade = shop.channel.query(NUMBER)
    assert trade is not None
    assert (trade.state, trade.amount) == (OrderState.PAID, AMOUNT)
    assert trade.transaction
    assert not any(name in repr(trade) for name in (OPENID, BUYER))


def test_a_closed_code_cannot_be_paid_and_closing_again_is_harmless(shop: Shop) -> None:
    code = shop.create()
    shop.channel.close(NUMBER)
    shop.channel.close(NUMBER)
    with pytest.raises(NotPossible):
        shop.provider.pay(code)


def test_an_expired_code_cannot_be_paid(shop: Shop) -> None:
    code = shop.create()
    shop.clock.turn(seconds=121)
    with pytest.raises(NotPossible):
        shop.provider.pay(code)
    assert shop.state() is not OrderState.PAID


def test_a_refund_is_given_once_however_often_it_is_asked_for(shop: Shop) -> None:
    shop.provider.pay(shop.create())
    for _ in range(3):
        shop.channel.refund(NUMBER, AMOUNT)
    assert shop.state() is OrderState.REFUNDED


def test_what_was_not_paid_is_not_refunded(shop: Shop) -> None:
    shop.create()
    shop.provider.scan()
    with pytest.raises(ProviderRefused):
        shop.channel.refund(NUMBER, AMOUNT)


def test_a_refund_under_way_is_neither_done_nor_refused(shop: Shop) -> None:
    shop.provider.pay(shop.create())
    shop.provider.set_faults(refunds="processing")
    with pytest.raises(ProviderSilent):
        shop.channel.refund(NUMBER, AMOUNT)
    assert shop.state() is OrderState.PAID


def test_a_refused_refund_is_a_clear_no(shop: Shop) -> None:
    shop.provider.pay(shop.create())
    shop.provider.set_faults(refunds="refuse")
    with pytest.raises(ProviderRefused):
        shop.channel.refund(NUMBER, AMOUNT)


def test_a_payment_under_way_lands_though_the_order_was_closed(shop: Shop) -> None:
    shop.provider.pay(shop.create(), lag=30)
    assert shop.state() is OrderState.WAITING
    shop.channel.close(NUMBER)
    assert shop.state() is OrderState.PAID


def test_or_keeps_the_order_from_being_closed(shop: Shop) -> None:
    shop.provider.set_faults(in_flight="refuses")
    shop.provider.pay(shop.create(), lag=30)
    with pytest.raises((ProviderRefused, ProviderSilent)):
        shop.channel.close(NUMBER)
    shop.clock.turn(seconds=31)
    assert shop.state() is OrderState.PAID


def test_or_lands_long_after_it(shop: Shop) -> None:
    shop.provider.set_faults(in_flight="late")
    shop.provider.pay(shop.create(), lag=30)
    shop.channel.close(NUMBER)
    assert shop.state() is OrderState.CLOSED
    shop.clock.turn(seconds=31)
    assert shop.state() is OrderState.PAID


def test_a_provider_that_is_down_lost_its_answer_or_is_too_slow_is_silent(shop: Shop) -> None:
    shop.provider.set_faults(down=True)
    with pytest.raises(ProviderSilent):
        shop.create()
    assert shop.provider.trades() == []
    shop.provider.set_faults(down=False, lose_answers=1)
    with pytest.raises(ProviderSilent):
        shop.create()
    assert len(shop.provider.trades()) == 1
    shop.provider.set_faults(slow=9.0)
    with pytest.raises(ProviderSilent):
        shop.channel.query(NUMBER)
    assert shop.waited == [4.0]
    shop.provider.set_faults(slow=1.0)
    shop.create()
    assert shop.waited == [4.0, 1.0]


def test_another_amount_is_told_as_it_is(shop: Shop) -> None:
    shop.provider.pay(shop.create())
    shop.provider.set_faults(wrong_amount=True)
    trade = shop.channel.query(NUMBER)
    assert trade is not None
    assert trade.amount == AMOUNT + 1


def test_the_provider_outlives_central(tmp_path: Path) -> None:
    first = Shop("wechat", tmp_path / "provider.json")
    code = first.create()
    second = Shop("wechat", tmp_path / "provider.json")
    second.provider.pay(code)
    assert first.state() is OrderState.PAID


# --- where they differ ---


def test_alipay_does_not_know_a_trade_that_nobody_scanned() -> None:
    shop = Shop("alipay")
    code = shop.create()
    assert shop.state() is None
    shop.provider.scan(code)
    assert shop.state() is OrderState.WAITING


def test_alipays_cancel_gives_back_what_was_paid_a_moment_before() -> None:
    shop = Shop("alipay")
    shop.provider.pay(shop.create())
    shop.channel.close(NUMBER)
    assert shop.state() is OrderState.REFUNDED


def test_wechat_does_not_close_what_is_paid() -> None:
    shop = Shop("wechat")
    shop.provider.pay(shop.create())
    with pytest.raises(ProviderRefused, match="ORDERPAID"):
        shop.channel.close(NUMBER)


@pytest.mark.parametrize("refunds", ["processing", "abnormal"])
def test_wechats_word_for_a_refund_that_was_begun_is_not_taken_for_money_that_is_back(refunds: str) -> None:
    shop = Shop("wechat")
    shop.provider.pay(shop.create())
    shop.provider.set_faults(refunds=refunds)
    for _ in range(2):
        with pytest.raises((ProviderSilent, ProviderRefused)):
            shop.channel.refund(NUMBER, AMOUNT)
        trade = shop.channel.query(NUMBER)
        assert trade is not None
        assert (trade.state, trade.word) == (OrderState.PAID, "REFUND")
    shop.provider.set_faults(refunds="ok")
    shop.channel.refund(NUMBER, AMOUNT)
    assert shop.state() is OrderState.REFUNDED


@pytest.mark.parametrize("answer", [(500, {}), (200, {}), (400, {"code": "?"})])
def test_a_refund_that_nobody_tells_about_is_neither_there_nor_not(answer: tuple[int, Mapping[str, Any]]) -> None:
    def refunded(_method: str, path: str, _body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        return answer if path.startswith(wechat.REFUNDS) else (200, {"trade_state": "REFUND", "amount": {"total": 7}})

    with pytest.raises(ProviderSilent):
        WeChat(refunded).query(NUMBER)


def test_amounts_are_fen_for_one_and_text_for_the_other() -> None:
    sent: list[Any] = []

    def listens(*call: Any) -> Any:
        sent.append(call[-1])
        raise TimeoutError

    shop = Shop("wechat")
    for channel in (WeChat(listens), Alipay(listens)):
        with pytest.raises(ProviderSilent):
            channel.create(NUMBER, AMOUNT, shop.clock.now())
    assert sent[0]["amount"] == {"total": 20_050, "currency": "CNY"}
    assert sent[1]["total_amount"] == "200.50"


# --- words and amounts ---


@pytest.mark.parametrize(("word", "state"), WECHAT.items())
def test_every_word_of_wechat(word: str, state: OrderState) -> None:
    said = {"trade_state": word, "amount": {"total": 7}, "status": "SUCCESS"}
    trade = WeChat(lambda *_: (200, said)).query(NUMBER)
    assert trade is not None
    assert (trade.state, trade.word, trade.amount) == (state, word, 7)
    assert WECHAT.keys() == wechat.STATES.keys()


@pytest.mark.parametrize(("word", "state"), ALIPAY.items())
def test_every_word_of_alipay(word: str, state: OrderState) -> None:
    trade = Alipay(lambda *_: {"code": "10000", "trade_status": word, "total_amount": "0.07"}).query(NUMBER)
    assert trade is not None
    assert (trade.state, trade.word, trade.amount) == (state, word, 7)
    assert ALIPAY.keys() == alipay.STATES.keys()


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}),
        (200, {"trade_state": "NEW"}),
        (200, {"trade_state": 5}),
        (200, {"trade_state": "SUCCESS"}),
        (200, {"trade_state": "SUCCESS", "amount": None}),
        (200, {"trade_state": "SUCCESS", "amount": {"total": 1.0}}),
        (200, []),
        (500, {}),
        (502, None),
        (429, {}),
        (400, {"code": "?"}),
    ],
)
def test_what_wechat_should_not_say_means_nothing(answer: tuple[int, Any]) -> None:
    with pytest.raises(ProviderSilent):
        WeChat(lambda *_: answer).query(NUMBER)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        {"code": "20000", "sub_code": "aop.unknow-error"},
        {"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"},
        {"code": "10000", "trade_status": "NEW", "total_amount": "1.00"},
        {"code": "10000", "trade_status": "TRADE_SUCCESS"},
        {"code": "10000", "trade_status": "TRADE_SUCCESS", "total_amount": "1.0"},
    ],
)
def test_what_alipay_should_not_say_means_nothing(answer: Any) -> None:
    with pytest.raises(ProviderSilent):
        Alipay(lambda *_: answer).query(NUMBER)


@given(st.integers(min_value=0, max_value=10**9))
def test_every_amount_goes_there_and_back(amount: int) -> None:
    assert fen(yuan(amount)) == amount


@given(st.text(max_size=12))
def test_whatever_is_not_exactly_an_amount_is_not_one(text: str) -> None:
    try:
        amount = fen(text)
    except ProviderSilent:
        return
    assert yuan(amount) == text
