"""The social-security card: its state, and what can be done about it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from kiosk_app.contract.common import Name
from kiosk_app.contract.exit_entry import IdentityCheck
from kiosk_app.contract.social.person import InsuredAnswer, InsuredKey, InsuredQuestion


class CardState(StrEnum):
    """Of a social-security card. ``LOST``: reported, and the report lapses by itself after some days."""

    NOT_ACTIVATED = "not_activated"
    ACTIVE = "active"
    LOST = "lost"


class CardAct(StrEnum):
    """What can be done about a card here."""

    ACTIVATE = "activate"
    REPORT_LOSS = "report_loss"
    LIFT_LOSS = "lift_loss"
    RESET_PIN = "reset_pin"


class AskCard(InsuredQuestion, frozen=True, kw_only=True):
    """``POST /social/card``. Answered with a :class:`SocialCard`; a lost card may be shown here."""

    path: ClassVar[str] = "/social/card"


class SocialCard(InsuredAnswer, frozen=True, kw_only=True):
    """The answer. ``ending``: the last four of the card's number. ``may``: what can be done now.

    ``checked``: those of it that need an identity check; ``portrait`` (JPEG) is for that, empty if there is none.
    ``pin_digits``: how long a new PIN is. ``lapses_on``: when a report of loss ends by itself.
    """

    state: CardState
    ending: str
    may: list[CardAct]
    checked: list[CardAct]
    portrait: bytes = b""
    pin_digits: int = 6
    lapses_on: date | None = None


class ChangeCard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``POST /social/change-card``. Answered with an :class:`Act`.

    ``pin``: the new one, for RESET_PIN only; it is in this message and nowhere else. Refused with ``not-now`` (the
    card is in another state), ``identity-not-checked``, ``weak-pin``, ``request-differs``.
    """

    path: ClassVar[str] = "/social/change-card"

    request: Name
    person: InsuredKey
    act: CardAct
    check: IdentityCheck | None = None
    pin: Annotated[str, msgspec.Meta(pattern=r"\A([0-9]{4,12})?\Z")] = ""

    def __repr__(self) -> str:
        return f"ChangeCard({self.act})"
