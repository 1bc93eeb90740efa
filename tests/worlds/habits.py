"""What the person of a world does at pages that any service may show: choose, read, type, agree, give a face.

Nothing here knows a service: a new one is used by the worlds as soon as it is on the menu. What is typed is what
somebody could know: numbers and sums of slips from earlier visits, a telephone number, a PIN.
"""

from random import Random

from central.departments.samples import HO
from kiosk_app.money.amounts import ZERO
from kiosk_app.views import (
    Back,
    Bars,
    ChooseMany,
    ChooseOne,
    Chosen,
    Consent,
    Done,
    EnterNumber,
    Intent,
    Leave,
    Marked,
    PortraitReview,
    Table,
    Text,
    Typed,
)

LEADS_ON = frozenset({"agree", "replace", "report", "call", "code", "pay"})
"""The ways of a notice after which more comes than a slip."""
BACK, READ_ON, USE = 0.05, 0.6, 0.8
DECISION = "440703100000018"
RELATIVE = HO.id_number
"""Of whoever pays for somebody in the family."""
PHONE = "13900001234"
PINS = ("914860", "914860", "666666")
"""The last one is weak. None of them could be part of a time of day."""


class Habits:
    """One person's. ``slips``: numbers that they read, with the sum that stood beside them (fen)."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.slips: dict[str, int] = {}
        self._named = ""
        self._pin = PINS[0]

    def agrees(self, view: Consent) -> Intent:
        """Mostly the way on; every notice has another one."""
        ways = [way for way, _, _ in view.ways]
        leads_on = next((way for way in ways if way in LEADS_ON), ways[-1])
        return Chosen(leads_on if self._random.random() < 0.7 else next(way for way in ways if way != leads_on))

    def chooses(self, view: ChooseOne) -> Intent:
        """One of what can be had."""
        open_ = [row.key for row in view.rows if row.refused is None]
        if not open_:
            return Leave()
        return Back() if self._random.random() < BACK else Chosen(self._random.choice(open_))

    def marks(self, view: ChooseMany) -> Intent:
        """All of what can be had."""
        keys = tuple(row.key for row in view.rows if row.refused is None)
        return Marked(keys) if keys else Leave()

    def reads(self, view: Table | Bars) -> Intent:
        """Look further, at what can be touched, or go."""
        rows = view.rows if isinstance(view, Table) else ()
        keys = [key for key, _ in (*view.tabs, *view.actions)] + [row.key for row in rows if row.key]
        if self._random.random() > READ_ON:
            return Leave()
        return Chosen(self._random.choice(keys)) if keys and self._random.random() < USE else Back()

    def reviews(self, view: PortraitReview) -> Intent:
        """A photo that one likes, or not."""
        if view.use is not None and self._random.random() < USE:
            return Chosen("use")
        return Chosen("again") if view.again is not None else Back()

    def types(self, view: EnterNumber) -> Intent:
        """What is asked for, as far as this person can know it; who was told that it is wrong gives up."""
        if view.problem is not None:
            return Leave()
        if view.secret:
            return Typed(self._secret())
        if view.letters:
            return Typed("".join(self._random.choice("23456789") for _ in range(self._random.randint(1, 3))))
        if len(DECISION) in view.lengths:
            return Typed(DECISION)
        if len(RELATIVE) in view.lengths:
            return Typed(RELATIVE)
        if len(PHONE) in view.lengths:
            return Typed(PHONE)
        if 1 in view.lengths:
            return Typed(str(self.slips.get(self._named, 0) or 1))
        known = [number for number in self.slips if len(number) in view.lengths]
        self._named = self._random.choice(known) if known else "4" * view.lengths[0]
        return Typed(self._named)

    def _secret(self) -> str:
        """The same as before, mostly."""
        if self._random.random() < 0.3:
            self._pin = self._random.choice(PINS)
        return self._pin

    def remembers(self, view: Done) -> None:
        """The numbers on the slip that is taken along."""
        for fact in view.facts:
            for number in _numbers(fact):
                self.slips[number] = view.amount or ZERO


def _numbers(fact: Text) -> list[str]:
    return [str(value) for name, value in fact.args if name in {"reference", "number"} and str(value).isdigit()]
