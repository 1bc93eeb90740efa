"""The states of a payment, as a table that an auditor can check with a finger.

    intended ──> requested ──> approved ──> fulfilled ──> completed ──> settled
       │             │  │          │             │             │
       v             │  v          └────────┬────┴─────────────┘
    abandoned        │ unknown ─> (any       v
                     v   answer)        reversing ──> reversed
                  declined                   └──────> refund due ──> refunded

- *intended*: written down, nothing asked of anybody. *requested*: the terminal, or the citizen's telephone, may be
  taking money now.
- *approved*: the money is taken, nothing is delivered. *fulfilled*: the report to central is in the outbox, in
  the same transaction as this state. *completed*: the terminal closed the payment; one by code needs no closing.
  *settled*: central accepted.
- *unknown*: the answer was lost, or the citizen left. By card the terminal's last transaction decides before
  anybody else pays by card; by code the order decides, asked again after it was closed.
- *reversing*: we decided to give it back; repeating that is harmless (ZVT result B4; an order is refunded once).
- *refund due*: it cannot be given back here; a person must. The case stays in ``kiosk books`` until *refunded*.

The till asks :func:`move` before every journal entry; a move that is not in the table is a bug and stops it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from kiosk_app.devices import CardReceipt
from kiosk_app.money.amounts import Fen
from kiosk_app.money.receipts import CARD, CODE, CodeReceipt, Receipt
from kiosk_app.ports import Entry

KIND = "payment"
"""Of journal entries."""
STREAM = "pay"
"""Of outbox events."""


class State(StrEnum):
    """See the module's picture."""

    INTENDED = "intended"
    ABANDONED = "abandoned"
    REQUESTED = "requested"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    APPROVED = "approved"
    FULFILLED = "fulfilled"
    COMPLETED = "completed"
    SETTLED = "settled"
    REVERSING = "reversing"
    REVERSED = "reversed"
    REFUND_DUE = "refund due"
    REFUNDED = "refunded"


MOVES: Mapping[State, frozenset[State]] = {
    State.INTENDED: frozenset({State.REQUESTED, State.ABANDONED}),
    State.REQUESTED: frozenset({State.APPROVED, State.DECLINED, State.UNKNOWN, State.REFUND_DUE}),
    State.UNKNOWN: frozenset({State.APPROVED, State.DECLINED, State.REFUND_DUE}),
    State.APPROVED: frozenset({State.FULFILLED, State.REVERSING}),
    State.FULFILLED: frozenset({State.COMPLETED, State.REVERSING}),
    State.COMPLETED: frozenset({State.SETTLED, State.REVERSING}),
    State.REVERSING: frozenset({State.REVERSED, State.REFUND_DUE}),
    State.REFUND_DUE: frozenset({State.REFUNDED}),
    State.ABANDONED: frozenset(),
    State.DECLINED: frozenset(),
    State.SETTLED: frozenset(),
    State.REVERSED: frozenset(),
    State.REFUNDED: frozenset(),
}

FINAL = frozenset(state for state, after in MOVES.items() if not after)
OPEN_AT_TERMINAL = frozenset(
    {State.REQUESTED, State.UNKNOWN, State.APPROVED, State.FULFILLED, State.REVERSING, State.INTENDED}
)
"""While a payment by card is in one of these, the terminal must be asked before anybody else pays by card."""
TAKEN = frozenset({State.APPROVED, State.FULFILLED, State.COMPLETED, State.SETTLED, State.REVERSING, State.REFUND_DUE})
"""The citizen's money is with us (or may be) in these."""


class ImpossibleMoveError(AssertionError):
    """The till tried what the table does not allow: a bug, never a situation."""


@dataclass(frozen=True)
class Payment:
    """A payment as the journal knows it. ``before`` is the terminal's last trace before it was asked.

    ``means``: CARD (also of entries older than the other one) or CODE, with its ``channel``.
    """

    reference: str
    amount: Fen
    state: State
    before: int | None = None
    receipt: Receipt | None = None
    why: str = ""
    means: str = CARD
    channel: str = ""


def move(payment: Payment, to: State, **changes: Any) -> Payment:
    """``payment`` in state ``to``. Raises ImpossibleMoveError if the table does not allow it."""
    if to not in MOVES[payment.state]:
        raise ImpossibleMoveError(f"{payment.reference}: {payment.state} -> {to}")
    return replace(payment, state=to, **changes)


def fields(payment: Payment) -> dict[str, Any]:
    """The body of a journal entry: everything but reference and state."""
    body: dict[str, Any] = {"amount": payment.amount, "means": payment.means}
    if payment.channel:
        body["channel"] = payment.channel
    if payment.before is not None:
        body["before"] = payment.before
    if payment.why:
        body["why"] = payment.why
    if payment.receipt is not None:
        receipt = payment.receipt
        body["receipt"] = {name: getattr(receipt, name) for name in receipt.__dataclass_fields__}
    return body


def from_entry(entry: Entry) -> Payment:
    """The payment that a journal entry of kind ``payment`` describes."""
    body = entry.body
    receipt, means = body.get("receipt"), body.get("means", CARD)
    kind = CodeReceipt if means == CODE else CardReceipt
    return Payment(
        reference=entry.reference,
        amount=Fen(body["amount"]),
        state=State(entry.state),
        before=body.get("before"),
        receipt=kind(**receipt) if receipt else None,
        why=body.get("why", ""),
        means=means,
        channel=body.get("channel", ""),
    )


def blocking(payments: Iterable[Payment]) -> list[Payment]:
    """Those that must be settled with the terminal before anything else is paid by card."""
    return [payment for payment in payments if payment.means == CARD and payment.state in OPEN_AT_TERMINAL]


def what_happened(payment: Payment, last: CardReceipt | None) -> State:
    """What the terminal's last transaction says of a payment whose answer was lost (ZVT 06 20; domain.md 8.2).

    The trace number before the request tells whether anything was booked since. An approved booking of the same
    amount is ours, since nobody else may pay before this is settled; its reversal means that nothing was kept.
    Anything else needs a person: REFUND_DUE. So does a terminal that remembers nothing now and did before.
    """
    if last is None:
        return State.DECLINED if payment.before is None else State.REFUND_DUE
    if last.trace == payment.before:
        return State.DECLINED
    if not last.approved:  # a reversal that was refused left its payment standing
        return State.DECLINED if last.reverses in {None, payment.before} else State.REFUND_DUE
    if last.amount != payment.amount:
        return State.REFUND_DUE
    if last.reverses is not None:
        return State.DECLINED if last.reverses != payment.before else State.REFUND_DUE
    return State.APPROVED


def another_terminal(booked: CardReceipt, last: CardReceipt | None) -> bool:
    """Whether ``last`` comes from a terminal that did not book ``booked``: somebody exchanged it."""
    return (
        last is not None
        and "" not in {booked.terminal_id, last.terminal_id}
        and (booked.terminal_id != last.terminal_id)
    )


def stands(payment: Payment, last: CardReceipt | None) -> bool | None:
    """Whether an approved payment still stands at the terminal; None when its last transaction is another one."""
    if last is None or not isinstance(payment.receipt, CardReceipt):
        return None
    if last.trace == payment.receipt.trace:
        return last.approved
    return False if last.approved and last.reverses == payment.receipt.trace else None
