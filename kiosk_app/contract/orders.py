"""Payment by code: an order at a payment provider, whatever that calls it."""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Amount, Name, OrderNumber


class OrderState(StrEnum):
    """What an order can be, whatever its provider calls it (``domain.md`` 8.8).

    ``waiting`` is never final: a payment may be on its way. ``closed``: ask once more before believing it.
    ``disputed``: the provider names another amount, and a person must look.
    """

    WAITING = "waiting"
    PAID = "paid"
    CLOSED = "closed"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class CreateOrder(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /orders/create``: a code that takes ``amount`` fen, good for ``seconds``. Answered with an :class:`Order`.

    ``reference`` is the payment's and the provider's out_trade_no. The same again is the same order; another amount,
    channel or kiosk is CentralRefused ``order-differs``. ``channel`` is one of the heartbeat's.
    """

    path: ClassVar[str] = "/orders/create"

    reference: OrderNumber
    amount: Annotated[int, msgspec.Meta(ge=1, le=10**9)]
    channel: Name
    seconds: Annotated[int, msgspec.Meta(ge=60, le=7200)] = 120


class QueryOrder(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /orders/query``: what the provider says now. Unknown here or another kiosk's: ``unknown-order``."""

    path: ClassVar[str] = "/orders/query"

    reference: OrderNumber


class CloseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /orders/close``: nobody may pay it any more. One that central never heard of is closed for good too.

    With ``channel`` and ``amount`` its provider is asked even then: central may have lost its memory, and the payer not
    the code. The answer says what central believes; a payment that was on its way may still arrive: query once more.
    """

    path: ClassVar[str] = "/orders/close"

    reference: OrderNumber
    channel: Annotated[str, msgspec.Meta(max_length=64)] = ""
    amount: Amount = 0


class RefundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /orders/refund``: give everything back. Repeating is harmless; what was not paid is ``not-paid``."""

    path: ClassVar[str] = "/orders/refund"

    reference: OrderNumber
    amount: Amount


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to all four. ``code`` is the text of the QR code while it can be paid, for ``seconds_left``.

    ``transaction`` is the provider's own number of the payment. Nothing in it says who paid.
    """

    reference: str
    amount: int
    channel: str
    state: OrderState
    code: str = ""
    seconds_left: int = 0
    transaction: str = ""
