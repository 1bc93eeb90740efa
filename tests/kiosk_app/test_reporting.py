"""The pump and the heartbeat, with a network that does what the story says. Times are of the loop."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from random import Random
from typing import Any

import msgspec
import pytest

from kiosk_app.contract import (
    BatchReply,
    Event,
    Heartbeat,
    HeartbeatReply,
    OutboxReport,
    StreamAck,
    Verdict,
)
from kiosk_app.errors import CentralRefused, CentralUnreachable, DiskFull
from kiosk_app.reporting import BASE, CAP, Reporting
from tests import virtual

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Waiting:
    """An outbox of one stream in memory."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.acked = 0
        self.verdicts: dict[str, Verdict] = {}
        self.broken = False

    def put(self, count: int = 1) -> None:
        for _ in range(count):
            seq = len(self.events) + 1
            body = {"reference": f"r{seq}"}
            self.events.append(
                Event(
                    schema="payment.moved/1", kiosk="k", boot_id="b", stream="pay", seq=seq, id=f"id{seq}",
                    at_wall=NOW, at_mono=0.0, clock_q="ntp", prev="", body=body,
                )
            )  # fmt: skip

    def pending(self, limit: int) -> list[Event]:
        if self.broken:
            raise DiskFull("x")
        return self.events[self.acked : self.acked + limit]

    def acknowledge(self, _: str, ack: StreamAck) -> list[Verdict]:
        self.acked = max(self.acked, ack.ack_seq)
        fresh = [verdict for verdict in ack.verdicts if verdict.id not in self.verdicts]
        self.verdicts |= {verdict.id: verdict for verdict in fresh}
        return fresh

    def verdict(self, reference: str) -> Verdict | None:
        return self.verdicts.get(reference.replace("r", "id"))

    def report(self) -> OutboxReport:
        return OutboxReport(count=len(self.events) - self.acked)


