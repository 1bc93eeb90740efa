"""What strikes in one world, and what its people come for: drawn from its seed."""

from dataclasses import dataclass
from random import Random

from kiosk_app.health import SERVICES
from tests.worlds.deeds import OFFERED
from tests.worlds.faults.anywhere import FAULTS
from tests.worlds.faults.codes import OF_CODES
from tests.worlds.faults.pages import OF_PAGES
from tests.worlds.faults.permits import OF_PERMITS

PERMIT_HOLDERS = ("li", "zhang")
INSURED = ("zhang", "li", "wang", "zhao", "chan", "lin")
"""Who has a card for the reader and is known to social security: one for each rule."""
OFTEN = {"endorsement": 8, "traffic_fines": 5, "contribution": 4, "record_copies": 2}
PAID_FOR = tuple(OFTEN)
AFTERWARDS = frozenset({"progress", "reprint", "my_cases"})
"""What one comes for after another visit."""
WHO = {"contribution": ("zhao", "lin"), "living_verification": ("li", "li", "wang")}
HOLDING = frozenset(service.key for service in SERVICES if service.holds)


@dataclass(frozen=True)
class Plan:
    """Which faults strike in one world, when a person gives up (chance per view), and what they come for.

    ``errands``: a service for each visit; ``person``: whose cards they have. ``channels``: whose codes central offers
    beside the card; where it does, people mostly take a telephone. What they do with it is drawn, unless ``telephone``
    says it.
    """

    names: tuple[str, ...]
    walks_away: float
    errands: tuple[str, ...] = ("traffic_fines",)
    channels: tuple[str, ...] = ()
    telephone: str = ""
    person: str = "zhang"

    @property
    def permit(self) -> str:
        """The card of somebody who comes with a permit, or empty."""
        return self.person if HOLDING.intersection(self.errands) else ""


def draw(random: Random) -> Plan:
    """None, one or two faults; in two worlds of three one can pay by code, and then its faults strike too.

    Every service on the menu is somebody's errand, those that take money or a permit more often.
    """
    count = random.choices((0, 1, 2), (2, 5, 3))[0]
    channels = random.choice(((), ("wechat",), ("alipay", "wechat")))
    keys = [*(service.key for service in SERVICES), *OFFERED]
    wanted = random.choices(keys, [OFTEN.get(key, 1) for key in keys])[0]
    first = (random.choice(PAID_FOR),) if wanted in AFTERWARDS else ()
    errands = random.choice(((*first, wanted), (*first, wanted), (*first, wanted, wanted)))
    held = HOLDING.intersection(errands)
    person = random.choice(PERMIT_HOLDERS if held else WHO.get(errands[0], INSURED))
    pool = FAULTS | OF_PAGES | (OF_CODES if channels else {}) | (OF_PERMITS if held else {})
    names = tuple(random.sample(sorted(pool), count))
    return Plan(names, random.choice((0.0, 0.0, 0.1)), errands, channels, person=person)
