"""The rights record: everything that was ever paid."""

from datetime import date
from typing import ClassVar

import msgspec

from kiosk_app.contract.social.person import Insurance, InsuredAnswer, InsuredQuestion, InsuredState


class AskRecord(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /social/record``. Answered with a :class:`Record`."""

    path: ClassVar[str] = "/social/record"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One insurance as it stands: ``months`` paid in all, since ``since``; 0 if there was never a month."""

    insurance: Insurance
    state: InsuredState
    months: int
    since: int = 0


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """One month of one insurance: whose employee, on which base, and what each paid."""

    period: int
    insurance: Insurance
    employer: str
    base: int
    own: int
    employers: int


class AccountYear(msgspec.Struct, frozen=True, kw_only=True):
    """The personal pension account in one year: carried over, paid in, interest; ``after`` is their sum."""

    year: int
    before: int
    paid: int
    interest: int
    months: int
    after: int


class Record(InsuredAnswer, frozen=True, kw_only=True):
    """The answer: everything that was paid, oldest month first. ``as_of``: the day of the books."""

    standings: list[Standing]
    months: list[Month]
    account: list[AccountYear]
    as_of: date
