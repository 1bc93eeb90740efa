"""Departments behind adapters: central speaks to each through a small protocol.

An adapter answers, refuses (:class:`central.problems.Refused`), or raises
:class:`central.problems.Unavailable`. Central hands it the open transaction: a department in the same database
decides in it, so that event and effect are one commit; one elsewhere ignores it and repeats by reference.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from kiosk_app.contract import AskDecisions, Decisions, FinesPaid, PaymentMoved


@dataclass(frozen=True)
class Judgement:
    """What a department says to a payment. ``code`` says why not; ``voucher`` is its number of the acceptance."""

    accepted: bool
    code: str = ""
    voucher: str = ""


class TrafficPolice(Protocol):
    """Penalty decisions: which are open, and these are paid."""

    def decisions(self, connection: sa.Connection, ask: AskDecisions, now: datetime) -> Decisions:
        """Decisions of a person, or the one with this number."""

    def accept(self, connection: sa.Connection, kiosk: str, paid: FinesPaid, now: datetime) -> Judgement:
        """Accept or refuse a payment as a whole. The same reference gets the same answer."""

    def moved(self, connection: sa.Connection, kiosk: str, moved: PaymentMoved, now: datetime) -> None:
        """A payment reached a state; one that is given back pays nothing."""
