"""Over any sequence of hands, faults and line losses: no card is ever lost, and the driver's word is the truth.

A card is with its citizen, in the machine, retained, or collected by staff: in one place and only there. After
the line is back the driver says what is true of the simulator; a job is printed at most once whatever is asked
again; what the driver calls printed stands on a card.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hardware.protocols.endorser import Flag, Job, Position
from hardware.simulators.permit_body import RUNNING
from hardware.simulators.permit_cards import sample_cards
from kiosk_app.devices import EndorsementOutcome, EndorsementPrint, EndorsementResult, PermitMedia, RetainReason
from kiosk_app.errors import KioskError
from tests.hardware.permit_kit import LINES, Desk, desk
from tests.virtual import VirtualLoop

CARDS = tuple(sample_cards())
HANDS = (
    "take",
    "pull",
    "remove_by_staff",
    "empty_box",
    "clear_jam",
    "break_head",
    "mend_head",
    "freeze",
    "thaw",
    "corrupt",
    "noise",
    "smudge",
)


class PermitWorld(RuleBasedStateMachine):
    """One unit, one driver, one operation at a time; everything else happens when it likes."""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.stack = AsyncExitStack()
        self.desk: Desk = self.runner.run(self.stack.enter_async_context(desk()))
        self.operation: asyncio.Task[object] | None = None
        self.jobs = (f"job-{number}" for number in count(1))
        self.job = next(self.jobs)
        self.endorsed = {key: card.endorsed for key, card in sample_cards().items()}
        self.wait(2.0)

    # --- what is asked of the driver ---

    def start(self, what: str) -> None:
        if self.operation is not None and not self.operation.done():
            return
        unit = self.desk.unit
        begin: dict[str, Callable[[], Coroutine[Any, Any, object]]] = {
            "wait": unit.wait_permit,
            "print": lambda: unit.print(EndorsementPrint(self.job, LINES), self.desk.told.append),
            "outcome": lambda: unit.outcome(self.job),
            "give back": lambda: unit.give_back(within=4),
            "retain": lambda: unit.retain(RetainReason.FORGOTTEN),
        }

        async def create() -> asyncio.Task[object]:
            return asyncio.create_task(begin[what]())

        self.operation = self.runner.run(create())
        self.operation.add_done_callback(self.judge)

    def judge(self, done: "asyncio.Task[object]") -> None:
        """Only our errors leave the driver, and what it calls printed is printed."""
        if done.cancelled():
            return
        error = done.exception()
        if error is not None:
            self.wrong = None if isinstance(error, KioskError) else error
        elif isinstance(result := done.result(), EndorsementResult):
            record = self.desk.sim.body.jobs.get(self.job)
            told = {Job.PRINTED: EndorsementOutcome.PRINTED, Job.SPOILED: EndorsementOutcome.SPOILED}
            true = told.get(record.state, EndorsementOutcome.NOT_PRINTED) if record else EndorsementOutcome.NOT_PRINTED
            if result.outcome not in {true, EndorsementOutcome.UNKNOWN}:
                self.wrong = AssertionError(f"{result} of {record}")

    wrong: BaseException | None = None

    @rule(what=st.sampled_from(["wait", "print", "outcome", "give back", "retain"]))
    def ask(self, what: str) -> None:
        self.start(what)
        self.wait(0.3)

    @rule(card=st.sampled_from(["zhang", "zhang", "li", "bank_card"]))
    def a_visitor_inserts(self, card: str) -> None:
        self.start("wait")
        self.wait(2.0)
        if card in self.desk.sim.body.cards:
            self.on_the_loop(lambda: self.desk.sim.insert(card))
        self.wait(2.5)

    @rule(breaks=st.sampled_from([None, "the_line_breaks", "cut_power", "unplug", "break_head"]))
    def a_visitor_prints(self, breaks: str | None) -> None:
        self.a_visitor_inserts("zhang")
        self.another_job()
        self.wait(7.0)
        if breaks == "the_line_breaks":
            self.the_line_breaks()
        elif breaks == "break_head":
            self.a_hand(breaks)
        elif breaks is not None:
            self.the_plug(breaks)
        self.wait(12.0)

    @rule()
    def another_job(self) -> None:
        if self.operation is None or self.operation.done():
            self.job = next(self.jobs)
            self.start("print")
            self.wait(1.0)

    @rule()
    def cancel(self) -> None:
        if self.operation is not None:
            self.operation.cancel()
            self.wait(6.0)

    # --- what happens ---

    @rule(card=st.sampled_from(CARDS), side=st.sampled_from(["right", "wrong"]))
    def insert(self, card: str, side: str) -> None:
        if card in self.desk.sim.body.cards:
            self.on_the_loop(lambda: self.desk.sim.insert(card, side))

    @rule(hand=st.sampled_from(HANDS))
    def a_hand(self, hand: str) -> None:
        self.on_the_loop(getattr(self.desk.sim, hand))

    @rule(at=st.sampled_from(["feed", "print", "exit"]))
    def jam(self, at: str) -> None:
        self.desk.sim.jam(at)

    @rule()
    def the_line_breaks(self) -> None:
        if self.desk.lines:
            self.on_the_loop(self.desk.cut_line)

    @rule(what=st.sampled_from(["unplug", "cut_power", "plug_in", "plug_in"]))
    def the_plug(self, what: str) -> None:
        self.runner.run(getattr(self.desk.sim, what)())

    @rule(seconds=st.sampled_from([0.05, 0.4, 1.0, 3.0, 12.0, 40.0]))
    def wait(self, seconds: float) -> None:
        self.runner.run(asyncio.sleep(seconds))

    def on_the_loop(self, do: Callable[[], object]) -> None:
        async def whole() -> None:
            do()
            await asyncio.sleep(0.05)

        self.runner.run(whole())

    # --- what must hold ---

    @rule()
    def after_the_line_is_back_the_drivers_word_is_true(self) -> None:
        sim, body = self.desk.sim, self.desk.sim.body
        self.on_the_loop(sim.thaw)
        sim.corrupt(0)
        sim.noise(0)
        self.runner.run(sim.plug_in())
        self.wait(40.0)  # the longest pause, a greeting, and any motion
        said = self.runner.run(self.desk.unit.position())
        if not body.moving:
            assert said is PermitMedia[body.place.name]
        assert said is not PermitMedia.UNKNOWN

    @invariant()
    def every_card_is_in_one_place(self) -> None:
        if hasattr(self, "desk"):
            body = self.desk.sim.body
            inside = [body.card] if body.card else []
            places = [*body.cards.values(), *inside, *body.box, *body.collected]
            assert sorted(card.key for card in places) == sorted(CARDS)
            assert (body.card is None) == (body.place in {Position.NONE, Position.RETAINED})

    @invariant()
    def nothing_is_printed_twice_and_nothing_foreign_is_raised(self) -> None:
        if hasattr(self, "desk"):
            body = self.desk.sim.body
            everywhere = [*body.cards.values(), *([body.card] if body.card else []), *body.box, *body.collected]
            printed = sum(card.endorsed - self.endorsed[card.key] for card in everywhere)
            begun = [record for record in body.jobs.values() if record.state not in {Job.WAITING, Job.NOT_PRINTED}]
            assert printed == len(begun)
            assert sum(record.state in RUNNING for record in body.jobs.values()) <= 1
            assert not (body.status().flags & Flag.SHUTTER_OPEN and body.card and body.place is not Position.ENTRY)
            if self.wrong is not None:
                raise self.wrong

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            if self.operation is not None:
                self.operation.cancel()
            self.runner.run(self.stack.aclose())
            self.runner.close()


PermitWorld.TestCase.settings = settings(
    max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
test_over_any_sequence_of_hands_faults_and_line_losses = PermitWorld.TestCase
