"""What citizens say of the service: a complaint, a praise or a suggestion with a number, and a score without a person.

A telephone number is the one personal thing that an event may carry, and only because its owner typed it in order to be
called back: it stands in no log, no journal entry and no paper. A score carries nothing at all; its stream is its own,
so that it stands beside no payment.
"""

from typing import Annotated, Final, Literal

import msgspec

from kiosk_app.contract.common import Aware, OrderNumber

FEEDBACK: Final = "feedback"
RATING: Final = "rating"
"""The streams."""
KINDS: Final = ("complaint", "praise", "suggestion")
TOPICS: Final = ("waiting", "staff", "machine", "rules", "money", "other")
PHONE_DIGITS: Final = (7, 8, 10, 11, 12)
"""Landline without and with area code, mobile."""


class FeedbackGiven(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="feedback.given/1", tag_field="schema"
):
    """Stream ``feedback``: somebody said something, and has a slip with this number. ``phone`` empty: no call back."""

    reference: OrderNumber
    kind: Literal["complaint", "praise", "suggestion"]
    topic: Annotated[str, msgspec.Meta(pattern=r"\A[a-z_]{1,32}\Z")]
    phone: Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9]{7,12})?\Z")] = ""
    at: Aware

    def __repr__(self) -> str:
        return f"FeedbackGiven({self.reference}, ...)"


class RatingGiven(msgspec.Struct, frozen=True, kw_only=True, tag="rating.given/1", tag_field="schema"):
    """Stream ``rating``: one visit was worth this, from 1 (not at all satisfied) to 5 (very)."""

    score: Annotated[int, msgspec.Meta(ge=1, le=5)]
