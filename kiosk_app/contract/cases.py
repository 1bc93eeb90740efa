"""Everything that somebody has going on, in every department: one question, and each department answers for itself.

What is known is the same for who asks how far it is and for who wants a proof of it once more: a case that was paid for
carries its payment's reference, and what a proof of it may say. Nobody is named.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Final

import msgspec

from kiosk_app.contract.common import Aware, Name
from kiosk_app.contract.feedback import Matter


class Office(StrEnum):
    """Who answers."""

    TRAFFIC = "traffic"
    EXIT_ENTRY = "exit_entry"
    SOCIAL = "social"
    SERVICES = "services"
    COUNTER = "counter"


FIRST: Final = (Office.TRAFFIC, Office.EXIT_ENTRY, Office.SOCIAL)
"""Those that every release knows: one that does not say whom it knows is answered with these."""


class AskCases(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /cases/mine``: of the person with this number, as their card says it; never typed.

    ``knows``: the departments that the asking release knows; another's cases it could not read.
    """

    path: ClassVar[str] = "/cases/mine"

    number: Annotated[str, msgspec.Meta(min_length=15, max_length=18)]
    knows: Annotated[list[Name], msgspec.Meta(max_length=32)] = []


def ask_cases(number: str) -> AskCases:
    """Everything that this release can read."""
    return AskCases(number=number, knows=[office.value for office in Office])


class MyCase(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. ``number``: the department's own (voucher, approval, act); ``what``: what kind of business it is.

    ``title``: what it is about, in two languages, where there is more to say than ``what``; ``lines``: the same at
    length, for a slip. ``reference`` and ``amount`` (fen) are the payment's, if it was paid for at a kiosk.
    """

    number: str
    what: str
    state: str
    at: Aware
    title: str = ""
    title_en: str = ""
    lines: list[str] = []
    reference: str = ""
    amount: int = 0


class OfficeCases(msgspec.Struct, frozen=True, kw_only=True):
    """What one department says, newest first. ``away``: it cannot be asked now, and what it has is not known."""

    office: Office
    away: bool = False
    cases: list[MyCase] = []


class Cases(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: every department there is, and what this person said of the service with their card on the reader."""

    offices: list[OfficeCases]
    said: list[Matter] = []
    asked_at: Aware
