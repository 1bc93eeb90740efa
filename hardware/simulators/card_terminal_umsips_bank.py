"""What a simulated UnionPay library does with one transaction: its reversal record, its bank, the bank's ledger.

Ledger, batch and reversal record outlive every host, as the vendor's files do. A host that is killed takes the call
with it, not what is on its way: after the stage ``sent`` the bank books whether anybody waits or not, and it takes one
message of a terminal after the other. Reversal (06) undoes what the reversal record names; the record stays after a
successful sale, as in the field, where 06 is also used to give back a sale that was approved.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hardware.protocols.umsips import Kind, Request, Response
from hardware.simulators.card_terminal_ledger import BankCard, Booking, Ledger
from hardware.simulators.card_terminal_stages import Timings
from kiosk_app.local_time import LOCAL

TERMINAL, MERCHANT = "44070001", "898440300000001"
NO_CARD, NOT_SIGNED_IN, NO_ANSWER = "1X", "A4", "Z0"
SETTLED, VOIDED, NOT_FOUND, NO_RECORD = "X4", "X5", "Y4", "2U"
BANK_KNOWS_NOTHING, WRONG_PIN, NO_MONEY, EXPIRED = "25", "55", "51", "54"


class Refusal(Exception):
    """The transaction ends with this code."""


@dataclass(frozen=True)
class Citizen:
    """Who stands there: a card, its number as the library shows it, and the PIN that was typed."""

    card: BankCard | None
    number: str
    pin: str


@dataclass
class Record:
    """The library's reversal record: the newest financial request, and what the bank made of it."""

    amount: int
    booking: Booking | None = None


class UmsBank:
    """``reach`` is told of every stage.

    ``code``: what the bank says next; ``reversal_code``: to every 06. ``strays``: 06 hits the sale before.
    """

    def __init__(self, reach: Callable[[str], Awaitable[None]], timings: Timings, now: Callable[[], datetime]) -> None:
        self._reach, self._timings = reach, timings
        self.ledger = Ledger(now)
        self.batch = 1
        self.record: Record | None = None
        self.signed_in = self.strays = False
        self.reachable = True
        self.code = self.reversal_code = ""
        self._line = asyncio.Lock()
        self._on_its_way: set[asyncio.Task[Any]] = set()

    async def transact(self, request: Request, citizen: Citizen) -> Response:
        """UMS_TransCard."""
        try:
            if not self.signed_in and request.kind is not Kind.SIGN_IN:
                raise Refusal(NOT_SIGNED_IN)
            match request.kind:
                case Kind.SALE:
                    return await self._sale(request, citizen)
                case Kind.VOID:
                    return await self._void(request)
                case Kind.REVERSAL:
                    return await self._reversal(request)
                case Kind.SETTLE:
                    return await self._settle()
                case Kind.SIGN_IN:
                    return await self._sign_in()
            raise Refusal("I2")
        except Refusal as refusal:
            return Response(str(refusal), text="交易未成功", amount=request.amount)

    def close_day(self) -> int:
        """Close the batch; what stood in it."""
        total = self.ledger.close_day().amount
        self.batch += 1
        self.record = None
        return total

    # --- the types ---

    async def _sale(self, request: Request, citizen: Citizen) -> Response:
        card = citizen.card
        if card is None:
            raise Refusal(NO_CARD)
        record = self.record = Record(request.amount)

        def book() -> Booking:
            no = {WRONG_PIN: citizen.pin != card.pin, EXPIRED: card.expired, NO_MONEY: card.balance < request.amount}
            for code, refuses in no.items():
                if refuses:
                    raise Refusal(code)
            record.booking = self.ledger.book("payment", request.amount, card.number)
            return record.booking

        try:
            booking = await self._bank(book)
        except Refusal as refusal:
            if str(refusal) != NO_ANSWER:  # a final answer: there is nothing to reverse
                self.record = None
            raise
        return self._said(booking, card=citizen.number)

    async def _void(self, request: Request) -> Response:
        booking = self._named(request)
        return self._said(await self._bank(lambda: self.ledger.reverse(booking)))

    def _named(self, request: Request) -> Booking:
        trace = int(request.trace or "0")
        booking = self.ledger.bookings[trace - 1] if 0 < trace <= len(self.ledger.bookings) else None
        if booking is None or booking.kind != "payment":
            raise Refusal(NOT_FOUND)
        if booking.state == "reversed":
            raise Refusal(VOIDED)
        if booking.closed or request.batch != f"{self.batch:06d}":
            raise Refusal(SETTLED)
        return booking

    async def _reversal(self, request: Request) -> Response:
        record = self.record
        if self.strays:
            older = [b for b in self.ledger.bookings if (b.kind, b.state, b.closed) == ("payment", "booked", False)]
            record = Record(request.amount, older[-1]) if older else None
        if record is None:
            raise Refusal(NO_RECORD)

        def undo() -> Booking:
            if self.reversal_code:
                raise Refusal(self.reversal_code)
            named = record.booking
            if named is None or self.ledger.bookings[named.trace - 1].state == "reversed":
                raise Refusal(BANK_KNOWS_NOTHING)
            self.ledger.reverse(named)
            return named

        undone = await self._bank(undo)
        self.record = None
        return self._said(undone)  # with the trace of the original

    async def _settle(self) -> Response:
        total = await self._bank(self.close_day)
        return Response("00", text="结算成功", amount=total, batch=f"{self.batch - 1:06d}", terminal=TERMINAL)

    async def _sign_in(self) -> Response:
        await self._bank(lambda: None)
        self.signed_in = True
        return Response("00", text="签到成功", batch=f"{self.batch:06d}", terminal=TERMINAL, merchant=MERCHANT)

    # --- the bank ---

    async def _bank(self, book: Callable[[], Any]) -> Any:
        """Send something to the bank, which does ``book`` even if nobody waits for it. Raises Refusal."""
        await self._reach("host")
        sent = asyncio.create_task(self._at_bank(book), name="on its way to the bank")
        self._on_its_way.add(sent)
        sent.add_done_callback(self._arrived)
        await self._reach("sent")
        booking = await asyncio.shield(sent)
        await self._reach("decided")
        return booking

    def _arrived(self, sent: "asyncio.Task[Any]") -> None:
        self._on_its_way.discard(sent)
        if not sent.cancelled():
            sent.exception()  # a refusal nobody waited for

    async def _at_bank(self, book: Callable[[], Any]) -> Any:
        async with self._line:
            if not self.reachable:
                await asyncio.sleep(self._timings.host_silence)
                raise Refusal(NO_ANSWER)
            await asyncio.sleep(self._timings.host)
            said, self.code = self.code, ""
            if said:
                raise Refusal(said)
            return book()

    def _said(self, booking: Booking, *, card: str = "") -> Response:
        at = booking.at.astimezone(LOCAL)
        return Response(
            "00",
            text="交易成功",
            card=card,
            amount=booking.amount,
            trace=booking.trace,
            batch=f"{self.batch:06d}",
            day=f"{at:%m%d}",
            time=f"{at:%H%M%S}",
            reference=f"{booking.trace * 104_729 % 10**12:012d}",
            authorisation=f"{booking.trace * 7919 % 10**6:06d}",
            merchant=MERCHANT,
            terminal=TERMINAL,
        )
