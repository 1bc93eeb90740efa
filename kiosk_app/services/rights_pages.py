"""The pages of a rights record: an insurance by year as a table or as a picture, and one year month by month.

Pure: a record in, views out. What a year holds is summed here from its months, so that screen, picture and paper say
the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from kiosk_app.contract.social import Insurance, Month, Record, Standing
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.services.steps.shown import long_day, period
from kiosk_app.views import Bar, Bars, Column, Steps, Table, TableRow, Text, text

TABS = tuple((insurance.value, text(f"rights.insurance.{insurance.value}")) for insurance in Insurance)
PICTURE, LIST, PRINT = "picture", "list", "print"
MOST_BARS = 15
"""So many years stand side by side and can be read."""


@dataclass(frozen=True)
class Place:
    """Where in the record: which insurance, as a picture or not, and in which year (0: all)."""

    insurance: Insurance = Insurance.PENSION
    picture: bool = False
    year: int = 0

    def to(self, key: str) -> "Place":
        """Where a touch leads."""
        if key in {PICTURE, LIST}:
            return replace(self, picture=key == PICTURE, year=0)
        if key.isdigit():
            return replace(self, year=int(key))
        return replace(self, insurance=Insurance(key), year=0)

    def back(self) -> "Place | None":
        """From a year to all of them; None from there."""
        return replace(self, year=0) if self.year else None


@dataclass(frozen=True)
class Year:
    """One year of one insurance, summed up."""

    year: int
    months: int
    own: int
    employers: int


def page_of(record: Record, place: Place, steps: Steps, *, prints: bool = True) -> Table | Bars:
    """The page at ``place``. What cannot be printed now is not offered, and the page says so."""
    page = _page(record, place, steps)
    if prints:
        return page
    left = tuple((key, words) for key, words in page.actions if key != PRINT)
    if isinstance(page, Bars):
        return replace(page, subtitle=text("rights.no_printer"), actions=left)
    return replace(page, facts=(*page.facts, text("rights.no_printer")), actions=left)


def _page(record: Record, place: Place, steps: Steps) -> Table | Bars:
    if place.year:
        return _months(record, place, steps)
    return _picture(record, place, steps) if place.picture else _years(record, place, steps)


def years_of(record: Record, insurance: Insurance) -> list[Year]:
    """Every year in which something was paid, the newest first."""
    return [
        Year(
            year=year,
            months=len({month.period for month in months}),
            own=sum(month.own for month in months),
            employers=sum(month.employers for month in months),
        )
        for year, months in _by_year(record.months, insurance)
    ][::-1]


def _by_year(months: Iterable[Month], insurance: Insurance) -> Iterable[tuple[int, list[Month]]]:
    mine = (month for month in months if month.insurance is insurance)
    return [(year, list(rows)) for year, rows in groupby(mine, key=lambda month: month.period // 100)]


def _years(record: Record, place: Place, steps: Steps) -> Table:
    columns = (
        Column(title=text("rights.column.year"), share=0.8),
        Column(title=text("rights.column.months"), share=0.7, number=True),
        Column(title=text("rights.column.own"), share=1.2, number=True),
        Column(title=text("rights.column.employers"), share=1.2, number=True),
    )
    rows = tuple(
        TableRow(key=str(year.year), cells=(str(year.year), str(year.months), _yuan(year.own), _yuan(year.employers)))
        for year in years_of(record, place.insurance)
    )
    return Table(
        title=text("rights.title", name=record.name),
        subtitle=text("rights.as_of_years" if rows else "rights.as_of", date=long_day(record.as_of)),
        tabs=TABS,
        tab=place.insurance.value,
        facts=_facts(record, place.insurance),
        columns=columns,
        rows=rows,
        empty=text("rights.empty"),
        actions=(*(((PICTURE, text("rights.action.picture")),) if rows else ()), (PRINT, text("rights.action.print"))),
        steps=steps,
    )


def _picture(record: Record, place: Place, steps: Steps) -> Bars:
    years = years_of(record, place.insurance)[:MOST_BARS][::-1]
    return Bars(
        title=text("rights.title", name=record.name),
        subtitle=text("rights.picture"),
        tabs=TABS,
        tab=place.insurance.value,
        bars=tuple(Bar(name=str(year.year), parts=(Fen(year.own), Fen(year.employers))) for year in years),
        legend=(text("rights.column.own"), text("rights.column.employers")),
        empty=text("rights.empty"),
        actions=((LIST, text("rights.action.list")), (PRINT, text("rights.action.print"))),
        steps=steps,
    )


def _months(record: Record, place: Place, steps: Steps) -> Table:
    """One year; without tabs, so that "back" is the way to everything else."""
    mine = [month for month in record.months if month.insurance is place.insurance]
    months = [month for month in mine if month.period // 100 == place.year]
    return Table(
        title=text("rights.year.title", year=place.year, insurance=text(f"rights.insurance.{place.insurance.value}")),
        facts=tuple(_employer(name, list(rows)) for name, rows in groupby(months, key=lambda month: month.employer)),
        columns=(
            Column(title=text("rights.column.month")),
            *(Column(title=text(f"rights.column.{name}"), number=True) for name in ("base", "own", "employers")),
        ),
        rows=tuple(
            TableRow(cells=(period(month.period), _yuan(month.base), _yuan(month.own), _yuan(month.employers)))
            for month in months
        ),
        actions=((PRINT, text("rights.action.print")),),
        steps=steps,
    )


def _employer(name: str, months: list[Month]) -> Text:
    """Whose employee, and in which months of the year."""
    return text("rights.employer", name=name, first=period(months[0].period), last=period(months[-1].period))


def _facts(record: Record, insurance: Insurance) -> tuple[Text, ...]:
    """How it stands; of the pension also what is in the account."""
    standing: Standing | None = next((one for one in record.standings if one.insurance is insurance), None)
    facts = []
    if standing is not None and standing.months:
        state = text(f"rights.state.{standing.state.value}")
        facts.append(text("rights.standing", state=state, months=standing.months, since=period(standing.since)))
    if insurance is Insurance.PENSION and record.account:
        facts.append(text("rights.account", money=_yuan(record.account[-1].after)))
    return tuple(facts)


def _yuan(fen: int) -> str:
    return yuan(Fen(fen))
