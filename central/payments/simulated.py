"""A payment provider that does not exist: both real vocabularies on one side, a sample payer's telephone on the other.

The real ones need a merchant contract, so this is what central talks to in tests, worlds and the demo; it stands
behind the same wires as they would (:data:`central.payments.wechat.Wire`, :data:`central.payments.alipay.Wire`).
A trade may be under way for a while after the payer confirmed (``lands_at``), and what a close does to it is the
provider's secret: :attr:`Faults.in_flight`. Faults are silence, lost answers, slowness, refunds that take their
time or are refused, and a wrong amount. With a ``path`` the trades outlive the process, as a provider would.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from central.clock import Clock
from central.payments import Channels
from central.payments.alipay import Alipay, yuan
from central.payments.wechat import ORDERS, REFUNDS, WeChat

OPENID: Final = "oSAMPLE-openid-must-stay-here"
BUYER: Final = "138******00"
DEADLINE: Final = 4.0
"""Seconds after which central would give up: who is slower than that is silent."""


class Trade(msgspec.Struct, kw_only=True):
    """One number at one provider; ``state`` is open, paid, closed or refunded. Amounts in fen."""

    channel: str
    number: str
    amount: int
    code: str
    transaction: str
    expires_at: datetime
    state: str = "open"
    scanned: bool = False
    lands_at: datetime | None = None
    refund_asked: bool = False


class Faults(msgspec.Struct, kw_only=True):
    """What is wrong with the provider now.

    ``in_flight``: what close does to a payment under way: it ``lands`` and close says nothing of it, close
    ``refuses``, or the payment lands ``late``, long after the close. ``refunds``: ``ok``, ``processing``, ``refuse``,
    or ``abnormal``: begun, and unable to reach the payer (Alipay has no such word and stays at ``processing``).
    """

    down: bool = False
    lose_answers: int = 0
    slow: float = 0.0
    in_flight: str = "lands"
    refunds: str = "ok"
    wrong_amount: bool = False


class Book(msgspec.Struct, kw_only=True):
    """Everything the provider knows."""

    trades: dict[str, Trade] = {}
    faults: Faults = msgspec.field(default_factory=Faults)


class NotPossible(ValueError):
    """The telephone says no; the message says why."""


class SimulatedProvider:
    """See the module. ``wait`` lets time pass for a slow provider (seconds)."""

    def __init__(
        self, clock: Clock, *, path: Path | None = None, wait: Callable[[float], None] = lambda _: None
    ) -> None:
        self._clock, self._path, self._wait = clock, path, wait
        self._kept = Book()

    @property
    def channels(self) -> Channels:
        """Both adapters, each over its own wire to here."""
        return {"wechat": WeChat(self.wechat), "alipay": Alipay(self.alipay)}

    # --- memory ---

    @contextmanager
    def book(self) -> Iterator[Book]:
        """The book, up to date; whatever is changed in it is kept."""
        if self._path is None:
            self._catch_up(self._kept)
            yield self._kept
            return
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            text = file.read()
            book = msgspec.json.decode(text, type=Book) if text else Book()
            self._catch_up(book)
            yield book
            file.truncate(0)
            file.write(msgspec.json.encode(book))
            file.flush()

    def _catch_up(self, book: Book) -> None:
        now = self._clock.now()
        for trade in book.trades.values():
            if trade.lands_at is not None and trade.lands_at <= now:
                trade.state, trade.lands_at = "paid", None

    @contextmanager
    def _called(self) -> Iterator[Book]:
        """A call of central: it may not arrive, take long, or be answered into nothing."""
        with self.book() as book:
            faults = book.faults
            if faults.down:
                raise TimeoutError
            yield book
            lost, slow = faults.lose_answers > 0, faults.slow
            faults.lose_answers -= lost
        if slow:
            self._wait(min(slow, DEADLINE))
        if lost or slow > DEADLINE:
            raise TimeoutError

    # --- WeChat's vocabulary ---

    def wechat(self, method: str, path: str, body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """One call of interface v3."""
        with self._called() as book:
            if path == f"{ORDERS}/native":
                code = self._create(book, "wechat", body["out_trade_no"], body["amount"]["total"], body["time_expire"])
                return (200, {"code_url": code}) if code else (403, {"code": "OUT_TRADE_NO_USED"})
            number = str(body.get("out_trade_no") or path.removesuffix("/close").rpartition("/")[2])
            trade = book.trades.get(f"wechat {number}")
            if trade is None:
                return 404, {"code": "ORDER_NOT_EXIST"}
            if path.endswith("/refunds"):
                return _wechat_refund(trade, book.faults)
            if path.startswith(f"{REFUNDS}/"):
                return _wechat_refunded(trade, book.faults)
            if method == "POST":
                return _wechat_close(trade, book.faults)
            word = {"open": "NOTPAY", "paid": "SUCCESS", "closed": "CLOSED", "refunded": "REFUND"}[trade.state]
            word = "REFUND" if trade.refund_asked else word  # from the instant in which it is asked for
            total = trade.amount + book.faults.wrong_amount
            said = {"out_trade_no": number, "trade_state": word, "amount": {"total": total, "currency": "CNY"}}
            if trade.state in {"paid", "refunded"}:
                said |= {"transaction_id": trade.transaction, "payer": {"openid": OPENID}}
            return 200, said

    # --- Alipay's vocabulary ---

    def alipay(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """One call of the gateway."""
        with self._called() as book:
            number = body["out_trade_no"]
            if method == "alipay.trade.precreate":
                amount = int(body["total_amount"].replace(".", ""))
                code = self._create(book, "alipay", number, amount, body["time_expire"])
                return {"code": "10000", "qr_code": code} if code else _alipay_no("ACQ.CONTEXT_INCONSISTENT")
            trade = book.trades.get(f"alipay {number}")
            if method == "alipay.trade.cancel":
                return {"code": "10000", "retry_flag": "N", **(_alipay_cancel(trade, book.faults) if trade else {})}
            if trade is None or not trade.scanned:
                return _alipay_no("ACQ.TRADE_NOT_EXIST")
            if method == "alipay.trade.refund":
                return _alipay_refund(trade, book.faults)
            expired = trade.state == "open" and self._clock.now() >= trade.expires_at and trade.lands_at is None
            word = {"open": "WAIT_BUYER_PAY", "paid": "TRADE_SUCCESS"}.get(trade.state, "TRADE_CLOSED")
            said = {
                "code": "10000",
                "trade_status": "TRADE_CLOSED" if expired else word,
                "total_amount": yuan(trade.amount + book.faults.wrong_amount),
                "trade_no": trade.transaction,
                "buyer_logon_id": BUYER,
            }
            return said | ({"refund_fee": yuan(trade.amount)} if trade.state == "refunded" else {})

    def _create(self, book: Book, channel: str, number: str, amount: int, expires: str) -> str:
        """The code; nothing when the number was used for something else, or is over."""
        key = f"{channel} {number}"
        trade = book.trades.get(key)
        if trade is None:
            name = hashlib.sha256(key.encode()).hexdigest()
            head = {"wechat": "weixin://wxpay/bizpayurl?pr=SAMPLE", "alipay": "https://qr.alipay.com/sample"}[channel]
            trade = book.trades[key] = Trade(
                channel=channel,
                number=number,
                amount=amount,
                code=f"{head}{name[:12]}",
                transaction=f"{'42' if channel == 'wechat' else '20'}{int(name[:20], 16):024d}",
                expires_at=datetime.fromisoformat(expires),
            )
        return trade.code if trade.amount == amount and trade.state == "open" else ""

    # --- the payer's telephone ---

    def scan(self, code: str = "") -> Trade:
        """What the telephone shows of this code (none: the newest that can be paid). Raises NotPossible."""
        with self.book() as book:
            trade = self._open(book, code)
            trade.scanned = True
            return trade

    def pay(self, code: str = "", *, lag: float = 0.0) -> Trade:
        """Scan and confirm; the money arrives ``lag`` seconds later. Raises NotPossible."""
        with self.book() as book:
            trade = self._open(book, code)
            trade.scanned = True
            trade.lands_at = self._clock.now() + timedelta(seconds=lag)
            self._catch_up(book)
            return trade

    def _open(self, book: Book, code: str) -> Trade:
        now = self._clock.now()
        can = [t for t in book.trades.values() if t.state == "open" and t.lands_at is None and now < t.expires_at]
        found = [trade for trade in can if not code or trade.code == code]
        if not found:
            raise NotPossible("this code was paid, is no longer valid, or was never shown")
        return found[-1]

    def set_faults(self, **faults: Any) -> None:
        """Break or mend: any of :class:`Faults`."""
        with self.book() as book:
            book.faults = msgspec.convert({**msgspec.to_builtins(book.faults), **faults}, Faults)

    def trades(self) -> list[Trade]:
        """The provider's own ledger, oldest first."""
        with self.book() as book:
            return list(book.trades.values())