class Wire:
    """The way to central; ``says`` is what it answers or raises, per path."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, str]] = []
        self.says: dict[str, Any] = {}
        self.got: list[list[int]] = []
        self.verdicts: list[Verdict] = []

    async def post(self, path: str, body: bytes, *, deadline: float) -> bytes:
        del deadline
        self.calls.append((asyncio.get_running_loop().time(), path))
        await asyncio.sleep(0.05)
        said = self.says.get(path)
        if isinstance(said, Exception):
            raise said
        if isinstance(said, bytes):
            return said
        if path == "/hb":
            return msgspec.json.encode(said or HeartbeatReply(now=NOW))
        seqs = [event["seq"] for event in msgspec.json.decode(body)["events"]]
        self.got.append(seqs)
        return msgspec.json.encode(
            said or BatchReply(streams={"pay": StreamAck(ack_seq=seqs[-1], verdicts=self.verdicts)})
        )

    def times(self, path: str) -> list[float]:
        return [at for at, called in self.calls if called == path]


def beat(seq: int) -> Heartbeat:
    return Heartbeat(
        seq=seq, state="open", screen="idle", since=NOW, devices={}, services={}, outbox=OutboxReport(count=0),
        at_wall=NOW,
    )  # fmt: skip


class Line:
    """Reporting between its two ends."""

    def __init__(self, seed: int = 1) -> None:
        self.outbox, self.wire = Waiting(), Wire()
        self.reporting = Reporting(self.outbox, self.wire, Random(seed), beat)


def tell(story: Callable[[Line], Any]) -> None:
    async def whole() -> None:
        line = Line()
        running = asyncio.create_task(line.reporting.run())
        try:
            await story(line)
        finally:
            running.cancel()
            await asyncio.wait({running})

    virtual.run(whole())


def verdict(seq: int, *, accepted: bool = True) -> Verdict:
    return Verdict(seq=seq, id=f"id{seq}", accepted=accepted, at=NOW)


def test_what_waits_leaves_in_batches_until_all_is_acknowledged() -> None:
    async def story(line: Line) -> None:
        line.outbox.put(450)
        line.reporting.kick()
        await asyncio.sleep(2)
        assert [len(batch) for batch in line.wire.got] == [200, 200, 50]
        assert line.outbox.acked == 450

    tell(story)


def test_after_failures_the_pause_grows_within_full_jitter() -> None:
    async def story(line: Line) -> None:
        line.outbox.put()
        line.wire.says = {"/tx/batch": CentralUnreachable("x"), "/hb": CentralUnreachable("x")}
        await asyncio.sleep(20_000)
        times = line.wire.times("/tx/batch")
        pauses = [later - earlier for earlier, later in pairwise(times)]
        assert all(pause <= CAP + 0.1 for pause in pauses)
        assert max(pauses[:2]) <= BASE * 2**4
        assert max(pauses) > 300
        assert len(times) < 120

    tell(story)


def test_the_jitter_is_full_and_differs_between_machines() -> None:
    draws = [Line(seed).reporting._failed(CentralUnreachable("x")) for seed in range(200)]
    assert all(0 <= draw <= BASE * 2 for draw in draws)
    assert min(draws) < 0.2
    assert max(draws) > BASE * 2 - 0.2


@pytest.mark.parametrize("path", ["/tx/batch", "/hb"])
def test_centrals_later_is_obeyed(path: str) -> None:
    async def story(line: Line) -> None:
        await asyncio.sleep(5)
        line.wire.calls.clear()
        line.outbox.put()
        line.wire.says = {path: CentralUnreachable("busy", retry_after=77.0)}
        line.reporting.changed()
        line.reporting.kick()
        await asyncio.sleep(100)
        first, second = line.wire.times(path)
        assert second - first >= 77.0

    tell(story)


def test_a_kick_sends_at_once_whatever_the_pause() -> None:
    async def story(line: Line) -> None:
        line.outbox.put()
        line.wire.says = {"/tx/batch": CentralUnreachable("busy", retry_after=800.0)}
        await asyncio.sleep(5)
        line.wire.says = {}
        line.reporting.kick()
        await asyncio.sleep(0.1)
        assert line.outbox.acked == 1

    tell(story)


def test_a_heartbeat_that_gets_through_again_starts_the_pump() -> None:
    async def story(line: Line) -> None:
        line.outbox.put()
        line.wire.says = {"/tx/batch": CentralUnreachable("x"), "/hb": CentralUnreachable("x")}
        await asyncio.sleep(4000)
        assert not line.reporting.online
        line.wire.says = {}
        await asyncio.sleep(70)
        assert line.outbox.acked == 1

    tell(story)


def test_a_verdict_wakes_who_waits_for_it_at_once() -> None:
    async def story(line: Line) -> None:
        line.outbox.put()
        line.wire.verdicts = [verdict(1)]
        line.reporting.kick()
        before = asyncio.get_running_loop().time()
        got = await line.reporting.wait_verdict("r1", patience=8)
        assert got == verdict(1)
        assert asyncio.get_running_loop().time() - before < 0.2

    tell(story)


def test_a_verdict_that_does_not_come_is_waited_for_no_longer_than_patience() -> None:
    async def story(line: Line) -> None:
        line.outbox.put()
        before = asyncio.get_running_loop().time()
        assert await line.reporting.wait_verdict("r1", patience=8) is None
        assert asyncio.get_running_loop().time() - before == pytest.approx(8)

    tell(story)


def test_a_lost_reply_means_sending_again_and_the_verdict_is_told_once() -> None:
    async def story(line: Line) -> None:
        told: list[Verdict] = []
        line.reporting.verdict_came.append(told.append)
        line.outbox.put()
        line.wire.verdicts = [verdict(1)]
        line.wire.says = {"/tx/batch": CentralUnreachable("reply lost")}
        await asyncio.sleep(3)
        line.wire.says = {}
        line.reporting.kick()
        await asyncio.sleep(1)
        line.outbox.acked = 0  # the same again, as after a restored backup
        line.reporting.kick()
        await asyncio.sleep(1)
        assert line.wire.got == [[1], [1]]
        assert told == [verdict(1)]

    tell(story)


@pytest.mark.parametrize(
    "said", [b"not json", b'{"streams": 3}', b'{"x":"\xff"}', b"[" * 9999, CentralRefused("bad-message")]
)
def test_an_answer_one_cannot_read_is_a_failure_and_not_a_loop(said: object) -> None:
    async def story(line: Line) -> None:
        line.outbox.put()
        line.wire.says = {"/tx/batch": said, "/hb": said}
        await asyncio.sleep(600)
        assert 2 <= len(line.wire.times("/tx/batch")) < 30
        assert line.outbox.acked == 0

    tell(story)


def test_what_central_did_not_take_in_is_not_sent_again_at_once() -> None:
    async def story(line: Line) -> None:
        line.outbox.put(3)
        line.wire.says = {"/tx/batch": BatchReply(streams={"pay": StreamAck(ack_seq=0)})}
        await asyncio.sleep(300)
        assert 5 <= len(line.wire.times("/tx/batch")) <= 12
        assert line.reporting.online

    tell(story)


def test_a_store_that_cannot_be_read_stops_neither_pump_nor_heartbeat() -> None:
    async def story(line: Line) -> None:
        line.outbox.put()
        line.outbox.broken = True
        await asyncio.sleep(300)
        assert len(line.wire.times("/hb")) >= 4
        line.outbox.broken = False
        await asyncio.sleep(40)
        assert line.outbox.acked == 1

    tell(story)


def test_changes_are_told_within_ten_seconds_and_no_oftener() -> None:
    async def story(line: Line) -> None:
        for _ in range(600):
            await asyncio.sleep(0.1)
            line.reporting.changed()
        times = line.wire.times("/hb")
        pauses = [later - earlier for earlier, later in pairwise(times)]
        assert all(10.0 <= pause <= 10.2 for pause in pauses)
        assert len(times) == 6

    tell(story)


def test_without_change_the_heart_beats_about_once_a_minute() -> None:
    async def story(line: Line) -> None:
        await asyncio.sleep(3600)
        times = line.wire.times("/hb")
        assert 54 <= len(times) <= 67
        assert len({round(b - a, 3) for a, b in pairwise(times)}) > 30

    tell(story)


@pytest.mark.parametrize(("next_s", "most"), [(0, 361), (-5, 361), (10**9, 5)])
def test_no_answer_makes_the_heart_race_or_stop(next_s: int, most: int) -> None:
    async def story(line: Line) -> None:
        line.wire.says = {"/hb": HeartbeatReply(now=NOW, next_s=next_s)}
        await asyncio.sleep(3600)
        assert 3 <= len(line.wire.times("/hb")) <= most

    tell(story)


def test_online_is_told_only_when_it_changes() -> None:
    async def story(line: Line) -> None:
        told: list[bool] = []
        line.reporting.link_changed.append(told.append)
        await asyncio.sleep(200)
        line.wire.says = {"/hb": CentralUnreachable("x")}
        await asyncio.sleep(200)
        line.wire.says = {}
        await asyncio.sleep(200)
        assert told == [True, False, True]

    tell(story)


def test_a_heartbeat_of_a_machine_with_a_thousand_troubles_is_short_enough_to_be_taken() -> None:
    async def story(line: Line) -> None:
        bodies, post = list[bytes](), line.wire.post

        async def heard(path: str, body: bytes, *, deadline: float) -> bytes:
            bodies.append(body)
            return await post(path, body, deadline=deadline)

        line.wire.post = heard  # type: ignore[method-assign]
        line.reporting._status = lambda seq: msgspec.structs.replace(beat(seq), issues=["refund due 1234"] * 1000)
        await asyncio.sleep(5)
        assert [len(body) <= 8_000 for body in bodies] == [True]

    tell(story)
