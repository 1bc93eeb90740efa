"""Bounds that hold whatever a peer sends, what every question has, and what every report of a payment says.

Beyond the bounds a message is refused, not stored in half.
"""

from datetime import date, datetime
from typing import Annotated, Protocol

import msgspec

Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=10**11)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
OrderNumber = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z]{1,32}\Z")]
"""What every provider takes as out_trade_no; one puts it into the path of a call that the merchant signs."""
Word = Annotated[str, msgspec.Meta(max_length=64)]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class Question(Protocol):
    """A message of the contract that knows its path."""

    @property
    def path(self) -> str:
        """Below ``/k/v1``."""


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """A row that holds from ``since`` to ``until`` (both days count). ``source``: where it comes from."""

    since: date
    until: date | None = None
    source: Word = ""

    def holds(self, today: date) -> bool:
        """Whether it is in force."""
        return self.since <= today and (self.until is None or today <= self.until)


class Paid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a report of a payment says whatever was bought; amounts in fen.

    ``paid_at`` is when the money was taken, however late the report comes. ``means``: ``card``, with the terminal's
    numbers, or ``code``: then central has a paid order of this reference and amount.
    """

    reference: Name
    amount: Amount
    paid_at: Aware
    trace: int
    receipt_no: int
    terminal_id: str
    means: str = "card"
