"""Notices and opening rules of the machines: a section of the signed catalogue, in force without a restart.

Days and times are China's and are written without an offset. ``services`` are the menu's keys; none: the whole machine.
When counters are open is the guide's (:class:`kiosk_app.contract.guide.OpeningRule`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec

from kiosk_app.contract.common import Dated, Name, Word
from kiosk_app.contract.guide import Clock, Said

BUILT_IN: Final = frozenset(
    {
        "traffic_fines", "endorsement", "progress", "id_photo", "rights_record", "insured_certificate",
        "living_verification", "social_card", "contribution", "pension_payments", "medical_account", "social_state",
        "guide", "my_cases", "reprint", "places", "appointment", "complaint", "case_papers",
    }
)  # fmt: skip
"""The services that a machine's software brings along (``kiosk_app/health.py``): no other may be called so."""

Wall = Annotated[datetime, msgspec.Meta(tz=False)]
Keys = Annotated[list[Name], msgspec.Meta(max_length=30)]


class Notice(Dated, frozen=True, kw_only=True):
    """What citizens should know before they begin. Without ``services`` it stands on the poster and on the menu."""

    id: Name
    text: Said
    severity: Literal["info", "warning"] = "info"
    services: Keys = msgspec.field(default_factory=list)


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """When something is served: ``days`` 1 (Monday) to 7. What has no hours is served at any time."""

    services: Keys = []
    days: Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=7)]], msgspec.Meta(min_length=1, max_length=7)]
    opens: Clock
    closes: Clock


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """A closed day, or a maintenance: not served from ``since`` on until ``until``, and why."""

    services: Keys = []
    since: Wall
    until: Wall
    why: Said


class Shut(msgspec.Struct, frozen=True, kw_only=True):
    """Why something is not served now: ``closing``; or its hours of today, empty on a day without any."""

    closing: Closing | None = None
    opens: Word = ""
    closes: Word = ""


class House(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    notices: list[Notice] = []
    hours: list[Hours] = []
    closings: list[Closing] = []

    def shut(self, service: str, at: datetime) -> Shut | None:
        """Why ``service`` is not served ``at`` this time on China's clocks; None while it is."""
        for closing in self.closings:
            if _is_about(service, closing.services) and closing.since <= at < closing.until:
                return Shut(closing=closing)
        own = [rule for rule in self.hours if service in rule.services]
        machines = [rule for rule in self.hours if not rule.services]
        return next((shut for rules in (machines, own) if (shut := _out_of(rules, at)) is not None), None)

    def holding(self, at: datetime) -> list[Notice]:
        """The notices in force, warnings first."""
        now = [notice for notice in self.notices if notice.holds(at.date())]
        return sorted(now, key=lambda notice: notice.severity != "warning")


def _is_about(service: str, services: Sequence[str]) -> bool:
    return not services or service in services


def _out_of(rules: Iterable[Hours], at: datetime) -> Shut | None:
    """Why these hours close it; None if there are none, or it is one of them."""
    rules, clock = sorted(rules, key=lambda rule: rule.opens), f"{at:%H:%M}"
    today = [rule for rule in rules if at.isoweekday() in rule.days]
    if not rules or any(rule.opens <= clock < rule.closes for rule in today):
        return None
    later = [rule for rule in today if clock < rule.opens] or today
    return Shut(opens=later[0].opens, closes=later[0].closes) if later else Shut()


def faults(house: House, services: Iterable[str]) -> Iterable[str]:
    """What keeps it from being published, in words. ``services``: those that are data."""
    known = BUILT_IN | set(services)
    names = [notice.id for notice in house.notices]
    yield from (f"notice {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1}))
    about = [rule.services for rule in house.notices]
    about += [rule.services for rule in house.hours] + [rule.services for rule in house.closings]
    yield from (f"{name} is no service" for keys in about for name in keys if name not in known)
    for notice in house.notices:
        if notice.until is not None and notice.until < notice.since:
            yield f"notice {notice.id} ends before it begins"
    for hours in house.hours:
        if not hours.opens < hours.closes <= "24:00":
            yield f"hours {hours.opens}-{hours.closes} end before they begin"
    for closing in house.closings:
        if closing.until <= closing.since:
            yield f"the closing of {closing.since} ends before it begins"
        if closing.until - closing.since > timedelta(days=366):
            yield f"the closing of {closing.since} lasts longer than a year: withdraw the service"
