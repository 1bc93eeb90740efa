"""An application: what is asked for, what is approved, what was paid."""

from datetime import date
from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Amount, Aware, Name, Paid
from kiosk_app.contract.exit_entry.identity import IdentityCheck
from kiosk_app.contract.exit_entry.permit import Endorsed, Few, Numbers, PermitKey


class Apply(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /exit-entry/apply``: these offers, in one approval and one payment. Answered with an :class:`Approval`.

    ``request`` is the kiosk's own id of the visit: the same again is the same approval, another content under it is
    CentralRefused ``request-differs``. ``replaces``: what the citizen agreed to lose. ``fee``: what was shown, from
    the signed catalogue of version ``catalogue``.

    Refused with: Holder's codes; an Offer's; ``not-offered``, ``two-of-a-kind``, ``replacement-not-agreed``,
    ``fee-changed``, ``identity-not-checked``, ``unfinished-case`` (print what was paid first). Codes of Holder and
    Offer come with hyphens here.
    """

    path: ClassVar[str] = "/exit-entry/apply"

    request: Name
    permit: PermitKey
    offers: Annotated[list[Name], Few]
    replaces: Numbers = []
    fee: Amount
    catalogue: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    check: IdentityCheck
    endorsed: Endorsed = 0


class ApprovedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One endorsement that was approved; ``fee`` in fen. ``number`` is the department's."""

    number: str
    offer: str
    destination: str
    purpose: str
    entries: int
    stay: int
    weekly: bool = False
    fee: int
    starts: date
    valid_until: date


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: can be paid until ``pay_until``. ``lines`` are the whole back after printing, for a preview."""

    approval: str
    pay_until: Aware
    fee: int
    items: list[ApprovedItem]
    lines: list[str]
    catalogue: int


class EndorsementFee(msgspec.Struct, frozen=True, kw_only=True):
    """One approved endorsement of a payment, in fen."""

    number: Name
    fee: Amount


class EndorsementsPaid(Paid, frozen=True, kw_only=True, tag="endorsements.paid/1", tag_field="schema"):
    """Stream ``pay``: this approval is paid. Central answers with a :class:`Verdict`.

    Refused with ``unknown-approval``, ``approval-lapsed``, ``already-paid``, ``amount-changed``, and what holds for
    every payment (``not-paid``, ``given-back``, ``reference-reused``).
    """

    approval: Name
    items: Annotated[list[EndorsementFee], Few]
