"""The means by itself, with a central that says exactly what the story wants: what is asked, and in which order."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from kiosk_app.contract import CloseOrder, CreateOrder, Order, OrderState, QueryOrder, RefundOrder
from kiosk_app.errors import CentralRefused, CentralUnreachable, CodeUnavailable, PaymentUncertain, ReversalRefused
from kiosk_app.money.amounts import Fen
from kiosk_app.money.by_code import CREATE_PATIENCE, LIFE, ByCode
from kiosk_app.money.means import CodeShown, Found, Notice, Way
from kiosk_app.money.payment import Payment, State
from kiosk_app.money.receipts import CODE, CodeReceipt
from tests.virtual import run

REFERENCE, AMOUNT = "44070399261123090001", Fen(20_000)
PAYMENT = Payment(REFERENCE, AMOUNT, State.REQUESTED, means=CODE, channel="wechat")
SILENT, UNKNOWN, REVOKED = CentralUnreachable("no route"), CentralRefused("unknown-order"), CentralRefused("revoked")
RECEIPT = CodeReceipt("wechat", "4200", AMOUNT)
Answer = Order | Exception


def order(state: OrderState = OrderState.WAITING, **changes: Any) -> Order:
    paid = state in {OrderState.PAID, OrderState.REFUNDED}
    shown = {"code": "weixin://sample", "seconds_left": 120} if state is OrderState.WAITING else {}
    facts: dict[str, Any] = {
        "reference": REFERENCE, "amount": AMOUNT, "channel": "wechat", "transaction": "4200" if paid else ""
    }  # fmt: skip
    return Order(**{**facts, **shown, "state": state, **changes})


PAID, CLOSED, REFUNDED, DISPUTED = (order(OrderState(word)) for word in ("paid", "closed", "refunded", "disputed"))
WAITING = order()


class Central:
    """Answers each kind of question with the next of its answers, and with the last for ever."""

    def __init__(self, **answers: Sequence[Answer]) -> None:
        self._answers = {name: list(given) for name, given in answers.items()}
        self.asked: list[str] = []
        self.times: list[float] = []

    async def ask(self, question: Any, reply: type[Any], *, deadline: float) -> Any:
        assert reply is Order
        assert question.reference == REFERENCE
        kinds: dict[Any, str] = {CreateOrder: "create", QueryOrder: "query", CloseOrder: "close", RefundOrder: "refund"}
        name = kinds[type(question)]
        self.asked.append(name)
        self.times.append(asyncio.get_running_loop().time())
        given = self._answers[name]
        answer = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(answer, CentralUnreachable):
            await asyncio.sleep(deadline)
        if isinstance(answer, Exception):
            raise answer
        return answer


def means(central: Central, *channels: str) -> ByCode:
    return ByCode(central, lambda: channels or ("wechat",))


def find(**answers: Sequence[Answer]) -> tuple[Found, list[str]]:
    central = Central(**answers)
    return run(means(central).find(PAYMENT, 0.0)), central.asked


# --- what became of it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queries", "asked", "state"),
    [
        ([PAID], ["query"], State.APPROVED),
        ([CLOSED], ["query"], State.DECLINED),
        ([REFUNDED], ["query"], State.REVERSED),
        ([DISPUTED], ["query"], State.REFUND_DUE),
        ([WAITING, CLOSED], ["query", "close", "query"], State.DECLINED),
        ([WAITING, PAID], ["query", "close", "query"], State.APPROVED),
        ([WAITING, REFUNDED], ["query", "close", "query"], State.REVERSED),
        ([WAITING, DISPUTED], ["query", "close", "query"], State.REFUND_DUE),
        ([UNKNOWN, CLOSED], ["query", "close", "query"], State.DECLINED),
        ([order(OrderState.PAID, amount=1)], ["query"], State.REFUND_DUE),
    ],
)
def test_what_query_close_and_query_mean_together(queries: list[Answer], asked: list[str], state: State) -> None:
    found, questions = find(query=queries, close=[CLOSED])
    assert (found.state, questions) == (state, asked)


def test_what_close_itself_says_is_not_believed() -> None:
    found, _ = find(query=[WAITING, PAID], close=[CLOSED])
    assert (found.state, found.receipt) == (State.APPROVED, RECEIPT)


@pytest.mark.parametrize(
    "answers",
    [
        {"query": [SILENT], "close": [CLOSED]},
        {"query": [REVOKED], "close": [CLOSED]},
        {"query": [WAITING], "close": [SILENT]},
        {"query": [WAITING], "close": [REVOKED]},
        {"query": [WAITING, SILENT], "close": [CLOSED]},
        {"query": [WAITING, WAITING], "close": [WAITING]},
        {"query": [UNKNOWN, UNKNOWN], "close": [CLOSED]},
    ],
)
def test_as_long_as_one_of_the_three_is_missing_nobody_knows(answers: dict[str, list[Answer]]) -> None:
    with pytest.raises(PaymentUncertain):
        find(**answers)


def test_the_answer_about_another_order_is_no_answer() -> None:
    strayed = order(OrderState.PAID, reference="44070399261123080000")
    with pytest.raises(PaymentUncertain):
        find(query=[strayed], close=[CLOSED])
    back = order(OrderState.REFUNDED, reference="44070399261123080000")
    with pytest.raises(PaymentUncertain):
        run(means(Central(refund=[back])).give_back(PAYMENT))


def test_patience_asks_again_and_alone_it_asks_once() -> None:
    central = Central(query=[SILENT, SILENT, PAID], close=[CLOSED])
    assert run(means(central).find(PAYMENT, 20.0)).state is State.APPROVED
    assert central.asked == ["query"] * 3
    central = Central(query=[SILENT, PAID], close=[CLOSED])
    with pytest.raises(PaymentUncertain):
        run(means(central).find(PAYMENT, means(central).patience))
    assert central.asked == ["query"]


@pytest.mark.parametrize(
    ("answer", "standing"),
    [(PAID, True), (REFUNDED, False), (CLOSED, None), (WAITING, None), (DISPUTED, None), (UNKNOWN, None)],
)
def test_whether_a_payment_stands(answer: Answer, standing: bool | None) -> None:
    assert run(means(Central(query=[answer])).stands(PAYMENT, 0.0)) is standing


def test_nobody_knows_whether_it_stands_while_central_is_silent() -> None:
    with pytest.raises(PaymentUncertain):
        run(means(Central(query=[SILENT])).stands(PAYMENT, 0.0))


# --- given back ------------------------------------------------------------------------------------------------


def test_it_is_back_only_when_central_says_so() -> None:
    run(means(Central(refund=[REFUNDED])).give_back(PAYMENT))
    for answer in (SILENT, PAID):
        with pytest.raises(PaymentUncertain):
            run(means(Central(refund=[answer])).give_back(PAYMENT))


@pytest.mark.parametrize("code", ["not-paid", "refund-refused", "disputed", "full-refund-only", "unknown-order"])
def test_what_central_refuses_is_a_persons(code: str) -> None:
    with pytest.raises(ReversalRefused, match=code):
        run(means(Central(refund=[CentralRefused(code)])).give_back(PAYMENT))


# --- taken -----------------------------------------------------------------------------------------------------


def take(central: Central) -> tuple[list[Notice], CodeReceipt | Exception, float]:
    """What was told, how it ended, and when."""
    told: list[Notice] = []

    async def story() -> tuple[CodeReceipt | Exception, float]:
        try:
            end: CodeReceipt | Exception = await means(central).take(PAYMENT, told.append)
        except (PaymentUncertain, CodeUnavailable) as error:
            end = error
        return end, asyncio.get_running_loop().time()

    end, at = run(story())
    return told, end, at


def test_the_code_is_shown_and_asked_for_until_it_is_paid() -> None:
    central = Central(create=[WAITING], query=[WAITING, WAITING, PAID])
    told, end, at = take(central)
    assert told == [CodeShown("weixin://sample", "wechat", 120)]
    assert (end, at) == (RECEIPT, 6.0)
    assert central.asked == ["create", "query", "query", "query"]


def test_nobody_waits_longer_than_the_orders_life() -> None:
    central = Central(create=[order(seconds_left=9)], query=[WAITING])
    _, end, at = take(central)
    assert isinstance(end, PaymentUncertain)
    assert at == 9.0


def test_a_life_longer_than_ours_is_cut_to_it() -> None:
    told, _, at = take(Central(create=[order(seconds_left=7000)], query=[WAITING]))
    assert told[0] == CodeShown("weixin://sample", "wechat", LIFE)
    assert at == LIFE


@pytest.mark.parametrize("answer", [CLOSED, REFUNDED, DISPUTED, order(OrderState.PAID, amount=1)])
def test_whatever_else_it_becomes_is_found_out_and_never_taken_for_paid(answer: Answer) -> None:
    _, end, _ = take(Central(create=[WAITING], query=[WAITING, answer]))
    assert isinstance(end, PaymentUncertain)


def test_a_silent_central_is_told_once_and_its_return_too() -> None:
    central = Central(create=[WAITING], query=[WAITING, SILENT, SILENT, WAITING, PAID])
    told, end, _ = take(central)
    assert [notice.reached for notice in told if isinstance(notice, CodeShown)] == [True, False, True]
    assert end == RECEIPT


def test_a_create_without_answer_is_repeated_for_a_while_and_given_up() -> None:
    central = Central(create=[SILENT])
    told, end, at = take(central)
    assert isinstance(end, CodeUnavailable)
    assert told == []
    assert CREATE_PATIENCE <= at <= CREATE_PATIENCE + 6
    assert set(central.asked) == {"create"}
    central = Central(create=[SILENT, SILENT, order(seconds_left=100)], query=[PAID])
    assert take(central)[1] == RECEIPT


@pytest.mark.parametrize(
    "answer",
    [
        CentralRefused("unknown-channel"),
        CLOSED,
        PAID,
        order(code=""),
        order(seconds_left=0),
        order(amount=1),
        order(reference="another"),
    ],
)
def test_what_is_not_a_code_for_this_payment_is_never_shown(answer: Answer) -> None:
    told, end, _ = take(Central(create=[answer], query=[PAID]))
    assert isinstance(end, CodeUnavailable)
    assert told == []


def test_it_is_open_while_central_offers_codes_whatever_is_unfinished() -> None:
    assert means(Central()).why_closed([PAYMENT]) == ""
    assert means(Central(), "wechat", "alipay").ways() == (Way(CODE, "wechat"), Way(CODE, "alipay"))
    assert ByCode(Central(), tuple).why_closed([]) == "menu.closed.central"
    assert ByCode(Central(), tuple).ways() == ()
