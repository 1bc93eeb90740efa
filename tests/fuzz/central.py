"""Fuzz target of what central answers: whatever a server, a proxy or a broken line says, it is read or refused."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from kiosk_app import contract
from kiosk_app.contract import (
    Batch,
    BatchReply,
    Decision,
    Decisions,
    Enrolled,
    Event,
    HeartbeatReply,
    Problem,
    Rejection,
    StreamAck,
    Verdict,
)
from kiosk_app.contract.case_papers import (
    HandedIn,
    HandIn,
    Lacking,
    LackingCase,
    LackingPaper,
    PageKept,
    SendPage,
    SentPaper,
)
from tests.fuzz.shapes import Value, only

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
PAPER = LackingPaper(key="hukou", name="户口簿", name_en="Household register", pages=3)
CASE = LackingCase(
    case="C1", title="样本", title_en="Sample", centre="样本", centre_en="Sample", until=NOW.date(), papers=[PAPER]
)  # fmt: skip
KINDS: tuple[type[Any], ...] = (
    *(BatchReply, HeartbeatReply, Decisions, Enrolled, Problem, Verdict, Event, Batch),
    *(Lacking, PageKept, HandedIn, SendPage, HandIn),
)
FINE = Decision(
    number="4407031234567890", at=NOW, place="样本路", plate="粤J00000", plate_kind="02", code="1039", what="样本",
    what_en="sample", points=0, fine=20_000, late_fee=600,
)  # fmt: skip
EVENT = Event(
    schema="alarm/1", kiosk="44070301", boot_id="1", stream="audit", seq=1, id="a", at_wall=NOW, at_mono=1.0,
    clock_q="server", prev=contract.GENESIS, body={"component": "store", "code": "full", "raised": True},
)  # fmt: skip
VERDICT = Verdict(seq=1, id="a", accepted=True, voucher="4407-0001", at=NOW)
ACK = StreamAck(ack_seq=2, dup=[1], rejected=[Rejection(seq=2, code="x")], verdicts=[VERDICT])
SAMPLES: tuple[msgspec.Struct, ...] = (
    BatchReply(streams={"pay": ACK}),
    HeartbeatReply(now=NOW, next_s=30),
    Decisions(decisions=[FINE], asked_at=NOW),
    Enrolled(kiosk="44070301", certificate="-----BEGIN", chain="-----BEGIN"),
    Problem(type="unknown-decision", title="no such decision", status=404),
    EVENT,
    Batch(events=[EVENT]),
    Lacking(cases=[CASE], kept_days=30),
    PageKept(digest="a" * 64),
    HandedIn(receipt="P1", at=NOW, pages=3, missing=[PAPER]),
    HandIn(request="R1", number="440703199003070013", case="C1", papers=[SentPaper(paper="hukou", digests=["a" * 64])]),
)


def _take(body: bytes) -> None:
    for kind in KINDS:
        message = only(msgspec.DecodeError, contract.decode, body, kind)
        if message is None:
            continue
        assert isinstance(message, kind)
        assert contract.decode(msgspec.json.encode(message), kind) == message
        if isinstance(message, Event):
            only(msgspec.ValidationError, contract.body_of, message)
            assert len(contract.digest(message)) == len(contract.GENESIS)


ANSWERS = Value(_take, (*map(msgspec.json.encode, SAMPLES), b'{"a":' * 3000, b'{"type":"\xff"}'))
