"""How far is everything? One list of what somebody has going on in every department, by their card.

Nothing is asked but the card. Each department answers for itself: one that does not is named, so that nobody takes a
short list for a whole one. What can be done about a case stands beside it; it is done in that service. What was said of
the service with that card stands in the list too, and a touch shows the office's answer; what was said without a card
is found by its number.
"""

from kiosk_app.contract.cases import Cases, MyCase, ask_cases
from kiosk_app.contract.feedback import Matter
from kiosk_app.desk import Desk
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.services.steps.cases import away, business, state
from kiosk_app.services.steps.identify import OTHER
from kiosk_app.services.steps.insured import InsuredPerson, show_card_or
from kiosk_app.services.steps.look_up import look_up
from kiosk_app.services.steps.matters import about, answer_page, matter_by_number, matter_state
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
    person = await show_card_or(desk, CARD, text("matter.by_number"))
    if person == OTHER:
        matter = await matter_by_number(desk, CARD)
        if matter is not None:
            await read_page(desk, answer_page(matter, READ))
    if isinstance(person, InsuredPerson):
        ask = ask_cases(person.key.number)
        cases = await look_up(desk, ask, Cases, CARD)
        if cases is not None:
            await read_cases(desk, cases)
    return True


async def read_cases(desk: Desk, cases: Cases) -> None:
    """The list, and what a touch of its rows leads to, until "back"."""
    matters = {matter.reference: matter for matter in cases.said}
    while (touched := await read_page(desk, page(cases))) is not None:
        await read_page(desk, answer_page(matters[touched], READ))


def page(cases: Cases) -> Table:
    """Everything, the newest first, and who did not answer."""
    mine = [(case.at, row(case)) for office in cases.offices for case in office.cases]
    said = [(matter.at, matter_row(matter)) for matter in cases.said]
    return Table(
        title=text("my_cases.title"),
        facts=(*away(cases), *((text("matter.touch"),) if said else ())),
        columns=COLUMNS,
        rows=tuple(one for _, one in sorted([*mine, *said], key=lambda pair: pair[0], reverse=True)),
        empty=text("my_cases.none"),
        steps=READ,
    )


def row(case: MyCase) -> TableRow:
    """One case."""
    amount = yuan(Fen(case.amount)) if case.amount else "—"
    return TableRow(cells=(business(case), state(case), day(case.at.astimezone(LOCAL).date()), amount))


def matter_row(matter: Matter) -> TableRow:
    """Something that was said; its answer is behind it."""
    at = day(matter.at.astimezone(LOCAL).date())
    return TableRow(cells=(about(matter), matter_state(matter), at, "—"), key=matter.reference)
