"""Pension payments, month by month (``domain.md`` 6.1): basic part, account, additions, to which bank account.

Whose pension it is, what was paid, and until when the holder is known to be alive: nobody should hear of a missed
verification when the money stays away.
"""

from kiosk_app.contract.social import AskPensions, PensionPayment, Pensions
from kiosk_app.desk import Desk
from kiosk_app.money.amounts import Fen, yuan
from kiosk_app.services.steps.insured import ask_about_insured
from kiosk_app.services.steps.pages import read_page
from kiosk_app.services.steps.shown import day, period
from kiosk_app.views import Column, Steps, Table, TableRow, text

STEPS = tuple(text(f"pensions.step.{name}") for name in ("identify", "read"))
CARD, READ = (Steps(STEPS, at) for at in range(2))
COLUMNS = (
    Column(title=text("pensions.column.month")),
    Column(title=text("pensions.column.basic"), number=True),
    Column(title=text("pensions.column.account"), number=True),
    Column(title=text("pensions.column.additions"), number=True),
    Column(title=text("pensions.column.total"), number=True),
)


async def show_pensions(desk: Desk) -> bool:
    """The whole query; True: the citizen goes on to the menu."""
    found = await ask_about_insured(desk, AskPensions, Pensions, CARD)
    if found is not None:
        await read_page(desk, page(found[1]))
    return True


def page(pensions: Pensions) -> Table:
    """All payments, the newest first."""
    payments = pensions.payments
    facts = [text("pensions.bank", bank=payments[0].bank)] if payments else []
    if pensions.living_until is not None:
        facts.append(text("living.until", date=day(pensions.living_until)))
    return Table(
        title=text("pensions.title", name=pensions.name),
        facts=tuple(facts),
        columns=COLUMNS,
        rows=tuple(row(payment) for payment in payments),
        empty=text("pensions.none"),
        steps=READ,
    )


def row(payment: PensionPayment) -> TableRow:
    """One month's payment."""
    amounts = (payment.basic, payment.account, payment.additions, payment.total)
    return TableRow(cells=(period(payment.period), *(yuan(Fen(amount)) for amount in amounts)))
