"""Alipay, ``alipay.trade.precreate``: amounts are yuan as text with two decimals, states WAIT_BUYER_PAY ... (8.8).

States, amounts, "trade not exist until the payer scans" and "cancel also reverses" are ``domain.md`` 8.8; method and
field names and sub-codes are general knowledge of the public interface, to be checked against the merchant contract.
``wire`` signs and calls the gateway; it answers the response's JSON, or raises OSError.

Closing is ``alipay.trade.cancel``, since ``close`` does not know a trade that nobody scanned. On one that was paid a
moment before it gives the money back: the next query then says TRADE_CLOSED, and ``refund_fee`` tells why.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from central.payments import ProviderRefused, ProviderSilent, Trade, text_of
from kiosk_app.contract import OrderState

Json = Mapping[str, Any]
Wire = Callable[[str, Json], Json]
"""Method and ``biz_content``: the response. Raises OSError."""

STATES: Final[Mapping[str, OrderState]] = {
    "WAIT_BUYER_PAY": OrderState.WAITING,
    "TRADE_SUCCESS": OrderState.PAID,
    "TRADE_FINISHED": OrderState.PAID,
    "TRADE_CLOSED": OrderState.CLOSED,
}
DONE: Final = "10000"
LATER: Final = frozenset({"ACQ.SYSTEM_ERROR", "AOP.ACQ.SYSTEM_ERROR"})
NOT_EXIST: Final = "ACQ.TRADE_NOT_EXIST"
_YUAN: Final = re.compile(r"(0|[1-9][0-9]{0,10})\.([0-9]{2})", re.ASCII)


class Alipay:
    """See :class:`central.payments.Channel`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, number: str, amount: int, expires_at: datetime) -> str:
        body = {
            "out_trade_no": number,
            "subject": "政务自助终端缴费",
            "total_amount": yuan(amount),
            "time_expire": expires_at.isoformat(timespec="seconds"),
        }
        return text_of(self._call("alipay.trade.precreate", body), "qr_code")

    def query(self, number: str) -> Trade | None:
        try:
            said = self._call("alipay.trade.query", {"out_trade_no": number})
        except ProviderRefused as refused:
            if refused.code == NOT_EXIST:
                return None
            raise ProviderSilent(refused.code) from refused
        word = text_of(said, "trade_status")
        if word not in STATES:
            raise ProviderSilent("a state that nobody told us of")
        back = said.get("refund_fee", "0.00") != "0.00"
        state = OrderState.REFUNDED if back else STATES[word]
        return Trade(state, word, fen(text_of(said, "total_amount")), str(said.get("trade_no", "")))

    def close(self, number: str) -> None:
        said = self._call("alipay.trade.cancel", {"out_trade_no": number})
        if said.get("retry_flag") == "Y":
            raise ProviderSilent("cancel wants to be repeated")

    def refund(self, number: str, amount: int) -> None:
        body = {"out_trade_no": number, "refund_amount": yuan(amount), "out_request_no": number}
        said = self._call("alipay.trade.refund", body)
        if fen(text_of(said, "refund_fee")) != amount:
            raise ProviderSilent("the refund is under way")

    def _call(self, method: str, body: Json) -> Json:
        try:
            said = self._wire(method, body)
        except OSError as error:
            raise ProviderSilent(type(error).__name__) from error
        if not isinstance(said, Mapping):
            raise ProviderSilent("an answer that cannot be read")
        code, why = str(said.get("code", "")), str(said.get("sub_code", ""))
        if code == DONE:
            return said
        if code != "40004" or why in LATER:  # 20000 and what is not understood: it may have been done
            raise ProviderSilent(why or code)
        raise ProviderRefused(why)


def yuan(amount: int) -> str:
    """``20000`` as ``200.00``."""
    return f"{amount // 100}.{amount % 100:02d}"


def fen(text: str) -> int:
    """``200.00`` as ``20000``. Raises ProviderSilent for anything that is not exactly such a text."""
    found = _YUAN.fullmatch(text)
    if not found:
        raise ProviderSilent("not an amount")
    return int(found[1]) * 100 + int(found[2])
