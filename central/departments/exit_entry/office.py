"""The exit-entry department of the reference platform, in our database (``domain.md`` 4.3, 4.4).

    approved ──> paid ──> printed        paid ──> given_back: what was not printed is not granted
       └──> lapsed

Rules. Approval comes before payment, payment before printing; nothing is granted before it stands on the card, and
what it replaces holds until then. One open application per permit: a new one lets an unpaid one lapse, and none is
taken while something paid waits to be printed. An application is approved as a whole or refused as a whole. Why
somebody is barred leaves the department in no message; of somebody who cannot be served, no picture either.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from central.departments import Judgement
from central.departments.exit_entry import printing
from central.departments.exit_entry.records import (
    MOST_CASES,
    Record,
    cases_of,
    in_boxes,
    items_of,
    move,
    my_cases,
    record,
    replaces_of,
    shown,
)
from central.departments.exit_entry.rules import LINES_EACH, lines, offers, why_refused
from central.departments.exit_entry.tables import case as cases
from central.departments.exit_entry.tables import retained as kept
from central.departments.rules import china_day, masked_name
from central.problems import Refused, Unavailable
from kiosk_app.contract import EndorsementPrinted, EndorsementsPaid, PermitRetained
from kiosk_app.contract.cases import MyCase
from kiosk_app.contract.catalogue import Catalogue, ExitRules
from kiosk_app.contract.exit_entry import (
    MOST_LINES,
    Apply,
    Approval,
    ApprovedItem,
    AskHolder,
    AskPrint,
    AskProgress,
    CaseState,
    Holder,
    Offer,
    PrintRight,
    Progress,
    Sameness,
    owner_of,
)


class ExitEntry:
    """The adapter. ``available`` False answers "not now". ``catalogue`` reads the rules that hold."""

    def __init__(self, catalogue: Callable[[sa.Connection], Catalogue]) -> None:
        self._catalogue = catalogue
        self.available = True

    # --- questions ---

    def holder(self, connection: sa.Connection, ask: AskHolder, now: datetime) -> Holder:
        """Keep :class:`central.departments.ExitEntryOffice`."""
        self._be_available()
        catalogue, today = self._catalogue(connection), china_day(now)
        found = record(connection, ask.permit, ask.endorsed)
        token, name = found.token, masked_name(found.name)
        if refused := why_refused(found.person, catalogue.exit_entry, today):
            return Holder(token=token, name=name, refused=refused)
        unfinished = [row for row in cases_of(connection, found.token) if printing.unfinished(row, found, today)]
        return Holder(
            token=token,
            name=name,
            owner=owner_of(token, found.name),
            portrait=found.portrait,
            endorsements=found.standing(today),
            offers=[] if unfinished else offers(found.person, found.history, catalogue.exit_entry, today),
            unfinished=[shown(connection, row, now) for row in unfinished],
            catalogue=catalogue.version,
        )

    def progress(self, connection: sa.Connection, ask: AskProgress, now: datetime) -> Progress:
        """Keep :class:`central.departments.ExitEntryOffice`."""
        self._be_available()
        if (ask.permit is None) == (not ask.number):
            raise Refused(422, "bad-question", "either a permit or a number")
        if ask.permit is not None:
            token = record(connection, ask.permit, 0).token
            mine, lying = cases.c.holder == token, kept.c.token == token
        else:
            mine = (cases.c.reference == ask.number) | (cases.c.approval == ask.number)
            lying = (kept.c.slip == ask.number) | (kept.c.approval == ask.number)
        rows = connection.execute(sa.select(cases).where(mine).order_by(cases.c.n.desc()).limit(MOST_CASES))
        return Progress(cases=[shown(connection, row, now) for row in rows.all()], retained=in_boxes(connection, lying))

    def mine(self, connection: sa.Connection, number: str, now: datetime) -> list[MyCase]:
        """Keep :class:`central.departments.KeepsCases`."""
        self._be_available()
        return my_cases(connection, number, now)

    # --- the application ---

    def apply(self, connection: sa.Connection, kiosk: str, ask: Apply, now: datetime) -> Approval:
        """Keep :class:`central.departments.ExitEntryOffice`."""
        self._be_available()
        digest = sha256(msgspec.json.encode(ask)).hexdigest()
        mine = (cases.c.kiosk == kiosk) & (cases.c.request == ask.request)
        row = connection.execute(sa.select(cases).where(mine)).one_or_none()
        if row is not None and row.digest != digest:
            raise Refused(409, "request-differs", "another application was made under this request")
        catalogue, found = self._catalogue(connection), record(connection, ask.permit, ask.endorsed)
        rules, today = catalogue.exit_entry, china_day(now)
        if row is None:
            chosen = _chosen(connection, ask, found, rules, now)
            fixed = {"kiosk": kiosk, "request": ask.request, "digest": digest, "catalogue": catalogue.version}
            row = _approve(connection, found, chosen, now, fixed | {"pay_until": now + _minutes(rules)})
        items = items_of(row)
        return Approval(
            approval=row.approval,
            pay_until=row.pay_until,
            fee=row.fee,
            items=items,
            lines=lines(printing.back(found, items, replaces_of(row), today), rules),
            catalogue=row.catalogue,
        )

    # --- the payment ---

    def accept(
        self, connection: sa.Connection, kiosk: str, paid: EndorsementsPaid, serial: int, now: datetime
    ) -> Judgement:
        """Keep :class:`central.departments.Department`."""
        self._be_available()
        found = (cases.c.approval == paid.approval) & (cases.c.kiosk == kiosk)
        row = connection.execute(sa.select(cases).where(found).with_for_update()).one_or_none()
        if code := _objection(row, paid, now):
            return Judgement(False, code)
        if row is None:
            raise AssertionError("an objection was missed")
        move(connection, row, now, state=CaseState.PAID, reference=paid.reference)
        return Judgement(True, voucher=f"{china_day(now):%y%m%d}{serial:06d}")

    def undo(self, connection: sa.Connection, kiosk: str, paid: EndorsementsPaid, voucher: str, now: datetime) -> None:
        """Keep :class:`central.departments.Department`."""
        del kiosk, voucher
        self._be_available()
        mine = (cases.c.approval == paid.approval) & (cases.c.reference == paid.reference)
        row = connection.execute(sa.select(cases).where(mine).with_for_update()).one_or_none()
        if row is None:
            return
        if row.state == CaseState.PRINTED:  # what is on the card stays valid until a person takes it back
            move(connection, row, now, trouble="printed-and-given-back")
        else:
            move(connection, row, now, state=CaseState.GIVEN_BACK)

    # --- printing ---

    def print(
        self, connection: sa.Connection, kiosk: str, ask: AskPrint, now: datetime, *, stays: Callable[[str, str], bool]
    ) -> PrintRight:
        """Keep :class:`central.departments.ExitEntryOffice`."""
        self._be_available()
        rules, found = self._catalogue(connection).exit_entry, record(connection, ask.permit, ask.endorsed)
        if refused := why_refused(found.person, rules, china_day(now)):
            raise Refused(409, _hyphened(refused), "this person cannot be served at a machine")
        return printing.right(connection, kiosk, ask, found, rules=rules, now=now, stays=stays)

    def printed(self, connection: sa.Connection, kiosk: str, told: EndorsementPrinted, now: datetime) -> None:
        """Keep :class:`central.departments.ExitEntryOffice`."""
        self._be_available()
        printing.outcome(connection, kiosk, told, now)

    def retained(self, connection: sa.Connection, kiosk: str, told: PermitRetained) -> None:
        """Keep :class:`central.departments.ExitEntryOffice`."""
        self._be_available()
        printing.retained(connection, kiosk, told)

    def _be_available(self) -> None:
        if not self.available:
            raise Unavailable("exit-entry")


# --- steps ---


def _chosen(connection: sa.Connection, ask: Apply, found: Record, rules: ExitRules, now: datetime) -> list[Offer]:
    """The offers applied for. Raises Refused with the first reason why they cannot be granted as a whole."""
    today = china_day(now)
    if refused := why_refused(found.person, rules, today):
        raise Refused(409, _hyphened(refused), "this person cannot be served at a machine")
    if ask.check.result != Sameness.SAME or ask.check.way not in rules.ways:
        raise Refused(409, "identity-not-checked", "nobody has found that this is the holder")
    if any(printing.unfinished(row, found, today) for row in cases_of(connection, found.token)):
        raise Refused(409, "unfinished-case", "print what was paid first")
    there = {offer.id: offer for offer in offers(found.person, found.history, rules, today)}
    chosen = [there[name] for name in ask.offers if name in there]
    if len(chosen) != len(ask.offers):
        raise Refused(409, "not-offered", "no such offer for this permit")
    for offer in chosen:
        if offer.refused:
            raise Refused(409, _hyphened(offer.refused), "not for this person now")
    if len({(offer.destination, offer.purpose) for offer in chosen}) != len(chosen):
        raise Refused(409, "two-of-a-kind", "one per destination and purpose")
    replaces = {number for offer in chosen for number in offer.replaces}
    if replaces != set(ask.replaces):
        raise Refused(409, "replacement-not-agreed", "what is replaced is not what was agreed to")
    if (len(found.standing(today)) - len(replaces) + len(chosen)) * LINES_EACH > MOST_LINES:
        raise Refused(409, "crowded", "no room on the card for all of them")
    if sum(offer.fee for offer in chosen) != ask.fee:
        raise Refused(409, "fee-changed", "the fee shown is not the fee")
    return chosen


def _approve(
    connection: sa.Connection, found: Record, chosen: list[Offer], now: datetime, fixed: dict[str, Any]
) -> sa.Row[Any]:
    """A new case. What the holder had applied for before and not paid lapses."""
    unpaid = (cases.c.holder == found.token) & (cases.c.state == CaseState.APPROVED)
    connection.execute(cases.update().where(unpaid).values(state=CaseState.LAPSED, since=now))
    replaces = sorted({number for offer in chosen for number in offer.replaces})
    row = fixed | {
        "approval": "",
        "holder": found.token,
        "state": CaseState.APPROVED,
        "fee": sum(offer.fee for offer in chosen),
        "items": b"[]",
        "replaces": msgspec.json.encode(replaces),
        "at": now,
        "since": now,
        **dict.fromkeys(("reference", "trouble", "owner"), ""),
        "spoiled": False,
    }
    key = connection.execute(cases.insert().values(row)).inserted_primary_key
    n = key[0] if key else 0
    approval = f"E{china_day(now):%y%m%d}{n:06d}"
    items = [_item(f"{approval}-{at}", offer) for at, offer in enumerate(chosen, start=1)]
    named = {"approval": approval, "items": msgspec.json.encode(items)}
    connection.execute(cases.update().where(cases.c.n == n).values(named))
    return connection.execute(sa.select(cases).where(cases.c.n == n)).one()


def _item(number: str, offer: Offer) -> ApprovedItem:
    shared = ("destination", "purpose", "entries", "stay", "weekly", "fee", "starts", "valid_until")
    return ApprovedItem(number=number, offer=offer.id, **{name: getattr(offer, name) for name in shared})


def _objection(row: sa.Row[Any] | None, paid: EndorsementsPaid, now: datetime) -> str:
    """Why the payment as a whole is refused, or ``""``."""
    if row is None:
        return "unknown-approval"
    if row.state in {CaseState.PAID, CaseState.PRINTED}:
        return "already-paid"
    if row.state != CaseState.APPROVED or min(paid.paid_at, now) > row.pay_until:
        return "approval-lapsed"
    fees = {item.number: item.fee for item in items_of(row)}
    told = {item.number: item.fee for item in paid.items}
    whole = told == fees and len(paid.items) == len(fees) and paid.amount == sum(fees.values())
    return "" if whole else "amount-changed"


def _minutes(rules: ExitRules) -> timedelta:
    return timedelta(minutes=rules.pay_minutes)


def _hyphened(reason: str) -> str:
    """A reason of an answer as the code of a refusal."""
    return reason.replace("_", "-")
