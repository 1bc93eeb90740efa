"""What a kiosk reports: events in gapless, hashed and signed streams, and central's acknowledgement."""

import hashlib
from datetime import date, datetime
from typing import Any, Final

import msgspec

from kiosk_app.contract.common import Amount, Name, Seq
from kiosk_app.contract.exit_entry import EndorsementPrinted, EndorsementsPaid, IdentityChecked, PermitRetained
from kiosk_app.contract.feedback import FeedbackGiven, RatingGiven
from kiosk_app.contract.social import ContributionPaid
from kiosk_app.contract.traffic import FinesPaid

BATCH_EVENTS: Final = 200
BATCH_BYTES: Final = 1_000_000
GENESIS: Final = "0" * 64
"""``prev`` of the first event of a stream."""


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

Told = EndorsementPrinted | PermitRetained | IdentityChecked | FeedbackGiven | RatingGiven | Alarm
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