def _close(trade: Trade, faults: Faults) -> bool:
    """Whether the trade is closed, or is said to be."""
    if trade.lands_at is not None:
        if faults.in_flight == "refuses":
            return False
        if faults.in_flight == "lands":
            trade.state, trade.lands_at = "paid", None
            return True
    if trade.state == "open":
        trade.state = "closed"
    return True


def _wechat_close(trade: Trade, faults: Faults) -> tuple[int, Mapping[str, Any]]:
    if trade.state == "paid":
        return 400, {"code": "ORDERPAID"}
    return (204, {}) if _close(trade, faults) else (400, {"code": "USERPAYING"})


def _wechat_refund(trade: Trade, faults: Faults) -> tuple[int, Mapping[str, Any]]:
    if trade.state not in {"paid", "refunded"}:
        return 403, {"code": "INVALID_REQUEST"}
    if faults.refunds == "refuse":
        return 403, {"code": "NOT_ENOUGH"}
    _refund(trade, faults)
    return _wechat_refunded(trade, faults)


def _wechat_refunded(trade: Trade, faults: Faults) -> tuple[int, Mapping[str, Any]]:
    if not trade.refund_asked:  # also when somebody gave it back at the provider's own pages
        return 404, {"code": "RESOURCE_NOT_EXISTS"}
    under_way = "ABNORMAL" if faults.refunds == "abnormal" else "PROCESSING"
    return 200, {"status": "SUCCESS" if trade.state == "refunded" else under_way}


def _alipay_cancel(trade: Trade, faults: Faults) -> Mapping[str, Any]:
    if trade.state == "paid":
        if faults.refunds == "refuse":
            return {"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH"}
        trade.state = "refunded"
        return {"action": "refund"}
    return {"action": "close"} if _close(trade, faults) else {"retry_flag": "Y"}


def _alipay_refund(trade: Trade, faults: Faults) -> Mapping[str, Any]:
    if trade.state not in {"paid", "refunded"}:
        return _alipay_no("ACQ.TRADE_STATUS_ERROR")
    if faults.refunds == "refuse":
        return _alipay_no("ACQ.SELLER_BALANCE_NOT_ENOUGH")
    done = _refund(trade, faults)
    return {"code": "10000", "fund_change": "Y" if done else "N", "refund_fee": yuan(trade.amount) if done else "0.00"}


def _alipay_no(why: str) -> Mapping[str, Any]:
    return {"code": "40004", "sub_code": why}


def _refund(trade: Trade, faults: Faults) -> bool:
    """Whether the money is back; once is enough, however often it is asked for."""
    if faults.refunds not in {"processing", "abnormal"}:
        trade.state = "refunded"
    trade.refund_asked = True
    return trade.state == "refunded"
