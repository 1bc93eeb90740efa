"""Whatever instant the machine dies at: nothing promised is lost, nothing half done is there, nothing comes twice."""

import shutil
import subprocess
import sys
import tempfile
from itertools import count, pairwise
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kiosk_app.contract import Event, StreamAck, Verdict, digest
from offline_cache.outbox import SqlOutbox
from offline_cache.retention import Retention
from offline_cache.store import open_store
from tests.offline_cache.books import KEY, Books, SetClock, moved, opened, paid, write_up, yes

ROOT = Path(__file__).parents[2]
CANARY = "金丝雀-canary-7731"


def test_after_kill_9_every_entry_that_was_promised_is_there_and_no_event_is_lost_or_doubled(tmp_path: Path) -> None:
    store = tmp_path / "store"
    promised = 0
    for round_ in range(4):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.offline_cache.writer", str(store)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as child:
            assert child.stdout is not None
            for _ in range(40 + 7 * round_):
                promised = int(child.stdout.readline())
            child.kill()
            promised = int((child.stdout.read().split("\n")[:-1] or [str(promised)])[-1])
        with opened(store) as books:
            kept = [entry.seq for entry in books.journal.entries()]
            assert kept == list(range(1, len(kept) + 1))
            assert promised <= len(kept) <= promised + 1
            assert books.outbox.report().count == len(kept)
            assert books.journal.verify() == books.outbox.verify() == []


def test_nothing_can_be_read_from_the_files_without_the_key(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as books:
        books.journal.append(CANARY, "payment", CANARY, {CANARY: CANARY}, reports=[moved(CANARY)])
        for _ in range(2):  # in the log, then in the file
            files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
            assert len(files["store"]) > 0
            for data in files.values():
                assert CANARY.encode() not in data
                assert b"canary" not in data
                assert b"SQLite format" not in data
                assert KEY not in data
            books.store.shrink()


class PowerLoss(Exception):
    """The machine dies here; what the files hold at this instant is all there is."""


class Survival(RuleBasedStateMachine):
    """Payments, reports, acknowledgements, lost replies, retention and power losses in any order.

    A power loss copies the files at that instant, as a killed machine would leave them, and goes on from the copy.
    """

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.lives, self.ids, self.clock = count(1), count(1), SetClock()
        self.promised: list[tuple[int, str]] = []
        self.uncertain: tuple[int, str] | None = None
        self.reported: list[str] = []
        self.central: dict[tuple[str, int], Event] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.place = self.root / "0"
        self.place.mkdir()
        self.books = self.start()

    def start(self) -> Books:
        return write_up(open_store(self.place / "store", KEY, reserve=0), self.clock, self.ids)

    def lose_power(self) -> None:
        place = self.root / str(next(self.lives))
        place.mkdir()
        for name in ("store", "store-wal", "store.id"):
            if (self.place / name).exists():
                shutil.copy(self.place / name, place / name)
        self.books.store.close()
        shutil.rmtree(self.place)
        self.place = place
        self.books = self.start()

    @rule(references=st.lists(st.sampled_from(["R1", "R2", "R3"]), max_size=3))
    def a_payment_moves(self, references: list[str]) -> None:
        entry = self.books.journal.append("R1", "payment", "moved", {}, reports=[paid(one) for one in references])
        self.promised.append((entry.seq, entry.state))
        self.reported += references

    @rule(at=st.integers(1, 3))
    def power_is_lost_inside_the_transaction(self, at: int) -> None:
        calls = count(1)

        def die(_: bytes) -> str:
            if next(calls) == at:
                self.lose_power()
                raise PowerLoss
            return "00"

        outbox = SqlOutbox(
            self.books.store, kiosk="k", boot_id="b", sign=die, clock=self.clock, mono=lambda: 0.0,
            clock_quality=lambda: "ntp", new_id=lambda: f"id-{next(self.ids)}",
        )  # fmt: skip
        journal = type(self.books.journal)(self.books.store, outbox, self.clock)
        try:
            journal.append("R9", "payment", "half", {}, reports=[paid("R9")] * 3)
        except PowerLoss:
            return
        raise AssertionError("it went on without power")

    @rule()
    def power_is_lost_before_the_caller_hears_of_the_commit(self) -> None:
        entry = self.books.journal.append("R2", "payment", "unheard", {}, reports=[paid("R2")])
        self.lose_power()
        self.promised.append((entry.seq, entry.state))
        self.reported.append("R2")

    @rule(limit=st.integers(1, 4), reply_lost=st.booleans(), again=st.booleans())
    def the_pump_runs(self, limit: int, reply_lost: bool, again: bool) -> None:
        events = self.books.outbox.pending(limit)
        for event in events:
            assert self.central.setdefault((event.stream, event.seq), event) == event, "a fork"
        if not events or reply_lost:
            return
        ack = StreamAck(ack_seq=max(e.seq for e in events), verdicts=[yes(e, f"V{e.seq}") for e in events])
        new = self.books.outbox.acknowledge("pay", ack)
        assert [verdict.seq for verdict in new] == [event.seq for event in events]
        self.verdicts |= {event.body["reference"]: yes(event, f"V{event.seq}") for event in events}
        if again:
            assert self.books.outbox.acknowledge("pay", ack) == []

    @rule()
    def power_is_lost_while_idle(self) -> None:
        self.lose_power()

    @rule()
    def days_pass_and_old_events_are_forgotten(self) -> None:
        self.clock.go(days=40)
        Retention(self.books.store, self.clock, lambda: "server").run()
        self.verdicts.clear()

    @invariant()
    def the_journal_is_what_was_promised(self) -> None:
        assert [(entry.seq, entry.state) for entry in self.books.journal.entries()] == self.promised
        assert [seq for seq, _ in self.promised] == list(range(1, len(self.promised) + 1))

    @invariant()
    def every_report_is_at_central_once_or_waits(self) -> None:
        waiting = {(event.stream, event.seq): event for event in self.books.outbox.pending(10_000)}
        everything = sorted((self.central | waiting).values(), key=lambda event: event.seq)
        assert [event.body["reference"] for event in everything] == self.reported
        assert [event.seq for event in everything] == list(range(1, len(everything) + 1))
        for one, other in pairwise(everything):
            assert other.prev == digest(one)

    @invariant()
    def verdicts_are_found(self) -> None:
        for reference, verdict in self.verdicts.items():
            assert self.books.outbox.verdict(reference) == verdict

    @invariant()
    def both_chains_verify(self) -> None:
        assert self.books.journal.verify() == self.books.outbox.verify() == []

    def teardown(self) -> None:
        self.books.store.close()
        shutil.rmtree(self.root)


TestSurvival = Survival.TestCase
TestSurvival.settings = settings(
    max_examples=20, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
