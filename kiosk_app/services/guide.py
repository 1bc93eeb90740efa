"""The service guide: what can be done here, what to bring, how long it takes, what it costs.

It reads the signed catalogue that is here, so that it works without a network, and says which version it read; fees are
those of the same document, by which the till charges. One finds a thing by its family, or by the first letters of its
name in pinyin (or of its English words) on the number keys, as on a telephone: nobody needs a keyboard. Nobody is
identified; nothing is asked of anybody.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from kiosk_app.contract.guide import Guide, GuideEntry
from kiosk_app.desk import Desk
from kiosk_app.devices import Slip
from kiosk_app.errors import CatalogueMissing
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import yuan
from kiosk_app.papers.guide import FEES, Printed, guide_slip
from kiosk_app.services.steps.choose import one_of, typed
from kiosk_app.services.steps.counter import number_now
from kiosk_app.services.steps.pages import read_page
from kiosk_app.services.steps.shown import both, open_when
from kiosk_app.views import (
    Choice,
    ChooseOne,
    Column,
    EnterNumber,
    MenuItem,
    Steps,
    Table,
    TableRow,
    Text,
    rank,
    text,
)

STEPS = tuple(text(f"guide.step.{name}") for name in ("look", "choose", "read"))
LOOK, CHOOSE, READ = (Steps(STEPS, at) for at in range(3))
SEARCH, NOTICES, PRINT = "search", "notices", "print"
LENGTHS: Final = tuple(range(1, 9))
KEYS: Final = {
    letter: digit
    for digit, letters in zip("23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True)
    for letter in letters
}
"""The letters on the keys of a telephone (ITU-T E.161)."""
COLUMNS = (Column(title=text("guide.column.what"), share=0.42), Column(title=text("guide.column.said"), share=1.0))
Menu = Callable[[], Sequence[MenuItem]]


async def show_guide(desk: Desk, *, menu: Menu) -> bool:
    """The whole guide; True: the citizen goes on to the menu. ``menu``: what this machine can do now."""
    guide = desk.prices.guide
    if guide is None:
        raise CatalogueMissing("it has no guide")
    while (chosen := await _topic(desk, guide)) is not None:
        if chosen == NOTICES:
            await read_page(desk, notices_page(desk, guide))
        elif chosen == SEARCH:
            await search(desk, guide, menu)
        else:
            family = [entry for entry in guide.entries if entry.family == chosen]
            await browse(desk, guide, family, both(guide.families[chosen]), menu)
    return True


async def _topic(desk: Desk, guide: Guide) -> str | None:
    """A family, the search or the notices; None for "back"."""
    families = tuple(
        Choice(
            key=family,
            name=both(said),
            lines=(text("guide.count", count=sum(entry.family == family for entry in guide.entries)),),
        )
        for family, said in sorted(guide.families.items(), key=lambda one: rank(one[0]))
    )
    rows = (
        *families,
        Choice(key=SEARCH, name=text("guide.search"), lines=(text("guide.search.line"),)),
        Choice(key=NOTICES, name=text("guide.notices"), lines=(text("guide.notices.line"),)),
    )
    return await one_of(desk, ChooseOne(title=text("guide.title"), rows=rows, steps=LOOK))


async def search(desk: Desk, guide: Guide, menu: Menu) -> None:
    """By the keys of a telephone, as often as it is wanted, until "back"."""
    problem: Text | None = None
    while True:
        view = EnterNumber(
            title=text("guide.search.title"),
            hint=text("guide.search.hint"),
            lengths=LENGTHS,
            letters=True,
            problem=problem,
            steps=LOOK,
        )
        digits = await typed(desk, view)
        if digits is None:
            return
        problem = None if (found := matches(guide, digits)) else text("guide.search.none")
        if found:
            await browse(desk, guide, found, text("guide.found", count=len(found)), menu)


def matches(guide: Guide, digits: str) -> list[GuideEntry]:
    """The entries whose initials, on the keys, have these digits in a row; those that begin with them first."""
    found = []
    for entry in guide.entries:
        english = "".join(word[0] for word in entry.title.en.lower().split() if word[0].isalpha())
        places = [keyed(initials).find(digits) for initials in (entry.initials, english)]
        if found_at := [place for place in places if place >= 0]:
            found.append((min(found_at) > 0, entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def keyed(initials: str) -> str:
    """``sbk`` as ``725``; what is on no key is left out."""
    return "".join(KEYS.get(letter, "") for letter in initials)


async def browse(desk: Desk, guide: Guide, entries: Sequence[GuideEntry], title: Text, menu: Menu) -> None:
    """A list of entries, each to be read and printed, until "back"."""
    by_id = {entry.id: entry for entry in entries}
    chosen: str | None = ""
    while chosen is not None:
        now = menu()
        rows = tuple(
            Choice(key=one.id, name=both(one.title), lines=(_here(one, now), text("guide.takes", count=one.minutes)))
            for one in entries
        )
        chosen = await one_of(desk, ChooseOne(title=title, rows=rows, steps=CHOOSE))
        if chosen is not None:
            await read(desk, guide, by_id[chosen], menu)


async def read(desk: Desk, guide: Guide, entry: GuideEntry, menu: Menu) -> None:
    """One entry, until "back"; it can be taken along on paper."""
    facts: tuple[Text, ...] = ()
    while await read_page(desk, page(desk, guide, entry, menu(), facts)) == PRINT:
        number = number_now(desk)
        async with desk.working(text("work.printing_receipt"), text("work.waits.printer"), usually=3, steps=READ):
            outcome = await desk.print_slip(number, slip(desk, guide, entry))
        facts = (text("guide.printed" if outcome is not None else "guide.not_printed"),)


def page(desk: Desk, guide: Guide, entry: GuideEntry, menu: Sequence[MenuItem], facts: tuple[Text, ...]) -> Table:
    """Everything about it, in the order in which one needs it."""
    rows = [("here", _here(entry, menu)), ("who", both(entry.who))]
    rows += [("bring", both(thing)) for thing in entry.bring]
    rows += [("forms", _form(guide, form)) for form in entry.forms]
    rows += [("long", _long(entry)), ("fee", fee(desk, entry))]
    rows += [("where", both(entry.where))] if entry.where is not None else []
    rows += [("hours", open_when(rule)) for rule in guide.hours(entry.family)]
    names = [name for name, _ in rows]
    before = ["", *names[:-1]]
    labels = ["" if name == last else text(f"guide.row.{name}") for name, last in zip(names, before, strict=True)]
    return Table(
        title=both(entry.title),
        facts=facts,
        columns=COLUMNS,
        rows=tuple(TableRow(cells=(label, words)) for label, (_, words) in zip(labels, rows, strict=True)),
        actions=((PRINT, text("guide.print")),) if desk.receipt_printer.condition.serves else (),
        steps=READ,
    )


def _here(entry: GuideEntry, menu: Sequence[MenuItem]) -> Text:
    """Whether this machine can do it, as the menu has it now."""
    item = next((item for item in menu if item.key == entry.service), None)
    if item is None:
        return text("guide.here.counter")
    return text("guide.here.open") if item.closed is None else text("guide.here.closed", why=item.closed)


def _form(guide: Guide, id: str) -> Text:
    form = guide.form(id)
    return text("guide.form", title=both(form.title), had=both(form.had))


def _long(entry: GuideEntry) -> Text:
    takes = text("guide.takes", count=entry.minutes)
    return text("guide.takes_days", takes=takes, days=entry.days) if entry.days else takes


def fee(desk: Desk, entry: GuideEntry) -> Text:
    """What it costs, by the fees that the till goes by."""
    span = desk.prices.between(entry.fee, today(desk), entry.id)
    if span is None:
        return text(f"guide.fee.{entry.fee if entry.fee in FEES else 'counter'}")
    low, high = span
    if low == high:
        return text("guide.fee.one", low=yuan(low))
    return text("guide.fee.span", low=yuan(low), high=yuan(high))


def slip(desk: Desk, guide: Guide, entry: GuideEntry) -> Slip:
    """The same on paper."""
    span = desk.prices.between(entry.fee, today(desk), entry.id)
    return guide_slip(
        Printed(
            entry=entry,
            forms=tuple(guide.form(form) for form in entry.forms),
            hours=tuple(guide.hours(entry.family)),
            fee=span,
            version=desk.prices.version,
            at=desk.clock.now(),
            site=desk.site.name,
            hotline=desk.site.hotline,
        )
    )


def notices_page(desk: Desk, guide: Guide) -> Table:
    """What everybody should know today, when counters are open, and how old this knowledge is."""
    issued = desk.prices.issued_at
    said = desk.prices.offered.bulletins(desk.clock.now())
    notices = [TableRow(cells=(text("guide.row.notice"), one.said)) for one in said]
    hours = [TableRow(cells=(both(guide.families[rule.family]), open_when(rule))) for rule in guide.opening]
    signed = f"{issued.astimezone(LOCAL):%Y-%m-%d}" if issued else ""
    return Table(
        title=text("guide.notices"),
        subtitle=text("guide.version", version=desk.prices.version, date=signed),
        columns=COLUMNS,
        rows=(*notices, *hours),
        steps=READ,
    )


def today(desk: Desk) -> date:
    """China's."""
    return desk.clock.now().astimezone(LOCAL).date()
