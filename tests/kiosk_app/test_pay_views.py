"""What a citizen sees of a terminal while it is paid at."""

from kiosk_app import pay_views
from kiosk_app.devices import PinTyped, TerminalNotice
from kiosk_app.money.amounts import Fen
from kiosk_app.money.means import BY_CARD, Notice
from kiosk_app.views import Pay, PayWay, text

CHOICE = PayWay(title=text("pay.way.title"), amount=Fen(100), purpose=text("pay.purpose", count=1), ways=("card",))


def seen(*notices: Notice | None) -> Pay:
    view = pay_views.first(CHOICE, BY_CARD)
    for notice in notices:
        view = pay_views.renewed(view, "1", notice)
    assert isinstance(view, Pay)
    return view


def test_a_pin_pad_without_a_display_has_its_digits_counted_on_the_screen() -> None:
    view = seen(TerminalNotice.ENTER_PIN, PinTyped(3, of=6))
    assert (view.title, view.stage, view.pin) == (text("pay.title.enter_pin"), 1, (3, 6))


def test_a_terminal_that_shows_them_itself_has_none_on_the_screen() -> None:
    assert seen(TerminalNotice.ENTER_PIN).pin is None


def test_nothing_of_a_pin_stays_when_it_is_typed() -> None:
    typed = (TerminalNotice.ENTER_PIN, PinTyped(6, of=6))
    assert seen(*typed, TerminalNotice.BANK).pin is None
    assert seen(*typed, TerminalNotice.WRONG_PIN).pin is None
    assert seen(*typed, None).pin is None
    assert pay_views.last(seen(*typed), "1").pin is None  # type: ignore[union-attr] # it is a payment by card
