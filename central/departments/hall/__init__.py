"""Service halls: where one is served, queues, appointments; and which question is which call."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from central.db import Store
from central.departments.hall.office import Halls
from central.messages import decode
from central.registry import Kiosk
from kiosk_app.contract.hall import AskPlaces, AskSlots, Book, Cancel

CALLS: Final[Mapping[str, tuple[type[Any], Callable[..., Any], bool]]] = {
    AskPlaces.path: (AskPlaces, Halls.places, False),
    AskSlots.path: (AskSlots, Halls.slots, False),
    Book.path: (Book, Halls.book, True),
    Cancel.path: (Cancel, Halls.cancel, True),
}
"""The question, who answers it, and whether that changes something."""


class HallDesk:
    """The halls as kiosks reach them."""

    def __init__(self, store: Store, halls: Halls) -> None:
        self._store, self._halls = store, halls

    def answer(self, path: str, kiosk: Kiosk, body: bytes, now: datetime) -> Any:
        """The answer to one question. Raises Refused, Unavailable."""
        kind, call, writes = CALLS[path]
        ask = decode(body, kind)
        if writes:
            return self._store.commit(lambda connection: call(self._halls, connection, kiosk, ask, now))
        with self._store.read() as connection:
            return call(self._halls, connection, kiosk, ask, now)


__all__ = ["CALLS", "HallDesk", "Halls"]
