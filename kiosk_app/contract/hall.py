"""The service halls: where else somebody is served now, how long one waits, and an appointment at a counter.

An appointment belongs to whoever has its number: nobody is identified, and nothing of a person is kept. ``metres`` are
as the crow flies from the machine that asks; None where central does not know one of the two places.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal

import msgspec

from kiosk_app.contract.common import Aware, Name, OrderNumber

NUMBER_DIGITS: Final = 12
BUSINESS: Final = ("social", "border", "road", "other")
Number = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{12}\Z")]


class AskPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /hall/places``: answered with :class:`Places`."""

    path: ClassVar[str] = "/hall/places"


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """One service centre: ``waiting`` people, who take about ``minutes``; ``open`` now."""

    id: str
    name: str
    name_en: str
    address: str
    metres: int | None
    opens: str
    closes: str
    open: bool
    waiting: int
    minutes: int


class OtherMachine(msgspec.Struct, frozen=True, kw_only=True):
    """Another machine that was heard of within minutes and serves: how many ``services`` are open there."""

    site: str
    address: str
    metres: int | None
    services: int


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The nearest first."""

    centres: list[Centre]
    machines: list[OtherMachine]
    as_of: datetime


class AskSlots(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /hall/slots``: what is free at a centre. Answered with :class:`Slots`; else ``unknown-centre``."""

    path: ClassVar[str] = "/hall/slots"

    centre: Name


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A time with ``left`` places."""

    starts: Aware
    left: int


class Slots(msgspec.Struct, frozen=True, kw_only=True):
    """In their order; full ones are left out."""

    slots: list[Slot]


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /hall/book``: the same ``request`` again is the same appointment. Else ``slot-full``, ``slot-gone``."""

    path: ClassVar[str] = "/hall/book"

    request: OrderNumber
    centre: Name
    business: Literal["social", "border", "road", "other"]
    starts: Aware


class Cancel(msgspec.Struct, frozen=True, kw_only=True):
    """``POST /hall/cancel``: by its number; again changes nothing.

    Else ``unknown-appointment``, ``appointment-over``.
    """

    path: ClassVar[str] = "/hall/cancel"

    number: Number


class Appointment(msgspec.Struct, frozen=True, kw_only=True):
    """One appointment."""

    number: Number
    centre: str
    centre_en: str
    address: str
    business: str
    starts: Aware
    cancelled: bool = False
