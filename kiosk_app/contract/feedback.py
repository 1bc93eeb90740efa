"""What citizens say of the service: a complaint, a praise or a suggestion with a number, and a score without a person.

A telephone number is the one personal thing that an event may carry, and only because its owner typed it in order to be
called back: it stands in no log, no journal entry and no paper. Who lays a card to read the answer with it later leaves
a salted digest of its number: the card finds its own matters, and they do not tell whose they are. A score carries
nothing at all; its stream is its own, so that it stands beside no payment.
"""

import hashlib
import hmac
from datetime import date
from typing import Annotated, ClassVar, Final, Literal

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
    """Stream ``feedback``: somebody said something, and has a slip with this number. ``phone`` empty: no call back.

    ``whose``: :func:`whose_digest` of the card that was laid, empty if none was.
    """

    reference: OrderNumber
    kind: Literal["complaint", "praise", "suggestion"]
    topic: Annotated[str, msgspec.Meta(pattern=r"\A[a-z_]{1,32}\Z")]
    phone: Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9]{7,12})?\Z")] = ""
    whose: Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9a-f]{96})?\Z")] = ""
    at: Aware

    def __repr__(self) -> str:
        return f"FeedbackGiven({self.reference}, ...)"


class RatingGiven(msgspec.Struct, frozen=True, kw_only=True, tag="rating.given/1", tag_field="schema"):
    """Stream ``rating``: one visit was worth this, from 1 (not at all satisfied) to 5 (very)."""

    score: Annotated[int, msgspec.Meta(ge=1, le=5)]


def whose_digest(salt: str, number: str) -> str:
    """``salt`` (32 hex digits, drawn for each matter) and what it makes of an identity number, in hex."""
    return salt + hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def is_whose(whose: str, number: str) -> bool:
    """Whether the card with this number was laid then."""
    return bool(whose) and hmac.compare_digest(whose, whose_digest(whose[:32], number))


class AskMatter(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /feedback/matter``: how far is what was said under this number. Answered with a :class:`Matter`.

    ``ending``: the last four digits of the telephone number that was left; empty if none was. Refused with
    ``unknown-matter`` (unknown, another ending, or made with a card, which opens it alone), ``guessed-out``.
    """

    path: ClassVar[str] = "/feedback/matter"

    reference: OrderNumber
    ending: Annotated[str, msgspec.Meta(pattern=r"\A(?:[0-9]{4})?\Z")] = ""


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """What became of something that was said.

    ``state``: ``received``, ``taken`` (somebody has it), ``settled``, ``ended`` (nobody settled it in time).
    ``answer``: the office's, in Chinese; empty if there is none in writing. ``until``: the last day to read it.
    """

    reference: str
    kind: str
    topic: str
    at: Aware
    state: str
    answer: str = ""
    settled_at: Aware | None = None
    until: date | None = None
