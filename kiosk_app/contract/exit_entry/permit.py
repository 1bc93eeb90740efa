"""The permit itself, as its line and its chip name it, and what its back has room for."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from kiosk_app.contract.common import Name

MOST_LINES, LONGEST_LINE = 16, 96
"""What fits on a card's back: lines, and bytes of one in UTF-8."""

PermitLetters = Literal["CS", "CD"]
Few = msgspec.Meta(min_length=1, max_length=8)
Numbers = Annotated[list[Name], msgspec.Meta(max_length=32)]
Endorsed = Annotated[int, msgspec.Meta(ge=0, le=255)]


class PermitKey(msgspec.Struct, frozen=True, kw_only=True):
    """A permit as its line names it: ``CS`` for Hong Kong and Macau, ``CD`` for Taiwan."""

    kind: PermitLetters
    number: Annotated[str, msgspec.Meta(pattern=r"\A[CL][0-9A-HJ-NP-Z][0-9]{7}\Z")]
    expiry: date
    birth: date
