"""Stories of the ledger: each event once, in order, with one verdict, whatever the wire and the machine do."""

from pathlib import Path
from random import Random

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st

from central.db import file_engine, metadata
from central.departments import samples
from central.front import Front
from central.payments import reported
from kiosk_app import contract
from kiosk_app.contract import Alarm, Batch, Event
from provisioning.device_key import DeviceKey
from tests.central.exit_fleet import hall
from tests.central.fleet import KIOSK, Fleet, fleet, replace_event


@pytest.fixture
def central() -> Fleet:
    return fleet()


def alarm(n: int, *, raised: bool = True) -> Alarm:
    return Alarm(component="receipt_printer", code=f"code-{n}", raised=raised)


def stored(central: Fleet) -> list[tuple[str, int, str]]:
    """(stream, events, quarantined) of the ledger."""
    return [
        (s.stream, s.events, "" if not s.quarantined else str(s.quarantined)) for s in central.front.books().streams
    ]


# --- order and repetition ---


def test_a_batch_is_acknowledged_up_to_its_last_event(central: Fleet) -> None:
    reply = central.send(*(central.kiosk.event(alarm(n), "audit") for n in range(3)))
    assert reply.streams["audit"].ack_seq == 3
    assert stored(central) == [("audit", 3, "")]


def test_streams_are_counted_apart(central: Fleet) -> None:
    reply = central.send(central.kiosk.event(alarm(1), "audit"), central.kiosk.event(central.moved("R", "approved")))
    assert {name: ack.ack_seq for name, ack in reply.streams.items()} == {"audit": 1, "pay": 1}


def test_a_repeated_batch_gets_the_same_verdicts_and_changes_nothing(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    event = central.kiosk.event(central.paid("R1", shown))
    first = central.send(event).streams["pay"]
    central.clock.turn(hours=5)
    again = central.send(event).streams["pay"]
    assert again.verdicts == first.verdicts
    assert (again.ack_seq, again.dup, again.rejected) == (1, [1], [])
    assert stored(central) == [("pay", 1, "")]


def test_a_shuffled_batch_is_taken_in_order(central: Fleet) -> None:
    events = [central.kiosk.event(alarm(n), "audit") for n in range(6)]
    Random(1).shuffle(events)
    assert central.send(*events).streams["audit"].ack_seq == 6
    assert stored(central) == [("audit", 6, "")]


def test_behind_a_gap_nothing_is_stored_and_the_answer_says_where_to_go_on(central: Fleet) -> None:
    one, _lost, three = (central.kiosk.event(alarm(n), "audit") for n in range(3))
    ack = central.send(one, three).streams["audit"]
    assert (ack.ack_seq, ack.dup, ack.rejected) == (1, [], [])
    assert stored(central) == [("audit", 1, "")]
    assert central.send(_lost, three).streams["audit"].ack_seq == 3


@given(st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=8))
@settings(max_examples=30, deadline=None)
def test_however_batches_are_cut_repeated_and_reordered_each_event_is_stored_once(cuts: list[list[int]]) -> None:
    central = fleet()
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    bodies = [central.paid(f"R{n}", shown) for n in range(6)]
    events = [central.kiosk.event(body) for body in bodies]
    for cut in [*cuts, range(6)]:
        central.send(*(events[n] for n in cut))
    assert [(s.head, s.events, s.quarantined, s.forks) for s in central.front.books().streams] == [(6, 6, 0, 0)]
    assert [line.accepted for line in central.front.books().payments] == [True] + [False] * 5


# --- forks ---


