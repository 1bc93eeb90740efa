"""Who draws a pension is alive: looked up, and confirmed."""

from datetime import date
from typing import ClassVar

import msgspec

from kiosk_app.contract.common import Aware, Name
from kiosk_app.contract.exit_entry import IdentityCheck
from kiosk_app.contract.social.person import InsuredAnswer, InsuredKey, InsuredQuestion


class AskLiving(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /social/living``. Answered with :class:`Living`."""

    path: ClassVar[str] = "/social/living"


class Living(InsuredAnswer, frozen=True, kw_only=True):
    """When this pensioner was last known to be alive, and ``until`` when that is good.

    ``refused`` is empty, or why nothing is to be done here: ``not_pensioner``, ``not_due`` (good for long yet). Only
    if it is empty there is a ``portrait`` (JPEG) for one comparison in memory; empty also if central holds none.
    """

    last: date | None = None
    until: date | None = None
    refused: str = ""
    portrait: bytes = b""


class ConfirmLiving(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /social/confirm-living``: a check found that this is the living person. Answered with an :class:`Act`.

    ``request``: the kiosk's own id of the visit; the same again is the same answer. Refused with Living's codes (with
    hyphens), ``identity-not-checked``, ``request-differs``.
    """

    path: ClassVar[str] = "/social/confirm-living"

    request: Name
    person: InsuredKey
    check: IdentityCheck


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What the department did: its ``number`` for the slip, when, and until when it holds (None: for good)."""

    number: str
    at: Aware
    until: date | None = None
