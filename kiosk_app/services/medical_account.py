"""The personal account of medical insurance: balance and movements (``domain.md`` 6.1).

Its office is another one than social security's, with a line of its own: this query may be "not now" while every other
goes on.
"""

from kiosk_app.contract.social import AskMedical, MedicalAccount, MedicalMove
from kiosk_app.desk import Desk
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.services.steps.insured import ask_about_insured
from kiosk_app.services.steps.pages import read_page
from kiosk_app.services.steps.shown import day, long_day
from kiosk_app.views import Column, Steps, Table, TableRow, text

STEPS = tuple(text(f"medical.step.{name}") for name in ("identify", "read"))
CARD, READ = (Steps(STEPS, at) for at in range(2))
COLUMNS = (
    Column(title=text("medical.column.day"), share=1.35),
    Column(title=text("medical.column.kind"), share=1.0),
    Column(title=text("medical.column.place"), share=1.6),
    Column(title=text("medical.column.amount"), number=True),
    Column(title=text("medical.column.balance"), number=True),
)
KINDS = frozenset({"paid_in", "pharmacy", "clinic", "hospital", "interest"})


async def show_medical_account(desk: Desk) -> bool:
    """The whole query; True: the citizen goes on to the menu."""
    found = await ask_about_insured(desk, AskMedical, MedicalAccount, CARD)
    if found is not None:
        await read_page(desk, page(found[1]))
    return True


def page(account: MedicalAccount) -> Table:
    """The balance, and all movements, the newest first."""
    return Table(
        title=text("medical.title", name=account.name),
        facts=(
            text("medical.balance", money=yuan(Fen(account.balance))),
            text("rights.as_of", date=long_day(account.as_of)),
        ),
        columns=COLUMNS,
        rows=tuple(row(move) for move in account.moves),
        steps=READ,
    )


def row(move: MedicalMove) -> TableRow:
    """One movement; a kind that this version does not know is "other"."""
    kind = text(f"medical.kind.{move.kind if move.kind in KINDS else 'other'}")
    signed = f"{'+' if move.amount > 0 else ''}{yuan(Fen(move.amount))}"
    return TableRow(cells=(day(move.on), kind, move.place, signed, yuan(Fen(move.balance))))
