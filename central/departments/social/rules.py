"""The rules of social security as pure functions over the catalogue's data (``domain.md`` 3.4, 6.1, 6.3).

- The pension account earns each year's published rate on what was carried over, and half of it on what was paid in
  during the year: months come evenly over it ([G]; the exact day count differs by province).
- A report of loss lapses by itself; a living verification is good for some months, counted from the last one.
- A PIN that anybody would try first is refused: one digit six times, digits in a row, a piece of the identity number.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

from kiosk_app.contract.catalogue import SchemeRule, SocialRules, months_after
from kiosk_app.contract.social import AccountYear, CardAct, CardState, Due


def account(paid: Iterable[tuple[int, int]], rates: Mapping[str, int], today: date) -> list[AccountYear]:
    """The personal account, from (period, fen that went to it), oldest first. The year that runs earns nothing yet."""
    years: list[AccountYear] = []
    months = {year: list(rows) for year, rows in groupby(sorted(paid), key=lambda row: row[0] // 100)}
    if not months:
        return years
    before = 0
    for year in range(min(months), max(*months, today.year) + 1):
        rows = months.get(year, [])
        came = sum(fen for _, fen in rows)
        rate = rates.get(str(year), 0) if year < today.year else 0
        interest = (2 * before + came) * rate // 20_000
        after = before + came + interest
        years.append(AccountYear(year=year, before=before, paid=came, interest=interest, months=len(rows), after=after))
        before = after
    return years


def lapses_on(lost_on: date, rules: SocialRules) -> date:
    """The first day on which a report of loss holds no more."""
    return lost_on + timedelta(days=rules.loss_days)


def card_state(state: str, lost_on: date | None, rules: SocialRules, today: date) -> CardState:
    """What a card is today: a report of loss that lapsed makes it active again."""
    if state == CardState.LOST and lost_on is not None and today >= lapses_on(lost_on, rules):
        return CardState.ACTIVE
    return CardState(state)


MAY: Mapping[CardState, Sequence[CardAct]] = {
    CardState.NOT_ACTIVATED: (CardAct.ACTIVATE, CardAct.REPORT_LOSS),
    CardState.ACTIVE: (CardAct.REPORT_LOSS, CardAct.RESET_PIN),
    CardState.LOST: (CardAct.LIFT_LOSS,),
}
AFTER: Mapping[CardAct, CardState] = {
    CardAct.ACTIVATE: CardState.ACTIVE,
    CardAct.REPORT_LOSS: CardState.LOST,
    CardAct.LIFT_LOSS: CardState.ACTIVE,
    CardAct.RESET_PIN: CardState.ACTIVE,
}


def weak(pin: str, number: str) -> bool:
    """Whether anybody would try this PIN first."""
    steps = {int(b) - int(a) for a, b in pairwise(pin)}
    return steps in ({0}, {1}, {-1}) or pin in number


def living_until(last: date | None, rules: SocialRules) -> date | None:
    """The last day on which a pensioner is known to be alive."""
    return None if last is None else months_after(last, rules.living_months)


def not_due(last: date | None, rules: SocialRules, today: date) -> bool:
    """Whether it is too early to be verified again."""
    until = living_until(last, rules)
    return until is not None and (until - today).days > rules.living_early_days


def period_of(scheme: SchemeRule, today: date) -> int:
    """What is paid now: this year, or this month."""
    return today.year if scheme.period == "year" else today.year * 100 + today.month


def dues(way: str, paid: Iterable[tuple[str, int]], rules: SocialRules, today: date) -> list[Due]:
    """Every scheme, with why it cannot be paid here. ``paid``: (scheme, period)."""
    there = set(paid)
    found = []
    for scheme in rules.schemes:
        period = period_of(scheme, today)
        found.append(
            Due(
                scheme=scheme.id,
                title=scheme.title,
                title_en=scheme.title_en,
                period=period,
                grades=rules.of_scheme(scheme.id, today),
                refused="paid" if (scheme.id, period) in there else _why_not(scheme, way),
            )
        )
    return [due for due in found if due.grades]


def _why_not(scheme: SchemeRule, way: str) -> str:
    if way == scheme.way:
        return ""
    return way if way in {"employed", "pensioner"} else "not_joined"


def faults(rules: SocialRules) -> Iterator[str]:
    """What must not be published, in words: unknown schemes, ids used twice, an amount that is not the rate's."""
    ids = [scheme.id for scheme in rules.schemes]
    for name in {name for name in ids if ids.count(name) > 1}:
        yield f"{name}: twice"
    for at, row in enumerate(rules.grades):
        if row.scheme not in ids:
            yield f"{row.scheme} {row.grade}: no such scheme"
        if row.base and row.fen >= row.base:
            yield f"{row.scheme} {row.grade}: costs more than its base"
        for other in rules.grades[:at]:
            same = (other.scheme, other.grade) == (row.scheme, row.grade)
            if same and other.since <= (row.until or date.max) and row.since <= (other.until or date.max):
                yield f"{row.scheme} {row.grade}: twice at the same time"
