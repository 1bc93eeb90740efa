"""The table of payment states, checked the way an auditor would: every path ends, and no way leads past the money."""

from dataclasses import replace

import pytest

from kiosk_app.devices import CardReceipt
from kiosk_app.money.amounts import Fen
from kiosk_app.money.payment import (
    FINAL,
    MOVES,
    OPEN_AT_TERMINAL,
    TAKEN,
    ImpossibleMoveError,
    Payment,
    State,
    another_terminal,
    blocking,
    fields,
    from_entry,
    move,
    stands,
    what_happened,
)
from kiosk_app.money.receipts import CARD, CODE, CodeReceipt
from kiosk_app.ports import Entry
from tests.worlds.founding import MORNING

AMOUNT = Fen(20000)


def receipt(trace: int, *, amount: int = AMOUNT, approved: bool = True, reverses: int | None = None) -> CardReceipt:
    return CardReceipt(trace, trace, Fen(amount), approved, reverses=reverses)


def payment(state: State, *, before: int | None = 7, booked: CardReceipt | None = None) -> Payment:
    return Payment("440703992611230001", AMOUNT, state, before=before, receipt=booked)


def reachable(state: State) -> set[State]:
    seen, todo = set[State](), [state]
    while todo:
        for after in MOVES[todo.pop()] - seen:
            seen.add(after)
            todo.append(after)
    return seen


def test_every_state_has_a_row() -> None:
    assert set(MOVES) == set(State)


def test_every_state_is_reached_from_intended_and_can_end() -> None:
    assert reachable(State.INTENDED) == set(State) - {State.INTENDED}
    for state in State:
        assert state in FINAL or reachable(state) & FINAL


def test_taken_money_ends_settled_returned_or_refunded_by_a_person_and_nowhere_else() -> None:
    for state in TAKEN:
        assert (reachable(state) | {state}) & FINAL <= {State.SETTLED, State.REVERSED, State.REFUNDED}


def test_nothing_is_declined_after_it_was_approved() -> None:
    assert State.DECLINED not in reachable(State.APPROVED)


def test_money_is_never_settled_without_the_report_and_the_terminals_completion() -> None:
    assert [s for s in State if State.SETTLED in MOVES[s]] == [State.COMPLETED]
    assert [s for s in State if State.COMPLETED in MOVES[s]] == [State.FULFILLED]


def test_only_states_that_are_sure_at_the_terminal_let_another_pay() -> None:
    assert set(State) - OPEN_AT_TERMINAL - FINAL == {State.COMPLETED, State.REFUND_DUE}


@pytest.mark.parametrize("state", list(State))
def test_a_move_outside_the_table_is_a_bug(state: State) -> None:
    for to in set(State) - MOVES[state]:
        with pytest.raises(ImpossibleMoveError):
            move(payment(state), to)


def test_a_payment_survives_the_journal() -> None:
    booked = payment(State.APPROVED, booked=receipt(8))
    entry = Entry(1, MORNING, booked.reference, "payment", booked.state.value, fields(booked))
    assert from_entry(entry) == booked


def test_a_payment_by_code_survives_the_journal() -> None:
    paid = CodeReceipt("wechat", "4200001", AMOUNT)
    booked = replace(payment(State.APPROVED, before=None), receipt=paid, means=CODE, channel="wechat")
    entry = Entry(1, MORNING, booked.reference, "payment", booked.state.value, fields(booked))
    assert from_entry(entry) == booked


def test_an_entry_that_is_older_than_the_second_means_is_by_card() -> None:
    old = Entry(1, MORNING, "1", "payment", "approved", {"amount": 5, "receipt": fields(
        payment(State.APPROVED, booked=receipt(8)))["receipt"]})  # fmt: skip
    assert from_entry(old).means == CARD
    assert from_entry(old).receipt == receipt(8)


