"""Wire messages between kiosk and central, version 1: the one package of ours that central imports.

Rules (``fleet.md`` section C). Additive within v1: unknown fields are ignored. Every write of the kiosk is an
:class:`Event` in a stream with a gapless ``seq`` and ``prev``, the hash of the event before it; the hash and
the device's signature cover :func:`canonical` bytes. Central acknowledges only after its durable commit; the
same seq with other content is a fork. No names and no card numbers travel in events or heartbeats, and a telephone
number only when its owner left it to be called back (:mod:`kiosk_app.contract.feedback`).
"""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, TypeVar

import msgspec

from kiosk_app.contract.common import Amount, Aware, Name, OrderNumber, Seq
from kiosk_app.contract.common import Paid as Paid
from kiosk_app.contract.exit_entry import EndorsementPrinted as EndorsementPrinted
from kiosk_app.contract.exit_entry import EndorsementsPaid as EndorsementsPaid
from kiosk_app.contract.exit_entry import IdentityChecked as IdentityChecked
from kiosk_app.contract.exit_entry import PermitRetained as PermitRetained
from kiosk_app.contract.feedback import FeedbackGiven as FeedbackGiven
from kiosk_app.contract.feedback import RatingGiven as RatingGiven
from kiosk_app.contract.papers import RecordPrinted as RecordPrinted
from kiosk_app.contract.social import ContributionPaid as ContributionPaid

PATH: Final = "/k/v1"
BATCH_EVENTS: Final = 200
BATCH_BYTES: Final = 1_000_000
GENESIS: Final = "0" * 64
"""``prev`` of the first event of a stream."""

# --- events ----------------------------------------------------------------------------------------------------


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The envelope of every write (C.3). ``sig`` is hex of the device key's ECDSA P-256 over the canonical bytes."""

    schema: str
    kiosk: str
    boot_id: str
    stream: Name
    seq: Seq
    id: Name
    at_wall: datetime
    at_mono: float
    clock_q: str
    prev: str
    body: dict[str, Any]
    sig: str = ""


def canonical(event: Event) -> bytes:
    """The bytes that are hashed and signed: compact JSON, keys sorted, without ``sig``."""
    fields = msgspec.to_builtins(event)
    del fields["sig"]
    return msgspec.json.encode(fields, order="sorted")


def digest(event: Event) -> str:
    """Hex SHA-256 of :func:`canonical`: the next event's ``prev``."""
    return hashlib.sha256(canonical(event)).hexdigest()


class FinesPaid(Paid, frozen=True, kw_only=True, tag="fines.paid/1", tag_field="schema"):
    """Stream ``pay``: these decisions are paid by this payment. Central answers with a :class:`Verdict`.

    ``items`` are (decision number, fine, late fee) in fen as shown to the citizen; their sum is ``amount``. Late fees
    count to the day of ``paid_at``.
    """

    items: Annotated[list["PaidItem"], msgspec.Meta(min_length=1, max_length=100)]


