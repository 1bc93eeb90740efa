"""What the UnionPay driver says to the bank: sign-in, sale, reversal, void, settlement, each with its record.

Why a reversal (06) for the unknown and a void (01) for the known (``domain.md`` 8.7): 06 names no original, it undoes
whatever the library did last. A void has trace and batch, and can be asked for again when its answer was lost
("already voided" is success too), while a second 06 might undo the payment before. What a void costs is that it needs
the same day and batch.

06 may hit the payment before even the first time, when the library never got as far as writing ours down. It says
which trace it undid: an older one is remembered, and a person must look.

A record belongs to the terminal that was signed in when it was written: on another one, 06 and trace mean somebody
else's payment.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from random import Random

from hardware.drivers.card_terminal_umsips_book import Book, Open, Sale
from hardware.drivers.card_terminal_umsips_host import NotBegun, UmsHost
from hardware.protocols import umsips_codes as codes
from hardware.protocols.umsips import ECHO, Kind, Request, Response, UmsError, decode_response, local_day
from hardware.protocols.umsips_codes import Outcome, Row
from kiosk_app.devices import CardReceipt, DayTotals
from kiosk_app.errors import (
    DeviceError,
    DeviceFault,
    DeviceOffline,
    PaymentDeclined,
    PaymentUncertain,
    ReversalRefused,
    ReversalStuck,
)
from kiosk_app.local_time import LOCAL
from kiosk_app.money.amounts import Fen

TRIES = 3
PAUSES = (0.0, 30.0, 300.0)
"""Seconds before each reversal: the first at once, the last after a broken line has had time to come back."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
NO_SALE = "no such sale in the book"


