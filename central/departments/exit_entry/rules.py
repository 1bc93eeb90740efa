"""Who may have which endorsement, as pure functions over the catalogue's data (``domain.md`` 4.2-4.4).

What differs between options is data (:class:`kiosk_app.contract.catalogue.OptionRule`); what holds for all is here:

- Nothing outlasts the permit, or the registration of its purpose: a shorter validity is offered and said to be so,
  unless a shorter option gives the same, or too little is left.
- A valid, unused one of the same destination and purpose is replaced; whoever applies has agreed to that.
- All valid ones stand on the back, printed anew each time: what has no room there cannot be had.
- Why somebody is barred is never said: "please go to the counter" is all that leaves the department.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from msgspec.structs import replace

from kiosk_app.contract.catalogue import ExitRules, NoFee, OptionRule, months_after
from kiosk_app.contract.exit_entry import LONGEST_LINE, MOST_LINES, Endorsement, Offer

LINES_EACH: Final = 2
"""Lines of one endorsement on the back."""


@dataclass(frozen=True)
class Person:
    """What is known of a permit and its holder. ``registered``: (destination, purpose) until when."""

    kind: str
    expiry: date
    birth: date
    household: str
    residence: str = ""
    barred: str = ""
    lost: bool = False
    endorsed: int = 0
    registered: dict[tuple[str, str], date] = field(default_factory=dict)


def why_refused(person: Person, rules: ExitRules, today: date) -> str:
    """Why this person cannot be served at a machine at all (Holder.refused), or ``""``."""
    if person.lost:
        return "permit_invalid"
    if person.barred:
        return "counter"
    if today > person.expiry:
        return "permit_expired"
    if today < months_after(person.birth, 12 * rules.least_age):
        return "under_age"
    return "permit_full" if person.endorsed >= rules.most_endorsed else ""


def stands(one: Endorsement, today: date) -> bool:
    """Whether it is valid and has an entry left: then it stands on the card."""
    return today <= one.valid_until and (one.entries == 0 or one.left > 0)


def offers(person: Person, history: Sequence[Endorsement], rules: ExitRules, today: date) -> list[Offer]:
    """Every option for this kind of permit, with why it cannot be had. ``history``: all that were not replaced."""
    standing = [one for one in history if stands(one, today)]
    found, given = dict[str, Offer](), set[tuple[str, str, int, bool, date]]()
    options = [rule for rule in rules.options if rule.permit == person.kind and rule.holds(today)]
    for option in sorted(options, key=lambda option: option.months):  # a shortened one may equal a shorter one
        ends, limit = _ends(option, person, today)
        same = (option.destination, option.purpose, option.entries, option.weekly, ends)
        last = max((one.issued_on for one in history if _alike(one, option)), default=None)
        earliest = last + timedelta(days=option.wait_days) if last and option.wait_days else None
        replaces = [one.number for one in standing if _alike(one, option)]
        refused = _why_not(option, person, today, earliest)
        if not refused and limit and (same in given or ends < today + timedelta(days=rules.least_days)):
            refused = limit
        if not refused and (len(standing) - len(replaces) + 1) * LINES_EACH > MOST_LINES:
            refused = "crowded"
        offer = _offer(option, rules, today, ends)
        if offer is None:
            continue
        if not refused:
            given.add(same)
        found[option.id] = replace(
            offer,
            shortened=bool(limit),
            replaces=replaces,
            refused=refused,
            earliest=earliest if refused == "waiting_time" else None,
        )
    return [found[option.id] for option in options if option.id in found]


def lines(endorsements: Iterable[Endorsement], rules: ExitRules) -> list[str]:
    """The whole back: destination, purpose, entries; validity, stay, issuer. (Layout [G]: none is public.)"""
    return [line for one in sorted(endorsements, key=_on_card) for line in _lines(one, rules)]


def faults(rules: ExitRules) -> Iterator[str]:
    """What must not be published, in words: unknown names, ids used twice at a time, no fee, lines that do not fit."""
    for at, option in enumerate(rules.options):
        if option.purpose not in rules.purposes or option.destination not in rules.destinations:
            yield f"{option.id}: its purpose or destination has no name"
            continue
        if any(option.id == other.id and _meet(option, other) for other in rules.options[:at]):
            yield f"{option.id}: twice at the same time"
        for months in range(1, option.months + 1):
            try:
                rules.fee(option.permit, option.entries, option.since, months_after(option.since, months))
            except NoFee:
                yield f"{option.id}: no fee for {months} months"
                break
        printed = _lines(_example(option), rules)
        if any(len(line.encode()) > LONGEST_LINE for line in printed):
            yield f"{option.id}: its line on the card is longer than {LONGEST_LINE} bytes"


# --- steps ---


def _ends(option: OptionRule, person: Person, today: date) -> tuple[date, str]:
    """The last day of its validity, and what made it shorter than usual, as a reason."""
    usual = months_after(today, option.months)
    until = person.registered.get((option.destination, option.purpose)) if option.registered else None
    limits = [(person.expiry, "permit_expiring"), *([(until, "registration_ending")] if until else [])]
    end, why = min(limits)
    return (end, why) if end < usual else (usual, "")


def _why_not(option: OptionRule, person: Person, today: date, earliest: date | None) -> str:
    homes = [code for code in (person.household, person.residence) if code]
    if option.areas and not any(home.startswith(area) for home in homes for area in option.areas):
        return "not_open_here"
    until = person.registered.get((option.destination, option.purpose))
    if option.registered and (until is None or until < today):
        return "not_registered"
    return "waiting_time" if earliest and today < earliest else ""


def _offer(option: OptionRule, rules: ExitRules, today: date, ends: date) -> Offer | None:
    """None if the catalogue has no fee for it: it is not sold."""
    try:
        fee = rules.fee(option.permit, option.entries, today, ends)
    except NoFee:
        return None
    return Offer(
        id=option.id,
        destination=option.destination,
        purpose=option.purpose,
        months=option.months,
        entries=option.entries,
        stay=option.stay,
        weekly=option.weekly,
        fee=fee,
        starts=today,
        valid_until=ends,
    )


def _alike(one: Endorsement, option: OptionRule) -> bool:
    return (one.destination, one.purpose) == (option.destination, option.purpose)


def _meet(one: OptionRule, other: OptionRule) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def _on_card(one: Endorsement) -> tuple[str, str, date, str]:
    return one.destination, one.purpose, one.valid_until, one.number


def _lines(one: Endorsement, rules: ExitRules) -> tuple[str, str]:
    entries = "每周一次" if one.weekly else {0: "多次", 1: "一次", 2: "二次"}.get(one.entries, f"{one.entries}次")
    stay = f"每次逗留不超过{one.stay}天" if one.stay else "逗留期限以批准为准"
    return (
        f"{rules.destinations[one.destination]} {rules.purposes[one.purpose]}({one.purpose}) {entries}",
        f"有效期至{one.valid_until:%Y-%m-%d} {stay} {rules.issuer}",
    )


def _example(option: OptionRule) -> Endorsement:
    return Endorsement(
        number="",
        destination=option.destination,
        purpose=option.purpose,
        entries=option.entries,
        left=option.entries,
        stay=option.stay,
        issued_on=option.since,
        valid_until=months_after(option.since, option.months),
        weekly=option.weekly,
    )
