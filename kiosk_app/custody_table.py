"""Where a permit is, as a table that an auditor can check with a finger.

    awaited ──> inside <──> printing
       │          │
       v          v
    absent    returning ──> returned (also from *inside*: pulled, or handed out by whoever opened the unit)
                  v             ^
              retaining ────────┘ (its citizen was quicker)
                  └──> retained ──> handed over

- *awaited*: the shutter is about to open; *absent*: nobody put a card in.
- *inside*: in the machine, and not being printed. Written again when it is paid for: from then on a card that was not
  printed has money to give back. *printing*: the unit has, or may have, the order for ``job``; written again when the
  unit was lost in the middle, and *unknown* is reported.
- *returning*: about to be put out, or waiting at the exit. *returned*: with its citizen.
- *retaining*, *retained*: in the box, or about to be. A person hands it over, and writes that down (``kiosk books``).

Each is durable before the card may move, so that after a crash the unit is asked about one step and no more.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from kiosk_app.ports import Entry

KIND = "permit"
"""Of journal entries."""


class Place(StrEnum):
    """See the module's picture."""

    AWAITED = "awaited"
    ABSENT = "absent"
    INSIDE = "inside"
    PRINTING = "printing"
    RETURNING = "returning"
    RETURNED = "returned"
    RETAINING = "retaining"
    RETAINED = "retained"
    HANDED_OVER = "handed over"


MOVES: Mapping[Place, frozenset[Place]] = {
    Place.AWAITED: frozenset({Place.INSIDE, Place.ABSENT}),
    Place.INSIDE: frozenset({Place.INSIDE, Place.PRINTING, Place.RETURNING, Place.RETURNED, Place.RETAINING}),
    Place.PRINTING: frozenset({Place.PRINTING, Place.INSIDE}),
    Place.RETURNING: frozenset({Place.RETURNED, Place.RETAINING}),
    Place.RETAINING: frozenset({Place.RETAINED, Place.RETURNED}),
    Place.RETAINED: frozenset({Place.HANDED_OVER}),
    Place.ABSENT: frozenset(),
    Place.RETURNED: frozenset(),
    Place.HANDED_OVER: frozenset(),
}
OVER = frozenset(place for place, after in MOVES.items() if not after)


class ImpossiblePlaceError(AssertionError):
    """Custody tried what the table does not allow: a bug, never a situation."""


@dataclass(frozen=True)
class Stay:
    """One card's stay, from the open shutter to its end. No number and no name of a permit is in it.

    ``token`` and ``approval`` are central's words for holder and application; ``payment`` the reference of what was
    paid for the print, ``job`` the unit's id of the newest print and ``outcome`` what became of it. ``why``: for
    operators.
    """

    reference: str
    place: Place
    token: str = ""
    approval: str = ""
    payment: str = ""
    job: str = ""
    outcome: str = ""
    why: str = ""

    def moved(self, to: Place, **changes: str) -> "Stay":
        """The same stay at another place. Raises ImpossiblePlaceError."""
        if to not in MOVES[self.place]:
            raise ImpossiblePlaceError(f"{self.reference}: {self.place} -> {to}")
        return replace(self, place=to, **changes)

    @property
    def undelivered(self) -> bool:
        """Whether it was paid for a print that did not come to be."""
        return bool(self.payment) and self.outcome != "printed"


def fields(stay: Stay) -> dict[str, Any]:
    """The body of a journal entry: everything but reference and place."""
    body = asdict(stay)
    del body["reference"], body["place"]
    return {name: value for name, value in body.items() if value}


def from_entry(entry: Entry) -> Stay:
    """The stay that a journal entry of kind ``permit`` describes."""
    return Stay(entry.reference, Place(entry.state), **entry.body)
