"""The four promises of a world, checked after everything was mended (``architecture.md`` section 8, layer 4).

Money in = delivered + returned + owed. Every event is at central exactly once. Nothing personal remains after
goodbye. The screen is never silent for longer than its limit.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from hardware.simulators.samples import CARDS
from kiosk_app.money.payment import FINAL, KIND, MOVES, State, from_entry
from kiosk_app.views import Attract, Menu, Pay, Sorry, Working

if TYPE_CHECKING:
    from tests.worlds.world import World

SILENCE = 60.0
"""Seconds that a machine with a citizen may show one view that waits for a device or for central."""


def broken(world: "World") -> list[str]:
    """A sentence per broken promise; empty when all hold."""
    return [*_money(world), *_events(world), *_privacy(world), *_silence(world)]


def _money(world: "World") -> Iterator[str]:
    taken = {
        booking.trace: booking.amount
        for booking in world.card_terminal.ledger.bookings
        if (booking.kind, booking.state) == ("payment", "booked")
    }
    books = world.books()
    latest = {entry.reference: from_entry(entry) for entry in world.journal if entry.kind == KIND}
    owed = {p.reference: p for p in latest.values() if p.state is State.REFUND_DUE}
    delivered = {line.reference: line.amount for line in books.payments if line.held}
    sure = sum(p.amount for p in owed.values() if p.receipt is not None and p.receipt.trace in taken)
    unsure = sum(p.amount for p in owed.values() if p.receipt is None)
    money_in = sum(taken.values())
    if not sum(delivered.values()) + sure <= money_in <= sum(delivered.values()) + sure + unsure:
        yield f"money in {money_in} is not delivered {delivered} + owed {owed}; terminal stands {taken}"
    for payment in latest.values():
        if payment.state not in FINAL and payment.state is not State.REFUND_DUE:
            yield f"{payment.reference} is still {payment.state} after everything was mended"
        if (payment.state is State.SETTLED) != (payment.reference in delivered):
            yield f"{payment.reference} is {payment.state} here, and central says {books.line(payment.reference)}"
    paid = [number for line in books.payments if line.held for number in line.numbers]
    if len(paid) != len(set(paid)):
        yield f"a decision was paid twice: {paid}"
    yield from _moves(world)


def _moves(world: "World") -> Iterator[str]:
    at: dict[str, State] = {}
    for entry in world.journal:
        if entry.kind == KIND:
            to = State(entry.state)
            before = at.get(entry.reference)
            if before is not None and to not in MOVES[before]:
                yield f"{entry.reference} moved from {before} to {to}"
            at[entry.reference] = to


def _events(world: "World") -> Iterator[str]:
    for line in world.books().streams:
        if line.events != line.head or line.quarantined or line.forks:
            yield f"events are not at central exactly once: {line}"
    if world.waiting:
        yield f"{world.waiting} events still wait to be reported"


def _privacy(world: "World") -> Iterator[str]:
    kept = msgspec.json.encode([(e.reference, e.kind, e.state, dict(e.body)) for e in world.journal]).decode()
    for sample in CARDS.values():
        for canary in (sample.text.name, sample.text.number, sample.text.address):
            if canary and canary in kept:
                yield "a citizen's data is in the journal"
    for screen in world.screens[:1]:
        began = sum(1 for _, view in screen.seen if isinstance(view, Menu))
        if began and not screen.forgotten and not world.crashes:
            yield "the screen never forgot its citizen"


def _silence(world: "World") -> Iterator[str]:
    for screen, (began, ended) in zip(world.screens, world.lives, strict=True):
        if not screen.seen or screen.seen[0][0] - began > 1.0:
            yield "the screen was dark after power on"
        times = [at for at, _ in screen.seen] + [ended]
        for (at, view), until in zip(screen.seen, times[1:], strict=True):
            waits = isinstance(view, Working | Pay) or (isinstance(view, Sorry) and not view.leave and at == times[0])
            if waits and not isinstance(view, Attract) and until - at > SILENCE * 3:
                yield f"silent for {until - at:.0f} s at {type(view).__name__} {getattr(view, 'title', '')}"
