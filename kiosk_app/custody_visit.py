"""One permit in one visit: let in, printed, brought out; each written down before (:mod:`kiosk_app.custody`).

A visit that is cancelled leaves its card to the next start: the machine is going down.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from kiosk_app.custody import Custody
from kiosk_app.custody_table import OVER, Place, Stay
from kiosk_app.devices import EndorsementOutcome, EndorsementPrint, EndorsementResult, Permit
from kiosk_app.errors import CitizenError, DeviceError, PermitInTheWay

log = structlog.get_logger()


class Held:
    """The card of one visit. Made when somebody is about to put it in; raises StoreError if that cannot be written."""

    def __init__(self, custody: Custody) -> None:
        self._custody = custody
        self.stay = custody.enter()
        self._jobs = 0
        self._leaving: asyncio.Task[Stay] | None = None
        self.told = False
        """Whether the citizen has been told where it is in the end."""

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

    @property
    def can_print(self) -> bool:
        """Whether the unit says that its head and path are well."""
        return self._custody.unit.condition.serves

    def next_job(self) -> str:
        """An id that no print ever had."""
        self._jobs += 1
        return f"{self.stay.reference}-{self._jobs}"

    async def print(
        self, job: str, lines: tuple[str, ...], told: Callable[[int], None], *, within: float
    ) -> EndorsementResult:
        """Print, followed to the end and reported; after ``within`` seconds nobody knows, and it is asked later.

        Raises StoreError (nothing was ordered), and by the port's word only while nothing was printed: PermitGone,
        PermitFull, DeviceError. After a bug in a driver nobody knows what the head did: that is asked later too.
        """
        self.stay = self._custody.write(self.stay, Place.PRINTING, job=job, outcome="")
        try:
            async with asyncio.timeout(within):
                result = await self._custody.unit.print(EndorsementPrint(job, lines), told)
        except TimeoutError:
            result = EndorsementResult(EndorsementOutcome.UNKNOWN, "slow")
        except (CitizenError, DeviceError) as error:
            nothing = EndorsementResult(EndorsementOutcome.NOT_PRINTED, type(error).__name__)
            self.stay = self._custody.learn(self.stay, nothing)
            raise
        except Exception as error:
            log.error("bug", at="print permit", error=type(error).__name__, reference=self.stay.reference)
            result = EndorsementResult(EndorsementOutcome.UNKNOWN, "bug")
        self.stay = self._custody.learn(self.stay, result)
        return result

    def offer(self) -> None:
        """It goes out from now on, while the citizen reads; :meth:`bring_out` waits for its end."""
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._custody.bring_out(self.stay), name="permit leaves")

    async def bring_out(self) -> Stay:
        """Give it back, or keep it when it is forgotten: where it is in the end."""
        self.offer()
        if self._leaving is not None:
            self.stay = await self._leaving
        return self.stay

    def again(self) -> None:
        """What was put in is over: a record for another card. Raises StoreError, PermitInTheWay if it is not over."""
        if self.stay.place not in OVER | {Place.RETAINED}:
            raise PermitInTheWay("permit_unit", self.stay.place.value)
        self.stay, self._leaving, self.told = self._custody.enter(), None, False

    def leave(self) -> None:
        """What is still open is settled in the background from here."""
        if self._leaving is not None:
            self._leaving.cancel()
        self._custody.leave()
