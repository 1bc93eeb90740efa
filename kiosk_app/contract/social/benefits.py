"""What comes back: pension, medical account, unemployment pay, injuries at work."""

from datetime import date
from typing import ClassVar

import msgspec

from kiosk_app.contract.social.person import InsuredAnswer, InsuredQuestion


class AskPensions(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /social/pensions``. Answered with :class:`Pensions`."""

    path: ClassVar[str] = "/social/pensions"


class PensionPayment(msgspec.Struct, frozen=True, kw_only=True):
    """One month's pension; ``bank`` are the last four digits of the account it went to."""

    period: int
    basic: int
    account: int
    additions: int
    bank: str
    paid_on: date

    @property
    def total(self) -> int:
        """In fen."""
        return self.basic + self.account + self.additions


class Pensions(InsuredAnswer, frozen=True, kw_only=True):
    """The answer, newest first; empty for who receives none. ``living_until``: till when they are known to be alive."""

    payments: list[PensionPayment]
    living_until: date | None = None


class AskMedical(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /medical/account``: the medical insurance's own office. Answered with a :class:`MedicalAccount`."""

    path: ClassVar[str] = "/medical/account"


class MedicalMove(msgspec.Struct, frozen=True, kw_only=True):
    """One movement, ``amount`` signed. ``kind``: ``paid_in``, ``pharmacy``, ``clinic``, ``hospital``, ``interest``."""

    on: date
    kind: str
    place: str
    amount: int
    balance: int


class MedicalAccount(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, newest first."""

    name: str
    balance: int
    moves: list[MedicalMove]
    as_of: date


class AskBenefits(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /social/benefits``. Answered with :class:`Benefits`."""

    path: ClassVar[str] = "/social/benefits"


class Unemployment(msgspec.Struct, frozen=True, kw_only=True):
    """Unemployment pay: granted for ``months`` from ``since``, ``left`` of them to come. ``state``: paid or over."""

    since: int
    months: int
    left: int
    monthly: int
    state: str


class Injury(msgspec.Struct, frozen=True, kw_only=True):
    """An injury at work. ``state``: ``applied``, ``recognised``, ``assessed``, ``closed``; ``grade``: 1-10, or 0."""

    number: str
    on: date
    employer: str
    state: str
    grade: int = 0


class Benefits(InsuredAnswer, frozen=True, kw_only=True):
    """The answer, newest first."""

    unemployment: list[Unemployment]
    injuries: list[Injury]
