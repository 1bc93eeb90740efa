"""What a citizen sees while money moves: the view of each means, renewed by what the means says. Pure.

A code that may no longer be paid is not shown any longer: not while it is cancelled, asked about, or paid.
"""

from dataclasses import replace

from kiosk_app.devices import PinTyped, TerminalNotice
from kiosk_app.money.amounts import yuan
from kiosk_app.money.means import CodeShown, Notice, Way
from kiosk_app.money.receipts import CARD
from kiosk_app.views import Pay, PayCode, PayWay, Text, text

PayView = Pay | PayCode

STAGE = {
    TerminalNotice.PREPARING: 0,
    TerminalNotice.INSERT_CARD: 0,
    TerminalNotice.ENTER_PIN: 1,
    TerminalNotice.WRONG_PIN: 1,
    TerminalNotice.BANK: 2,
    TerminalNotice.APPROVED: 3,
    TerminalNotice.REVERSING: 3,
}
CANCELLABLE = frozenset({TerminalNotice.PREPARING, TerminalNotice.INSERT_CARD})


def first(choice: PayWay, way: Way) -> PayView:
    """Before anybody was asked for anything."""
    common = {"amount": choice.amount, "purpose": choice.purpose, "steps": choice.steps}
    if way.means == CARD:
        return Pay(title=text("pay.title.preparing"), reference="", **common)  # type: ignore[arg-type] # by name
    return PayCode(title=text("pay.code.creating"), channel=way.channel, **common)  # type: ignore[arg-type] # by name


def renewed(view: PayView, reference: str, notice: Notice | None) -> PayView:
    """The view after what the means said; None: its answer was lost, and what it asked for last is no longer true."""
    if isinstance(view, PayCode):
        if isinstance(notice, CodeShown):
            title = text("pay.code.scan" if notice.reached else "pay.code.no_answer", app=_app(view.channel))
            return replace(view, reference=reference, title=title, code=notice.code, seconds=notice.seconds)
        return replace(without_code(view), reference=reference, title=text("pay.code.checking"), cancellable=False)
    if isinstance(notice, TerminalNotice):
        title, stage = text(f"pay.title.{notice.value}"), STAGE.get(notice, view.stage)
        can = notice in CANCELLABLE
        return replace(view, reference=reference, title=title, stage=stage, pin=None, cancellable=can)
    if isinstance(notice, PinTyped):
        return replace(view, pin=(notice.digits, notice.of))
    title = text("pay.trouble.unknown", amount=yuan(view.amount))
    return replace(view, reference=reference, title=title, pin=None, cancellable=False)


def without_code(view: PayView) -> PayView:
    """A code that must not be paid any more is not shown any more."""
    return replace(view, code="", seconds=0) if isinstance(view, PayCode) else view


def last(view: PayView, reference: str) -> PayView:
    """The money is taken; what is said of it is the caller's."""
    view = replace(without_code(view), reference=reference, cancellable=False)
    return replace(view, stage=3, pin=None) if isinstance(view, Pay) else view


def _app(channel: str) -> Text:
    return text(f"pay.way.{channel}")
