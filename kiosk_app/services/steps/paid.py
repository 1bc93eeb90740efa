"""How it was paid, for the report to central and for the papers: nobody else asks which means it was."""

from typing import Any

from kiosk_app.desk import Charge
from kiosk_app.devices import CardReceipt
from kiosk_app.money.receipts import CARD, CODE
from kiosk_app.papers.proof import ByCard, ByCode, PaidBy
from kiosk_app.services.steps.shown import card_text
from kiosk_app.views import Text, text


def to_report(charge: Charge) -> dict[str, Any]:
    """The fields of a report that say how it was paid: the terminal's numbers, or nothing but the means."""
    receipt = charge.receipt
    if isinstance(receipt, CardReceipt):
        numbers = {"trace": receipt.trace, "receipt_no": receipt.receipt_no, "terminal_id": receipt.terminal_id}
        return {"means": CARD, **numbers}
    return {"means": CODE, "trace": 0, "receipt_no": 0, "terminal_id": ""}


def to_prove(charge: Charge) -> PaidBy:
    """The same for the papers."""
    receipt = charge.receipt
    if isinstance(receipt, CardReceipt):
        return ByCard(receipt.card_name, receipt.card, receipt.authorisation, receipt.trace)
    return ByCode(receipt.channel, receipt.transaction)


def to_read(by: PaidBy) -> Text:
    """The same as a sentence of the last view."""
    if isinstance(by, ByCode):
        return text("done.paid_by_code", app=text(f"pay.way.{by.channel}"), transaction=by.transaction)
    card = card_text(by.card_name, by.card)
    if not by.authorisation:  # not every terminal tells it
        return text("done.paid_by_card", card=card)
    return text("done.paid_by", card=card, authorisation=by.authorisation)