@pytest.mark.parametrize("state", list(State))
def test_only_an_open_payment_by_card_blocks_and_only_cards_look(state: State) -> None:
    by_card = payment(state)
    by_code = replace(by_card, means=CODE, channel="alipay")
    assert blocking([by_code]) == []
    assert blocking([by_card]) == ([by_card] if state in OPEN_AT_TERMINAL else [])


class TestWhatHappenedToAPaymentWhoseAnswerWasLost:
    def test_no_transaction_at_all_means_nothing_was_taken(self) -> None:
        assert what_happened(payment(State.UNKNOWN, before=None), None) is State.DECLINED

    def test_a_terminal_that_forgot_what_it_knew_is_for_a_person(self) -> None:
        assert what_happened(payment(State.UNKNOWN, before=7), None) is State.REFUND_DUE

    def test_the_same_trace_as_before_means_nothing_was_taken(self) -> None:
        assert what_happened(payment(State.UNKNOWN), receipt(7)) is State.DECLINED

    def test_a_new_booking_of_the_same_amount_is_ours(self) -> None:
        assert what_happened(payment(State.UNKNOWN), receipt(8)) is State.APPROVED

    def test_the_first_booking_of_a_new_terminal_is_ours(self) -> None:
        assert what_happened(payment(State.UNKNOWN, before=None), receipt(1)) is State.APPROVED

    def test_a_new_transaction_that_was_refused_took_nothing(self) -> None:
        assert what_happened(payment(State.UNKNOWN), receipt(8, approved=False)) is State.DECLINED

    def test_a_booking_that_the_terminal_reversed_itself_kept_nothing(self) -> None:
        assert what_happened(payment(State.UNKNOWN), receipt(9, reverses=8)) is State.DECLINED

    def test_another_amount_is_for_a_person(self) -> None:
        assert what_happened(payment(State.UNKNOWN), receipt(8, amount=1)) is State.REFUND_DUE

    def test_a_reversal_by_the_terminal_that_was_refused_is_for_a_person(self) -> None:
        refused = receipt(9, approved=False, reverses=8)
        assert what_happened(payment(State.UNKNOWN), refused) is State.REFUND_DUE

    def test_a_reversal_of_the_payment_before_ours_is_for_a_person(self) -> None:
        assert what_happened(payment(State.UNKNOWN), receipt(8, reverses=7)) is State.REFUND_DUE


class TestWhetherTheTerminalWasExchanged:
    @pytest.mark.parametrize(
        ("booked", "last", "exchanged"),
        [("00000001", "00000001", False), ("00000001", "00000002", True), ("", "2", False), ("1", "", False)],
    )
    def test_its_own_number_tells(self, booked: str, last: str, exchanged: bool) -> None:
        mine, theirs = replace(receipt(8), terminal_id=booked), replace(receipt(9), terminal_id=last)
        assert another_terminal(mine, theirs) is exchanged

    def test_a_terminal_that_never_booked_anything_does_not(self) -> None:
        assert another_terminal(replace(receipt(8), terminal_id="1"), None) is False


class TestWhetherAnApprovedPaymentStillStands:
    def test_it_stands_when_it_is_the_last(self) -> None:
        assert stands(payment(State.FULFILLED, booked=receipt(8)), receipt(8)) is True

    def test_it_does_not_when_the_last_one_reversed_it(self) -> None:
        assert stands(payment(State.FULFILLED, booked=receipt(8)), receipt(9, reverses=8)) is False

    def test_nobody_knows_when_the_reversal_was_refused(self) -> None:
        assert stands(payment(State.FULFILLED, booked=receipt(8)), receipt(9, approved=False, reverses=8)) is None

    def test_nobody_knows_when_the_last_one_is_another(self) -> None:
        assert stands(payment(State.FULFILLED, booked=receipt(8)), receipt(12)) is None

    def test_nobody_knows_when_the_terminal_remembers_nothing(self) -> None:
        assert stands(payment(State.FULFILLED, booked=receipt(8)), None) is None