class PaidItem(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of a payment, amounts in fen."""

    number: str
    fine: Amount
    late_fee: Amount


class PaymentMoved(msgspec.Struct, frozen=True, kw_only=True, tag="payment.moved/1", tag_field="schema"):
    """Stream ``pay``: a payment reached a state (``money/payment.py``). ``reversed`` reopens its decisions."""

    reference: Name
    state: str
    amount: Amount
    trace: int = 0
    detail: str = ""


class DayClosed(msgspec.Struct, frozen=True, kw_only=True, tag="day.closed/1", tag_field="schema"):
    """Stream ``pay``: the day's end. Kiosk's own count and sum of card payments beside the terminal's; in fen.

    ``known`` False: the terminal's answer was lost with its totals, and somebody must read them there. ``code_...``:
    code payments reported since the last close and not given back; central lays its orders beside them.
    """

    day: date
    kiosk_count: int
    kiosk_amount: int
    terminal_count: int
    terminal_amount: int
    known: bool = True
    code_count: int = 0
    code_amount: int = 0


class Alarm(msgspec.Struct, frozen=True, kw_only=True, tag="alarm/1", tag_field="schema"):
    """Stream ``audit``: something a person should know. ``code`` is stable; ``raised`` False is the all-clear."""

    component: str
    code: str
    raised: bool
    detail: str = ""


Purchase = FinesPaid | EndorsementsPaid | ContributionPaid
"""Reports of payments: each owes its kiosk a :class:`Verdict`, and money that is refused goes back."""
PURCHASES: Final = frozenset(kind.__struct_config__.tag for kind in (FinesPaid, EndorsementsPaid, ContributionPaid))

Told = EndorsementPrinted | PermitRetained | IdentityChecked | FeedbackGiven | RatingGiven | RecordPrinted | Alarm
Body = Purchase | PaymentMoved | DayClosed | Told


def body_of(event: Event) -> Body:
    """The typed body of an event. Raises msgspec.ValidationError for an unknown schema or a wrong body."""
    body: Body = msgspec.convert({**event.body, "schema": event.schema}, Body)
    return body


def schema_of(body: Body) -> tuple[str, dict[str, Any]]:
    """A body as (schema, fields): what goes into the envelope."""
    fields: dict[str, Any] = msgspec.to_builtins(body)
    return fields.pop("schema"), fields


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /tx/batch``: at most 200 events or 1 MB, ordered per stream (C.10)."""

    events: list[Event]


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """An event stored in quarantine: acknowledged, never to be sent again (C.13)."""

    seq: int
    code: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The department's answer to an event that asked for one. ``code`` is ``""`` when accepted.

    ``voucher`` is the department's number of the acceptance, printed on the receipt.
    """

    seq: int
    id: str
    accepted: bool
    code: str = ""
    voucher: str = ""
    at: datetime


class StreamAck(msgspec.Struct, frozen=True, kw_only=True):
    """Up to ``ack_seq`` everything is durable. ``dup``: had been there. Verdicts repeat with each repeat."""

    ack_seq: int
    dup: list[int] = []
    rejected: list[Rejection] = []
    verdicts: list[Verdict] = []


class BatchReply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a batch, per stream."""

    streams: dict[str, StreamAck]


# --- heartbeat -------------------------------------------------------------------------------------------------


class DeviceReport(msgspec.Struct, frozen=True, kw_only=True):
    """One device in the heartbeat: XFS state, reason, supplies and levels (per cent) as in ``devices.Condition``.

    ``empty_at``: when a supply will be empty at the present use, as far as that can be said.
    """

    state: str
    reason: str = ""
    supplies: dict[str, str] = {}
    levels: dict[str, int] = {}
    empty_at: dict[str, Aware] = {}


class OutboxReport(msgspec.Struct, frozen=True, kw_only=True):
    """What waits to be sent; ``heads`` is the chain head (hash) per stream (C.12)."""

    count: int
    oldest_at: datetime | None = None
    heads: dict[str, str] = {}


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /hb`` (C.6). ``state``: open, limited, closed. ``services``: open ones, and why others are not."""

    seq: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    state: str
    screen: str
    since: Aware
    devices: dict[str, DeviceReport]
    services: dict[str, str]
    outbox: OutboxReport
    issues: list[str] = []
    software: str = ""
    disk_free_mb: int = 0
    clock_q: str = "unknown"
    at_wall: Aware


class HeartbeatReply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer (C.7): server time, and when to call again. ``channels``: by whose codes a citizen can pay now."""

    now: datetime
    next_s: int = 60
    channels: list[str] = []
    catalogue: int = 0
    """The newest version of the signed catalogue."""


# --- enrolment -------------------------------------------------------------------------------------------------


class Enrol(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /enrol`` (C.4): one-time code and a PEM request made with the device's own key."""

    code: str
    csr: str
    hardware: dict[str, str] = {}


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The device's certificate and the CA chain (PEM), its id, and where and what it is.

    ``number``: eight digits, unique among kiosks (six of the district, two of the machine); every reference
    of the machine begins with it.
    """

    kiosk: str
    number: str = ""
    certificate: str
    chain: str
    site: str = ""
    proof_url: str = ""
    hotline: str = ""


# --- payment by code ---------------------------------------------------------------------------------------------


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


# --- the traffic department ------------------------------------------------------------------------------------


class AskDecisions(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /traffic/decisions``: by ID number or decision number (15 or 16 digits), in the body, never in a URL."""

    path: ClassVar[str] = "/traffic/decisions"

    id_number: str = ""
    number: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A penalty decision, or a camera record that is not handled yet; amounts in fen as of ``asked_at``.

    ``refused`` is empty when it can be paid here; else why not: ``not_handled``, ``licence_measures``, ``paid``.
    ``number`` has 16 digits (15 + check). ``at`` is when it happened; ``pay_by`` the last day without late fee.
    """

    number: str
    at: datetime
    place: str
    plate: str
    plate_kind: str
    code: str
    what: str
    what_en: str
    points: int
    fine: int
    late_fee: int
    pay_by: date | None = None
    refused: str = ""
    unit: str = ""

    @property
    def due(self) -> int:
        """Fine and late fee, in fen."""
        return self.fine + self.late_fee


class Decisions(msgspec.Struct, frozen=True, kw_only=True):
    """The answer; empty when there are none. An unknown decision number is CentralRefused ``unknown-decision``."""

    decisions: list[Decision]
    asked_at: datetime


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 problem document; ``type`` is the stable code."""

    type: str
    title: str
    status: int
    detail: str = ""


# --- reading ---------------------------------------------------------------------------------------------------

Message = TypeVar("Message")


def decode(body: bytes, kind: type[Message]) -> Message:
    """The message in ``body``. Raises msgspec.DecodeError, whatever is wrong with it.

    msgspec alone lets two more out: text that is not UTF-8, and nesting without end, even in a field nobody reads.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (UnicodeDecodeError, RecursionError) as error:
        raise msgspec.DecodeError(f"not a {kind.__name__}: {type(error).__name__}") from error
