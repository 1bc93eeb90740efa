"""The books: what the journal says of money, for a technician and for central operations. Reads only."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from kiosk_app.contract import PaymentMoved
from kiosk_app.custody_table import KIND as PERMIT
from kiosk_app.custody_table import OVER, Place
from kiosk_app.custody_table import fields as stay_fields
from kiosk_app.custody_table import from_entry as from_stay
from kiosk_app.errors import ConfigError
from kiosk_app.local_time import LOCAL
from kiosk_app.money.day import DAY
from kiosk_app.money.payment import FINAL, KIND, STREAM, TAKEN, State, fields, from_entry, move
from kiosk_app.money.receipts import CARD, CODE, CodeReceipt
from kiosk_app.ports import Entry, Journal, Outbox

STAFF = re.compile(r"[A-Z]{0,3}[0-9]{2,8}", re.ASCII)
"""A staff number. Too short for a telephone's or an identity card's."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One payment: the states it walked through, its papers, and where its money is. Amount in fen.

    ``means``: ``card``, or whose code it was; ``transaction``: the provider's number of one by code.
    """

    reference: str
    amount: int
    means: str = CARD
    transaction: str = ""
    state: str
    states: list[str]
    papers: list[str]
    at: str
    open: bool
    reported: str


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """Local day: payments and fen that were taken and stay taken, and those given back."""

    day: str
    taken_count: int
    taken: int
    returned_count: int
    returned: int
    owed: int


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """One closed batch of the terminal: ``agrees``, ``differs`` or ``unknown``; count and fen of both columns.

    ``codes``: payments by code of the same time, which central compares with its orders.
    """

    day: str
    state: str
    ours: list[int]
    terminal: list[int]
    codes: list[int] = msgspec.field(default_factory=lambda: [0, 0])


class Permit(msgspec.Struct, frozen=True, kw_only=True):
    """One card's stay, where it ended, and whether a person has to do something (a card in the box, or one stuck)."""

    reference: str
    place: str
    places: list[str]
    approval: str
    payment: str
    at: str
    open: bool


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """Everything ``kiosk books`` shows."""

    payments: list[Line]
    days: list[Day]
    closings: list[Closing]
    permits: list[Permit]
    outbox_waiting: int
    set_aside: list[str]


def read_books(journal: Journal, outbox: Outbox, set_aside: Sequence[str] = ()) -> Books:
    """The books as the journal has them now. ``set_aside``: what central put into quarantine, in words."""
    walked: dict[str, list[Entry]] = defaultdict(list)
    papers: dict[str, list[str]] = defaultdict(list)
    stays: dict[str, list[Entry]] = defaultdict(list)
    closings = []
    for entry in journal.entries():
        if entry.kind == DAY:
            if entry.state != "intended":
                closings.append(Closing(day=entry.reference, state=entry.state, **entry.body))
        elif entry.kind == KIND:
            walked[entry.reference].append(entry)
        elif entry.kind == PERMIT:
            stays[entry.reference].append(entry)
        else:
            papers[entry.reference].append(f"{entry.kind} {entry.state}")
    lines = [_line(entries, papers[reference], outbox) for reference, entries in sorted(walked.items())]
    return Books(
        payments=lines,
        days=_days(walked.values()),
        closings=closings,
        permits=[_permit(entries) for _, entries in sorted(stays.items())],
        outbox_waiting=outbox.report().count,
        set_aside=list(set_aside),
    )


def _line(entries: list[Entry], papers: list[str], outbox: Outbox) -> Line:
    payment = from_entry(entries[-1])
    verdict = outbox.verdict(payment.reference)
    answer = "" if verdict is None else "accepted" if verdict.accepted else f"refused {verdict.code}"
    receipt = payment.receipt
    return Line(
        reference=payment.reference,
        amount=payment.amount,
        means=payment.channel or payment.means,
        transaction=receipt.transaction if isinstance(receipt, CodeReceipt) else "",
        state=payment.state.value,
        states=[entry.state for entry in entries],
        papers=papers,
        at=f"{entries[0].at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}",
        open=payment.state not in FINAL,
        reported=answer,
    )


def _permit(entries: list[Entry]) -> Permit:
    stay = from_stay(entries[-1])
    return Permit(
        reference=stay.reference,
        place=stay.place.value,
        places=[entry.state for entry in entries],
        approval=stay.approval,
        payment=stay.payment,
        at=f"{entries[0].at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}",
        open=stay.place not in OVER,
    )


def _days(walked: Iterable[list[Entry]]) -> list[Day]:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entries in walked:
        payment = from_entry(entries[-1])
        of_day = sums[f"{entries[0].at.astimezone(LOCAL):%Y-%m-%d}"]
        if payment.state in TAKEN:
            of_day["taken_count"] += 1
            of_day["taken"] += payment.amount
        if payment.state in {State.REVERSED, State.REFUNDED}:
            of_day["returned_count"] += 1
            of_day["returned"] += payment.amount
        if payment.state is State.REFUND_DUE:
            of_day["owed"] += payment.amount
    names = ("taken_count", "taken", "returned_count", "returned", "owed")
    return [Day(day=day, **{name: of_day[name] for name in names}) for day, of_day in sorted(sums.items())]


def close_case(journal: Journal, reference: str, by: str) -> None:
    """A person handed the money back: REFUND_DUE becomes REFUNDED. Raises ConfigError if that is not to be.

    ``by`` goes to central with the report, so it is a staff number, never a name. What was paid by code is given back
    at central and nowhere else: two persons, one here and one there, would pay it twice (``docs/decisions/0019``).
    """
    _signed(by)
    entries = journal.entries(reference=reference, kind=KIND)
    if not entries or entries[-1].state != State.REFUND_DUE:
        raise ConfigError("kiosk books", reference, "has no open refund")
    owed = from_entry(entries[-1])
    if owed.means == CODE:
        raise ConfigError("kiosk books", reference, "was paid by code: only central gives it back; hand out nothing")
    payment = move(owed, State.REFUNDED, why=f"by {by}")
    moved = PaymentMoved(reference=reference, state=payment.state.value, amount=payment.amount, detail=payment.why)
    journal.append(reference, KIND, payment.state.value, fields(payment), reports=[(STREAM, moved)])


def hand_over(journal: Journal, reference: str, by: str) -> None:
    """A person gave a kept card to its holder: RETAINED becomes HANDED_OVER. Raises ConfigError."""
    _signed(by)
    cards = journal.entries(reference=reference, kind=PERMIT)
    if not cards or cards[-1].state != Place.RETAINED:
        raise ConfigError("kiosk books", reference, "is no kept card")
    stay = from_stay(cards[-1]).moved(Place.HANDED_OVER, why=f"by {by}")
    journal.append(reference, PERMIT, stay.place.value, stay_fields(stay))


def _signed(by: str) -> None:
    if not STAFF.fullmatch(by):
        raise ConfigError("kiosk books", "--by", "the staff number, and no name, of whoever handed it over")
