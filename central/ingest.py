"""Events into the ledger: each once, in order, with its effect and its verdict in the same commit (C.10-C.13).

What may come, and what becomes of it:

- the next of its stream, linked and signed: stored, and its department decides now;
- one that is there already: ``dup``, with the verdict it got the first time;
- the same seq with other content: a fork. The first stays, the second is kept aside as ``chain-fork``;
- one whose signature, link, kiosk, id, schema or body is wrong: stored without effect, acknowledged, so that a
  poisoned event never blocks the ones behind it;
- one behind a gap: not stored; ``ack_seq`` says from where to send again;
- one whose department cannot answer now: like behind a gap. The answer is due, so the order must wait.

Every payment that is set aside also gets a refusing verdict: its money must go back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from central import feedback, ledger, presence
from central.departments import (
    Department,
    ExitEntryOffice,
    Judgement,
    RequestsOffice,
    SocialSecurityOffice,
    TrafficPolice,
)
from central.issued import register
from central.payments import reported
from central.problems import Unavailable
from central.registry import Kiosk
from central.tables import event as events
from central.tables import fork as forks
from kiosk_app import contract
from kiosk_app.contract import (
    PURCHASES,
    Alarm,
    BatchReply,
    ContributionPaid,
    DayClosed,
    EndorsementPrinted,
    EndorsementsPaid,
    Event,
    FeedbackGiven,
    FinesPaid,
    IdentityChecked,
    PaymentMoved,
    PermitRetained,
    Purchase,
    RatingGiven,
    RecordPrinted,
    Rejection,
    ServicePaid,
    StreamAck,
    Verdict,
)

_SCHEMAS = frozenset(kind.__struct_config__.tag for kind in contract.Body.__args__)

# Statements are built once: building one costs more than running it.
_HEAD = (
    sa.select(events.c.seq, events.c.digest)
    .where(events.c.kiosk == sa.bindparam("kiosk"), events.c.stream == sa.bindparam("stream"))
    .order_by(events.c.seq.desc())
    .limit(1)
)
_KNOWN = sa.select(events.c.seq, events.c.digest, events.c.quarantine, events.c.verdict).where(
    events.c.kiosk == sa.bindparam("kiosk"),
    events.c.stream == sa.bindparam("stream"),
    events.c.seq.in_(sa.bindparam("seqs", expanding=True)),
)
_IDS = sa.select(events.c.id).where(
    events.c.kiosk == sa.bindparam("kiosk"), events.c.id.in_(sa.bindparam("ids", expanding=True))
)


@dataclass(frozen=True)
class _Kept:
    """What is known of one seq."""

    digest: str
    code: str
    verdict: Verdict | None


@dataclass
class _Stream:
    """One stream of one kiosk while a batch is taken in."""

    head: int
    link: str
    kept: dict[int, _Kept] = field(default_factory=dict)
    dup: list[int] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)

    def ack(self) -> StreamAck:
        return StreamAck(ack_seq=self.head, dup=self.dup, rejected=self.rejected, verdicts=self.verdicts)

    def answer(self, seq: int, code: str, verdict: Verdict | None) -> None:
        if code:
            self.rejected.append(Rejection(seq=seq, code=code))
        if verdict:
            self.verdicts.append(verdict)


@dataclass(frozen=True)
class Departments:
    """Who decides what events ask for."""

    traffic: TrafficPolice
    exit_entry: ExitEntryOffice
    social: SocialSecurityOffice
    requests: RequestsOffice

    def seller(self, paid: Purchase) -> Department[Any]:
        """The one that a payment is for."""
        match paid:
            case FinesPaid():
                return self.traffic
            case EndorsementsPaid():
                return self.exit_entry
            case ContributionPaid():
                return self.social
            case ServicePaid():
                return self.requests


class Intake:
    """One batch of one kiosk, inside the caller's transaction."""

    def __init__(self, connection: sa.Connection, kiosk: Kiosk, departments: Departments, now: datetime) -> None:
        self._connection, self._kiosk, self._departments, self._now = connection, kiosk, departments, now
        self._rows: list[dict[str, Any]] = []
        self._ids: set[str] = set()

    def take(self, batch: Sequence[Event]) -> BatchReply:
        """Store what can be stored. Raises Unavailable if a department's silence kept everything out."""
        self._ids = set(self._ask(_IDS, ids=[event.id for event in batch]).scalars())
        replies = {}
        silent: Unavailable | None = None
        for name, members in _by_stream(batch):
            stream = self._opened(name, members)
            before = stream.head
            try:
                for event in members:
                    if event.seq > stream.head + 1:
                        break
                    self._one(event, stream)
            except Unavailable as failure:
                silent = failure if stream.head == before else silent
            replies[name] = stream.ack()
        if silent and len(replies) == 1:
            raise silent
        if self._rows:
            self._connection.execute(events.insert(), self._rows)
        return BatchReply(streams=replies)

    def _opened(self, name: str, members: Sequence[Event]) -> _Stream:
        """The stream's head, and what is known of the seqs that come again."""
        row = self._ask(_HEAD, stream=name).one_or_none()
        stream = _Stream(row.seq, row.digest) if row else _Stream(0, contract.GENESIS)
        if old := [event.seq for event in members if event.seq <= stream.head]:
            for kept in self._ask(_KNOWN, stream=name, seqs=old):
                stream.kept[kept.seq] = _Kept(kept.digest, kept.quarantine, _stored(kept.verdict))
        return stream

    def _ask(self, statement: sa.Select[Any], **values: object) -> sa.CursorResult[Any]:
        return self._connection.execute(statement, {"kiosk": self._kiosk.id, **values})

    def _one(self, event: Event, stream: _Stream) -> None:
        signed = contract.canonical(event)
        digest = sha256(signed).hexdigest()
        if event.seq <= stream.head:
            self._again(event, digest, stream)
            return
        code = self._fault(event, signed, stream.link)
        verdict = self._refusal(event, code) if code else self._effect(event)
        row = self._row(event, digest, verdict)
        self._rows.append(row | {"id": event.id, "schema": event.schema, "quarantine": code})
        self._ids.add(event.id)
        stream.head, stream.link, stream.kept[event.seq] = event.seq, digest, _Kept(digest, code, verdict)
        stream.answer(event.seq, code, verdict)

    def _fault(self, event: Event, signed: bytes, link: str) -> str:
        """Why this event must have no effect, or ``""``."""
        if event.kiosk != self._kiosk.id:
            return "wrong-kiosk"
        if not self._kiosk.signed(signed, event.sig):
            return "bad-signature"
        if event.prev != link:
            return "chain-broken"
        if event.schema not in _SCHEMAS:
            return "unknown-schema"
        try:
            contract.body_of(event)
        except msgspec.ValidationError:
            return "bad-body"
        return "id-reused" if event.id in self._ids else ""

    def _effect(self, event: Event) -> Verdict | None:
        """Do what the event says; the verdict if its department owes one."""
        connection, kiosk, now = self._connection, self._kiosk.id, self._now
        office = self._departments.exit_entry
        match contract.body_of(event):
            case FinesPaid() | EndorsementsPaid() | ContributionPaid() | ServicePaid() as paid:
                return self._verdict(event, self._judgement(paid))
            case PaymentMoved() as moved:
                ledger.moved(connection, kiosk, moved, self._departments.seller, now)
                reported.moved(connection, kiosk, moved)
            case DayClosed() as closed:
                reported.day_closed(connection, kiosk, closed, now)
            case EndorsementPrinted() as told:
                office.printed(connection, kiosk, told, now)
            case PermitRetained() as told:
                office.retained(connection, kiosk, told)
            case Alarm() as alarm:
                presence.alarm(connection, kiosk, alarm, now)
            case FeedbackGiven() as said:
                feedback.given(connection, kiosk, said, now)
            case RecordPrinted() as paper:
                register.printed(connection, kiosk, paper, now)
            case RatingGiven() as rated:
                feedback.rated(connection, kiosk, rated.score, now)
            case IdentityChecked():
                pass  # evidence: the event itself is what is kept
        return None

    def _judgement(self, paid: Purchase) -> Judgement:
        """No department accepts what nobody paid; else it decides."""
        kiosk, seller = self._kiosk.id, self._departments.seller
        code = reported.objection(self._connection, kiosk, paid)
        said = Judgement(False, code) if code else ledger.accept(self._connection, kiosk, paid, seller, self._now)
        reported.judged(self._connection, kiosk, paid, accepted=said.accepted)
        return said

    def _again(self, event: Event, digest: str, stream: _Stream) -> None:
        """A seq that is there already: the stored answer, or a fork."""
        first = stream.kept[event.seq]
        if first.digest == digest:
            stream.dup.append(event.seq)
            stream.answer(event.seq, first.code, first.verdict)
            return
        at = {"kiosk": self._kiosk.id, "stream": event.stream, "seq": event.seq, "digest": digest}
        kept = self._connection.execute(sa.select(forks).filter_by(**at)).one_or_none()
        verdict = _stored(kept.verdict) if kept else self._refusal(event, "chain-fork")
        if kept is None:
            self._connection.execute(forks.insert().values(self._row(event, digest, verdict)))
        stream.answer(event.seq, "chain-fork", verdict)

    def _refusal(self, event: Event, code: str) -> Verdict | None:
        return self._verdict(event, Judgement(False, code)) if event.schema in PURCHASES else None

    def _verdict(self, event: Event, said: Judgement) -> Verdict:
        return Verdict(
            seq=event.seq, id=event.id, accepted=said.accepted, code=said.code, voucher=said.voucher, at=self._now
        )

    def _row(self, event: Event, digest: str, verdict: Verdict | None) -> dict[str, Any]:
        return {
            "kiosk": self._kiosk.id,
            "stream": event.stream,
            "seq": event.seq,
            "digest": digest,
            "received_at": self._now,
            "verdict": msgspec.json.encode(verdict) if verdict else None,
            "raw": msgspec.json.encode(event),
        }


def _by_stream(batch: Iterable[Event]) -> Iterator[tuple[str, list[Event]]]:
    """Each stream's events in the order of seq, however the batch was shuffled."""
    for name, members in groupby(sorted(batch, key=attrgetter("stream", "seq")), key=attrgetter("stream")):
        yield name, list(members)


def _stored(verdict: bytes | None) -> Verdict | None:
    return msgspec.json.decode(verdict, type=Verdict) if verdict else None
