"""Cases at counters: papers that they lack come in from kiosks; which question is which call."""

import hashlib
from datetime import datetime
from typing import Any, Final

from central.clock import Clock
from central.db import Store
from central.departments.counter import pages
from central.departments.counter.desk import Desk
from central.departments.counter.office import Counters
from central.departments.counter.pages import Seal
from central.messages import decode
from central.problems import Refused
from kiosk_app.contract.case_papers import AskLacking, HandIn, SendPage

CALLS: Final = (AskLacking.path, SendPage.path, HandIn.path)


class PaperDesk:
    """The counters as kiosks reach them. ``key``: for the pages at rest, 32 bytes; ``staff``: the other side."""

    def __init__(self, store: Store, clock: Clock, key: bytes) -> None:
        seal = Seal(key)
        self._store, self._clock = store, clock
        self.counters, self.staff = Counters(seal), Desk(store, clock, seal)

    def answer(self, path: str, kiosk: str, body: bytes, now: datetime) -> Any:
        """The answer to one question. Raises Refused, Unavailable."""
        match path:
            case AskLacking.path:
                ask = decode(body, AskLacking)
                with self._store.read() as connection:
                    return self.counters.lacking(connection, ask, now)
            case SendPage.path:
                page = decode(body, SendPage)
                if hashlib.sha256(page.picture).hexdigest() != page.digest:
                    raise Refused(422, "no-page", "the digest is another picture's")
                pages.look_at(page.picture)  # before the commit: nobody waits for a decoder
                return self._store.commit(lambda connection: self.counters.keep_page(connection, kiosk, page, now))
            case _:
                told = decode(body, HandIn)
                return self._store.commit(lambda connection: self.counters.hand_in(connection, kiosk, told, now))

    def expire(self) -> int:
        """Wipe what is over; how many pages."""
        wiped = self._store.commit(lambda connection: pages.expire(connection, self._clock.now()))
        self._store.empty_log()
        return wiped


__all__ = ["CALLS", "Counters", "PaperDesk"]