def test_the_same_seq_with_other_content_is_a_fork_and_the_first_stays(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    central.send(central.kiosk.event(central.moved("R1", "approved")))
    central.kiosk.heads.clear()
    fork = central.kiosk.event(central.paid("R2", shown))
    ack = central.send(fork).streams["pay"]
    assert [(r.seq, r.code) for r in ack.rejected] == [(1, "chain-fork")]
    assert [(v.accepted, v.code, v.id) for v in ack.verdicts] == [(False, "chain-fork", fork.id)]
    assert ack.ack_seq == 1
    assert central.front.books().payments == []
    assert [(s.events, s.forks) for s in central.front.books().streams] == [(1, 1)]


def test_a_fork_sent_again_gets_the_same_answer_and_is_kept_once(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    central.send(central.kiosk.event(central.moved("R1", "approved")))
    central.kiosk.heads.clear()
    fork = central.kiosk.event(central.paid("R2", shown))
    first = central.send(fork)
    central.clock.turn(minutes=3)
    assert central.send(fork) == first
    assert central.front.books().streams[0].forks == 1


# --- poison ---


def forged(event: Event, central: Fleet) -> Event:
    return replace_event(event, sig=DeviceKey.from_number(1).sign(contract.canonical(event)))


def unsigned(event: Event, central: Fleet) -> Event:
    return replace_event(event, sig="not hex")


def of_another(event: Event, central: Fleet) -> Event:
    return central.kiosk.signed(replace_event(event, kiosk="another"))


def unlinked(event: Event, central: Fleet) -> Event:
    return central.kiosk.signed(replace_event(event, prev="f" * 64))


def strange(event: Event, central: Fleet) -> Event:
    return central.kiosk.signed(replace_event(event, schema="tx.future/1"))


def wrong(event: Event, central: Fleet) -> Event:
    return central.kiosk.signed(replace_event(event, body={"reference": 7}))


@pytest.mark.parametrize(
    ("poison", "code"),
    [
        (forged, "bad-signature"),
        (unsigned, "bad-signature"),
        (of_another, "wrong-kiosk"),
        (unlinked, "chain-broken"),
        (strange, "unknown-schema"),
        (wrong, "bad-body"),
    ],
)
def test_a_poisoned_event_has_no_effect_and_blocks_nothing(central: Fleet, poison: object, code: str) -> None:
    assert callable(poison)
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    bad = poison(central.kiosk.event(central.paid("R1", shown)), central)
    central.kiosk.heads["pay"] = (1, contract.digest(bad))
    good = central.kiosk.event(central.paid("R2", shown))
    ack = central.send(bad, good).streams["pay"]
    assert (ack.ack_seq, [(r.seq, r.code) for r in ack.rejected]) == (2, [(1, code)])
    refused = [(v.seq, v.accepted, v.code) for v in ack.verdicts]
    assert refused == [(1, False, code)] * (code != "unknown-schema") + [(2, True, "")]
    assert central.send(bad).streams["pay"].rejected == ack.rejected
    assert central.front.books().held == shown.due


def test_an_id_used_twice_has_its_effect_once(central: Fleet) -> None:
    first = central.kiosk.event(alarm(1), "audit")
    second = central.kiosk.signed(replace_event(central.kiosk.event(alarm(2), "audit"), id=first.id))
    assert [r.code for r in central.send(first, second).streams["audit"].rejected] == ["id-reused"]


# --- a silent department ---


def test_while_the_department_is_silent_its_events_wait_and_others_pass(central: Fleet) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    payment, note = central.kiosk.event(central.paid("R1", shown)), central.kiosk.event(alarm(1), "audit")
    central.traffic.available = False
    reply = central.send(note, payment)
    assert {name: ack.ack_seq for name, ack in reply.streams.items()} == {"audit": 1, "pay": 0}
    assert central.front.post(KIOSK, "/tx/batch", msgspec.json.encode(Batch(events=[payment])))[0] == 503
    central.traffic.available = True
    assert [v.accepted for v in central.send(payment).streams["pay"].verdicts] == [True]


# --- power cuts at central ---


def test_killed_between_commit_and_reply_the_repeat_gets_the_same_answer(tmp_path: Path) -> None:
    central = fleet()
    path = tmp_path / "central.db"

    def started() -> Front:
        central.front = Front(file_engine(path), central.clock)
        return central.front

    with started().store.write() as connection:
        samples.load(connection, central.clock.now().date())
    central.front.register(KIOSK, central.kiosk.key.public_pem)
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    event = central.kiosk.event(central.paid("R1", shown))
    unheard = central.send(event)
    started()
    repeated = central.send(event)
    assert repeated.streams["pay"].verdicts == unheard.streams["pay"].verdicts
    assert central.front.books().held == shown.due


def test_a_failure_before_the_commit_leaves_nothing_behind(central: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = central.ask(number=samples.SAMPLES[0].number)[0]
    events = [central.kiosk.event(central.paid("R1", shown)), central.kiosk.event(central.moved("R1", "settled"))]

    def power_cut(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as cut:
        cut.setattr(reported, "moved", power_cut)
        with pytest.raises(SystemExit):
            central.send(*events)
    assert central.front.books().streams == []
    assert central.send(*events).streams["pay"].ack_seq == 2
    assert central.front.books().held == shown.due


def test_the_migrations_end_where_the_tables_are(tmp_path: Path) -> None:
    engine = file_engine(tmp_path / "central.db")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_endorsements_that_are_set_aside_are_refused_so_that_their_money_goes_back() -> None:
    office = hall()
    event = office.fleet.kiosk.event(office.report(office.apply("zhang", "MO.G.3m1")))
    bad = replace_event(event, sig="not hex")
    [verdict] = office.fleet.send(bad).streams["pay"].verdicts
    assert (verdict.accepted, verdict.code) == (False, "bad-signature")
    assert office.state("zhang") == "approved"


def test_a_reference_of_one_department_is_not_anothers() -> None:
    office = hall()
    fine = office.fleet.ask(number=samples.SAMPLES[0].number)[0]
    office.fleet.say(office.fleet.paid("R1", fine))
    verdict = office.pay(office.apply("zhang", "MO.G.3m1"), "R1")
    assert (verdict.accepted, verdict.code) == (False, "reference-reused")
    office.fleet.say(office.fleet.moved("R1", "reversed"))
    assert office.fleet.ask(number=fine.number)[0].refused == ""
