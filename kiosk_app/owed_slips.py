"""Slips for those who did not get their proof, or their permit: printed when it is known where money or card is.

Rule: whose slip came out before, or who has been gone for long, gets none. Hours later nobody waits for it any more,
and it would lie there for the next citizen. A kept permit is the exception: its slip says no name, and whoever comes
back for the card the next morning must not stand before a silent machine.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from kiosk_app.custody_table import KIND as PERMIT
from kiosk_app.custody_table import Place, Stay
from kiosk_app.custody_table import from_entry as stay_of
from kiosk_app.desk import Desk
from kiosk_app.devices import PrintOutcome, Slip
from kiosk_app.errors import StoreError
from kiosk_app.money.charge import NEVER_SHOWN
from kiosk_app.money.payment import KIND, OPEN_AT_TERMINAL, Payment, State, from_entry

STILL_WAITING = timedelta(minutes=10)
ENDED = frozenset({State.COMPLETED, State.SETTLED, State.REVERSED, State.REFUND_DUE})
PROVEN = frozenset({PrintOutcome.PRINTED.value, PrintOutcome.SENT.value})


class OwedSlips:
    """Prints them one after the other. ``printing``: one is coming out now."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._owed: asyncio.Queue[tuple[str, Callable[[], Slip]]] = asyncio.Queue()
        self.printing = False

    def settled(self, before: Payment, after: Payment) -> None:
        """Settlement brought an uncertain payment to an end: its citizen has no proof yet."""
        if before.state in OPEN_AT_TERMINAL - {State.INTENDED} and before.why != NEVER_SHOWN:
            self._owe(after)

    def kept(self, stay: Stay) -> None:
        """A permit was kept while nobody was served."""
        self._owed.put_nowait((stay.reference, lambda: self._desk.permit_slip(stay)))

    def prove_newest(self) -> None:
        """The machine may have stopped between an end and its slip; one visit at a time: the newest of each kind."""
        with suppress(StoreError):
            newest = self._desk.journal.newest(KIND)
            if newest and self._desk.clock.now() - newest.at <= STILL_WAITING and newest.state in ENDED:
                self._owe(from_entry(newest))
        with suppress(StoreError):
            stay = self._desk.journal.newest(PERMIT)
            if stay and stay.state == Place.RETAINED:
                self.kept(stay_of(stay))

    def _owe(self, payment: Payment) -> None:
        self._owed.put_nowait((payment.reference, lambda: self._desk.trouble_slip(payment)))

    async def run(self) -> None:
        """Print until cancelled."""
        while True:
            reference, slip = await self._owed.get()
            if not self._proven(reference):
                self.printing = True
                await self._desk.print_slip(reference, slip())
                self.printing = False

    def _proven(self, reference: str) -> bool:
        """Whether its slip came out. A store that cannot tell does not keep the slip back."""
        try:
            entries = self._desk.journal.entries(reference=reference, kind="receipt")
        except StoreError:
            return False
        return any(entry.state in PROVEN for entry in entries)
