"""Cases at counters: the papers that they lack come in from kiosks."""

import hashlib

from central.calls import Call
from central.clock import Clock
from central.db import Store
from central.departments.counter import pages
from central.departments.counter.desk import Desk
from central.departments.counter.office import Counters
from central.departments.counter.pages import Seal
from central.problems import Refused
from central.registry import Kiosk
from kiosk_app.contract.case_papers import AskLacking, HandIn, PageKept, SendPage


class Photographed:
    """The counters with what is kept of papers. ``key``: for the pages at rest, 32 bytes; ``staff``: the other side."""

    def __init__(self, store: Store, clock: Clock, key: bytes) -> None:
        seal = Seal(key)
        self._store, self._clock = store, clock
        self.counters, self.staff = Counters(seal), Desk(store, clock, seal)

    def keep(self, kiosk: Kiosk, page: SendPage) -> PageKept:
        """A page that waits for its hand-in; it is looked at before the commit: nobody waits for a decoder.

        Raises Refused.
        """
        if hashlib.sha256(page.picture).hexdigest() != page.digest:
            raise Refused(422, "no-page", "the digest is another picture's")
        pages.look_at(page.picture)
        now = self._clock.now()
        return self._store.commit(lambda connection: self.counters.keep_page(connection, kiosk.id, page, now))

    def expire(self) -> int:
        """Wipe what is over; how many pages."""
        wiped = self._store.commit(lambda connection: pages.expire(connection, self._clock.now()))
        self._store.overwrite()
        return wiped


def calls(counters: Counters) -> tuple[Call, ...]:
    """What a kiosk may ask of them, beside sending a page (:meth:`Photographed.keep`)."""
    return (
        Call(AskLacking, lambda db, _, *rest: counters.lacking(db, *rest)),
        Call(HandIn, lambda db, kiosk, *rest: counters.hand_in(db, kiosk.id, *rest), writes=True),
    )


__all__ = ["Counters", "Photographed", "calls"]
