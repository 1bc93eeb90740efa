"""What must hold of services that take neither money nor a permit; :mod:`tests.worlds.invariants` has those.

A department did nothing more often than a citizen began a service, whatever was lost and asked again. What a citizen
was told, on the screen or on paper, central knows. A proof's papers are numbered without a gap and without a
repetition. What was said is at central exactly once. Every print that was begun has an end in the journal. A new
service that lets a department do something adds a row to :data:`DONE`, and one to :data:`TOLD` for the number that it
gives away.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from central.certificates.tables import certificate
from central.departments.hall.tables import appointment, centre
from central.departments.requests.tables import request
from central.departments.social.cases import number_of
from central.departments.social.office import LIVING
from central.departments.social.tables import act
from central.feedback import feedback, rating
from central.photos import photo
from central.tables import event as events
from kiosk_app.contract import Event
from kiosk_app.contract.feedback import FEEDBACK
from kiosk_app.reprints import REPRINT
from kiosk_app.views import Done

if TYPE_CHECKING:
    from tests.worlds.world import World

Row = sa.Row[Any]
OFFERED = ("record_copies", "file_transfer")
"""Services that are data."""
DONE: Mapping[str, sa.Select[Any]] = {
    "appointment": sa.select(appointment),
    "insured_certificate": sa.select(certificate),
    "living_verification": sa.select(act).where(act.c.what == LIVING),
    "social_card": sa.select(act).where(act.c.what != LIVING),
    "complaint": sa.select(feedback),
    "id_photo": sa.select(photo),
    **{key: sa.select(request).where(request.c.service == key, request.c.state == "accepted") for key in OFFERED},
}
"""Service: what a department has for each time that it was done. A visit to the service does it once, or not at all."""
TOLD: Mapping[str, tuple[sa.Select[Any], Callable[[Row], str]]] = {
    "insured.fact.number": (sa.select(act), lambda row: number_of(row.n, row.at)),
    "appointment.number": (sa.select(appointment), lambda row: str(row.number)),
    "complaint.fact.number": (sa.select(feedback), lambda row: str(row.reference)),
}
"""Fact of the last view: what central has, and the number under which a citizen may ask for it."""
PAPERS = ("receipt", "document")
REPRINTED = re.compile(r"本机第 (\d+) 次补打")
NUMBER = re.compile(r"\bR\d{12}\b")


def broken(world: "World") -> Iterator[str]:
    """A sentence per broken promise."""
    with world.engine.connect() as central:
        yield from _done(world, central)
        yield from _told(world, central)
        yield from _living(world, central)
        yield from _appointments(central)
        yield from _said(world, central)
    yield from _reprints(world)
    yield from _papers(world)


def _done(world: "World", central: sa.Connection) -> Iterator[str]:
    for service, rows in DONE.items():
        count, began = len(central.execute(rows).all()), world.citizen.began[service]
        if count > began:
            yield f"{service} was begun {began} times, and done {count} times"
    rated = central.execute(sa.select(sa.func.coalesce(sa.func.sum(rating.c.count), 0))).scalar_one()
    lost = 1 if world.crashes else 0  # the plug may be pulled between the touch and the record
    if not world.citizen.rated - lost <= rated <= world.citizen.rated:
        yield f"{world.citizen.rated} visits were rated, and central counts {rated}"


def _told(world: "World", central: sa.Connection) -> Iterator[str]:
    known = {fact: {number(row) for row in central.execute(rows)} for fact, (rows, number) in TOLD.items()}
    for fact, number in _facts(world):
        if fact in known and number not in known[fact]:
            yield f"a citizen was told {number} ({fact}), and central knows nothing of it"


def _facts(world: "World") -> set[tuple[str, str]]:
    """What last views said: sentence and number."""
    lasts = (view for screen in world.screens for _, view in screen.seen if isinstance(view, Done))
    return {
        (fact.id, str(dict(fact.args)["number"]))
        for view in lasts
        for fact in view.facts
        if "number" in dict(fact.args)
    }


def _living(world: "World", central: sa.Connection) -> Iterator[str]:
    """Once in twelve months, and a world is shorter; whose slip says what central says."""
    rows = central.execute(DONE["living_verification"]).all()
    yield from (
        f"{person} was verified {n} times" for person, n in Counter(row.person for row in rows).items() if n > 1
    )
    until = {number_of(row.n, row.at): row.until.isoformat() for row in rows}
    for paper in _slips(world):
        if "认证通过" in paper:
            number = NUMBER.findall(paper)[-1]
            if until.get(number, "nothing") not in paper:
                yield f"a slip says that {number} was verified, and central says {until.get(number)}"


def _appointments(central: sa.Connection) -> Iterator[str]:
    places = {row.id: row.counters for row in central.execute(sa.select(centre))}
    held = central.execute(sa.select(appointment).where(appointment.c.cancelled_at.is_(None)))
    for (where, at), count in Counter((row.centre, row.starts) for row in held).items():
        if count > places[where]:
            yield f"{count} appointments are held at {where} for {at}, which has {places[where]} counters"


def _said(world: "World", central: sa.Connection) -> Iterator[str]:
    """What the journal has of a citizen's words, central has: one row, brought by one event."""
    here = [entry.reference for entry in world.journal if entry.kind == FEEDBACK]
    there = sorted(row.reference for row in central.execute(sa.select(feedback)))
    brought = [
        msgspec.json.decode(row.raw, type=Event).body["reference"]
        for row in central.execute(sa.select(events).where(events.c.stream == FEEDBACK))
    ]
    if not sorted(here) == there == sorted(brought):
        yield f"said here {here}, known at central {there}, brought by {brought}"


def _reprints(world: "World") -> Iterator[str]:
    numbers = defaultdict(list)
    for entry in world.journal:
        if entry.kind == REPRINT:
            numbers[entry.reference].append(entry.body["number"])
    for reference, used in numbers.items():
        if used != list(range(1, len(used) + 1)):
            yield f"reprints of {reference} are numbered {used}"
    seen: set[tuple[str, int]] = set()
    for paper in _slips(world):
        if marked := REPRINTED.search(paper):
            of = next((reference for reference in numbers if reference in paper), "nothing")
            mark = of, int(marked[1])
            if mark[1] not in numbers.get(of, ()) or mark in seen:
                yield f"reprint {mark} came out, and the journal has {numbers.get(of)}"
            seen.add(mark)


def _papers(world: "World") -> Iterator[str]:
    """The plug may be pulled while one paper is under way."""
    begun, ended = (
        Counter((entry.reference, entry.kind) for entry in _of_papers(world) if (entry.state == "intended") is first)
        for first in (True, False)
    )
    open_ = begun - ended
    if open_.total() > world.crashes or ended - begun:
        yield f"prints with no end in the journal: {dict(open_)}; with no beginning: {dict(ended - begun)}"


def _of_papers(world: "World") -> Iterable[Any]:
    return (entry for entry in world.journal if entry.kind in PAPERS)


def _slips(world: "World") -> list[str]:
    """Every slip that came out."""
    return [paper.text for paper in world.receipt_printer.papers]
