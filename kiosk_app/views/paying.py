"""How to pay, and what the terminal or the code's provider says."""

from dataclasses import dataclass

from kiosk_app.money.amounts import Fen
from kiosk_app.views.base import View
from kiosk_app.views.words import Text


@dataclass(frozen=True, kw_only=True)
class PayWay(View):
    """How to pay ``amount``: by card, or with which telephone app. Intents: Chosen(one of ``ways``), Leave.

    ``ways`` are ``card``, ``wechat``, ``alipay`` ...: each has a name ``pay.way.<key>``.
    """

    title: Text
    amount: Fen
    purpose: Text
    ways: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PayCode(View):
    """The code to scan with the app ``channel``, and for how many ``seconds`` it can be paid, counted by the screen.

    ``code`` is the QR's text, empty before it is there and when it may no longer be paid. Intent: Leave (cancel the
    payment) while ``cancellable``.
    """

    title: Text
    amount: Fen
    purpose: Text
    channel: str
    reference: str = ""
    code: str = ""
    seconds: int = 0
    cancellable: bool = True


@dataclass(frozen=True, kw_only=True)
class Pay(View):
    """Board 04: the amount and what the terminal says. ``stage`` 0..3: card, PIN, bank, done.

    ``pin``: digits typed, and of how many, while a PIN pad without a display is typed on; else None.

    Intent: Leave (cancel the payment) while ``cancellable``.
    """

    title: Text
    amount: Fen
    purpose: Text
    reference: str
    stage: int = 0
    pin: tuple[int, int] | None = None
    cancellable: bool = True
