"""The five promises of a world, checked after everything was mended (``architecture.md`` section 8, layer 4).

A permit is with its citizen, in the machine with a record, or kept with a record and a slip; printed once for each
payment. Money in (terminal and provider) = delivered + returned + owed; every order is over, or a person's case.
Every event is
at central exactly once. Nothing personal remains after goodbye. The screen is never silent for longer than its limit.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from central.departments.exit_entry.tables import case as cases
from central.departments.requests.tables import request as requests
from central.payments.simulated import BUYER, OPENID
from central.tables import event as events
from hardware.protocols.endorser import Job
from hardware.simulators.samples import CARDS
from kiosk_app.contract import Event
from kiosk_app.contract.exit_entry import IdentityChecked, Sameness
from kiosk_app.custody_table import KIND as PERMIT
from kiosk_app.custody_table import MOVES as PLACES
from kiosk_app.custody_table import OVER, Place
from kiosk_app.custody_table import from_entry as stay_of
from kiosk_app.devices import CardReceipt
from kiosk_app.money.payment import FINAL, KIND, MOVES, Payment, State, from_entry
from kiosk_app.money.receipts import CARD, CODE
from kiosk_app.views import Attract, Menu, Pay, PayCode, Sorry, Working
from tests.worlds import deeds, papers
from tests.worlds.habits import PHONE, PINS

if TYPE_CHECKING:
    from tests.worlds.world import World

SILENCE = 60.0
"""Seconds that a machine with a citizen may show one view that waits for a device or for central."""

EXCUSES = {
    "unreported": "payment_after_close",
    "disputed": "provider_names_another_amount",
    "refund-due": "refunds_refused",
}
"""Which fault of a world makes which case right; otherwise the machine had to end the payment by itself."""


def broken(world: "World") -> list[str]:
    """A sentence per broken promise; empty when all hold."""
    return [
        *_money(world),
        *_permits(world),
        *_events(world),
        *deeds.broken(world),
        *papers.broken(world),
        *_privacy(world),
        *_silence(world),
    ]


def _money(world: "World") -> Iterator[str]:
    """By card in sums, since a terminal knows no reference; by code each payment by itself."""
    books = world.books()
    latest = {entry.reference: from_entry(entry) for entry in world.journal if entry.kind == KIND}
    delivered = {line.reference: line.amount for line in books.payments if line.held}
    yield from _cards(world, latest, delivered)
    yield from _codes(world, latest, delivered)
    for payment in latest.values():
        if payment.state not in FINAL and payment.state is not State.REFUND_DUE:
            yield f"{payment.reference} is still {payment.state} after everything was mended"
        if (payment.state is State.SETTLED) != (payment.reference in delivered):
            yield f"{payment.reference} is {payment.state} here, and central says {books.line(payment.reference)}"
    paid = [number for line in books.payments if line.held for number in line.numbers]
    if len(paid) != len(set(paid)):
        yield f"a decision was paid twice: {paid}"
    yield from _requests(world)
    yield from _moves(world)


def _requests(world: "World") -> Iterator[str]:
    """What is done for a service that is data was paid for, and nothing is that was given back."""
    held = {number for line in world.books().payments if line.held for number in line.numbers}
    with world.engine.connect() as connection:
        for row in connection.execute(requests.select().where(requests.c.amount > 0)):
            if (row.state == "accepted") != (f"{row.service} {row.token}" in held):
                yield f"request {row.number or row.token} is {row.state}, and its payment says otherwise"


def _cards(world: "World", latest: Mapping[str, Payment], delivered: Mapping[str, int]) -> Iterator[str]:
    taken = {
        booking.trace: booking.amount
        for booking in world.card_terminal.ledger.bookings
        if (booking.kind, booking.state) == ("payment", "booked")
    }
    cards = {reference: payment for reference, payment in latest.items() if payment.means == CARD}
    owed = {p.reference: p for p in cards.values() if p.state is State.REFUND_DUE}
    out = sum(amount for reference, amount in delivered.items() if reference in cards)
    traces = {p.reference: p.receipt.trace for p in owed.values() if isinstance(p.receipt, CardReceipt)}
    sure = sum(p.amount for p in owed.values() if traces.get(p.reference) in taken)
    unsure = sum(p.amount for p in owed.values() if p.receipt is None)
    money_in = sum(taken.values())
    if not out + sure <= money_in <= out + sure + unsure:
        yield f"money in {money_in} is not delivered {delivered} + owed {owed}; terminal stands {taken}"


def _codes(world: "World", latest: Mapping[str, Payment], delivered: Mapping[str, int]) -> Iterator[str]:
    """What stands at the provider was delivered, or is owed, or is a case; what was delivered stands there."""
    books = world.books()
    cases = {case.reference: case.why for case in books.cases}
    standing = {trade.number: trade.amount for trade in world.provider.trades() if trade.state == "paid"}
    for case in books.cases:
        if EXCUSES[case.why] not in world.plan.names:
            yield f"{case.reference} became a person's case ({case.why}), and nothing happened that would excuse it"
    for reference, amount in standing.items():
        payment = latest.get(reference)
        owed = payment is not None and payment.state is State.REFUND_DUE
        if delivered.get(reference) != amount and not owed and reference not in cases:
            yield f"{reference}: {amount} stands at the provider and nobody knows: {payment}"
    for payment in latest.values():
        if payment.means == CODE and payment.reference in delivered and payment.reference not in standing:
            yield f"{payment.reference} was delivered, and the provider has no money of it"
    for order in books.orders:
        over = order.state in {"closed", "refunded"} or (order.state == "paid" and order.reference in delivered)
        if not over and order.reference not in cases:
            yield f"{order.reference} ends {order.state}, reported {order.reported!r}, and is nobody's case"
    if any(trade.state == "open" for trade in world.provider.trades()):
        yield "a code can still be paid"


def _permits(world: "World") -> Iterator[str]:
    """Where the cards are beside where the records say; what is printed beside what is paid."""
    yield from world.strays
    body = world.permit_unit.body
    latest = {entry.reference: stay_of(entry) for entry in world.journal if entry.kind == PERMIT}
    open_ = [stay for stay in latest.values() if stay.place not in OVER | {Place.RETAINED}]
    for stay in open_:
        yield f"{stay.reference} is still {stay.place} after everything was mended"
    if body.card is not None and not open_:
        yield f"{body.card.key} is in the machine without a record"
    kept = [card for card in (*body.box, *body.collected) if card.line]
    retained = [stay for stay in latest.values() if stay.place is Place.RETAINED]
    if len(kept) != len(retained):
        yield f"{len(kept)} cards are kept, and the records say {len(retained)}"
    slips = {entry.reference for entry in world.journal if entry.kind == "receipt"}
    yield from (f"{stay.reference} was kept and no slip was tried" for stay in retained if stay.reference not in slips)
    if len(boxes := world.books().boxes) != len(retained):
        yield f"{len(retained)} cards are retained, and central knows of {len(boxes)}"
    yield from _prints(world)
    yield from _identities(world)
    at: dict[str, Place] = {}
    for entry in world.journal:
        if entry.kind == PERMIT:
            before, to = at.get(entry.reference), Place(entry.state)
            if before is not None and to not in PLACES[before]:
                yield f"{entry.reference} moved from {before} to {to}"
            at[entry.reference] = to


def _prints(world: "World") -> Iterator[str]:
    """One whole print for each approval, at most; what the unit printed, central knows, and nothing else."""
    approvals = {entry.body["job"]: entry.body.get("approval", "") for entry in world.journal if entry.body.get("job")}
    printed = [job for job, record in world.permit_unit.body.jobs.items() if record.state is Job.PRINTED]
    with world.engine.connect() as connection:
        rows = {row.approval: row for row in connection.execute(cases.select())}
    for approval in {approvals[job] for job in printed if job in approvals}:
        jobs = [job for job in printed if approvals.get(job) == approval]
        if len(jobs) > 1 and not rows[approval].spoiled and rows[approval].state == "printed":
            yield f"{approval} was printed by {jobs}"
        if rows[approval].state not in {"printed", "given_back"}:
            yield f"{approval} was printed by {jobs}, and central says {rows[approval].state}"
    for approval in {row.approval for row in rows.values() if row.state == "printed"}:
        if approval not in {approvals.get(job) for job in printed}:
            yield f"{approval} is printed, says central, and no unit did it"
    for job in printed:
        if job not in approvals:
            yield f"the unit printed {job}, which no record knows"
    for entry in world.journal:
        if entry.kind == PERMIT and entry.body.get("outcome") == "printed" and entry.body["job"] not in printed:
            yield f"{entry.body['job']} is printed, says the record, and the unit did not do it"
    proved = {entry.reference for entry in world.journal if entry.kind == "receipt"}
    for row in rows.values():
        if row.state == "paid" and row.reference not in proved:
            yield f"{row.approval} is paid and not printed, and its citizen has nothing that says so"


def _identities(world: "World") -> Iterator[str]:
    """Nothing was approved without a check on record that this is the holder, made in the same visit."""
    checked = set()
    with world.engine.connect() as connection:
        for row in connection.execute(events.select().where(events.c.schema == IdentityChecked.__struct_config__.tag)):
            body = msgspec.json.decode(row.raw, type=Event).body
            checked |= {body["request"]} if body["check"]["result"] == Sameness.SAME else set()
        for row in connection.execute(cases.select().where(cases.c.kiosk != "")):
            if row.request not in checked:
                yield f"{row.approval} was approved, and nobody had shown to be the holder"


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
    with world.engine.connect() as connection:
        reported = str([msgspec.json.decode(row.raw, type=Event).body for row in connection.execute(events.select())])
    logged = str(list(world.logs))
    places = {"journal": kept, "store": "".join(world.stored), "log": logged, "events": reported}
    persons = {
        word for card in CARDS.values() for word in (card.text.name, card.text.number, card.text.address) if word
    }
    for place, words in places.items():
        yield from (f"a citizen's data is in the {place}" for canary in persons if canary in words)
    for place, words in {"journal": kept, "log": logged}.items():
        yield from (f"what a citizen typed is in the {place}" for canary in (PHONE, *PINS) if canary in words)
    yield from world.faces
    if OPENID in kept or BUYER in kept:
        yield "who paid is in the journal"
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
            waits = isinstance(view, Working | Pay | PayCode) or (
                isinstance(view, Sorry) and not view.leave and at == times[0]
            )
            if waits and not isinstance(view, Attract) and until - at > SILENCE * 3:
                yield f"silent for {until - at:.0f} s at {type(view).__name__} {getattr(view, 'title', '')}"
