"""What a proof says, as plain values: the papers and the last view are made of these.

Nothing here names a person in full: the payer is shown masked, the bank card by its last four digits, and of a payment
by code only the provider and its number of the payment.
"""

from dataclasses import dataclass
from datetime import datetime

from kiosk_app.devices import SlipLine
from kiosk_app.money.amounts import Fen


@dataclass(frozen=True)
class PaidFine:
    """One decision that was paid; amounts in fen."""

    number: str
    what: str
    fine: Fen
    late_fee: Fen


@dataclass(frozen=True)
class ByCard:
    """What the terminal's receipt says; ``authorisation`` may be empty."""

    card_name: str
    card: str
    authorisation: str
    trace: int


@dataclass(frozen=True)
class ByCode:
    """``channel``: ``wechat``, ``alipay``; ``transaction``: the provider's number of the payment."""

    channel: str
    transaction: str


PaidBy = ByCard | ByCode


@dataclass(frozen=True)
class PaidFines:
    """A payment of penalty decisions. ``voucher`` None: central has not answered yet, the report is on its way."""

    reference: str
    amount: Fen
    items: tuple[PaidFine, ...]
    paid_at: datetime
    by: PaidBy
    voucher: str | None
    payer: str
    site: str
    hotline: str
    proof_url: str


@dataclass(frozen=True)
class Trouble:
    """A payment that did not end in a proof: where the money is, by the state's name (``money/payment.py``).

    ``notes``: what became of what was paid for, where a slip can say it.
    """

    reference: str
    amount: Fen
    state: str
    at: datetime
    site: str
    hotline: str
    notes: tuple[SlipLine, ...] = ()
