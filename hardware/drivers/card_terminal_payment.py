"""One payment at the terminal, from 06 01 to 06 0F: what is asked, what is known, and what is only believed.

Rules. A decline is believed when the terminal refused at once, or said 06 1E and nothing before it spoke of a
booking. An approval is believed when the status information has result 00, our amount, a trace and a receipt
number. Whatever else comes is *uncertain*, and a status information one cannot believe is answered "goods not
issued", because none will be: an approval hidden in it is undone by the terminal.
After the approval the terminal is kept waiting: each of its repeated status informations is answered 84 9C until
somebody decides. The task of a payment outlives the caller who gave up, so that every 04 0F gets its answer.
"""

import asyncio
from collections.abc import Callable

from hardware.drivers.card_terminal_line import Aborted, Completed, End, Refused, Talk
from hardware.protocols.zvt import ACCEPTED, NEED_TIME, NOT_ISSUED, Apdu, ZvtError
from hardware.protocols.zvt_codes import notice, result
from hardware.protocols.zvt_messages import StatusInformation, status_information
from kiosk_app.devices import CardReceipt, TerminalNotice
from kiosk_app.errors import DeviceOffline, PaymentDeclined, PaymentError, PaymentUncertain
from kiosk_app.money.amounts import Fen

HOLD_INTERVAL = 2.0
"""Seconds before a held status information is answered 84 9C: well below T3, after which the terminal gives up."""
MOST_REPEATS = 0x60
"""BMP 02. Terminals read it as binary (96) or BCD (60): both are two minutes at least."""
NOT_UNDONE = frozenset({0x77, 0x7D, 0x83, 0x9B, 0x9C, 0xA0, 0xA1, 0xA3, 0xB5})
"""06 1E with these after 84 66: the terminal could not reverse, or not yet."""
PLEASE_WAIT = 0x9C


def receipt_of(status: StatusInformation) -> CardReceipt:
    """The receipt of a transaction. Raises ZvtError when an approval lacks what makes it one."""
    if status.result is None:
        raise ZvtError("status information without result")
    approved = status.result == 0
    if approved and None in (status.trace, status.receipt_no, status.amount):
        raise ZvtError("an approval without trace, receipt number or amount")
    return CardReceipt(
        trace=status.trace or 0,
        receipt_no=status.receipt_no or 0,
        amount=Fen(status.amount or 0),
        approved=approved,
        result=status.result,
        card=status.card,
        card_name=status.card_name,
        authorisation=status.authorisation,
        terminal_id=status.terminal_id,
        reverses=status.original_trace,
    )


def declined(code: int) -> PaymentDeclined:
    """The error of a result code, with its citizen sentence."""
    row = result(code)
    return PaymentDeclined(row.meaning, code=code, sentence=row.sentence)


class Held:
    """A payment while the terminal works on it. ``holds``: whether an approval waits for a decision (a refund not)."""

    def __init__(self, amount: Fen, told: Callable[[TerminalNotice], None], *, holds: bool = True) -> None:
        loop = asyncio.get_running_loop()
        self._amount, self._told, self._holds = amount, told, holds
        self.approved: asyncio.Future[CardReceipt] = loop.create_future()
        self._verdict: asyncio.Future[Apdu] = loop.create_future()
        self._said: Apdu | None = None
        self._code: int | None = None
        self._doubt = ""
        self._end: End | None = None
        self._sent = self._undone = False

    # --- told by the terminal ---

    async def run(self, talk: Talk, command: Apdu) -> None:
        """Ask for the money and hold it; ends with the terminal's 06 0F or 06 1E, or when the line is lost.

        Call with the turn taken. Never raises what went wrong: ``approved`` and :meth:`kept` tell.
        """
        talk.unasked = NOT_ISSUED
        self._sent = True
        try:
            self._end = await talk.ask(command, told=self._tell, on_status=self._status)
        except (DeviceOffline, ZvtError) as error:
            self._doubt = str(error)
        finally:
            self.close()

    def close(self, error: DeviceOffline | None = None) -> None:
        """Whatever happened: nobody waits for an approval any longer. ``error``: 06 01 was never sent."""
        if not self.approved.done():
            self.approved.set_exception(error if error and not self._sent else self._why_not())
            self.approved.exception()  # a caller who went away does not ask

    def _tell(self, code: int) -> None:
        self._told(TerminalNotice(notice(code)))

    async def _status(self, data: bytes) -> Apdu:
        """What to answer a status information."""
        try:
            receipt = receipt_of(status_information(data))
        except ZvtError as error:
            self._doubt, self._said = str(error), NOT_ISSUED
            return NOT_ISSUED
        if receipt.approved:
            reply = await self._hold(receipt)
            self._said = self._said if self._undone else reply
            return reply
        self._code = receipt.result
        if self.is_approved:
            self._doubt = "declined after an approval"
        return ACCEPTED

    async def _hold(self, receipt: CardReceipt) -> Apdu:
        known = self.approved.result() if self.is_approved else receipt
        if receipt.reverses == known.trace:  # the automatic reversal is a booking of its own
            self._undone = True
            return ACCEPTED
        if receipt.amount != self._amount or receipt.trace != known.trace:
            self._doubt = "an approval of something else"
            return NOT_ISSUED
        if not self.approved.done():
            self.approved.set_result(receipt)
        if not self._holds and not self._verdict.done():
            self._verdict.set_result(ACCEPTED)
        try:
            async with asyncio.timeout(HOLD_INTERVAL):
                return await asyncio.shield(self._verdict)
        except TimeoutError:
            return NEED_TIME

    def _why_not(self) -> PaymentError:
        """Why there is no approval."""
        match self._end:
            case Refused(code, certain) if certain and code != PLEASE_WAIT and not self._doubt:
                return declined(code)
            case Aborted(code) if not self._doubt:
                return declined(self._code or code)
            case Completed():
                return PaymentUncertain("completed without an approval")
        return PaymentUncertain(self._doubt or "cancelled")

    # --- told by us ---

    @property
    def is_approved(self) -> bool:
        """Whether the terminal has approved."""
        return self.approved.done() and self.approved.exception() is None

    @property
    def waits(self) -> bool:
        """Whether an approval waits for a decision."""
        return self.is_approved and not self._verdict.done()

    def decide(self, verdict: Apdu) -> None:
        """Goods delivered (80 00) or not issued (84 66). The first decision stands."""
        if not self._verdict.done():
            self._verdict.set_result(verdict)

    @property
    def kept(self) -> bool | None:
        """After the end: True when the payment was completed, False when it was undone, None when nobody knows."""
        match self._end:
            case Completed() | Aborted() if self._undone:
                return False
            case Completed() if self._said in (ACCEPTED, NEED_TIME) and not self._doubt:
                return True
            case Aborted(code) if self._said == NOT_ISSUED and code not in NOT_UNDONE:
                return False
        return None
