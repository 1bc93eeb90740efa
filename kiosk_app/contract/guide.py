"""The guide's section of the signed catalogue: what can be done where, what to bring, how long it takes, what it costs.

Words are data in two languages, since a new service needs no new release. An entry names the menu's service if a
machine can give it. A fee is never written here: ``fee`` says where in the same document it is, so that guide and till
cannot disagree. A service that is data itself (:mod:`kiosk_app.contract.services`) stands in the guide without being
written twice; notices are the house's (:mod:`kiosk_app.contract.house`).
"""

from typing import Annotated, Literal

import msgspec

from kiosk_app.contract.common import Name, Word

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Clock = Annotated[str, msgspec.Meta(pattern=r"\A[0-2][0-9]:[0-5][0-9]\Z")]
Initials = Annotated[str, msgspec.Meta(pattern=r"\A[a-z]{1,24}\Z")]


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The same in Chinese and in English."""

    zh: Line
    en: Line


class FormRule(msgspec.Struct, frozen=True, kw_only=True):
    """A form to fill in, and where it is had."""

    id: Name
    title: Said
    had: Said


class OpeningRule(msgspec.Struct, frozen=True, kw_only=True):
    """When the counters of a family are open: ``days`` 1 (Monday) to 7, local times."""

    family: Name
    days: Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=7)]], msgspec.Meta(min_length=1, max_length=7)]
    opens: Clock
    closes: Clock


class GuideEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of business. ``initials``: of its title in pinyin, to be found by. ``service``: the menu's key for it,
    empty if no machine gives it. ``minutes`` it takes there; ``days`` until the result, 0: at once. A fee of
    ``service`` is that of the service with this id.
    """

    id: Name
    family: Name
    title: Said
    initials: Initials
    service: Word = ""
    who: Said
    bring: Annotated[list[Said], msgspec.Meta(max_length=12)]
    forms: Annotated[list[Name], msgspec.Meta(max_length=6)] = []
    minutes: Annotated[int, msgspec.Meta(ge=1, le=480)]
    days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 0
    fee: Literal["free", "exit_entry", "social", "decision", "counter", "service"]
    where: Said | None = None
    source: Word = ""


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the guide says; families in the order in which they are shown."""

    families: dict[Name, Said]
    entries: list[GuideEntry]
    forms: list[FormRule] = []
    opening: list[OpeningRule] = []

    def form(self, id: str) -> FormRule:
        """By its id; central publishes no guide that names one which is not there. Raises LookupError."""
        return next(form for form in self.forms if form.id == id)

    def hours(self, family: str) -> list[OpeningRule]:
        """When its counters are open."""
        return [rule for rule in self.opening if rule.family == family]
