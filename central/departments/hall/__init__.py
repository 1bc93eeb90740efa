"""Service halls: where one is served, queues, appointments."""

from central.calls import Call
from central.departments.hall.office import Halls
from kiosk_app.contract.hall import AskPlaces, AskSlots, Book, Cancel


def calls(halls: Halls) -> tuple[Call, ...]:
    """What a kiosk may ask of them."""
    return (
        Call(AskPlaces, halls.places),
        Call(AskSlots, halls.slots),
        Call(Book, halls.book, writes=True),
        Call(Cancel, halls.cancel, writes=True),
    )


__all__ = ["Halls", "calls"]
