"""What whoever took the money says of it: the bank-card terminal, or the provider of a payment by code."""

from dataclasses import dataclass

from kiosk_app.devices import CardReceipt
from kiosk_app.money.amounts import Fen

CARD, CODE = "card", "code"
"""The two means of payment."""


@dataclass(frozen=True)
class CodeReceipt:
    """A payment by code. ``channel``: ``wechat``, ``alipay``; ``transaction``: the provider's own number.

    Who paid is not in it: that stays with the provider.
    """

    channel: str
    transaction: str
    amount: Fen


Receipt = CardReceipt | CodeReceipt
