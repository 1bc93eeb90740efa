"""Contributions that somebody pays for a member of their family (``domain.md`` 6.1: residents' yearly ones).

Rules. Who pays has laid their card and is known here; whose it is, is named by number, as their card or their memory
has it. Of that person the payer hears the masked name, which is asked back before any money moves, and of the schemes
that the catalogue opens for families whether this period is paid or open: not why it is not open, which is nobody
else's business. So many different people a day, so that nobody finds out by numbers who is insured and what they paid;
a number that nobody has counts too.
"""

import threading
from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec

from central.problems import Refused
from kiosk_app.contract.catalogue import SocialRules
from kiosk_app.contract.social import Due

A_DAY: Final = 10
"""Different people for whom one payer may ask on one day of China; a restart forgives."""
ELSEWHERE: Final = "not_for_family"


class Asked:
    """For whom each payer asked today."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day = date.min
        self._whom: dict[str, set[str]] = {}

    def note(self, payer: str, number: str, today: date) -> None:
        """Raises Refused beyond :data:`A_DAY`."""
        with self._lock:
            if today != self._day:
                self._day, self._whom = today, {}
            whom = self._whom.setdefault(payer, set())
            if number not in whom and len(whom) >= A_DAY:
                raise Refused(429, "too-many-people", "too many people for one payer today")
            whom.add(number)


def open_for_family(dues: Iterable[Due], law: SocialRules) -> list[Due]:
    """What may be paid by somebody else; that it is refused says no more than where to go."""
    family = {scheme.id for scheme in law.schemes if scheme.family}
    return [
        due if due.refused in {"", "paid"} else msgspec.structs.replace(due, refused=ELSEWHERE, grades=[])
        for due in dues
        if due.scheme in family
    ]
