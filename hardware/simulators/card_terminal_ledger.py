"""What a simulated card terminal keeps through unplugging and power loss: its bookings. And the sample bank cards.

The numbers of the cards are in no bank's range of issued cards, and come masked as a terminal sends them.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from hardware.protocols.zvt_messages import CARD_GROUPS, Totals


@dataclass(frozen=True)
class BankCard:
    """A sample card. ``number`` as in BMP 22: digits, E for a masked one. ``balance`` in fen."""

    name: str
    number: str
    pin: str
    balance: int
    expired: bool = False


CARDS = {
    "sample": BankCard("样本银联卡 SAMPLE", "622000EEEEEE0017", "123456", 5_000_000),
    "sample-empty": BankCard("样本余额不足 SAMPLE", "622000EEEEEE0025", "123456", 1),
    "sample-expired": BankCard("样本过期卡 SAMPLE", "622000EEEEEE0033", "123456", 5_000_000, expired=True),
}


@dataclass(frozen=True)
class Booking:
    """One booking. ``state`` is ``booked`` or ``reversed``; ``original`` the trace that a reversal undid."""

    trace: int
    receipt_no: int
    kind: str
    amount: int
    card: str
    at: datetime
    state: str = "booked"
    original: int | None = None
    closed: bool = False


@dataclass
class Ledger:
    """Bookings in order; trace and receipt numbers go on for ever."""

    now: Callable[[], datetime]
    bookings: list[Booking] = field(default_factory=list)

    def book(self, kind: str, amount: int, card: str, *, original: int | None = None) -> Booking:
        """Add a booking."""
        number = len(self.bookings) + 1
        booking = Booking(number, (number - 1) % 9999 + 1, kind, amount, card, self.now(), original=original)
        self.bookings.append(booking)
        return booking

    def find(self, receipt_no: int) -> Booking | None:
        """The payment with this receipt number in the open batch."""
        for booking in reversed(self.bookings):
            if (booking.receipt_no, booking.kind, booking.closed) == (receipt_no, "payment", False):
                return booking
        return None

    def reverse(self, booking: Booking) -> Booking:
        """Undo ``booking`` by one of its own."""
        self._replace(booking, replace(self.bookings[booking.trace - 1], state="reversed"))
        return self.book("reversal", booking.amount, booking.card, original=booking.trace)

    def close_day(self) -> Totals:
        """Close the batch: payments that stand, all in the last card group."""
        batch = [booking for booking in self.bookings if not booking.closed]
        standing = [booking for booking in batch if booking.kind == "payment" and booking.state == "booked"]
        for booking in batch:
            self._replace(booking, replace(booking, closed=True))
        rest = (len(standing), sum(booking.amount for booking in standing))
        first, last = (batch[0].receipt_no, batch[-1].receipt_no) if batch else (0, 0)
        return Totals(first, last, ((0, 0),) * (CARD_GROUPS - 1) + (rest,))

    def as_json(self) -> list[dict[str, Any]]:
        """For the bench page."""
        return [{**asdict(booking), "at": booking.at.isoformat()} for booking in self.bookings]

    def _replace(self, old: Booking, new: Booking) -> None:
        self.bookings[old.trace - 1] = new
