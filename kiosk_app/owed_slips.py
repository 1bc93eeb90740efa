"""Slips for those who did not get their proof: printed when settlement has found out where their money is.

Rule: whose slip came out before, or who has been gone for long, gets none. Hours later nobody waits for it any more,
and it would lie there for the next citizen.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from kiosk_app.desk import Desk
from kiosk_app.devices import PrintOutcome
from kiosk_app.errors import StoreError
from kiosk_app.money.charge import NEVER_SHOWN
from kiosk_app.money.payment import KIND, OPEN_AT_TERMINAL, Payment, State, from_entry
from kiosk_app.ports import Entry

STILL_WAITING = timedelta(minutes=10)
ENDED = frozenset({State.COMPLETED, State.SETTLED, State.REVERSED, State.REFUND_DUE})
PROVEN = frozenset({PrintOutcome.PRINTED.value, PrintOutcome.SENT.value})


class OwedSlips:
    """Prints them one after the other. ``printing``: one is coming out now."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._owed: asyncio.Queue[Payment] = asyncio.Queue()
        self.printing = False

    def settled(self, before: Payment, after: Payment) -> None:
        """Settlement brought an uncertain payment to an end: its citizen has no proof yet."""
        if before.state in OPEN_AT_TERMINAL - {State.INTENDED} and before.why != NEVER_SHOWN:
            self._owed.put_nowait(after)

    def prove_newest(self) -> None:
        """The machine may have stopped between the payment's end and its receipt; one visit at a time: the newest."""
        with suppress(StoreError):
            self._owe(self._desk.journal.newest(KIND))

    def _owe(self, newest: Entry | None) -> None:
        if newest is None or self._desk.clock.now() - newest.at > STILL_WAITING or newest.state not in ENDED:
            return
        self._owed.put_nowait(from_entry(newest))

    async def run(self) -> None:
        """Print until cancelled."""
        while True:
            payment = await self._owed.get()
            if not self._proven(payment):
                self.printing = True
                await self._desk.print_slip(payment.reference, self._desk.trouble_slip(payment))
                self.printing = False

    def _proven(self, payment: Payment) -> bool:
        """Whether its slip came out. A store that cannot tell does not keep the slip back."""
        try:
            entries = self._desk.journal.entries(reference=payment.reference, kind="receipt")
        except StoreError:
            return False
        return any(entry.state in PROVEN for entry in entries)
