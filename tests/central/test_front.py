"""Stories of central's door: heartbeats, alarms, caps, limits, and bodies made to break it."""

import itertools
import json

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from central import registry
from central.db import metadata
from central.limits import ALLOWED, CAPS, Limits
from kiosk_app import contract
from kiosk_app.contract import Alarm, Batch, BatchReply, Heartbeat, HeartbeatReply, OutboxReport, Problem
from provisioning.device_key import DeviceKey
from tests.central.fleet import KIOSK, PLENTY, Fleet, HandClock, Machine, fleet


@pytest.fixture
def central() -> Fleet:
    return fleet()


def alarm(n: int, *, raised: bool = True) -> Alarm:
    return Alarm(component="receipt_printer", code=f"code-{n}", raised=raised)


# --- presence and alarms ---


def beat(central: Fleet, seq: int = 1) -> Heartbeat:
    now = central.clock.now()
    return Heartbeat(
        seq=seq,
        state="open",
        screen="home",
        since=now,
        devices={},
        services={},
        outbox=OutboxReport(count=0),
        at_wall=now,
    )


def test_a_heartbeat_is_kept_and_answered_with_the_servers_time(central: Fleet) -> None:
    for seq in (1, 2):
        central.clock.turn(seconds=60)
        status, body = central.front.post(KIOSK, "/hb", msgspec.json.encode(beat(central, seq)))
        assert (status, msgspec.json.decode(body, type=HeartbeatReply).now) == (200, central.clock.now())
    with central.front.store.read() as connection:
        rows = connection.execute(sa.select(metadata.tables["presence"])).all()
    assert [(row.kiosk, row.seen_at, row.seq) for row in rows] == [(KIOSK, central.clock.now(), 2)]


def test_an_alarm_stays_from_its_first_raise_until_it_is_cleared(central: Fleet) -> None:
    def since() -> list[object]:
        with central.front.store.read() as connection:
            return list(connection.execute(sa.select(metadata.tables["alarm"].c.since)).scalars())

    raised = central.clock.now()
    central.send(central.kiosk.event(alarm(1), "audit"))
    central.clock.turn(minutes=5)
    central.send(central.kiosk.event(alarm(1), "audit"))
    assert since() == [raised]
    central.send(central.kiosk.event(alarm(1, raised=False), "audit"))
    assert since() == []


# --- the door ---


def problem(answer: tuple[int, bytes]) -> tuple[int, str]:
    return answer[0], msgspec.json.decode(answer[1], type=Problem).type


def test_only_trusted_kiosks_are_answered(central: Fleet) -> None:
    assert problem(central.front.post("somebody", "/hb", b"{}")) == (403, "unknown-kiosk")
    with central.front.store.write() as connection:
        assert registry.revoke(connection, KIOSK, central.clock.now())
        assert not registry.revoke(connection, "somebody", central.clock.now())
    assert problem(central.front.post(KIOSK, "/hb", b"{}")) == (403, "revoked")


def test_every_path_may_be_called_at_all(central: Fleet) -> None:
    assert ALLOWED.keys() == central.front.paths | {"/enrol"}


@pytest.mark.parametrize("path", [path for path in CAPS if path != "/enrol"])
def test_a_body_above_its_cap_is_refused(central: Fleet, path: str) -> None:
    assert problem(central.front.post(KIOSK, path, b" " * (CAPS[path] + 1))) == (413, "too-large")


def test_a_batch_of_too_many_events_is_refused(central: Fleet) -> None:
    events = list(itertools.repeat(central.kiosk.event(alarm(1), "audit"), contract.BATCH_EVENTS + 1))
    answer = central.front.post(KIOSK, "/tx/batch", msgspec.json.encode(Batch(events=events)))
    assert problem(answer) == (413, "too-large")


def test_too_many_calls_in_a_minute_are_told_to_come_back() -> None:
    limited = fleet(limits=Limits(PLENTY | {"/hb": 2}))
    body = msgspec.json.encode(beat(limited))
    assert [limited.front.post(KIOSK, "/hb", body)[0] for _ in range(3)] == [200, 200, 429]
    limited.clock.turn(minutes=1)
    assert limited.front.post(KIOSK, "/hb", body)[0] == 200


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def wild_bodies(draw: st.DrawFn) -> bytes:
    """A valid message of some kind, with one field replaced or dropped; or anything at all."""
    central = Fleet.__new__(Fleet)
    central.clock = HandClock()
    kiosk = Machine(KIOSK, DeviceKey.from_number(4407), central.clock)
    good: list[object] = [
        {
            "events": [
                msgspec.to_builtins(kiosk.raw("fines.paid/1", draw(st.dictionaries(st.text(), WILD, max_size=3))))
            ]
        },
        msgspec.to_builtins(beat(central)),
        {"id_number": "440703199003070013", "number": ""},
    ]
    body = draw(st.sampled_from(good) | WILD)
    target = body["events"][0] if isinstance(body, dict) and "events" in body else body
    if isinstance(target, dict) and target:
        target[draw(st.sampled_from(sorted(target)))] = draw(WILD)
    cut = draw(st.none() | st.integers(0, 200))
    return _encoded(body)[:cut]


def _encoded(body: object) -> bytes:
    return json.dumps(body).encode()  # the standard one writes integers of any size


@given(path=st.sampled_from(["/hb", "/tx/batch", "/traffic/decisions", "/none"]), body=wild_bodies() | st.binary())
@settings(max_examples=300, deadline=None)
def test_nothing_a_kiosk_sends_breaks_central(path: str, body: bytes) -> None:
    status, reply = FUZZED.front.post(KIOSK, path, body)
    assert status in {200, 400, 404, 413, 422}
    msgspec.json.decode(reply, type=dict if status == 200 else Problem)


FUZZED = fleet()


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b"\xff", b'{"events":[]}', b'{"events":[{"seq":1e400}]}', b"", b'"\\ud800"'],
)
def test_hostile_json_is_a_bad_message(central: Fleet, body: bytes) -> None:
    status, reply = central.front.post(KIOSK, "/tx/batch", body)
    assert status == (200 if body == b'{"events":[]}' else 400)
    assert status == 400 or msgspec.json.decode(reply, type=BatchReply).streams == {}
