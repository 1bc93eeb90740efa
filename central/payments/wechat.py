"""WeChat Pay, Native, interface v3: amounts are whole fen, states are NOTPAY, SUCCESS, REFUND, CLOSED (8.8).

States, amounts and the order of query and close are ``domain.md`` 8.8; paths, field names and error codes are general
knowledge of the public v3 interface, to be checked against the merchant contract. ``wire`` makes the signed HTTPS
call (merchant key and platform certificate are the contract's); it answers status and JSON, or raises OSError.
USERPAYING, PAYERROR and REVOKED belong to scanning the payer and are read as "still open" and "closed".

REFUND says that a refund was begun, not that the money is back: it may take days, and fail for good (ABNORMAL, CLOSED).
So it is followed by a look at the refund itself; one that is not ours was made at the provider's own pages.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from central.payments import ProviderRefused, ProviderSilent, Trade, text_of
from kiosk_app.contract import OrderState

Json = Mapping[str, Any]
Wire = Callable[[str, str, Json], tuple[int, Json]]
"""Method, path, body: status and body of the answer. Raises OSError (TimeoutError is one)."""

STATES: Final[Mapping[str, OrderState]] = {
    "NOTPAY": OrderState.WAITING,
    "USERPAYING": OrderState.WAITING,
    "SUCCESS": OrderState.PAID,
    "REFUND": OrderState.REFUNDED,
    "CLOSED": OrderState.CLOSED,
    "REVOKED": OrderState.CLOSED,
    "PAYERROR": OrderState.CLOSED,
}
LATER: Final = frozenset({"SYSTEM_ERROR", "FREQUENCY_LIMITED"})
UNKNOWN: Final = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})
NO_SUCH_REFUND: Final = "RESOURCE_NOT_EXISTS"
ORDERS: Final = "/v3/pay/transactions"
REFUNDS: Final = "/v3/refund/domestic/refunds"


class WeChat:
    """See :class:`central.payments.Channel`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, number: str, amount: int, expires_at: datetime) -> str:
        body = {
            "out_trade_no": number,
            "description": "政务自助终端缴费",
            "time_expire": expires_at.isoformat(timespec="seconds"),
            "amount": {"total": amount, "currency": "CNY"},
        }
        return text_of(self._call("POST", f"{ORDERS}/native", body), "code_url")

    def query(self, number: str) -> Trade | None:
        try:
            said = self._call("GET", f"{ORDERS}/out-trade-no/{number}", {})
        except ProviderRefused as refused:
            if refused.code in UNKNOWN:
                return None
            raise ProviderSilent(refused.code) from refused
        word = text_of(said, "trade_state")
        if word not in STATES:
            raise ProviderSilent("a state that nobody told us of")
        amount, state = said.get("amount"), STATES[word]
        total = amount.get("total") if isinstance(amount, Mapping) else None
        if state in {OrderState.PAID, OrderState.REFUNDED} and type(total) is not int:
            raise ProviderSilent("paid, and not how much")
        if state is OrderState.REFUNDED and not self._back(number):
            state = OrderState.PAID
        return Trade(state, word, total if type(total) is int else None, str(said.get("transaction_id", "")))

    def _back(self, number: str) -> bool:
        """Whether a refund that was begun has ended with the payer. Raises ProviderSilent."""
        try:
            return text_of(self._call("GET", f"{REFUNDS}/{number}", {}), "status") == "SUCCESS"
        except ProviderRefused as refused:
            if refused.code == NO_SUCH_REFUND:
                return True
            raise ProviderSilent(refused.code) from refused

    def close(self, number: str) -> None:
        try:
            self._call("POST", f"{ORDERS}/out-trade-no/{number}/close", {})
        except ProviderRefused as refused:
            if refused.code not in UNKNOWN | {"ORDER_CLOSED"}:
                raise

    def refund(self, number: str, amount: int) -> None:
        whole = {"refund": amount, "total": amount, "currency": "CNY"}
        body = {"out_trade_no": number, "out_refund_no": number, "amount": whole}
        status = text_of(self._call("POST", REFUNDS, body), "status")
        if status == "PROCESSING":
            raise ProviderSilent("the refund is under way")
        if status != "SUCCESS":
            raise ProviderRefused(status)

    def _call(self, method: str, path: str, body: Json) -> Json:
        try:
            status, said = self._wire(method, path, body)
        except OSError as error:
            raise ProviderSilent(type(error).__name__) from error
        if not isinstance(said, Mapping):
            raise ProviderSilent("an answer that cannot be read")
        if status < 300:
            return said
        code = str(said.get("code", status))
        if status >= 500 or status == 429 or code in LATER:
            raise ProviderSilent(code)
        raise ProviderRefused(code)