class Bank:
    """Call with the host's turn taken. ``who``: counter and operator of every request; ``echo``: see the codec."""

    def __init__(
        self,
        role: str,
        host: UmsHost,
        book: Book,
        *,
        who: Request,
        echo: bool,
        now: Callable[[], datetime],
        random: Random,
    ) -> None:
        self._role, self._host, self._book = role, host, book
        self._who, self._echo, self._now, self._random = who, echo, now, random
        self.signed_in = False
        self._terminal = ""
        self._next_try = 0.0

    @contextmanager
    def records(self) -> Iterator[None]:
        """A book that cannot be read or written closes the terminal: without it nothing may be asked of the bank."""
        try:
            yield
        except (OSError, ValueError) as error:
            raise DeviceFault(self._role, f"records in {self._book.folder}: {error}") from error

    async def _transact(self, kind: Kind, sale: Sale | None = None, *, amount: int = 0) -> tuple[Response, Row]:
        """One transaction and its answer. Raises NotBegun, PaymentUncertain (also for an answer that is none)."""
        echo = "".join(self._random.choices(LETTERS, k=ECHO)) if self._echo else None
        request = replace(self._who, kind=kind, amount=amount, echo=echo or " " * ECHO)
        if sale is not None:
            request = replace(request, amount=sale.amount, trace=f"{sale.trace:06d}", batch=sale.batch)
        try:
            response = decode_response(await self._host.transact(request), echo)
        except UmsError as error:
            raise PaymentUncertain(f"type {kind.value}: {error}") from error
        row = codes.row(response.code)
        if row.sign_in:  # the keys are worth nothing: whoever comes next signs in first
            self.signed_in = False
        return response, row

    async def sign_in(self) -> None:
        """Type 05. Raises DeviceOffline (later, perhaps), DeviceFault (the bank does not know this terminal)."""
        try:
            response, row = await self._transact(Kind.SIGN_IN)
        except PaymentUncertain as error:
            raise DeviceOffline(self._role, str(error)) from error
        if row.outcome is not Outcome.APPROVED:
            closed = row.outcome is Outcome.OUT_OF_SERVICE
            raise (DeviceFault if closed else DeviceOffline)(self._role, f"sign-in: {response.code} {row.meaning}")
        self.signed_in = True
        self._terminal = response.terminal

    # --- a sale ----------------------------------------------------------------------------------------------

    async def sale(self, amount: int) -> CardReceipt:
        """Type 00. Raises PaymentDeclined, PaymentUncertain, DeviceError (the bank was not asked)."""
        with self.records():
            self._book.begin("sale", amount, terminal=self._terminal)
        try:
            response, row = await self._transact(Kind.SALE, amount=amount)
        except DeviceError:  # NotBegun, or the host refused
            with self.records():
                self._book.nothing()
            raise
        if row.outcome is Outcome.UNKNOWN:
            raise PaymentUncertain(f"{response.code} {row.meaning}")
        try:
            if row.outcome is Outcome.APPROVED:
                return self._sold(response, amount)
            self._book.nothing()
        except (OSError, UmsError) as error:
            raise PaymentUncertain(str(error)) from error
        raise PaymentDeclined(row.meaning, code=codes.number(response.code), sentence=row.sentence)

    def _sold(self, response: Response, amount: int) -> CardReceipt:
        """Believe an approval that is one of this amount, durably. Raises UmsError, OSError."""
        if response.amount != amount or not response.trace or not response.batch:
            raise UmsError("an approval without trace and batch, or of another amount")
        day = local_day(response.day, self._now().astimezone(LOCAL).date()) if response.day else None
        self._book.sold(response, day.isoformat() if day else "")
        return CardReceipt(
            trace=response.trace,
            receipt_no=response.trace,
            amount=Fen(response.amount),
            approved=True,
            card=response.card,
            authorisation=response.authorisation,
            terminal_id=response.terminal,
        )

    # --- what is open ----------------------------------------------------------------------------------------

    @property
    def stuck(self) -> str:
        """Why only a person can go on; empty when that is not so."""
        record = self._book.open
        if record is None or record.kind != "sale":
            return ""
        if record.strayed:
            return f"the reversal of {record.amount} fen undid trace {record.strayed} instead"
        if record.tries >= TRIES:
            return f"{record.amount} fen: {record.tries} reversals without success"
        if _another(record.terminal, self._terminal):
            return f"{record.amount} fen: asked of terminal {record.terminal}, this is {self._terminal}"
        return ""

    async def settle(self, *, person: bool = False) -> None:
        """Bring a request of before to its end; nothing is open when this returns.

        ``person``: what is stuck is tried once more, or is dealt with. Raises ReversalStuck, DeviceOffline (later),
        PaymentUncertain.
        """
        record = self._book.open
        if record is None:
            return
        elsewhere = _another(record.terminal, self._terminal)
        if record.kind == "void" and not elsewhere:
            with suppress(ReversalRefused):  # then the sale stands, and that is an end too
                await self._void(record)
        elif self.stuck and not person:
            raise ReversalStuck(self._role, self.stuck)
        elif record.strayed or elsewhere:  # of a void the sale is kept, and refused by name to whoever asks again
            with self.records():
                self._book.nothing()
        else:
            await self._undo(record, waits=not person)

    async def _undo(self, record: Open, *, waits: bool) -> None:
        """Type 06 for a sale whose answer was lost."""
        now = asyncio.get_running_loop().time()
        if waits and now < self._next_try:
            raise DeviceOffline(self._role, "a reversal waits for its next try")
        with self.records():
            self._book.trying()
        self._next_try = now + PAUSES[min(record.tries + 1, TRIES - 1)]
        code = "no answer"
        with suppress(NotBegun, PaymentUncertain):
            response, _ = await self._transact(Kind.REVERSAL)
            code = response.code
            if code == codes.APPROVED or code in codes.NOTHING_TO_REVERSE:
                with self.records():
                    self._undone(record, response)
        if self.stuck:
            raise ReversalStuck(self._role, self.stuck)
        if self._book.open is not None:
            raise DeviceOffline(self._role, f"reversal: {code}")

    def _undone(self, record: Open, response: Response) -> None:
        sale = self._book.sale(response.trace) if response.code == codes.APPROVED else None
        wrong_amount = response.code == codes.APPROVED and response.amount not in {0, record.amount}
        if response.trace and (wrong_amount or (sale is not None and not sale.undone)):
            self._book.strayed(response.trace)
        else:
            self._book.nothing()

    # --- giving back -----------------------------------------------------------------------------------------

    async def void(self, trace: int) -> None:
        """Undo a sale of the open batch. Raises ReversalRefused, DeviceError, PaymentUncertain."""
        await self.settle()
        sale = self._book.sale(trace)
        if sale is not None and sale.undone:
            return
        why = ""
        if sale is None:
            why = NO_SALE
        elif sale.closed:
            why = f"batch closed; {sale.day} {sale.reference}"
        elif _another(sale.terminal, self._terminal):
            why = f"booked by terminal {sale.terminal}; {sale.day} {sale.reference}"
        if why:
            raise ReversalRefused(why, code=codes.number(codes.SETTLED))
        with self.records():
            record = self._book.begin("void", trace=trace, terminal=self._terminal)
        await self._void(record)

    async def _void(self, record: Open) -> None:
        """Ask for an open void (type 01), once more if need be."""
        sale = self._book.sale(record.trace)
        try:
            if sale is None:
                raise DeviceFault(self._role, NO_SALE)
            response, row = await self._transact(Kind.VOID, sale)
        except DeviceError:
            with self.records():
                self._book.nothing()
            raise
        if row.outcome is Outcome.UNKNOWN:
            raise PaymentUncertain(f"void: {response.code} {row.meaning}")
        done = row.outcome is Outcome.APPROVED
        with self.records():
            if done or response.code == codes.ALREADY_VOIDED:
                self._book.voided(sale, response if done else None)
                return
            self._book.nothing()
        if row.sign_in:
            raise DeviceOffline(self._role, f"void: {response.code} {row.meaning}")
        raise ReversalRefused(row.meaning, code=codes.number(response.code))

    # --- the day ---------------------------------------------------------------------------------------------

    async def close_day(self) -> DayTotals:
        """Type 04. Raises DeviceOffline, DeviceFault, ReversalStuck.

        The count is of what the library answered since the last settlement; the amount is its own, if it states one.
        A settlement whose answer was lost is asked for again: "already settled" closes the same sales.
        """
        try:
            await self.settle()
            response, row = await self._transact(Kind.SETTLE)
        except PaymentUncertain as error:
            raise DeviceOffline(self._role, f"end of day: {error}") from error
        if row.outcome is not Outcome.APPROVED and response.code != codes.SETTLED:
            later = row.sign_in or row.outcome is Outcome.UNKNOWN
            raise (DeviceOffline if later else DeviceFault)(self._role, f"end of day: {response.code} {row.meaning}")
        totals = self._book.totals()
        with self.records():
            self._book.closed()
        self.signed_in = False  # a batch begins with a sign-in
        return DayTotals(totals.count, Fen(response.amount or totals.amount))


def _another(then: str, now: str) -> bool:
    """Whether both terminals are known and are not the same."""
    return "" not in {then, now} and then != now
