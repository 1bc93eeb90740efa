"""How far is everything? One list of what somebody has going on in every department, by their card.

Nothing is asked but the card. Each department answers for itself: one that does not is named, so that nobody takes a
short list for a whole one. What can be done about a case stands beside it; it is done in that service.
"""

from kiosk_app.contract.cases import AskCases, Cases, MyCase
from kiosk_app.desk import Desk
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.services.steps.cases import away, business, state
from kiosk_app.services.steps.insured import show_card
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.pages import read_page
from kiosk_app.services.steps.shown import day
from kiosk_app.views import Column, Steps, Table, TableRow, text

STEPS = tuple(text(f"my_cases.step.{name}") for name in ("identify", "read"))
CARD, READ = (Steps(STEPS, at) for at in range(2))
COLUMNS = (
    Column(title=text("my_cases.column.what"), share=1.7),
    Column(title=text("my_cases.column.state"), share=1.1),
    Column(title=text("my_cases.column.at"), share=1.2),
    Column(title=text("my_cases.column.amount"), share=0.8, number=True),
)


async def show_cases(desk: Desk) -> bool:
    """The whole query; True: the citizen goes on to the menu."""
    person = await show_card(desk, CARD)
    if person is not None:
        ask = AskCases(number=person.key.number)
        cases = await look_up(desk, ask, Cases, CARD)
        if cases is not None:
            await read_page(desk, page(cases))
    return True


def page(cases: Cases) -> Table:
    """Everything, the newest first, and who did not answer."""
    mine = sorted((case for office in cases.offices for case in office.cases), key=lambda case: case.at, reverse=True)
    return Table(
        title=text("my_cases.title"),
        facts=away(cases),
        columns=COLUMNS,
        rows=tuple(row(case) for case in mine),
        empty=text("my_cases.none"),
        steps=READ,
    )


def row(case: MyCase) -> TableRow:
    """One case."""
    amount = yuan(Fen(case.amount)) if case.amount else "—"
    return TableRow(cells=(business(case), state(case), day(case.at.astimezone(LOCAL).date()), amount))
