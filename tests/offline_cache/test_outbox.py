"""Events reach central in order, once each, and are kept until it has them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_app.contract import (
    BATCH_BYTES,
    GENESIS,
    Alarm,
    Batch,
    Event,
    Rejection,
    StreamAck,
    body_of,
    canonical,
    digest,
)
from kiosk_app.contract.exit_entry import EndorsementFee, EndorsementPrinted, EndorsementsPaid, PrintResult
from tests.offline_cache.books import NOON, SetClock, moved, opened, paid, seal, tamper, yes


def test_each_stream_counts_and_chains_by_itself_and_continues_after_a_restart(tmp_path: Path) -> None:
    for number in range(3):
        with opened(tmp_path / "store") as books:
            books.journal.append(f"R{number}", "payment", "approved", reports=[moved(f"R{number}"), alarm("jam")])
    with opened(tmp_path / "store") as books:
        events = books.outbox.pending(100)
    for stream in ("pay", "audit"):
        own = [event for event in events if event.stream == stream]
        assert [event.seq for event in own] == [1, 2, 3]
        assert [event.prev for event in own] == [GENESIS, digest(own[0]), digest(own[1])]


def test_what_is_sent_is_byte_for_byte_what_was_signed(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([paid("R1")])
        (event,) = books.outbox.pending(1)
        assert event.sig == seal(canonical(event))
        on_the_wire = msgspec.json.decode(msgspec.json.encode(Batch(events=[event])), type=Batch).events[0]
        assert on_the_wire == event
        assert body_of(event) == paid("R1")[1]
        assert (event.kiosk, event.boot_id, event.id, event.at_wall, event.at_mono, event.clock_q) == (
            ("kiosk-1", "boot-1", "id-1", NOON, 12.5, "server")
        )


@settings(max_examples=60, deadline=None)
@given(
    detail=st.text(max_size=40), at=st.datetimes(timezones=st.just(UTC)), mono=st.floats(0, 1e9, allow_subnormal=False)
)
def test_any_text_and_time_keeps_its_canonical_bytes(detail: str, at: datetime, mono: float) -> None:
    event = Event(
        schema="alarm/1",
        kiosk="k",
        boot_id="b",
        stream="audit",
        seq=1,
        id="i",
        at_wall=at,
        at_mono=mono,
        clock_q="ntp",
        prev=GENESIS,
        body={"detail": detail},
    )
    assert canonical(msgspec.json.decode(msgspec.json.encode(event), type=Event)) == canonical(event)


def test_pending_goes_across_streams_in_the_order_things_happened(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([alarm("a"), moved("R1"), moved("R2"), alarm("b"), moved("R3")])
        assert [event.id for event in books.outbox.pending(100)] == ["id-1", "id-2", "id-3", "id-4", "id-5"]
        assert [event.id for event in books.outbox.pending(2)] == ["id-1", "id-2"]


def test_a_batch_never_exceeds_its_bytes_however_big_the_events(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        for number in range(8):
            books.outbox.append([alarm("x" * 300_000 + str(number))])
        sent = 0
        while events := books.outbox.pending(200):
            assert len(msgspec.json.encode(Batch(events=events))) <= BATCH_BYTES
            assert len(events) == min(3, 8 - sent)
            sent += len(events)
            books.outbox.acknowledge("audit", StreamAck(ack_seq=events[-1].seq))
        assert sent == 8


def test_a_batch_of_exactly_the_limit_is_allowed(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([alarm("")])
        empty = len(msgspec.json.encode(Batch(events=books.outbox.pending(1))))
        books.outbox.acknowledge("audit", StreamAck(ack_seq=1))
        books.outbox.append([alarm("x" * (BATCH_BYTES - empty))])
        assert len(msgspec.json.encode(Batch(events=books.outbox.pending(1)))) == BATCH_BYTES


def test_an_acknowledgement_neither_goes_back_nor_beyond_what_exists(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([moved("R1"), moved("R2"), moved("R3")])
        for ack_seq, left in ((2, [3]), (1, [3]), (0, [3]), (-5, [3]), (99, []), (99, [])):
            books.outbox.acknowledge("pay", StreamAck(ack_seq=ack_seq))
            assert [event.seq for event in books.outbox.pending(9)] == left
        books.outbox.append([moved("R4")])
        assert [event.seq for event in books.outbox.pending(9)] == [4]


def test_an_acknowledgement_for_a_stream_nobody_knows_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        assert books.outbox.acknowledge("meter", StreamAck(ack_seq=3)) == []
        books.outbox.append([moved("R1")])
        assert books.outbox.report().count == 1
        assert list(books.outbox.report().heads) == ["pay"]


def test_a_verdict_is_new_once_and_found_by_reference_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([paid("R1"), paid("R2")])
        first, second = books.outbox.pending(9)
        ack = StreamAck(ack_seq=2, verdicts=[yes(first, "V-7")])
        assert books.outbox.verdict("R1") is None
        assert books.outbox.acknowledge("pay", ack) == [yes(first, "V-7")]
        assert books.outbox.acknowledge("pay", ack) == []
    with opened(tmp_path / "store") as books:
        assert books.outbox.verdict("R1") == yes(first, "V-7")
        assert books.outbox.verdict("R2") is None
        late = StreamAck(ack_seq=2, verdicts=[yes(first, "another"), yes(second)])
        assert books.outbox.acknowledge("pay", late) == [yes(second)]
        assert books.outbox.verdict("R1") == yes(first, "V-7"), "the first verdict has been acted upon"


def test_the_newest_report_of_a_payment_decides_its_verdict(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([paid("R1"), moved("R1", "reversed")])
        first, second = books.outbox.pending(9)
        books.outbox.acknowledge("pay", StreamAck(ack_seq=2, verdicts=[yes(second, "V-2"), yes(first, "V-1")]))
        answer = books.outbox.verdict("R1")
        assert answer is not None
        assert answer.voucher == "V-2"


def test_a_verdict_on_somebody_elses_event_is_not_taken_for_ours(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([paid("R1")])
        (event,) = books.outbox.pending(1)
        stranger = msgspec.structs.replace(yes(event), id="id-of-another-life")
        unknown = msgspec.structs.replace(yes(event), seq=77)
        assert books.outbox.acknowledge("pay", StreamAck(ack_seq=1, verdicts=[stranger, unknown])) == []
        assert books.outbox.verdict("R1") is None


def test_a_rejected_event_is_on_a_list_for_a_person_and_blocks_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([paid("R1"), paid("R2")])
        rejection = Rejection(seq=1, code="unknown-schema")
        for _ in range(2):
            books.outbox.acknowledge("pay", StreamAck(ack_seq=1, rejected=[rejection, Rejection(seq=9, code="x")]))
        assert [event.seq for event in books.outbox.pending(9)] == [2]
    with opened(tmp_path / "store") as books:
        assert books.outbox.rejections() == [("pay", "R1", rejection)]
        refusal = books.outbox.verdict("R1")
        assert refusal is not None, "its money must go back, whoever looks at the event"
        assert (refusal.accepted, refusal.code) == (False, rejection.code)


def test_a_repeated_acknowledgement_does_not_write_to_the_disk(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([moved("R1")])
        books.outbox.acknowledge("pay", StreamAck(ack_seq=1))
        before = (tmp_path / "store-wal").stat()
        books.outbox.acknowledge("pay", StreamAck(ack_seq=1))
        after = (tmp_path / "store-wal").stat()
        assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


def test_the_heartbeat_learns_what_waits_since_when_and_the_chain_heads(tmp_path: Path) -> None:
    clock = SetClock()
    with opened(tmp_path / "store", clock=clock) as books:
        assert books.outbox.report().count == 0
        assert books.outbox.report().oldest_at is None
        for reference in ("R1", "R2", "R3"):
            books.outbox.append([moved(reference)])
            clock.go(minutes=1)
        heads = {"pay": digest(books.outbox.pending(9)[-1])}
        books.outbox.acknowledge("pay", StreamAck(ack_seq=1))
        report = books.outbox.report()
        assert (report.count, report.oldest_at, report.heads) == (2, NOON + timedelta(minutes=1), heads)
        books.outbox.acknowledge("pay", StreamAck(ack_seq=3))
        assert (books.outbox.report().count, books.outbox.report().heads) == (0, heads)


def test_a_changed_or_removed_event_is_found(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.outbox.append([moved("R1"), moved("R2"), moved("R3")])
        assert books.outbox.verify() == []
        tamper(books, "UPDATE outbox SET event = CAST(replace(event, '20000', '10000') AS BLOB) WHERE seq = 2")
        assert books.outbox.verify() == ["pay: event 2 was changed, or the one before it"]
        tamper(books, "UPDATE outbox SET event = x'00' WHERE seq = 2")
        assert books.outbox.verify() == ["pay: event 2 was changed, or the one before it"]
        tamper(books, "DELETE FROM outbox WHERE seq = 2")
        assert books.outbox.verify() == ["pay: events 2 to 2 are missing"]
        books.outbox.acknowledge("pay", StreamAck(ack_seq=3))
        tamper(books, "DELETE FROM outbox WHERE seq = 3")
        assert books.outbox.verify()[-1] == "pay: events 2 to 3 are missing"


def alarm(code: str) -> tuple[str, Alarm]:
    return "audit", Alarm(component="printer", code=code, raised=True)


def test_a_report_of_endorsements_in_quarantine_is_refused_too(tmp_path: Path) -> None:
    """Whatever was bought: central will never accept it, so its money must go back."""
    report = EndorsementsPaid(
        reference="R1", approval="E1", amount=1500, items=[EndorsementFee(number="E1-1", fee=1500)], paid_at=NOON,
        trace=7, receipt_no=8, terminal_id="T1",
    )  # fmt: skip
    printed = EndorsementPrinted(reference="R2", approval="E1", job="J1", outcome=PrintResult.PRINTED)
    with opened(tmp_path / "store") as books:
        books.journal.append("R1", "payment", "fulfilled", reports=[("pay", report), ("pay", printed)])
        aside = [Rejection(seq=seq, code="bad-body") for seq in (1, 2)]
        [refusal] = books.outbox.acknowledge("pay", StreamAck(ack_seq=2, rejected=aside))
        assert (refusal.seq, refusal.accepted, refusal.code) == (1, False, "bad-body")
        assert books.outbox.verdict("R2") is None
