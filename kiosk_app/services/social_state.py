"""Unemployment pay and injuries at work: how each stands (``domain.md`` 6.1)."""

from kiosk_app.contract.social import AskBenefits, Benefits, Injury, Unemployment
from kiosk_app.desk import Desk
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.services.steps.insured import ask_about_insured
from kiosk_app.services.steps.pages import read_tabs
from kiosk_app.services.steps.shown import day, period
from kiosk_app.views import Column, Steps, Table, TableRow, text

STEPS = tuple(text(f"benefits.step.{name}") for name in ("identify", "read"))
CARD, READ = (Steps(STEPS, at) for at in range(2))
UNEMPLOYMENT, INJURY = "unemployment", "injury"
TABS = ((UNEMPLOYMENT, text("benefits.tab.unemployment")), (INJURY, text("benefits.tab.injury")))
COUNTS = frozenset({"months", "left", "monthly"})
STATES = frozenset({"applied", "recognised", "assessed", "closed"})


async def show_benefits(desk: Desk) -> bool:
    """The whole query; True: the citizen goes on to the menu."""
    found = await ask_about_insured(desk, AskBenefits, Benefits, CARD)
    if found is not None:
        _, benefits = found
        await read_tabs(desk, UNEMPLOYMENT, lambda tab: page(benefits, tab))
    return True


def page(benefits: Benefits, tab: str) -> Table:
    """One of the two."""
    unemployed = tab == UNEMPLOYMENT
    names = ("since", "months", "left", "monthly") if unemployed else ("day", "employer", "state", "grade")
    rows = [_paid(one) for one in benefits.unemployment] if unemployed else [_injury(one) for one in benefits.injuries]
    return Table(
        title=text("benefits.title", name=benefits.name),
        tabs=TABS,
        tab=tab,
        columns=tuple(Column(title=text(f"benefits.column.{name}"), number=name in COUNTS) for name in names),
        rows=tuple(rows),
        empty=text("benefits.none.unemployment" if unemployed else "benefits.none.injury"),
        steps=READ,
    )


def _paid(one: Unemployment) -> TableRow:
    return TableRow(cells=(period(one.since), str(one.months), str(one.left), yuan(Fen(one.monthly))))


def _injury(one: Injury) -> TableRow:
    state = text(f"benefits.state.{one.state if one.state in STATES else 'other'}")
    grade = text("benefits.grade", grade=one.grade) if one.grade else text("benefits.no_grade")
    return TableRow(cells=(day(one.on), one.employer, state, grade))
