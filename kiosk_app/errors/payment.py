"""What may happen to a payment: in each case it is said where the money is."""

from kiosk_app.errors.trunk import KioskError


class PaymentError(KioskError):
    """Something about a payment. ``code`` is the terminal's result code (ZVT BMP 27), 0 when it gave none."""

    def __init__(self, detail: str = "", *, code: int = 0) -> None:
        super().__init__(detail)
        self.code = code


class PaymentDeclined(PaymentError):
    """The terminal says no: nothing was taken. ``sentence`` is the citizen's text id for this code."""

    citizen = "pay.declined"
    operator = "Nothing to do for one card; see the code's row in docs/handbook-operations.md."

    def __init__(self, detail: str = "", *, code: int = 0, sentence: str = "pay.declined") -> None:
        super().__init__(detail, code=code)
        self.sentence = sentence


class CodeUnavailable(PaymentError):
    """Central gave no code to show: nobody can have paid. The order is closed by settlement."""

    citizen = "pay.code.unavailable"
    operator = "Check the kiosk's network and, at central, the payment provider."


class PaymentUncertain(PaymentError):
    """The answer was lost. What became of the payment is asked of the terminal, or of central for one by code."""

    citizen = "pay.uncertain"
    operator = "The kiosk asks by itself; if the case stays open, see `kiosk books`."


class ReversalRefused(PaymentError):
    """The payment cannot be undone from here (batch closed, refund refused)."""

    citizen = "pay.refund_due"
    operator = "By card: refund by hand with the reference in `kiosk books` and close the case there. By code: central."


class PaymentUndone(PaymentError):
    """The money was given back by itself; whatever was to be delivered is not."""

    citizen = "pay.undone"
    operator = "Nothing to do: the books agree. If it repeats, have the terminal's line checked."


class PaymentTrouble(PaymentError):
    """Money was taken (or may have been) and nothing delivered. ``state`` is where the payment is now.

    ``cause`` is the citizen's text id of what went wrong, ``amount`` in fen.
    """

    operator = "See the reference in `kiosk books`."

    def __init__(self, reference: str, amount: int, state: str, cause: str) -> None:
        super().__init__(f"{reference} {state}")
        self.reference, self.amount, self.state, self.cause = reference, amount, state, cause


class TillClosed(PaymentError):
    """No money is taken now. ``why`` is the id of the citizen's sentence."""

    citizen = "pay.till_closed"
    operator = "See `kiosk books`: an unsettled payment or the store keeps the till closed."

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why
