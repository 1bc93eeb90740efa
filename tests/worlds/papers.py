"""Somebody with papers for a counter's case, in a world: lays them down, badly at times, looks, sends some or all.

And what must hold of it whatever fails: what the screen or a slip calls handed in is at central, whole, once, as it was
taken; and central has nothing else.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from central.departments.counter.office import receipt_number
from central.departments.counter.tables import hand_in as hand_ins
from central.departments.counter.tables import page as pages
from central.departments.counter.tables import wanted
from kiosk_app.errors import PageGlare
from kiosk_app.services.steps.photograph import Shot
from kiosk_app.views import Back, ChooseOne, Chosen, Done, Intent, LivePage, PortraitReview, Table, View

if TYPE_CHECKING:
    from tests.worlds.world import World

SERVICE = "case_papers"


def answer(world: "World", view: View) -> Intent | None:
    """What this person does when they see ``view``; None for what is not about papers."""
    random = world.random
    match view:
        case ChooseOne():
            return Chosen(random.choice([row.key for row in view.rows]))
        case LivePage():
            name = f"page {random.randrange(10**6)}"
            world.table.lay(name, wrong=PageGlare() if random.random() < 0.2 else None)
            return Back() if random.random() < 0.05 else Chosen("take")
        case PortraitReview():
            return Chosen("use" if random.random() < 0.8 else "again")
        case Table():
            keys = [key for key, _ in view.actions]
            return Back() if random.random() < 0.05 else Chosen(random.choice(keys))
        case _:
            return None


def broken(world: "World") -> Iterator[str]:
    """A sentence per broken promise."""
    told = {arg for screen in world.screens for _, view in screen.seen for arg in _receipts(view)}
    told |= {word for paper in world.receipt_printer.papers for word in paper.text.split() if word[:3] == "P26"}
    taken = {Shot(file, (0, 0)).digest for file in world.table.files}
    with world.engine.connect() as central:
        rows = {row.n: row for row in central.execute(hand_ins.select())}
        there = list(central.execute(pages.select()))
        asked = list(central.execute(wanted.select()))
    received = {n: receipt_number(n, row.received_at) for n, row in rows.items() if row.received_at}
    yield from (
        f"{one} was told to the citizen, and central has no such hand-in" for one in told - {*received.values()}
    )
    for n, receipt in received.items():
        count = sum(row.hand_in == n for row in there)
        if count != rows[n].pages or not count:
            yield f"{receipt} has {rows[n].pages} pages, says central, and {count} are there"
        if not any(paper.handed_in == n for paper in asked):
            yield f"{receipt} brought no paper"
    for row in there:
        if row.digest not in taken:
            yield "a page is at central that no camera took"
        if row.hand_in not in rows:
            yield "a page is at central that belongs to no hand-in"
    for paper in asked:
        if paper.handed_in is not None and paper.handed_in not in received:
            yield f"{paper.case} has {paper.key} of a hand-in that did not arrive"
    if sum(row.received_at is None for row in rows.values()) > 1:
        yield "what was begun and given up is still kept though another was begun"


def _receipts(view: View) -> Iterator[str]:
    if isinstance(view, Done) and view.title.id == "case_papers.done":
        yield from (str(value) for fact in view.facts for name, value in fact.args if name == "number")
