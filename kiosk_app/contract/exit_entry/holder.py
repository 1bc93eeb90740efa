"""Whose permit it is, and which endorsements that person may have."""

from datetime import date
from hashlib import sha256
from typing import ClassVar

import msgspec

from kiosk_app.contract.exit_entry.permit import Endorsed, PermitKey
from kiosk_app.contract.exit_entry.progress import Case


class AskHolder(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /exit-entry/holder``. Answered with a :class:`Holder`.

    ``endorsed``: how often the card was printed, as it says itself. A permit that central does not know exactly so
    is CentralRefused ``unknown-permit``.
    """

    path: ClassVar[str] = "/exit-entry/holder"

    permit: PermitKey
    endorsed: Endorsed = 0


class Endorsement(msgspec.Struct, frozen=True, kw_only=True):
    """One that is valid and stands on the card; ``left`` entries of ``entries`` are unused. ``stay`` 0: as approved."""

    number: str
    destination: str
    purpose: str
    entries: int
    left: int
    stay: int
    issued_on: date
    valid_until: date
    weekly: bool = False


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """One option of the catalogue for this person, from today; ``fee`` in fen.

    ``shortened``: it ends before its usual end, because permit or registration does. ``replaces``: numbers of valid
    endorsements that it would take the place of; the citizen is asked. ``refused`` is empty when it can be had here,
    else why not: ``not_open_here`` (household), ``not_registered`` (first time: counter), ``waiting_time`` (from
    ``earliest``), ``permit_expiring``, ``registration_ending``, ``crowded`` (no room on the card).
    """

    id: str
    destination: str
    purpose: str
    months: int
    entries: int
    stay: int
    weekly: bool = False
    fee: int
    starts: date
    valid_until: date
    shortened: bool = False
    replaces: list[str] = []
    refused: str = ""
    earliest: date | None = None


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``refused`` is empty, or why this person cannot be served here; then there is nothing else.

    ``counter`` (please go to the counter: no more is said, whatever the reason), ``under_age`` (with a guardian, at
    the counter), ``permit_expired``, ``permit_invalid`` (reported lost or replaced), ``permit_full`` (255 times).
    ``portrait`` is the document's picture as JPEG, for one comparison in memory; empty if central holds none.
    ``catalogue`` is the version of the rules that were applied. ``unfinished``: paid and not printed yet.
    ``owner``: :func:`owner_of`, with which an identity card is compared; the full name itself stays at central.
    """

    token: str
    name: str
    refused: str = ""
    portrait: bytes = b""
    endorsements: list[Endorsement] = []
    offers: list[Offer] = []
    unfinished: list[Case] = []
    catalogue: int = 0
    owner: str = ""


def owner_of(token: str, name: str) -> str:
    """Whose permit it is, so that only who reads the name elsewhere can tell: SHA-256 of both, in hex."""
    return sha256(f"{token} {name.strip()}".encode()).hexdigest()
