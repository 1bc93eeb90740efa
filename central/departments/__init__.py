"""Departments behind adapters: central speaks to each through a small protocol.

An adapter answers, refuses (:class:`central.problems.Refused`), or raises
:class:`central.problems.Unavailable`. Central hands it the open transaction: a department in the same database
decides in it, so that event and effect are one commit; one elsewhere ignores it and repeats by reference. That a
payment is judged once, whatever the wire repeats, is :mod:`central.ledger`'s business and not a department's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

import sqlalchemy as sa

from central.certificates import InsuredBooks
from central.issued.register import RecordBooks
from kiosk_app.contract import (
    AskDecisions,
    ContributionPaid,
    Decisions,
    EndorsementPrinted,
    EndorsementsPaid,
    FinesPaid,
    PermitRetained,
    ServicePaid,
)
from kiosk_app.contract.cases import MyCase
from kiosk_app.contract.exit_entry import (
    Apply,
    Approval,
    AskHolder,
    AskPrint,
    AskProgress,
    Holder,
    PrintRight,
    Progress,
)
from kiosk_app.contract.requests import AskRequest, Requested
from kiosk_app.contract.social import (
    Act,
    AskBenefits,
    AskCard,
    AskDues,
    AskFamilyDues,
    AskLiving,
    AskMedical,
    AskPensions,
    AskRecord,
    Benefits,
    ChangeCard,
    ConfirmLiving,
    Dues,
    Living,
    MedicalAccount,
    Pensions,
    Record,
    SocialCard,
)

Bought_contra = TypeVar("Bought_contra", contravariant=True)


@dataclass(frozen=True)
class Judgement:
    """What a department says to a payment. ``code`` says why not; ``voucher`` is its number of the acceptance."""

    accepted: bool
    code: str = ""
    voucher: str = ""


class Department(Protocol[Bought_contra]):
    """Sells something that is paid at a kiosk."""

    def accept(
        self, connection: sa.Connection, kiosk: str, paid: Bought_contra, serial: int, now: datetime
    ) -> Judgement:
        """Accept or refuse a payment as a whole; asked once. ``serial``: the book's running number, for a voucher."""

    def undo(self, connection: sa.Connection, kiosk: str, paid: Bought_contra, voucher: str, now: datetime) -> None:
        """An accepted payment was given back: it pays nothing any more."""


class KeepsCases(Protocol):
    """Knows what somebody has going on."""

    def mine(self, connection: sa.Connection, number: str, now: datetime) -> list[MyCase]:
        """Of the person with this identity number; empty for a stranger. Raises Unavailable."""


class TrafficPolice(Department[FinesPaid], KeepsCases, Protocol):
    """Penalty decisions: which are open, and these are paid."""

    def decisions(self, connection: sa.Connection, ask: AskDecisions, now: datetime) -> Decisions:
        """Decisions of a person, or the one with this number."""


class ExitEntryOffice(Department[EndorsementsPaid], KeepsCases, Protocol):
    """Endorsements on travel permits: who may have which, approval, the right to print, progress.

    The calls of a kiosk raise Refused with the codes that their messages name.
    """

    def holder(self, connection: sa.Connection, ask: AskHolder, now: datetime) -> Holder:
        """Whose permit it is, and what they may have today."""

    def apply(self, connection: sa.Connection, kiosk: str, ask: Apply, now: datetime) -> Approval:
        """Approve an application as a whole. The same request gets the same answer."""

    def print(
        self, connection: sa.Connection, kiosk: str, ask: AskPrint, now: datetime, *, stays: Callable[[str, str], bool]
    ) -> PrintRight:
        """Give the right to print what was paid, to one job at a time. ``stays``: whether the kiosk of the first
        argument has said that its payment of the second stays."""

    def progress(self, connection: sa.Connection, ask: AskProgress, now: datetime) -> Progress:
        """How far applications are."""

    def printed(self, connection: sa.Connection, kiosk: str, told: EndorsementPrinted, now: datetime) -> None:
        """A job had this outcome on this kiosk."""

    def retained(self, connection: sa.Connection, kiosk: str, told: PermitRetained) -> None:
        """A card is in this kiosk's box."""


class SocialSecurityOffice(Department[ContributionPaid], InsuredBooks, RecordBooks, KeepsCases, Protocol):
    """Insured persons: their records, living verification, the card, contributions.

    The calls of a kiosk raise Refused with the codes that their messages name.
    """

    def record(self, connection: sa.Connection, ask: AskRecord, now: datetime) -> Record:
        """Everything that was paid."""

    def pensions(self, connection: sa.Connection, ask: AskPensions, now: datetime) -> Pensions:
        """What a pensioner received."""

    def benefits(self, connection: sa.Connection, ask: AskBenefits, now: datetime) -> Benefits:
        """Unemployment pay and injuries at work."""

    def living(self, connection: sa.Connection, ask: AskLiving, now: datetime) -> Living:
        """Whether somebody is to be verified as living."""

    def confirm_living(self, connection: sa.Connection, kiosk: str, ask: ConfirmLiving, now: datetime) -> Act:
        """They are. The same request gets the same answer."""

    def card(self, connection: sa.Connection, ask: AskCard, now: datetime) -> SocialCard:
        """How the card is, and what can be done about it."""

    def change_card(self, connection: sa.Connection, kiosk: str, ask: ChangeCard, now: datetime) -> Act:
        """Do it. The same request gets the same answer."""

    def dues(self, connection: sa.Connection, ask: AskDues, now: datetime) -> Dues:
        """What can be paid by oneself now."""

    def family_dues(self, connection: sa.Connection, ask: AskFamilyDues, now: datetime) -> Dues:
        """What can be paid for somebody else."""


class RequestsOffice(Department[ServicePaid], KeepsCases, Protocol):
    """Services that are data: requests, which are cases when they are paid for or cost nothing."""

    def request(self, connection: sa.Connection, kiosk: str, ask: AskRequest, now: datetime) -> Requested:
        """Look at it. The same request gets the same answer. Raises Refused with the codes that the message names."""


class MedicalInsuranceOffice(Protocol):
    """The personal account of medical insurance."""

    def account(self, connection: sa.Connection, ask: AskMedical, now: datetime) -> MedicalAccount:
        """Balance and movements."""
