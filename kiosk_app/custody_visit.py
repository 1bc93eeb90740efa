"""One permit in one visit: let in, printed, brought out; each written down before (:mod:`kiosk_app.custody`).

A visit that is cancelled leaves its card to the next start: the machine is going down.
"""

from collections.abc import Callable
from dataclasses import replace

from kiosk_app.custody import Custody
from kiosk_app.custody_table import Place, Stay
from kiosk_app.devices import EndorsementOutcome, EndorsementPrint, EndorsementResult, Permit
from kiosk_app.errors import CitizenError, DeviceError


class Held:
    """The card of one visit. Made when somebody is about to put it in; raises StoreError if that cannot be written."""

    def __init__(self, custody: Custody) -> None:
        self._custody = custody
        self.stay = custody.enter()
        self._jobs = 0

    async def take(self) -> Permit:
        """Let it in and read it. Raises what the unit does, StoreError; bring it out afterwards in any case."""
        permit = await self._custody.unit.wait_permit()
        self.stay = self._custody.write(self.stay, Place.INSIDE)
        return permit

    def known(self, token: str) -> None:
        """Whose it is, in central's word; written with the next move."""
        self.stay = replace(self.stay, token=token)

    def ordered(self, approval: str, payment: str) -> None:
        """From now on a print is owed, or the money of ``payment``. Raises StoreError."""
        self.stay = self._custody.write(self.stay, Place.INSIDE, approval=approval, payment=payment, outcome="")

    def next_job(self) -> str:
        """An id that no print ever had."""
        self._jobs += 1
        return f"{self.stay.reference}-{self._jobs}"

    async def print(self, job: str, lines: tuple[str, ...], told: Callable[[int], None]) -> EndorsementResult:
        """Print, followed to the end and reported.

        Raises StoreError (nothing was ordered), and by the port's word only while nothing was printed: PermitGone,
        PermitFull, DeviceError.
        """
        self.stay = self._custody.write(self.stay, Place.PRINTING, job=job, outcome="")
        try:
            result = await self._custody.unit.print(EndorsementPrint(job, lines), told)
        except (CitizenError, DeviceError) as error:
            nothing = EndorsementResult(EndorsementOutcome.NOT_PRINTED, type(error).__name__)
            self.stay = self._custody.learn(self.stay, nothing)
            raise
        self.stay = self._custody.learn(self.stay, result)
        return result

    async def look_again(self) -> EndorsementResult:
        """What became of the newest job, asked anew. Raises DeviceError."""
        self.stay = await self._custody.ask(self.stay)
        return EndorsementResult(EndorsementOutcome(self.stay.outcome), self.stay.why)

    async def bring_out(self) -> Stay:
        """Give it back, or keep it when it is forgotten: where it is in the end. The visit is over for it."""
        self.stay = await self._custody.bring_out(self.stay)
        return self.stay

    def leave(self) -> None:
        """What is still open is settled in the background from here."""
        self._custody.leave()
