"""The right to print, and what became of it: each approval comes onto its card once, whatever machines and wires do.

Rules.

- One job at a time holds the right. It must begin within the catalogue's ``print_seconds``; it counts as open until its
  outcome is reported, or until it can no longer run (``print_takes`` later) *and* the card itself says that it was not
  printed: the unit counts each erasing on the card (``docs/permit-unit.md``), so a card that was printed and whose
  machine is silent shows a higher number at the next machine, and waits for the report or a person.
- The same job may ask again: the unit never prints a job twice. A job that has an outcome gets no right again.
- What a print puts on the card: all valid endorsements, without those replaced, with those approved.
- Who is paying right now, and holds the money until the print, gets the right at once. Whoever comes later, anywhere,
  gets it when the kiosk that took the money has said that it stays: with its reply lost or its plug pulled the money
  may go back by itself, and nobody shall have it and the print.
- A spoiled back is mended with a new job. If the money went back meanwhile, the back is printed without what was paid
  for, so that the others are on the card again.
- What must not be (an outcome without a right, two prints) is believed, since plastic is a fact, and marked as trouble
  for a person.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from central.departments.exit_entry.records import (
    OPEN_OUTCOMES,
    Record,
    endorsement_of,
    items_of,
    move,
    open_job,
    replaces_of,
)
from central.departments.exit_entry.rules import lines
from central.departments.exit_entry.tables import case as cases
from central.departments.exit_entry.tables import endorsement as endorsements
from central.departments.exit_entry.tables import holder as holders
from central.departments.exit_entry.tables import job as jobs
from central.departments.exit_entry.tables import retained as kept
from central.departments.rules import china_day
from central.problems import Refused
from kiosk_app.contract import EndorsementPrinted, PermitRetained
from kiosk_app.contract.catalogue import ExitRules
from kiosk_app.contract.exit_entry import (
    ApprovedItem,
    AskPrint,
    CaseState,
    Endorsement,
    PrintResult,
    PrintRight,
)

NEVER = -1
"""``endorsed`` of a job that was reported and never had a right."""


def unfinished(row: sa.Row[Any], found: Record, today: date) -> bool:
    """Whether the card is to be printed for this case: it is paid, or its back was spoiled and others stood on it."""
    return row.state == CaseState.PAID or bool(
        row.state == CaseState.GIVEN_BACK and row.spoiled and found.standing(today)
    )


def back(found: Record, items: list[ApprovedItem], replaces: list[str], today: date) -> list[Endorsement]:
    """Everything that stands on the card once ``items`` are printed."""
    new = {item.number for item in items}
    kept = [one for one in found.standing(today) if one.number not in {*replaces, *new}]
    return kept + [endorsement_of(item) for item in items]


def right(
    connection: sa.Connection,
    kiosk: str,
    ask: AskPrint,
    found: Record,
    *,
    rules: ExitRules,
    now: datetime,
    stays: Callable[[str, str], bool],
) -> PrintRight:
    """The right, for this job alone. Raises Refused with the codes of :class:`AskPrint`."""
    row = _to_print(connection, ask, found, now)
    paying = (row.kiosk, row.reference) == (kiosk, ask.paying)
    if row.state == CaseState.PAID and not paying and not stays(row.kiosk, row.reference):
        raise Refused(409, "not-settled", "who took the money has not said that it stays")
    known = connection.execute(sa.select(jobs).where(jobs.c.kiosk == kiosk, jobs.c.job == ask.job)).one_or_none()
    held = open_job(connection, ask.approval)
    if known is not None and (held is None or (held.kiosk, held.job) != (kiosk, ask.job)):
        raise Refused(409, "job-used", "this job had its outcome, or is another approval's")
    if known is None and held is not None:
        _take_over(connection, held, ask.endorsed, now - timedelta(seconds=rules.print_takes))
    until, grants = now + timedelta(seconds=rules.print_seconds), row.state == CaseState.PAID
    if known is None:
        values = {"approval": ask.approval, "endorsed": ask.endorsed, "until": until, "outcome": "", "reason": ""}
        connection.execute(jobs.insert().values(values | {"kiosk": kiosk, "job": ask.job, "grants": grants}))
    else:
        connection.execute(jobs.update().where(jobs.c.kiosk == kiosk, jobs.c.job == ask.job).values(until=until))
    whole = back(found, items_of(row) if grants else [], replaces_of(row) if grants else [], china_day(now))
    return PrintRight(approval=ask.approval, job=ask.job, seconds=rules.print_seconds, lines=lines(whole, rules))


def _to_print(connection: sa.Connection, ask: AskPrint, found: Record, now: datetime) -> sa.Row[Any]:
    """The case, if it is this holder's and may be printed."""
    mine = (cases.c.approval == ask.approval) & (cases.c.holder == found.token)
    row = connection.execute(sa.select(cases).where(mine).with_for_update()).one_or_none()
    if row is None:
        raise Refused(404, "unknown-approval", "no such approval for this permit")
    if not unfinished(row, found, china_day(now)):
        codes = {CaseState.PRINTED: "already-printed", CaseState.GIVEN_BACK: "given-back"}
        raise Refused(409, codes.get(row.state, "not-paid"), "there is nothing to print")
    return row


