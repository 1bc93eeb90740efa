"""The desk: everything a service may touch, as one small object of ports.

Rules. A service asks (:meth:`Desk.ask`) and gets an intent, or the visit ends by an exception raised at its
``await``: Left when the citizen touches "leave", WalkedAway when nobody answers the countdown. Neither can
strike while money or paper moves, since nothing is asked then. Waiting longer than 0.4 s says what for. Paper
is journaled like money: *intended*, then what became of it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from kiosk_app.booth import Booth
from kiosk_app.central_desk import CentralDesk
from kiosk_app.contract.feedback import RATING, RatingGiven
from kiosk_app.custody import Custody
from kiosk_app.custody_table import KIND as PERMIT
from kiosk_app.custody_table import Place, Stay
from kiosk_app.custody_visit import Held
from kiosk_app.devices import (
    ChipCardReader,
    DocumentPrinter,
    IdCardReader,
    PrintOutcome,
    ReceiptPrinter,
    Slip,
    SlipLine,
)
from kiosk_app.errors import (
    CentralRefused,
    DeviceError,
    DeviceOffline,
    KioskError,
    Left,
    PaymentTrouble,
    StoreError,
    WalkedAway,
)
from kiosk_app.money.amounts import Fen
from kiosk_app.money.charge import Charge
from kiosk_app.money.payment import TAKEN, Payment, State
from kiosk_app.money.till import Till
from kiosk_app.papers.permits import KeptPermit, kept_permit_slip, on_the_card, to_be_printed
from kiosk_app.papers.proof import Trouble
from kiosk_app.papers.slips import trouble_slip
from kiosk_app.paying import Paying
from kiosk_app.ports import Clock, Journal, Screen
from kiosk_app.reprints import Reprints
from kiosk_app.rulebook import Rulebook
from kiosk_app.views import (
    Chosen,
    IdleWarning,
    Intent,
    Leave,
    Rated,
    Steps,
    Text,
    View,
    Working,
)
from kiosk_app.waiting import cancelled

log = structlog.get_logger()

Answer = TypeVar("Answer")

SHOW_PROGRESS_AFTER = 0.4


@dataclass(frozen=True)
class Site:
    """Where the machine stands and whom to call. ``nearest``: other service points, as sentences."""

    name: str
    hotline: str
    machine: str
    name_en: str = ""
    proof_url: str = ""
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Patience:
    """Seconds: ``idle`` before the countdown of ``countdown``; ``done`` for the last view."""

    idle: float = 30.0
    countdown: int = 15
    card: int = 60
    done: int = 20
    take_card: int = 60


Aside = Callable[[Callable[[], bytes]], Awaitable[bytes]]
"""Has something made that takes the processor for long, beside the loop that the screen lives on."""


async def at_once(make: Callable[[], bytes]) -> bytes:
    """No aside at all: for worlds, in which a thread would be a second clock."""
    return make()


@dataclass(frozen=True)
class Desk:
    """What a service may touch. ``custody``, ``chip_card_reader``, ``booth``: None where there is no such device."""

    screen: Screen
    id_card_reader: IdCardReader
    receipt_printer: ReceiptPrinter
    document_printer: DocumentPrinter
    till: Till
    central: CentralDesk
    journal: Journal
    reprints: Reprints
    prices: Rulebook
    clock: Clock
    site: Site
    patience: Patience = Patience()
    custody: Custody | None = None
    aside: Aside = at_once
    booth: Booth | None = None
    chip_card_reader: ChipCardReader | None = None

    # --- asking ---

    async def ask(self, view: View) -> Intent:
        """Show ``view`` until the citizen answers. Raises Left, WalkedAway."""
        while True:
            answer = await self._until_idle(self.screen.show(view), self.patience.idle)
            if answer is None:
                warning = IdleWarning(seconds=self.patience.countdown)
                answer = await self._within(self.screen.show(warning), self.patience.countdown)
                if answer is None:
                    raise WalkedAway
                if answer == Chosen("more_time"):
                    continue
            if isinstance(answer, Leave):
                raise Left
            return answer

    async def ask_or(self, view: View, other: Coroutine[Any, Any, Answer], *, within: float) -> Intent | Answer:
        """Show ``view`` until the citizen answers or ``other`` is done (a card is laid down).

        Raises Left, WalkedAway after ``within`` seconds, and whatever ``other`` raises.
        """
        asking = asyncio.create_task(self.screen.show(view), name="ask")
        waiting = asyncio.create_task(other, name="wait for the world")
        try:
            await asyncio.wait({asking, waiting}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
            if not asking.done():
                raise WalkedAway
            if isinstance(asking.result(), Leave):
                raise Left
            return asking.result()
        finally:
            await cancelled(asking, waiting)

    async def last_view(self, view: View, seconds: float) -> Intent | None:
        """Show ``view`` for at most ``seconds``; None when nobody answered. Who touches a face leaves with it."""
        answer = await self._within(self.screen.show(view), seconds)
        if isinstance(answer, Rated):
            self._rated(answer.score)
            return Leave()
        return answer

    def _rated(self, score: int) -> None:
        """Count it, beside no reference and no service. A store in trouble costs the count and not the goodbye."""
        with suppress(StoreError):
            self.journal.append(RATING, RATING, "given", reports=[(RATING, RatingGiven(score=score))])
            self.central.kick()

    async def _within(self, showing: Coroutine[Any, Any, Intent], seconds: float) -> Intent | None:
        try:
            async with asyncio.timeout(seconds):
                return await showing
        except TimeoutError:
            return None

    async def _until_idle(self, showing: Coroutine[Any, Any, Intent], idle: float) -> Intent | None:
        """The intent, or None after ``idle`` seconds without any touch at all."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        task = asyncio.create_task(showing, name="show")
        try:
            while (left := max(began, self.screen.touched) + idle - loop.time()) > 0:
                await asyncio.wait({task}, timeout=left)
                if task.done():
                    return task.result()
            return None
        finally:
            await cancelled(task)

    @asynccontextmanager
    async def working(self, title: Text, waits_for: Text, *, usually: int, steps: Steps | None) -> AsyncIterator[None]:
        """Say what is waited for if the body takes longer than SHOW_PROGRESS_AFTER."""
        view = Working(title=title, waits_for=waits_for, usually=usually, steps=steps)
        timer = asyncio.get_running_loop().call_later(SHOW_PROGRESS_AFTER, self.screen.put, view)
        try:
            yield
        finally:
            timer.cancel()

    # --- money ---

    def charge(self, amount: Fen, purpose: Text, steps: Steps) -> AbstractAsyncContextManager[Charge]:
        """Take ``amount``, by the means the citizen chooses; the body delivers. After a refusal they may try again.

        Raises Left, WalkedAway (before anything moves), TillClosed, StoreError; and PaymentTrouble, after the slip was
        printed, when money was taken and the body failed or the answer was lost.
        """
        return Paying(self.screen, self.till, self.ask, self._trouble).charge(amount, purpose, steps)

    async def _trouble(self, payment: Payment, error: Exception) -> PaymentTrouble:
        """The error as the citizen must hear it; the slip with reference, amount and telephone is printed."""
        cause = (error if isinstance(error, KioskError) else KioskError).citizen
        if isinstance(error, CentralRefused):
            cause = error.sentence
        await self.print_slip(payment.reference, self.trouble_slip(payment))
        return PaymentTrouble(payment.reference, payment.amount, payment.state.value, cause)

    # --- the permit ---

    def receive_permit(self) -> Held:
        """A record for the permit that is going to be put in. Raises StoreError, DeviceOffline without a unit."""
        if self.custody is None:
            raise DeviceOffline("permit_unit", "this machine has none")
        return Held(self.custody)

    # --- paper ---

    def permit_slip(self, stay: Stay) -> Slip:
        """For a permit that is not with its citizen: where it is, and with which number it is fetched."""
        kept = KeptPermit(
            stay.reference, stay.place is Place.RETAINED, self.clock.now(), self.site.name, self.site.hotline
        )
        return kept_permit_slip(kept)

    def trouble_slip(self, payment: Payment) -> Slip:
        """For a payment that did not end in a proof; it also says what became of the print that was paid for."""
        return trouble_slip(
            Trouble(
                reference=payment.reference,
                amount=payment.amount,
                state=payment.state.value,
                at=self.clock.now(),
                site=self.site.name,
                hotline=self.site.hotline,
                notes=tuple(self._of_the_print(payment)),
            )
        )

    def _of_the_print(self, payment: Payment) -> list[SlipLine]:
        """Only where it is true whatever comes: a print that is on the card, or is owed for money that stays."""
        with suppress(StoreError):
            newest = self.journal.newest(PERMIT)
            if newest is not None and newest.body.get("payment") == payment.reference:
                if newest.body.get("outcome") == "printed" and payment.state in TAKEN - {State.REFUND_DUE}:
                    return on_the_card()
                return to_be_printed() if payment.state in {State.COMPLETED, State.SETTLED} else []
        return []

    async def print_slip(self, reference: str, slip: Slip) -> PrintOutcome | None:
        """Print on the receipt printer, journaled; None when it could not."""
        return await self._print(reference, "receipt", lambda: self.receipt_printer.print(slip))

    async def print_document(self, reference: str, pdf: bytes, title: str) -> PrintOutcome | None:
        """Print on the A4 printer, journaled; None when it could not."""
        return await self._print(reference, "document", lambda: self.document_printer.print(pdf, title))

    async def _print(
        self, reference: str, what: str, job: Callable[[], Awaitable[PrintOutcome]]
    ) -> PrintOutcome | None:
        self._note(reference, what, "intended")
        try:
            outcome = await job()
        except DeviceError as error:
            self._note(reference, what, "failed", why=error.reason)
            return None
        except Exception as error:  # a bug must not take the sentence about the money with it, now or at each start
            log.error("bug", at=f"print {what}", error=type(error).__name__, reference=reference)
            self._note(reference, what, "failed", why="bug")
            return None
        self._note(reference, what, outcome.value)
        return outcome

    def _note(self, reference: str, what: str, state: str, **body: str) -> None:
        """Journal what becomes of paper. A store that died in this visit must not keep the citizen's proof back."""
        with suppress(StoreError):
            self.journal.append(reference, what, state, body)


__all__ = ["Charge", "Desk", "Held", "Patience", "Place", "Site", "Stay"]