def _take_over(connection: sa.Connection, held: sa.Row[Any], endorsed: int, over: datetime) -> None:
    """End a right that nobody uses any more. Raises Refused while it may be in use, or was."""
    if held.until > over or endorsed > held.endorsed:
        raise Refused(409, "printing-elsewhere", "another job holds the right, or has printed")
    which = (jobs.c.kiosk == held.kiosk) & (jobs.c.job == held.job)
    connection.execute(jobs.update().where(which).values(outcome=PrintResult.NOT_PRINTED, reason="taken_over"))


# --- what became of it ---


def outcome(connection: sa.Connection, kiosk: str, told: EndorsementPrinted, now: datetime) -> None:
    """Keep the outcome of a job; the case follows it. Told twice it changes nothing."""
    mine = (jobs.c.kiosk == kiosk) & (jobs.c.job == told.job)
    before = connection.execute(sa.select(jobs).where(mine)).one_or_none()
    if before is not None and told.outcome in {before.outcome, PrintResult.UNKNOWN}:
        return
    said = {"outcome": told.outcome, "reason": told.reason}
    if before is None:
        values = said | {"kiosk": kiosk, "job": told.job, "approval": told.approval, "until": now}
        connection.execute(jobs.insert().values(values | {"endorsed": NEVER, "grants": False}))
    else:
        connection.execute(jobs.update().where(mine).values(said))
    approval = before.approval if before else told.approval
    row = connection.execute(sa.select(cases).where(cases.c.approval == approval).with_for_update()).one_or_none()
    if row is not None and told.outcome in {PrintResult.PRINTED, PrintResult.SPOILED}:
        _follow(connection, row, before, told.outcome, now)


def _follow(
    connection: sa.Connection, row: sa.Row[Any], before: sa.Row[Any] | None, told: PrintResult, now: datetime
) -> None:
    """The card was erased, and printed or not: the holder's count, the case and the endorsements are so now."""
    if before is not None:
        counted = (holders.c.token == row.holder) & (holders.c.endorsed <= before.endorsed)
        connection.execute(holders.update().where(counted).values(endorsed=before.endorsed + 1))
    trouble = _trouble(row, before, told) or row.trouble
    if told == PrintResult.SPOILED:
        move(connection, row, now, spoiled=True, trouble=trouble)
    elif row.state == CaseState.PAID:
        _grant(connection, row)
        move(connection, row, now, state=CaseState.PRINTED, spoiled=False, trouble=trouble)
    else:
        move(connection, row, now, spoiled=False, trouble=trouble)


def _trouble(row: sa.Row[Any], before: sa.Row[Any] | None, told: PrintResult) -> str:
    """What must not be, or ``""``."""
    if before is None:
        return "printed-without-right"
    if before.outcome not in OPEN_OUTCOMES:
        return "printed-after-all"
    given_back = before.grants and told == PrintResult.PRINTED and row.state == CaseState.GIVEN_BACK
    return "printed-and-given-back" if given_back else ""


def _grant(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """What was approved is valid now, and what it replaces is not."""
    gone = endorsements.c.number.in_(replaces_of(row))
    connection.execute(endorsements.update().where(gone).values(replaced=True))
    new = [msgspec.structs.asdict(endorsement_of(item)) for item in items_of(row)]
    connection.execute(endorsements.insert(), [one | {"holder": row.holder, "replaced": False} for one in new])


def retained(connection: sa.Connection, kiosk: str, told: PermitRetained) -> None:
    """A card is in a box; told twice it is there once."""
    mine = (kept.c.kiosk == kiosk) & (kept.c.slip == told.slip)
    if connection.execute(sa.select(kept.c.slip).where(mine)).one_or_none() is None:
        values = msgspec.structs.asdict(told)
        connection.execute(kept.insert().values(values | {"kiosk": kiosk, "released_by": ""}))


# --- at the counter ---


def by_hand(connection: sa.Connection, row: sa.Row[Any], by: str, now: datetime) -> None:
    """A person brought the card into order: what was paid is on it, whatever jobs were open."""
    held = jobs.c.approval == row.approval
    open_ = jobs.c.outcome.in_(OPEN_OUTCOMES)
    connection.execute(jobs.update().where(held & open_).values(outcome=PrintResult.NOT_PRINTED, reason=f"by {by}"))
    if row.state == CaseState.PAID:
        _grant(connection, row)
    state = CaseState.PRINTED if row.state == CaseState.PAID else row.state
    move(connection, row, now, state=state, spoiled=False, trouble="", owner=by)
